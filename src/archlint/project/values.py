"""What an expression may evaluate to. Unknown is a first-class answer and silences rules."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec.structs import replace

MAX_OPERATIONS = 10
"""Operations on a parameter that are followed over calls."""
MAX_NESTING = 4
"""Collections in collections that are told apart."""
MAYBE = "*"
"""Stands in the paths that are loaded for all that are not named: they may be."""
OPEN = "?"
"""Stands behind a path that is loaded on one of several ways."""

GIVEN, LISTED, FROM, TO, CONSTANT, ABSENT, OPAQUE = "given", "listed", "from", "to", "constant", "absent", "opaque"
"""What a condition compares a column with: a value, a list of them, a lower or an upper end, a constant; an absent one
leaves almost all rows, of an opaque one nothing is known."""
CHOSEN = f"{OPAQUE}:*"
"""The condition of a query that gives columns and no rows: how many, nobody knows."""
UNREAD = ""
"""The join of which nobody knows what it compares."""
_NARROWING = frozenset({".distinct", ".exclude", ".filter", ".order_by"})
"""Methods of queries after which a query is one of the same rows, or of some of them."""

if TYPE_CHECKING:
    from archlint.ir.nodes import Call
    from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module


class Unknown(msgspec.Struct, frozen=True):
    """Nothing is known."""


UNKNOWN = Unknown()


class Nothing(msgspec.Struct, frozen=True):
    """Not known yet: what a recursive function gives while it is being looked at for the first time."""


NOTHING = Nothing()


class Symbol(msgspec.Struct, frozen=True):
    """What came in through a parameter, and what was done with it since.

    `operations` are `.name` (an attribute), `()` (a call), `[]` (an element), `[:]` (a slice), `shipped` (a file),
    `select` and `query` (a statement over it), `executed` (the rows of it).
    """

    owner: FunctionDefinition
    parameter: str
    operations: tuple[str, ...] = ()

    def then(self, operation: str) -> Value:
        """Return what one more operation gives; long chains are not followed."""
        if len(self.operations) >= MAX_OPERATIONS:
            return UNKNOWN
        return replace(self, operations=(*self.operations, operation))


class External(msgspec.Struct, frozen=True):
    """A thing of a library or a built-in, by its qualified name: `requests.get`, `len`."""

    name: str


class ProjectModule(msgspec.Struct, frozen=True):
    """A module of the project."""

    module: Module


class ProjectClass(msgspec.Struct, frozen=True):
    """A class of the project; `arguments` are those that it was subscripted with, by the variable's name."""

    definition: ClassDefinition
    arguments: tuple[tuple[str, Value], ...] = ()


class ProjectFunction(msgspec.Struct, frozen=True):
    """A function of the project."""

    definition: FunctionDefinition


class Creation(msgspec.Struct, frozen=True):
    """The call that made an instance, with the module and the offset that its region is relative to."""

    module: Module
    offset: int
    call: Call


class Instance(msgspec.Struct, frozen=True):
    """An object of a class, by qualified name; `definition` where the class is the project's own.

    Of a row of a database, `loaded` are the paths of relations that came with it, None where nobody knows how it came,
    and `MAYBE` among them where others may have as well; `origin` is the parameter that it was reached from.
    `arguments` are what its class was told by name:
    the parameters of a constructor that it keeps, the variables of a generic class.
    `missing` are the columns that did not come with a row.
    """

    name: str
    definition: ClassDefinition | None = None
    creation: Creation | None = None
    loaded: frozenset[str] | None = None
    origin: Symbol | None = None
    arguments: tuple[tuple[str, Value], ...] = ()
    missing: frozenset[str] = frozenset()

    def has(self, relation: str) -> bool | None:
        """Return whether a relation of a row is loaded, None where nobody knows."""
        if self.loaded is None:
            return None
        if relation in self.loaded:
            return True
        return None if self._is_open(relation) else False

    def _is_open(self, relation: str) -> bool:
        return self.loaded is None or MAYBE in self.loaded or f"{relation}{OPEN}" in self.loaded

    def loaded_through(self, relation: str) -> frozenset[str] | None:
        """Return what is loaded of the row that a relation leads to, None where nobody knows."""
        if self.loaded is None or (relation not in self.loaded and self._is_open(relation)):
            return None
        return frozenset(one[len(relation) + 1 :] for one in self.loaded if one.startswith(f"{relation}."))


class Super(msgspec.Struct, frozen=True):
    """`super()`: the members that a class inherits, on behalf of a receiver of a class at or below it."""

    owner: ClassDefinition
    receiver: Value


