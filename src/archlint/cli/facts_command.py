"""`archlint facts`: the results of a share of the files, for `archlint link` on any machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archlint.cli.check_command import file_options, rule_options, told_options, watched, work_options
from archlint.errors import UsageError
from archlint.settings.suggestions import quoted

if TYPE_CHECKING:
    from archlint.facts import Shard

_DIGITS = 9


def _shard(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Shard | None:
    """Return the share that `I/N` names; raises `UsageError`."""
    from archlint.facts import Shard

    if value is None:
        return None
    number, _, of = value.partition("/")
    if not all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in (number, of)):
        raise UsageError(f"--shard takes I/N, as in 1/4, not {quoted(value)}")
    return Shard(int(number), int(of))


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="STORE", help="[default: archlint.facts]")
@click.option("--shard", callback=_shard, metavar="I/N", help="Take only the I-th of N shares of the files.")
@rule_options
@file_options
@told_options
@work_options
def facts(paths: tuple[Path, ...], output: Path | None, shard: Shard | None, **options: Any) -> None:
    """Analyse files one by one, or a share of them, and store what `archlint link` makes a report of.

    All shares that are linked, and the link itself, take the same paths and options. Findings are no failure here.
    """
    from archlint.cli.request import request_of
    from archlint.cli.showing import log_line
    from archlint.facts import Shard, extract_for

    if Path("-") in paths:
        raise UsageError("facts reads no standard input: name files or folders")
    request, settings = request_of(paths or (Path(),), options)
    share = shard or Shard()
    target = output or Path("archlint.facts" if shard is None else f"archlint-{share.number}-of-{share.of}.facts")
    done = watched(request, settings, options, lambda one: extract_for(one, target, share))
    if not options["quiet"]:
        for line in done.warnings:
            log_line(f"warning: {line}")
        click.echo(done.line)
