"""Which calls reach the database."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.project.flow import CallSite
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition
from archlint.project.values import UNKNOWN, Instance, Literal, Method, ProjectClass, Query, Stage, Value

_SQL_READ = re.compile(r"\s*(?:SELECT|WITH|SHOW|EXPLAIN)\b", re.IGNORECASE)
_SQL_WRITE = re.compile(
    r"\s*(?:INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|REPLACE\s+INTO|MERGE\s+INTO)\b", re.IGNORECASE
)
_SCHEMA = re.compile(
    r"\s*(?:ALTER|ANALYZE|CREATE|COMMENT|DROP|GRANT|LOCK|PRAGMA|REINDEX|REVOKE|SET|TRUNCATE|VACUUM)\b", re.IGNORECASE
)
_UNITS_OF_WORK = frozenset({"commit", "delete", "flush", "merge_all"})
"""Methods of a session that mark a row, or send what is pending: whether a turn of a loop needs its own is a choice."""

_LINKING = frozenset({"aadd", "aclear", "add", "aremove", "aset", "clear", "remove", "set"})
"""Methods of a related manager that say which rows belong to an object."""


@dataclass(frozen=True, slots=True)
class DatabaseCall:
    """A call that queries or writes; `model` is its short name, or "" where it is not known."""

    writes: bool
    model: str
    definition: ClassDefinition | None
    confidence: Confidence
    links: bool = False
    """It changes which rows belong together, through a relation to the model."""

    @property
    def effect(self) -> str:
        """Return what the call does, as a predicate: "queries `Order`", "writes the database"."""
        what = f"`{self.model}`" if self.model else "the database"
        if self.links:
            return f"changes the links to {what}"
        return f"{'writes' if self.writes else 'queries'} {what}"


def database_call(project: Project, site: CallSite) -> DatabaseCall | None:
    """Return what a call does to the database, or None where it does nothing or nothing is known."""
    if not isinstance(site.callee, Method):
        return None
    receiver, name = site.callee.receiver, site.callee.name
    if isinstance(receiver, Query):
        return _query_call(project, receiver, name)
    if isinstance(receiver, ProjectClass):
        return _class_call(project, receiver.definition, name)
    if isinstance(receiver, Instance):
        return _instance_call(project, receiver, name, site)
    return _shaped_like_one(site, name) if receiver == UNKNOWN or isinstance(receiver, Method) else None


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
    if row is None or name in row.transactions or not (name in row.reads or name in row.writes):
        return None
    if (row.kind == "session" and name in _UNITS_OF_WORK) or (row.kind == "cursor" and name.startswith("fetch")):
        return None  # to fetch is a part of what `execute` began
    if _changes_schema(project, site):
        return None
    target = _model_of(site.arguments[0]) if site.arguments else None
    writes = name in row.writes if name not in row.reads else _is_write(site)
    return _call(writes, target.model if target else "", target.definition if target else None)


def _row_call(project: Project, receiver: Instance, name: str) -> DatabaseCall | None:
    verbs = project.orm_of(receiver.definition) if receiver.definition is not None else None
    if verbs is None or not (name in verbs.instance_reads or name in verbs.instance_writes):
        return None
    return _call(name in verbs.instance_writes, receiver.name, receiver.definition)


def _shaped_like_one(site: CallSite, name: str) -> DatabaseCall | None:
    """Judge `cursor.execute("SELECT …")` of an unknown receiver by what it is given."""
    if name not in ("execute", "executemany", "exec", "scalars", "scalar") or not site.arguments:
        return None
    first = site.arguments[0]
    if isinstance(first, Query) and first.stage is Stage.STATEMENT:
        return DatabaseCall(first.writes, _short(first.model), first.definition, Confidence.HIGH)
    text = first.value if isinstance(first, Literal) and name == "execute" else None
    if isinstance(text, str) and (_SQL_READ.match(text) or _SQL_WRITE.match(text)):
        return DatabaseCall(_is_write(site), "", None, Confidence.HIGH)
    return None


def _changes_schema(project: Project, site: CallSite) -> bool:
    """Return whether a call is given a statement about tables: their number does not grow with the data."""
    first = site.arguments[0] if site.arguments else UNKNOWN
    if isinstance(first, Instance):
        return first.name.rpartition(".")[2].startswith(("Create", "Drop", "Alter"))
    node = _template(site.call.args[0]) if site.call.args else None
    value = project.inference.value(node, site.scope) if node is not None else UNKNOWN
    return isinstance(value, Literal) and isinstance(value.value, str) and bool(_SCHEMA.match(value.value))


def _template(node: ir.Expr) -> ir.Expr:
    """Return the text that a statement is made of: in `text(…)`, before `.format(…)` or `%`, first in an f-string."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.name == "format":
        return node.func.value
    if isinstance(node, ir.Call) and node.args:
        return _template(node.args[0])
    if isinstance(node, ir.Format) and node.parts:
        return node.parts[0]
    return node.left if isinstance(node, ir.Binary) else node


def _is_write(site: CallSite) -> bool:
    first = site.arguments[0] if site.arguments else UNKNOWN
    if isinstance(first, Query):
        return first.writes
    return isinstance(first, Literal) and isinstance(first.value, str) and bool(_SQL_WRITE.match(first.value))


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
