"""`archlint explain` and `archlint rules`."""

from __future__ import annotations

import json

import click

from archlint.catalogue import Entry, Status, catalogue, find
from archlint.diagnostic import Confidence
from archlint.errors import UsageError
from archlint.settings.suggestions import did_you_mean, quoted


@click.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Explain a rule, by its code or name."""
    from archlint.report.page import rule_page

    entry = find(rule)
    if entry is None:
        hint = did_you_mean(rule, [word for one in catalogue() for word in (one.code, one.name)])
        raise UsageError(f"unknown rule {quoted(rule)}{hint or '; `archlint rules` lists them'}")
    click.echo(rule_page(entry))


@click.command()
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="text or json.")
def rules(output_format: str) -> None:
    """List the rules."""
    if output_format == "json":
        click.echo(json.dumps([_row(entry) for entry in catalogue()], indent=2))
        return
    for entry in catalogue():
        off = "" if entry.status is Status.STABLE else f"  ({entry.status.value})"
        click.echo(f"{entry.code}  {entry.name:32} {entry.severity.value:8} {entry.summary}{off}")


def _row(entry: Entry) -> dict[str, object]:
    return {
        "code": entry.code,
        "name": entry.name,
        "summary": entry.summary,
        "family": entry.family,
        "severity": entry.severity.value,
        "confidence": entry.confidence.value,
        "status": entry.status.value,
        "default": entry.status is Status.STABLE and entry.confidence is not Confidence.LOW,
    }
