"""Which calls reach the database."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archlint.diagnostic import Confidence
from archlint.knowledge.tables import DatabaseType
from archlint.project.flow import CallSite
from archlint.project.project import Project
from archlint.project.sql import Position, Statement, Verb
from archlint.project.sql.sinks import SENDING, function_of
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import names_in
from archlint.project.values import UNKNOWN, Instance, Method, ProjectClass, Query, Stage, Symbol, Value

_ASKING = frozenset({"CALL", "DESCRIBE", "EXEC", "EXECUTE", "EXPLAIN", "SHOW"})
"""First words of statements that ask the database, though not for the rows of a table."""
_UNITS_OF_WORK = frozenset({"commit", "delete", "flush", "merge_all"})
"""Methods of a session that mark a row, or send what is pending: whether a turn of a loop needs its own is a choice."""

_LINKING = frozenset({"aadd", "aclear", "add", "aremove", "aset", "clear", "remove", "set"})
"""Methods of a related manager that say which rows belong to an object."""


@dataclass(frozen=True, slots=True)
class DatabaseCall:
    """A call that queries or writes; `model` is the short name of the model, in SQL the table, "" if not known."""

    writes: bool
    model: str
    definition: ClassDefinition | None
    confidence: Confidence
    links: bool = False
    """It changes which rows belong together, through a relation to the model."""
    by_text: bool = False
    """Only the text says so: the receiver is a class of the project whose method is not known to send it."""
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
        return f"{'writes' if self.writes else 'queries'} {what}"


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
    if query.related and (name in verbs.using or name == "first"):
        return None  # of a relation that was prefetched these read what is there
    if query.related and query.stage is Stage.MANAGER and name in verbs.related_writes:
        return replace(_call(True, query.model, query.definition), links=name in _LINKING)
    if name in verbs.terminal_reads or name in verbs.terminal_writes:
        return _call(name in verbs.terminal_writes, query.model, query.definition)
    return None


def _class_call(project: Project, definition: ClassDefinition, name: str) -> DatabaseCall | None:
    verbs = project.orm_of(definition)
    if verbs is None or verbs.name in ("django", "sqlalchemy"):
        return None
    if name in verbs.terminal_reads or name in verbs.terminal_writes:
        return _call(name in verbs.terminal_writes, definition.name, definition)
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
    return _call(writes, target.model if target else "", target.definition if target else None)


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


def _call(writes: bool, model: str, definition: ClassDefinition | None) -> DatabaseCall:
    return DatabaseCall(writes, _short(model), definition, Confidence.HIGH)


def _short(model: str) -> str:
    return model.rpartition(".")[2]
