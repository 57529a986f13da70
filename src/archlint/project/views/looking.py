"""What the expressions of a line evaluate to, and what its calls do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.render import render
from archlint.project.database import database_call
from archlint.project.effects.callers import innermost
from archlint.project.effects.effect import Effect
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference.listening import Listener, State
from archlint.project.inference.scopes import Scope
from archlint.project.inference.walk import Walk
from archlint.project.project import Project, UnitPlace
from archlint.project.values import UNKNOWN, External, Instance, Method, Value
from archlint.project.views.callees import called_function
from archlint.project.views.describing import effect_phrase, value_phrase
from archlint.project.views.model import Model

Region = tuple[int, int]
_SHOWN = ir.Name | ir.Attribute | ir.Call | ir.Subscript


class Note(msgspec.Struct, frozen=True):
    """An expression, or a name that is bound, with what it is and, of a call, what it enters and does."""

    offset: int
    text: str
    value: str
    callee: str = ""
    does: tuple[str, ...] = ()


def notes_in(project: Project, model: Model, place: UnitPlace, region: Region, *, around: bool) -> tuple[Note, ...]:
    """Return what is known of the expressions that begin in a region of a unit, in the order of the source.

    With `around` they are those that stand around the whole region.
    """
    look = _Look(project, model, place, region, around)
    return look.notes()


class _Seen(Listener):
    """Keeps the expressions that touch a region, each with what is known there."""

    sees_all = True

    def __init__(self, region: Region, found: list[tuple[ir.Expr, Scope]]) -> None:
        self._region = region
        self._found = found

    def seen(self, node: ir.Expr, state: State) -> None:
        first, last = self._region
        if node.start < last and first < node.end:
            self._found.append((node, state.scope.branch()))


@dataclass(slots=True)
class _Look:
    project: Project
    model: Model
    place: UnitPlace
    region: Region
    around: bool
    found: list[tuple[ir.Expr, Scope]] = field(default_factory=list)

    def notes(self) -> tuple[Note, ...]:
        body = self.project.body(self.place.unit)
        owner = self.place.module.classes.get(self.place.unit.owner)
        scope = Scope(self.place.module, self.place.unit.start, owner)
        Walk(self.project.inference, _Seen(self.region, self.found)).statements((body,), State(scope, body))
        sites = {id(site.call): site for site in call_sites(self.project, self.place) if self._is_meant(site.call)}
        callees = {id(node.func) for node, _ in self.found if isinstance(node, ir.Call)}
        notes = [*self._parameters(body, scope), *self._bound(body)]
        notes += [
            self._note(node, scope, sites.get(id(node)))
            for node, scope in self.found
            if isinstance(node, _SHOWN) and id(node) not in callees and self._is_meant(node)
        ]
        unique = {(note.text, note.value, note.callee): note for note in sorted(notes, key=_order, reverse=True)}
        return tuple(sorted(unique.values(), key=_order))

    def _is_meant(self, node: ir.Node) -> bool:
        first, last = self.region
        return node.start <= first and last <= node.end if self.around else first <= node.start < last

    def _note(self, node: ir.Expr, scope: Scope, site: CallSite | None) -> Note:
        value = value_phrase(self.project, self.project.inference.value(node, scope))
        if site is None:
            return Note(node.start, render(node), value)
        return Note(node.start, render(node), value, self._callee(site), self._effects(site))

    def _callee(self, site: CallSite) -> str:
        function = called_function(self.project, site)
        if function is not None:
            return function.name
        if isinstance(site.callee, Method) and isinstance(site.callee.receiver, Instance):
            return f"{site.callee.receiver.name}.{site.callee.name}"
        return site.callee.name if isinstance(site.callee, External) else ""

    def _effects(self, site: CallSite) -> tuple[str, ...]:
        function = called_function(self.project, site)
        if function is not None:
            reached = [one.effect for one in self.model.effects.summary(function).effects]
        else:
            reached = list(self._reached_at(site))
        direct = database_call(self.project, site) if not reached else None
        return tuple(dict.fromkeys(map(effect_phrase, reached))) if direct is None else (direct.effect,)

    def _reached_at(self, site: CallSite) -> Iterator[Effect]:
        """Yield what the function around does by this very call."""
        current = innermost(self.project, self.place, site.call.start)
        for reached in self.model.effects.summary(current).effects if current is not None else ():
            step = reached.step
            here = (step.offset + step.start, step.offset + step.end)
            if reached.via is None and here == (site.offset + site.call.start, site.offset + site.call.end):
                yield reached.effect

    def _bound(self, body: ir.Stmt) -> Iterator[Note]:
        """Yield what the assignments, loops and `with` statements of the region bind."""
        scopes = {id(node): scope for node, scope in self.found}
        for statement in _statements(body):
            for target, source in _bindings(statement):
                scope = scopes.get(id(source))
                if self._is_meant(target) and scope is not None and isinstance(target, ir.Name):
                    value = self._value(statement, source, scope)
                    yield Note(target.start, target.id, value_phrase(self.project, value))

    def _value(self, statement: ir.Stmt, source: ir.Expr, scope: Scope) -> Value:
        inference = self.project.inference
        if isinstance(statement, ir.For):
            return inference.element(inference.value(source, scope))
        if isinstance(statement, ir.With):
            return inference.entered(source, scope)
        promised = inference.annotated(statement.annotation, scope) if isinstance(statement, ir.Assign) else UNKNOWN
        return inference.value(source, scope) if promised == UNKNOWN else promised

    def _parameters(self, body: ir.Stmt, scope: Scope) -> Iterator[Note]:
        for function in _statements(body):
            meant = (
                [one for one in function.parameters if self._is_meant(one)] if isinstance(function, ir.Function) else []
            )
            if meant and isinstance(function, ir.Function):
                inner = Scope(scope.module, scope.offset, scope.owner)
                self.project.inference.parameters(function, inner, scope.owner if function is body else None)
                for one in meant:
                    value = inner.names.get(one.name, UNKNOWN)
                    yield Note(one.start, one.name, value_phrase(self.project, value))


def _order(note: Note) -> tuple[int, int, str]:
    return (note.offset, len(note.text), note.text)


def _statements(node: ir.Stmt) -> Iterator[ir.Stmt]:
    yield node
    for name in ("body", "orelse", "final"):
        for one in getattr(node, name, ()):
            yield from _statements(one)
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        for one in part.body:
            yield from _statements(one)


def _bindings(node: ir.Stmt) -> Iterator[tuple[ir.Expr, ir.Expr]]:
    """Yield targets with the expressions that say what they are."""
    if isinstance(node, ir.Assign) and node.value is not None:
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ir.For):
        yield node.target, node.iterable
    elif isinstance(node, ir.With):
        yield from ((item.target, item.context) for item in node.items if item.target is not None)
