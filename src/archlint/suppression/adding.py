"""Suppressions written for what is found: the comment, its place, and the edits that put it there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from archlint.diagnostic import Diagnostic, Edit
from archlint.source import Kind, SourceFile
from archlint.suppression.applying import Place
from archlint.suppression.directives import Form, Suppression, find_suppressions
from archlint.suppression.room import Room, room_in

NO_COMMENTS = "its format has no comments: use `per-file-ignores`"
NO_ROOM = "no comment fits there: use `per-file-ignores`"


class Spot(msgspec.Struct, frozen=True):
    """Where a suppression may stand: its form, the line that it is about, and for a region the line behind it."""

    form: Form
    line: int
    end: int = 0


class Silencing(msgspec.Struct, frozen=True):
    """The edits that silence diagnostics of a file, which these are, and why the others stay."""

    edits: tuple[Edit, ...] = ()
    silenced: tuple[Diagnostic, ...] = ()
    left: tuple[tuple[Diagnostic, str], ...] = ()


class _Written(msgspec.Struct, frozen=True):
    """Edits, and the offset at which archlint has to read a suppression afterwards, but for the edits before it."""

    edits: tuple[Edit, ...]
    at: int


def directive(mark: str, form: Form, codes: Iterable[str], reason: str) -> str:
    """Return the comment that silences some codes."""
    because = f" -- {reason}" if reason else ""
    return f"{mark} archlint: {form.value}[{', '.join(sorted(codes))}]{because}"


def can_be_told(reason: str) -> bool:
    """Return whether a reason is read back as it is: one line, and no second comment in it."""
    text = f"x = 1  {directive('#', Form.LINE, ('ARC101',), reason)}"
    items = find_suppressions(SourceFile.of("a.py", text, Kind.PYTHON)).items
    return len(items) == 1 and (items[0].codes, items[0].reason) == (("ARC101",), reason) and reason.isprintable()


def silencing(source: SourceFile, found: Sequence[tuple[Diagnostic, Place]], reason: str) -> Silencing:
    """Return what silences diagnostics of a file, each by the narrowest comment that archlint reads afterwards."""
    room = room_in(source)
    if room is None:
        return Silencing(left=tuple((one, NO_COMMENTS) for one, _ in found))
    items = find_suppressions(source).items
    refused: set[Spot] = set()
    while True:
        chosen = [(one, _spot(one, place, room, refused)) for one, place in found]
        codes: dict[Spot, set[str]] = defaultdict(set)
        for one, spot in chosen:
            if spot is not None:
                codes[spot].add(one.code)
        written = {spot: _written(source, spot, codes[spot], reason, room, items) for spot in codes}
        unread = _unread(source, written, codes)
        if not unread:
            break
        refused |= unread
    return Silencing(
        tuple(edit for one in written.values() for edit in one.edits),
        tuple(one for one, spot in chosen if spot is not None),
        tuple((one, NO_ROOM) for one, spot in chosen if spot is None),
    )


def _spot(one: Diagnostic, place: Place, room: Room, refused: set[Spot]) -> Spot | None:
    return next((spot for spot in _spots(one, place, room) if spot not in refused), None)


def _spots(one: Diagnostic, place: Place, room: Room) -> Iterator[Spot]:
    """Yield where a suppression of a diagnostic may stand, the narrowest first."""
    span = one.span
    last = span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else span.end_line
    first, end = place.statement_lines or (span.line, last)
    for line in dict.fromkeys((span.line, room.ends.get(span.line, span.line), last, end, first)):
        if line in room.behind:
            yield Spot(Form.LINE, line)
    for line in dict.fromkeys((span.line, first)):
        if line in room.before:
            yield Spot(Form.NEXT_LINE, line)
    start = max((line for line in room.before if line <= span.line), default=0)
    behind = min((line for line in room.before if line > last), default=0)
    if start and behind:
        yield Spot(Form.START, start, behind)


def _written(
    source: SourceFile, spot: Spot, codes: set[str], reason: str, room: Room, items: Sequence[Suppression]
) -> _Written:
    """Return the edits for one place: more codes for a comment that gives the same reason there, or a comment."""
    same = next((one for one in items if _says_the_same(one, spot, reason)), None)
    if same is not None:
        more = "".join(f", {code}" for code in sorted(codes - set(same.codes)))
        return _Written((Edit(same.codes_at[1], same.codes_at[1], more),), same.span.start)
    text = directive(room.mark, spot.form, codes, reason)
    if spot.form is Form.LINE:
        line = source.line_text(spot.line)
        at = source.starts[spot.line - 1] + len(line)
        blanks = " " * max(0, 2 - (len(line) - len(line.rstrip(" "))))
        return _Written((Edit(at, at, f"{blanks}{text}"),), at + len(blanks))
    opening, column = _own_line(source, spot.line, text)
    if spot.form is Form.NEXT_LINE:
        return _Written((opening,), opening.start + column)
    closing, _ = _own_line(source, spot.end, directive(room.mark, Form.END, codes, ""))
    return _Written((opening, closing), opening.start + column)


def _says_the_same(item: Suppression, spot: Spot, reason: str) -> bool:
    covers = (item.first_line, item.last_line) == (spot.line, spot.line)
    in_file = item.inside is None and not item.problem and bool(item.codes)
    return covers and in_file and item.form is spot.form is not Form.START and item.reason == reason


def _own_line(source: SourceFile, line: int, text: str) -> tuple[Edit, int]:
    """Return the edit that puts a text on a line of its own before another one, as deep as that, and its column."""
    if line > len(source.starts):
        break_before = "" if source.text.endswith(("\n", "\r")) else "\n"
        return Edit(len(source.text), len(source.text), f"{break_before}{text}\n"), len(break_before)
    old = source.line_text(line)
    indent = old[: len(old) - len(old.lstrip(" \t"))]
    return Edit(source.starts[line - 1], source.starts[line - 1], f"{indent}{text}\n"), len(indent)


def _unread(source: SourceFile, written: Mapping[Spot, _Written], codes: Mapping[Spot, set[str]]) -> set[Spot]:
    """Return the places at which archlint would not read what was written there."""
    edits = sorted((edit for one in written.values() for edit in one.edits), key=_order)
    text, at = list[str](), 0
    for edit in edits:
        text += (source.text[at : edit.start], edit.text)
        at = edit.start
    after = SourceFile.of(source.path, "".join((*text, source.text[at:])), source.kind, source.role)
    read = {one.span.start: one for one in find_suppressions(after).items if not one.problem}
    unread = set()
    for spot, one in written.items():
        earlier = sum(len(edit.text) for edit in edits if _order(edit) < _order(one.edits[0]))
        item = read.get(one.at + earlier)
        if item is None or item.form is not spot.form or not codes[spot] <= set(item.codes):
            unread.add(spot)
    return unread


def _order(edit: Edit) -> tuple[int, str]:
    return edit.start, edit.text
