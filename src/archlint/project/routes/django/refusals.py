"""Whether a function of the project refuses requests, judged by its body and the functions that it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.scopes import Scope
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.exceptions import handled_errors, kind_of
from archlint.project.routes.django.frames import Frame
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.refusing import (
    LOGGED_IN,
    MAX_CALLS,
    Refusal,
    asks_strangers,
    calling,
    handling,
    is_refused,
    mentions,
    regions,
    status_of,
    wants_none,
)
from archlint.project.routes.route import REFUSING, GuardKind, Mention
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import statements_in, uncalled
from archlint.project.values import Bound, Instance, ProjectClass, ProjectFunction

OF_VIEWS = ("dispatch", "setup")
"""Methods that run before the one that answers; those of all bases are asked for, so none for what it overrides."""
_REDIRECTS = frozenset({"HttpResponseRedirect", "redirect", "redirect_to_login"})
_APART = frozenset({"annotation", "decorators", "returns"})
"""Parts of a function that its body does not execute."""


_Asked = tuple[FunctionDefinition, ClassDefinition | None, int, bool, frozenset[str]]


class RefusalReader:
    """Judges the functions of the project, each once."""

    def __init__(self, reader: Reader, classes: ClassReader) -> None:
        self.reader = reader
        self.classes = classes
        self._known: dict[_Asked, Refusal | None] = {}

    @cached_property
    def handled(self) -> Mapping[ClassDefinition, GuardKind]:
        """Return the errors that the handler of the settings answers as refusals."""
        return handled_errors(self.reader)

    def raised(self, error: ir.Expr, frame: Frame) -> Refusal | None:
        """Return what raising an error of the project refuses, or None."""
        value = self.reader.value(uncalled(error), frame)
        kind = kind_of(self.reader, value.definition, self.handled) if isinstance(value, ProjectClass) else None
        if kind is None or not isinstance(value, ProjectClass):
            return None
        ancestors = self.reader.project.symbols.ancestors(value.definition)
        names = frozenset(one.rpartition(".")[2] if isinstance(one, str) else one.row.name for one in ancestors)
        return Refusal(kind, value.definition.row.name, frame.mention(error), names)

    def refusal(
        self,
        function: FunctionDefinition,
        view: ClassDefinition | None = None,
        *,
        calls: int = MAX_CALLS,
        answers: bool = False,
        given: frozenset[str] = frozenset(),
    ) -> Refusal | None:
        """Return how a function refuses requests, itself or in what it calls, or None where it does not.

        A function that `answers` also sends people to log in for other reasons than that they are not. Methods that
        it calls on itself are those of `view`. Parameters that are `given` by the path are never None.
        """
        key = (function, view, calls, answers, given)
        if key not in self._known:
            self._known[key] = _judged(self, *key)
        return self._known[key]


def _judged(
    refusals: RefusalReader,
    function: FunctionDefinition,
    view: ClassDefinition | None,
    calls: int,
    answers: bool,
    given: frozenset[str],
) -> Refusal | None:
    reader = refusals.reader
    node = reader.project.function_node(function)
    if node is None:
        return None
    unit = function.unit
    frame = Frame(function.module, unit.start, function.owner)
    asks = not LOGGED_IN.isdisjoint(unit.attributes)
    around = tuple(regions(node.body))
    is_before = function.row.name in OF_VIEWS or (calls == MAX_CALLS and not answers)
    for each, tests in _with_tests(node):
        if any(wants_none(one, given) for one in tests):
            continue
        strangers = any(mentions(one, LOGGED_IN) for one in tests) or (asks and not tests and not answers)
        found = _refused(reader, each, frame, strangers=strangers)
        if found is None and isinstance(each, ir.Raise) and each.error is not None:
            found = refusals.raised(each.error, frame)
        if found is None and is_before and tests and asks_strangers(tests[-1]):
            found = _sent_away(each, frame)
        if found is not None and is_refused(found.errors, [one for one in around if one.holds(each)]):
            found = found if calls == MAX_CALLS else replace(found, name=function.row.name)
            is_login = strangers and found.kind is GuardKind.PERMISSION
            return replace(found, kind=GuardKind.AUTHENTICATION) if is_login else found
    return _refused_below(refusals, function, view, calls) if calls > 0 else None


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


def _refused_below(
    refusals: RefusalReader, function: FunctionDefinition, view: ClassDefinition | None, calls: int
) -> Refusal | None:
    node = refusals.reader.project.function_node(function)
    frame = refusals.reader.frame_of(function)
    around = tuple(calling(node.body)) if node is not None else ()
    errors = tuple(handling(node.body)) if node is not None else ()
    for each in everything(node) if node is not None else ():
        is_judging = isinstance(each, ir.Call) and not any(one.holds(each) for one in errors)
        callee = _callee(refusals, function, view, each.func) if isinstance(each, ir.Call) and is_judging else None
        if callee is None or callee is function:
            continue
        below = view if callee.owner is not None else None
        found = refusals.refusal(callee, below, calls=calls - 1) or _decorated(refusals, callee)
        if found is not None and is_refused(found.errors, [one for one in around if one.holds(each)]):
            return replace(found, mention=frame.mention(each))
    return None


def _callee(
    refusals: RefusalReader, function: FunctionDefinition, view: ClassDefinition | None, func: ir.Expr
) -> FunctionDefinition | None:
    """Return the function of the project that a call runs: one of a module, or a method on the object itself."""
    own = function.row.parameters[0].name if function.row.owner and function.row.parameters else ""
    if isinstance(func, ir.Attribute) and isinstance(func.value, ir.Name) and func.value.id == own:
        owner = view or function.owner
        found = refusals.classes.method(owner, func.name) if owner is not None else None
        return found if isinstance(found, FunctionDefinition) else None
    is_super = isinstance(func, ir.Attribute) and isinstance(func.value, ir.Call) and dotted(func.value.func) == "super"
    if isinstance(func, ir.Attribute) and is_super and function.row.name not in OF_VIEWS:
        return _overridden(refusals.classes, function, view, func.name)
    if isinstance(func, ir.Attribute) and isinstance(func.value, ir.Name):
        receiver = _class_of(refusals.reader, function, func.value.id)
        found = refusals.classes.method(receiver, func.name) if receiver is not None else None
        if isinstance(found, FunctionDefinition):
            return found
    callee = refusals.reader.value(func, refusals.reader.frame_of(function))
    return (
        callee.definition if isinstance(callee, ProjectFunction | Bound) and callee.definition.outer is None else None
    )


def _class_of(reader: Reader, function: FunctionDefinition, name: str) -> ClassDefinition | None:
    """Return the class of what a parameter is said to be, or of what a local is made of, or None."""
    scope = Scope(function.module, function.unit.start, function.owner)
    for one in function.row.parameters:
        if one.name == name and one.annotation is not None:
            promised = reader.project.inference.annotated(one.annotation, scope)
            return promised.definition if isinstance(promised, Instance) else None
    node = reader.project.function_node(function)
    given = [one for one in statements_in(node.body) if isinstance(one, ir.Assign)] if node is not None else []
    own = [one for one in given if any(isinstance(each, ir.Name) and each.id == name for each in one.targets)]
    if len(own) != 1:
        return None
    if own[0].annotation is not None:
        promised = reader.project.inference.annotated(own[0].annotation, scope)
        return promised.definition if isinstance(promised, Instance) else None
    made = own[0].value
    value = reader.project.inference.value(made.func, scope) if isinstance(made, ir.Call) else None
    return value.definition if isinstance(value, ProjectClass) else None


def _overridden(
    classes: ClassReader, function: FunctionDefinition, view: ClassDefinition | None, name: str
) -> FunctionDefinition | None:
    """Return the method of the project that `super().name` calls, or None."""
    owner = function.owner
    order = classes.order(view or owner) if owner is not None else ()
    further = order[order.index(owner) + 1 :] if owner in order else ()
    methods = (one.module.functions.get(f"{one.row.name}.{name}") for one in further if not isinstance(one, str))
    return next((one for one in methods if one is not None), None)


def _decorated(refusals: RefusalReader, function: FunctionDefinition) -> Refusal | None:
    """Return what a decorator of the project refuses before the function is called."""
    frame = refusals.reader.frame_of(function)
    for decorator in function.row.decorators:
        value = refusals.reader.value(uncalled(decorator), frame)
        found = refusals.refusal(value.definition, calls=0) if isinstance(value, ProjectFunction | Bound) else None
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
        found = _named(reader, node.value, frame)
        if found is not None:
            return replace(found, errors=frozenset())
        return _to_login(node.value, frame) if strangers else None
    return None


def _named(reader: Reader, node: ir.Expr, frame: Frame) -> Refusal | None:
    """Return what raising or returning a thing means: by its name, else by the status it is given."""
    func = uncalled(node)
    row = reader.project.knowledge.django_guard(reader.external(func, frame))
    if row is not None and row.form == "refusal":
        return _raised(GuardKind(row.protects), func, frame.mention(node))
    if isinstance(func, ir.Attribute) and func.name == "handle_no_permission":
        return Refusal(GuardKind.PERMISSION, func.name, frame.mention(node))
    for value in (*node.args, *[one.value for one in node.keywords]) if isinstance(node, ir.Call) else ():
        kind = REFUSING.get(status_of(value))
        if kind is not None:
            return _raised(kind, func, frame.mention(node))
    return None


def _raised(kind: GuardKind, func: ir.Expr, mention: Mention) -> Refusal:
    name = dotted(func).rpartition(".")[2]
    return Refusal(kind, name, mention, frozenset({name}))


def _to_login(node: ir.Call, frame: Frame) -> Refusal | None:
    name = dotted(node.func).rpartition(".")[2]
    if name not in _REDIRECTS or not _mentions_login(node):
        return None
    return Refusal(GuardKind.AUTHENTICATION, name, frame.mention(node))


def _sent_away(node: ir.Node, frame: Frame) -> Refusal | None:
    """Return what a redirect refuses that stands before the view: those it is for never reach that."""
    call = node.value if isinstance(node, ir.Return) else None
    name = dotted(call.func).rpartition(".")[2] if isinstance(call, ir.Call) else ""
    if name not in _REDIRECTS or call is None:
        return None
    return Refusal(GuardKind.AUTHENTICATION, name, frame.mention(call))


def _mentions_login(node: ir.Call) -> bool:
    if dotted(node.func).rpartition(".")[2] == "redirect_to_login":
        return True
    texts = [one.value for one in everything(node) if isinstance(one, ir.Text)]
    names = [one.name for one in everything(node) if isinstance(one, ir.Attribute)]
    return any("login" in one.lower() or "signin" in one.lower() for one in (*texts, *names))
