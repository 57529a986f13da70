"""`archlint baseline`: what is known already, and need not be fixed today."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec.structs import replace

from archlint.cli.baseline_upkeep import told_name, write_baseline
from archlint.cli.check_command import baseline_file_options, file_options, rule_options, told_options, work_options
from archlint.errors import ArchlintError, UsageError

if TYPE_CHECKING:
    from archlint.pipeline import Request
    from archlint.report.result import Report
    from archlint.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])


@click.group()
def baseline() -> None:
    """Write down what is found today, so that only what is new is reported."""


def _options(function: Function) -> Function:
    function = told_options(work_options(baseline_file_options(file_options(rule_options(function)))))
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path))(function)


@baseline.command("write")
@_options
def write_command(paths: tuple[Path, ...], **options: Any) -> None:
    """Take all findings into the baseline (of the current folder where no path is named).

    What a person wrote there stays, and so does what the run does not look at.
    """
    write_for(*_begun(paths, options), options)


def write_for(request: Request, settings: Settings, file: Path, options: dict[str, Any]) -> None:
    """Take all that a run finds into a baseline, and say so unless `quiet` is among the options."""
    from archlint.baseline.matching import rewritten
    from archlint.report.escaping import visible
    from archlint.report.prose import counted
    from archlint.rules.tool.skipped_file import is_lost
    from archlint.stages.accepting import may_be_accepted

    report = _run(request, settings, options)
    found = (*report.results, *report.accepted)
    entries = rewritten(report.baseline, (one.identity for one in found if may_be_accepted(one.diagnostic)))
    write_baseline(file, entries, settings)
    _say(f"{counted(sum(one.count for one in entries), 'finding')} in {told_name(file)}", options)
    if expired := report.baseline.expired if report.baseline is not None else ():
        _say(f"{counted(len(expired), 'entry', 'entries')} expired: their findings still count", options)
    for line in _rootless(request, settings, {one.path for one in entries}):
        _say(f"warning: {line}", options)
    for lost in filter(is_lost, (one.diagnostic for one in found)):
        _say(f"{visible(lost.span.path)} was {lost.message}: what is in it will be reported as new", options)


@baseline.command("prune")
@_options
def prune_command(paths: tuple[Path, ...], **options: Any) -> None:
    """Take out of the baseline what is not found any more; nothing is added."""
    from archlint.report.prose import counted

    request, settings, file = _begun(paths, options)
    match = _run(request, settings, options).baseline
    if match is None:
        raise UsageError(f"there is no {told_name(file)}: `archlint baseline write` makes one")
    if not match.is_current:
        write_baseline(file, match.pruned(), settings)
    gone = sum(one.count for one in match.stale)
    _say(f"{counted(gone, 'finding')} taken out of {told_name(file)}", options)


@baseline.command("status")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="text or json.")
@_options
def status_command(paths: tuple[Path, ...], output_format: str, **options: Any) -> None:
    """Count what the baseline has, by rule and owner, and say what is stale or has expired. Nothing is written."""
    from archlint.cli.baseline_status import as_json, as_text

    request, settings, file = _begun(paths, options)
    match = _run(request, settings, options).baseline
    if match is None:
        raise UsageError(f"there is no {told_name(file)}: `archlint baseline write` makes one")
    click.echo(as_json(match) if output_format == "json" else as_text(match), nl=False)


def _begun(paths: tuple[Path, ...], options: dict[str, Any]) -> tuple[Request, Settings, Path]:
    from archlint.cli.request import request_of

    request, settings = request_of(paths or (Path(),), options)
    if settings.baseline is None:
        raise UsageError("the settings want no baseline: `baseline` names its file")
    return replace(request, needs_baseline=False), settings, settings.baseline


def _run(request: Request, settings: Settings, options: dict[str, Any]) -> Report:
    """Return the report of a run; raises `ArchlintError` for one that is not whole: it would lose entries."""
    from archlint.cli.check_command import watched
    from archlint.cli.output import warn
    from archlint.pipeline import run

    report = watched(request, settings, options, run)
    if report.crashed:
        raise ArchlintError("archlint failed in a rule, so the baseline stays as it is: `archlint check` says where")
    if not options["quiet"]:
        warn(report, is_told=False)
    return report


def _rootless(request: Request, settings: Settings, paths: Iterable[str]) -> Iterator[str]:
    """Yield what is to be said of a baseline for files whose configurations make them projects of their own."""
    from archlint.pipeline import resolve
    from archlint.report.escaping import visible

    if settings.config_path is not None or request.isolated:
        return
    _, resolver = resolve(request)
    configs = {resolver.settings_for(path).config_path for path in paths}
    below = sorted(os.path.relpath(one.parent, settings.root) for one in configs if one is not None)
    if below:
        own = "has a configuration of its own" if len(below) == 1 else "have configurations of their own"
        yield (
            f"{visible(', '.join(below))} {own}: "
            "a run there does not know this baseline until an archlint.toml, which may be empty, stands here"
        )


def _say(line: str, options: dict[str, Any]) -> None:
    if not options["quiet"]:
        click.echo(f"archlint: {line}", err=True)
