"""What a run does to the baseline: it shrinks by itself, but in CI what is stale is an error."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from archlint.errors import ArchlintError
from archlint.report.escaping import visible
from archlint.report.prose import counted

if TYPE_CHECKING:
    from archlint.baseline.accepted import Accepted
    from archlint.baseline.matching import Matched
    from archlint.report.result import Report
    from archlint.settings import Settings


def kept_up(report: Report, settings: Settings, *, quiet: bool) -> Report:
    """Return the report after stale entries were taken out of the baseline, in CI with them as diagnostics.

    Only a run over the whole project knows what is stale.
    """
    match = report.baseline
    if match is None or not match.is_whole or match.is_current:
        return report
    if is_ci():
        return _with_stale(report, match, settings)
    if not settings.prune_baseline:
        return report
    try:
        write_baseline(match.baseline.file, match.pruned(), settings)
    except ArchlintError as error:
        return replace(report, warnings=(*report.warnings, str(error)))
    if not quiet:
        click.echo(f"archlint: {visible(_said(match))}", err=True)
    return report


def write_baseline(file: Path, entries: tuple[Accepted, ...], settings: Settings) -> None:
    """Write the file as a whole; raises `ArchlintError`.

    A link is not followed, and the file lies in the project unless the command line names it: a project that is only
    being linted must not choose where files are written.
    """
    from archlint.baseline.file import rendered, shown_name
    from archlint.fixing.replacing import replace_file

    shown = shown_name(file, settings.root)
    real = Path(os.path.realpath(file.parent)) / file.name
    is_named = settings.origins.get("baseline") == "command line"
    if file.is_symlink() or not (is_named or real.is_relative_to(os.path.realpath(settings.root))):
        raise ArchlintError(f"{shown} is not written: it leads out of the project")
    try:
        replace_file(file, rendered(entries).encode())
    except OSError as error:
        raise ArchlintError(f"cannot write {shown}: {(error.strerror or type(error).__name__).lower()}") from None


def told_name(file: Path) -> str:
    """Return a file as a person in the current folder names it."""
    from archlint.report.escaping import visible_path

    try:
        return visible_path(os.path.relpath(file))
    except (OSError, ValueError):  # the folder is gone, or on another drive
        return visible_path(os.fspath(file))


def is_ci() -> bool:
    """Return whether nobody would commit what is written here: CI services set the variable CI."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def _with_stale(report: Report, match: Matched, settings: Settings) -> Report:
    from archlint.baseline.file import shown_name
    from archlint.rules.tool.stale_baseline_entry import rule, stale_baseline_entry
    from archlint.source import Role
    from archlint.stages.judge import order, results_of

    if not settings.selects(rule.code):
        return report
    file = shown_name(match.baseline.file, settings.root)
    found = [
        stale_baseline_entry(file, match.line_of(one), one.path, one.rule, one.scope, one.count) for one in match.stale
    ]
    results = results_of(sorted(found, key=order), lambda _: settings, lambda _: Role.PRODUCTION, {})
    merged = sorted((*report.results, *results), key=lambda one: order(one.diagnostic))
    return replace(report, results=tuple(merged))


def _said(match: Matched) -> str:
    gone = sum(one.count for one in match.stale)
    parts = [
        *([f"{counted(gone, 'finding')} gone, and taken out of it"] if gone else ()),
        *(["paths follow renamed files"] if match.entries != match.baseline.entries else ()),
    ]
    return f"{told_name(match.baseline.file)}: {'; '.join(parts)}"
