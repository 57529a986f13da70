"""ARC101: a query or a write runs once per turn of a loop."""

from __future__ import annotations

from archlint.diagnostic import Related
from archlint.ir import nodes as ir
from archlint.ir.builder import dotted, resolved
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.database import DatabaseCall, database_call, wanted_names
from archlint.project.flow import CallSite, Loop, call_sites, names_in
from archlint.project.handlers import entry
from archlint.project.inference.calls import COPIES
from archlint.project.project import Project, ProjectContext
from archlint.project.tree import expressions_in, leaves_after, tests_around
from archlint.project.turns import fills_once, hands_out_portions
from archlint.project.values import Items, ProjectClass
from archlint.rule import Found, Rule

PORTION_WORDS = (
    "chunk", "batch", "page", "paginat", "slice", "window", "partition", "retry", "retries", "attempt", "sorted_tables",
)  # fmt: skip
"""Words in the name of an iterable that say its turns are portions, attempts or tables, not rows."""
HANDFUL = 10
"""Rows up to which a loop over a slice of constant size is let pass."""
ENDLESS = frozenset({"itertools.count", "itertools.cycle", "itertools.repeat"})
"""Iterables that a `break` ends, as in `while True`."""

BULK = frozenset({"bulk_create", "bulk_update", "abulk_create", "abulk_update", "executemany", "insert_many"})
"""Calls that carry many rows: in a loop they are the batches of one."""

MANAGERS = frozenset({"_base_manager", "_default_manager", "objects"})
"""Attributes of a Django model that are its managers."""
PROGRESS_BARS = frozenset({"tqdm", "track"})
"""Callables of tqdm and rich that hand on what they are given, and draw."""

SCHEMA_NAMES = frozenset({"get_app_configs", "get_models", "get_schema_names", "get_table_names", "get_view_names"})
"""Methods whose results are as many as the tables."""

rule = Rule("ARC101")


@rule.project
def query_in_loop(project: Project, ctx: ProjectContext) -> Found:
    """Report each database call whose number grows with the data that a loop runs over."""
    wanted = wanted_names(project)
    for place in project.units(ctx.roles, flags=Flag.LOOP, attributes=wanted):
        for site in call_sites(project, place, wanted):
            call = database_call(project, site) if site.loops else None
            loop = _growing_loop(project, site, call) if call is not None and not call.by_text else None
            if call is not None and loop is not None:
                route = entry(project, ctx, place)
                yield rule.at(
                    ctx.span(site.module, site.offset, site.call),
                    _message(site, call, loop),
                    confidence=call.confidence,
                    related=ctx.defined(call.definition),
                    flow=(*route, *_steps(ctx, site, loop, call)),
                    scope=place.scope,
                    anchor=render(site.call.func),
                    in_request=bool(route),
                )


def _growing_loop(project: Project, site: CallSite, call: DatabaseCall) -> Loop | None:
    """Return the innermost loop that multiplies the call, or None.

    Each level is judged by itself: an outer loop over a constant excuses nothing inside.
    """
    used = names_in(site.call)
    if _runs_a_script(site) or site.method in BULK or _migrates(site):
        return None
    for loop in reversed(site.loops):
        if isinstance(loop.node, ir.While) or _runs_over_portions(project, site, loop):
            continue
        if _happens_once(site, loop) or _sends_a_portion(site, loop):
            continue
        if not call.model and (_runs_over_models(site, loop) or call.naming & loop.varying):
            continue
        if call.writes or used & loop.varying:
            return loop
    return None


