"""Where exceptions are raised, and what their text shows of what they are given."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference import members
from archlint.project.leaks.exposed import exposed
from archlint.project.leaks.handed import given_to
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import attributes_of_receiver, called_name, nodes_in
from archlint.project.values import External, Instance, ProjectClass, Unknown

_TEXTS = frozenset({"description", "detail", "error", "message", "msg", "reason", "text"})
"""Keywords that exceptions of libraries take their text by."""
_NO_TEXT = frozenset({"HTTPFound", "HTTPSeeOther", "RequestRedirect", "Return", "StopAsyncIteration", "StopIteration"})
"""Exceptions that carry a value or an address, and are handled before anybody reads them."""


class Raised(msgspec.Struct, frozen=True):
    """An exception that is raised, and what its text shows."""

    site: CallSite
    arguments: tuple[ir.Expr, ...]


def raised(project: Project, place: UnitPlace) -> Iterator[Raised]:
    """Yield the exceptions that a unit raises with something that is no plain text, in the order of execution."""
    made = {one.start: one for one in _made(project.body(place.unit))}
    names = frozenset(called_name(one) for one in made.values())
    for site in call_sites(project, place, names, lambda one: one.call.start in made, unknown=True) if names else ():
        if site.call.end == made[site.call.start].end:
            yield Raised(site, _shown(project, site))


def _made(body: ir.Stmt) -> Iterator[ir.Call]:
    """Yield the calls that make the exceptions of `raise` statements, where they are given more than plain texts."""
    for node, _ in nodes_in(body):
        if isinstance(node, ir.Raise) and isinstance(node.error, ir.Call) and called_name(node.error) not in _NO_TEXT:
            given = (*node.error.args, *[word.value for word in node.error.keywords])
            if any(not isinstance(one, ir.Text | ir.Masked | ir.Constant) for one in given):
                yield node.error


def _shown(project: Project, site: CallSite) -> tuple[ir.Expr, ...]:
    """Return what the text of an exception shows: the arguments, but for what a class of the project keeps out."""
    callee, call = site.callee, site.call
    if isinstance(callee, ProjectClass):
        return _of_class(project, callee.definition, call)
    if isinstance(callee, External | Unknown | Instance):
        return (*call.args, *[word.value for word in call.keywords if word.name in _TEXTS])
    return ()


def _of_class(project: Project, definition: ClassDefinition, call: ir.Call) -> tuple[ir.Expr, ...]:
    inference = project.inference
    if members.implementation(inference, definition, "__str__") is not None:
        return ()
    making = members.implementation(inference, definition, "__init__")
    if making is None:
        return call.args
    texts = _text_parameters(project, making)
    return tuple(given for name, given in given_to(making, call, is_bound=True) if name in texts)


def _text_parameters(project: Project, making: FunctionDefinition) -> frozenset[str]:
    """Return the parameters that a method gives to the method above it, which makes the text of them."""
    node = project.function_node(making)
    if node is None:
        return frozenset()
    kept = attributes_of_receiver(node)
    found: set[str] = set()
    for one, _ in nodes_in(node):
        if isinstance(one, ir.Call) and called_name(one) == "__init__":
            for argument in one.args:
                found |= _names(kept.get(dotted(argument).removeprefix("self."), argument))
    return frozenset(found)


def _names(node: ir.Expr) -> set[str]:
    return {one.name for one in exposed(node) if isinstance(one.node, ir.Name)}
