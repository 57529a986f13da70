"""What most tables of a project have in common, and which tables do otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from archlint.project.schema.names import lower_name
from archlint.project.tables.declared import Declared
from archlint.project.tables.words import Number, number, words

_FEWEST = 8
"""Tables that make a convention."""
_MOST = 0.8
"""The share of them that must follow it: where fewer do, there is none to break."""
_SNAKE = re.compile(r"_?[a-z0-9]+(?:_+[a-z0-9]+)*")
_COLUMNS_OF_A_THING = 4
_CREATED = frozenset({"added", "create", "created", "creation", "inserted"})
_TIMES = frozenset({"date", "timestamp", "timestamptz"})
_SAYING_WHEN = frozenset(
    {
        "at", "date", "day", "issued", "joined", "modified", "occurred", "on", "published", "received", "registered",
        "sent", "started", "time", "timestamp", "ts", "uploaded", "updated", "when", *_CREATED,
    }
)  # fmt: skip
"""Words of columns that say when something happened to a row."""

Trait = TypeVar("Trait")


class Odd(msgspec.Struct, frozen=True):
    """A table that does otherwise: what it `is`, what `most` are, how many of how many, and one that shows it."""

    table: Declared
    is_: str
    most: str
    count: int
    total: int
    example: str


def odd_names(tables: Iterable[Declared]) -> Iterator[Odd]:
    """Yield the tables whose given names break what most names of the project have in common."""
    given = [one for one in tables if not _is_derived(one)]
    yield from _odd(given, _case)
    yield from _odd([one for one in given if not one.is_between], _number)


def without_times(tables: Iterable[Declared]) -> Iterator[Odd]:
    """Yield the tables of things whose rows do not say when they were made, where those of most tables do."""
    things = [one for one in tables if _is_thing(one)]
    for odd in _odd(things, lambda one: "dated" if _says_when(one, _CREATED) else "undated"):
        has_time = any(column.type in _TIMES for column in odd.table.table.columns)
        if odd.is_ == "undated" and not has_time and not _says_when(odd.table, _SAYING_WHEN):
            yield odd


def _odd(tables: list[Declared], trait: Callable[[Declared], str]) -> Iterator[Odd]:
    told = [(one, found) for one in tables if (found := trait(one))]
    if len(told) < _FEWEST:
        return
    (most, count), *_ = Counter(found for _, found in told).most_common(1)
    example = next(one.name for one, found in told if found == most)
    for one, found in told if count >= _MOST * len(told) else ():
        if found != most:
            yield Odd(one, found, most, count, len(told), example)


def _case(one: Declared) -> str:
    """Return the case of a name; in capitals DDL writes what the database makes small."""
    name = one.name.rpartition(".")[2]
    if name.isupper() and not one.models:
        return ""
    return "snake_case" if _SNAKE.fullmatch(name) else "not snake_case"


def _number(one: Declared) -> str:
    found = number(one.name)
    return "" if found is Number.UNKNOWN else found.value


def _is_derived(one: Declared) -> bool:
    """Return whether the ORM made the name from that of the class: nobody chose it."""
    if one.table.orm == "sqlalchemy" or not (one.models or one.table.orm):
        return False
    lowered = {lower_name(model.definition) for model in one.models}
    return not lowered or one.name.rpartition("_")[2] in lowered or one.name in lowered


def _is_thing(one: Declared) -> bool:
    return one.key is not None and not one.is_between and len(one.table.columns) >= _COLUMNS_OF_A_THING


def _says_when(one: Declared, saying: frozenset[str]) -> bool:
    return any(not saying.isdisjoint(words(column.column)) for column in one.table.columns)
