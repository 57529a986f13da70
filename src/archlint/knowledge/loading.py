"""From `rules/knowledge/*.yaml`, or from what was compiled of it, to tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from archlint.knowledge.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archlint.knowledge.orm_rows import OrmVerbs

FIELDS = tuple(field.name for field in msgspec.structs.fields(Tables))
"""The sections of a document."""


def fields_at(place: str) -> tuple[str, ...]:
    """Return the fields of the rows at a place of a document, such as `orms[0].types[1]`; none where there are none."""
    import msgspec.inspect

    kind: Any = msgspec.inspect.type_info(Tables)
    for step in re.findall(r"\w+", place):
        if isinstance(kind, msgspec.inspect.StructType):
            kind = next((field.type for field in kind.fields if field.encode_name == step), None)
        else:
            kind = getattr(kind, "item_type", None)
    return tuple(field.encode_name for field in kind.fields) if isinstance(kind, msgspec.inspect.StructType) else ()


def tables_from(data: Mapping[str, object], origin: str) -> Tables:
    """Return the tables of a parsed document; raises `ValueError` that names `origin` and the place in it."""
    try:
        return msgspec.convert(data, Tables)
    except msgspec.ValidationError as error:
        message = f"{origin}: {error}"
        raise ValueError(message) from error


def joined(parts: Iterable[Tables]) -> Tables:
    """Return the rows of all parts, in order; what several rows say of one ORM is put together."""
    parts = tuple(parts)
    rows: dict[str, Any] = {name: tuple(row for part in parts for row in getattr(part, name)) for name in FIELDS}
    return Tables(**{**rows, "logger_names": frozenset(rows["logger_names"]), "orms": _one_by_name(rows["orms"])})


def _one_by_name(rows: Iterable[OrmVerbs]) -> tuple[OrmVerbs, ...]:
    found: dict[str, OrmVerbs] = {}
    for row in rows:
        known = found.get(row.name)
        found[row.name] = row if known is None else _together(known, row)
    return tuple(found.values())


def _together(first: OrmVerbs, second: OrmVerbs) -> OrmVerbs:
    """Return the vocabulary of both rows; where a field says one thing, that of the first stays."""
    added: dict[str, Any] = {}
    for name in first.__struct_fields__:
        value, more = getattr(first, name), getattr(second, name)
        if isinstance(value, frozenset):
            added[name] = value | more
        elif isinstance(value, tuple):
            added[name] = value + more
    return msgspec.structs.replace(first, **added)


def read_tables(folder: Path) -> Tables:
    """Return the tables of a folder of YAML files; raises `ValueError` with the name of a file that is wrong."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parts = []
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        parts.append(tables_from(data, path.name))
    return joined(parts)


def encoded(tables: Tables) -> bytes:
    """Return the tables as JSON, the same bytes for the same rows."""
    return msgspec.json.encode(tables, order="deterministic")


def load() -> Tables:
    """Return archlint's own tables: compiled when the package was built, read from `rules/knowledge/` in a checkout."""
    compiled = Path(__file__).parents[1] / "compiled" / "knowledge.json"
    if compiled.is_file():
        return msgspec.json.decode(compiled.read_bytes(), type=Tables)
    return read_tables(Path(__file__).resolve().parents[3] / "rules" / "knowledge")
