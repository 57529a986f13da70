"""Which columns do not come with a query: `only`, `defer`, `load_only`."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.arguments import Arguments
from archlint.project.values import Query

_NAMING = frozenset({"defer", "load_only", "undefer"})


def of_method(query: Query, method: str, arguments: Arguments) -> Query:
    """Return a query after `only` or `defer` of Django; what they say of the rows of relations is left open."""
    names = [node.value for node in arguments.nodes if isinstance(node, ir.Text)]
    if len(names) != len(arguments.nodes) or not names:
        return replace(query, missing=frozenset())
    if method == "only":
        return replace(query, missing=_all_but(query, names, arguments))
    return replace(query, missing=query.missing | {one for one in names if "__" not in one})


def of_options(query: Query, arguments: Arguments) -> Query:
    """Return a query after loader options of SQLAlchemy that are about its own columns."""
    missing, named = query.missing, frozenset[str]()
    for node in arguments.nodes:
        option = dotted(node.func).rpartition(".")[2] if isinstance(node, ir.Call) else ""
        if option not in _NAMING or not isinstance(node, ir.Call) or "?" in dotted(node.func):
            continue
        names = frozenset(one.name for one in node.args if isinstance(one, ir.Attribute))
        if option == "load_only":
            missing = _all_but(query, names, arguments)
        elif option == "defer":
            missing |= names
        else:
            missing, named = missing - names, named | names
    return replace(query, missing=missing, eager=query.eager | named)


def _all_but(query: Query, names: Iterable[str], arguments: Arguments) -> frozenset[str]:
    """Return the columns of a model but some, its primary key and its foreign keys."""
    definition = query.definition
    if definition is None:
        return frozenset()
    memo, schema = arguments.inference.memo, arguments.inference.project.schema
    memo.read(("columns", definition))
    model = memo.aside(lambda: schema.model(definition))
    fields = model.fields if model is not None else ()
    return frozenset(one.name for one in fields if not (one.primary_key or one.references)) - frozenset(names)
