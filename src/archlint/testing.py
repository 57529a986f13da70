"""A test harness for authors of rules: fixture projects that say which diagnostics they expect, exact both ways.

A case is a folder whose name begins with `bad` or `good`, and a small complete project. Where a diagnostic starts, a
comment says so: `pay()  # expect: ACME001 "a part of the message"`. What is reported must be expected and the other way
round; a good case expects nothing.

    @pytest.mark.parametrize("case", cases_in(Path(__file__).parent / "rules"), ids=str)
    def test_case(case: Path) -> None:
        assert_case(case)
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec

from archlint.errors import UsageError
from archlint.pipeline import check
from archlint.report.result import Report, Result
from archlint.settings import Overrides, Settings, SettingsResolver, find_root
from archlint.settings.resolving import config_in
from archlint.settings.suggestions import quoted

SIDECAR = "expected.toml"
"""What a case expects where no comment can stand: tables `expect` with `path`, `line`, `code` and `text`."""
_MARKER = re.compile(r'(?:#|--|//)\s*expect:\s*([A-Z]{2,12}\d{3,4})(?:\s+"([^"]*)")?')
_BAD, _GOOD = "bad", "good"
_CONFIGURATION = "archlint.toml"


class Expectation(msgspec.Struct, frozen=True, order=True):
    """A diagnostic that must be reported; `text` is a part of its message."""

    path: str
    line: int
    code: str
    text: str = ""


def cases_in(folder: Path | str) -> list[Path]:
    """Return the cases in a folder, at any depth, or the folder where it is one; none lies in another."""
    root = Path(folder)
    if root.name.startswith((_BAD, _GOOD)):
        return [root]
    return [case for child in sorted(root.iterdir()) if child.is_dir() for case in cases_in(child)]


def expectations(case: Path) -> list[Expectation]:
    """Return what the markers and the sidecar of a case expect, by place."""
    return sorted([*_marked(case), *_listed(case)])


def copied(case: Path, folder: Path, configuration: str = "") -> Path:
    """Return a copy of a case in a folder that is its own project, with a configuration where it has none."""
    project = folder / "project"
    shutil.copytree(case, project, ignore=shutil.ignore_patterns(SIDECAR))
    if config_in(project) is None:
        (project / _CONFIGURATION).write_text(configuration, encoding="utf-8")
    return project


def lint_case(case: Path, *rules: str) -> Report:
    """Return the report on a copy of a case: where it lies must not matter.

    The rules and the knowledge of the nearest configuration above the case hold. Where no rule is named, the one
    with the name of the folder around the case runs, else all rules of packs and of the project.
    Raises `UsageError` for rules that nobody knows, and where the configuration is wrong.
    """
    around = case.absolute().parent
    settings = SettingsResolver(find_root([around], around)).run_settings()
    chosen = _selection(rules or _meant(case, settings))
    overrides = Overrides(select=chosen, no_cache=True, min_confidence="low", jobs=1, with_rules_of=settings)
    with tempfile.TemporaryDirectory(prefix="archlint-case-") as folder:
        project = copied(case, Path(folder))
        return check([project], root=project, overrides=overrides)


def mistakes(case: Path, report: Report) -> list[str]:
    """Return in words what a report misses, has too much or says otherwise than a case expects; none where it fits."""
    expected = expectations(case)
    messages: defaultdict[tuple[str, int, str], list[str]] = defaultdict(list)
    for result in report.results:
        messages[_where(result)].append(result.diagnostic.message)
    wanted = Counter((one.path, one.line, one.code) for one in expected)
    found = Counter(_where(one) for one in report.results)
    others = [
        one
        for one in expected
        if (said := messages.get((one.path, one.line, one.code))) and not any(one.text in text for text in said)
    ]
    return [
        *_wrong_kind(case, expected),
        *(f"{_shown(one)} is expected and not reported" for one in sorted((wanted - found).elements())),
        *(
            f"{_shown(one)} is reported, not expected: {messages[one][0]}"
            for one in sorted((found - wanted).elements())
        ),
        *(f"{one.path}:{one.line}: {one.code} does not say {quoted(one.text)}" for one in others),
    ]


def assert_case(case: Path, *rules: str) -> None:
    """Raise `AssertionError` with all that is wrong, a line each, where a case is not reported as it expects."""
    found = mistakes(case, lint_case(case, *rules))
    if found:
        raise AssertionError("\n".join([f"{case.parent.name}/{case.name}:", *(f"  {line}" for line in found)]))


def _meant(case: Path, settings: Settings) -> tuple[str, ...]:
    """Return the codes of the rules that a case is about."""
    names = {entry.stem: entry.code for entry in settings.known_entries()}
    named = names.get(case.absolute().parent.name)
    chosen = (named,) if named is not None else tuple(entry.code for entry in settings.added)
    if not chosen:
        raise UsageError(f"{quoted(case.name)}: the folder around it has the name of no rule, and no rule is one's own")
    return chosen


def _selection(rules: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is selected: what archlint says about its own work shows only when other rules ran as well."""
    return ("ALL",) if any(one.startswith("ARC0") for one in rules) else rules


def _wrong_kind(case: Path, expected: list[Expectation]) -> Iterator[str]:
    if case.name.startswith(_BAD) != bool(expected):
        yield "a bad case expects something, a good one nothing"


def _where(result: Result) -> tuple[str, int, str]:
    span = result.diagnostic.span
    return span.path, span.line, result.diagnostic.code


def _shown(place: tuple[str, int, str]) -> str:
    path, line, code = place
    return f"{path}:{line}: {code}"


def _marked(case: Path) -> Iterator[Expectation]:
    for path in sorted(case.rglob("*")):
        if path.is_file() and path.name != SIDECAR:
            lines = path.read_bytes().decode("utf-8", "replace").split("\n")
            for number, line in enumerate(lines, start=1):
                for code, text in _MARKER.findall(line):
                    yield Expectation(path.relative_to(case).as_posix(), number, code, text)


def _listed(case: Path) -> Iterator[Expectation]:
    from archlint import toml

    sidecar = case / SIDECAR
    if sidecar.is_file():
        rows = toml.loads(sidecar.read_text(encoding="utf-8")).get("expect", [])
        try:
            yield from [Expectation(row["path"], row["line"], row["code"], row.get("text", "")) for row in rows]
        except (KeyError, TypeError):
            raise UsageError(f"{case.name}/{SIDECAR}: each `expect` has `path`, `line` and `code`") from None
