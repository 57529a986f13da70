"""`archlint map`: the service drawn from its routes to its tables and external systems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archlint.cli.linking import linked, model_options

if TYPE_CHECKING:
    from archlint.project.views.service_map import ServiceMap

_MANY_FUNCTIONS = 60
"""More functions than this make a flow chart that nobody reads."""
_MERMAID_EDGES, _MERMAID_TEXT = 500, 50_000
"""Mermaid draws no more edges and reads no longer text with its default settings."""
_FORMATS = ("mermaid", "json", "html")


@click.command(name="map")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "format_name", type=click.Choice(_FORMATS), default="mermaid", help="mermaid, json or html.")
@click.option("--output", "-o", metavar="FILE", help="Write to a file instead of standard output.")
@click.option("--from", "start", metavar="PATTERN", default="", help="Only what such routes or functions lead to.")
@click.option("--to", "end", metavar="PATTERN", default="", help="Only what leads to such tables, systems or tasks.")
@click.option("--depth", type=click.IntRange(0), help="Functions in a row that are shown at most.")
@click.option(
    "--collapse",
    type=click.Choice(["auto", "module", "none"]),
    default="auto",
    help=f"One node a module; auto does so in Mermaid above {_MANY_FUNCTIONS} functions.",
)
@model_options
def map_command(paths: tuple[Path, ...], format_name: str, output: str | None, **options: Any) -> None:
    """Draw routes, functions, tables and external systems, with synchronous and asynchronous edges."""
    from archlint.cli.output import write_text
    from archlint.project.questions.deep import deeply
    from archlint.project.views.mapping import service_map
    from archlint.project.views.narrowing import within

    found = linked(paths or (Path(),), options)
    classes = (one for module in found.project.modules for one in module.classes.values())
    whole = deeply(lambda: service_map(found.project, found.files.text_of, classes))
    whole = within(whole, found.files.reported)
    shown = _chosen(whole, format_name, options)
    text = _rendered(shown, format_name, found.root.name)
    for line in () if options["quiet"] else _warnings(whole, shown, text if format_name == "mermaid" else ""):
        click.echo(f"archlint: warning: {line}", err=True)
    write_text(text, output)


def _chosen(whole: ServiceMap, format_name: str, options: dict[str, Any]) -> ServiceMap:
    """Return the part of the map that was asked for."""
    from archlint.project.views.narrowing import by_module, limited, narrowed
    from archlint.project.views.service_map import NodeKind

    shown = narrowed(whole, options["start"], options["end"])
    if options["depth"] is not None:
        shown = limited(shown, options["depth"])
    is_large = format_name == "mermaid" and shown.count(NodeKind.FUNCTION) > _MANY_FUNCTIONS
    if options["collapse"] == "module" or (options["collapse"] == "auto" and is_large):
        shown = by_module(shown)
    return shown


def _warnings(whole: ServiceMap, shown: ServiceMap, mermaid: str) -> Iterator[str]:
    if not whole.nodes:
        yield "no route or entry point was found"
    elif not shown.nodes:
        yield "nothing on the map matches --from and --to"
    if mermaid and (len(shown.edges) > _MERMAID_EDGES or len(mermaid) > _MERMAID_TEXT):
        yield "the map is larger than Mermaid draws: narrow it with --from, --to or --depth, or take --format html"


def _rendered(shown: ServiceMap, format_name: str, title: str) -> str:
    if format_name == "json":
        from archlint.report.map_json import map_json

        return map_json(shown)
    if format_name == "html":
        from archlint.report.map_html import map_html

        return map_html(shown, title)
    from archlint.report.map_mermaid import map_mermaid

    return map_mermaid(shown)
