"""What a suppression says: its form, its codes, its reason, where it counts, and how it would be removed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import islice

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Edit, Span
from archlint.settings.suggestions import closest, quoted
from archlint.source import SourceFile
from archlint.suppression.comments import Comment, comments_of, embedded_comments

_NATIVE = re.compile(r"(?:^|(?<=\s))(?:#|;|--)[ \t]*archlint:[ \t]*(?P<form>[a-z]+(?:-[a-z]+)*)", re.IGNORECASE)
_NOQA = re.compile(r"(?:#|--) noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
"""The expression of flake8: a colon with anything but codes behind it is a blanket noqa. `--` is SQL's mark."""
_REASON = re.compile(r"[ \t]*--")
_NEXT_PART = re.compile(r"[ \t](?:#|--)(?=[ \t]|$)")
_NEXT_COMMENT = re.compile(r"[ \t]*(?:$|#|;|--)")
_MAX_IN_COMMENT = 8
_MAX_WIDE = 100
_TOO_MANY = f"only the first {_MAX_WIDE} of `ignore-file` and `ignore-start` count in a file"
_NEVER_ENDS = "`ignore-start` silences nothing: no `ignore-end` of the same rules, or without rules, is below it"
_ENDS_NOTHING = "`ignore-end` ends nothing: no `ignore-start` of the same rules is open above it"


class Form(str, Enum):
    """How far a suppression reaches."""

    NOQA = "noqa"
    LINE = "ignore"
    NEXT_LINE = "ignore-next-line"
    FILE = "ignore-file"
    START = "ignore-start"
    END = "ignore-end"


class Suppression(msgspec.Struct, frozen=True):
    """One comment, or one part of a comment, that silences codes; no codes means all of them.

    It counts from `first_line` to `last_line`. `string` is the multi-line string that ends on its line, and
    `inside` the string that it stands in, which it does not reach beyond (offsets).
    `codes_at` is where the codes are written, `removal` takes the suppression out of the text, and `end_removal`
    the end of its region, where that belongs to it alone.
    `problem` says why it silences nothing at all, where it is written wrongly.
    """

    form: Form
    span: Span
    codes: tuple[str, ...]
    reason: str
    first_line: int
    last_line: int
    codes_at: tuple[int, int]
    removal: Edit
    end_removal: Edit | None = None
    string: tuple[int, int] | None = None
    inside: tuple[int, int] | None = None
    problem: str = ""


class Suppressions(msgspec.Struct, frozen=True):
    """The suppressions of one file, in order."""

    path: str
    items: tuple[Suppression, ...] = ()

    def including(self, extra: Iterable[Suppression]) -> Suppressions:
        """Return these and some others, each once: those that stand in SQL inside the file."""
        return replace(self, items=tuple(dict.fromkeys((*self.items, *extra))))


def find_suppressions(source: SourceFile) -> Suppressions:
    """Return the suppressions in the comments of a file; never raises, whatever the file holds."""
    found = [found for comment in comments_of(source) for found in _in_comment(source, comment)]
    return Suppressions(source.path, tuple(_within_limits(_with_regions(_with_targets(source, found)))))


def embedded_suppressions(source: SourceFile, start: int, end: int) -> tuple[Suppression, ...]:
    """Return the suppressions in the `--` comments of SQL that a string literal (by its offsets) holds."""
    found = [
        replace(item, inside=(start, end))
        for comment in embedded_comments(source, start, end)
        for item in _in_comment(source, comment)
    ]
    return tuple(_within_limits(_with_regions(_with_targets(source, found))))


def _in_comment(source: SourceFile, comment: Comment) -> Iterator[Suppression]:
    """Yield what a comment says: flake8 knows one noqa in a comment, archlint a few forms."""
    text = source.text[comment.start : comment.end]
    for match in islice(_NATIVE.finditer(text), _MAX_IN_COMMENT):
        if found := _native(source, comment, text, match):
            yield found
    if noqa := _NOQA.search(text):
        yield _noqa(source, comment, text, noqa)


def _noqa(source: SourceFile, comment: Comment, text: str, match: re.Match[str]) -> Suppression:
    written = (match["codes"] or "").rstrip(", \t")
    start = match.start("codes") if written else match.end()
    end = start + len(written)
    codes = tuple(code.upper() for code in re.split(r"[,\s]+", written) if code)
    reason = re.split(r"\s#", text[match.end() :], maxsplit=1)[0].strip(" \t-:,.")
    return Suppression(
        form=Form.NOQA,
        span=source.span(comment.start + match.start(), comment.start + end),
        codes=codes,
        reason="" if reason.startswith("#") else reason,
        first_line=comment.first_line,
        last_line=comment.last_line,
        codes_at=(comment.start + start, comment.start + end),
        removal=_removal(source, comment, comment.start + match.start(), comment.start + match.end()),
        string=comment.string,
    )


