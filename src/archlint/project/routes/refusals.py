"""Whether a function of the project refuses requests, judged by its body and the functions that it calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.frames import Frame
from archlint.project.routes.reader import Reader
from archlint.project.routes.route import GuardKind, Mention
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import ProjectFunction

_STATUSES = {401: GuardKind.AUTHENTICATION, 403: GuardKind.PERMISSION, 429: GuardKind.RATE_LIMIT}
_NAMED_STATUSES = {"HTTP_401": 401, "UNAUTHORIZED": 401, "HTTP_403": 403, "FORBIDDEN": 403, "HTTP_429": 429}
_REDIRECTS = frozenset({"HttpResponseRedirect", "redirect", "redirect_to_login"})
_LOGGED_IN = frozenset({"is_anonymous", "is_authenticated"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that refuses: what for, what stands there, and where."""

    kind: GuardKind
    name: str
    mention: Mention


def refusal(reader: Reader, function: FunctionDefinition, *, calls: int = 1) -> Refusal | None:
    """Return how a function refuses requests, itself or in what it calls, or None where it does not."""
    node = reader.project.function_node(function)
    if node is None:
        return None
    unit = function.module.facts.units[function.row.unit]
    frame = Frame(function.module, unit.start, function.module.classes.get(function.row.owner))
    found = next((one for each in everything(node) if (one := _refused(reader, each, frame)) is not None), None)
    if found is not None:
        logged_in = not _LOGGED_IN.isdisjoint(unit.attributes) and found.kind is GuardKind.PERMISSION
        return Refusal(GuardKind.AUTHENTICATION, found.name, found.mention) if logged_in else found
    return _refused_below(reader, node, frame, calls) if calls > 0 else None


def _refused_below(reader: Reader, node: ir.Function, frame: Frame, calls: int) -> Refusal | None:
    for each in everything(node):
        callee = reader.value(each.func, frame) if isinstance(each, ir.Call) else None
        if isinstance(callee, ProjectFunction) and callee.definition.outer is None:
            found = refusal(reader, callee.definition, calls=calls - 1)
            if found is not None and isinstance(each, ir.Call):
                return Refusal(found.kind, dotted(each.func), frame.mention(each))
    return None


def everything(node: msgspec.Struct) -> Iterator[ir.Node]:
    """Yield all nodes below a node, those of nested functions included; decorators and annotations are left out."""
    for name in node.__struct_fields__:
        if name in ("annotation", "decorators", "returns"):
            continue
        value = getattr(node, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, ir.Node):
                yield item
            if isinstance(item, msgspec.Struct):
                yield from everything(item)


def _refused(reader: Reader, node: ir.Node, frame: Frame) -> Refusal | None:
    if isinstance(node, ir.Raise) and node.error is not None:
        return _named(reader, node.error, frame)
    if isinstance(node, ir.Return) and isinstance(node.value, ir.Call):
        return _named(reader, node.value, frame) or _to_login(node.value, frame)
    return None


def _named(reader: Reader, node: ir.Expr, frame: Frame) -> Refusal | None:
    """Return what raising or returning a thing means: by its name, else by the status it is given."""
    func = node.func if isinstance(node, ir.Call) else node
    row = reader.project.knowledge.django_guard(reader.external(func, frame))
    if row is not None and row.form == "refusal":
        return Refusal(GuardKind(row.protects), dotted(func).rpartition(".")[2], frame.mention(node))
    if isinstance(func, ir.Attribute) and func.name == "handle_no_permission":
        return Refusal(GuardKind.PERMISSION, func.name, frame.mention(node))
    for value in (*node.args, *[one.value for one in node.keywords]) if isinstance(node, ir.Call) else ():
        kind = _STATUSES.get(_status(value))
        if kind is not None:
            return Refusal(kind, dotted(func).rpartition(".")[2], frame.mention(node))
    return None


def _status(node: ir.Expr) -> int:
    if isinstance(node, ir.Constant) and isinstance(node.value, int):
        return int(node.value)
    name = node.name if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""
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
