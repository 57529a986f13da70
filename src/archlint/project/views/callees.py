"""Which function of the project a call enters."""

from __future__ import annotations

from archlint.project.flow import CallSite
from archlint.project.inference.members import member
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import Bound, Instance, Method, ProjectClass, ProjectFunction, Value


def called_function(project: Project, site: CallSite) -> FunctionDefinition | None:
    """Return the function that a call enters, or None where it is not the project's or not known."""
    return function_of(project, site.callee)


def function_of(project: Project, callee: Value) -> FunctionDefinition | None:
    """Return the function that a callable stands for: of a class its `__init__`."""
    if isinstance(callee, ProjectFunction | Bound):
        return callee.definition
    if isinstance(callee, ProjectClass):
        return _member(project, callee.definition, "__init__")
    if not isinstance(callee, Method):
        return None
    receiver = callee.receiver
    definition = receiver.definition if isinstance(receiver, Instance | ProjectClass) else None
    return _member(project, definition, callee.name) if definition is not None else None


def _member(project: Project, definition: ClassDefinition, name: str) -> FunctionDefinition | None:
    found = member(project.inference, definition, name)
    return found.definition if isinstance(found, ProjectFunction) else None
