"""`archlint cache`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archlint.errors import UsageError

if TYPE_CHECKING:
    from archlint.cache import Cache


def _cache(cache_dir: str | None) -> Cache:
    from archlint.cli.request import current_folder
    from archlint.pipeline import Request, resolve
    from archlint.settings import Overrides
    from archlint.stages.caching import cache_of

    _, resolver = resolve(Request((Path(),), current_folder(), Overrides(cache_dir=cache_dir)))
    found, problem = cache_of(resolver.run_settings())
    if problem:
        raise UsageError(problem)
    return found


@click.group()
def cache() -> None:
    """Look at the cache, or delete it."""


@cache.command()
@click.option("--cache-dir", metavar="DIR", help="Where results are kept.")
def path(cache_dir: str | None) -> None:
    """Print the folder of the cache."""
    click.echo(str(_cache(cache_dir).folder))


@cache.command()
@click.option("--cache-dir", metavar="DIR", help="Where results are kept.")
def clean(cache_dir: str | None) -> None:
    """Delete the cache."""
    found = _cache(cache_dir).clean()
    click.echo("removed the cache" if found else "there is no cache")
