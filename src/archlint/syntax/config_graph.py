"""Events of a configuration text to a graph of values that aliases share. Without cycles, and bounded in every way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from archlint.syntax.config_events import MAX_DEPTH, BrokenConfigError, Event, TooMuchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_VALUES = 200_000
MERGE = "<<"


@dataclass(slots=True, eq=False)
class Value:
    """A mapping, a sequence or a scalar; `entries` are its children."""

    kind: str
    start: int
    end: int
    text: str = ""
    is_plain: bool = False
    entries: list[Entry] = field(default_factory=list)


class Entry(msgspec.Struct, frozen=True, eq=False):
    """A child, its key in a mapping, and where it stands: an aliased value stands elsewhere than it is written."""

    key: Value | None
    value: Value
    start: int
    end: int


@dataclass(slots=True)
class _Builder:
    """Puts one text together; `open` are the collections around the current place, with the key that waits there."""

    text: str
    documents: list[Value] = field(default_factory=list)
    open: list[Value] = field(default_factory=list)
    keys: list[Value | None] = field(default_factory=list)
    anchors: dict[str, Value] = field(default_factory=dict)
    count: int = 0

    def take(self, event: Event) -> None:
        if event.kind == "document":
            self.anchors = {}
        elif event.kind == "end":
            self._close(event)
        elif event.kind == "alias":
            self._place(self._aliased(event), event.start, event.end)
        else:
            self._add(event)

    def _add(self, event: Event) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            raise TooMuchError(f"more than {MAX_VALUES} values")
        end = event.start + len(self.text[event.start : event.end].rstrip()) if event.kind == "scalar" else event.end
        value = Value(event.kind, event.start, end, event.text, event.is_plain)
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        if event.kind == "scalar":
            self._place(value, value.start, value.end)
            return
        if len(self.open) >= MAX_DEPTH:
            raise TooMuchError(f"nested deeper than {MAX_DEPTH} levels")
        self.open.append(value)
        self.keys.append(None)

    def _close(self, event: Event) -> None:
        value = self.open.pop()
        self.keys.pop()
        is_flow = self.text[event.start : event.end] in {"]", "}"}
        last = value.entries[-1].end if value.entries else value.end
        value.end = event.end if is_flow else last
        self._place(value, value.start, value.end)

    def _aliased(self, event: Event) -> Value:
        """Return the value of an alias; one that stands within its own anchor is read as empty."""
        value = self.anchors.get(event.text)
        if value is None:
            raise BrokenConfigError("an alias of an anchor that is not there", event.start)
        return Value("scalar", event.start, event.end, is_plain=True) if value in self.open else value

    def _place(self, value: Value, start: int, end: int) -> None:
        if not self.open:
            self.documents.append(value)
            return
        parent = self.open[-1]
        if parent.kind == "sequence":
            parent.entries.append(Entry(None, value, start, end))
        elif self.keys[-1] is None:
            self.keys[-1] = value
        else:
            parent.entries.append(Entry(self.keys[-1], value, start, end))
            self.keys[-1] = None


def documents(text: str, events: Iterable[Event]) -> list[Value]:
    """Return the root of each document; raises `BrokenConfigError` or `TooMuchError` where it cannot be read."""
    builder = _Builder(text)
    for event in events:
        builder.take(event)
    return builder.documents


def entries(value: Value) -> Iterator[Entry]:
    """Yield the entries of a mapping, each key once: the last of its own first, then those that it merges."""
    pending, seen, keys = [value], {id(value)}, set[str]()
    while pending:
        mapping = pending.pop()
        for entry in _last_of_each_key(mapping):
            key = entry.key
            if key is None or key.kind != "scalar" or key.text in keys:
                continue
            if key.text == MERGE and key.is_plain:
                merged = [entry.value, *(each.value for each in entry.value.entries if each.key is None)]
                new = {id(each): each for each in merged if each.kind == "mapping" and id(each) not in seen}
                seen.update(new)
                pending.extend(reversed(new.values()))
                continue
            keys.add(key.text)
            yield entry


def _last_of_each_key(mapping: Value) -> Iterable[Entry]:
    """Return the entries in order; of a key that is given twice only the last, as programs read it."""
    found: dict[object, Entry] = {}
    for entry in mapping.entries:
        key = entry.key
        found[key.text if key is not None and key.kind == "scalar" else id(entry)] = entry
    return found.values()
