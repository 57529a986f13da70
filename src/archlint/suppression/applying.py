"""Diagnostics held against suppressions: which stay, which are silenced by what, which suppressions are idle."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import msgspec

from archlint import catalogue
from archlint.catalogue import Entry
from archlint.diagnostic import Applicability, Diagnostic, Edit, Fix
from archlint.rules.tool.suppression_without_reason import rule as reasonless_rule
from archlint.rules.tool.suppression_without_reason import suppression_without_reason
from archlint.rules.tool.unused_suppression import rule as unused_rule
from archlint.rules.tool.unused_suppression import unused_suppression
from archlint.settings import Settings
from archlint.settings.selection import Selector, parse_selector, selector_words
from archlint.settings.suggestions import did_you_mean, quoted
from archlint.suppression.directives import Form, Suppression, Suppressions

_OWN_CODE = re.compile(r"ARC\d+")
_COMMENT_RULES = frozenset({unused_rule.code, reasonless_rule.code})
_MAX_ON_LINE = 100
_MAX_WORDS = 50
"""How many codes of one comment are looked at: more than a person writes, fewer than make a message endless."""
_MAX_SUGGESTIONS = 200
_NARROWEST_FIRST = (Form.LINE, Form.NEXT_LINE, Form.NOQA, Form.START, Form.FILE)


class Place(msgspec.Struct, frozen=True):
    """What is around a diagnostic, in physical lines: its statement, and the heads of functions and classes.

    A head reaches from the first decorator to the colon.
    """

    statement_lines: tuple[int, int] | None = None
    def_lines: tuple[tuple[int, int], ...] = ()


class Applied(NamedTuple):
    """What is left, what is silenced by which suppression, and what is wrong with suppressions."""

    kept: tuple[Diagnostic, ...]
    suppressed: tuple[tuple[Diagnostic, Suppression], ...]
    tool: tuple[Diagnostic, ...]


def apply(
    diagnostics: Iterable[Diagnostic],
    suppressions: Mapping[str, Suppressions],
    settings_for: Callable[[str], Settings],
    *,
    place_of: Callable[[Diagnostic], Place] = lambda _: Place(),
    ran_in: Callable[[str], Container[str]] | None = None,
) -> Applied:
    """Return the diagnostics with those taken out that a comment silences, and the diagnostics about such comments.

    `suppressions` are by path. `ran_in` tells which codes ran in a file (by default those that its settings select):
    what silences another code, or one that the settings ignore in the file, is not unused.
    A file whose settings ignore suppressions has none.
    """
    words: dict[tuple[str, ...], _Vocabulary] = {}
    indexes: dict[str, _Index] = {}
    for path, found in sorted(suppressions.items()):
        settings = settings_for(path)
        if not settings.ignore_suppressions:
            codes = tuple(entry.code for entry in settings.added)
            known = words.setdefault(codes, _Vocabulary((*catalogue.catalogue(), *settings.added)))
            indexes[path] = _Index.of(found.items, known)
    kept: list[Diagnostic] = []
    suppressed: list[tuple[Diagnostic, Suppression]] = []
    tool: list[Diagnostic] = []
    for diagnostic in diagnostics:
        index = indexes.get(diagnostic.span.path)
        by = index.silence(diagnostic, place_of(diagnostic)) if index else None
        if by is None:
            kept.append(diagnostic)
        else:
            suppressed.append((diagnostic, by))
    for path, index in indexes.items():
        settings = settings_for(path)
        for diagnostic in _about_comments(index, settings, _ran_in(path, settings, ran_in)):
            if by := index.file_wide(diagnostic.code):
                suppressed.append((diagnostic, by))
            elif settings.selects(diagnostic.code) and not settings.ignored_in(path, diagnostic.code):
                tool.append(diagnostic)
    return Applied(tuple(kept), tuple(suppressed), tuple(tool))


def _ran_in(path: str, settings: Settings, ran_in: Callable[[str], Container[str]] | None) -> frozenset[str]:
    """Return the selected codes that ran in a file and would have been reported in it."""
    ran = ran_in(path) if ran_in else settings.selected
    return frozenset(code for code in settings.selected if code in ran and not settings.ignored_in(path, code))


@dataclass(slots=True)
class _Vocabulary:
    """What the words in suppressions stand for; each is looked up once."""

    entries: Sequence[Entry]
    known: dict[str, Selector | None] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    def words_by_code(self, item: Suppression) -> dict[str, set[str]]:
        """Return the words of a suppression by the codes that they stand for."""
        by_code: dict[str, set[str]] = defaultdict(set)
        for word in dict.fromkeys(item.codes):
            selector = self.selector(word)
            for code in selector.codes if selector else ():
                by_code[code].add(word)
        return by_code

    def selector(self, word: str) -> Selector | None:
        """Return the selector that a word is, or None."""
        if word not in self.known:
            self.known[word] = parse_selector(word, self.entries)
        return self.known[word]

    def complaint(self, word: str) -> str:
        """Return in words that a word is unknown, with what was meant while there are not too many of them."""
        if word not in self.unknown:
            looked_up = len(self.unknown) < _MAX_SUGGESTIONS
            meant = did_you_mean(word, selector_words(self.entries)) if looked_up else ""
            self.unknown[word] = f"{quoted(word)} is no rule{meant}"
        return self.unknown[word]


@dataclass(slots=True)
class _Index:
    """The suppressions of one file by the lines on which they count, and the words in each that were of use.

    `strings` are the offsets of the multi-line strings behind which a suppression stands, in order.
    """

    items: tuple[Suppression, ...]
    words: _Vocabulary
    named: list[dict[str, set[str]]]
    by_line: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    strings: list[tuple[int, int, int]] = field(default_factory=list)
    wide: list[int] = field(default_factory=list)
    used: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, items: tuple[Suppression, ...], words: _Vocabulary) -> _Index:
        """Return the index of some suppressions; those with a problem silence nothing."""
        index = cls(items, words, [words.words_by_code(item) for item in items])
        for number, item in enumerate(items):
            if item.problem:
                continue
            if item.form in {Form.FILE, Form.START}:
                index.wide.append(number)
                continue
            for line in range(item.first_line, item.last_line + 1):
                if len(index.by_line[line]) < _MAX_ON_LINE:
                    index.by_line[line].append(number)
            if item.string is not None:
                index.strings.append((*item.string, item.last_line))
        index.strings.sort()
        return index

    def silence(self, diagnostic: Diagnostic, place: Place) -> Suppression | None:
        """Return the narrowest suppression of a diagnostic, or None; all that match count as used."""
        matching = []
        for number in self._reaching(diagnostic, place):
            item = self.items[number]
            used = self.named[number].get(diagnostic.code, set())
            if used or not item.codes:
                self.used[number].update(used)
                matching.append(item)
        return min(matching, key=lambda item: _NARROWEST_FIRST.index(item.form), default=None)

    def file_wide(self, code: str) -> Suppression | None:
        """Return the `ignore-file` that silences a code, or None."""
        for number in self.wide:
            item = self.items[number]
            silences = not item.codes or code in self.named[number]
            if item.form is Form.FILE and item.inside is None and silences:
                return item
        return None

    def _reaching(self, diagnostic: Diagnostic, place: Place) -> Iterator[int]:
        """Yield the numbers of the suppressions whose place covers a diagnostic, each once."""
        line, offset = diagnostic.span.line, diagnostic.span.start
        lines = {line, _last_line(diagnostic), *(place.statement_lines or ()), *self._line_behind(offset)}
        for first, last in place.def_lines:
            lines.update(range(first, last + 1))
        on_lines = {number for counted in lines for number in self.by_line.get(counted, ())}
        for number in (*sorted(on_lines), *self.wide):
            item = self.items[number]
            inside = item.inside is None or item.inside[0] <= offset < item.inside[1]
            in_region = item.form is not Form.START or item.first_line <= line <= item.last_line
            if inside and in_region:
                yield number

    def _line_behind(self, offset: int) -> Iterator[int]:
        """Yield the line on which the multi-line string around an offset ends, if a suppression stands there."""
        position = bisect_right(self.strings, (offset, sys.maxsize, sys.maxsize)) - 1
        if position >= 0 and offset < self.strings[position][1]:
            yield self.strings[position][2]


def _last_line(diagnostic: Diagnostic) -> int:
    """Return the last physical line of a diagnostic; an end at the start of a line belongs to the line above."""
    span = diagnostic.span
    return span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else span.end_line


def _about_comments(index: _Index, settings: Settings, ran: Container[str]) -> Iterator[Diagnostic]:
    for number, item in enumerate(index.items):
        unused, problems = _wrong_with(item, index.used.get(number, set()), index.words, ran)
        anchor = f"{item.form.value}[{','.join(item.codes[:_MAX_WORDS])}]"
        if unused or problems:
            yield unused_suppression(item.span, unused, problems, anchor=anchor, fix=_fix(item, unused))
        if settings.require_reason and not item.reason and not item.problem and _must_explain(item, index.words):
            yield suppression_without_reason(item.span, _own(item, index.words)[:_MAX_WORDS], anchor=anchor)


def _own(item: Suppression, words: _Vocabulary) -> list[str]:
    """Return the words of a suppression that are archlint's: in a noqa others may stand beside them."""
    if item.form is not Form.NOQA:
        return list(item.codes)
    return [word for word in item.codes if _OWN_CODE.fullmatch(word) or words.selector(word) is not None]


