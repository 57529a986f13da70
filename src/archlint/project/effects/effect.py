"""What an effect is, and what is known of all effects of one function."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from archlint.diagnostic import Confidence
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module


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


@dataclass(frozen=True, slots=True, order=True)
class Effect:
    """One thing that is done.

    `target` is the qualified model or, in SQL, the table (""  where it is not known); the library's callable
    (`requests.get`) of an external or blocking call; the qualified name of a task, an exception or a logged value.
    `detail` refines it: the relation of a lazy load, the kind of waiting of a blocking call,
    the state of the deadline of an external call.
    """

    kind: EffectKind
    target: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One call (or the effect itself) on the way: a region relative to the start of a unit in a module."""

    module: Module
    offset: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reached:
    """An effect as a function has it: `via` is the function that its call at `step` leads to, None where it is direct.

    `distance` counts the calls in between. `per_iteration` says that a loop on the way repeats it.
    """

    effect: Effect
    step: Step
    via: FunctionDefinition | None = None
    distance: int = 0
    per_iteration: bool = False
    confidence: Confidence = Confidence.HIGH


@dataclass(frozen=True, slots=True)
class Summary:
    """What calling a function does, sorted by effect; `receiver` is the class of `self` where that is a subclass."""

    function: FunctionDefinition
    receiver: ClassDefinition | None
    effects: tuple[Reached, ...]
