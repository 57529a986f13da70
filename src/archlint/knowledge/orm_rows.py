"""The rows about object-relational mappers and database interfaces."""

from __future__ import annotations

import msgspec

from archlint.knowledge.rows import Members, Row, Type


class DatabaseType(Type, frozen=True, kw_only=True):
    """An engine, connection, session, cursor or query, and which of its methods reach the database."""

    kind: str
    is_async: bool = False
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    transactions: frozenset[str] = frozenset()
    lazy: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()


class RelationField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A field or construct that relates two models; `many` ones yield a manager or a collection.

    `kind` is `foreign_key`, `one_to_one`, `many_to_many`, `generic_foreign_key`, `generic_relation` or `relationship`.
    `to` is the model that the field leads to where it is not told: with a model between, the target of the latter's
    field `between`. `adds` is a generic relation to that model, which the field adds beside itself.
    """

    name: str
    many: bool
    kind: str
    aliases: tuple[str, ...] = ()
    to: str = ""
    between: str = ""
    adds: str = ""


class FieldClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A class of fields: the type of its column, and what holds of the column where a field says nothing.

    A `virtual` one has no column.
    """

    name: str
    type: str = ""
    aliases: tuple[str, ...] = ()
    max_length: int | None = None
    indexed: bool = False
    nullable: bool = False
    primary_key: bool = False
    virtual: bool = False


class LibraryField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A field that a class of a library declares, with the class of the field and the words it is called with."""

    name: str
    kind: str
    words: dict[str, str | int | bool | None] = {}


class LibraryModel(Row, frozen=True, kw_only=True):
    """A model of a library, or a class that models derive from: `label` is what strings call it, `app.Model`.

    `indexes` are the columns of those over several, as every model that derives from it gets them.
    """

    name: str
    aliases: tuple[str, ...] = ()
    label: str = ""
    table: str = ""
    fields: tuple[LibraryField, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()


class SqlCall(Members, frozen=True, kw_only=True):
    """Callables that are given SQL as text, and which argument that is.

    `dialect` is what the driver speaks, as sqlglot names it ("" where it is chosen elsewhere).
    What `builds` only makes a statement of the text. `orm` names the ORM whose models and queries have the methods.
    """

    position: int = 0
    keyword: str = ""
    dialect: str = ""
    builds: bool = False
    orm: str = ""


class BulkWay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What does for many rows at once what `verbs` do for one, as a person would write it: `way`.

    `of` says what the verbs are called on: a `query`, the manager of a `relation`, a `row` of the database, one that
    is `new`, one of which `any` may hold, or what is given a `statement`: `insert`, `update` or `delete`.
    `skips` is the method of the model that it does not run, `signals` those that it does not send.
    `drivers` are the packages that it belongs to, none where it is there with any.
    """

    of: str
    verbs: frozenset[str]
    way: str
    skips: str = ""
    signals: frozenset[str] = frozenset()
    drivers: frozenset[str] = frozenset()


class OrmVerbs(Row, frozen=True, kw_only=True):
    """The vocabulary of an ORM or of a database interface.

    `terminal_reads` and `terminal_writes` query when called; `lazy` ones only build; `eager` ones load relations.
    `bounding` ones limit how many rows come; `streaming` ones fetch them in portions.
    `defeating` ones ignore what was prefetched, `using` ones read it. `cached` callables query once a process.
    `bulk` says what writes many rows at once.
    `async_verbs` are the terminal names that must be awaited (or iterated with `async for`).
    """

    name: str
    model_bases: frozenset[str] = frozenset()
    manager_names: frozenset[str] = frozenset()
    terminal_reads: frozenset[str] = frozenset()
    terminal_writes: frozenset[str] = frozenset()
    instance_reads: frozenset[str] = frozenset()
    instance_writes: frozenset[str] = frozenset()
    related_writes: frozenset[str] = frozenset()
    async_verbs: frozenset[str] = frozenset()
    lazy: frozenset[str] = frozenset()
    eager: frozenset[str] = frozenset()
    bounding: frozenset[str] = frozenset()
    streaming: frozenset[str] = frozenset()
    evaluating: frozenset[str] = frozenset()
    defeating: frozenset[str] = frozenset()
    using: frozenset[str] = frozenset()
    builders: frozenset[str] = frozenset()
    loaders: frozenset[str] = frozenset()
    cached: frozenset[str] = frozenset()
    bulk: tuple[BulkWay, ...] = ()
    relations: tuple[RelationField, ...] = ()
    fields: tuple[FieldClass, ...] = ()
    models: tuple[LibraryModel, ...] = ()
    types: tuple[DatabaseType, ...] = ()
