"""Which queries a function sends twice on one path, with nothing in between that could change the answer."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.database import DatabaseCall, database_call
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference.members import implementation
from archlint.project.project import Project, UnitPlace
from archlint.project.straight import between, is_sure, statement_path
from archlint.project.tree import called_name, expressions_in, names_in, nodes_in
from archlint.project.values import External, Instance, Items, Literal, Method, ProjectClass, Query, Stage, Value

_OWN_ANSWER = frozenset({"explain", "get_or_404", "paginate", "partitions", "select_for_update", "with_for_update"})
"""Methods whose answer is wanted anew, or is not a plain query."""
_DESCRIBING = frozenset(
    {
        "Avg",
        "Case",
        "Count",
        "Exists",
        "F",
        "Max",
        "Min",
        "OuterRef",
        "Prefetch",
        "Q",
        "Sum",
        "Value",
        "When",
        "int",
        "str",
    }
)
"""Calls that give the same whenever they are given the same."""
_HARMLESS = (
    "collections.", "copy.", "datetime.", "decimal.", "django.core.exceptions.", "django.db.models.", "django.http.",
    "django.urls.", "django.utils.", "functools.", "itertools.", "json.", "logging.", "math.", "operator.", "os.path.",
    "re.", "rest_framework.exceptions.", "rest_framework.response.", "sqlalchemy.", "typing.", "uuid.",
)  # fmt: skip
"""Libraries whose functions write no rows."""
_BUILT_INS = frozenset(
    {"abs", "all", "any", "bool", "dict", "enumerate", "float", "frozenset", "getattr", "hasattr", "int", "isinstance",
     "len", "list", "max", "min", "print", "range", "round", "set", "sorted", "str", "sum", "super", "tuple", "zip"}
)  # fmt: skip


class Repeat(msgspec.Struct, frozen=True):
    """A call that sends the query of an earlier one again."""

    first: CallSite
    again: CallSite
    call: DatabaseCall


def repeats(project: Project, place: UnitPlace) -> Iterator[Repeat]:
    """Yield the queries of a unit that an earlier call has sent as well, in the order of execution."""
    earlier: dict[object, CallSite] = {}
    found = [(site, call) for site in call_sites(project, place, _reads(project)) if (call := _asked(project, site))]
    if len(found) < 2:  # noqa: PLR2004 - one query repeats none
        return
    known = {(site.call.start, site.call.end): site for site in call_sites(project, place)}
    for site, call in found:
        shape = _shape(site.call)
        first = earlier.get(shape)
        if first is not None and _is_same(project, first, site, known):
            yield Repeat(first, site, call)
        earlier[shape] = site


def _reads(project: Project) -> frozenset[str]:
    return frozenset[str]().union(*[verbs.terminal_reads for verbs in project.knowledge.tables.orms]) - _OWN_ANSWER


def _asked(project: Project, site: CallSite) -> DatabaseCall | None:
    """Return what a call asks that is neither in a loop nor in a nested function, and the same for the same names."""
    query = site.callee.receiver if isinstance(site.callee, Method) else None
    if site.loops or len(site.functions) != 1 or not isinstance(query, Query) or query.stage is Stage.RESULT:
        return None
    if query.orm == "sqlalchemy" and site.method in ("get", "get_one"):
        return None  # the session keeps the rows that it has
    if any(not _is_settled(one, site.call) for one in expressions_in(site.call)):
        return None
    call = database_call(project, site)
    return call if call is not None and not call.writes and call.definition is not None else None


def _is_settled(node: ir.Expr, query: ir.Call) -> bool:
    """Return whether an expression in a query gives the same each time: no call but of methods of the chain."""
    if isinstance(node, ir.Text):
        return node.value != "?"  # a random order
    if isinstance(node, ir.Lambda | ir.Comprehension | ir.Yield | ir.Await):
        return False
    if not isinstance(node, ir.Call) or node is query:
        return True
    name = called_name(node)
    return name in _DESCRIBING or (_is_in_chain(node, query) and name not in _OWN_ANSWER)


def _is_in_chain(node: ir.Expr, query: ir.Expr) -> bool:
    while isinstance(query, ir.Call | ir.Attribute):
        query = query.func if isinstance(query, ir.Call) else query.value
        if query is node:
            return True
    return False


def _shape(value: object) -> object:
    """Return what makes two expressions the same, wherever they stand."""
    if isinstance(value, tuple):
        return tuple([_shape(one) for one in value])
    if not isinstance(value, ir.Node):
        return type(value).__name__, value
    return (type(value).__name__, *[_shape(getattr(value, name)) for name in value.__struct_fields__[2:]])


def _is_same(project: Project, first: CallSite, again: CallSite, known: dict[tuple[int, int], CallSite]) -> bool:
    """Return whether the second call always comes after the first, and nothing in between changes its answer."""
    function = first.functions[0]
    if not isinstance(function, ir.Function) or function is not again.functions[0]:
        return False
    before, after = statement_path(function, first.call), statement_path(function, again.call)
    if before is None or after is None or not is_sure(before, after, first.call, again.call):
        return False
    if not _is_fresh(first.call, again.call, function):
        return False
    used = names_in(first.call)
    for node in between(function, first.call, again.call):
        if isinstance(node, ir.Call):
            if not _is_harmless(project, node, known):
                return False
        elif _rebinds(node, used):
            return False
    return True


def _is_fresh(first: ir.Call, again: ir.Call, function: ir.Function) -> bool:
    """Return whether a query that has a name was not evaluated: else its rows are here, and nobody asks again."""
    root: ir.Expr = first
    while isinstance(root, ir.Call | ir.Attribute):
        root = root.func if isinstance(root, ir.Call) else root.value
    if not isinstance(root, ir.Name):
        return False
    uses = [(one, parent) for one, parent in nodes_in(function) if isinstance(one, ir.Name) and one.id == root.id]
    is_query = isinstance(first.func, ir.Attribute) and first.func.value is root
    apart = [parent for one, parent in uses if one.start < again.start and not isinstance(parent, ir.Attribute)]
    return not is_query or len(apart) <= 1  # the assignment


def _rebinds(node: ir.Node, used: frozenset[str]) -> bool:
    """Return whether a statement gives something that the query reads another value, or hands control away."""
    if isinstance(node, ir.Yield | ir.Delete | ir.With):
        return True
    targets: tuple[ir.Expr, ...] = ()
    if isinstance(node, ir.Assign):
        targets = node.targets
    elif isinstance(node, ir.AugmentedAssign | ir.For):
        targets = (node.target,)
    return any(not names_in(target).isdisjoint(used) for target in targets)


def _is_harmless(project: Project, node: ir.Call, known: dict[tuple[int, int], CallSite]) -> bool:
    """Return whether a call cannot change what the database answers; of what is not known, nobody can say."""
    site = known.get((node.start, node.end))
    if site is None:
        return False
    call = database_call(project, site)
    return _is_inert(project, site.callee) if call is None else not call.writes


def _is_inert(project: Project, callee: Value) -> bool:
    match callee:
        case External(name):
            return name in _BUILT_INS or name.startswith(_HARMLESS) or name.endswith(("Error", "Exception"))
        case ProjectClass(definition):
            return implementation(project.inference, definition, "__init__") is None
        case Method(receiver=Query() as query, name=name):
            return name in project.knowledge.orm(query.orm).lazy
        case Method(receiver=Instance(name=kind), name=name):
            return kind.startswith("logging.") or project.knowledge.log_call(f"{kind}.{name}") is not None
    return isinstance(callee, Method) and isinstance(callee.receiver, Items | Literal)