class Bound(msgspec.Struct, frozen=True):
    """A function of the project as a method of a receiver, wherever it was found."""

    definition: FunctionDefinition
    receiver: Value


class Stage(str, Enum):
    """How far a query is."""

    MANAGER = "manager"
    LAZY = "lazy"
    """A queryset or query: evaluated when it is iterated or asked."""
    STATEMENT = "statement"
    """A `select(...)` that nobody has executed yet."""
    RESULT = "result"
    """Executed: its rows are being fetched."""


class Query(msgspec.Struct, frozen=True):
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
    eager: frozenset[str] = frozenset()
    """Paths of relations that are loaded with the rows, `customer__country` as `customer.country`, and `MAYBE`."""
    loads_all: bool = False
    """Something of unknown meaning may have added to `eager`."""
    limit: int | None = None
    """The constant that bounds the rows, where it is one."""
    plain: bool = False
    """Rows are dicts, tuples or values, and no instances of the model."""
    origin: Symbol | None = None
    """The parameter that the query was reached from."""
    is_here: bool | None = None
    """Whether the rows of a relation were loaded before; None where nobody knows."""
    is_defeated: bool = False
    """The rows of a relation were loaded before, and are asked for anew."""
    manager: ClassDefinition | None = None
    """The project's class of the manager or queryset, for methods of its own."""
    missing: frozenset[str] = frozenset()
    """Columns that do not come with the rows."""
    relation: str = ""
    """The relation whose rows these are, by the qualified name of the model it is read from: `shop.Order.lines`."""
    conditions: frozenset[str] = frozenset()
    """The conditions that were seen, each as its kind, a colon and the column: `given:owner_id`."""
    joins: frozenset[str] = frozenset()
    """The columns that tables are joined by, with the names of their models, relations too; or `UNREAD`."""
    pinned: frozenset[str] = frozenset()
    """The columns that have one value in all rows, whichever way was taken."""

    def at(self, stage: Stage) -> Query:
        """Return the query at another stage."""
        return replace(self, stage=stage)

    def joined(self, other: Query) -> Query:
        """Return what holds for either of two queries over one model; one without rows says nothing of them."""
        if 0 in (self.limit, other.limit) and self.limit != other.limit:
            return other if self.limit == 0 else self
        return replace(
            self,
            stage=max(self.stage, other.stage, key=list(Stage).index),
            filtered=self.filtered or other.filtered,
            bounded=self.bounded or other.bounded,
            related=self.related and other.related,
            eager=_on_both_ways(self.eager, other.eager),
            loads_all=self.loads_all or other.loads_all,
            limit=self.limit if self.limit == other.limit else None,
            plain=self.plain or other.plain,
            missing=self.missing & other.missing,
            is_defeated=self.is_defeated and other.is_defeated,
            origin=self.origin if self.origin == other.origin else None,
            conditions=self.conditions | other.conditions,
            joins=self.joins | other.joins,
            pinned=self.pinned & other.pinned,
        )

    def row(self) -> Value:
        """Return what one of its rows is."""
        if self.plain:
            return UNKNOWN
        origin = self.origin.then("[]") if self.origin is not None else None
        loaded = self._loaded()
        return Instance(
            self.model,
            self.definition,
            loaded=loaded,
            origin=origin if isinstance(origin, Symbol) else None,
            missing=self.missing,
        )

    def _loaded(self) -> frozenset[str] | None:
        """Return what is loaded of each row: of arguments that nobody can read, all that may be, at any depth."""
        if not self.loads_all:
            return self.eager
        deep = {f"{one}.{MAYBE}" for one in self.eager - {MAYBE}} if MAYBE in self.eager else set()
        return self.eager | deep | {MAYBE} if self.eager else None


class Items(msgspec.Struct, frozen=True):
    """A collection; `is_constant` marks displays and ranges whose size does not depend on data."""

    element: Value
    is_constant: bool = False
    source: Query | None = None
    values: Value = UNKNOWN
    """What the keys of a mapping lead to; `element` is what iterating over it yields, the keys."""
    origin: Symbol | None = None
    """The parameter that it came through."""
    is_empty: bool = False
    """A display without items, to which nothing was added yet."""


class Parts(msgspec.Struct, frozen=True):
    """A tuple, part by part."""

    values: tuple[Value, ...]


class Method(msgspec.Struct, frozen=True):
    """A method, looked up on a receiver and not called yet."""

    receiver: Value
    name: str


class Literal(msgspec.Struct, frozen=True):
    """A constant of the source."""

    value: str | int | float | bool | None


class Choice(msgspec.Struct, frozen=True):
    """One of several callables or objects that are told apart only when the program runs, as in a table of handlers."""

    values: tuple[Value, ...]


