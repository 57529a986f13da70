"""What a project itself knows about its libraries and wrappers: rows in its configuration, or in files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archlint.errors import UsageError
from archlint.settings.loading import Layer, read_bytes
from archlint.settings.suggestions import did_you_mean, quoted

if TYPE_CHECKING:
    import yaml

    from archlint.knowledge.tables import Tables

FILES = "files"
"""The key, beside the sections of rows, that names the files with more of them."""

_MAX_NODES = 100_000
_MAX_DEPTH = 50
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
        path = _inside(name, layer, root)
        yield _tables(_document(read_bytes(path, name), name), name, name)
    if said:
        yield _tables(said, where, layer.origin)


def _inside(name: str, layer: Layer, root: Path) -> Path:
    """Return the path of a file that a layer names; it must exist below the root."""
    label = f"{layer.named('knowledge')}: {quoted(name)}"
    try:
        path = (root / layer.base / name).resolve()
        if not path.is_relative_to(root.resolve()):
            raise UsageError(f"{label} lies outside of the project: move it below the project's root")
        if not path.is_file():
            raise UsageError(f"{label} is no file: its path is relative to the configuration's folder")
    except (OSError, RuntimeError, ValueError):
        raise UsageError(f"{label} is not a path") from None
    return path


def _document(data: bytes, name: str) -> _Table:
    """Return a YAML document; aliases are refused, since a short text may stand for any number of rows."""
    import yaml

    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = data.decode("utf-8-sig")
        _refuse_excess(text, loader, name)
        document = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: not UTF-8 at byte {error.start}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
        raise UsageError(f"{name}{place}: not YAML: {error.problem or 'it cannot be read'}") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UsageError(f"{name}: not YAML that can be read") from None
    if not isinstance(document, dict):
        raise UsageError(f"{name}: must be a table of sections, as in `blocking:` with a list of rows")
    return {str(key): value for key, value in document.items()}


def _refuse_excess(text: str, loader: type[yaml.SafeLoader], name: str) -> None:
    import yaml

    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=loader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            raise UsageError(f"{name}:{line}: an alias: write the row out")
        if count > _MAX_NODES or depth > _MAX_DEPTH:
            raise UsageError(f"{name}: larger or deeper than knowledge is")


def _tables(data: _Table, where: str, source: str) -> Tables:
    """Return rows as tables; a row need not say its source, nor the distribution it is about."""
    from archlint.knowledge.loading import tables_from

    try:
        tables = tables_from({key: _completed(value, source) for key, value in data.items()}, "")
    except ValueError as error:
        raise UsageError(f"{where}: {_explained(str(error).removeprefix(': '))}") from None
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


def _explained(message: str) -> str:
    """Return what msgspec says of a document, in the words of whoever wrote it."""
    from archlint.knowledge.loading import FIELDS

    found = _PLACE.match(message)
    what, place = (found["what"], found["place"] or "") if found else (message, "")
    label = f"`{place}`: " if place else ""
    if unknown := _UNKNOWN_FIELD.match(what):
        if not place:
            return f"unknown section {quoted(unknown[1])}{did_you_mean(unknown[1], (*FIELDS, FILES))}"
        return f"{label}unknown field {quoted(unknown[1])}"
    if missing := _MISSING_FIELD.match(what):
        return f"{label}the field `{missing[1]}` is missing"
    return f"{label}{what[:1].lower()}{what[1:]}".replace("`array`", "a list").replace("`object`", "a table")


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
