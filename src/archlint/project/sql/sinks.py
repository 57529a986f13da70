"""Which calls are given SQL, and which of their arguments it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.members import member
from archlint.project.values import Bound, External, Instance, Method, ProjectClass, ProjectFunction, Query, Value
from archlint.syntax.sql_recognition import SINKS, sql_arguments
from archlint.syntax.string_values import SAME_TEXT, WRAPPERS, last_name

if TYPE_CHECKING:
    from archlint.knowledge.orm_rows import SqlCall
    from archlint.project.project import Project
    from archlint.project.symbols import FunctionDefinition

SENDING = frozenset(
    {
        "exec_driver_sql", "execute", "execute_batch", "execute_many", "execute_query", "execute_sql", "execute_values",
        "executemany", "executescript", "fetch_all", "fetch_one", "fetch_val", "fetchrow", "fetchval", "mogrify",
    }
)  # fmt: skip
"""Names that say enough of a call of which nothing else is known to take its first argument for what it sends."""


class Sink(msgspec.Struct, frozen=True):
    """An argument that is SQL.

    `is_certain` says that the callable takes nothing else; what only `builds` a statement does not send it.
    """

    argument: ir.Expr
    dialect: str = ""
    is_certain: bool = False
    builds: bool = False


class Callee(msgspec.Struct, frozen=True):
    """A function of the project as a call means it; `is_bound` says that its first parameter is already given."""

    definition: FunctionDefinition
    is_bound: bool


def sql_call(project: Project, callee: Value) -> SqlCall | None:
    """Return what is known of a library's callable that is given SQL."""
    if isinstance(callee, External):
        return project.knowledge.sql_call(callee.name)
    if not isinstance(callee, Method):
        return None
    receiver = callee.receiver
    if isinstance(receiver, Query):
        return project.knowledge.sql_method(receiver.orm, callee.name)
    if isinstance(receiver, ProjectClass):
        verbs = project.orm_of(receiver.definition)
        return project.knowledge.sql_method(verbs.name, callee.name) if verbs is not None else None
    if isinstance(receiver, Instance) and function_of(project, callee) is None:
        row = project.database_type(receiver)
        return project.knowledge.sql_call(f"{row.name if row is not None else receiver.name}.{callee.name}")
    return None


def function_of(project: Project, callee: Value) -> Callee | None:
    """Return the function of the project that a callee is."""
    is_bound = isinstance(callee, Method)
    if isinstance(callee, Method):
        receiver = callee.receiver
        if not isinstance(receiver, Instance) or receiver.definition is None:
            return None
        found = member(project.inference, receiver.definition, callee.name)
        if found is None:
            return None
        callee = found
    if not isinstance(callee, ProjectFunction | Bound):
        return None
    decorators = {dotted(one) for one in callee.definition.row.decorators}
    is_method = bool(callee.definition.row.owner) and callee.definition.outer is None
    is_bound = is_method and "staticmethod" not in decorators and (is_bound or "classmethod" in decorators)
    return Callee(callee.definition, is_bound)


def arguments(callee: Callee, call: ir.Call) -> Mapping[str, ir.Expr]:
    """Return what a call gives to the parameters of a function, as far as no `*` hides it."""
    parameters = callee.definition.row.parameters[callee.is_bound :]
    positional = [one.name for one in parameters if one.kind in ("positional", "normal")]
    given: dict[str, ir.Expr] = {}
    for name, node in zip(positional, call.args, strict=False):
        if isinstance(node, ir.Starred):
            break
        given[name] = node
    names = {one.name for one in parameters}
    return given | {word.name: word.value for word in call.keywords if word.name in names and word.name}


def known_sinks(row: SqlCall, call: ir.Call) -> Iterator[Sink]:
    """Yield the arguments of a library's callable that are SQL; a list holds one statement after the other."""
    node = next((word.value for word in call.keywords if word.name and word.name == row.keyword), None)
    if node is None:
        before = call.args[: row.position + 1]
        if len(before) <= row.position or any(isinstance(one, ir.Starred) for one in before):
            return
        node = before[row.position]
    items = node.items if isinstance(node, ir.Collection) and node.kind == "list" else (node,)
    for item in items:
        first = item.items[0] if isinstance(item, ir.Collection) and item.items else item
        yield Sink(first, row.dialect, is_certain=not row.builds, builds=row.builds)


def likely_sinks(call: ir.Call) -> Iterator[Sink]:
    """Yield the arguments of a call of unknown meaning that may be SQL, going by its name."""
    if last_name(call.func) in SINKS:
        yield from (Sink(node) for node in sql_arguments(call))


def passed_name(node: ir.Expr) -> str:
    """Return the name whose text an expression is, unchanged but for white space and the form of a statement; or ""."""
    while isinstance(node, ir.Call):
        name = last_name(node.func)
        if name in WRAPPERS and node.args:
            node = node.args[0]
        elif name in SAME_TEXT - {"format"} and isinstance(node.func, ir.Attribute):
            node = node.func.value
        else:
            return ""
    return node.id if isinstance(node, ir.Name) else ""
