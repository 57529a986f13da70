"""`archlint secrets`: secrets in files, in what is staged, and in all that was ever committed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archlint.cli.check_command import (
    EXIT_CODES,
    configuration_options,
    exclude_options,
    exit_code,
    fails,
    output_options,
    rule_options,
    run_options,
    watched,
)
from archlint.cli.output import sinks_of, write_all
from archlint.errors import UsageError

if TYPE_CHECKING:
    from archlint.history import Tally
    from archlint.pipeline import Request
    from archlint.report.result import Report

Function = TypeVar("Function", bound=Callable[..., Any])
_SYNTAX = "ARC001"
"""What does not parse is searched line by line."""


def _git_options(function: Function) -> Function:
    for name, text in (
        ("--staged", "Search what is staged for the next commit, as the index has it."),
        ("--history", "Search all that was ever committed, on all branches and tags."),
    ):
        function = click.option(name, is_flag=True, help=text)(function)
    function = click.option(
        "--range", "revisions", metavar="REVISIONS", help="Search what these commits brought, as in main..HEAD."
    )(function)
    return click.option("--git-dir", type=click.Path(path_type=Path), metavar="DIR", help="The repository.")(function)


def _file_options(function: Function) -> Function:
    return click.option("--max-file-size", type=click.IntRange(1), metavar="BYTES", help="Larger ones are skipped.")(
        configuration_options(exclude_options(function))
    )


@click.command(epilog=EXIT_CODES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_git_options
@rule_options
@output_options
@_file_options
@run_options
@click.pass_context
def secrets(ctx: click.Context, /, paths: tuple[Path, ...], **options: Any) -> None:
    """Search files for secrets (below the current folder where none is named), or what git keeps of them."""
    from archlint.analysis import READING_CODES
    from archlint.catalogue import secret_codes
    from archlint.cli.request import request_of

    by_git, searched = _by_git(options), secret_codes()
    given = {**options, "only": searched | READING_CODES - {_SYNTAX}}
    # A search of the tree keeps nothing: the cache has one result a file, and that is the one of `check`.
    given["no_cache"] = options["no_cache"] or by_git is None
    request, settings = request_of(paths or (Path(),), given)
    if not settings.selected & searched:
        raise UsageError("no rule about secrets is selected: name them with --select ARC5")
    sinks = sinks_of(options["output_format"] or settings.output_format, options["output_file"], options["output"])
    report, tally = watched(request, settings, options, by_git or _tree)
    write_all(report, sinks, settings, options)
    if tally is not None and not options["quiet"]:
        click.echo(f"archlint: {tally.line}", err=True)
    if options["strict"] and tally is not None and tally.missing + tally.unread and not report.crashed:
        ctx.exit(4)
    ctx.exit(exit_code(report, is_failing=fails(report, settings), options=options))


def _by_git(options: dict[str, Any]) -> Callable[[Request], tuple[Report, Tally | None]] | None:
    """Return what searches the index or the history, None where the files are meant; raises `UsageError`."""
    from archlint.history import search_history, search_staged

    git_dir, revisions = options["git_dir"], options["revisions"]
    is_history = options["history"] or revisions is not None
    if options["staged"] and is_history:
        raise UsageError("`--staged` and `--history` exclude each other")
    if revisions is not None and not revisions.strip():
        raise UsageError("--range needs commits, as in main..HEAD")
    if options["staged"]:
        return lambda request: search_staged(request, git_dir, os.environ)
    if is_history:
        return lambda request: search_history(request, git_dir, os.environ, revisions or "")
    if git_dir is not None:
        raise UsageError("--git-dir goes with `--history` or `--staged`")
    return None


def _tree(request: Request) -> tuple[Report, None]:
    from archlint.pipeline import run

    return run(request), None
