"""Which archlint this is, on which Python and parsers: results of another one are not believed."""

from __future__ import annotations

import hashlib
import sys
from importlib.util import find_spec
from pathlib import Path

from archlint import __version__
from archlint.fact_store import Maker
from archlint.ir import SCHEMA

_PARSERS = ("libcst", "sqlglot")
_SUFFIXES = frozenset({".py", ".bin"})


def cache_version() -> str:
    """Return the name of the cache's folder: archlint's version, the schema of facts, the interpreter, the parsers.

    What was compiled into the package takes part, and in a checkout, where rules change without a new version,
    the state of the source files.
    """
    state = hashlib.blake2b(sys.version.encode(), digest_size=6)
    for parser in _PARSERS:
        state.update(_version_file(parser))
    package = _package()
    compiled = package / "compiled"
    if compiled.is_dir():
        for path in sorted(compiled.glob("*.json")):
            state.update(path.read_bytes())
    else:
        for path in _sources(package):
            info = path.stat()
            state.update(f"{path.name}:{info.st_size}:{info.st_mtime_ns};".encode())
    return f"{__version__}-{SCHEMA}-{state.hexdigest()}"


def maker() -> Maker:
    """Return who writes fact stores here: the code itself is hashed, since time stamps mean nothing elsewhere."""
    python = f"{sys.implementation.name} {'.'.join(map(str, sys.version_info[:3]))}"
    state = hashlib.blake2b(f"{__version__}-{SCHEMA}-{python}".encode(), digest_size=16)
    for parser in _PARSERS:
        state.update(_version_file(parser))
    package = _package()
    for path in _sources(package):
        content = path.read_bytes()
        state.update(f"{path.name}:{len(content)};".encode() + content)
    return Maker(state.digest(), f"archlint {__version__} on {python}")


def _package() -> Path:
    return Path(__file__).resolve().parents[1]


def _sources(package: Path) -> list[Path]:
    """Return the files that say what archlint does: its modules, its tables, its catalogue, compiled or not."""
    compiled = package / "compiled"
    rules = compiled.glob("*.json") if compiled.is_dir() else (package.parents[1] / "rules").rglob("*.yaml")
    modules = (path for path in package.rglob("*") if path.suffix in _SUFFIXES)
    return sorted([*modules, *rules], key=Path.as_posix)


def _version_file(package: str) -> bytes:
    """Return what says which version of a package is installed; asking its metadata would take ten times as long."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return b""
    try:
        return Path(spec.origin).with_name("_version.py").read_bytes()
    except OSError:
        return b""
