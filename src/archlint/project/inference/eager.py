"""Which relations are loaded together with a query: `select_related`, `prefetch_related`, loader options."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference import deferring
from archlint.project.inference.arguments import Arguments
from archlint.project.values import MAYBE, Instance, Literal, Query

_PATHS = frozenset({"prefetch_related", "select_related"})
_LOADING_NOTHING = frozenset(
    {"all", "annotate", "defer", "distinct", "exclude", "filter", "only", "order_by", "reverse", "using"}
)
_LOADERS = frozenset(
    {"contains_eager", "immediateload", "joinedload", "prefetch", "selectinload", "subqueryload", "with_joined"}
)
_LAZY_LOADERS = frozenset({"defaultload", "defer", "lazyload", "load_only", "noload", "raiseload", "undefer"})


def loaded(query: Query, method: str, arguments: Arguments) -> Query:
    """Return a query after a method that may load relations with it."""
    if arguments.node is None and (method in _PATHS or method == "options"):
        # What a symbol stands for: the arguments are not known, and any relation may be loaded.
        return _with(query, {MAYBE}, adds_more=True)
    if method in _PATHS:
        return _related(query, arguments, is_join=method == "select_related")
    if method == "options":
        return deferring.of_options(_options(query, arguments), arguments)
    if method in ("defer", "only"):
        return deferring.of_method(query, method, arguments)
    if method == "prefetch_related_objects":
        return replace(query, loads_all=True)
    return query


def paths_of(nodes: tuple[ir.Expr, ...], arguments: Arguments | None = None) -> tuple[frozenset[str], bool]:
    """Return the dotted paths that nodes name, prefixes included, and whether all of them are known.

    The variables among them are looked up where the arguments stand that they come from.
    """
    found: set[str] = set()
    known = True
    for one in nodes:
        node = _held(one, arguments)
        path = _text(node)
        if path is None:
            known = False
        else:
            dotted_path = path.replace("__", ".")
            found |= _prefixes(dotted_path) - ({dotted_path} if _is_kept_elsewhere(node) else set())
            found |= _nested(node, dotted_path, arguments)
    return frozenset(found), known


def _held(node: ir.Expr, arguments: Arguments | None) -> ir.Expr:
    """Return what a variable was given: the `Prefetch(…)` that made it, or a text; anything else as it is."""
    if arguments is None or arguments.scope is None or not isinstance(node, ir.Name | ir.Attribute):
        return node
    value = arguments.inference.value(node, arguments.scope)
    if isinstance(value, Literal) and isinstance(value.value, str):
        return ir.Text(node.start, node.end, value.value)
    is_prefetch = isinstance(value, Instance) and value.name.rpartition(".")[2] == "Prefetch"
    return value.creation.call if isinstance(value, Instance) and is_prefetch and value.creation else node


def _related(query: Query, arguments: Arguments, *, is_join: bool) -> Query:
    nodes = arguments.nodes
    if len(nodes) == 1 and isinstance(nodes[0], ir.Constant) and nodes[0].value is None:
        return replace(query, eager=frozenset(), loads_all=False)
    found, known = paths_of(nodes, arguments)
    # Without arguments `select_related` follows all foreign keys that may not be null.
    adds_more = not known or (is_join and not nodes)
    # Of what nobody can read, any relation may be loaded, at any depth.
    return _with(query, found if known else found | {MAYBE}, adds_more=adds_more)


def _with(query: Query, paths: set[str] | frozenset[str], *, adds_more: bool) -> Query:
    """Return a query that loads some paths, and others that nobody knows: the caller cannot tell either."""
    return replace(
        query,
        eager=query.eager | paths,
        loads_all=query.loads_all or adds_more,
        origin=None if adds_more else query.origin,
    )


def _text(node: ir.Expr) -> str | None:
    if isinstance(node, ir.Text):
        return node.value
    is_prefetch = isinstance(node, ir.Call) and dotted(node.func).rpartition(".")[2] == "Prefetch" and node.args
    return _text(node.args[0]) if is_prefetch and isinstance(node, ir.Call) else None


def _is_kept_elsewhere(node: ir.Expr) -> bool:
    """Return whether `Prefetch("lines", …, to_attr="open_lines")` leaves the relation itself alone."""
    return isinstance(node, ir.Call) and any(word.name == "to_attr" for word in node.keywords)


def _nested(node: ir.Expr, path: str, arguments: Arguments | None) -> set[str]:
    """Return what the query of a `Prefetch("lines", queryset=…)` loads in turn."""
    if not isinstance(node, ir.Call) or _is_kept_elsewhere(node):
        return set()
    words = {word.name: word.value for word in node.keywords}
    inner = node.args[1] if len(node.args) > 1 else words.get("queryset")
    found: set[str] = set()
    while isinstance(inner, ir.Call) and isinstance(inner.func, ir.Attribute):
        paths, known = paths_of(inner.args, arguments) if inner.func.name in _PATHS else (frozenset[str](), True)
        found |= {f"{path}.{one}" for one in paths}
        if not known or inner.func.name not in _PATHS | _LOADING_NOTHING:
            break
        inner = inner.func.value
    # Another variable, or a method of the project, may load more.
    return found if inner is None or isinstance(inner, ir.Attribute) else found | {f"{path}.{MAYBE}"}


def _options(query: Query, arguments: Arguments) -> Query:
    found: set[str] = set()
    known = True
    for node in arguments.nodes:
        paths = list(_loader_paths(node))
        known = known and bool(paths)
        for path in paths:
            found |= _prefixes(path)
    return _with(query, found if known else found | {MAYBE}, adds_more=not known)


def _loader_paths(node: ir.Expr) -> Iterator[str]:
    """Yield the path of a loader option, `selectinload(Order.lines).joinedload(Line.product)`; "" loads nothing.

    Of what is no call nothing is yielded: a variable or `*options` may hold any of them.
    """
    if not isinstance(node, ir.Call):
        return
    steps: list[str] = []
    while isinstance(node, ir.Call):
        name = dotted(node.func).rpartition(".")[2]
        inner = node.func.value if isinstance(node.func, ir.Attribute) else None
        if name in _LOADERS:
            steps[:0] = [step for step in map(_member, node.args) if step]
        elif name not in _LAZY_LOADERS and name != "options":
            return
        node = inner if isinstance(inner, ir.Call) else ir.Opaque(0, 0)
    yield ".".join(steps)


def _member(node: ir.Expr) -> str:
    """Return the name of a relation: `Order.lines`, `Order.lines.and_(…)`, `Order.lines.of_type(…)`, `"lines"`."""
    while isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
        node = node.func.value
    if isinstance(node, ir.Text):
        return node.value
    return node.name if isinstance(node, ir.Attribute) else ""


def _prefixes(path: str) -> set[str]:
    parts = [part for part in path.split(".") if part]
    return {".".join(parts[: size + 1]) for size in range(len(parts))}
