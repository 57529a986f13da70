"""A template to its facts: one pass over its tags, no recursion, whatever the text holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archlint.ir.template import Path, ScopeKind, TemplateFacts, TemplateInclude, TemplateRead, TemplateScope
from archlint.ir.template_tokens import Token, is_printed, names_in, path_of, text_at_start, tokens, without_texts

_MAX_SCOPES = 500
_MAX_READS = 3000
_MAX_DEPTH = 60
_LOOP = re.compile(r"\s*([\w\s,()]{1,200}?)\s+in\s+(.*)", re.DOTALL)
_BEHIND_ITERABLE = re.compile(r"\s(?:if|recursive|reversed|sorted)\b.*", re.DOTALL)
_GIVEN = re.compile(r"(\w+)\s?=\s?([^\s,=]+)")
_AS = re.compile(r"(?:^|[\s,])([^\s,]+)\s+as\s+(\w+)")
_BINDS = re.compile(r"\bas\s+(\w+)\s*$")
_SET = re.compile(r"\s*(\w+)\s*=(?!=)(.*)", re.DOTALL)
_FOR_ONE = re.compile(r"\b(?:forloop|loop)\s?\.\s?(?:first|last|revcounter|counter0?|index0?)\b")
_ALIASING = frozenset({"blocktrans", "blocktranslate", "with"})
_SILENT = frozenset({"cache", "cached", "ifchanged", "raw_cache"})
_BRANCHES = frozenset({"elif", "else", "empty"})


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end: the scope to go back to, and the names that were given a value inside."""

    tag: str
    scope: int
    names: set[str] = field(default_factory=set)


class TooLongError(Exception):
    """There is more in a template than is looked at."""


def lower_template(path: str, text: str) -> TemplateFacts:
    """Return the facts of a template; of one that is endless, those of its start."""
    lowering = _Lowering()
    try:
        for token in tokens(text):
            lowering.take(token)
    except TooLongError:
        pass
    return TemplateFacts(
        path, lowering.extends, tuple(lowering.scopes), tuple(lowering.reads), tuple(lowering.includes)
    )


