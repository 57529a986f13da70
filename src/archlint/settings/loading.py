"""Configuration files: from bytes of an untrusted project to typed layers, or one line on what is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from archlint.errors import UsageError
from archlint.settings.schema import WORDS, Config, keys
from archlint.settings.suggestions import did_you_mean, meant_or_known, quoted

OWN_FILE = "archlint.toml"
PROJECT_FILE = "pyproject.toml"
COMMAND_LINE = "command line"
_TABLE = "[tool.archlint]"
_MAX_BYTES = 1_000_000
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_AT = re.compile(r" - at .*$", re.DOTALL)
_WRONG_WORD = re.compile(r"Invalid enum value '(.*)' - at `", re.DOTALL)
_IN_TOML = (
    ("`bool | int | str | array`", "a boolean, an integer, a string or a list of strings"),
    ("`object`", "a table"),
    ("`array`", "a list"),
    ("`str`", "a string"),
    ("`int`", "an integer"),
    ("`float`", "a float"),
    ("`bool`", "a boolean"),
    ("`null`", "nothing"),
)


class Layer(msgspec.Struct, frozen=True):
    """What one place says, the name of that place, and the folder (from the root) that its globs are relative to."""

    config: Config
    origin: str
    base: str

    def named(self, key: str) -> str:
        """Return how a key of this layer is written where the user wrote it."""
        return f"command line: `--{key}`" if self.origin == COMMAND_LINE else f"{self.origin}: `{key}`"


def load_layers(path: Path, root: Path) -> tuple[Layer, ...]:
    """Return what a configuration file and those that it extends say, the furthest first.

    Raises `UsageError` on anything but readable files of the schema that lie below the root, without a cycle.
    """
    layers: list[Layer] = []
    seen: list[Path] = []
    current: Path | None = path
    while current is not None:
        origin = _name_from(root, current)
        table = read_table(current, origin)
        if table is None:
            raise UsageError(f"{origin}: has no `{_TABLE}` table")
        config = typed_config(table, origin)
        layers.append(Layer(config, origin, _base(root, current.parent)))
        seen.append(current.resolve())
        current = _extended(current, config, root, seen)
    return tuple(reversed(layers))


def read_table(path: Path, origin: str) -> dict[str, Any] | None:
    """Return the table of archlint in a file, or None where a pyproject.toml has none.

    A pyproject.toml that does not name archlint is not parsed: it is somebody else's.
    Raises `UsageError` when the file cannot be read or is not TOML.
    """
    data = read_bytes(path, origin)
    if path.name != PROJECT_FILE:
        return _parsed(data, origin)
    if b"archlint" not in data:
        return None
    tools = _parsed(data, origin).get("tool")
    table = tools.get("archlint") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{origin}: `tool.archlint` is not a table")
    return table


def typed_config(table: Mapping[str, Any], origin: str) -> Config:
    """Return a table as a typed configuration; raises `UsageError` that names the first wrong key."""
    try:
        return msgspec.convert(table, Config)
    except msgspec.ValidationError:
        raise UsageError(next(_mistakes(table, origin), f"{origin}: does not follow the schema")) from None


def read_bytes(path: Path, origin: str) -> bytes:
    """Return the content of a configuration file; raises `UsageError` where it cannot be read or is too large."""
    try:
        if not path.is_file():
            raise UsageError(f"{origin}: {'not a regular file' if path.exists() else 'no such file'}")
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise UsageError(f"{origin}: cannot be read: {reason}") from None
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{origin}: larger than {_MAX_BYTES} bytes, which no configuration is")
    return data


def _parsed(data: bytes, origin: str) -> dict[str, Any]:
    from archlint import toml

    try:
        text = data.decode("utf-8-sig")
        return toml.loads(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{origin}: not UTF-8 at byte {error.start}") from None
    except toml.TOMLDecodeError as error:
        place = _POSITION.search(str(error))
        line = place[1] if place and place[1] else text.count("\n") + 1
        column = place[2] if place and place[2] else len(text) - text.rfind("\n")
        raise UsageError(f"{origin}:{line}:{column}: not TOML: {_POSITION.sub('', str(error))}") from None
    except RecursionError:
        raise UsageError(f"{origin}: nested too deeply") from None
    except ValueError:  # The one that is left: an integer beyond what Python converts.
        raise UsageError(f"{origin}: holds a number with too many digits") from None


def _mistakes(table: Mapping[str, Any], origin: str) -> Iterator[str]:
    for key, value in table.items():
        if key not in keys():
            is_table = key == "tool" and origin.rpartition("/")[2] == OWN_FILE
            meant = f": here the keys stand without `{_TABLE}`" if is_table else did_you_mean(key, keys())
            yield f"{origin}: unknown key {quoted(key)}{meant}"
            continue
        # One item after the other, since the error of a whole table does not name the item.
        parts = [(f"{key}.{name}", {name: item}) for name, item in value.items()] if isinstance(value, dict) else []
        for name, part in parts or [(key, value)]:
            if reason := _reason(key, part):
                yield f"{origin}: {quoted(name)}: {reason}"


def _reason(key: str, value: object) -> str:
    """Return in the words of TOML what is wrong with the value of a key, or an empty text."""
    try:
        msgspec.convert({key: value}, Config)
    except msgspec.ValidationError as error:
        text = str(error)
    else:
        return ""
    if wrong := _WRONG_WORD.match(text):
        return f"unknown value {quoted(wrong[1])}{meant_or_known(wrong[1], WORDS[key])}"
    return told(text)


def told(text: str) -> str:
    """Return what msgspec says of a value in the words of TOML."""
    for word, meaning in _IN_TOML:
        text = text.replace(word, meaning)
    return _AT.sub("", f"{text[:1].lower()}{text[1:]}")


def _extended(current: Path, config: Config, root: Path, seen: list[Path]) -> Path | None:
    """Return the file that a configuration extends, or None; it must exist below the root and be new."""
    if config.extend is msgspec.UNSET:
        return None
    label = f"{_name_from(root, current)}: `extend`:"
    target = current.parent / config.extend
    try:
        real = target.resolve()
    except (OSError, RuntimeError, ValueError):
        raise UsageError(f"{label} {quoted(config.extend)} is not a path") from None
    if not real.is_relative_to(root.resolve()):
        raise UsageError(f"{label} {quoted(config.extend)} lies outside of the project")
    if real in seen:
        raise UsageError(f"{label} {quoted(config.extend)} closes a circle")
    if not real.is_file():
        raise UsageError(f"{label} {quoted(config.extend)} is no file")
    return Path(os.path.normpath(target))


def _name_from(root: Path, path: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _base(root: Path, folder: Path) -> str:
    """Return a folder from the root; globs of a file that lies outside are relative to the root."""
    return "" if folder == root or not folder.is_relative_to(root) else folder.relative_to(root).as_posix()
