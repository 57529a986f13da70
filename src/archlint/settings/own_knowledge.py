"""What a project itself knows about its libraries and wrappers: rows in its configuration, or in files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archlint.errors import UsageError
from archlint.settings.documents import document, inside, line_of
from archlint.settings.loading import Layer, read_bytes
from archlint.settings.suggestions import did_you_mean, quoted

if TYPE_CHECKING:
    from archlint.knowledge.tables import Tables

FILES = "files"
"""The key, beside the sections of rows, that names the files with more of them."""

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<place>[^`]*)`)?$", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*)`")
_MISSING_FIELD = re.compile(r"Object missing required field `(.*)`")
_Table = Mapping[str, Any]


def own_tables(tables: Sequence[tuple[Layer, _Table]], root: Path) -> Tables | None:
    """Return the rows that layers of configuration declare, the later ones last, or None where there are none.

    Raises `UsageError` for a file that is not there or not below the root, and for rows that are malformed.
    """
    given = [(layer, sections(table["knowledge"])) for layer, table in tables if "knowledge" in table]
    if not given:
        return None
    from archlint.knowledge.loading import joined

    return joined(part for layer, said in given for part in _of_layer(layer, said, root))


def sections(value: Sequence[str] | _Table) -> dict[str, Any]:
    """Return the value of `knowledge` as a table; a list names files."""
    return dict(value) if isinstance(value, Mapping) else {FILES: list(value)}


def joined_sections(before: _Table, after: _Table) -> dict[str, Any]:
    """Return the sections of two tables, the rows of both in those that both have."""
    both = {key for key in after if isinstance(before.get(key), list) and isinstance(after[key], list)}
    return {**before, **after, **{key: [*before[key], *after[key]] for key in both}}


def _of_layer(layer: Layer, said: dict[str, Any], root: Path) -> Iterator[Tables]:
    where = layer.named("knowledge")
    names = said.pop(FILES, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"{where}: `{FILES}` must be a list of strings")
    for name in names:
        data = read_bytes(inside(name, layer, "knowledge", root), name)
        yield _tables(document(data, name, "`blocking:` with a list of rows"), name, name, data)
    if said:
        yield _tables(said, where, layer.origin)


def _tables(data: _Table, where: str, source: str, text: bytes | None = None) -> Tables:
    """Return rows as tables; a row need not say its source, nor the distribution it is about.

    `text` is the file with the rows, where they have one of their own: then mistakes have lines.
    """
    from archlint.knowledge.loading import tables_from

    try:
        tables = tables_from({key: _completed(value, source) for key, value in data.items()}, "")
    except ValueError as error:
        message, place = _explained(str(error).removeprefix(": "))
        line = f":{line_of(text, place)}" if text is not None else ""
        raise UsageError(f"{where}{line}: {message}") from None
    for versions in _ranges(data):
        _check_range(versions, where)
    return tables


def _completed(rows: object, source: str) -> object:
    if not isinstance(rows, list):
        return rows
    return [_completed_row(row, source) if isinstance(row, dict) else row for row in rows]


def _completed_row(row: dict[str, Any], source: str) -> dict[str, Any]:
    done = {"source": source, "distribution": "", **row}
    if isinstance(row.get("types"), list):
        done["types"] = _completed(row["types"], source)
    if isinstance(row.get("defaults"), list):
        # TOML has no null: a default without seconds waits for ever.
        done["defaults"] = [{"seconds": None, **one} if isinstance(one, dict) else one for one in row["defaults"]]
    return done


def _explained(message: str) -> tuple[str, str]:
    """Return what msgspec says of a document, in the words of whoever wrote it, and the place in it."""
    from archlint.knowledge.loading import FIELDS, fields_at

    found = _PLACE.match(message)
    what, place = (found["what"], found["place"] or "") if found else (message, "")
    label = f"`{place}`: " if place else ""
    if unknown := _UNKNOWN_FIELD.match(what):
        if not place:
            return f"unknown section {quoted(unknown[1])}{did_you_mean(unknown[1], (*FIELDS, FILES))}", unknown[1]
        meant = did_you_mean(unknown[1], fields_at(place))
        return f"{label}unknown field {quoted(unknown[1])}{meant}", f"{place}.{unknown[1]}"
    if missing := _MISSING_FIELD.match(what):
        return f"{label}the field `{missing[1]}` is missing", place
    text = f"{label}{what[:1].lower()}{what[1:]}".replace("`array`", "a list").replace("`object`", "a table")
    return text, place


def _ranges(value: object) -> Iterator[str]:
    """Yield all ranges of versions in a document."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "versions" and isinstance(inner, str):
                yield inner
            yield from _ranges(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ranges(inner)


def _check_range(versions: str, where: str) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(versions)
    except InvalidSpecifier:
        raise UsageError(f"{where}: {quoted(versions)} is no range of versions, such as `>=2,<3`") from None
