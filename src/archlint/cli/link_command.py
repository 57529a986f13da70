"""`archlint link`: the report of `archlint check`, made of fact stores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from archlint.cli.check_command import EXIT_CODES, check_options, lint
from archlint.errors import UsageError


@click.command(epilog=EXIT_CODES)
@click.argument("names", nargs=-1, metavar="STORE... [PATHS]...", type=click.Path(path_type=Path))
@click.option("--complete", is_flag=True, help="Exit with 2 when a file is in no store as it is now.")
@check_options
@click.pass_context
def link(ctx: click.Context, /, names: tuple[Path, ...], *, complete: bool, **options: Any) -> None:
    """Lint like `archlint check`, with what `archlint facts` has stored in place of reading files anew.

    A name that ends in .facts is a store, any other one a path to lint. What no store has is read here.
    """
    from archlint.cli.request import request_of
    from archlint.fact_store import SUFFIX, Stores

    stores = tuple(name for name in names if name.suffix == SUFFIX)
    if not stores:
        raise UsageError("no store is named: make some with `archlint facts`, then `archlint link *.facts`")
    paths = tuple(name for name in names if name not in stores)
    request, settings = request_of(paths or (Path(),), options)
    lint(ctx, replace(request, stores=Stores(stores, complete)), settings, options)