def _runs_over_portions(project: Project, site: CallSite, loop: Loop) -> bool:
    """Return whether the number of turns does not grow with the rows: literals, chunks, pages, attempts."""
    iterable = _looked_through(loop.iterable)
    if iterable is None or isinstance(loop.value, ProjectClass):  # a class that is iterated over is an enumeration
        return True
    if (isinstance(loop.value, Items) and loop.value.is_constant) or _is_named_like_a_constant(iterable):
        return True
    if _is_a_handful(iterable) or _groups(iterable) or _is_schema(iterable):
        return True
    if not isinstance(iterable, ir.Call):
        return any(word in render(iterable).lower() for word in PORTION_WORDS)
    name = resolved(dotted(iterable.func), site.module.imports)
    if name == "range" and (len(iterable.args) == 3 or loop.may_break):  # noqa: PLR2004 - range(start, stop, step)
        return True
    says_so = name in ENDLESS or any(word in dotted(iterable.func).lower() for word in PORTION_WORDS)
    return says_so or hands_out_portions(project, project.inference.value(iterable.func, site.scope))


def _happens_once(site: CallSite, loop: Loop) -> bool:
    """Return whether the loop is left after the call, as what is searched was found, or the call is not made again."""
    if not isinstance(loop.node, ir.For):
        return False
    return leaves_after(loop.node.body, site.call) or fills_once(site.statement, loop.node.body)


def _migrates(site: CallSite) -> bool:
    """Return whether the call is a step of a data migration, wherever the function stands."""
    functions = (one for one in site.functions if isinstance(one, ir.Function))
    return any(parameter.name == "schema_editor" for one in functions for parameter in one.parameters)


def _sends_a_portion(site: CallSite, loop: Loop) -> bool:
    """Return whether only some turns get to the call, counted: `if n % 500 == 0`, `if len(batch) >= size`."""
    if not isinstance(loop.node, ir.For):
        return False
    tests = tests_around(loop.node.body, site.call)
    return any(_counts(node) for test in tests for node in expressions_in(test))


def _counts(node: ir.Expr) -> bool:
    if isinstance(node, ir.Binary):
        return node.op == "%" and not isinstance(node.left, ir.Text | ir.Format)
    if not (isinstance(node, ir.Compare) and isinstance(node.left, ir.Call) and dotted(node.left.func) == "len"):
        return False
    size = node.comparators[0]
    is_any = isinstance(size, ir.Constant) and size.value in (0, 1)
    return node.ops[0] in ("==", ">", ">=") and not is_any


def _runs_over_models(site: CallSite, loop: Loop) -> bool:
    """Return whether each turn has a model of its own: there are as many turns as tables, whatever the rows."""
    node: ir.Expr = site.call
    while isinstance(node, ir.Call | ir.Attribute):
        if isinstance(node, ir.Attribute) and node.name in MANAGERS:
            return not names_in(node.value).isdisjoint(loop.varying)
        node = node.func if isinstance(node, ir.Call) else node.value
    return False


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


def _runs_a_script(site: CallSite) -> bool:
    """Return whether the loop runs over the statements themselves, one after the other."""
    node = site.call.args[0] if len(site.call.args) == 1 and not site.call.keywords else None
    if isinstance(node, ir.Call) and len(node.args) == 1:  # `text(statement)`
        node = node.args[0]
    is_handed = isinstance(node, ir.Name) and site.method in ("execute", "executescript")
    return is_handed and any(isinstance(node, ir.Name) and node.id in loop.targets for loop in site.loops)


def _message(site: CallSite, call: DatabaseCall, loop: Loop) -> str:
    return f"`{render(site.call.func)}` {call.effect} once per turn of the loop{_over(loop)}"


def _over(loop: Loop) -> str:
    """Return what the loop runs over, where that has a name."""
    shown = render(loop.iterable) if loop.iterable is not None else ""
    return f" over `{shown}`" if shown.strip("…") else ""


def _steps(ctx: ProjectContext, site: CallSite, loop: Loop, call: DatabaseCall) -> tuple[Related, ...]:
    """Return the last steps of the chain: the loop, the call."""
    over = f"the loop runs{_over(loop)}" if _over(loop) else "the loop"
    return (
        ctx.related(site.module, site.offset, loop.iterable or loop.node, over),
        ctx.related(site.module, site.offset, site.call, f"each turn {call.effect}"),
    )