class _Lowering:
    def __init__(self) -> None:
        self.extends = ""
        self.scopes = [TemplateScope(-1, ScopeKind.ROOT, (), (), 0, 0)]
        self.reads: list[TemplateRead] = []
        self.includes: list[TemplateInclude] = []
        self._scope = 0
        self._open: list[_Open] = []

    def take(self, token: Token) -> None:
        """Take note of one tag or output."""
        name = token.name
        if name.startswith("end"):
            self._close(name[3:])
        elif name in _BRANCHES:
            self._branch(token)
        elif name in _ALIASING:
            self._aliases(token)
        else:
            take = _TAKING.get(name)
            if take is not None:
                take(self, token)
            else:
                self._other(token)

    def output(self, token: Token) -> None:
        """Take note of `{{ … }}`."""
        self._read(token, printed=True)

    def loop(self, token: Token) -> None:
        """Take note of `{% for … in … %}`."""
        self._begin("for")
        found = _LOOP.match(token.content)
        if found is None:
            return
        targets = tuple(re.findall(r"\w+", found[1]))
        self._read(token, behind=found.start(2))
        iterable = _BEHIND_ITERABLE.sub("", found[2])
        self._enter(token, ScopeKind.LOOP, targets, path_of(iterable))

    def condition(self, token: Token) -> None:
        """Take note of `{% if … %}`: reading in it loads as well."""
        self._begin("if")
        self._read(token)
        if _FOR_ONE.search(token.content):
            self._enter(token, ScopeKind.SILENT)

    def assign(self, token: Token) -> None:
        """Take note of `{% set name = … %}`, or of the start of a block that becomes a text."""
        found = _SET.match(token.content)
        if found is None:
            self._begin("set")
            self._bind(token, "".join(re.findall(r"^\s*(\w+)", token.content)), ())
            return
        self._read(token, behind=found.start(2))
        self._bind(token, found[1], path_of(found[2]))

    def block(self, token: Token) -> None:
        """Take note of `{% block name %}`."""
        self._begin("block")
        self._enter(token, ScopeKind.BLOCK, tuple(token.content.split()[:1]))

    def macro(self, token: Token) -> None:
        """Take note of `{% macro name(parameters) %}`: nobody knows here what it is given."""
        self._begin(token.name)
        self._enter(token, ScopeKind.ALIAS, tuple(re.findall(r"\w+", token.content)))

    def silent(self, token: Token) -> None:
        """Take note of a fragment that is not drawn each time."""
        self._begin(token.name)
        self._enter(token, ScopeKind.SILENT)

    def include(self, token: Token) -> None:
        """Take note of `{% include "…" with … %}`."""
        self._read(token)
        name = text_at_start(token.content)
        plain = without_texts(token.content)
        isolated = plain.rstrip().endswith((" only", "without context"))
        if name and (plain.strip() in ("", "only") or plain.strip().startswith(("with", "only", "ignore", "from"))):
            given = tuple(self._given(token))
            self.includes.append(TemplateInclude(name, self._scope, token.opened, token.closed, given, isolated))

    def extend(self, token: Token) -> None:
        """Take note of `{% extends "…" %}`."""
        self.extends = text_at_start(token.content)

    def _other(self, token: Token) -> None:
        self._read(token)
        found = _BINDS.search(token.content)
        if found is not None:
            self._bind(token, found[1], ())

    def _branch(self, token: Token) -> None:
        """Go on with what held before the branches of the innermost tag."""
        self._read(token)
        if self._open and self._open[-1].tag == "if" and token.name != "empty":
            self._scope = self._open[-1].scope

    def _aliases(self, token: Token) -> None:
        self._begin(token.name)
        self._read(token)
        for name, path in self._given(token):
            self._enter(token, ScopeKind.ALIAS, (name,), path)

    def _given(self, token: Token) -> list[tuple[str, Path]]:
        """Return what `name=path` and `path as name` give names."""
        plain = without_texts(token.content)
        found = [(one[1], path_of(one[2])) for one in _GIVEN.finditer(plain)]
        return found or [(one[2], path_of(one[1])) for one in _AS.finditer(plain)]

    def _begin(self, tag: str) -> None:
        if len(self._open) >= _MAX_DEPTH:
            raise TooLongError
        self._open.append(_Open(tag, self._scope))

    def _close(self, tag: str) -> None:
        """Leave what a tag began, and what was left open in it."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].tag == tag:
                ended = self._open[index]
                names = set().union(*(one.names for one in self._open[index:]))
                del self._open[index:]
                self._scope = ended.scope
                if tag == "if" and names:  # which of the branches gave them a value nobody knows
                    self._push(TemplateScope(self._scope, ScopeKind.ALIAS, tuple(sorted(names)), (), 0, 0))
                    self._note(names)
                elif tag == "set":
                    self._push(TemplateScope(self._scope, ScopeKind.ALIAS, tuple(sorted(names)), (), 0, 0))
                return

    def _bind(self, token: Token, name: str, path: Path) -> None:
        self._enter(token, ScopeKind.ALIAS, (name,) if name else (), path)
        self._note({name} if name else set())

    def _note(self, names: set[str]) -> None:
        if self._open:
            self._open[-1].names |= names

    def _enter(self, token: Token, kind: ScopeKind, targets: tuple[str, ...] = (), path: Path = ()) -> None:
        self._push(TemplateScope(self._scope, kind, targets, path, token.opened, token.closed))

    def _push(self, scope: TemplateScope) -> None:
        if len(self.scopes) >= _MAX_SCOPES:
            raise TooLongError
        self.scopes.append(scope)
        self._scope = len(self.scopes) - 1

    def _read(self, token: Token, *, behind: int = 0, printed: bool = False) -> None:
        content, start = token.content[behind:], token.start + behind
        for named in names_in(content, start):
            text = printed and is_printed(content, named, start)
            if len(named.path) > 1 or (named.path and text):
                if len(self.reads) >= _MAX_READS:
                    raise TooLongError
                self.reads.append(TemplateRead(named.path, self._scope, named.start, named.end, text))


_TAKING = {
    "": _Lowering.output,
    "for": _Lowering.loop,
    "if": _Lowering.condition,
    "set": _Lowering.assign,
    "block": _Lowering.block,
    "macro": _Lowering.macro,
    "call": _Lowering.macro,
    "include": _Lowering.include,
    "extends": _Lowering.extend,
    **dict.fromkeys(_SILENT, _Lowering.silent),
}
