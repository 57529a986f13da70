"""Which calls that send SQL fetch all rows of it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.bounds.passing import expressions
from archlint.project.flow import CallSite
from archlint.project.sql.statement import Statement, Verb
from archlint.project.tree import called_name, statements_in

_WHOLE = frozenset({"all", "fetch", "fetch_all", "fetchall", "list", "to_list", "tuple", "iterate", "sorted"})
_ONE = frozenset(
    {"fetchone", "first", "fetch_one", "fetchval", "fetchrow", "one", "one_or_none", "scalar", "fetchmany"}
)
_KEYS = frozenset({"email", "gid", "hash", "id", "key", "name", "pk", "rowid", "slug", "token", "username", "uuid"})
"""Columns that name one row, where the schema is not known."""
_OWN_TABLES = ("information_schema", "pg_", "sqlite_", "sys.", "alembic_", "mysql.")


def gives_many(statement: Statement) -> bool:
    """Return whether a statement may give as many rows as its tables have, or as some owner has in them."""
    if statement.verb is not Verb.SELECT or statement.writes or not statement.reads:
        return False
    if statement.is_bounded or not (statement.is_plain and statement.is_whole):
        return False
    names = [f"{one.schema}.{one.name}".lstrip(".").lower() for one in statement.reads]
    return not any(name.startswith(_OWN_TABLES) for name in names) and not any(map(is_key, statement.fixed_names))


def is_key(column: str) -> bool:
    """Return whether an equality on a column of this name leaves one row, as far as a name tells."""
    name = column.lower()
    return name in _KEYS or name.endswith(("uuid", "mbid", "msid", "_hash", "_token", "_key"))


def fetches_all(site: CallSite) -> bool:
    """Return whether all rows are taken of what a call sends: there, or of the name that holds the result."""
    if called_name(site.call) in _WHOLE:
        return True
    around = {called_name(one) for one in site.parents[-4:] if isinstance(one, ir.Call)}
    if around & _ONE:
        return False
    if around & _WHOLE or any(isinstance(one, ir.Comprehension) for one in site.parents[-2:]):
        return True
    if (
        isinstance(site.statement, ir.For)
        and site.statement.iterable.start <= site.call.start < site.statement.iterable.end
    ):
        return True
    function = site.function
    if not isinstance(function, ir.Function):
        return False
    return any(_takes_all(function, name, site.call.end) for name in _holders(site))


def _holders(site: CallSite) -> Iterator[str]:
    """Yield the names that the rows can be had of: what the result is put into, else the cursor itself."""
    statement = site.statement
    if isinstance(statement, ir.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ir.Name):
        yield statement.targets[0].id
    elif isinstance(statement, ir.Evaluate) and isinstance(site.call.func, ir.Attribute):
        yield dotted(site.call.func.value)


def _takes_all(function: ir.Function, name: str, after: int) -> bool:
    """Return whether the first thing that is done with a result after a call is to take all of its rows."""
    uses = sorted(_uses(function, name, after))
    return bool(uses) and uses[0][1]


def _uses(function: ir.Function, name: str, after: int) -> Iterator[tuple[int, bool]]:
    for node in expressions(function):
        if node.start < after:
            continue
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
            if dotted(node.func.value) == name and node.func.name not in ("mappings", "scalars", "close", "keys"):
                yield node.start, node.func.name in _WHOLE
            elif node.func.name in _WHOLE and isinstance(node.func.value, ir.Call) and _is_of(node.func.value, name):
                yield node.start, True
        elif isinstance(node, ir.Call) and any(dotted(one) == name for one in node.args):
            yield node.start, called_name(node) in _WHOLE
        elif isinstance(node, ir.Comprehension):
            yield from ((node.start, True) for one in node.clauses if dotted(one.iterable) == name)
    for statement in statements_in(function.body):
        if isinstance(statement, ir.For) and statement.start >= after and dotted(statement.iterable) == name:
            yield statement.start, True


def _is_of(node: ir.Call, name: str) -> bool:
    return isinstance(node.func, ir.Attribute) and dotted(node.func.value) == name
