"""What `map`, `why` and `report` have in common: their options, and the project that these lead to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec.structs import replace

from archlint.cli.progress import progress_bar

if TYPE_CHECKING:
    from archlint.pipeline import Request
    from archlint.stages.linked import Linked

Function = TypeVar("Function", bound=Callable[..., Any])


def model_options(function: Function) -> Function:
    """Add the options that say how files are read, and under which configuration."""
    function = click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The configuration.")(
        function
    )
    return reading_options(click.option("--isolated", is_flag=True, help="Read no configuration.")(function))


def reading_options(function: Function) -> Function:
    """Add the options that say how files are read, whatever the configuration."""
    function = click.option("--jobs", "-j", type=click.IntRange(0, 1024), help="Processes; 0 is one for each core.")(
        function
    )
    function = click.option("--cache-dir", metavar="DIR", help="Where results are kept.")(function)
    function = click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")(function)
    return click.option("--quiet", "-q", is_flag=True, help="Print no warnings and no progress.")(function)


def linked(paths: tuple[Path, ...], options: dict[str, Any]) -> Linked:
    """Return the project around some paths; raises `UsageError`."""
    from archlint.cli.request import request_of

    request, _ = request_of(paths, options)
    return linked_for(request, quiet=options["quiet"])


def linked_for(request: Request, *, quiet: bool) -> Linked:
    """Return the project that a request is about, with a bar and warnings; raises `UsageError`."""
    from archlint.report.escaping import visible

    with progress_bar(enabled=not quiet) as progress:
        found = linked_of(replace(request, progress=progress))
    for line in () if quiet else found.warnings:
        click.echo(f"archlint: warning: {visible(line)}", err=True)
    return found


def linked_of(request: Request) -> Linked:
    """Return the project that a run would look at; raises `UsageError`."""
    from archlint.pipeline import resolve
    from archlint.stages.files import RunFiles
    from archlint.stages.finding import files_of
    from archlint.stages.linked import linked_project

    root, resolver = resolve(request)
    settings = resolver.run_settings()
    found, context = files_of(request, root, resolver)
    files = RunFiles(found, context, {}, settings)
    return linked_project(files, resolver, root, request.progress)
