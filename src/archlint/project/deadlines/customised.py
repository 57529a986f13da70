"""Clients whose deadline may be set out of sight: by an adapter, a method put in place, a class of the project."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.knowledge.tables import ClientClass
from archlint.project.flow import call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import ClassDefinition, Module
from archlint.project.tree import assigned_attributes, nodes_in
from archlint.project.values import Instance, Method

_ADAPTER_ARGUMENTS = 2
_PLAIN = frozenset({"requests.adapters.HTTPAdapter"})
_WORD = "timeout"


def library_class(project: Project, receiver: Instance) -> str:
    """Return the class of a library that an object is of, or its class of the project derives from."""
    if receiver.definition is None:
        return receiver.name
    ancestors = [one for one in project.symbols.ancestors(receiver.definition) if isinstance(one, str)]
    return next((one for one in ancestors if project.knowledge.client_class(one) is not None), receiver.name)


def is_customised(project: Project, module: Module, receiver: Instance, row: ClientClass) -> bool:
    """Return whether a client may have a deadline that neither its constructor nor the call says."""
    modules = {module}
    if receiver.creation is not None:
        modules.add(receiver.creation.module)
    if receiver.definition is not None:
        if not _is_plain_class(project, receiver.definition, row):
            return True
        modules.add(receiver.definition.module)
    return any(_changes(project, one, row.methods) for one in modules)


def _is_plain_class(project: Project, definition: ClassDefinition, row: ClientClass) -> bool:
    """Return whether a class of the project adds no deadline to the client that it derives from."""
    for one in project.symbols.ancestors(definition):
        if isinstance(one, ClassDefinition):
            if _speaks_of_deadlines(project, one):
                return False
        elif one not in (row.name, *row.aliases, "object", "builtins.object"):
            return False  # what a mixin of a library does is not known
    return True


def _speaks_of_deadlines(project: Project, definition: ClassDefinition) -> bool:
    project.memo.read(("module", definition.module))
    own = definition.row.name
    units = (one for one in definition.module.facts.units if f"{one.owner}.".startswith(f"{own}.") or one.name == own)
    return any(_WORD in word.lower() for unit in units for word in _words(project.body(unit)))


def _words(statement: ir.Stmt) -> Iterator[str]:
    for node, _ in nodes_in(statement):
        match node:
            case ir.Name(id=word) | ir.Text(value=word) | ir.Attribute(name=word) | ir.Parameter(name=word):
                yield word
            case ir.Keyword(name=word):
                yield word or ""


def _changes(project: Project, module: Module, methods: frozenset[str]) -> bool:
    """Return whether a module mounts adapters that may set a deadline, or replaces methods."""
    project.memo.read(("module", module))
    for unit in module.facts.units:
        if "mount" in unit.attributes and _mounts(project, UnitPlace(module, unit)):
            return True
        if not methods.isdisjoint(unit.attributes) and not methods.isdisjoint(assigned_attributes(project.body(unit))):
            return True
    return False


def _mounts(project: Project, place: UnitPlace) -> bool:
    """Return whether a unit mounts an adapter that is none of the library's own without a word of deadlines."""
    plain = {
        site.call.start
        for site in call_sites(project, place, frozenset({"mount"}))
        if isinstance(site.callee, Method) and all(_is_plain(project, one) for one in site.arguments[1:])
    }
    return any(
        isinstance(node, ir.Call)
        and isinstance(node.func, ir.Attribute)
        and node.func.name == "mount"
        and len(node.args) >= _ADAPTER_ARGUMENTS
        and node.start not in plain
        for node, _ in nodes_in(project.body(place.unit))
    )


def _is_plain(project: Project, adapter: object) -> bool:
    if not isinstance(adapter, Instance):
        return False
    if adapter.definition is None:
        return adapter.name in _PLAIN
    ancestors = project.symbols.ancestors(adapter.definition)
    return all(
        not _speaks_of_deadlines(project, one) if isinstance(one, ClassDefinition) else one in (*_PLAIN, "object")
        for one in ancestors
    )
