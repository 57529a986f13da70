"""What an effect is, and what is known of all effects of one function."""

from __future__ import annotations

from enum import Enum

import msgspec

from archlint.diagnostic import Confidence
from archlint.knowledge.tables import Place
from archlint.project.symbols import FunctionDefinition, Module
from archlint.project.values import Literal, Symbol, Value, When


class EffectKind(str, Enum):
    """What is done."""

    QUERY = "query"
    WRITE = "write"
    LAZY_LOAD = "lazy load"
    EXTERNAL = "external call"
    BLOCK = "blocking call"
    TRANSACTION = "transaction"
    ENQUEUE = "enqueue"
    LOG = "log"
    RAISE = "raise"


LOCAL = frozenset({EffectKind.LOG})
"""Kinds that matter only where they stand: they are not told to those who call."""
ENDING = frozenset({EffectKind.RAISE})
"""Kinds that end every loop around them, so that none repeats them."""


class Effect(msgspec.Struct, frozen=True, order=True):
    """One thing that is done.

    `target` is the qualified model or, in SQL, the table ("" where it is not known); the library's callable
    (`requests.get`) of an external or blocking call; the qualified name of a task or of an exception; a logged name.
    `detail` refines it: the relation of a lazy load, the kind of waiting of a blocking call,
    the state of the deadline of an external call.
    """

    kind: EffectKind
    target: str
    detail: str = ""


class Step(msgspec.Struct, frozen=True):
    """One call (or the effect itself) on the way: a region relative to the start of a unit in a module."""

    module: Module
    offset: int
    start: int
    end: int

    @property
    def order(self) -> tuple[str, int]:
        """Return what decides between ways of equal length."""
        return self.module.path, self.offset + self.start


class Turns(msgspec.Struct, frozen=True):
    """The loop that makes something happen as often as its data has rows: where it stands, what it runs over.

    `over` is that as it is written, "" where it has no name. `is_alike` says that nothing in it depends on the turn.
    """

    step: Step
    over: str = ""
    is_alike: bool = False
    names: tuple[str, ...] = ()
    """What is read there and changes with the turn."""
    rows: str = ""
    """The qualified model whose rows it runs over, "" where nobody knows."""
    pinned: tuple[str, ...] = ()
    """The columns that have one value in all of these rows."""
    parameter: str = ""
    """The parameter of the function that it runs over, "" where that is something else."""


class Target(msgspec.Struct, frozen=True):
    """A function that a call may lead to, and what it is called on where that says more than its class."""

    function: FunctionDefinition
    receiver: Value | None = None
    confidence: Confidence = Confidence.HIGH


class Reached(msgspec.Struct, frozen=True):
    """An effect as a function has it: `via` is what its call at `step` leads to, None where the effect is direct.

    `distance` counts the calls in between. `per_iteration` says that a loop on the way repeats it,
    `is_cached` that a cache on the way may save it.
    """

    effect: Effect
    step: Step
    via: Target | None = None
    distance: int = 0
    per_iteration: bool = False
    is_cached: bool = False
    confidence: Confidence = Confidence.HIGH
    used: Used | None = None
    """What a callee does with its parameter, where that is what has the effect, or runs what has it."""
    loops_here: bool = False
    """The call at `step` stands in the loop."""
    when: When = ()
    """What must hold of the function's parameters."""
    inner: When = ()
    """What must hold of those of `via`."""
    is_once: bool = False
    """A cache on the way lets it happen once, however often a loop asks for it."""
    turns: Turns | None = None
    """The loop around `step` that multiplies it."""

    @property
    def rank(self) -> tuple[int, int, str, int]:
        """Return what decides which way to an effect is told: the surest, then the shortest, then the first."""
        return (_SURENESS[self.confidence], self.distance, *self.step.order)


_SURENESS = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}


class Action(str, Enum):
    """What is done with a parameter."""

    CALL = "call"
    ITERATE = "iterate"
    LOAD = "load"
    """An attribute of it is read, which may be a relation."""
    OFFLOAD = "offload"
    """It is run in a thread, and waited for."""
    HAND_OVER = "hand over"
    """It is run later, and nobody waits."""


