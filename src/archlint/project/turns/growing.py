"""Which loop makes something happen as often as its data has rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted, resolved
from archlint.ir.render import render
from archlint.project.inference.calls import COPIES
from archlint.project.inference.listening import Loop
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.tree import expressions_in, first_bindings, functions_in, leaves_after, names_in, tests_around
from archlint.project.turns.portions import fetches_rows, fills_once, hands_out_portions, is_told_apart
from archlint.project.values import Instance, Items, ProjectClass, Query, Value, has_fixed_size

PORTION_WORDS = (
    "chunk", "batch", "page", "paginat", "slice", "window", "partition", "retry", "retries", "attempt", "sorted_tables",
)  # fmt: skip
"""Words in the name of an iterable that say its turns are portions, attempts or tables, not rows."""
_PORTIONS = ("batch", "chunk")
"""Words in the name of what a turn is given that say the same."""
HANDFUL = 10
"""Rows up to which a loop over a slice of constant size is let pass."""
ENDLESS = frozenset({"itertools.count", "itertools.cycle", "itertools.repeat"})
"""Iterables that a `break` ends, as in `while True`."""

PROGRESS_BARS = frozenset({"tqdm", "track"})
"""Callables of tqdm and rich that hand on what they are given, and draw."""

SCHEMA_NAMES = frozenset(
    {"__subclasses__", "get_app_configs", "get_models", "get_schema_names", "get_table_names", "get_view_names"}
)
"""Methods whose results are as many as the tables or classes."""


class Standing(Protocol):
    """Where something stands: the loops around it, outermost first, its statement and its names."""

    @property
    def loops(self) -> tuple[Loop, ...]:
        """Return the loops around it."""

    @property
    def statement(self) -> ir.Stmt:
        """Return the innermost statement around it."""

    @property
    def scope(self) -> Scope:
        """Return the names there."""


def multiplying(
    project: Project,
    node: ir.Node,
    at: Standing,
    *,
    is_alike: bool = False,
    counts: Callable[[Loop], bool] = lambda _: True,
) -> Loop | None:
    """Return the innermost loop that makes something happen as often as its data has rows, or None.

    What is asked must depend on the turn, unless it `is_alike` in every turn and matters all the same: a write.
    Each loop is judged by itself: an outer one over a constant excuses nothing inside. `counts` turns down others.
    """
    used = names_in(node)
    for loop in reversed(at.loops):
        if not _grows(project, loop, at):
            continue
        if _happens_once(node, loop, at) or not counts(loop):
            continue
        if _sends_a_portion(node, loop) or is_told_apart(node, loop):
            continue
        if is_alike or used & loop.varying:
            return loop
    return None


def shown(loop: Loop) -> str:
    """Return what a loop runs over as it is written, "" where that has no name."""
    text = render(loop.iterable) if loop.iterable is not None else ""
    return text if text.strip("…") else ""


def given_by_callers(loop: Loop, function: ir.Function) -> str:
    """Return the parameter of a function that a loop runs over as it came, "" where it runs over something else."""
    iterable = _looked_through(loop.iterable)
    name = iterable.id if isinstance(iterable, ir.Name) else ""
    is_own = any(one.name == name for one in function.parameters) and name not in first_bindings(function.body)
    is_inner = any(one.start <= loop.node.start < one.end for one in functions_in(function.body))
    return name if is_own and not is_inner else ""


def model_of_rows(loop: Loop) -> str:
    """Return the qualified model whose rows a loop runs over, "" where that is not known."""
    return model_of(loop.value)


def model_of(value: Value) -> str:
    """Return the qualified model whose rows something has, "" where that is not known."""
    if isinstance(value, Items) and value.source is None:
        value = value.element
    query = value.source if isinstance(value, Items) else value
    if isinstance(query, Query):
        return query.model
    return query.definition.name if isinstance(query, Instance) and query.definition is not None else ""


def pinned(value: Value) -> tuple[str, ...]:
    """Return the columns that have one value in all rows of a query or of what came of it."""
    query = value.source if isinstance(value, Items) else value
    return tuple(sorted(query.pinned)) if isinstance(query, Query) else ()


def _grows(project: Project, loop: Loop, at: Standing) -> bool:
    """Return whether the number of turns grows with rows."""
    if isinstance(loop.node, ir.While):
        return fetches_rows(loop.node)
    return not _runs_over_portions(project, loop, at)


def _runs_over_portions(project: Project, loop: Loop, at: Standing) -> bool:
    """Return whether the number of turns does not grow with the rows: literals, chunks, pages, attempts."""
    iterable = _looked_through(loop.iterable)
    if iterable is None or isinstance(loop.value, ProjectClass):  # a class that is iterated over is an enumeration
        return True
    if has_fixed_size(loop.value) or _has_classes(loop.value) or _is_named_like_a_constant(iterable):
        return True
    if _is_a_handful(iterable) or _groups(iterable) or _is_schema(iterable):
        return True
    is_plain = _is_one_portion(iterable, at) or _has_rows(loop.value)
    return not is_plain and _is_named_like_portions(project, loop, iterable, at.scope)


def _has_classes(value: Value) -> bool:
    """Return whether classes are run over: there are as many as somebody wrote."""
    element = value.element if isinstance(value, Items) else value
    is_type = isinstance(element, Instance) and element.definition is None and element.name == "type"
    return isinstance(value, Items) and (isinstance(element, ProjectClass) or is_type)


def _is_named_like_portions(project: Project, loop: Loop, iterable: ir.Expr, scope: Scope) -> bool:
    """Return whether what is run over, or what a turn is given of it, says that it is portions, or what makes it."""
    if any(word in name.lower() for name in loop.targets for word in _PORTIONS):
        return True
    if not isinstance(iterable, ir.Call):
        return any(word in render(iterable).lower() for word in PORTION_WORDS)
    name = resolved(dotted(iterable.func), scope.module.imports)
    if name == "range" and (len(iterable.args) == 3 or loop.may_break):  # noqa: PLR2004 - range(start, stop, step)
        return True
    says_so = name in ENDLESS or any(word in dotted(iterable.func).lower() for word in PORTION_WORDS)
    return says_so or hands_out_portions(project, project.inference.value(iterable.func, scope))


def _has_rows(value: Value) -> bool:
    """Return whether what is run over has objects of the project one by one, whatever its name says."""
    element = value.element if isinstance(value, Items) else value.row() if isinstance(value, Query) else None
    return isinstance(element, Instance) and element.definition is not None


def _is_one_portion(iterable: ir.Expr, at: Standing) -> bool:
    """Return whether the rows of one portion are run over, which a loop outside hands out: `for row in batch`."""
    return isinstance(iterable, ir.Name) and any(iterable.id in loop.targets for loop in at.loops)


def _happens_once(node: ir.Node, loop: Loop, at: Standing) -> bool:
    """Return whether the loop is left after the call, as what is searched was found, or the call is not made again."""
    if not isinstance(loop.node, ir.For):
        return False
    return leaves_after(loop.node.body, node) or fills_once(at.statement, loop.node.body)


def _sends_a_portion(node: ir.Node, loop: Loop) -> bool:
    """Return whether only some turns get to the call, counted: `if n % 500 == 0`, `if len(batch) >= size`."""
    if not isinstance(loop.node, ir.For):
        return False
    tests = tests_around(loop.node.body, node)
    return any(_counts(part) for test in tests for part in expressions_in(test))


def _counts(node: ir.Expr) -> bool:
    if isinstance(node, ir.Binary):
        return node.op == "%" and not isinstance(node.left, ir.Text | ir.Format)
    if not (isinstance(node, ir.Compare) and isinstance(node.left, ir.Call) and dotted(node.left.func) == "len"):
        return False
    size = node.comparators[0]
    is_any = isinstance(size, ir.Constant) and size.value in (0, 1)
    return node.ops[0] in ("==", ">", ">=") and not is_any


def _looked_through(iterable: ir.Expr | None) -> ir.Expr | None:
    """Return what a chain such as `enumerate(sorted(…))` or `tqdm(…)` runs over in the end."""
    while isinstance(iterable, ir.Call) and iterable.args and _hands_on(iterable.func):
        iterable = iterable.args[0]
    return iterable


def _hands_on(callee: ir.Expr) -> bool:
    is_built_in = isinstance(callee, ir.Name) and (callee.id in COPIES or callee.id == "enumerate")
    return is_built_in or dotted(callee).rpartition(".")[2] in PROGRESS_BARS


def _is_a_handful(iterable: ir.Expr) -> bool:
    """Return whether a slice with a small constant end is what the loop runs over: `query[:2]`."""
    end = iterable.index.upper if isinstance(iterable, ir.Subscript) and isinstance(iterable.index, ir.Slice) else None
    return isinstance(end, ir.Constant) and isinstance(end.value, int) and 0 <= end.value <= HANDFUL


def _is_schema(iterable: ir.Expr) -> bool:
    """Return whether the models of an app, the fields of a model or the tables of a database are what is run over."""
    names = dotted(iterable.func if isinstance(iterable, ir.Call) else iterable).split(".")
    return "_meta" in names or names[-1] in SCHEMA_NAMES


def _groups(iterable: ir.Expr) -> bool:
    """Return whether `zip(*[iter(rows)] * size)`, the idiom of the standard library, cuts rows into groups."""
    is_zip = isinstance(iterable, ir.Call) and dotted(iterable.func).rpartition(".")[2] in ("zip", "zip_longest")
    return is_zip and isinstance(iterable, ir.Call) and [type(one) for one in iterable.args] == [ir.Starred]


def _is_named_like_a_constant(iterable: ir.Expr) -> bool:
    """Return whether the name is in capitals (PEP 8), also in `KINDS.items()`."""
    if isinstance(iterable, ir.Call) and not iterable.args and isinstance(iterable.func, ir.Attribute):
        iterable = iterable.func.value
    name = dotted(iterable).rpartition(".")[2]
    return len(name) > 1 and name.isupper()
