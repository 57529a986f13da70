"""JUnit's XML: findings as failed tests, for systems that show tests and nothing else."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from archlint.diagnostic import Severity
from archlint.report.hosted import hosted
from archlint.report.links import explain_command
from archlint.report.order import sort_results
from archlint.report.prose import counted, first_sentence
from archlint.report.xml_document import element, xml_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result

_RUN = "archlint"


def junit(report: Report, options: RenderOptions) -> str:
    """Return a suite for each file with findings, and one for the run, which is never empty.

    Errors and warnings are failures, and notes are passed tests with an output, since they fail no run.
    The form is `junit-10.xsd` of Jenkins' xunit plugin; GitLab takes the class name, which is the path, for the suite.
    """
    found = hosted(report, options)
    root = ET.Element("testsuites", name=_RUN)
    for path, results in groupby(sort_results(found.report.results), key=lambda result: result.diagnostic.span.path):
        _suite(root, path, _cases(results), file=path)
    _suite(root, _RUN, _run_cases(found.report, found.left_out))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    return xml_document(root)


def _suite(root: ET.Element, name: str, cases: Iterable[ET.Element], **attributes: str) -> None:
    suite = element(root, "testsuite", name=name, **attributes)
    suite.extend(cases)
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite)))


def _cases(results: Iterable[Result]) -> Iterator[ET.Element]:
    """Yield a case for each result; names hold no line, as servers compare them between runs, and none stands twice."""
    seen: Counter[str] = Counter()
    for result in results:
        found = result.diagnostic
        name = f"{found.code} {result.entry.name}{f' in {found.scope}' if found.scope else ''}"
        seen[name] += 1
        number = f" ({seen[name]})" if seen[name] > 1 else ""
        case = _case(f"{name}{number}", found.span.path)
        if result.severity is Severity.NOTE:
            element(case, "system-out", _text(result))
        else:
            element(case, "failure", _text(result), type=result.severity.value, message=found.message)
        yield case


def _case(name: str, class_name: str) -> ET.Element:
    return element(None, "testcase", name=name, classname=class_name)


def _text(result: Result) -> str:
    found, entry = result.diagnostic, result.entry
    lines = [f"{found.span.path}:{found.span.line}:{found.span.column}: {_one_line(found.message)}"]
    lines += [
        f"  {number}. {step.span.path}:{step.span.line}  {_one_line(step.message)}"
        for number, step in enumerate(found.flow, start=1)
    ]
    lines += [f"note: {place.span.path}:{place.span.line}  {_one_line(place.message)}" for place in found.related]
    lines += [f"help: {advice}"] if (advice := first_sentence(entry.instead)) else []
    return "\n".join([*lines, f"see: {explain_command(entry)}"])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _run_cases(report: Report, left_out: int) -> Iterator[ET.Element]:
    run = _case("run", _RUN)
    if report.crashed:
        message = "archlint failed in at least one rule, so the result is incomplete"
        element(run, "error", message, type="rule-failed", message=message)
    elif left_out:
        element(run, "system-out", f"left out {counted(left_out, 'result')} in files outside the repository")
    yield run
    for number, (path, reason) in enumerate(report.skipped, start=1):
        case = _case(f"check {path or f'file {number} outside the repository'}", _RUN)
        element(case, "skipped", reason, message=reason or "the file could not be checked")
        yield case
