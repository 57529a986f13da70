"""SARIF 2.1.0, as GitHub code scanning reads it and as the standard wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.report.escaping import json_text
from archlint.report.links import relative_uri, repository_path
from archlint.report.order import sort_results
from archlint.report.prose import counted
from archlint.report.regions import Texts
from archlint.report.sarif_results import SOURCE_ROOT, Object, SarifContext, artifact, sarif_result
from archlint.report.sarif_rules import rule_descriptor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.catalogue import Entry
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result

MOST_RESULTS = 25_000


def sarif(report: Report, options: RenderOptions) -> str:
    """Return a SARIF log with one run; the same report gives the same bytes on every machine."""
    return json_text({**_log(report, options)}, indent=2) + "\n"


def _log(report: Report, options: RenderOptions) -> Object:
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [_run(report, options)],
    }


def _run(report: Report, options: RenderOptions) -> Object:
    results = (
        *report.results,
        *(report.suppressed if options.include_suppressed else ()),
        *((*report.accepted, *report.known) if options.include_baselined else ()),
    )
    inside = tuple(result for result in results if _uri(result.diagnostic.span.path, options))
    # GitHub refuses a file with more results, so the ones that weigh least go.
    kept = inside if len(inside) <= MOST_RESULTS else sort_results(inside, by="rank")[:MOST_RESULTS]
    rules = _rules(report, kept)
    left_out = _left_out(len(results) - len(inside), len(inside) - len(kept))
    return {
        "tool": {"driver": _driver(rules, options)},
        "automationDetails": {"id": f"archlint/{options.category}/" if options.category else "archlint/"},
        "invocations": [_invocation(report, left_out, options)],
        "originalUriBaseIds": {SOURCE_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "language": "en",
        "results": list(_results(report, kept, rules, options)),
    }


def _uri(path: str, options: RenderOptions) -> str | None:
    inside = repository_path(path, options.root_in_repository)
    return None if inside is None else relative_uri(inside)


def _rules(report: Report, results: tuple[Result, ...]) -> list[Entry]:
    entries = {entry.code: entry for entry in report.entries}
    entries.update((result.entry.code, result.entry) for result in results)
    return [entries[code] for code in sorted(entries)]


def _driver(rules: list[Entry], options: RenderOptions) -> Object:
    return {
        "name": "archlint",
        "version": options.version,
        "rules": [rule_descriptor(entry) for entry in rules],
    }


def _results(
    report: Report, results: tuple[Result, ...], rules: list[Entry], options: RenderOptions
) -> Iterator[Object]:
    texts = Texts(report.texts)
    context = SarifContext(
        texts=texts,
        hashes=texts.line_hashes(result.diagnostic.span for result in results),
        rule_index={entry.code: index for index, entry in enumerate(rules)},
        root_in_repository=options.root_in_repository,
        with_suppressed=options.include_suppressed or options.include_baselined,
        is_compared=report.baseline is not None or bool(report.compared_with),
    )
    for result in results:
        if uri := context.uri(result.diagnostic.span.path):
            yield sarif_result(result, uri, context)


def _left_out(outside: int, too_many: int) -> list[str]:
    return [
        *([f"left out {counted(outside, 'result')} in files outside the repository"] if outside else ()),
        *([f"left out {counted(too_many, 'result')} of the lowest rank"] if too_many else ()),
    ]


def _invocation(report: Report, left_out: list[str], options: RenderOptions) -> Object:
    notices = [_skipped(path, reason, options) for path, reason in report.skipped]
    if report.crashed:
        notices.append(_notice("rule-failed", "error", "archlint failed in at least one rule"))
    notices.extend(_notice("results-left-out", "warning", text) for text in left_out)
    return {"executionSuccessful": not report.crashed, "toolExecutionNotifications": notices}


def _skipped(path: str, reason: str, options: RenderOptions) -> Object:
    uri = _uri(path, options)
    notice = _notice("file-skipped", "warning", reason or "the file could not be checked")
    return {**notice, "locations": [{"physicalLocation": {"artifactLocation": artifact(uri)}}]} if uri else notice


def _notice(name: str, level: str, text: str) -> Object:
    return {"descriptor": {"id": name}, "level": level, "message": {"text": text}}
