"""Locks of threads that a coroutine holds while it awaits something."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Listener, State
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import Instance

_LOCKS = frozenset(
    {
        "multiprocessing.Lock", "multiprocessing.RLock", "threading.BoundedSemaphore", "threading.Condition",
        "threading.Lock", "threading.RLock", "threading.Semaphore",
    }
)  # fmt: skip


class HeldLock(msgspec.Struct, frozen=True):
    """A lock as `with` names it, its class, and the first thing that is awaited while it is held."""

    node: ir.Expr
    name: str
    awaited: ir.Await


def held_while_awaiting(project: Project, function: FunctionDefinition) -> Iterator[HeldLock]:
    """Yield the locks of threads that a coroutine holds across an `await`, each once."""
    listener = _Awaits(project)
    project.inference.walked(function, None, listener)
    yield from listener.found.values()


class _Awaits(Listener):
    """Collects the locks around what is awaited; those of nested functions are theirs."""

    sees_all = True

    def __init__(self, project: Project) -> None:
        self.found: dict[int, HeldLock] = {}
        self._project = project

    def seen(self, node: ir.Expr, state: State) -> None:
        if not isinstance(node, ir.Await) or len(state.functions) != 1:
            return
        for guard in state.guards:
            value = self._project.inference.value(guard, state.scope)
            if isinstance(value, Instance) and value.name in _LOCKS:
                self.found.setdefault(guard.start, HeldLock(guard, value.name, node))
