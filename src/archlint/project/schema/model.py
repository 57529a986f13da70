"""The values of the catalogue: models, fields, relations, tables."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import msgspec

from archlint.diagnostic import Span
from archlint.ir import nodes as ir
from archlint.ir.module import Unit
from archlint.project.context import Written
from archlint.project.symbols import ClassDefinition, Module
from archlint.source import SourceFile


class Place(msgspec.Struct, frozen=True):
    """Where something is declared: the offsets of the node are relative to its unit."""

    module: Module
    unit: Unit
    node: ir.Node

    @property
    def start(self) -> int:
        """Return the offset in the file."""
        return self.unit.start + self.node.start

    @property
    def end(self) -> int:
        """Return the offset in the file behind it."""
        return self.unit.start + self.node.end

    @property
    def path(self) -> str:
        """Return the path of the file."""
        return self.module.path

    def span(self, source_of: Callable[[str], SourceFile]) -> Span:
        """Return where it stands, as far as its first line goes."""
        source = source_of(self.path)
        end = source.text.find("\n", self.start, self.end)
        return source.span(self.start, end if end > 0 else self.end)


class RelationKind(str, Enum):
    """How two models belong together, seen from the model that has the attribute."""

    FOREIGN_KEY = "foreign_key"
    ONE_TO_ONE = "one_to_one"
    MANY_TO_MANY = "many_to_many"
    REVERSE_FOREIGN_KEY = "reverse_foreign_key"
    REVERSE_ONE_TO_ONE = "reverse_one_to_one"
    REVERSE_MANY_TO_MANY = "reverse_many_to_many"
    GENERIC_FOREIGN_KEY = "generic_foreign_key"
    GENERIC_RELATION = "generic_relation"
    RELATIONSHIP = "relationship"
    """SQLAlchemy's: its `many` tells which end of the foreign key the model is at."""


class Field(msgspec.Struct, frozen=True):
    """A column as a model declares it. `kind` is the qualified name of the field's class, or of its type.

    `type` is what SQL calls it: `integer` has 32 bits, `bigint` 64, `timestamptz` has a zone, "" is not known.
    `owner` and `place` are None where the ORM adds the field by itself, or a class of a library declares it.
    `table` is the one that holds the column: that of a parent, where a model inherits from another table.
    `references` is the model that a foreign key points at, by qualified name, or `table.column`.
    """

    name: str
    column: str
    kind: str
    table: str = ""
    nullable: bool = False
    unique: bool = False
    indexed: bool = False
    primary_key: bool = False
    has_default: bool = False
    is_deferred: bool = False
    max_length: int | None = None
    references: str = ""
    owner: ClassDefinition | None = None
    place: Written | None = None
    type: str = ""


class Relation(msgspec.Struct, frozen=True):
    """An attribute of a model that leads to another one, or to many of them.

    `target_name` is the qualified name of the target, `target` its class where that is the project's own.
    `source` is the class whose body declares the relation, at `place`: for a reverse relation that of the other end.
    `id_attribute` holds the key of the target (its `target_field`, where that is given) without a query.
    `remote_name` is the attribute at the other end, or "".
    `query_name` is what a condition calls a reverse relation. `through` is the table or model between two ends.
    `loads_with_query` tells that reading it asks the database unless it was loaded before;
    `sets_known_parent` that the objects it gives know the one that they were reached from.
    """

    name: str
    kind: RelationKind
    many: bool
    target: ClassDefinition | None = None
    target_name: str = ""
    source: ClassDefinition | None = None
    place: Place | None = None
    nullable: bool = False
    id_attribute: str = ""
    remote_name: str = ""
    query_name: str = ""
    through: str = ""
    lazy: str = "select"
    loads_with_query: bool = True
    sets_known_parent: bool = False
    target_field: str = ""


class Manager(msgspec.Struct, frozen=True):
    """A manager of a model: its attribute, its class by qualified name, and where that is the project's, its body.

    `queryset` is the project's queryset that it was made from, with `from_queryset` or `as_manager`.
    """

    name: str
    kind: str
    definition: ClassDefinition | None = None
    queryset: ClassDefinition | None = None


class Index(msgspec.Struct, frozen=True):
    """An index over columns, those before its first expression; `name` is "" where the database chooses one.

    `method` is "" for a B-tree. `descending` are the columns that are sorted downwards.
    `variant` stands for all else that tells it from an index over the same columns: condition, expressions,
    operator classes; it is "" where there is nothing of the kind, and the same text for the same thing.
    """

    columns: tuple[str, ...]
    name: str = ""
    unique: bool = False
    is_partial: bool = False
    place: Written | None = None
    method: str = ""
    descending: frozenset[str] = frozenset()
    variant: str = ""


class Constraint(msgspec.Struct, frozen=True):
    """A `unique`, `check`, `foreign_key` or `exclusion` constraint of a table."""

    kind: str
    columns: tuple[str, ...] = ()
    name: str = ""
    references: str = ""
    is_partial: bool = False
    place: Written | None = None
    variant: str = ""
    """As that of an index."""


class Model(msgspec.Struct, frozen=True):
    """A class that an ORM maps. `table` is "" where there is none, or its name is not written in the source.

    `parents` are the models whose tables hold the inherited columns.
    `indexes` and `constraints` are those declared over several columns, not those of single fields.
    `is_whole` tells that nothing of its table was declared in a way that cannot be read.
    """

    definition: ClassDefinition
    orm: str
    table: str
    app_label: str = ""
    is_abstract: bool = False
    is_proxy: bool = False
    is_managed: bool = True
    parents: tuple[ClassDefinition, ...] = ()
    ordering: tuple[str, ...] = ()
    managers: tuple[Manager, ...] = ()
    default_manager: str = ""
    fields: tuple[Field, ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    is_whole: bool = True

    @property
    def name(self) -> str:
        """Return the qualified name of the class."""
        return self.definition.name


class Table(msgspec.Struct, frozen=True):
    """A table, with all indexes and constraints, those of single columns included.

    `orm` is that of its models, or of the object that declares it. `is_whole` is as that of its models.
    """

    name: str
    columns: tuple[Field, ...]
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    models: tuple[ClassDefinition, ...] = ()
    place: Written | None = None
    orm: str = ""
    is_whole: bool = True
    key: tuple[str, ...] = ()
    """The columns of the primary key in its order, where that is known; else that of the columns counts."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Return the columns of the primary key."""
        return self.key or tuple(one.column for one in self.columns if one.primary_key)

    def column(self, name: str) -> Field | None:
        """Return a column by its name."""
        return next((one for one in self.columns if one.column == name), None)
