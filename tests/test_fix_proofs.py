"""Every fix and every suppression that archlint writes, in all bad fixtures, with all rules: what comes of it is right.

A fix takes its finding away and brings no other, alone and beside all others; comments stay, and the text parses.
After `--add-ignore` nothing is found, nothing is unused, and all that stood there stands there as it was.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from cases import cases, copied, selection

from archlint.catalogue import catalogue
from archlint.diagnostic import Applicability, Diagnostic, Fix
from archlint.fixing.edits import edited
from archlint.fixing.ignoring import ignored_in_memory
from archlint.fixing.rounds import fixed_in_memory
from archlint.pipeline import Request, run, run_with_files
from archlint.report.result import Report
from archlint.settings import Overrides
from archlint.stages.files import RunFiles

pytestmark = pytest.mark.slow
BAD = [case for case in cases() if case.name.startswith("bad")]
TIERS = ("fixed", "unsafe", "suggested")
FIXED = [case for case in BAD if any(case.with_name(f"{tier}{case.name[3:]}").is_dir() for tier in TIERS)]
REASON = "known since long"
WRITTEN = re.compile(
    rf"^[ \t]*(?:#|--) archlint: ignore-(?:(?:next-line|start)\[[^]]*\] -- {REASON}|end\[[^]]*\])(?:\r\n|\r|\n)"
    rf"|[ ]{{0,2}}(?:#|--) archlint: ignore\[[^]]*\] -- {REASON}",
    re.MULTILINE,
)
BROUGHT = {
    ("ARC201", "ARC628"): "the query asks the database for what the loop picked out, by a column without an index",
}


class Linted(NamedTuple):
    request: Request
    report: Report
    files: RunFiles


def all_rules(project: Path) -> Request:
    chosen = Overrides(select=("ALL",), preview=True, no_cache=True, min_confidence="low", jobs=1)
    return Request((project,), cwd=project, overrides=chosen)


@pytest.mark.parametrize("case", BAD, ids=lambda case: "-".join(case.parts[-2:]))
def test_what_archlint_writes_takes_away_what_it_found_and_nothing_else(case: Path, tmp_path: Path) -> None:
    asked = all_rules(copied(case, tmp_path))
    linted = Linted(asked, *run_with_files(asked))
    for found, fix in fixes(linted.report):
        takes_its_finding_away(linted, found, fix)
    if any(fixes(linted.report)):
        leave_nothing_to_fix(linted)
    can_be_suppressed(linted)


def places(report: Report) -> Counter[tuple[str, str, str]]:
    found = [one.diagnostic for one in report.results]
    return Counter((one.span.path, one.code, one.scope) for one in found)


def fixes(report: Report) -> Iterator[tuple[Diagnostic, Fix]]:
    seen = set()
    for result in report.results:
        found = result.diagnostic
        if found.fix is not None and (found.span.path, found.fix) not in seen:
            seen.add((found.span.path, found.fix))
            yield found, found.fix


def comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(one.string for one in tokens if one.type == tokenize.COMMENT)


def check_text(path: str, before: str, after: str) -> None:
    """What could be parsed still can."""
    if path.endswith((".py", ".pyi")):
        ast.parse(after)
    if path.endswith((".yaml", ".yml")):
        assert len(list(yaml.safe_load_all(after))) == len(list(yaml.safe_load_all(before)))


def takes_its_finding_away(linted: Linted, found: Diagnostic, fix: Fix) -> None:
    path, before = found.span.path, places(linted.report)
    source = linted.files.source_of(path)
    assert source is not None
    text = edited(source.text, (fix,))
    check_text(path, source.text, text)
    if found.code != "ARC006" and path.endswith(".py"):
        assert not comments(source.text) - comments(text)
    after = places(run(linted.request.with_overlay({path: text})))
    assert after[path, found.code, found.scope] < before[path, found.code, found.scope], (found, fix)
    brought = [one for one in after - before if (found.code, one[1]) not in BROUGHT]
    assert not brought, (found, fix)


def leave_nothing_to_fix(linted: Linted) -> None:
    fixed = fixed_in_memory(linted.request, list(Applicability))
    assert not fixed.warnings
    assert not [found for found, _ in fixes(fixed.report)]
    for change in fixed.changes:
        check_text(change.entry.path, change.before, change.after)
    brought = places(fixed.report) - places(linted.report)
    assert {one[1] for one in brought} <= {code for _, code in BROUGHT}


def can_be_suppressed(linted: Linted) -> None:
    ignored = ignored_in_memory(linted.request, REASON)
    told = {warning.partition(": ")[0] for warning in ignored.warnings}
    left = [one.diagnostic for one in ignored.report.results]
    assert all(one.span.path in told for one in left)
    assert not places(ignored.report) - places(linted.report), "no suppression is unused"
    assert ignored.fixes == len(linted.report.results) - len(left)
    for change in ignored.changes:
        assert WRITTEN.sub("", change.after) == change.before
        if change.entry.path not in told:
            check_text(change.entry.path, change.before, change.after)


# Texts that are written in another way


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def mixed(text: str) -> str:
    return "".join(line + ("\r\n" if number % 2 else "\n") for number, line in enumerate(text.split("\n")[:-1]))


def unended(text: str) -> str:
    return text.rstrip("\n")


def tabs(text: str) -> str:
    return re.sub(r"^(?: {4})+", lambda found: "\t" * (len(found[0]) // 4), text, flags=re.MULTILINE)


def marked(text: str) -> str:
    return f"_ = f\"{{f'{{1}}\U0001f600'}}\u00e9\"\n{text}"


def semicolons(text: str) -> str:
    return before_simple_statements(text, "pass; ")


def continued(text: str) -> str:
    return re.sub(r"^( *)(\w+) = (?=\S)", r"\1\2 = \\\n\1        ", text, flags=re.MULTILINE)


def before_simple_statements(text: str, put: str) -> str:
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign | ast.Return | ast.AugAssign) or (
            isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
        ):
            line = lines[node.lineno - 1]
            if line[: node.col_offset].isspace():
                lines[node.lineno - 1] = line[: node.col_offset] + put + line[node.col_offset :]
    return "\n".join(lines)


def cr(text: str) -> str:
    return text.replace("\n", "\r")


EXACT = [crlf, cr, unended, tabs, marked]
LOOSE = [mixed, semicolons, continued]
OF_ANY_TEXT = [crlf, cr, unended, mixed]
MARKER = re.compile(r"[ \t]*(?:#|--) expect:[^\r\n]*")


def fixed_texts(project: Path, code: str) -> dict[str, tuple[str, str]]:
    chosen = Overrides(select=selection(code), no_cache=True, min_confidence="low", jobs=1)
    fixed = fixed_in_memory(Request((project,), cwd=project, overrides=chosen), list(Applicability))
    assert not fixed.warnings
    return {change.entry.path: (change.before, change.after) for change in fixed.changes}


def rewritten(project: Path, way: Callable[[str], str]) -> Path:
    for path in (one for pattern in ("*.py", "*.sql") for one in project.rglob(pattern)):
        text = MARKER.sub("", path.read_bytes().decode())
        is_changed = bool(text) and (path.suffix == ".py" or way in OF_ANY_TEXT)
        path.write_bytes((way(text) if is_changed else text).encode())
    return project


@pytest.mark.parametrize("case", FIXED, ids=lambda case: "-".join(case.parts[-2:]))
def test_fixes_are_the_same_however_the_text_is_written(case: Path, tmp_path: Path) -> None:
    code = next(entry.code for entry in catalogue() if entry.stem == case.parent.name)
    plain = fixed_texts(rewritten(copied(case, tmp_path / "plain"), lambda text: text), code)
    for way in (*EXACT, *LOOSE):
        texts = fixed_texts(rewritten(copied(case, tmp_path / way.__name__), way), code)
        assert texts.keys() == plain.keys(), way.__name__
        for path, (_, after) in texts.items():
            is_python = path.endswith(".py")
            if is_python:
                ast.parse(after)
            if way in EXACT:
                expected = plain[path][1]
                assert after == (way(expected) if is_python or way in OF_ANY_TEXT else expected), way.__name__
            elif way is mixed:
                assert after.replace("\r\n", "\n") == plain[path][1]
