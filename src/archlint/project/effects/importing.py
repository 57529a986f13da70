"""What importing a module does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.module import Flag, Unit
from archlint.project.effects.body import BodyListener
from archlint.project.effects.effect import Body, Edge, Handed, Reached
from archlint.project.inference.listening import State
from archlint.project.inference.scopes import Scope
from archlint.project.inference.walk import Walk
from archlint.project.symbols import Module

if TYPE_CHECKING:
    from archlint.project.effects.effects import Effects


def imported_body(effects: Effects, module: Module) -> Body:
    """Return what importing a module does: its statements, those of its classes, and the heads of its functions."""
    found: list[Reached] = []
    edges: list[Edge] = []
    handed: list[Handed] = []
    for unit, statements in (*_statements(effects, module), *_heads(effects, module)):
        listener = BodyListener(effects, module, unit, None)
        scope = Scope(module, unit.start, module.classes.get(unit.owner))
        Walk(effects.inference, listener).statements(statements, State(scope, statements[0]))
        found += listener.notes.effects
        edges += listener.notes.edges
        handed += listener.notes.handed
    return Body(tuple(dict.fromkeys(found)), tuple(edges), (), tuple(handed))


def _statements(effects: Effects, module: Module) -> Iterator[tuple[Unit, tuple[ir.Stmt, ...]]]:
    for unit in module.facts.units:
        if unit.calls and not unit.flags & Flag.FUNCTION:
            effects.inference.reads_body(module, unit)
            yield unit, (effects.project.body(unit),)


def _heads(effects: Effects, module: Module) -> Iterator[tuple[Unit, tuple[ir.Stmt, ...]]]:
    """Yield what runs where a function is defined: the calls that make its decorators and its defaults."""
    for name, function in module.functions.items():
        effects.inference.reads(module, name)
        row = function.row
        parts = (*row.decorators, *[one.default for one in row.parameters if one.default is not None])
        made = tuple([ir.Evaluate(one.start, one.end, one) for one in parts if not isinstance(one, ir.Name)])
        if made:
            yield module.facts.units[row.unit], made
