"""What an expression may evaluate to. Unknown is a first-class answer and silences rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from archlint.ir.nodes import Call
    from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class External:
    """A thing of a library or a built-in, by its qualified name: `requests.get`, `len`."""

    name: str


@dataclass(frozen=True, slots=True)
class ProjectModule:
    """A module of the project."""

    module: Module


@dataclass(frozen=True, slots=True)
class ProjectClass:
    """A class of the project."""

    definition: ClassDefinition


@dataclass(frozen=True, slots=True)
class ProjectFunction:
    """A function of the project."""

    definition: FunctionDefinition


@dataclass(frozen=True, slots=True, eq=False)
class Creation:
    """The call that made an instance, with the module and the offset that its region is relative to."""

    module: Module
    offset: int
    call: Call


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class, by qualified name; `definition` where the class is the project's own."""

    name: str
    definition: ClassDefinition | None = None
    creation: Creation | None = None


class Stage(str, Enum):
    """How far a query is."""

    MANAGER = "manager"
    LAZY = "lazy"
    """A queryset or query: evaluated when it is iterated or asked."""
    STATEMENT = "statement"
    """A `select(...)` that nobody has executed yet."""
    RESULT = "result"
    """Executed: its rows are being fetched."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query under construction or in execution.

    `filtered` and `bounded` tell whether a condition and a limit were seen;
    both are also set where a method of unknown meaning may have added them.
    """

    orm: str
    model: str
    stage: Stage
    definition: ClassDefinition | None = None
    filtered: bool = False
    bounded: bool = False
    related: bool = False
    """The rows of a relation, as they may have been prefetched."""
    writes: bool = False
    """A statement that changes rows."""

    def at(self, stage: Stage) -> Query:
        """Return the query at another stage."""
        return replace(self, stage=stage)

    def joined(self, other: Query) -> Query:
        """Return what holds for either of two queries over one model."""
        return replace(
            self,
            stage=max(self.stage, other.stage, key=list(Stage).index),
            filtered=self.filtered or other.filtered,
            bounded=self.bounded or other.bounded,
            related=self.related and other.related,
        )


@dataclass(frozen=True, slots=True)
class Items:
    """A collection; `is_constant` marks displays and ranges whose size does not depend on data."""

    element: Value
    is_constant: bool = False
    source: Query | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A tuple, part by part."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A method, looked up on a receiver and not called yet."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of the source."""

    value: str | int | float | bool | None


Value: TypeAlias = (
    Unknown
    | External
    | ProjectModule
    | ProjectClass
    | ProjectFunction
    | Instance
    | Query
    | Items
    | Parts
    | Method
    | Literal
)


def join(first: Value, second: Value) -> Value:  # noqa: PLR0911 - one answer a kind of value
    """Return what holds where either value may arrive."""
    if first == second or isinstance(second, Literal):
        return first
    if isinstance(first, Literal):
        return second
    if isinstance(first, Query) and isinstance(second, Query) and first.model == second.model:
        return first.joined(second)
    if isinstance(first, Instance) and isinstance(second, Instance) and first.name == second.name:
        return replace(first, creation=None)
    if isinstance(first, Parts) and isinstance(second, Parts) and len(first.values) == len(second.values):
        return Parts(tuple(join(*pair) for pair in zip(first.values, second.values, strict=True)))
    if isinstance(first, Items) and isinstance(second, Items):
        source = first.source if first.source == second.source else None
        return Items(join(first.element, second.element), first.is_constant and second.is_constant, source)
    return UNKNOWN
