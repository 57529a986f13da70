"""String literals of Python, read from their source: the value, and where each part of it is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from archlint.syntax.origin import Segment

HOLE = "_hole_"
"""What stands for the unknown in a text: an identifier in most languages, harmless within a string."""

_BETWEEN = re.compile(r"(?:[ \t\f\r\n()]|\\\r?\n|#[^\r\n]*)+")
_OPENING = re.compile(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
_ESCAPE = re.compile(
    r"\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^{}]{1,100}\}|.)", re.DOTALL
)
_SIMPLE = {
    "\n": "", "\r": "", "\r\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n",
    "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_MAX_UNICODE = 0x10FFFF
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


@dataclass(slots=True)
class Composition:
    """A text that grows from known parts and holes."""

    parts: list[str] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    holes: list[tuple[int, int]] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        """Return the text with holes filled by `HOLE`."""
        return "".join(self.parts)

    def add(self, text: str, source: int, source_length: int) -> None:
        """Append a part that is written as a region of the source; runs that go on in step are joined."""
        if not text and not source_length:
            return
        last = self.segments[-1] if self.segments else None
        after_hole = bool(self.holes) and self.holes[-1][1] == self.length
        in_step = len(text) == source_length and last is not None and last.length == last.source_length
        if last is not None and in_step and not after_hole and last.source + last.source_length == source:
            self.segments[-1] = Segment(last.start, last.length + len(text), last.source, last.length + len(text))
        elif text:
            self.segments.append(Segment(self.length, len(text), source, source_length))
        self.parts.append(text)
        self.length += len(text)

    def add_hole(self, source: int, source_length: int) -> None:
        """Append something unknown."""
        self.holes.append((self.length, self.length + len(HOLE)))
        self.segments.append(Segment(self.length, len(HOLE), source, source_length))
        self.parts.append(HOLE)
        self.length += len(HOLE)

    def join(self, other: Composition) -> None:
        """Append another composition."""
        self.holes += [(start + self.length, end + self.length) for start, end in other.holes]
        self.segments += [
            Segment(each.start + self.length, each.length, each.source, each.source_length) for each in other.segments
        ]
        self.parts += other.parts
        self.length += other.length

    def part(self, start: int, end: int) -> Composition:
        """Return what stands between two offsets; a segment that is one indivisible thing stays whole."""
        found = Composition()
        text = self.text
        for one in self.segments:
            first, last = max(one.start, start), min(one.start + one.length, end)
            if first < last:
                is_whole = one.length != one.source_length
                source = one.source if is_whole else one.source + first - one.start
                found.segments.append(
                    Segment(first - start, last - first, source, one.source_length if is_whole else last - first)
                )
        found.holes = [(first - start, last - start) for first, last in self.holes if start <= first and last <= end]
        found.parts, found.length = [text[start:end]], end - start
        return found


def read_literal(text: str, start: int, end: int) -> Composition | None:
    """Return what the literals in a region of Python source say, concatenated; the holes are those of f-strings.

    Returns None where the region holds anything but string literals.
    """
    composition = Composition()
    position = _skip(text, start, end)
    while position < end:
        opening = _OPENING.match(text, position, end)
        if opening is None:
            return None
        closed = _body(text, opening, end, composition)
        if closed is None:
            return None
        position = _skip(text, closed, end)
    return composition


def _skip(text: str, position: int, end: int) -> int:
    between = _BETWEEN.match(text, position, end)
    return between.end() if between else position


def _body(text: str, opening: re.Match[str], end: int, composition: Composition) -> int | None:
    """Append the body of one literal; return the offset behind its closing quote, or None where there is none."""
    prefix, quote = opening.group(1).lower(), opening.group(2)
    is_raw, is_format = "r" in prefix, "f" in prefix
    special = re.compile(re.escape(quote) + r"|\\" + ("|[{}]" if is_format else "") + r"|\r\n?")
    position = opening.end()
    while (found := special.search(text, position, end)) is not None:
        composition.add(text[position : found.start()], position, found.start() - position)
        if found.group() == quote:
            return found.end()
        position = _special(text, found, end, composition, is_raw=is_raw)
    return None


def _special(text: str, found: re.Match[str], end: int, composition: Composition, *, is_raw: bool) -> int:
    """Append what a backslash, a brace or a line end stands for; return the offset behind it."""
    start, mark = found.start(), found.group()
    if mark[0] == "\r":
        composition.add("\n", start, len(mark))
        return found.end()
    if mark == "\\":
        escape = _ESCAPE.match(text, start, end)
        stop = escape.end() if escape else start + 1
        raw_stop = min(start + 2, end)
        value, stop = (text[start:raw_stop], raw_stop) if is_raw else (_unescaped(text[start:stop]), stop)
        composition.add(value, start, stop - start)
        return stop
    if text.startswith(mark * 2, start):
        composition.add(mark, start, 2)
        return start + 2
    stop = _hole_end(text, start + 1, end)
    composition.add_hole(start, stop - start)
    return stop


def _unescaped(escape: str) -> str:
    body = escape[1:]
    if body in _SIMPLE:
        return _SIMPLE[body]
    if body[:1] in "01234567":
        return chr(int(body, 8))
    if body[:1] in "xuU" and len(body) > 1:
        number = int(body[1:], 16)
        return chr(number) if number <= _MAX_UNICODE else escape
    if body.startswith("N{"):
        try:
            return unicodedata.lookup(body[2:-1])
        except KeyError:
            return escape
    return escape


def _hole_end(text: str, position: int, end: int) -> int:
    """Return the offset behind the brace that closes a hole of an f-string; strings inside it are skipped."""
    depth = 1
    while position < end and depth:
        character = text[position]
        if character in "'\"":
            quote = character * 3 if text.startswith(character * 3, position) else character
            closing = text.find(quote, position + len(quote), end)
            position = end if closing < 0 else closing + len(quote)
            continue
        depth += _BRACKETS.get(character, 0)
        position += 1
    return position