class Used(msgspec.Struct, frozen=True):
    """What a function does with one of its parameters, as a part of the way to an effect."""

    target: Target
    symbol: Symbol
    action: Action
    when: When = ()


class Use(msgspec.Struct, frozen=True):
    """What a function does with one of its parameters; what comes of it depends on the argument.

    Where it only passes the parameter on, `inner` is what the function does that its call at `step` leads to.
    """

    symbol: Symbol
    action: Action
    step: Step
    per_iteration: bool = False
    inner: Used | None = None
    loops_here: bool = False
    when: When = ()
    turns: Turns | None = None
    """The loop around `step` that multiplies it."""


_LEFT_OUT = Literal(None)
"""What stands for an argument that is not written: its default is known."""


class Edge(msgspec.Struct, frozen=True):
    """A call of functions of the project, with what it gives to their parameters, by name.

    `catches` are the qualified exceptions that the surrounding `try` handles; an `OFFLOAD` runs in a thread.
    `told` are parameters that are given a constant, by its truth or None, or a parameter of the caller as it came;
    `takes_defaults` says that those that are not in it have their defaults.
    `is_fixed` says that all arguments are written as constants, of a function that a decorator may remember.
    `turns` is the loop around the call that multiplies it, `turning` are the parameters of the first target that are
    given something else in each turn. `is_kept` says that what comes of it is kept by hand, and asked for once.
    """

    targets: tuple[Target, ...]
    step: Step
    given: tuple[tuple[str, Value], ...] = ()
    per_iteration: bool = False
    catches: tuple[str, ...] = ()
    action: Action = Action.CALL
    when: When = ()
    told: tuple[tuple[str, Value], ...] = ()
    takes_defaults: bool = False
    is_fixed: bool = False
    turns: Turns | None = None
    turning: tuple[str, ...] = ()
    is_kept: bool = False

    def sureness_of(self, reached: Reached) -> Confidence:
        """Return how sure it is that the call does what it leads to: medium at most.

        It is low where a cache may answer, where another method may be called, or where an argument decides.
        """
        if reached.is_cached or reached.is_once or not self.settles(reached.inner) or len(self.targets) > 1:
            return Confidence.LOW
        return min(reached.confidence, Confidence.MEDIUM, key=lambda one: one.rank)

    def settles(self, conditions: When) -> bool:
        """Return whether the call decides some conditions of its first target: none rests on an argument not known."""
        told = dict(self.told)
        return all(one.classes or isinstance(told.get(one.parameter, _LEFT_OUT), Literal) for one in conditions)


class Handed(msgspec.Struct, frozen=True):
    """A function that is handed over, to run elsewhere and later.

    `turns` is the loop that does so once for each of its rows, where each gets a thread or a process of its own.
    """

    function: FunctionDefinition
    runs: Place
    step: Step
    turns: Turns | None = None


class Body(msgspec.Struct, frozen=True):
    """What the body of a function does by itself: its direct effects, its calls, what it does with its parameters."""

    effects: tuple[Reached, ...] = ()
    edges: tuple[Edge, ...] = ()
    uses: tuple[Use, ...] = ()
    handed: tuple[Handed, ...] = ()
    is_cached: bool = False


class Summary(msgspec.Struct, frozen=True):
    """What calling a function does, sorted by effect: the ways to each effect, as far as conditions tell them apart."""

    ways: tuple[Reached, ...] = ()
    uses: tuple[Use, ...] = ()

    @property
    def effects(self) -> tuple[Reached, ...]:
        """Return each effect once, in loops and outside of them: by the way with the fewest conditions."""
        found: dict[tuple[Effect, bool], Reached] = {}
        for one in sorted(self.ways, key=lambda way: (way.effect, way.per_iteration, len(way.when), way.rank)):
            found.setdefault((one.effect, one.per_iteration), one)
        return tuple(found.values())
