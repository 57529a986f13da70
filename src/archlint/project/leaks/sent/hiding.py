"""Whether what answers a request hides secrets before it sends them, as far as the names in it tell."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.flow import call_sites
from archlint.project.leaks.exposed import masks
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.route import Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import nodes_in


def hides(project: Project, route: Route, classes: tuple[ClassDefinition, ...]) -> bool:
    """Return whether a handler, a function that it calls, or a method of some classes masks something."""
    return any(masks(name) for function in _concerned(project, route, classes) for name in _names_in(project, function))


def _concerned(project: Project, route: Route, classes: tuple[ClassDefinition, ...]) -> Iterator[FunctionDefinition]:
    for definition in dict.fromkeys(classes):
        yield from definition.methods
    handler = route.handler.function
    if handler is not None:
        yield handler
        for site in call_sites(project, UnitPlace(handler.module, handler.unit), project.effects.callees.names):
            yield from (target.function for target in project.effects.callees.targets(site.callee))


def _names_in(project: Project, function: FunctionDefinition) -> Iterator[str]:
    yield function.row.name
    node = project.function_node(function)
    for one, _ in nodes_in(node) if node is not None else ():
        match one:
            case ir.Name(id=name) | ir.Attribute(name=name) | ir.Keyword(name=str(name)):
                yield name
            case _:
                pass
