"""What is known to be loaded of rows that a function makes, sets a relation of, or loads relations into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference import eager
from archlint.project.inference.arguments import Arguments
from archlint.project.schema.model import RelationKind
from archlint.project.values import MAYBE, UNKNOWN, Instance, Items, Literal, Query, Symbol, Value

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference
    from archlint.project.inference.scopes import Scope

_POINTING = frozenset({RelationKind.FOREIGN_KEY, RelationKind.ONE_TO_ONE, RelationKind.GENERIC_FOREIGN_KEY})
CREATING = frozenset({"acreate", "create"})
"""Methods of managers that make a row of what they are given by name."""


def of_new(arguments: Arguments) -> frozenset[str]:
    """Return what is loaded of a row that is made of arguments.

    It has what it was given, and there is nothing to ask the database for where it was given nothing;
    only a key that it was given would be followed, which is left open.
    """
    found = {MAYBE}
    for word in arguments.node.keywords if arguments.node is not None else ():
        value = _of_name(word.value, arguments)
        if word.name and isinstance(value, Instance) and value.loaded is not None:
            found |= _paths(word.name, value)
    return frozenset(found)


def of_created(query: Query, arguments: Arguments) -> frozenset[str]:
    """Return what is loaded of a row that a manager creates, which is in the database from then on.

    What it points at it was given, or there is nothing; only where it was given a key, the database is asked,
    and for what points at it.
    """
    node, definition = arguments.node, query.definition
    words = {word.name: word.value for word in node.keywords} if node is not None else {None: None}
    if None in words or definition is None or query.orm != "django":
        return of_new(arguments)
    schema, memo = arguments.inference.project.schema, arguments.inference.memo
    found: set[str] = set()
    for relation in memo.aside(lambda: schema.relations(definition)):
        if relation.kind in _POINTING and relation.id_attribute not in words:
            memo.read(("relation", definition, relation.name))
            found |= _paths(relation.name, _of_name(words.get(relation.name), arguments))
    return frozenset(found)


def _of_name(node: ir.Expr | None, arguments: Arguments) -> Value:
    """Return what a variable stands for: of other arguments, nobody asks how they were loaded."""
    is_name = isinstance(node, ir.Name) and arguments.scope is not None
    return arguments.scope.names.get(node.id, UNKNOWN) if is_name else UNKNOWN  # type: ignore[union-attr]


def reached(base: Instance, found: Instance | Items | Query, name: str) -> Value:
    """Return what a relation of a row leads to, with what was loaded before."""
    inner = base.loaded_through(name)
    origin = base.origin.then(f".{name}") if base.origin is not None else None
    origin = origin if isinstance(origin, Symbol) else None
    if isinstance(found, Instance):
        return replace(found, loaded=inner, origin=origin)
    if isinstance(found, Items):
        return _related_rows(found, inner, origin)
    is_open = inner is None or MAYBE in inner
    paths = ((inner or frozenset()) - {MAYBE}) | found.eager
    here, relation = base.has(name), f"{base.name}.{name}"
    return replace(found, eager=paths, is_here=here, origin=origin, loads_all=is_open, relation=relation)


def _related_rows(found: Items, inner: frozenset[str] | None, origin: Symbol | None) -> Items:
    """Return the rows that a relation holds, each with what was loaded with it."""
    row = found.element
    if not isinstance(row, Instance) or row.loaded is None:
        return found
    each = origin.then("[]") if origin is not None else None
    loaded = None if inner is None else inner | row.loaded
    return replace(found, element=replace(row, loaded=loaded, origin=each if isinstance(each, Symbol) else None))


def assigned(inference: Inference, target: ir.Attribute, value: Value, scope: Scope) -> None:
    """Let a row have what is put into a relation of it: `order.customer = customer`."""
    name = target.value.id if isinstance(target.value, ir.Name) else ""
    row = scope.names.get(name)
    if isinstance(value, Literal) or not isinstance(row, Instance) or row.definition is None:
        return
    if row.loaded is None and row.origin is None:
        return
    inference.memo.read(("relation", row.definition, target.name))
    if inference.project.schema.relation(row.definition, target.name) is not None:
        known = frozenset({MAYBE}) if row.loaded is None else row.loaded
        scope.bind(name, replace(row, loaded=known | _paths(target.name, value)))


def prefetched(node: ir.Call, scope: Scope) -> None:
    """Let rows have what `prefetch_related_objects([order], "lines")` loads into them."""
    if not node.args:
        return
    paths, are_known = eager.paths_of(node.args[1:])
    rows = node.args[0]
    for one in rows.items if isinstance(rows, ir.Collection) else (rows,):
        inner = one.value if isinstance(one, ir.Starred) else one
        if isinstance(inner, ir.Name) and inner.id in scope.names:
            scope.bind(inner.id, _with(scope.names[inner.id], paths if are_known else None))


def refreshed(node: ir.Call, scope: Scope) -> None:
    """Let a row have the relations that `session.refresh(order, ["lines"])` loads."""
    row = node.args[0] if node.args else None
    words = [word.value for word in node.keywords if word.name == "attribute_names"]
    named = node.args[1] if len(node.args) > 1 else words[0] if words else None
    if not isinstance(row, ir.Name) or row.id not in scope.names or named is None:
        return
    items = named.items if isinstance(named, ir.Collection) else ()
    names = frozenset(one.value for one in items if isinstance(one, ir.Text))
    scope.bind(row.id, _with(scope.names[row.id], names if items and len(names) == len(items) else None))


def keep_loaded(node: ir.Attribute, scope: Scope) -> None:
    """Let a row have the relation that was just read: `order.customer` is asked for once, however often it is read."""
    name, _, path = dotted(node).partition(".")
    row = scope.names.get(name)
    if path and isinstance(row, Instance) and row.definition is not None:
        inner = {f"{path}.{MAYBE}"} if row.loaded is None or MAYBE in row.loaded else set()
        scope.bind(name, _with(row, frozenset({path, *inner})))


def _with(value: Value, paths: frozenset[str] | None) -> Value:
    """Return rows with more relations loaded, all that nobody knows where the paths are not known."""
    if isinstance(value, Items):
        return replace(value, element=_with(value.element, paths), source=None)
    if isinstance(value, Query):
        return replace(value, eager=value.eager | (paths or frozenset()), loads_all=value.loads_all or paths is None)
    if isinstance(value, Instance):
        if paths is None:
            return replace(value, loaded=None, origin=None)
        return replace(value, loaded=(frozenset({MAYBE}) if value.loaded is None else value.loaded) | paths)
    # What came in through a parameter cannot tell its caller what was loaded into it here.
    return UNKNOWN if isinstance(value, Symbol) else value


def _paths(name: str, value: Value) -> frozenset[str]:
    """Return the paths that a row has through a relation to a value."""
    inner = value.loaded if isinstance(value, Instance) and value.loaded is not None else frozenset({MAYBE})
    return frozenset({name, *[f"{name}.{one}" for one in inner]})