def _must_explain(item: Suppression, words: _Vocabulary) -> bool:
    return item.form is not Form.NOQA or bool(_own(item, words))


def _wrong_with(
    item: Suppression, used: set[str], words: _Vocabulary, ran: Container[str]
) -> tuple[list[str], list[str]]:
    """Return the words of a suppression that match nothing, and in words what else is wrong."""
    if item.problem:
        return [], [item.problem]
    unused: list[str] = []
    problems: list[str] = []
    for word in islice(dict.fromkeys(_own(item, words)), _MAX_WORDS):
        selector = words.selector(word)
        if selector is None:
            problems.append(words.complaint(word))
        elif selector.codes <= _COMMENT_RULES:
            if item.form is not Form.FILE:
                problems.append(f"{quoted(word)} is suppressed by `ignore-file` only")
        elif word not in used and all(code in ran for code in selector.codes):
            unused.append(word)
    return unused, problems


def _fix(item: Suppression, unused: Sequence[str]) -> Fix | None:
    """Return the fix that takes unused words out, and the comment with the last of them."""
    kept = [word for word in item.codes if word not in unused]
    if not unused or (item.form is Form.START and (kept or item.end_removal is None)):
        return None  # Half a region cannot be taken out: its end names the same rules.
    # Inside a string the comment is a part of what the program sends to its database.
    applicability = Applicability.UNSAFE if item.inside else Applicability.SAFE
    if kept:
        return Fix("Remove the unused rules", (Edit(*item.codes_at, ", ".join(kept)),), applicability)
    ends = (item.end_removal,) if item.end_removal else ()
    return Fix("Remove the unused suppression", (item.removal, *ends), applicability)
