"""What the model says where it says something, in six kinds, to be checked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linked_folder import Linked
from score_calls import callees, queried

from archlint.project.effects.chains import Hop
from archlint.project.effects.effect import EffectKind, Reached, Step
from archlint.project.effects.places import Running
from archlint.project.routes.route import Route
from archlint.project.symbols import FunctionDefinition

KINDS = ("callee", "receiver", "external", "handler", "route", "effect")
"""Functions that a call runs; the model that an ORM call asks; calls of services with the state of their deadline;
functions that serve requests, with where they run; routes with their guards; effects with the calls that lead to them.
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file that belongs to an answer: its path, and an offset in it."""

    path: str
    offset: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that the model says, where, and the other places that one must look at to judge it."""

    kind: str
    spot: Spot
    text: str
    shown: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers about production code of one linked folder."""

    code: Linked

    def of(self, kind: str) -> Iterator[Answer]:
        """Yield the answers of a kind."""
        by_kind = {
            "callee": self._callees,
            "receiver": self._receivers,
            "external": self._externals,
            "handler": self._handlers,
            "route": self._routes,
            "effect": self._effects,
        }
        yield from by_kind[kind]()

    def _callees(self) -> Iterator[Answer]:
        for module in self.code.modules.values():
            for site in self.code.sites(module):
                found = sorted(callees(self.code.project, site), key=lambda one: one.name)
                if found:
                    spot = Spot(module.path, site.offset + site.call.start)
                    yield Answer("callee", spot, ", ".join(map(_named, found)), tuple(map(_head, found)))

    def _receivers(self) -> Iterator[Answer]:
        for module in self.code.modules.values():
            for site in self.code.sites(module):
                models = sorted(one for one in queried(self.code.project, site) if one)
                if models:
                    spot = Spot(module.path, site.offset + site.call.start)
                    yield Answer("receiver", spot, f".{site.method}: {', '.join(models)}")

    def _externals(self) -> Iterator[Answer]:
        graph = self.code.project.call_graph
        seen: set[Answer] = set()
        for function in self._functions():
            for reached in self.code.project.effects.body(function).effects:
                if reached.effect.kind is EffectKind.EXTERNAL:
                    step = reached.step
                    found = graph.effects_at(step.module, step.offset + step.start, step.offset + step.end)
                    said = sorted(f"{one.target} [{one.detail}]" for one in found if one.kind is EffectKind.EXTERNAL)
                    seen.add(Answer("external", _at(step), ", ".join(said)))
        yield from seen

    def _handlers(self) -> Iterator[Answer]:
        served = {one.handler.function: None for one in self.code.project.routes.routes}
        for function in served:
            if function is not None and function.module.path in self.code.modules:
                places = self.code.project.places.of(function)
                if places:
                    text = f"{_named(function)} in {', '.join(map(self._running, places))}"
                    yield Answer("handler", _head(function), text)

    def _routes(self) -> Iterator[Answer]:
        for route in self.code.project.routes.routes:
            own = route.mounted[-1]
            if route.is_whole and own.module.path in self.code.modules:
                mentions = [*route.mounted, *[one.mention for one in route.guards if one.mention is not None]]
                shown = [Spot(one.module.path, one.start) for one in mentions]
                function = route.handler.function
                heads = [_head(function)] if function is not None else []
                yield Answer("route", Spot(own.module.path, own.start), _described(route), (*heads, *shown))

    def _effects(self) -> Iterator[Answer]:
        effects = self.code.project.effects
        for function in self._functions():
            for reached in effects.summary(function).effects:
                if reached.distance:
                    chain = effects.chain(function, reached)
                    shown = tuple(_at(hop.step) for hop in chain)
                    yield Answer("effect", _head(function), self._told(function, reached, chain), shown)

    def _told(self, function: FunctionDefinition, reached: Reached, chain: tuple[Hop, ...]) -> str:
        effect = reached.effect
        repeated = " in a loop" if reached.per_iteration else ""
        way = " > ".join(self._place(hop.step) for hop in chain)
        detail = f" [{effect.detail}]" if effect.detail else ""
        return f"{_named(function)}: {effect.kind.value} {effect.target}{detail}{repeated} by {way}"

    def _running(self, running: Running) -> str:
        entry = running.entry
        return f"{running.place.value} ({entry.kind.value} {entry.label})" if entry is not None else running.place.value

    def _place(self, step: Step) -> str:
        return f"{step.module.path}:{self.code.source(step.module.path).line_at(step.offset + step.start)}"

    def _functions(self) -> Iterator[FunctionDefinition]:
        for function in self.code.project.call_graph.functions:
            if function.module.path in self.code.modules:
                yield function


def _described(route: Route) -> str:
    guards = ", ".join(f"{one.kind.value} {one.name} ({one.level.value})" for one in route.guards)
    return f"{route.label} -> {route.handler.name}; guards: {guards or 'none'}"


def _named(function: FunctionDefinition) -> str:
    return f"{function.module.path}:{function.local_name}"


def _head(function: FunctionDefinition) -> Spot:
    return Spot(function.module.path, function.row.start)


def _at(step: Step) -> Spot:
    return Spot(step.module.path, step.offset + step.start)