class Condition(msgspec.Struct, frozen=True, order=True):
    """That what a function was given for a parameter is true or not, None or not, an object of some classes or not.

    `classes` are the qualified names of these.
    """

    parameter: str
    is_none: bool
    holds: bool
    classes: tuple[str, ...] = ()

    def allows(self, value: object) -> bool:
        """Return whether a constant may fulfil it."""
        if self.classes:
            return value is not None or not self.holds
        return (value is None if self.is_none else bool(value)) is self.holds


When: TypeAlias = tuple[Condition, ...]
"""Conditions that hold together, sorted; none where a place is reached in any case, or nobody knows when."""


Value: TypeAlias = (
    Unknown
    | External
    | ProjectModule
    | ProjectClass
    | ProjectFunction
    | Instance
    | Super
    | Bound
    | Symbol
    | Nothing
    | Query
    | Items
    | Parts
    | Method
    | Literal
    | Choice
)


def join(first: Value, second: Value) -> Value:  # noqa: PLR0911 - one answer a kind of value
    """Return what holds where either value may arrive."""
    if first == second or isinstance(second, Literal | Nothing):
        return second if isinstance(first, Nothing) else first
    if isinstance(first, Literal | Nothing):
        return second
    if isinstance(first, Query) and isinstance(second, Query) and first.model == second.model:
        return first.joined(second)
    if isinstance(first, Instance) and isinstance(second, Instance) and first.name == second.name:
        return _joined_instance(first, second)
    if isinstance(first, Symbol) and isinstance(second, Symbol) and first.parameter == second.parameter:
        return _narrowed(*sorted((first, second), key=lambda one: len(one.operations)))
    if isinstance(first, Parts) and isinstance(second, Parts) and len(first.values) == len(second.values):
        return Parts(tuple(join(*pair) for pair in zip(first.values, second.values, strict=True)))
    if isinstance(first, Items) and isinstance(second, Items):
        return Items(
            join(first.element, second.element),
            all(one.is_constant or one.is_empty for one in (first, second))
            and not (first.is_empty and second.is_empty),
            first.source if first.source == second.source else None,
            join(first.values, second.values),
            first.origin if first.origin == second.origin else None,
        )
    return UNKNOWN


def has_fixed_size(value: Value) -> bool:
    """Return whether a collection has as many elements as the source says, whatever the data."""
    return value.is_constant if isinstance(value, Items) else isinstance(value, Parts)


def collection(
    element: Value,
    is_constant: bool = False,
    source: Query | None = None,
    values: Value = UNKNOWN,
    origin: Symbol | None = None,
) -> Items:
    """Return a collection of elements; what is nested deeper than we tell apart is unknown."""
    deep = nesting(element) >= MAX_NESTING
    far = nesting(values) >= MAX_NESTING
    return Items(UNKNOWN if deep else element, is_constant, source, UNKNOWN if far else values, origin)


def nesting(value: Value) -> int:
    """Return how many collections lie in each other."""
    if isinstance(value, Items):
        return 1 + max(nesting(value.element), nesting(value.values))
    return 1 + max(map(nesting, value.values), default=0) if isinstance(value, Parts) else 0


def _narrowed(shorter: Symbol, longer: Symbol) -> Value:
    """Return the narrower of two queries that a parameter may be: `if sort: queryset = queryset.order_by(sort)`."""
    more = longer.operations[len(shorter.operations) :]
    is_prefix = shorter.owner is longer.owner and longer.operations[: len(shorter.operations)] == shorter.operations
    is_query = more[::2] and all(one in _NARROWING for one in more[::2]) and all(one == "()" for one in more[1::2])
    return longer if is_prefix and is_query and len(more) % 2 == 0 else UNKNOWN


def _joined_instance(first: Instance, second: Instance) -> Instance:
    return replace(
        first,
        creation=first.creation if first.creation == second.creation else None,
        loaded=_in_both(first.loaded, second.loaded),
        origin=first.origin if first.origin == second.origin else None,
        arguments=first.arguments if first.arguments == second.arguments else (),
        missing=first.missing & second.missing,
    )


def _in_both(first: frozenset[str] | None, second: frozenset[str] | None) -> frozenset[str] | None:
    if first is None or second is None:
        return None
    return _on_both_ways(first - {MAYBE}, second - {MAYBE}) | ((first | second) & {MAYBE})


def _on_both_ways(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
    """Return the paths that are loaded whichever way was taken, and as open ones those that only one of them loads."""
    return (first & second) | {f"{one.removesuffix(OPEN)}{OPEN}" for one in first ^ second}
