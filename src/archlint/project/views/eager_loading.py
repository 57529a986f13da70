"""Suggested edits that load a relation together with the rows of a loop, where their query is written in sight."""

from __future__ import annotations

from archlint.diagnostic import Edit, Fix
from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.effect import Reached
from archlint.project.flow import Loop, loops
from archlint.project.project import Project, UnitPlace
from archlint.project.schema.model import RelationKind
from archlint.project.tree import binding, called_name, expressions_in
from archlint.project.values import Items, Query, Stage

_JOINED = frozenset({RelationKind.FOREIGN_KEY, RelationKind.ONE_TO_ONE, RelationKind.REVERSE_ONE_TO_ONE})
_CLOSING = frozenset(
    {"defer", "difference", "intersection", "iterator", "only", "raw", "union", "values", "values_list"}
)  # fmt: skip
"""Methods behind which a queryset cannot be told to load a relation, or not this one."""
_JOIN = "joinedload"


def eager_fix(project: Project, place: UnitPlace, load: Reached, text: str) -> Fix | None:
    """Return the edit of a query that saves a load in a loop of a unit, None where the query is not in sight.

    `text` is what is written at the load: `order.customer`.
    """
    loop = _loop_of(project, place, load)
    query = loop.value if loop is not None else None
    query = query.source if isinstance(query, Items) else query
    path = text.split(".")
    if loop is None or not isinstance(query, Query) or load.via is not None or path[0] not in loop.targets:
        return None
    node = _written(project.body(place.unit), loop)
    if node is None or not all(map(str.isidentifier, path)):
        return None
    if query.orm == "django":
        # What was made into a list already cannot be told to load more.
        found = _django(project, query, node, path[1:]) if query is loop.value else None
    else:
        found = _joined(place, query, node, path[1:])
    if found is None:
        return None
    at, call = found
    start = place.unit.start + at
    return Fix(f"Load `{'.'.join(path[1:])}` with the rows: `{call[1:]}`", (Edit(start, start, call),))


def _loop_of(project: Project, place: UnitPlace, load: Reached) -> Loop | None:
    step = load.turns.step if load.turns is not None else None
    if step is None or step.module is not place.module or step.offset != place.unit.start:
        return None
    found = (one.loop for one in loops(project, place) if one.loop.iterable is not None)
    return next((one for one in found if one.iterable and one.iterable.start == step.start), None)


def _written(body: ir.Stmt, loop: Loop) -> ir.Expr | None:
    """Return the expression that makes the query of a loop: in its head, or where its variable is given its value."""
    node = loop.iterable
    if isinstance(node, ir.Name):
        block = body.body if isinstance(body, ir.Function) else (body,)
        given = [one for statement in block for one in binding(statement, node.id)]
        only = given[0] if len(given) == 1 else None
        is_plain = isinstance(only, ir.Assign) and len(only.targets) == 1 and only.end <= loop.node.start
        node = only.value if isinstance(only, ir.Assign) and is_plain else None
    return node if isinstance(node, ir.Call) else None


def _django(project: Project, query: Query, node: ir.Expr, path: list[str]) -> tuple[int, str] | None:
    definition, verb = query.definition, "select_related"
    for name in path:
        relation = project.schema.relation(definition, name) if definition is not None else None
        if relation is None:
            return None
        verb = verb if relation.kind in _JOINED else "prefetch_related"
        definition = relation.target
    chain = node
    while isinstance(chain, ir.Call | ir.Attribute):
        if isinstance(chain, ir.Attribute) and chain.name in _CLOSING:
            return None
        chain = chain.func if isinstance(chain, ir.Call) else chain.value
    return (node.end, f'.{verb}("{"__".join(path)}")') if query.stage is Stage.LAZY else None


def _joined(place: UnitPlace, query: Query, node: ir.Expr, path: list[str]) -> tuple[int, str] | None:
    is_here = any(row.bound == _JOIN for row in place.module.facts.imports)
    if query.orm != "sqlalchemy" or len(path) != 1 or not is_here:
        return None
    for one in expressions_in(node):
        is_made = isinstance(one, ir.Call) and called_name(one) in ("query", "select") and len(one.args) == 1
        if is_made and isinstance(one, ir.Call):
            model = dotted(one.args[0])
            if model and model.rpartition(".")[2] == query.model.rpartition(".")[2]:
                return one.end, f".options({_JOIN}({model}.{path[0]}))"
    return None
