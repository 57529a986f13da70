"""ARC301: a coroutine makes a call that holds the event loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.knowledge import Knowledge
from archlint.knowledge.tables import BlockingCall, Blocks
from archlint.project.context import ProjectContext
from archlint.project.flow import Called, CallSite, call_sites
from archlint.project.project import Project
from archlint.project.values import Instance, Method, Query, Stage
from archlint.rule import Found, Rule, Trigger
from archlint.syntax import cst
from archlint.syntax.python import PythonContext

rule = Rule("ARC301")


@dataclass(frozen=True, slots=True)
class Options:
    """The kinds of waiting that are reported: network, database, disk, cpu, wait."""

    kinds: list[Blocks] = field(default_factory=lambda: [Blocks.NETWORK, Blocks.DATABASE, Blocks.WAIT])


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
    if row is None or row.kind not in ctx.options(rule.code, Options).kinds:
        return
    yield rule.at(
        ctx.span(node),
        f"`{name}` holds the event loop in `async def {function.name.value}`: use {row.instead}",
        confidence=row.confidence,
        scope=ctx.scope,
        anchor=f"{name}",
    )


@rule.project
def blocking_method(project: Project, ctx: ProjectContext) -> Found:
    """Report a blocking method of an object whose type is known, where the innermost function is a coroutine."""
    kinds = ctx.options(rule.code, Options).kinds
    for place in project.units(ctx.roles, flags=Flag.ASYNC):
        for site in call_sites(project, place, where=_holds_its_loop):
            if _answers_at_once(site.call) or _has_room(site):
                continue
            row = _method_row(project, site)
            if row is not None and row.kind in kinds:
                name = render(site.call.func)
                yield rule.at(
                    ctx.span(site.module, site.offset, site.call),
                    f"`{name}` holds the event loop in `async def {_name(site.functions)}`: use {row.instead}",
                    confidence=row.confidence,
                    scope=place.scope,
                    anchor=name,
                )


def _holds_its_loop(called: Called) -> bool:
    """Return whether a call is not awaited, and the innermost function around it a coroutine."""
    function = called.functions[-1] if called.functions else None
    is_awaited = bool(called.parents) and isinstance(called.parents[-1], ir.Await)
    return isinstance(function, ir.Function) and function.is_async and not is_awaited


def _name(functions: tuple[ir.Function | ir.Lambda, ...]) -> str:
    """Return the name of the innermost function."""
    return next((one.name for one in reversed(functions) if isinstance(one, ir.Function)), "")


def _answers_at_once(call: ir.Call) -> bool:
    """Return whether a lock or queue is told not to wait: `acquire(blocking=False)`, `get(timeout=0)`."""
    words = {word.name: word.value for word in call.keywords}
    first = call.args[0] if call.args else words.get("blocking", words.get("block"))
    timeout = words.get("timeout")
    is_off = isinstance(first, ir.Constant) and first.value is False
    return is_off or (isinstance(timeout, ir.Constant) and timeout.value == 0)


def _has_room(site: CallSite) -> bool:
    """Return whether a call puts into a queue that never fills up, or of which no size is known."""
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    if site.method != "put" or not isinstance(receiver, Instance) or not receiver.name.startswith("queue."):
        return False
    if receiver.creation is None:
        return True
    made = receiver.creation.call
    sizes = [*made.args[:1], *(word.value for word in made.keywords if word.name == "maxsize")]
    return all(isinstance(size, ir.Constant) and size.value in (0, None) for size in sizes)


def _method_row(project: Project, site: CallSite) -> BlockingCall | None:
    if not isinstance(site.callee, Method):
        return None
    receiver, name = site.callee.receiver, site.callee.name
    if isinstance(receiver, Query) and receiver.orm == "sqlalchemy" and receiver.stage in (Stage.MANAGER, Stage.LAZY):
        return project.knowledge.blocking(f"sqlalchemy.orm.Query.{name}")
    if not isinstance(receiver, Instance) or receiver.definition is not None:
        return None
    return project.knowledge.blocking(f"{receiver.name}.{name}")
