"""`archlint report`: the findings and the routes of a project as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archlint.cli.check_command import (
    baseline_file_options,
    file_options,
    rule_options,
    told_options,
    watched,
    work_options,
)
from archlint.cli.output import warn, write_text

if TYPE_CHECKING:
    from archlint.pipeline import Request
    from archlint.project.endpoints.endpoint import Endpoint
    from archlint.report.result import Report
    from archlint.settings import Settings

_FILE = "report.html"


@click.command(name="report")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", metavar="FILE", default=_FILE, show_default=True, help="The page; - is standard output."
)
@rule_options
@baseline_file_options
@file_options
@work_options
@told_options
def report_command(paths: tuple[Path, ...], output: str, **options: Any) -> None:
    """Write the findings and the routes of a project as one HTML page that needs no network.

    Exits with 0 whatever is found: the verdict is that of `archlint check`. The baseline is read and never written.
    """
    from archlint.baseline.history import sizes_over_time
    from archlint.cli.request import request_of
    from archlint.pipeline import run
    from archlint.report.findings_html import findings_html

    request, settings = request_of(paths or (Path(),), options)
    report = watched(request, settings, options, run)
    match = report.baseline
    sizes = sizes_over_time(match.baseline.file, request.environment) if match is not None else ()
    page = findings_html(report, settings.root.name, _endpoints(request, settings, options), sizes)
    write_text(page, output)
    if not options["quiet"]:
        warn(report, is_told=False)
        _say(report, output)


def _endpoints(request: Request, settings: Settings, options: dict[str, Any]) -> tuple[Endpoint, ...]:
    """Return the routes in the files that are reported on; their facts are in the cache by now."""
    from archlint.cli.linking import linked_of
    from archlint.project.endpoints.table import endpoints
    from archlint.project.questions.deep import deeply

    found = watched(request, settings, options, linked_of)
    routes = deeply(lambda: endpoints(found.project, found.files.text_of))
    return tuple(one for one in routes if one.spot is None or one.spot.path in found.files.reported)


def _say(report: Report, output: str) -> None:
    from archlint.report.escaping import visible
    from archlint.report.prose import counted

    if output != "-":
        number = counted(len(report.results) + len(report.accepted), "finding")
        click.echo(f"archlint: {number} in {visible(output)}", err=True)
