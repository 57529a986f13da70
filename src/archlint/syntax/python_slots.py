"""Slots of Python: for a string literal, the place it stands in and the names that lead to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archlint.ir.builder import DEFAULTS
from archlint.secrets.names import POSITIONAL, promised
from archlint.secrets.slots import HOLE, Container, Slot
from archlint.syntax import cst
from archlint.syntax.literals import HOLE as LITERAL_HOLE
from archlint.syntax.literals import read_literal
from archlint.syntax.python import dotted_name

if TYPE_CHECKING:
    from archlint.syntax.python import PythonContext

    Literal = cst.SimpleString | cst.ConcatenatedString | cst.FormattedString

_WRAPPERS = frozenset(
    {"SecretStr", "SecretBytes", "Secret", "Field", "field", "str", "bytes", "b64decode", "quote", "quote_plus",
     "Setting", "Option", "Header", "Query", "Depends", "Security", "mark_safe", "unhexlify", "fromhex"}
)  # fmt: skip
_READERS = ("getenv", "env", "environ", "config", "setting", "vault")
_THROUGH = frozenset(
    {"BinaryOperation", "IfExp", "Attribute", "Call", "Dict", "List", "Tuple", "Element", "Await", "ComparisonTarget"}
)


class _Place(msgspec.Struct, frozen=True):
    """The keys that lead to a literal, what kind of place holds it, and how the code writes the place."""

    path: tuple[str, ...]
    container: Container
    shown: str = ""


_NOWHERE = _Place((), Container.TEXT)


def literal_slot(node: Literal, ctx: PythonContext) -> Slot | None:
    """Return the slot of a literal; None for a part of a concatenation, which the whole stands for."""
    if ctx.ancestors and isinstance(ctx.ancestors[-1], cst.ConcatenatedString):
        return None
    span = ctx.span(node)
    literal = read_literal(ctx.source.text, span.start, span.end)
    if literal is None:
        return None
    place = _place(node, ctx.ancestors)
    value = literal.text.replace(LITERAL_HOLE, HOLE) if literal.holes else literal.text
    return Slot(place.path, value, span.start, span.end, place.container, place.shown)


def environment_read(call: cst.Call) -> str:
    """Return the name that a call reads from the environment or a configuration, or an empty text."""
    name = (dotted_name(call.func) or _last_name(call.func)).lower()
    is_reader = any(reader in name for reader in _READERS)
    return _text_of(call.args[0].value) if is_reader and call.args else ""


def _place(node: cst.CSTNode, ancestors: list[cst.CSTNode]) -> _Place:
    """Climb from a literal, through what leaves it a value, to the place that holds it."""
    keys: list[str] = []
    child, found = node, None
    for depth in range(len(ancestors) - 1, -1, -1):
        found = _step(child, ancestors[: depth + 1], keys)
        if found is not None:
            break
        child = ancestors[depth]
    place = found or _NOWHERE
    if keys:
        shown = place.shown.partition("(")[2].removesuffix("=…)") or place.shown
        return _Place((*place.path, *keys), Container.ENTRY, shown + "".join(f'["{key}"]' for key in keys))
    is_named = bool(place.path) and bool(promised(place.path[-1]))
    return place if is_named else _wrapped(ancestors) or place


def _wrapped(ancestors: list[cst.CSTNode]) -> _Place | None:
    """Return the place inside a wrapper that says by itself that its argument is secret."""
    call = ancestors[-2] if len(ancestors) > 1 else None
    name = _last_name(call.func) if isinstance(call, cst.Call) else ""
    is_secret = name.startswith("Secret") and isinstance(ancestors[-1], cst.Arg)
    return _Place((name,), Container.ARGUMENT, f"{name}(…)") if is_secret else None


def _step(child: cst.CSTNode, ancestors: list[cst.CSTNode], keys: list[str]) -> _Place | None:
    """Return the place that a parent is, or None where the search goes on outside of it."""
    parent = ancestors[-1]
    if isinstance(parent, cst.DictElement):
        if child is parent.key:
            return _NOWHERE
        keys.insert(0, _text_of(parent.key) or "?")
        return None
    if isinstance(parent, cst.BooleanOperation):
        read = parent.left if child is parent.right else None
        name = environment_read(read) if isinstance(read, cst.Call) else ""
        return _Place((name,), Container.FALLBACK, name) if name else None
    if isinstance(parent, cst.Arg):
        call = ancestors[-2] if len(ancestors) > 1 else None
        return _argument(parent, call) if isinstance(call, cst.Call) else _NOWHERE
    return None if type(parent).__name__ in _THROUGH else _holder(child, ancestors)


def _argument(argument: cst.Arg, call: cst.Call) -> _Place | None:
    """Return the place that an argument is; None where the call hands its argument on, as a default or wrapped."""
    callee = _last_name(call.func)
    first = _text_of(call.args[0].value)
    if argument is call.args[0] and environment_read(call):
        return _NOWHERE
    kind = Container.FALLBACK if environment_read(call) else Container.ARGUMENT
    keyword = argument.keyword.value if argument.keyword else ""
    # `Row("Amazon API key", …)` describes; `getenv("API_KEY", …)` names.
    is_key = first is not None and " " not in first
    is_named_by_first = is_key and argument is not call.args[0] and (promised(first) or kind is Container.FALLBACK)
    if is_named_by_first and (not keyword or keyword in DEFAULTS):
        return _Place((first,), kind, first)
    if keyword and keyword not in DEFAULTS:
        return _Place((keyword,), Container.ARGUMENT, f"{callee}({keyword}=…)")
    if keyword or callee in _WRAPPERS:
        return None
    if POSITIONAL.get(callee) == call.args.index(argument):
        return _Place(("password",), Container.ARGUMENT, f"{callee}(…)")
    return _NOWHERE


def _holder(child: cst.CSTNode, ancestors: list[cst.CSTNode]) -> _Place:
    """Return the place that a statement, a parameter or a comparison is."""
    parent = ancestors[-1]
    if isinstance(parent, cst.Assign):
        return _target(parent.targets[0].target)
    if isinstance(parent, cst.AnnAssign | cst.NamedExpr):
        return _target(parent.target)
    if isinstance(parent, cst.Param):
        return _Place((parent.name.value,), Container.PARAMETER, parent.name.value)
    if isinstance(parent, cst.Comparison):
        other = parent.left if child is not parent.left else parent.comparisons[0].comparator
        place = _target(other)
        return _Place(place.path, Container.COMPARISON, place.shown)
    if isinstance(parent, cst.Return):
        name = next((n.name.value for n in reversed(ancestors) if isinstance(n, cst.FunctionDef)), "")
        return _Place((name,), Container.ASSIGNMENT, f"{name}()") if name else _NOWHERE
    return _Place((), Container.DOCSTRING) if isinstance(parent, cst.Expr) else _NOWHERE


def _target(target: cst.BaseExpression) -> _Place:
    """Return the place that an assignment fills: a name, an attribute, or an entry under a literal key."""
    if isinstance(target, cst.Subscript):
        index = target.slice[0].slice
        key = _text_of(index.value) if isinstance(index, cst.Index) else ""
        shown = f'{dotted_name(target.value) or _last_name(target.value)}["{key}"]'
        return _Place((key,), Container.ASSIGNMENT, shown) if key else _NOWHERE
    name = _last_name(target)
    return _Place((name,), Container.ASSIGNMENT, dotted_name(target) or name) if name else _NOWHERE


def _last_name(node: cst.CSTNode) -> str:
    """Return the last name of a chain, or an empty text."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _text_of(node: cst.CSTNode | None) -> str:
    """Return what a key says: the text of a literal, or the last name of a chain."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else ""
    return _last_name(node) if node is not None else ""
