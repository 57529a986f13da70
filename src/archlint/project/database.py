"""Which calls reach the database."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.knowledge.tables import DatabaseType
from archlint.project.flow import CallSite
from archlint.project.project import Project
from archlint.project.sql import Position, Statement, Verb
from archlint.project.sql.sinks import SENDING, function_of
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import names_in
from archlint.project.values import (
    UNKNOWN,
    External,
    Instance,
    Items,
    Method,
    ProjectClass,
    Query,
    Stage,
    Symbol,
    Value,
)

_ASKING = frozenset({"CALL", "DESCRIBE", "EXEC", "EXECUTE", "EXPLAIN", "SHOW"})
"""First words of statements that ask the database, though not for the rows of a table."""
_UNITS_OF_WORK = frozenset({"commit", "delete", "flush", "merge_all"})
"""Methods of a session that mark a row, or send what is pending: whether a turn of a loop needs its own is a choice."""

_ASKING_FIRST = frozenset({"aget_or_create", "get_or_create", "merge"})
"""Methods that look for a row, and write only where there is none, or where it differs."""
_LINKING = frozenset({"aadd", "aclear", "add", "aremove", "aset", "clear", "remove", "set"})
"""Methods of a related manager that say which rows belong to an object."""


RUNNING_OVER = frozenset(
    {
        "all", "any", "bool", "dict", "enumerate", "frozenset", "len", "list", "max", "min", "next", "set", "sorted",
        "sum", "tuple", "zip",
    }
)  # fmt: skip
"""Built-ins that run over what they are given, or ask how much it is."""
TAKING_IN = frozenset({"extend", "extendleft", "update"})
"""Methods of collections that run over what they are given."""


def runs_over(callee: Value) -> bool:
    """Return whether to call something runs over its arguments."""
    if isinstance(callee, External):
        return callee.name in RUNNING_OVER
    return isinstance(callee, Method) and callee.name in TAKING_IN and isinstance(callee.receiver, Items)


class DatabaseCall(msgspec.Struct, frozen=True):
    """A call that queries or writes; `model` is the short name of the model, in SQL the table, "" if not known."""

    writes: bool
    model: str
    definition: ClassDefinition | None
    confidence: Confidence
    asks_first: bool = False
    """It looks for a row before it writes, if it does: what each turn is sure to do is to query."""
    links: bool = False
    """It changes which rows belong together, through a relation to the model."""
    by_text: bool = False
    """Only the text says so: the receiver is a class of the project whose method is not known to send it."""
    defeats: bool = False
    """The rows that it asks for were loaded before, through a prefetch that it leaves aside."""
    naming: frozenset[str] = frozenset()
    """Names that are put in place of identifiers of the SQL: each value may be another table."""

    @property
    def table(self) -> str:
        """Return the qualified model, else the table, "" where neither is known."""
        return self.definition.name if self.definition is not None else self.model

    @property
    def effect(self) -> str:
        """Return what the call does, as a predicate: "queries `Order`", "writes the database"."""
        what = f"`{self.model}`" if self.model else "the database"
        if self.links:
            return f"changes the links to {what}"
        return f"{'writes' if self.writes and not self.asks_first else 'queries'} {what}"


def database_call(project: Project, site: CallSite) -> DatabaseCall | None:
    """Return what a call does to the database, or None where it does nothing or nothing is known."""
    if isinstance(site.callee, Symbol):  # a method of a parameter
        return _shaped_like_one(project, site, site.method)
    if not isinstance(site.callee, Method):
        return None
    receiver, name = site.callee.receiver, site.callee.name
    if isinstance(receiver, Query):
        return _query_call(project, receiver, name)
    if isinstance(receiver, ProjectClass):
        return _class_call(project, receiver.definition, name)
    if isinstance(receiver, Instance):
        return _instance_call(project, receiver, name, site)
    return _shaped_like_one(project, site, name) if receiver == UNKNOWN or isinstance(receiver, Method) else None


def called_database(project: Project, callee: Value) -> DatabaseCall | None:
    """Return what calling a method of a query, of a model or of a row does, as far as the callee alone tells."""
    if not isinstance(callee, Method):
        return None
    receiver, name = callee.receiver, callee.name
    if isinstance(receiver, Query):
        return _query_call(project, receiver, name)
    if isinstance(receiver, ProjectClass):
        return _class_call(project, receiver.definition, name)
    return _row_call(project, receiver, name) if isinstance(receiver, Instance) else None


def commits(project: Project, site: CallSite) -> str:
    """Return the kind of what a call commits: a `session`, a `connection`, "" where it commits nothing."""
    if site.method != "commit":
        return ""
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    if isinstance(site.callee, External):
        return "connection" if site.callee.name.startswith("django.db.") else ""
    row = project.database_type(receiver) if isinstance(receiver, Instance) else None
    return row.kind if row is not None and row.kind in ("connection", "cursor", "session") else ""


def wanted_names(project: Project) -> frozenset[str]:
    """Return the names of all methods that may reach a database."""
    names: set[str] = set()
    for verbs in project.knowledge.tables.orms:
        names |= verbs.terminal_reads | verbs.terminal_writes | verbs.instance_reads | verbs.instance_writes
        names |= verbs.related_writes
        for row in verbs.types:
            names |= row.reads | row.writes
    return frozenset(names)


def _query_call(project: Project, query: Query, name: str) -> DatabaseCall | None:
    if query.stage in (Stage.STATEMENT, Stage.RESULT):
        return None
    verbs = project.knowledge.orm(query.orm)
    if query.related and query.is_here is not False and (name in verbs.using or name == "first"):
        return None  # of a relation that was prefetched these read what is there
    if query.related and query.stage is Stage.MANAGER and name in verbs.related_writes:
        return replace(_call(True, query.model, query.definition), links=name in _LINKING)
    if name in verbs.terminal_reads or name in verbs.terminal_writes:
        found = _call(name in verbs.terminal_writes, query.model, query.definition, name)
        defeats = query.is_defeated or (bool(query.is_here) and name in verbs.defeating)
        return replace(found, defeats=defeats and not found.writes)
    return None


def evaluated(query: Query) -> DatabaseCall | None:
    """Return what it does to run over a query, None where its rows may be here already."""
    if query.related and query.relation:
        return None  # to run over the rows of a relation loads that
    is_here = query.is_here is not False if query.related else bool(query.is_here)
    if is_here or query.stage not in (Stage.LAZY, Stage.MANAGER) or query.definition is None:
        return None
    return replace(_call(False, query.model, query.definition), defeats=query.is_defeated)


def _class_call(project: Project, definition: ClassDefinition, name: str) -> DatabaseCall | None:
    verbs = project.orm_of(definition)
    if verbs is None or verbs.name in ("django", "sqlalchemy"):
        return None
    if name in verbs.terminal_reads or name in verbs.terminal_writes:
        return _call(name in verbs.terminal_writes, definition.name, definition, name)
    return None


def _instance_call(project: Project, receiver: Instance, name: str, site: CallSite) -> DatabaseCall | None:
    if receiver.definition is not None and project.orm_of(receiver.definition) is not None:
        return _row_call(project, receiver, name)
    row = project.database_type(receiver)
    if row is None:
        found = _shaped_like_one(project, site, name) if not _is_followed(project, site) else None
        return replace(found, by_text=True) if found is not None else None
    return _typed_call(project, row, name, site)


def _typed_call(project: Project, row: DatabaseType, name: str, site: CallSite) -> DatabaseCall | None:
    """Return what a method of an engine, session, connection or cursor does."""
    if name in row.transactions or not (name in row.reads or name in row.writes) or _changes_schema(site):
        return None
    if (row.kind == "session" and name in _UNITS_OF_WORK) or (row.kind == "cursor" and name.startswith("fetch")):
        return None  # to fetch is a part of what `execute` began
    statements = project.sql.statements(site)
    if statements:
        return _raw_call(statements)
    target = _model_of(site.arguments[0]) if site.arguments else None
    writes = name in row.writes if name not in row.reads else _is_write(site)
    return _call(writes, target.model if target else "", target.definition if target else None, name)


def _row_call(project: Project, receiver: Instance, name: str) -> DatabaseCall | None:
    verbs = project.orm_of(receiver.definition) if receiver.definition is not None else None
    if verbs is None or not (name in verbs.instance_reads or name in verbs.instance_writes):
        return None
    return _call(name in verbs.instance_writes, receiver.name, receiver.definition)


def _shaped_like_one(project: Project, site: CallSite, name: str) -> DatabaseCall | None:
    """Judge `cursor.execute("SELECT …")` of an unknown receiver by what it is given."""
    if name not in SENDING | {"exec", "scalar", "scalars"} or not site.call.args:
        return None
    first = site.arguments[0]
    if isinstance(first, Query) and first.stage is Stage.STATEMENT:
        return DatabaseCall(first.writes, _short(first.model), first.definition, Confidence.HIGH)
    statements = project.sql.statements(site)
    return _raw_call(statements) if statements else None


def _is_followed(project: Project, site: CallSite) -> bool:
    """Return whether the callee is a function of the project that is known to send what it is given: it is the call."""
    callee = function_of(project, site.callee)
    return callee is not None and bool(project.sql.sink_parameters(callee.definition))


def _raw_call(statements: tuple[Statement, ...]) -> DatabaseCall | None:
    """Return what sending some statements does; statements about tables, settings and transactions are left out."""
    rows = [one for one in statements if one.is_write or one.verb is Verb.SELECT or _asks(one)]
    if not rows:
        return None
    tables = {one.table for one in rows}
    table = tables.pop() if len(tables) == 1 else ""
    holes = [hole for one in rows for hole in one.holes if hole.position is Position.IDENTIFIER]
    naming = frozenset[str]().union(*[names_in(hole.origin.node) for hole in holes if hole.origin is not None])
    return DatabaseCall(any(one.is_write for one in rows), table, None, Confidence.HIGH, naming=naming)


def _asks(statement: Statement) -> bool:
    return statement.verb is Verb.OTHER and statement.text.split(maxsplit=1)[0].upper() in _ASKING


def _changes_schema(site: CallSite) -> bool:
    """Return whether a call is given `CreateTable(…)` or the like: tables do not grow in number with the data."""
    first = site.arguments[0] if site.arguments else UNKNOWN
    return isinstance(first, Instance) and first.name.rpartition(".")[2].startswith(("Create", "Drop", "Alter"))


def _is_write(site: CallSite) -> bool:
    first = site.arguments[0] if site.arguments else UNKNOWN
    return isinstance(first, Query) and first.writes


def _model_of(value: Value) -> Query | None:
    if isinstance(value, Query):
        return value
    if isinstance(value, ProjectClass):
        return Query("", value.definition.name, Stage.STATEMENT, value.definition)
    return None


def _call(writes: bool, model: str, definition: ClassDefinition | None, name: str = "") -> DatabaseCall:
    return DatabaseCall(writes, _short(model), definition, Confidence.HIGH, writes and name in _ASKING_FIRST)


def _short(model: str) -> str:
    return model.rpartition(".")[2]
