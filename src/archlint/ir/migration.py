"""What migrations do, in one vocabulary for all tools: operations, columns, and the scripts of .sql files."""

from __future__ import annotations

import re
from enum import IntEnum

import msgspec

_COLUMNS = re.compile(r"(?i)\b(?:alter|create)\s+(?:foreign\s+)?table\b|\badd\s+column\b")


class OperationKind(IntEnum):
    """What one operation does to the database."""

    UNKNOWN = 0
    """It could not be read, or means nothing to a rule."""
    CREATE_TABLE = 1
    DROP_TABLE = 2
    RENAME_TABLE = 3
    ADD_COLUMN = 4
    DROP_COLUMN = 5
    RENAME_COLUMN = 6
    CHANGE_TYPE = 7
    SET_NOT_NULL = 8
    DROP_NOT_NULL = 9
    SET_DEFAULT = 10
    DROP_DEFAULT = 11
    REDEFINE_COLUMN = 12
    """A column gets a whole new definition; what changes by it is known from the definition before."""
    ADD_INDEX = 13
    DROP_INDEX = 14
    ADD_FOREIGN_KEY = 15
    ADD_CHECK = 16
    ADD_UNIQUE = 17
    ADD_PRIMARY_KEY = 18
    ADD_EXCLUSION = 19
    DROP_CONSTRAINT = 20
    VALIDATE_CONSTRAINT = 21
    SET_LOCK_TIMEOUT = 22
    SET_STATEMENT_TIMEOUT = 23
    BEGIN = 24
    COMMIT = 25
    INSERT_ROWS = 26
    UPDATE_ROWS = 27
    DELETE_ROWS = 28
    RUN_CODE = 29
    """It runs a function, or a block of a procedural language."""
    EMPTY_TABLE = 30
    DROP_OTHER = 31
    """Something that is no table, column, index or constraint is dropped: `what` says what."""
    MAINTAIN = 32
    """The way in which a table is stored changes, and nothing of what it says: `what` is the command."""
    RENAME_INDEX = 33
    RENAME_CONSTRAINT = 34
    CREATE_OTHER = 35
    """A relation is made whose columns a query gives: `what` says what, `VIEW` or another that keeps its rows."""


VIEW = "view"
"""What `CREATE_OTHER` makes that has no rows of its own."""


class Default(IntEnum):
    """Where the value of a new column comes from in rows that do not give one."""

    NONE = 0
    CONSTANT = 1
    """One value for all rows that are there, be it that of a function that is asked once."""
    VOLATILE = 2
    GENERATED = 3
    IDENTITY = 4
    UNKNOWN = 5


class Column(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A column as a migration defines it.

    `type` is in lower case and in the words of PostgreSQL, "" where it is not known; so is `nullable` where it is None.
    `start` and `end` are offsets as those of its operation, 0 where only the operation has a place.
    """

    name: str
    type: str = ""
    nullable: bool | None = None
    default: Default = Default.NONE
    is_primary: bool = False
    is_unique: bool = False
    is_indexed: bool = False
    references: str = ""
    is_checked: bool = False
    """A CHECK is part of its definition."""
    start: int = 0
    end: int = 0


class Operation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One operation. `start` and `end` are offsets in the text that says it.

    `table`, `columns` and `references` are as written, without quotes; "" and nothing where they are not known.
    `name` is that of an index or constraint (of the index, where a constraint uses one), or the new one of what is
    renamed, and that of what `CREATE_OTHER` makes. `before` is the type before a change, or the name of an index or
    constraint before it gets another; one of Django without a name is told by its `columns`. `what` is what is dropped,
    or what is done, where `kind` leaves that open, in lower case. `cascades` says that it removes all that depends on
    it.
    `proves_not_null` says that a CHECK holds for rows in which its column is not null, and says nothing else.
    `is_irreversible` says that the operation itself has no way back.
    `variant` tells an index from a plain one over the same columns: method, condition, expressions, order, operator
    classes; the same text for the same thing. `is_open` says that a table has more than is told: columns of another
    one, or what could not be read.
    """

    kind: OperationKind
    start: int
    end: int
    table: str = ""
    columns: tuple[str, ...] = ()
    name: str = ""
    definitions: tuple[Column, ...] = ()
    before: str = ""
    references: str = ""
    concurrently: bool = False
    not_valid: bool = False
    using_index: bool = False
    is_unique: bool = False
    proves_not_null: bool = False
    is_irreversible: bool = False
    what: str = ""
    cascades: bool = False
    variant: str = ""
    is_open: bool = False


class Section(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A part of a script that runs as a whole; `is_backward` marks the way back.

    `in_transaction` is what the script itself says of the transaction around it, None where it says nothing.
    """

    operations: tuple[Operation, ...]
    is_backward: bool = False
    in_transaction: bool | None = None


Named = tuple[str, str]
"""A column with its table, "" where that is not known."""


class Asking(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a statement asks of tables. `start` and `end` are its offsets, `tables` those that it reads or changes.

    `fixed` are the columns that all rows have a given value in, `sought` all in conditions and joins, `ordered` those
    sorted by. `outside` are the columns that `NOT IN (SELECT …)` looks into, each with the offset where it stands.
    `is_top` says that it gives the first rows of all in an order.
    """

    start: int
    end: int
    tables: tuple[str, ...] = ()
    fixed: tuple[Named, ...] = ()
    sought: tuple[Named, ...] = ()
    ordered: tuple[Named, ...] = ()
    outside: tuple[tuple[str, str, int, int], ...] = ()
    is_top: bool = False


class ScriptFacts(msgspec.Struct, frozen=True, gc=False):
    """What one .sql file does to a schema. `dialect` is "" where neither path nor text tells it.

    `tool` is the one whose marks stand in the text, or "". `askings` are the statements that ask for rows.
    `may_define` says that the text has a word of those that change a schema.
    """

    path: str
    dialect: str
    tool: str
    sections: tuple[Section, ...]
    askings: tuple[Asking, ...] = ()
    may_define: bool = True


def may_define_columns(text: str) -> bool:
    """Return whether a text has words of SQL that give columns to tables."""
    return _COLUMNS.search(text) is not None


def table_key(table: str) -> str:
    """Return what two mentions of one table have in common: its name in lower case, without its schema."""
    return table.rpartition(".")[2].lower()
