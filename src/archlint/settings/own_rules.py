"""Rules that a project declares: rows in its configuration, or in YAML files beside it, made into entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from archlint import __version__
from archlint.catalogue import CODE, CODE_PREFIX, Entry, Status
from archlint.diagnostic import Confidence, Severity
from archlint.errors import UsageError
from archlint.own_rule import Need, OwnRule
from archlint.settings.documents import document, inside, line_of
from archlint.settings.loading import COMMAND_LINE, Layer, read_bytes
from archlint.settings.suggestions import did_you_mean, quoted

KEY = "own-rules"
FAMILY = "own"
_SECTION = "rules"
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DOTTED = re.compile(r"[\w*]+(?:\.[\w*]+)*(?:\(\)[\w*.()]*)?")
_WORDS = ("code", "name", "message", "why", "instead", "severity")
_PATH = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<place>[^`]*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_MISSING = re.compile(r"Object missing required field `(.*)`")
_VALUE = re.compile(r"Invalid enum value '(.*)'")
_CHOICES = (
    "error",
    "warning",
    "note",
    "request",
    "event-loop",
    "transaction",
    "loop",
    "argument",
    "deadline",
    "handler",
)
_Row = Mapping[str, Any]


class _Words(msgspec.Struct, frozen=True):
    """What a rule says, beside what it looks for."""

    code: str
    name: str
    message: str
    why: str
    instead: str
    severity: Severity = Severity.WARNING


class _Looks(OwnRule, frozen=True, forbid_unknown_fields=True):
    """What a rule looks for, as a configuration says it."""


def own_entries(tables: Sequence[tuple[Layer, _Row]], root: Path) -> tuple[Entry, ...]:
    """Return the rules that layers of configuration declare, by their codes; of one code the last.

    Raises `UsageError` for a file that is not there or not below the root, and for rules that are malformed.
    """
    found = {entry.code: entry for layer, table in tables for entry in _of_layer(layer, table.get(KEY, ()), root)}
    return tuple(found[code] for code in sorted(found))


def _of_layer(layer: Layer, given: Sequence[str | _Row], root: Path) -> Iterator[Entry]:
    codes: set[str] = set()
    for number, one in enumerate(given):
        rows = _of_file(one, layer, root) if isinstance(one, str) else [(one, f"{layer.named(KEY)}[{number}]", None)]
        for row, where, data in rows:
            entry = replace(_entry(row, where, data), declared_in=_file_of(one, layer, root))
            if entry.code in codes:
                raise UsageError(f"{where}: {quoted(entry.code)} is declared twice")
            codes.add(entry.code)
            yield entry


def _file_of(given: str | _Row, layer: Layer, root: Path) -> str:
    """Return the path of the file that declares a rule, from the root; "" for the command line."""
    if isinstance(given, str):
        return inside(given, layer, KEY, root).relative_to(root.resolve()).as_posix()
    return "" if layer.origin == COMMAND_LINE else layer.origin


def _of_file(name: str, layer: Layer, root: Path) -> Iterator[tuple[_Row, str, tuple[bytes, str] | None]]:
    data = read_bytes(inside(name, layer, KEY, root), name)
    found = document(data, name, f"`{_SECTION}:` with a list of rules")
    for key in found:
        if key != _SECTION:
            raise UsageError(f"{name}: unknown section {quoted(key)}{did_you_mean(key, (_SECTION,))}")
    rows = found.get(_SECTION)
    for number, row in enumerate(rows if isinstance(rows, list) else [rows]):
        place = f"{_SECTION}[{number}]"
        if not isinstance(row, dict):
            raise UsageError(f"{name}:{line_of(data, place)}: `{place}`: expected a table")
        yield row, name, (data, place)


def _entry(row: _Row, where: str, data: tuple[bytes, str] | None) -> Entry:
    try:
        words = msgspec.convert({key: row[key] for key in _WORDS if key in row}, _Words)
        looks = msgspec.convert(
            {str(key).replace("-", "_"): value for key, value in row.items() if key not in _WORDS}, _Looks
        )
        problem, place = _problem(words, looks)
    except msgspec.ValidationError as error:
        problem, place = _explained(str(error))
    if problem:
        line = f":{line_of(data[0], f'{data[1]}.{place}')}: `{data[1]}`" if data is not None else ""
        raise UsageError(f"{where}{line}: {f'`{place}`: ' if place else ''}{problem}")
    fields = {name: getattr(looks, name) for name in OwnRule.__struct_fields__}
    return Entry(
        code=words.code,
        name=words.name,
        summary=words.message,
        severity=words.severity,
        confidence=Confidence.HIGH,
        status=Status.STABLE,
        since=__version__,
        rationale=words.why,
        instead=words.instead,
        family=FAMILY,
        in_commands=words.severity,
        own=OwnRule(**fields),
    )


def _problem(words: _Words, looks: OwnRule) -> tuple[str, str]:
    """Return what is wrong with a rule, and with which key, or empty texts."""
    if not CODE.fullmatch(words.code) or words.code.startswith(CODE_PREFIX):
        return f"{quoted(words.code)} is no code of your own, such as `ACME001`", "code"
    if not _NAME.fullmatch(words.name):
        return f"{quoted(words.name)} is no name, such as `charge-in-request`", "name"
    for key in ("message", "why", "instead"):
        if not getattr(words, key).strip():
            return "is empty: a finding says what is wrong, why, and what to do instead", key
    if bool(looks.calls) == bool(looks.imports):
        return "a rule is about `calls` or about `imports`", ""
    for key in ("calls", "imports", "modules", "except_modules"):
        for name in getattr(looks, key):
            if not _DOTTED.fullmatch(name):
                return f"{quoted(name)} is no dotted name, such as `app.clients.Billing.charge`", key.replace("_", "-")
    return _beside(looks)


def _beside(looks: OwnRule) -> tuple[str, str]:
    """Return which key does not go with the others."""
    if looks.imports and (looks.arguments or looks.within or looks.require):
        return "`arguments`, `within` and `require` go with `calls`", ""
    if looks.imports and not looks.modules:
        return "is missing: `imports` are forbidden to some modules", "modules"
    if looks.require and looks.within:
        return "`require` holds wherever the call is: leave `within` out", "within"
    needs_argument = looks.require in (Need.ARGUMENT, Need.DEADLINE)
    if needs_argument != bool(looks.argument):
        return 'names what `require = "argument"` and `"deadline"` ask for', "argument"
    return "", ""


def _explained(message: str) -> tuple[str, str]:
    """Return what msgspec says of a row, and of which key, in the words of whoever wrote it."""
    found = _PATH.fullmatch(message)
    what, place = (found["what"], found["place"] or "") if found else (message, "")
    known = (*_WORDS, *(name.replace("_", "-") for name in OwnRule.__struct_fields__))
    if unknown := _UNKNOWN.match(what):
        return f"unknown key {quoted(unknown[1])}{did_you_mean(unknown[1], known)}", ""
    if missing := _MISSING.match(what):
        return f"the key `{missing[1]}` is missing", ""
    if value := _VALUE.match(what):
        return f"unknown value {quoted(value[1])}{did_you_mean(value[1], _CHOICES)}", place
    return f"{what[:1].lower()}{what[1:]}".replace("`array`", "a list").replace("`object`", "a table"), place
