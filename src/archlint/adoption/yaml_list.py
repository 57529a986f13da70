"""An item put at the end of a list in a YAML file, and the proof that all else still says the same.

Files are compared by the events of their parser: comments and layout stay because nothing is written anew, and an
alias is an event like any other, so that none is ever expanded.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import yaml

Shape = tuple[object, ...]


class _List(msgspec.Struct, frozen=True):
    """A block list of the topmost mapping: where its last event stands, its column, where it begins and ends."""

    end_event: int
    column: int
    start: int
    end: int


def with_item(text: str, key: str, item: str) -> str | None:
    """Return a YAML file whose topmost list `key` has one more item, or None where it cannot be had so.

    `item` is the text of the item without its dash. Where the key is missing, it is put at the end of the file.
    """
    events = _events(text)
    added = _events(f"{key}:\n{_as_item(item, 0)}")
    if events is None or added is None:
        return None
    inner = [_shape(event) for event in added[5:-4]]
    before = [_shape(event) for event in events]
    found = _list_of(events, key)
    if found is None:
        return _with_key(text, key, item, before)
    wanted = [*before[: found.end_event], *inner, *before[found.end_event :]]
    candidates = (_inserted(text, at, _as_item(item, found.column)) for at in _places(text, found))
    return next((one for one in candidates if _shapes(one) == wanted), None)


def _with_key(text: str, key: str, item: str, before: list[Shape]) -> str | None:
    """Return the file with the key and its list at the end, None where the key is there and no block list."""
    block = f"{key}:\n{_as_item(item, 2)}"
    alone = _shapes(block) or []
    end = len(before) - 3  # before the ends of the mapping, the document and the stream
    wanted = [*before[:end], *alone[3:-3], *before[end:]] if len(before) > 4 else alone  # noqa: PLR2004 - more than no document
    gap = "\n" if text.strip() else ""
    after = _inserted(text, len(text), gap + block)
    is_new = ("ScalarEvent", None, None, key) not in _top_keys(before)
    return after if is_new and _shapes(after) == wanted else None


def _as_item(item: str, column: int) -> str:
    first, *rest = item.splitlines()
    pad = " " * column
    return "".join(f"{line}\n" for line in (f"{pad}- {first}", *(f"{pad}  {one}" if one else "" for one in rest)))


def _inserted(text: str, at: int, block: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    head = text[:at]
    gap = end if head and not head.endswith("\n") else ""
    return head + gap + block.replace("\n", end) + text[at:]


def _places(text: str, found: _List) -> Iterator[int]:
    """Yield where the item may stand: behind the last line with content, else behind the comments that follow it."""
    starts = [found.start]
    while (newline := text.find("\n", starts[-1], found.end)) >= 0:
        starts.append(newline + 1)
    lines = [text[start:].partition("\n")[0].strip() for start in starts]
    for is_gap in (lambda line: not line or line.startswith("#"), lambda line: not line):
        last = len(starts) - 1
        while last and (starts[last] >= found.end or is_gap(lines[last])):
            last -= 1
        newline = text.find("\n", starts[last])
        yield newline + 1 if newline >= 0 else len(text)


def _list_of(events: list[yaml.Event], key: str) -> _List | None:
    """Return the block list that the topmost mapping has under a key, or None."""
    depth, start = 0, None
    for index, event in enumerate(events):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            if start is not None and depth == 1 and event.start_mark is not None:
                return _List(index, start.column, start.index, event.start_mark.index)
        if start is None and depth == 1 and _is_list_under(events, index, key):
            start = event.start_mark
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
    return None


def _is_list_under(events: list[yaml.Event], index: int, key: str) -> bool:
    event, before = events[index], events[index - 1]
    is_block = isinstance(event, yaml.SequenceStartEvent) and not event.flow_style
    return is_block and isinstance(before, yaml.ScalarEvent) and before.value == key


def _top_keys(shapes: list[Shape]) -> set[Shape]:
    """Return the scalars directly in the topmost mapping, keys and values alike."""
    found, depth = set(), 0
    for shape in shapes:
        name = str(shape[0])
        depth += name.endswith(("SequenceStartEvent", "MappingStartEvent"))
        depth -= name.endswith(("SequenceEndEvent", "MappingEndEvent"))
        if depth == 1 and name == "ScalarEvent":
            found.add(shape)
    return found


def _events(text: str) -> list[yaml.Event] | None:
    try:
        return list(yaml.parse(text, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _shapes(text: str) -> list[Shape] | None:
    events = _events(text)
    return None if events is None else [_shape(event) for event in events]


def _shape(event: yaml.Event) -> Shape:
    anchor, tag, value = (getattr(event, name, None) for name in ("anchor", "tag", "value"))
    return (type(event).__name__, anchor, tag, value)
