"""Which versions a project has: its lock files, else the pins and bounds of its requirements, else any."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import msgspec

from archlint.knowledge.required import declared_names, drivers_named, named_in
from archlint.knowledge.versions import Pin, version_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SEPARATORS = re.compile(r"[-_.]+")
_FIELD = re.compile(r"""(name|version)\s*=\s*(["'])([^"'\\]{1,200})\2\s*(?:#.*)?$""")
_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]{0,100})\s{0,9}(?:\[[^\]]{0,200}\])?\s{0,9}\(?([<>=!~][^;#\\]{1,200})")
_CLAUSE = re.compile(r"(===|==|~=|>=|<=|!=|<|>)\s*([\w.!+*-]+)")
_HASH_OPTION = re.compile(r"\s--\w")
_PROJECT = "pyproject.toml"
_ALEMBIC = "alembic.ini"
_ANY = Pin("0", exact=False)


def normalized(name: str) -> str:
    """Return a distribution's name as PEP 503 writes it."""
    return _SEPARATORS.sub("-", name).lower()


def locked_versions(files: Mapping[str, str]) -> dict[str, Pin]:
    """Return the version of each distribution that lock files and requirements (path to text) name, by normalised name.

    Lock files win over requirements. Where files of one kind differ, the lowest version is a lower bound.
    What a project names without a version, or elsewhere (`pyproject.toml`, the driver in `alembic.ini`), may have any.
    What cannot be read is passed over.
    """
    locks: dict[str, list[Pin]] = {}
    requirements: dict[str, list[Pin]] = {}
    named: dict[str, list[Pin]] = {}
    for path in sorted(files):
        into = requirements if _is_requirements(path) else locks
        for name, pin in _pins(path, files[path]):
            into.setdefault(normalized(name), []).append(pin)
        named |= {normalized(name): [_ANY] for name in _names(path, files[path])}
    return {name: _agreed(pins) for name, pins in sorted({**named, **requirements, **locks}.items())}


def is_version_file(path: str) -> bool:
    """Return whether `locked_versions` reads a file of this name."""
    base = path.rpartition("/")[2]
    return base in {"Pipfile.lock", _PROJECT, _ALEMBIC} or _is_table_lock(base) or _is_requirements(path)


def _names(path: str, text: str) -> Iterable[str]:
    """Return the distributions that a file names, whatever it says of their versions."""
    base = path.rpartition("/")[2]
    if base == _PROJECT:
        return declared_names(text)
    if base == _ALEMBIC:
        return drivers_named(text)
    return named_in(text.splitlines()) if _is_requirements(path) else ()


def _pins(path: str, text: str) -> Iterable[tuple[str, Pin]]:
    base = path.rpartition("/")[2]
    if base == "Pipfile.lock":
        return _pipfile_lock(text)
    if _is_table_lock(base):
        return _table_lock(text)
    return _requirements(text) if _is_requirements(path) else ()


def _is_table_lock(base: str) -> bool:
    return base in {"poetry.lock", "uv.lock", "pdm.lock"} or fnmatch(base, "pylock*.toml")


def _is_requirements(path: str) -> bool:
    folder, _, base = path.rpartition("/")
    in_folder = folder.rpartition("/")[2] in {"constraints", "requirements"} and base.endswith(".txt")
    return in_folder or fnmatch(base, "*requirements*.txt") or fnmatch(base, "constraints*.txt")


# By lines and not by a TOML parser: these files are written by machines, a megabyte takes 15 ms and not 120,
# and half of a broken file still tells half of the versions.
def _table_lock(text: str) -> Iterator[tuple[str, Pin]]:
    fields: dict[str, str] = {}
    inside = False
    for line in (*text.splitlines(), "[[package]]"):
        if line.startswith("["):
            if {"name", "version"} <= fields.keys():
                yield fields["name"], Pin(fields["version"])
            fields = {}
            inside = line.startswith(("[[package]]", "[[packages]]"))
        elif inside and (match := _FIELD.match(line)):
            fields.setdefault(match[1], match[3])


def _pipfile_lock(text: str) -> Iterator[tuple[str, Pin]]:
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return
    for section in ("default", "develop"):
        packages = data.get(section) if isinstance(data, dict) else None
        for name, entry in packages.items() if isinstance(packages, dict) else ():
            version = entry.get("version") if isinstance(entry, dict) else None
            pin = _pin(version) if isinstance(version, str) else None
            if pin is not None:
                yield name, pin


def _requirements(text: str) -> Iterator[tuple[str, Pin]]:
    for line in text.splitlines():
        match = _REQUIREMENT.match(line.strip())
        pin = _pin(_HASH_OPTION.split(match[2])[0]) if match else None
        if match and pin is not None:
            yield match[1], pin


def _pin(specifiers: str) -> Pin | None:
    """Return what version clauses say: a pin, or a lower bound with the upper one beside it."""
    low, below = "", ""
    for operator, version in _CLAUSE.findall(specifiers):
        if operator in {"==", "==="} and not version.endswith(".*"):
            return Pin(version)
        low, below = _narrowed(operator, version.removesuffix(".*"), low, below)
    return Pin(low or "0", exact=False, below=below) if low or below else None


def _narrowed(operator: str, version: str, low: str, below: str) -> tuple[str, str]:
    if operator in {">=", ">"}:
        return version, below
    if operator == "<":
        return low, version
    if operator == "==":
        return version, _next(version)
    if operator == "~=":
        return version, _next(version.rpartition(".")[0])
    return low, below


def _next(release: str) -> str:
    """Return the release after all that start like this one (4.2 gives 4.3), or "" where it is no plain number."""
    head, dot, last = release.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdecimal() and len(last) < 10 else ""  # noqa: PLR2004 - no real release


def _agreed(pins: list[Pin]) -> Pin:
    distinct = sorted(set(pins), key=lambda pin: (version_key(pin.version), pin.version, pin.exact))
    return distinct[0] if len(distinct) == 1 else Pin(distinct[0].version, exact=False)
