"""Clients that a function or an object is given: what they are, by what all who are known to give one give."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.deadlines.customised import library_class
from archlint.project.effects.callers import innermost
from archlint.project.flow import CallSite
from archlint.project.inference import members
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import assigned, assigned_attributes, attributes_of_receiver
from archlint.project.values import Instance, Method, Value
from archlint.project.waits.calling import Calling, given_to


def with_client(project: Project, calling: Calling, site: CallSite) -> CallSite | None:
    """Return a call with the client that it is made on, where that is given by callers, or None."""
    told = _parameter_of(project, site)
    client = _given(project, calling, *told) if told is not None else None
    return replace(site, callee=Method(client, site.method)) if client is not None else None


def _parameter_of(project: Project, site: CallSite) -> tuple[FunctionDefinition, str] | None:
    """Return the function and its parameter that the receiver of a call is, directly or as an attribute of `self`."""
    value = site.call.func.value if isinstance(site.call.func, ir.Attribute) else None
    if isinstance(value, ir.Name):
        function = innermost(project, site.place, site.call.start)
        node = project.function_node(function) if function is not None else None
        is_own = node is not None and value.id in {one.name for one in node.parameters} - assigned(node.body)
        return (function, value.id) if function is not None and is_own else None
    owner = site.place.module.classes.get(site.place.unit.owner)
    if owner is None or not isinstance(value, ir.Attribute) or not isinstance(value.value, ir.Name):
        return None
    return _stored(project, owner, value.name) if value.value.id == "self" else None


def _stored(project: Project, owner: ClassDefinition, name: str) -> tuple[FunctionDefinition, str] | None:
    """Return the parameter of the constructor that an attribute keeps, where nothing else is ever put into it."""
    init = members.implementation(project.inference, owner, "__init__")
    node = project.function_node(init) if init is not None else None
    value = attributes_of_receiver(node).get(name) if node is not None else None
    if init is None or not isinstance(value, ir.Name) or value.id not in {one.name for one in init.row.parameters}:
        return None
    others = (one for one in owner.methods if one is not init and name in one.unit.attributes)
    if any(name in assigned_attributes(project.body(one.unit)) for one in others):
        return None
    return init, value.id


def _given(project: Project, calling: Calling, function: FunctionDefinition, parameter: str) -> Instance | None:
    """Return the client that all known calls of a function give to a parameter, None where one gives something else."""
    found: list[Instance] = []
    for site in calling.sites(function):
        node = given_to(site, function, parameter)
        value: Value | None = site.evaluator.value(node, site.scope) if node is not None else None
        if not isinstance(value, Instance) or project.knowledge.client_class(library_class(project, value)) is None:
            return None
        found.append(value)
    names = {one.name for one in found}
    return found[0] if len(names) == 1 else None
