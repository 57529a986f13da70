"""ARC301: a coroutine makes a call that holds the event loop."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Edit, Fix
from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.knowledge import Knowledge
from archlint.knowledge.tables import BlockingCall, Blocks
from archlint.project.context import ProjectContext
from archlint.project.flow import CallSite, call_sites
from archlint.project.holding import holding_call, holds_its_loop
from archlint.project.project import Project, UnitPlace
from archlint.project.values import Method
from archlint.project.views.call_edits import in_thread
from archlint.rule import Found, Rule, Trigger, Units
from archlint.syntax import cst
from archlint.syntax.python import PythonContext

rule = Rule("ARC301")


_KINDS = frozenset({Blocks.DATABASE, Blocks.NETWORK, Blocks.WAIT})
"""A disk and a processor are another rule's business."""
_THREAD = "`asyncio.to_thread`"


def _names(knowledge: Knowledge) -> frozenset[str]:
    return knowledge.blocking_names()


@rule.python(Trigger(Flag.ASYNC, _names))
def blocking_call(node: cst.Call, ctx: PythonContext) -> Found:
    """Report a blocking call whose innermost function is a coroutine.

    A function that is handed over (`asyncio.to_thread(requests.get, …)`) is not called here;
    a nested `def` or a lambda may run in a thread, so calls in it are not reported.
    """
    function = ctx.function
    if not isinstance(function, cst.FunctionDef) or function.asynchronous is None:
        return
    if isinstance(ctx.ancestors[-1], cst.Await):
        return
    name = ctx.resolve(node.func)
    row = ctx.knowledge.blocking(name) if name else None
    if row is None or row.kind not in _KINDS:
        return
    yield rule.at(
        ctx.span(node),
        f"`{name}` holds the event loop in `async def {function.name.value}`: use {row.instead}",
        confidence=row.confidence,
        at_most=row.severity,
        fix=_awaited(node, ctx) if name == "time.sleep" else _in_thread(node, row, ctx),
        scope=ctx.scope,
        anchor=f"{name}",
    )


def _awaited(node: cst.Call, ctx: PythonContext) -> Fix | None:
    """Return the edit that awaits the loop's own sleep, where `asyncio` is at hand; what else then runs is new."""
    if ctx.targets.get("asyncio") != "asyncio":
        return None
    called = ctx.span(node.func)
    return Fix("Await `asyncio.sleep`", (Edit(called.start, called.end, "await asyncio.sleep"),))


def _in_thread(node: cst.Call, row: BlockingCall, ctx: PythonContext) -> Fix | None:
    if not _may_move(row) or any(isinstance(one, cst.GeneratorExp) for one in ctx.ancestors):
        return None
    whole = ctx.span(node)
    return in_thread(ctx.source.text, (whole.start, whole.end), ctx.span(node.func).end)


def _may_move(row: BlockingCall) -> bool:
    """Return whether a thread may make a call: an answer of the network is the same there, a session's rows are not."""
    return row.kind is Blocks.NETWORK or (row.kind is Blocks.WAIT and _THREAD in row.instead)


@rule.units
def blocking_method(project: Project, ctx: ProjectContext) -> Units:
    """Report a blocking method of an object whose type is known, where the innermost function is a coroutine."""
    return Units(partial(_methods, project, ctx), flags=Flag.ASYNC)


def _methods(project: Project, ctx: ProjectContext, place: UnitPlace) -> Found:
    for site in call_sites(project, place, where=holds_its_loop):
        row = holding_call(project, site) if isinstance(site.callee, Method) else None
        if row is not None and row.kind in _KINDS:
            name = render(site.call.func)
            yield rule.at(
                ctx.span(site.module, site.offset, site.call),
                f"`{name}` holds the event loop in `async def {_name(site.functions)}`: use {row.instead}",
                confidence=row.confidence,
                at_most=row.severity,
                fix=_moved(ctx, site) if _may_move(row) else None,
                scope=place.scope,
                anchor=name,
            )


def _moved(ctx: ProjectContext, site: CallSite) -> Fix | None:
    if site.is_in_generator:
        return None
    start, end = site.offset + site.call.start, site.offset + site.call.end
    text = ctx.source_of(site.module.path).text
    return in_thread(text, (start, end), site.offset + site.call.func.end)


def _name(functions: tuple[ir.Function | ir.Lambda, ...]) -> str:
    """Return the name of the innermost function."""
    return next((one.name for one in reversed(functions) if isinstance(one, ir.Function)), "")
