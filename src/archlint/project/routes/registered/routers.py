"""Which application, router or blueprint an expression stands for, and what it was made with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.knowledge.rows import RouteCollector
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.routes.registered.frames import Frames
from archlint.project.routes.registered.located import Frame, Located, Router
from archlint.project.routes.registered.texts import Texts
from archlint.project.routes.registered.turns import Turns
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module, Variable
from archlint.project.tree import attributes_of_receiver
from archlint.project.values import (
    External,
    Instance,
    Literal,
    Method,
    ProjectClass,
    ProjectModule,
    Value,
)

_MAX_DEPTH = 12
_ITSELF = frozenset({"router", "app"})
"""Attributes of applications (`app.router.add_get`, `api.app`) that collect the same routes."""


class Routers:
    """Answers what collects routes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._depth = 0
        self._variables: dict[Variable, Router | None] = {}
        self._scopes: dict[tuple[str, int, str], Scope] = {}

    @cached_property
    def frames(self) -> Frames:
        """Return what answers which calls lead to a function."""
        return Frames(self.project, self)

    @cached_property
    def texts(self) -> Texts:
        """Return what answers which text an expression is."""
        return Texts(self)

    @cached_property
    def turns(self) -> Turns:
        """Return what answers what the variables of loops stand for."""
        return Turns(self)

    def text(self, place: Located) -> Literal | None:
        """Return the text that an expression is as a value, or None."""
        found = self.texts.of(place)
        return None if found is None else Literal(found)

    def of(self, place: Located) -> Router | None:
        """Return the router that an expression stands for, or None."""
        if self._depth > _MAX_DEPTH:
            return None
        self._depth += 1
        try:
            return self._of(place)
        finally:
            self._depth -= 1

    def _of(self, place: Located) -> Router | None:
        node = place.node
        if isinstance(node, ir.Await):
            return self.of(place.at(node.value))
        if isinstance(node, ir.Call):
            return self._made_or_returned(place, node)
        if isinstance(node, ir.Conditional | ir.Boolean):
            sides = (node.body, node.orelse) if isinstance(node, ir.Conditional) else node.values
            return next((one for one in (self.of(place.at(side)) for side in sides) if one is not None), None)
        if not isinstance(node, ir.Name | ir.Attribute):
            return None
        return self._named(place, node)

    def _named(self, place: Located, node: ir.Name | ir.Attribute) -> Router | None:
        local = place.scope.names.get(node.id) if isinstance(node, ir.Name) else None
        passed = place.frame.arguments.get(node.id) if isinstance(node, ir.Name) and place.frame is not None else None
        if passed is not None:
            return self.of(passed)
        if local is not None:
            return self.of_value(local, place.frame)
        variable = self.variable(place)
        if variable is not None:
            return self._of_variable(variable)
        if isinstance(node, ir.Attribute):
            return self._of_attribute(place, node)
        return self.of_value(self.project.inference.value(node, place.scope), place.frame)

    def _of_attribute(self, place: Located, node: ir.Attribute) -> Router | None:
        base = self.project.inference.value(node.value, place.scope)
        if isinstance(base, Instance) and base.definition is not None:
            assigned = self._set_on_self(base.definition, node.name)
            if assigned is not None:
                return self.of(assigned)
        return self.of(place.at(node.value)) if node.name in _ITSELF else None

    def _set_on_self(self, definition: ClassDefinition, name: str) -> Located | None:
        for ancestor in self._own_ancestors(definition):
            init = ancestor.module.functions.get(f"{ancestor.row.name}.__init__")
            node = self.project.function_node(init) if init is not None else None
            assigned = attributes_of_receiver(node).get(name) if node is not None else None
            if init is not None and node is not None and assigned is not None:
                start = init.unit.start
                scope = Scope(init.module, start, definition)
                self.project.inference.parameters(node, scope, definition)
                is_passed = isinstance(assigned, ir.Name) and self._may_be_router(init, assigned.id)
                return Located(assigned, scope, self.frames.contexts(init)[0] if is_passed else None)
        return None

    def _may_be_router(self, function: FunctionDefinition, name: str) -> bool:
        """Return whether a parameter may be given a router: by its annotation, or because it has none."""
        found = next((one for one in function.row.parameters if one.name == name), None)
        if found is None or found.annotation is None:
            return found is not None
        scope = Scope(function.module, function.unit.start)
        promised = self.project.inference.annotated(found.annotation, scope)
        return isinstance(promised, Instance) and self.row_named(promised) is not None

    def may_register(self, function: FunctionDefinition | None, receiver: Located) -> bool:
        """Return whether a receiver is a router, or a parameter of a function that may be one."""
        root = receiver.node
        while isinstance(root, ir.Attribute):
            root = root.value
        is_given = function is not None and isinstance(root, ir.Name) and self._may_be_router(function, root.id)
        if is_given and function is not None and isinstance(root, ir.Name):
            owner = function.owner if function.outer is None else None
            is_self = owner is not None and root.id == function.row.parameters[0].name
            if not is_self or (owner is not None and self._row_of_class(owner) is not None):
                return True
        return self.of(receiver) is not None

    def variable(self, place: Located) -> Variable | None:
        """Return the variable of a module or class that a name or an attribute stands for, or None."""
        node, scope, symbols = place.node, place.scope, self.project.symbols
        if isinstance(node, ir.Name):
            if node.id in scope.names:
                return None
            inner = scope.module.variables.get(f"{scope.owner.row.name}.{node.id}") if scope.owner else None
            found = inner or symbols.member(scope.module, [node.id])
            return found if isinstance(found, Variable) else None
        if not isinstance(node, ir.Attribute):
            return None
        base = self.project.inference.value(node.value, scope)
        if isinstance(base, ProjectModule):
            found = symbols.member(base.module, [node.name])
            return found if isinstance(found, Variable) else None
        definition = base.definition if isinstance(base, ProjectClass | Instance) else None
        return self.class_variable(definition, node.name) if definition is not None else None

    def _own_ancestors(self, definition: ClassDefinition) -> Iterator[ClassDefinition]:
        ancestors = self.project.symbols.ancestors(definition)
        return (one for one in ancestors if isinstance(one, ClassDefinition))

    def home(self, variable: Variable) -> Scope:
        """Return the scope in which a variable was assigned last."""
        return Scope(variable.module, variable.units[-1].start, variable.module.classes.get(variable.owner))

    def assigned(self, variable: Variable | None) -> Located | None:
        """Return the expression that a variable was given last, or None where that is no plain assignment."""
        statement = self.project.body(variable.units[-1]) if variable is not None else None
        if variable is None or not isinstance(statement, ir.Assign) or statement.value is None:
            return None
        return Located(statement.value, self.home(variable))

    def class_variable(self, definition: ClassDefinition, name: str) -> Variable | None:
        """Return the variable of a class or of its nearest ancestor that has it, or None."""
        for ancestor in self._own_ancestors(definition):
            found = ancestor.module.variables.get(f"{ancestor.row.name}.{name}")
            if found is not None:
                return found
        return None

    def _of_variable(self, variable: Variable) -> Router | None:
        """Return what a variable was given last that is a router: `app = Wrapper(app)` leaves what is wrapped."""
        if variable not in self._variables:
            self._variables[variable] = None
            found = None
            for unit in reversed(variable.units):
                statement = self.project.body(unit)
                if found is None and isinstance(statement, ir.Assign) and statement.value is not None:
                    owner = variable.module.classes.get(variable.owner)
                    found = self.of(Located(statement.value, Scope(variable.module, unit.start, owner)))
            self._variables[variable] = found
        return self._variables[variable]

    def of_value(self, value: Value, frame: Frame | None) -> Router | None:
        """Return the router that a value is, where the call that made it is known."""
        if not isinstance(value, Instance) or value.creation is None:
            return None
        made, row = value.creation, self.row_named(value)
        return (
            self._router(row, Located(made.call, Scope(made.module, made.offset), frame), value.definition)
            if (row is not None)
            else None
        )

    def _made_or_returned(self, place: Located, node: ir.Call) -> Router | None:
        row = self.row_of(place.at(node.func))
        if row is not None:
            definition = self.project.inference.value(node.func, place.scope)
            return self._router(row, place, definition.definition if isinstance(definition, ProjectClass) else None)
        callee = self.project.inference.value(node.func, place.scope)
        function = None if isinstance(callee, ProjectClass) else self.frames.called(callee)
        if function is None:
            return None
        frame = self.frames.frame(function, place)
        found = (self.of(one) for one in self.frames.results(function, frame))
        return next((one for one in found if one is not None), None)

    def _router(self, row: RouteCollector, made: Located, definition: ClassDefinition | None) -> Router:
        start = made.scope.offset + made.node.start
        function = made.frame.function if made.frame is not None else None
        is_inside = function is not None and _holds(function, made.scope.module, start)
        # An application is one, whoever calls the function that makes it.
        label = made.frame.label if made.frame is not None and is_inside and not row.is_application else ""
        key = (made.scope.module.path, start, label)
        self._scopes.setdefault(key, made.scope)
        return Router(key, row, made if is_inside else Located(made.node, made.scope), definition)

    def row_named(self, value: Instance) -> RouteCollector | None:
        """Return the row of the class of an instance, or of the nearest class that it inherits from."""
        if value.definition is None:
            return self.project.knowledge.route_collector(value.name)
        return self._row_of_class(value.definition)

    def row_of(self, callee: Located) -> RouteCollector | None:
        """Return the row of the class of routers that an expression stands for, or None."""
        value = self.project.inference.value(callee.node, callee.scope)
        if isinstance(value, External):
            return self.project.knowledge.route_collector(value.name)
        if isinstance(value, ProjectClass):
            return self._row_of_class(value.definition)
        if isinstance(value, Method) and isinstance(value.receiver, Instance | External):
            return self.project.knowledge.route_collector(f"{value.receiver.name}.{value.name}")
        given = self.assigned(self.variable(callee))
        return (
            self._row_made(given.node, given.scope) if given is not None and isinstance(given.node, ir.Call) else None
        )

    def framework(self, definition: ClassDefinition) -> str:
        """Return the framework of the routers that a class inherits from, "" where it makes none."""
        row = self._row_of_class(definition)
        return row.framework if row is not None else ""

    def _row_of_class(self, definition: ClassDefinition) -> RouteCollector | None:
        known = self.project.knowledge
        names = (one for one in self.project.symbols.ancestors(definition) if isinstance(one, str))
        return next((row for row in map(known.route_collector, names) if row is not None), None)

    def _row_made(self, call: ir.Call, scope: Scope) -> RouteCollector | None:
        """Return the row of what a function that makes a class promises: `-> type[APIRouter]`."""
        function = self.frames.called(self.project.inference.value(call.func, scope))
        promised = function.row.returns if function is not None else None
        if function is None or not isinstance(promised, ir.Subscript) or not isinstance(promised.value, ir.Name):
            return None
        if promised.value.id not in ("type", "Type"):
            return None
        home = Scope(function.module, function.unit.start)
        return self.row_of(Located(promised.index, home))


def _holds(function: FunctionDefinition, module: Module, offset: int) -> bool:
    return function.module is module and function.row.start <= offset < function.row.end
