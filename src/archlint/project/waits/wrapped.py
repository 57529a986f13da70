"""Calls whose deadline is left to who calls the function around them, where nobody there gives one."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.project.deadlines.customised import library_class
from archlint.project.deadlines.unlimited import Unlimited, unlimited
from archlint.project.effects.callers import innermost
from archlint.project.flow import CallSite
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import assigned, nodes_in
from archlint.project.values import External, Instance, Method
from archlint.project.waits.calling import Calling, given_to

_MOST_WRAPPERS = 3
"""Functions around each other that are looked through."""


def left_to_callers(project: Project, calling: Calling, site: CallSite) -> Unlimited | None:
    """Return why a call may wait for ever that only hands on the deadline of its callers: none of them gives one."""
    function = innermost(project, site.place, site.call.start)
    node = project.function_node(function) if function is not None else None
    parameters = _deadline_parameters(project, site)
    if function is None or node is None or not parameters:
        return None
    bare = _without(site.call, node, parameters)
    found = unlimited(project, replace(site, call=bare)) if bare is not None else None
    if found is None or found.is_off or not _nobody_gives(project, calling, function, parameters, _MOST_WRAPPERS):
        return None
    return replace(found, confidence=min(found.confidence, Confidence.MEDIUM, key=lambda one: one.rank))


def _deadline_parameters(project: Project, site: CallSite) -> tuple[str, ...]:
    callee = site.callee
    if isinstance(callee, External):
        row = project.knowledge.deadline_call(callee.name)
        return row.parameters if row is not None else ()
    if isinstance(callee, Method) and isinstance(callee.receiver, Instance):
        client = project.knowledge.client_class(library_class(project, callee.receiver))
        return client.call_parameters if client is not None else ()
    return ()


def _without(call: ir.Call, function: ir.Function, parameters: tuple[str, ...]) -> ir.Call | None:
    """Return a call without what it hands on of the function's parameters; None where it hands on no deadline."""
    kept = tuple(word for word in call.keywords if not _is_handed_on(word, function, parameters))
    return ir.Call(call.start, call.end, call.func, call.args, kept) if len(kept) < len(call.keywords) else None


def _is_handed_on(word: ir.Keyword, function: ir.Function, parameters: tuple[str, ...]) -> bool:
    name = word.value.id if isinstance(word.value, ir.Name) else ""
    own = next((one for one in function.parameters if one.name == name), None)
    if own is None:
        return False
    if word.name is None:
        return own.kind == "starstar" and _only_handed_on(function, name)
    is_open = isinstance(own.default, ir.Constant) and own.default.value is None
    return word.name in parameters and is_open and name not in assigned(function.body)


def _only_handed_on(function: ir.Function, name: str) -> bool:
    """Return whether the keywords of a function are read for nothing but to be passed on as they came."""
    for statement in function.body:
        for node, around in nodes_in(statement):
            if isinstance(node, ir.Name) and node.id == name and not isinstance(around, ir.Keyword):
                return False
    return True


def _nobody_gives(
    project: Project, calling: Calling, function: FunctionDefinition, parameters: tuple[str, ...], depth: int
) -> bool:
    """Return whether callers are known and none of them gives a deadline, not even by handing on one of its own."""
    sites = calling.sites(function) if depth else ()
    return bool(sites) and all(_gives_none(project, calling, function, one, parameters, depth) for one in sites)


def _gives_none(
    project: Project,
    calling: Calling,
    function: FunctionDefinition,
    site: CallSite,
    parameters: tuple[str, ...],
    depth: int,
) -> bool:
    value = next((one for one in (given_to(site, function, name) for name in parameters) if one is not None), None)
    if isinstance(value, ir.Constant) and value.value is None:
        return True
    is_handed = value is not None or any(word.name is None for word in site.call.keywords)
    if not is_handed and not any(isinstance(one, ir.Starred) for one in site.call.args):
        return True
    caller = innermost(project, site.place, site.call.start)
    node = project.function_node(caller) if caller is not None else None
    bare = _without(site.call, node, parameters) if node is not None else None
    if caller is None or bare is None or any(word.name is None or word.name in parameters for word in bare.keywords):
        return False
    return _nobody_gives(project, calling, caller, parameters, depth - 1)
