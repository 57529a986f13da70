"""`archlint config`."""

from __future__ import annotations

import json

import click


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
def schema() -> None:
    """Print the JSON schema of `[tool.archlint]`."""
    from archlint.settings import config_schema

    click.echo(json.dumps(config_schema(), indent=2))


@config.command()
def report_schema() -> None:
    """Print the JSON schema of the JSON report."""
    from archlint.report.schema import report_schema_text

    click.echo(report_schema_text(), nl=False)
