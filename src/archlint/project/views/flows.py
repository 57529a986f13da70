"""The chain of a diagnostic: from the route over the loop, call by call, to the effect."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from archlint.diagnostic import Related, Span
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import Effect, Reached, Step, Turns
from archlint.project.effects.places import Running
from archlint.project.extent.running import background
from archlint.project.handlers import Handler, entry_of, handler
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.turns import given_by_callers, shown
from archlint.project.turns.asked import Asked
from archlint.project.values import When
from archlint.project.views.describing import effect_phrase

_MOST = 40
"""Functions that are looked at on the way back from a loop to a route."""


class WithGiven(msgspec.Struct, frozen=True):
    """What a function does with what a call gives it: the chain to its caller, the call, and what comes of it."""

    route: tuple[Related, ...]
    call: Related
    reached: Reached


class Entries:
    """Finds the shortest way from a route to a function."""

    def __init__(self, project: Project, ctx: ProjectContext) -> None:
        self._project = project
        self._ctx = ctx
        self._callers = project.callers
        self._known: dict[tuple[FunctionDefinition, str, When], tuple[Related, ...]] = {}
        self._served: dict[FunctionDefinition, Handler | None] = {}

    def before(self, function: FunctionDefinition, reached: Reached | None = None) -> tuple[Related, ...]:
        """Return the first steps of a chain: the route and the calls from there, none where no route is known.

        Where what a loop over a parameter reaches is what matters, calls that give it a few things do not count, nor
        those with which it is not reached.
        """
        key = function, _over(reached), reached.when if reached is not None else ()
        if key not in self._known:
            self._known[key] = self._found(*key)
        return self._known[key]

    def is_told_by_callers(self, function: FunctionDefinition, reached: Reached) -> bool:
        """Return whether something is not reached as often as there are rows, for all that callers give a function.

        They name the few things that its loop runs over, or what they give never fulfils a condition.
        """
        is_told = self._is_fixed(function, _over(reached)) or self._callers.never_taken(function, reached.when)
        return is_told and self.served(function) is None

    def are_turns_told(self, asked: Asked) -> bool:
        """Return whether all who call a function give the loop around something the few things that it runs over."""
        function = self._project.function_at(asked.place)
        node = self._project.function_node(function) if function is not None else None
        if function is None or node is None:
            return False
        return self._is_fixed(function, given_by_callers(asked.loop, node)) and self.served(function) is None

    def _is_fixed(self, function: FunctionDefinition, over: str) -> bool:
        return bool(over) and self._callers.always_fixed(function, over)

    def before_unit(self, place: UnitPlace) -> tuple[Related, ...]:
        """Return the first steps of a chain that leads to the function that a unit is."""
        function = self._project.function_at(place)
        return self.before(function) if function is not None else ()

    def with_given(self, function: FunctionDefinition) -> Iterator[WithGiven]:
        """Yield what the loops of a function do with what its callers give it: each thing once, by the first caller."""
        if not self._project.effects.has_turning_uses(function):
            return
        seen: set[tuple[Step, Effect]] = set()
        for caller, edge in self._callers.edges_to(function):
            for reached in self._project.effects.given_in_loops(function, edge):
                if (reached.step, reached.effect) not in seen:
                    seen.add((reached.step, reached.effect))
                    call = Related(span_of(self._ctx, edge.step), f"calls `{name_of(function)}`")
                    yield WithGiven(self.before(caller), call, reached)

    def served(self, function: FunctionDefinition) -> Handler | None:
        """Return what a function itself serves, or None."""
        return handler(self._project, function)

    def label(self, function: FunctionDefinition) -> str:
        """Return how a person names the route that `before` found to lead to a function, "" where it found none."""
        served = self._served.get(function) if self.before(function) else None
        return served.label if served is not None else ""

    def lists(self, function: FunctionDefinition) -> bool:
        """Return whether the route that `before` found to lead to a function may be one that reads."""
        served = self._served.get(function)
        return served is not None and served.method in ("", "get")

    def _found(self, function: FunctionDefinition, over: str, when: When) -> tuple[Related, ...]:
        for found, calls in self._callers.ways_to(function, _MOST, over, when):
            served = entry_of(self._project, self._ctx, found)
            if served:
                self._served[function] = handler(self._project, found)
                steps = [Related(span_of(self._ctx, one.step), f"calls `{name_of(one.called)}`") for one in calls]
                return (*served, *steps)
        return ()


def _over(reached: Reached | None) -> str:
    """Return the parameter that the loop around something runs over, "" where it is none."""
    return reached.turns.parameter if reached is not None and reached.turns is not None else ""


def started(
    project: Project, ctx: ProjectContext, entries: Entries, function: FunctionDefinition
) -> tuple[Related, ...]:
    """Return the first steps of a chain: what starts a function outside of requests and the calls from there.

    Where nothing does, the route is given, and none where nothing is known.
    """
    running = background(project, function)
    if running is None:
        return entries.before(function)
    return started_by(ctx, function, running)


def started_by(ctx: ProjectContext, function: FunctionDefinition, running: Running) -> tuple[Related, ...]:
    """Return the first steps of a chain: what starts a function in one of its ways, and the calls from there."""
    steps = [Related(span_of(ctx, step), f"`{name_of(caller)}` calls on") for caller, step in running.steps]
    first = running.steps[0][0] if running.steps else function
    return (_head(ctx, first, running), *steps)


def _head(ctx: ProjectContext, function: FunctionDefinition, running: Running) -> Related:
    label = running.entry.label if running.entry is not None else name_of(function)
    kind = running.entry.kind.value if running.entry is not None else running.place.value
    return Related(ctx.head_of(function), f"the {kind} `{label}` starts here")


def span_of(ctx: ProjectContext, step: Step) -> Span:
    """Return where a step stands."""
    return ctx.source_of(step.module.path).span(step.offset + step.start, step.offset + step.end)


def text_of(ctx: ProjectContext, step: Step) -> str:
    """Return what is written at a step, its white space as one blank each."""
    text = ctx.source_of(step.module.path).text[step.offset + step.start : step.offset + step.end]
    return " ".join(text.split())


def counted(reached: Reached) -> str:
    """Return the model whose rows decide how often something happens: that of the loop, else the one that is asked."""
    return (reached.turns.rows if reached.turns is not None else "") or reached.effect.target


def over(turns: Turns) -> str:
    """Return what a loop runs over, as the end of a sentence; "" where that has no name."""
    return f" over `{turns.over}`" if turns.over else ""


def steps(project: Project, ctx: ProjectContext, function: FunctionDefinition, reached: Reached) -> tuple[Related, ...]:
    """Return the chain to an effect in a loop: the loop, the calls, what each turn does."""
    turns = reached.turns
    found = [Related(span_of(ctx, turns.step), f"the loop runs{over(turns)}")] if turns is not None else []
    end = f"each turn {effect_phrase(_short(reached.effect))}"
    return (*found, *called_steps(project, ctx, function, reached, end))


def called_steps(
    project: Project, ctx: ProjectContext, function: FunctionDefinition, reached: Reached, end: str
) -> tuple[Related, ...]:
    """Return the chain to an effect: the calls, and what becomes of it at its end."""
    hops = project.effects.chain(function, reached)
    calls = [
        Related(span_of(ctx, hop.step), f"calls `{name_of(following.function)}`") for hop, following in pairwise(hops)
    ]
    return (*calls, Related(span_of(ctx, hops[-1].step), end))


def asked_steps(ctx: ProjectContext, asked: Asked) -> tuple[Related, ...]:
    """Return the last steps of the chain to a call that asks the database: the loop, the call."""
    module, offset, loop = asked.place.module, asked.place.unit.start, asked.loop
    around = f"the loop runs over `{shown(loop)}`" if shown(loop) else "the loop"
    return (
        ctx.related(module, offset, loop.iterable or loop.node, around),
        ctx.related(module, offset, asked.node, f"each turn {asked.call.effect}"),
    )


def name_of(function: FunctionDefinition) -> str:
    """Return the name of a function with its class, without the module: the place is beside it."""
    return f"{function.row.owner}.{function.row.name}".lstrip(".")


def head_of(function: FunctionDefinition) -> str:
    """Return how the definition of a function begins: `async def index`."""
    return f"async def {function.row.name}" if function.row.is_async else f"def {function.row.name}"


def _short(effect: Effect) -> Effect:
    model, _, relation = effect.detail.rpartition(".")
    detail = f"{model.rpartition('.')[2]}.{relation}" if model else effect.detail
    return Effect(effect.kind, effect.target.rpartition(".")[2], detail)
