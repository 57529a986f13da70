"""One file as flake8 holds it: its own findings, and the project's where the last `archlint check` left fresh ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from archlint.baseline.file import Baseline
from archlint.crash import survive
from archlint.diagnostic import Diagnostic, Span
from archlint.discovery import discover, kind_of, role_of
from archlint.errors import ArchlintError
from archlint.rules.tool.rule_crashed import rule_crashed
from archlint.rules.tool.skipped_file import skipped_file
from archlint.settings import SettingsResolver, find_root
from archlint.source import FileEntry, Kind, SourceFile
from archlint.stages.accepting import baseline_of, not_accepted
from archlint.stages.analyse import plan_of
from archlint.stages.finding import is_project
from archlint.stages.fresh import FreshProject, fresh_project
from archlint.stages.judge import order, silence
from archlint.stages.sight import linked_in
from archlint.suppression import Form, Suppression
from archlint.workers import deep_stack


def lint(filename: str, text: str) -> list[Diagnostic]:
    r"""Return what is to be reported of a file whose lines all end in `\n`; never raises.

    `filename` is relative to the current folder and need not exist; whatever is wrong becomes a diagnostic.
    """
    place = Span(filename, 0, 0, 1, 1, 1, 1)
    try:
        return survive(lambda: _lint(filename, text), lambda line: [rule_crashed("archlint", place, line)])
    except ArchlintError as error:
        return [skipped_file(filename, str(error))]


def _lint(filename: str, text: str) -> list[Diagnostic]:
    here = Path.cwd()
    path = here / filename
    resolver = _resolver(_root(path, here))
    entry = _entry(path, resolver)
    if entry is None:
        return []
    with deep_stack():
        return _found(entry, text, resolver)


def _found(entry: FileEntry, text: str, resolver: SettingsResolver) -> list[Diagnostic]:
    settings = resolver.settings_for(entry.path)
    project = _fresh(resolver.root)
    behind = project.text_behind(entry, text, settings.max_file_size) if project is not None else None
    text = text if behind is None else behind
    fresh = project if behind is not None else None
    versions = project.versions if project is not None else {}
    result = plan_of((entry,), resolver.settings_for, {entry.path: text}, versions)(0)
    source = SourceFile.of(entry.path, text, entry.kind, result.role)
    applied = silence(
        [*result.diagnostics, *(fresh.diagnostics.get(entry.path, ()) if fresh is not None else ())],
        [result],
        resolver.settings_for,
        lambda _: result.role,
        lambda path: source if path == entry.path else None,
        not_run=frozenset() if fresh is not None and fresh.is_clear else linked_in(settings),
    )
    left = [one for one, suppression in applied.suppressed if _is_for_flake8(one, suppression, text)]
    new = not_accepted(sorted([*applied.kept, *applied.tool], key=order), source, _baseline(resolver.root))
    return sorted([*new, *left], key=order)


def _is_for_flake8(diagnostic: Diagnostic, suppression: Suppression, text: str) -> bool:
    """Return whether flake8 silences a diagnostic by the same noqa: then it must see it, to count it or to show it."""
    codes = text[slice(*suppression.codes_at)]
    return (
        suppression.form is Form.NOQA
        and suppression.inside is None
        and suppression.first_line == diagnostic.span.line
        and codes == codes.upper()  # archlint is more tolerant here
    )


def _entry(path: Path, resolver: SettingsResolver) -> FileEntry | None:
    """Return what a file is, or None where archlint does not read it; standard input may have any name."""
    settings = replace(resolver.run_settings(), force_exclude=True)
    found = discover([path], resolver.root, settings)
    if found.files or not found.missing:
        return found.files[0] if found.files else None
    name = path.relative_to(resolver.root).as_posix() if path.is_relative_to(resolver.root) else path.as_posix()
    if settings.leaves_out(name):
        return None
    kind = Kind.STUB if kind_of(path.name) is Kind.STUB else Kind.PYTHON
    return FileEntry(name, path, kind, settings.role_of(name) or role_of(name), 0, 0, explicit=True)


def _root(path: Path, here: Path) -> Path:
    """Return the root that `archlint check` has in the current folder, or the file's own where that is no project."""
    root = _root_above(here, here)
    return root if path.is_relative_to(here) and is_project(root) else _root_above(path.parent, here)


@cache
def _root_above(folder: Path, here: Path) -> Path:
    return find_root([folder], here)


@cache
def _resolver(root: Path) -> SettingsResolver:
    return SettingsResolver(root)


@cache
def _baseline(root: Path) -> Baseline | None:
    return baseline_of(_resolver(root).run_settings(), is_needed=False)


@cache
def _fresh(root: Path) -> FreshProject | None:
    return fresh_project(_resolver(root))
