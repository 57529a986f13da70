"""Which cache a run has: where it lies, and for which archlint it holds."""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from archlint import __version__
from archlint.cache import Cache
from archlint.ir import SCHEMA
from archlint.settings import Settings

_PARSERS = ("libcst", "sqlglot")


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


def cache_version() -> str:
    """Return the name of the cache's folder: archlint's version, the schema of facts, the interpreter, the parsers.

    What was compiled into the package takes part, and in a checkout, where rules change without a new version,
    the state of the source files.
    """
    state = hashlib.blake2b(sys.version.encode(), digest_size=6)
    for parser in _PARSERS:
        state.update(_version_file(parser))
    package = Path(__file__).resolve().parents[1]
    compiled = package / "compiled"
    if compiled.is_dir():
        for path in sorted(compiled.iterdir()):
            state.update(path.read_bytes())
    else:
        rules = package.parents[1] / "rules"
        for path in sorted([*package.rglob("*.py"), *rules.rglob("*.yaml")]):
            info = path.stat()
            state.update(f"{path.name}:{info.st_size}:{info.st_mtime_ns};".encode())
    return f"{__version__}-{SCHEMA}-{state.hexdigest()}"


def _version_file(package: str) -> bytes:
    """Return what says which version of a package is installed; asking its metadata would take ten times as long."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return b""
    try:
        return Path(spec.origin).with_name("_version.py").read_bytes()
    except OSError:
        return b""
