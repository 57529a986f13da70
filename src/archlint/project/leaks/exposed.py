"""Which parts of an expression become text where it is written out, and which of these a secret's name leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.tree import called_name
from archlint.secrets.names import promised

_SHOWING = frozenset({"b64encode", "dict", "dumps", "format", "list", "pformat", "repr", "str", "tuple", "urlencode"})
"""Functions whose text shows all that they are given."""
_UNWRAPPING = frozenset({"decode", "encode", "get_secret_value", "hex", "lower", "strip", "upper"})
"""Methods whose result shows all of what they are called on."""
_MASKING = re.compile(r"(?i)mask|redact|scrub|saniti[sz]e|hide|hidden|censor|obfuscate")
_READING = frozenset({"get", "getitem", "getlist", "pop"})


class Exposed(msgspec.Struct, frozen=True):
    """A part of an expression that becomes text, and the name that leads to it ("" for that of an object)."""

    node: ir.Expr
    name: str

    @property
    def kind(self) -> str:
        """Return what the name promises, "" where it is no secret's."""
        return promised(self.name) if self.name else ""


def exposed(node: ir.Expr) -> Iterator[Exposed]:
    """Yield the parts of an expression that are written out with it.

    What an unknown function is given may be masked by it, a slice shows a part, a comparison shows no value.
    """
    parts = _parts(node)
    if parts is not None:
        for part in parts:
            yield from exposed(part)
    elif isinstance(node, ir.Call):
        yield from _called(node)
    elif isinstance(node, ir.Subscript) and isinstance(node.index, ir.Text):
        yield Exposed(node, node.index.value)
    elif isinstance(node, ir.Name | ir.Attribute):
        yield Exposed(node, node.id if isinstance(node, ir.Name) else node.name)


def masks(name: str) -> bool:
    """Return whether a name says that what it stands for hides secrets."""
    return _MASKING.search(name) is not None


def _parts(node: ir.Expr) -> tuple[ir.Expr, ...] | None:
    """Return the parts whose texts make up that of an expression, None where it is no whole of parts."""
    match node:
        case ir.Format(parts=parts) | ir.Collection(items=parts) | ir.Mapping(values=parts):
            return parts
        case ir.Binary(left=left, right=right) | ir.Conditional(body=left, orelse=right):
            return (left, right)
        case ir.Starred(value=value):
            return (value,)
        case _:
            return None


def _called(call: ir.Call) -> Iterator[Exposed]:
    name = called_name(call)
    func = call.func
    first = call.args[0] if call.args else None
    if isinstance(func, ir.Attribute) and name in _READING and isinstance(first, ir.Text):
        yield Exposed(call, first.value)
    elif isinstance(func, ir.Attribute) and name in _UNWRAPPING:
        yield from exposed(func.value)
    elif name in _SHOWING:
        for argument in (*call.args, *[word.value for word in call.keywords]):
            yield from exposed(argument)
    else:
        yield Exposed(call, "")
