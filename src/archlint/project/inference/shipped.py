"""Files that the code brings along: what they hold is as much as somebody wrote into them, whatever the data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.values import UNKNOWN, External, Items, Literal, Symbol, Value

if TYPE_CHECKING:
    from archlint.project.inference.arguments import Arguments
    from archlint.project.inference.inference import Inference
    from archlint.project.inference.scopes import Scope

OPERATION = "shipped"
"""What is done with a parameter that names a file, or is one."""
_PART = Items(UNKNOWN, is_constant=True)
FILE = Items(_PART, is_constant=True, values=_PART)
"""A file of the code, its path, and what is read from it: its parts are as constant as it is."""
OPENING = frozenset({"codecs.open", "io.open", "open"})
READING = frozenset({"open", "read", "read_bytes", "read_text", "readlines"})
"""Methods of paths and files that give what the file holds."""
PARSING = frozenset(
    {
        "csv.DictReader", "csv.reader", "json.load", "json.loads", "tomllib.load", "tomllib.loads", "yaml.full_load",
        "yaml.load", "yaml.safe_load",
    }
)  # fmt: skip
JOINING = frozenset(
    {
        "os.path.abspath",
        "os.path.dirname",
        "os.path.join",
        "os.path.realpath",
        "pathlib.Path",
        "pathlib.PurePath",
        "str",
    }
)
_METHODS = frozenset({"absolute", "joinpath", "resolve", "with_name", "with_suffix"})
_ABOVE = frozenset({"parent", "parents"})


def result(inference: Inference, name: str, arguments: Arguments) -> Value | None:
    """Return what a callable gives that opens, reads or names a file of the code, None where it does not."""
    if not arguments.nodes or arguments.scope is None:
        return None
    if name == "os.path.join":
        found = _together(_path(inference, one, arguments.scope) for one in arguments.nodes)
    elif name in OPENING:
        found = UNKNOWN if _writes(arguments) else _path(inference, arguments.nodes[0], arguments.scope)
    elif name in PARSING:
        found = _of_value(arguments.value(0))
        found = UNKNOWN if isinstance(arguments.nodes[0], ir.Text) else found
    else:
        return None
    return found if found != UNKNOWN else None


def joined(inference: Inference, node: ir.Binary, scope: Scope) -> Value:
    """Return what `Path(__file__).parent / "kinds.json"` is."""
    return _path(inference, node, scope)


def operated(value: Value) -> Value:
    """Return what a parameter is that names a file, for what it is given."""
    return FILE if isinstance(value, Literal) and isinstance(value.value, str) else _of_value(value)


def _path(inference: Inference, node: ir.Expr, scope: Scope) -> Value:  # noqa: PLR0911 - one answer a kind of node
    match node:
        case ir.Text(value=text):
            return UNKNOWN if text.startswith("/") else FILE
        case ir.Name(id=name) | ir.Attribute(name=name) if name == "__file__" or (len(name) > 1 and name.isupper()):
            return FILE
        case ir.Attribute(value=value, name=name) if name in _ABOVE:
            return _path(inference, value, scope)
        case ir.Subscript(value=ir.Attribute() as value):
            return _path(inference, value, scope)
        case ir.Binary(op="/", left=left, right=right):
            return _together((_path(inference, left, scope), _path(inference, right, scope)))
        case ir.Call(func=ir.Attribute(value=value, name=name), args=args) if name in _METHODS:
            return _together(_path(inference, one, scope) for one in (value, *args))
        case ir.Call(args=args) if args and _joins(inference, node, scope):
            return _together(_path(inference, one, scope) for one in args)
    found = inference.value(node, scope)
    return operated(found)


def _joins(inference: Inference, node: ir.Call, scope: Scope) -> bool:
    callee = inference.value(node.func, scope)
    return isinstance(callee, External) and callee.name in JOINING


def _of_value(value: Value) -> Value:
    """Return a file of the code as it is, a parameter as one, and anything else as unknown."""
    if isinstance(value, Symbol):
        return value if value.operations[-1:] == (OPERATION,) else value.then(OPERATION)
    return FILE if value == FILE else UNKNOWN


def _together(values: Iterable[Value]) -> Value:
    """Return the file at a path of several parts: one of the code where all of them are, one that a parameter names."""
    found = set(values)
    if UNKNOWN in found:
        return UNKNOWN
    named = found - {FILE}
    return named.pop() if len(named) == 1 else UNKNOWN if named else FILE


def _writes(arguments: Arguments) -> bool:
    mode = arguments.nodes[1] if len(arguments.nodes) > 1 else arguments.word("mode")
    return mode is not None and not (isinstance(mode, ir.Text) and mode.value.startswith("r") and "+" not in mode.value)
