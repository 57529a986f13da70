"""Configuration text to a flat run of events with code point offsets: YAML through PyYAML's parser, JSON through ours.

JSON is not read as YAML: YAML forbids what JSON allows (surrogate pairs as escapes, keys beyond 1024 characters).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = re.compile(r"'[^']{3,}'|\"[^\"]{3,}\"")
"""What messages of parsers show of the text; a mark of one character may stay."""

_JSON_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\r\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*")
_JSON_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_JSON_BARE = re.compile(r"(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])")
_MAPPING_NEXT = {"key": "colon", "value": "comma"}


class Event(msgspec.Struct, frozen=True):
    """`document`, `mapping`, `sequence`, `end`, `scalar` or `alias`; `text` is the scalar's value or the alias's name.

    `anchor` is the name that later aliases use; a plain scalar is one that is not quoted.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    anchor: str | None = None
    is_plain: bool = False


MAX_DEPTH = 100


class TooMuchError(ValueError):
    """A text that is well formed as far as it was read, and too large or too deep to read on; says which."""


class BrokenConfigError(ValueError):
    """A text that is not what its kind says; carries the offset, and never a value of the text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def masked(message: str) -> str:
    """Return what a parser says without what it shows of the text."""
    return _QUOTED.sub("…", message)


def yaml_events(text: str) -> Iterator[Event]:
    """Yield the events of a YAML stream; raises `BrokenConfigError` where it cannot be read."""
    import yaml

    shift = int(text.startswith("\ufeff"))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text[shift:], Loader=loader):
            found = _event(event, shift)
            if found is not None:
                yield found
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in (error.problem or ""):  # libyaml gives up before the first bracket is told
            raise TooMuchError(f"nested deeper than {MAX_DEPTH} levels") from None
        mark = error.problem_mark or error.context_mark
        offset = len(text) if mark is None else mark.index + shift
        raise BrokenConfigError(masked(error.problem or "this is not YAML"), min(offset, len(text))) from None
    except yaml.reader.ReaderError as error:
        raise BrokenConfigError("a character that YAML does not allow", min(error.position, len(text))) from None
    except UnicodeEncodeError as error:
        raise BrokenConfigError("a lone surrogate", error.start + shift) from None


def _event(event: Any, shift: int) -> Event | None:
    """Return PyYAML's event as ours; None for those that say nothing of the content."""
    name = type(event).__name__
    start, end = event.start_mark.index + shift, event.end_mark.index + shift
    if name == "ScalarEvent":
        return Event("scalar", start, end, event.value, event.anchor, is_plain=not event.style)
    if name in {"MappingStartEvent", "SequenceStartEvent"}:
        return Event(name.removesuffix("StartEvent").lower(), start, end, "", event.anchor)
    if name in {"MappingEndEvent", "SequenceEndEvent"}:
        return Event("end", start, end)
    if name == "AliasEvent":
        return Event("alias", start, end, event.anchor)
    return Event("document", start, end) if name == "DocumentStartEvent" else None


def json_events(text: str) -> Iterator[Event]:
    """Yield the events of a JSON text; comments and trailing commas pass, as editors' own files have them.

    Raises `BrokenConfigError` where the text is not JSON.
    """
    position = _skip_space(text, int(text.startswith("\ufeff")))
    if position == len(text):
        return
    yield Event("document", position, position)
    stack: list[str] = []
    expected = "value"
    while position < len(text):
        event, position, expected = _json_step(text, position, stack, expected)
        if event is not None:
            yield event
        position = _skip_space(text, position)
    if expected != "end":
        raise BrokenConfigError("the text ends too early", len(text))


def _skip_space(text: str, position: int) -> int:
    space = _JSON_SPACE.match(text, position)
    return space.end() if space else position


def _json_step(text: str, position: int, stack: list[str], expected: str) -> tuple[Event | None, int, str]:
    """Return the event at a position, if there is one, the position behind it, and what has to come next."""
    character = text[position]
    if character in ",:":
        return None, position + 1, _after_mark(character, position, stack, expected)
    if character in "}]":
        if not stack or stack.pop() != character or expected in {"colon", "end"}:
            raise BrokenConfigError(f"`{character}` closes nothing", position)
        return Event("end", position, position + 1), position + 1, "comma" if stack else "end"
    if expected not in {"value", "key"}:
        raise BrokenConfigError(f"expected {_wanted(expected)}", position)
    if character in "{[" and expected == "value":
        stack.append("}" if character == "{" else "]")
        kind = "mapping" if character == "{" else "sequence"
        return Event(kind, position, position + 1), position + 1, "key" if character == "{" else "value"
    event = _json_scalar(text, position)
    if expected == "key" and event.is_plain:
        raise BrokenConfigError("expected a key in quotes", position)
    return event, event.end, _MAPPING_NEXT[expected] if stack else "end"


def _after_mark(character: str, position: int, stack: list[str], expected: str) -> str:
    wanted = "comma" if character == "," else "colon"
    if expected != wanted or not stack:
        raise BrokenConfigError(f"`{character}` does not belong here", position)
    return "key" if character == "," and stack[-1] == "}" else "value"


def _wanted(expected: str) -> str:
    return {"colon": "a colon", "comma": "a comma", "end": "the end of the text"}[expected]


def _json_scalar(text: str, position: int) -> Event:
    quoted = _JSON_STRING.match(text, position)
    if quoted is not None:
        try:
            value = json.loads(quoted.group())
        except ValueError:
            raise BrokenConfigError("a string with an escape that JSON does not have", position) from None
        return Event("scalar", position, quoted.end(), value)
    bare = _JSON_BARE.match(text, position)
    if bare is None:
        raise BrokenConfigError("expected a value", position)
    return Event("scalar", position, bare.end(), bare.group(), is_plain=True)
