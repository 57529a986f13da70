"""Whether a client checks every response by itself: by a hook, a setting, or a class of the project."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted, resolved
from archlint.project.outages.service_calls import ServiceCall
from archlint.project.project import Project
from archlint.project.tree import nodes_in
from archlint.project.values import Instance, Method


class Hooks:
    """Answers whether responses are checked where no call says so."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, bool] = {}

    def check(self, call: ServiceCall) -> bool:
        """Return whether the client of a call, or the call itself, may check the response."""
        if _has_hook(call.site.call, call.family.hooks):
            return True
        callee = call.site.callee
        if not isinstance(callee, Method) or not isinstance(callee.receiver, Instance):
            return False
        receiver = callee.receiver
        if receiver.definition is not None:
            return True
        if receiver.creation is not None and _has_hook(receiver.creation.call, call.family.hooks):
            return True
        if "hooks" in call.family.hooks and any("hooks" in one.attributes for one in call.site.module.facts.units):
            return True
        return receiver.creation is None and self._anywhere(receiver.name, call.family.hooks)

    def _anywhere(self, client: str, hooks: frozenset[str]) -> bool:
        """Return whether any client of a class is made with a hook."""
        if client not in self._known:
            self._known[client] = any(
                self._made(module.imports, self._project.body(unit), client, hooks)
                for module in self._project.modules
                for unit in module.facts.units
                if any(name.rpartition(".")[2] == client.rpartition(".")[2] for name in unit.calls)
            )
        return self._known[client]

    def _made(self, imports: dict[str, str], body: ir.Stmt, client: str, hooks: frozenset[str]) -> bool:
        return any(
            isinstance(node, ir.Call)
            and self._project.knowledge.returns(resolved(dotted(node.func), imports)) == client
            and _has_hook(node, hooks)
            for node, _ in nodes_in(body)
        )


def _has_hook(call: ir.Call, hooks: frozenset[str]) -> bool:
    return any(one.name is None or one.name in hooks for one in call.keywords)