def _native(source: SourceFile, comment: Comment, text: str, match: re.Match[str]) -> Suppression | None:
    """Return what a comment of archlint's own says, or None where it only looks like one."""
    word = match["form"].lower()
    form = next((form for form in Form if form is not Form.NOQA and form.value == word), None)
    if form is None and (meant := closest(word, [form.value for form in Form])) is None:
        return None  # Prose that happens to start with the name of the tool.
    codes, codes_at, end = _codes(text, match.end())
    reason, end = _reason(text, end)
    line = source.line_at(comment.start)
    problem = f"{quoted(word)} is no form of suppression, did you mean `{meant}`?" if form is None else ""
    return Suppression(
        form=form or Form.LINE,
        span=source.span(comment.start + match.start(), comment.start + end),
        codes=codes or (),
        reason=reason,
        first_line=line,
        last_line=line,
        codes_at=(comment.start + codes_at[0], comment.start + codes_at[1]),
        removal=_removal(source, comment, comment.start + match.start(), comment.start + end),
        string=comment.string,
        problem=problem or _problem(codes, text[end:], match["form"]),
    )


def _codes(text: str, start: int) -> tuple[tuple[str, ...] | None, tuple[int, int], int]:
    """Return the codes between brackets, where they stand and where the brackets end; None without brackets."""
    close = text.find("]", start)
    if not text.startswith("[", start) or close < 0:
        return None, (start, start), start
    written = text[start + 1 : close]
    return tuple(code.strip() for code in written.split(",") if code.strip()), (start + 1, close), close + 1


def _reason(text: str, start: int) -> tuple[str, int]:
    """Return the words behind ` -- `, up to another comment on the line, and where they end."""
    hyphens = _REASON.match(text, start)
    if hyphens is None:
        return "", start
    following = _NEXT_PART.search(text, hyphens.end())
    words = text[hyphens.end() : following.start() if following else len(text)].rstrip()
    return words.strip(), hyphens.end() + len(words)


def _problem(codes: tuple[str, ...] | None, rest: str, form: str) -> str:
    """Return why a suppression is written wrongly. It would be unsafe to read it as one of everything."""
    if codes is None and rest.startswith("["):
        return f"`{form}[` is not closed"
    if codes == ():
        return f"`{form}[]` names no rule"
    if codes is None and not _NEXT_COMMENT.match(rest):
        return f"write the rules as `{form}[ARC101]` and the reason behind ` -- `"
    return ""


def _removal(source: SourceFile, comment: Comment, start: int, end: int) -> Edit:
    """Return the edit that takes a part out of a comment, and the comment or its line with it when nothing is left."""
    line = source.line_at(start)
    line_start = source.starts[line - 1]
    before = source.text[line_start:start]
    after = source.text[end : comment.end]
    if after.strip():
        blanks = len(after) - len(after.lstrip())
        keeps_mark = after.lstrip().startswith(("#", "--", ";"))
        return Edit(start, end + blanks, "" if keeps_mark else f"{comment.mark} ")
    if before.strip():
        return Edit(line_start + len(before.rstrip()), comment.end, "")
    line_end = source.starts[line] if line < len(source.starts) else len(source.text)
    return Edit(line_start, line_end, "")


def _with_targets(source: SourceFile, found: list[Suppression]) -> list[Suppression]:
    """Return the suppressions with `ignore-next-line` moved to the next line that is not blank and no comment."""
    targets: dict[int, int] = {}
    moved = []
    for item in reversed(found):
        if item.form is not Form.NEXT_LINE:
            moved.append(item)
            continue
        line = item.span.line + 1
        passed = [item.span.line]
        while line <= len(source.starts) and line not in targets and _NEXT_COMMENT.match(source.line_text(line)):
            passed.append(line)
            line += 1
        targets.update(dict.fromkeys(passed, targets.get(line, line)))
        moved.append(replace(item, first_line=targets[item.span.line], last_line=targets[item.span.line]))
    return moved[::-1]


def _with_regions(found: list[Suppression]) -> Iterator[Suppression]:
    """Yield the suppressions with each start reaching to its end; one without an end would silence what comes later.

    An end closes the last open start with the same codes; one without codes closes all that are open.
    """
    reach: dict[int, tuple[int, Edit | None]] = {}
    opened: dict[frozenset[str], list[int]] = {}
    for index, item in enumerate(found):
        key = frozenset(code.upper() for code in item.codes)
        if item.problem or item.form not in {Form.START, Form.END}:
            continue
        if item.form is Form.START:
            opened.setdefault(key, []).append(index)
            reach[index] = (0, None)
        elif closed := _closed_by(key, opened):
            alone = item.removal if len(closed) == 1 else None
            reach.update(dict.fromkeys(closed, (item.span.line, alone)))
        else:
            reach[index] = (0, None)
    for index, item in enumerate(found):
        if item.form is Form.START and index in reach:
            end, end_removal = reach[index]
            yield replace(item, last_line=end, end_removal=end_removal, problem="" if end else _NEVER_ENDS)
        elif item.form is not Form.END or item.problem:
            yield item
        elif index in reach:
            yield replace(item, problem=_ENDS_NOTHING)


def _closed_by(key: frozenset[str], opened: dict[frozenset[str], list[int]]) -> list[int]:
    if key:
        return [opened[key].pop()] if opened.get(key) else []
    indexes = [index for open_here in opened.values() for index in open_here]
    opened.clear()
    return indexes


def _within_limits(found: Iterable[Suppression]) -> Iterator[Suppression]:
    """Yield the suppressions; those that reach over many lines count up to a number that no person writes."""
    wide = 0
    for item in found:
        wide += item.form in {Form.FILE, Form.START} and not item.problem
        too_many = wide > _MAX_WIDE and item.form in {Form.FILE, Form.START} and not item.problem
        yield replace(item, problem=_TOO_MANY) if too_many else item
