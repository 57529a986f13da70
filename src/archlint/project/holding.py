"""Which calls of libraries hold the thread that makes them: by what is known of the callee, and by how it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.knowledge.tables import BlockingCall, Blocks
from archlint.project.inference import wrappers
from archlint.project.values import Instance, Method, Query, Stage, Value

if TYPE_CHECKING:
    from archlint.project.flow import Called, CallSite
    from archlint.project.project import Project

_IN_MEMORY = frozenset({"io.BytesIO", "io.StringIO"})
_QUERY = "sqlalchemy.orm.Query"


def holds_its_loop(called: Called | CallSite) -> bool:
    """Return whether a call is not awaited, and the innermost function around it a coroutine."""
    function = called.functions[-1] if called.functions else None
    is_awaited = bool(called.parents) and isinstance(called.parents[-1], ir.Await)
    return isinstance(function, ir.Function) and function.is_async and not is_awaited


def holding_call(project: Project, site: CallSite) -> BlockingCall | None:
    """Return the row of a call that holds its thread until something else is done, or None."""
    if site.is_awaited or _has_room(site):
        return None
    row = holding_callee(project, site.callee)
    is_over_at_once = row is not None and row.kind is Blocks.WAIT and answers_at_once(site.call)
    is_in_memory = row is not None and row.kind is Blocks.DISK and _opens_memory(site)
    return None if is_over_at_once or is_in_memory else row


def holding_callee(project: Project, callee: Value) -> BlockingCall | None:
    """Return the row of a callable that holds the thread that calls it, or None."""
    name = name_of_callee(project, callee)
    return project.knowledge.blocking(name) if name else None


def name_of_callee(project: Project, callee: Value) -> str:
    """Return the name in its library of a callable that holds its thread, "" for others."""
    return next((name for name in library_names(project, callee) if project.knowledge.blocking(name) is not None), "")


def library_names(project: Project, callee: Value) -> list[str]:
    """Return the names in a library that a callable may be known by: a method by each library's class it comes from."""
    receiver = callee.receiver if isinstance(callee, Method) else None
    if isinstance(callee, Method) and isinstance(receiver, Query):
        asks = receiver.stage in (Stage.MANAGER, Stage.LAZY) and not receiver.is_here
        return [f"{_QUERY}.{callee.name}"] if asks and receiver.orm == "sqlalchemy" else []
    if isinstance(callee, Method) and isinstance(receiver, Instance) and receiver.definition is not None:
        ancestors = project.symbols.ancestors(receiver.definition)
        return [f"{one}.{callee.name}" for one in ancestors if isinstance(one, str)]
    name = wrappers.qualified(callee)
    return [name] if name else []


def answers_at_once(call: ir.Call) -> bool:
    """Return whether a lock or queue is told not to wait: `acquire(blocking=False)`, `get(timeout=0)`, `sleep(0)`."""
    words = {word.name: word.value for word in call.keywords}
    first = call.args[0] if call.args else words.get("blocking", words.get("block"))
    timeout = words.get("timeout")
    if isinstance(timeout, ir.Constant) and timeout.value == 0:
        return True
    return isinstance(first, ir.Constant) and (first.value is False or first.value == 0)


def _opens_memory(site: CallSite) -> bool:
    """Return whether a call is given a file that is none: `Image.open(BytesIO(data))`."""
    opened = site.arguments[0] if site.call.args else None
    return isinstance(opened, Instance) and opened.name in _IN_MEMORY


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
