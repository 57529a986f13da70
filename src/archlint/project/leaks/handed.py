"""Which expression of a call each parameter of a function is given."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.symbols import FunctionDefinition

_PLACED = frozenset({"normal", "positional"})


def given_to(function: FunctionDefinition, call: ir.Call, *, is_bound: bool) -> Iterator[tuple[str, ir.Expr]]:
    """Yield the parameters of a function that a call names or places, each with its expression.

    What a star takes in or spreads has no place of its own, and is left out.
    """
    rows = [one for one in function.row.parameters if one.kind in _PLACED][int(is_bound) :]
    for row, given in zip(rows, call.args, strict=False):
        if isinstance(given, ir.Starred):
            break
        yield row.name, given
    taken = {one.name for one in function.row.parameters if one.kind not in ("positional", "star", "starstar")}
    for word in call.keywords:
        if word.name in taken:
            yield word.name or "", word.value
