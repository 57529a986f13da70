"""`archlint why`: what is inferred at a line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from archlint.cli.linking import linked, model_options
from archlint.errors import UsageError
from archlint.settings.suggestions import quoted

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>[0-9]{1,9})(?::(?P<column>[0-9]{1,9}))?")


@click.command()
@click.argument("place", metavar="FILE:LINE[:COLUMN]")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", help="text or json.")
@model_options
def why(place: str, format_name: str, **options: Any) -> None:
    """Say what archlint infers at a line: types, where it runs, what it does, and how it is reached."""
    from archlint.project.questions.deep import deeply
    from archlint.project.views.explaining import Asked, explain
    from archlint.report.why import why_json, why_text

    match = _PLACE.fullmatch(place)
    if match is None:
        raise UsageError(f"say where as FILE:LINE or FILE:LINE:COLUMN, not {quoted(place)}")
    file, line, column = Path(match["path"]), int(match["line"]), match["column"]
    if file.is_dir():
        raise UsageError(f"{quoted(match['path'])} is a folder; name a line of a file")
    found = linked((file,), options)
    paths = sorted(found.files.reported)
    source = found.files.source_of(paths[0]) if len(paths) == 1 else None
    if source is None:
        raise UsageError(f"cannot read {quoted(match['path'])}")
    if not 1 <= line <= len(source.starts):
        raise UsageError(f"{quoted(match['path'])} has {len(source.starts)} lines; there is no line {line}")
    asked = Asked(found.project, found.project, found.files.text_of)
    at = max(int(column), 1) if column else None
    explanation = deeply(lambda: explain(asked, source.path, line, at))
    if explanation is None:
        raise UsageError(f"nothing is known of {quoted(match['path'])}: it is no Python that archlint can read")
    click.echo(why_text(explanation) if format_name == "text" else why_json(explanation), nl=False)
