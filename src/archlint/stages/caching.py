"""Which cache a run has."""

from __future__ import annotations

import os
from pathlib import Path

from archlint.cache import Cache
from archlint.settings import Settings
from archlint.stages.identity import cache_version


def cache_of(settings: Settings) -> tuple[Cache, str]:
    """Return the cache of a run, and why it has none although it should, or "".

    A project that is only being linted must not choose where on the machine files are written, not by a link either.
    """
    if settings.no_cache:
        return Cache(None, ""), ""
    cache = Cache(settings.cache_dir, cache_version())
    if settings.origins.get("cache-dir") == "command line":
        return cache, ""
    real = Path(os.path.realpath(settings.cache_dir / cache.version))
    if real.is_relative_to(os.path.realpath(settings.root)):
        return cache, ""
    return Cache(None, ""), "the cache is not used: its folder leads out of the project; name it with --cache-dir"
