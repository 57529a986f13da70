"""How often the turns of a loop do something: for portions of the rows, or once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.listening import Loop
from archlint.project.project import Project
from archlint.project.sql.sinks import function_of
from archlint.project.tree import binding, expressions_in, expressions_of, statements_in, target_names, tests_around
from archlint.project.values import Value

Region = tuple[int, int]
"""Where something starts and ends in its unit."""
Fills = Callable[[str], Iterable[str]]
"""Tells which attributes of its receiver a method assigns, by the callee as it is written: `self._load`."""


def hands_out_portions(project: Project, callee: Value) -> bool:
    """Return whether a function of the project yields slices and nothing else: `yield ids[i : i + size]`."""
    found = function_of(project, callee)
    return found is not None and bool(project.memo.ask("portions", found.definition))


def fills_once(statement: ir.Stmt, body: tuple[ir.Stmt, ...]) -> bool:
    """Return whether a statement in the body of a loop gives a name its value only where it has none yet.

    `if root is None: root = Order.objects.create()` runs in one turn, where nothing else in the loop binds `root`.
    """
    targets = statement.targets if isinstance(statement, ir.Assign) else ()
    names = frozenset[str]().union(*map(target_names, targets))
    empty = [name for test in tests_around(body, statement) for name in _empty_in(test) if name in names]
    return any(sum(len(binding(one, name)) for one in body) == 1 for name in empty)


def filling_memos(body: tuple[ir.Stmt, ...], fills: Fills = lambda _: frozenset()) -> tuple[Region, ...]:
    """Return the regions of a function that fill an attribute or a global, and are left out once that has a value.

    What stands under `if self._total is None:` and assigns it, behind an early `return self._total`, or where reading
    it raised. `fills` tells which attributes of its receiver a method assigns that is called there.
    """
    found: list[Region] = []
    kept = _globals_in(body)
    for one in statements_in(body):
        if isinstance(one, ir.If) and one.body and _fill(one.body, _empty_in(one.test), kept, fills):
            found.append((one.body[0].start, one.body[-1].end))
        elif isinstance(one, ir.Try):
            found += [_region(part) for part in _missing(one) if _fill(part, _read_first(one), kept, fills)]
    for position, one in enumerate(body):
        rest = body[position + 1 :]
        full = _full_in(one.test) if isinstance(one, ir.If) and _returns(one) else _read_first(one)
        if rest and full and (_is_set_up(full) or _fill(rest, full, kept, fills)):
            found.append(_region(rest))
    return tuple(found)


def fetches_rows(loop: ir.While) -> bool:
    """Return whether each turn of a loop takes one more row of a cursor: `while row := cursor.fetchone()`.

    What is executed anew in each turn gives rows of a query of its own: that waits for work, or pages.
    """
    parts = [*expressions_in(loop.test)]
    for statement in statements_in(loop.body):
        parts += [part for one in expressions_of(statement) for part in expressions_in(one)]
    methods = [one.func for one in parts if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute)]
    fetched = {dotted(one.value) for one in methods if one.name == "fetchone"} - {""}
    return bool(fetched - {dotted(one.value) for one in methods if one.name.startswith("execute")})


def _is_set_up(names: list[str]) -> bool:
    """Return whether what is asked is a logger's handlers, which a logger gets once: `if logger.handlers: return`."""
    return any(name.endswith(".handlers") for name in names)


def _region(body: tuple[ir.Stmt, ...]) -> Region:
    return body[0].start, body[-1].end


def _returns(node: ir.If) -> bool:
    return bool(node.body) and isinstance(node.body[-1], ir.Return)


def _globals_in(body: tuple[ir.Stmt, ...]) -> frozenset[str]:
    return frozenset(name for one in statements_in(body) if isinstance(one, ir.Scope) for name in one.names)


def _missing(node: ir.Try) -> Iterator[tuple[ir.Stmt, ...]]:
    """Yield what runs where an attribute is not there yet."""
    yield from (one.body for one in node.handlers if one.types is not None and dotted(one.types) == "AttributeError")


def _read_first(node: ir.Stmt) -> list[str]:
    """Return the attribute that `try: return self._total` reads, and nothing else, where its lack is handled."""
    first = node.body[0] if isinstance(node, ir.Try) and len(node.body) == 1 and any(_missing(node)) else None
    value = first.value if isinstance(first, ir.Return | ir.Evaluate) else None
    return [dotted(value)] if isinstance(value, ir.Attribute) else []


def _fill(body: tuple[ir.Stmt, ...], names: list[str], kept: Container[str], fills: Fills) -> bool:
    """Return whether statements give a value to one of some names that outlive the call."""
    lasting = [one for one in names if "." in one or one in kept]
    if not lasting:
        return False
    found: set[str] = set()
    for one in statements_in(body):
        if isinstance(one, ir.Assign):
            found.update(map(dotted, one.targets))
        callee = _called_in(one)
        found.update(f"{callee.rpartition('.')[0]}.{name}" for name in (fills(callee) if callee else ()))
    return not found.isdisjoint(lasting)


def _called_in(statement: ir.Stmt) -> str:
    """Return the method that a statement calls, for its result or for nothing, "" where it does not."""
    node = statement.value if isinstance(statement, ir.Evaluate | ir.Assign) else None
    node = node.value if isinstance(node, ir.Await) else node
    return dotted(node.func) if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else ""


def is_told_apart(node: ir.Node, loop: Loop) -> bool:
    """Return whether only the turn with one constant gets to a node: `if kind == "order": …` in a loop over kinds."""
    if not isinstance(loop.node, ir.For):
        return False
    return any(
        isinstance(test, ir.Compare)
        and test.ops == ("==",)
        and isinstance(test.left, ir.Name)
        and test.left.id in loop.targets
        and isinstance(test.comparators[0], ir.Text | ir.Constant)
        for test in tests_around(loop.node.body, node)
    )


def _empty_in(test: ir.Expr) -> list[str]:
    """Return the names and attributes that are None, empty or missing where a test holds."""
    if isinstance(test, ir.Boolean) and test.op == "and":
        return [name for part in test.values for name in _empty_in(part)]
    if isinstance(test, ir.Unary) and test.op == "not":
        return _full_in(test.operand)
    if isinstance(test, ir.Compare) and test.ops == ("==",) and isinstance(test.comparators[0], ir.Constant):
        sized = test.left if isinstance(test.left, ir.Call) and dotted(test.left.func) == "len" else None
        return [dotted(one) for one in sized.args] if sized is not None and test.comparators[0].value == 0 else []
    return _compared(test, "is")


def _full_in(test: ir.Expr) -> list[str]:
    """Return the names and attributes that have a value where a test holds, and none where it does not."""
    if isinstance(test, ir.Call) and dotted(test.func) in ("getattr", "hasattr") and len(test.args) > 1:
        owner, name = test.args[:2]
        return [f"{dotted(owner)}.{name.value}"] if isinstance(name, ir.Text) else []
    return [dotted(test)] if isinstance(test, ir.Name | ir.Attribute) else _compared(test, "is not")


def _compared(test: ir.Expr, operator: str) -> list[str]:
    is_none = isinstance(test, ir.Compare) and test.ops == (operator,) and _is_none(test.comparators[0])
    return [dotted(test.left)] if isinstance(test, ir.Compare) and is_none else []


def _is_none(node: ir.Expr) -> bool:
    return isinstance(node, ir.Constant) and node.value is None
