"""Suggested edits that read a secret from the environment in place of a literal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archlint.diagnostic import Applicability, Edit, Fix
from archlint.secrets.slots import Container
from archlint.syntax import cst
from archlint.syntax.python_slots import environment_read

if TYPE_CHECKING:
    from archlint.secrets.slots import Slot
    from archlint.syntax.python import PythonContext

_VARIABLE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_GETTERS = frozenset({"os.getenv", "os.environ.get"})


def read_instead(node: cst.CSTNode, slot: Slot, ctx: PythonContext) -> Fix | None:
    """Return the suggestion to read the value from the environment, where the place has a name to read it by."""
    if slot.container is Container.FALLBACK:
        return _without_fallback(node, ctx)
    parent = ctx.ancestors[-1]
    is_alone = isinstance(parent, cst.Assign | cst.AnnAssign | cst.Arg | cst.DictElement)
    variable = "_".join(_VARIABLE.sub("_", slot.name).upper().split("_"))
    if not is_alone or not variable.isidentifier() or slot.container is Container.PARAMETER or _is_bytes(node):
        return None
    return _reading(variable, slot.start, slot.end)


def _without_fallback(node: cst.CSTNode, ctx: PythonContext) -> Fix | None:
    """Return the suggestion to let a missing variable fail, for the standard library's two getters."""
    child = node
    for outer in reversed(ctx.ancestors):
        if isinstance(outer, cst.Call):
            name = environment_read(outer)
            span = ctx.span(outer)
            is_getter = ctx.resolve(outer.func) in _GETTERS and name.isidentifier()
            return _reading(name, span.start, span.end) if is_getter else None
        if isinstance(outer, cst.BooleanOperation) and child is outer.right and isinstance(outer.left, cst.Call):
            name = environment_read(outer.left)
            span = ctx.span(outer)
            is_getter = ctx.resolve(outer.left.func) in _GETTERS and name.isidentifier()
            return _reading(name, span.start, span.end) if is_getter else None
        child = outer
    return None


def _reading(variable: str, start: int, end: int) -> Fix:
    title = f"read `{variable}` from the environment, without a default (needs `import os`)"
    return Fix(title, (Edit(start, end, f'os.environ["{variable}"]'),), Applicability.SUGGESTED)


def _is_bytes(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleString) and "b" in node.prefix.lower()
