"""What FastAPI calls before a handler: `Depends(f)` in parameters, annotations, their aliases, and lists of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.scopes import Scope
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.locals import function_around, local
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.routers import Routers
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import keyword, uncalled
from archlint.project.values import Bound, External, Instance, ProjectClass, ProjectFunction

Provider = FunctionDefinition | ClassDefinition
_MARKS = frozenset({"Depends", "Security"})
_MAX_DEPTH = 12


class Dependency(msgspec.Struct, frozen=True, eq=False):
    """One `Depends(…)`: what provides, its name in the code, the library's class where it is no one's own.

    `scopes` tells whether permissions are named, `source` where it stands. A scheme that `is_soft` lets all pass.
    Of `sides` one provides, and which of them is not known.
    """

    provider: Provider | None
    name: str
    external: str
    source: Located
    is_security: bool = False
    scopes: bool = False
    made_by: FunctionDefinition | None = None
    is_soft: bool = False
    sides: tuple[Provider, ...] = ()


class Dependencies:
    """Answers what is provided to a function, a class, or through a list of dependencies."""

    def __init__(self, routers: Routers) -> None:
        self._routers = routers
        self._project = routers.project
        self._direct: dict[Provider, tuple[Dependency, ...]] = {}

    def of_function(self, function: FunctionDefinition) -> tuple[Dependency, ...]:
        """Return what the parameters of a function depend on."""
        if function not in self._direct:
            scope = self._routers.frames.scope_around(function)
            found = [self._of_parameter(one, scope) for one in function.row.parameters]
            self._direct[function] = tuple(one for one in found if one is not None)
        return self._direct[function]

    def of_class(self, definition: ClassDefinition) -> tuple[Dependency, ...]:
        """Return what the constructor of a class, and the fields that a class-based view fills, depend on."""
        if definition not in self._direct:
            init = self._routers.frames.method(definition, "__init__")
            own = self.of_function(init) if init is not None else ()
            self._direct[definition] = (*own, *self._of_fields(definition))
        return self._direct[definition]

    def of_provider(self, provider: Provider) -> tuple[Dependency, ...]:
        """Return what a provider depends on itself."""
        return self.of_class(provider) if isinstance(provider, ClassDefinition) else self.of_function(provider)

    def all_of(self, direct: Iterable[Dependency]) -> tuple[Dependency, ...]:
        """Return dependencies with all that they depend on, each provider once, in the order of their calls."""
        found: list[Dependency] = []
        seen: set[Provider] = set()
        pending = list(direct)
        while pending:
            one = pending.pop(0)
            if one.provider is not None and one.provider in seen:
                continue
            found.append(one)
            if one.provider is not None:
                seen.add(one.provider)
                pending.extend(self.of_provider(one.provider))
        return tuple(found)

    def in_list(self, place: Located) -> Iterator[Dependency]:
        """Yield what a list stands for, as in `dependencies=[Depends(f)]`."""
        for item in display(self._routers, place) or ():
            found = self.marked(item)
            if found is not None:
                yield found

    def is_injected(self, parameter: ir.Parameter, scope: Scope) -> bool:
        """Return whether a parameter is given by a dependency."""
        return self._of_parameter(parameter, scope) is not None

    def _of_fields(self, definition: ClassDefinition) -> Iterator[Dependency]:
        seen: set[str] = set()
        for ancestor in self._project.symbols.ancestors(definition):
            if not isinstance(ancestor, ClassDefinition):
                continue
            for index in ancestor.row.units:
                unit = ancestor.module.facts.units[index]
                statement = self._project.body(unit) if unit.name and unit.name not in seen else None
                if isinstance(statement, ir.Assign):
                    seen.add(unit.name)
                    scope = Scope(ancestor.module, unit.start, ancestor)
                    parameter = ir.Parameter(0, 0, unit.name, "normal", statement.annotation, statement.value)
                    found = self._of_parameter(parameter, scope)
                    if found is not None:
                        yield found

    def _of_parameter(self, parameter: ir.Parameter, scope: Scope) -> Dependency | None:
        if parameter.default is not None:
            found = self.marked(Located(parameter.default, scope), parameter.annotation)
            if found is not None:
                return found
        return self._annotated(Located(parameter.annotation, scope)) if parameter.annotation is not None else None

    def _annotated(self, place: Located, depth: int = 0) -> Dependency | None:
        node = place.node
        if depth > _MAX_DEPTH:
            return None
        if isinstance(node, ir.Binary) and node.op == "|":
            return self._annotated(place.at(node.left), depth + 1)
        if isinstance(node, ir.Subscript) and dotted(node.value).rpartition(".")[2] == "Annotated":
            items = node.index.items if isinstance(node.index, ir.Collection) else ()
            marks = (self.marked(place.at(one), items[0]) for one in items[1:])
            found = next((one for one in marks if one is not None), None)
            return found or (self._annotated(place.at(items[0]), depth + 1) if items else None)
        if isinstance(node, ir.Subscript):
            return self._annotated(place.at(node.value), depth + 1)
        alias = self._alias(place)
        return self._annotated(alias, depth + 1) if alias is not None else None

    def _alias(self, place: Located) -> Located | None:
        """Return what a name of an annotation is short for: `SessionDep = Annotated[Session, Depends(f)]`."""
        if not isinstance(place.node, ir.Name | ir.Attribute):
            return None
        variable = self._routers.variable(place)
        if variable is None:
            return None
        statement = self._project.body(variable.units[-1])
        value = statement.value if isinstance(statement, ir.Assign | ir.TypeStatement) else None
        return Located(value, self._routers.home(variable)) if isinstance(value, ir.Subscript | ir.Name) else None

    def marked(self, place: Located, annotation: ir.Expr | None = None) -> Dependency | None:
        """Return the dependency that `Depends(f)` is; without `f` the annotation is the class that provides."""
        node = place.node
        if isinstance(node, ir.Name):
            given = self._routers.assigned(self._routers.variable(place))
            is_call = given is not None and isinstance(given.node, ir.Call)
            return self.marked(given, annotation) if given is not None and is_call else None
        if not isinstance(node, ir.Call) or dotted(node.func).rpartition(".")[2] not in _MARKS:
            return None
        callee = self._project.inference.value(node.func, place.scope)
        row = self._project.knowledge.registration(callee.name) if isinstance(callee, External) else None
        if row is None or row.kind != "dependency":
            return None
        words = {one.name: one.value for one in node.keywords}
        provider = node.args[0] if node.args else words.get("dependency", annotation)
        if provider is None:
            return None
        is_security = dotted(node.func).endswith("Security")
        return self._provided(place, place.at(provider), is_security, "scopes" in words)

    def _provided(self, source: Located, place: Located, is_security: bool, scopes: bool) -> Dependency:
        node = place.node
        inner = uncalled(node)
        name = dotted(inner).rpartition(".")[2]
        provider, external, maker = self._provider(place)
        sides = self._sides(place) if provider is None and not external else ()
        return Dependency(provider, name, external, source, is_security, scopes, maker, self._is_soft(place), sides)

    def _sides(self, place: Located) -> tuple[Provider, ...]:
        """Return what a local stands for that the function around chose: `base = visitor if is_open else user`."""
        node, outer = place.node, function_around(self._routers, place)
        given = local(self._routers, outer, node.id) if outer is not None and isinstance(node, ir.Name) else None
        if given is None or not isinstance(given.node, ir.Conditional):
            return ()
        found = [self._provider(place.at(one))[0] for one in (given.node.body, given.node.orelse)]
        known = tuple(one for one in found if one is not None)
        return known if len(known) == len(found) else ()

    def _is_soft(self, place: Located) -> bool:
        value = self._project.inference.value(place.node, place.scope)
        made = value.creation.call if isinstance(value, Instance) and value.creation is not None else None
        given = keyword(made, "auto_error") if made is not None else None
        return isinstance(given, ir.Constant) and given.value is False

    def _provider(self, place: Located) -> tuple[Provider | None, str, FunctionDefinition | None]:
        passed = place.frame.arguments.get(place.node.id) if place.frame and isinstance(place.node, ir.Name) else None
        if passed is not None:
            return self._provider(passed)
        value = self._project.inference.value(place.node, place.scope)
        if isinstance(value, ProjectFunction | Bound):
            return value.definition, "", None
        if isinstance(value, ProjectClass):
            return value.definition, "", None
        if isinstance(place.node, ir.Call):
            maker = self._routers.frames.called(self._project.inference.value(place.node.func, place.scope))
            made = self._made_by(maker) if maker is not None else None
            if made is not None:
                return made, "", maker
        if isinstance(value, Instance):
            call = self._routers.frames.method(value.definition, "__call__") if value.definition is not None else None
            return call, self._library_name(value), None
        found = self._routers.frames.called(value)
        return found, value.name if isinstance(value, External) else "", None

    def _library_name(self, value: Instance) -> str:
        if value.definition is None:
            return value.name
        ancestors = self._project.symbols.ancestors(value.definition)
        return next((one for one in ancestors if isinstance(one, str) and "." in one), "")

    def _made_by(self, maker: FunctionDefinition) -> FunctionDefinition | None:
        """Return the function that a function defines and returns."""
        nested = self._project.nested_functions(maker)
        for result in self._routers.frames.results(maker, None):
            if isinstance(result.node, ir.Name):
                return nested.get(result.node.id)
        return None
