"""How often the turns of a loop do something: for portions of the rows, or once."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.listening import Loop
from archlint.project.project import Project
from archlint.project.sql.sinks import function_of
from archlint.project.tree import binding, statements_in, target_names, tests_around
from archlint.project.values import Value

Region = tuple[int, int]
"""Where something starts and ends in its unit."""


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


def filling_memos(body: tuple[ir.Stmt, ...]) -> tuple[Region, ...]:
    """Return the regions of a function that fill an attribute, and are left out once that has a value.

    What stands under `if self._total is None:` and assigns it, or behind an early `return self._total`.
    """
    tests = [one for one in statements_in(body) if isinstance(one, ir.If) and one.body]
    found: list[Region] = []
    for test in tests:
        empty = _attributes(_empty_in(test.test))
        if empty and not _assigned_attributes(test.body).isdisjoint(empty):
            found.append((test.body[0].start, test.body[-1].end))
    for position, one in enumerate(body if tests else ()):
        full = _attributes(_full_in(one.test)) if isinstance(one, ir.If) and _returns(one) else []
        if full and not _assigned_attributes(body[position + 1 :]).isdisjoint(full):
            found.append((one.end, body[-1].end))
    return tuple(found)


def _returns(node: ir.If) -> bool:
    return bool(node.body) and isinstance(node.body[-1], ir.Return)


def _attributes(names: list[str]) -> list[str]:
    return [one for one in names if "." in one]


def _assigned_attributes(body: tuple[ir.Stmt, ...]) -> frozenset[str]:
    assigns = (one for one in statements_in(body) if isinstance(one, ir.Assign))
    return frozenset(dotted(target) for one in assigns for target in one.targets if isinstance(target, ir.Attribute))


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
    return _compared(test, "is")


def _full_in(test: ir.Expr) -> list[str]:
    """Return the names and attributes that have a value where a test holds, and none where it does not."""
    if isinstance(test, ir.Call) and dotted(test.func) == "hasattr" and len(test.args) == 2:  # noqa: PLR2004
        owner, name = test.args
        return [f"{dotted(owner)}.{name.value}"] if isinstance(name, ir.Text) else []
    return [dotted(test)] if isinstance(test, ir.Name | ir.Attribute) else _compared(test, "is not")


def _compared(test: ir.Expr, operator: str) -> list[str]:
    is_none = isinstance(test, ir.Compare) and test.ops == (operator,) and _is_none(test.comparators[0])
    return [dotted(test.left)] if isinstance(test, ir.Compare) and is_none else []


def _is_none(node: ir.Expr) -> bool:
    return isinstance(node, ir.Constant) and node.value is None
