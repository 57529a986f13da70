"""`archlint explain` and `archlint rules`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from archlint.catalogue import Entry, Status, catalogue, find
from archlint.diagnostic import Confidence
from archlint.errors import UsageError
from archlint.report.escaping import visible
from archlint.report.prose import counted
from archlint.settings import SettingsResolver, find_root
from archlint.settings.suggestions import did_you_mean, quoted


@click.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Explain a rule, by its code or name."""
    from archlint.report.page import rule_page

    entry = find(rule) or find(rule, _added())
    if entry is None:
        hint = did_you_mean(rule, [word for one in (*catalogue(), *_added()) for word in (one.code, one.name)])
        raise UsageError(f"unknown rule {quoted(rule)}{hint or '; `archlint rules` lists them'}")
    click.echo(rule_page(entry))


@click.group(invoke_without_command=True)
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="text or json.")
@click.pass_context
def rules(ctx: click.Context, output_format: str) -> None:
    """List the rules, those of packs and of the project included; `test` tries rules on fixture projects."""
    if ctx.invoked_subcommand is not None:
        return
    entries = (*catalogue(), *_added())
    if output_format == "json":
        click.echo(json.dumps([_row(entry) for entry in entries], indent=2))
        return
    for entry in entries:
        when = f"with {entry.needs}" if entry.needs else ""
        off = f"  ({when or entry.status.value})" if when or entry.status is not Status.STABLE else ""
        click.echo(f"{entry.code}  {entry.name:32} {entry.severity.value:8} {entry.summary}{off}")


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def test(ctx: click.Context, folder: Path) -> None:
    """Try rules on the fixture projects below a folder: each is reported exactly as its `expect:` comments say."""
    from archlint.testing import cases_in, lint_case, mistakes

    cases = cases_in(folder)
    if not cases:
        raise UsageError(f"{quoted(str(folder))}: no case in it: a folder whose name begins with `bad` or `good`")
    failed = 0
    for case in cases:
        found = mistakes(case, lint_case(case))
        failed += bool(found)
        for line in (f"{case.parent.name}/{case.name}:", *(f"  {line}" for line in found)) if found else ():
            click.echo(visible(line))
    click.echo(f"{counted(len(cases), 'case')}, {failed} failed")
    ctx.exit(1 if failed else 0)


def _added() -> tuple[Entry, ...]:
    """Return the rules that the configuration of the current folder adds."""
    from archlint.cli.request import current_folder

    here = current_folder()
    return SettingsResolver(find_root((), here)).run_settings().added


def _row(entry: Entry) -> dict[str, object]:
    return {
        "code": entry.code,
        "name": entry.name,
        "summary": entry.summary,
        "family": entry.family,
        "severity": entry.severity.value,
        "confidence": entry.confidence.value,
        "status": entry.status.value,
        "default": entry.is_default(()) and entry.confidence is not Confidence.LOW,
        "needs": entry.needs or None,
    }
