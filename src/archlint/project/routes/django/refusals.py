"""Whether a function of the project refuses requests, judged by its body and the functions that it calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.django.frames import Frame
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.route import REFUSING, GuardKind, Mention
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import names_in, uncalled
from archlint.project.values import ProjectFunction
from archlint.syntax.string_values import last_name

_NAMED_STATUSES = {"HTTP_401": 401, "UNAUTHORIZED": 401, "HTTP_403": 403, "FORBIDDEN": 403, "HTTP_429": 429}
_REDIRECTS = frozenset({"HttpResponseRedirect", "redirect", "redirect_to_login"})
_LOGGED_IN = frozenset({"is_anonymous", "is_authenticated"})
_APART = frozenset({"annotation", "decorators", "returns"})
"""Parts of a function that its body does not execute."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that refuses: what for, what stands there, and where."""

    kind: GuardKind
    name: str
    mention: Mention


class RefusalReader:
    """Judges the functions of the project, each once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._known: dict[tuple[FunctionDefinition, int, bool], Refusal | None] = {}

    def refusal(self, function: FunctionDefinition, *, calls: int = 1, answers: bool = False) -> Refusal | None:
        """Return how a function refuses requests, itself or in what it calls, or None where it does not.

        A function that `answers` also sends people to log in for other reasons than that they are not.
        """
        key = (function, calls, answers)
        if key not in self._known:
            self._known[key] = _judged(self, function, calls, answers=answers)
        return self._known[key]


def _judged(refusals: RefusalReader, function: FunctionDefinition, calls: int, *, answers: bool) -> Refusal | None:
    reader = refusals.reader
    node = reader.project.function_node(function)
    if node is None:
        return None
    unit = function.unit
    frame = Frame(function.module, unit.start, function.owner)
    asks = not _LOGGED_IN.isdisjoint(unit.attributes)
    for each, tests in _with_tests(node):
        if any(_wants_strangers(one) or _is_about_settings(one) for one in tests):
            continue
        strangers = any(_mentions(one, _LOGGED_IN) for one in tests) or (asks and not tests and not answers)
        found = _refused(reader, each, frame, strangers=strangers)
        if found is not None:
            is_login = strangers and found.kind is GuardKind.PERMISSION
            return Refusal(GuardKind.AUTHENTICATION, found.name, found.mention) if is_login else found
    return _refused_below(refusals, node, frame, calls) if calls > 0 else None


def _with_tests(node: msgspec.Struct, tests: tuple[ir.Expr, ...] = ()) -> Iterator[tuple[ir.Node, tuple[ir.Expr, ...]]]:
    """Yield the statements that raise or return, with the conditions of the `if` around them."""
    if isinstance(node, ir.Raise | ir.Return):
        yield node, tests
        return
    for name in node.__struct_fields__:
        if name in _APART:
            continue
        value = getattr(node, name)
        inner = (*tests, node.test) if isinstance(node, ir.If) and name == "body" else tests
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, msgspec.Struct):
                yield from _with_tests(item, inner)


def _mentions(node: ir.Expr, names: frozenset[str]) -> bool:
    return any(isinstance(one, ir.Attribute) and one.name in names for one in (node, *everything(node)))


def _is_about_settings(test: ir.Expr) -> bool:
    """Return whether a condition asks the settings alone: it refuses all requests or none."""
    return names_in(test) == {"settings"}


def _wants_strangers(test: ir.Expr) -> bool:
    """Return whether a condition holds for those who are logged in: what it refuses is no guard against others."""
    if isinstance(test, ir.Boolean) and test.op == "and":
        return any(_wants_strangers(one) for one in test.values)
    if isinstance(test, ir.Boolean):
        return all(_wants_strangers(one) or _is_about_settings(one) for one in test.values)
    return isinstance(test, ir.Attribute) and test.name == "is_authenticated"


def _refused_below(refusals: RefusalReader, node: ir.Function, frame: Frame, calls: int) -> Refusal | None:
    for each in everything(node):
        callee = refusals.reader.value(each.func, frame) if isinstance(each, ir.Call) else None
        if isinstance(callee, ProjectFunction) and callee.definition.outer is None:
            found = refusals.refusal(callee.definition, calls=calls - 1) or _decorated(refusals, callee.definition)
            if found is not None and isinstance(each, ir.Call):
                return Refusal(found.kind, dotted(each.func), frame.mention(each))
    return None


def _decorated(refusals: RefusalReader, function: FunctionDefinition) -> Refusal | None:
    """Return what a decorator of the project refuses before the function is called."""
    frame = refusals.reader.frame_of(function)
    for decorator in function.row.decorators:
        value = refusals.reader.value(uncalled(decorator), frame)
        found = refusals.refusal(value.definition, calls=0) if isinstance(value, ProjectFunction) else None
        if found is not None:
            return found
    return None


def everything(node: msgspec.Struct) -> Iterator[ir.Node]:
    """Yield all nodes below a node, those of nested functions included; decorators and annotations are left out."""
    for name in node.__struct_fields__:
        if name in _APART:
            continue
        value = getattr(node, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, ir.Node):
                yield item
            if isinstance(item, msgspec.Struct):
                yield from everything(item)


def _refused(reader: Reader, node: ir.Node, frame: Frame, *, strangers: bool) -> Refusal | None:
    """Return what a statement refuses; to send somebody to log in is a guard where that is for strangers."""
    if isinstance(node, ir.Raise) and node.error is not None:
        return _named(reader, node.error, frame)
    if isinstance(node, ir.Return) and isinstance(node.value, ir.Call):
        return _named(reader, node.value, frame) or (_to_login(node.value, frame) if strangers else None)
    return None


def _named(reader: Reader, node: ir.Expr, frame: Frame) -> Refusal | None:
    """Return what raising or returning a thing means: by its name, else by the status it is given."""
    func = uncalled(node)
    row = reader.project.knowledge.django_guard(reader.external(func, frame))
    if row is not None and row.form == "refusal":
        return Refusal(GuardKind(row.protects), dotted(func).rpartition(".")[2], frame.mention(node))
    if isinstance(func, ir.Attribute) and func.name == "handle_no_permission":
        return Refusal(GuardKind.PERMISSION, func.name, frame.mention(node))
    for value in (*node.args, *[one.value for one in node.keywords]) if isinstance(node, ir.Call) else ():
        kind = REFUSING.get(_status(value))
        if kind is not None:
            return Refusal(kind, dotted(func).rpartition(".")[2], frame.mention(node))
    return None


def _status(node: ir.Expr) -> int:
    if isinstance(node, ir.Constant) and isinstance(node.value, int):
        return int(node.value)
    name = last_name(node)
    return next((status for start, status in _NAMED_STATUSES.items() if name.startswith(start)), 0)


def _to_login(node: ir.Call, frame: Frame) -> Refusal | None:
    name = dotted(node.func).rpartition(".")[2]
    if name not in _REDIRECTS or not _mentions_login(node):
        return None
    return Refusal(GuardKind.AUTHENTICATION, name, frame.mention(node))


def _mentions_login(node: ir.Call) -> bool:
    if dotted(node.func).rpartition(".")[2] == "redirect_to_login":
        return True
    texts = [one.value for one in everything(node) if isinstance(one, ir.Text)]
    names = [one.name for one in everything(node) if isinstance(one, ir.Attribute)]
    return any("login" in one.lower() or "signin" in one.lower() for one in (*texts, *names))
