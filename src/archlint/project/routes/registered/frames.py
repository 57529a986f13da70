"""The calls that lead to a function, and walks over its body with what each of them passes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Called
from archlint.project.inference.members import member
from archlint.project.inference.scopes import Scope
from archlint.project.inference.sites import Defined, Result, Site, walk
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.registered.lifespans import Lifespans
from archlint.project.routes.registered.located import Frame, Located, home_of
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import assigned, names_in, uncalled
from archlint.project.values import UNKNOWN, Bound, Creation, Instance, Method, ProjectClass, ProjectFunction, Value
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.routes.registered.routers import Routers

ROLES = frozenset({Role.PRODUCTION, Role.SETTINGS, Role.COMMAND, Role.VENDORED})
_MAX_CALLS = 60
"""Calls of one function that are followed at most."""
_MAX_DEPTH = 6
_TEXTS = (ir.Attribute, ir.Binary, ir.Call, ir.Format, ir.Name)


class Frames:
    """Answers which calls lead to a function."""

    def __init__(self, project: Project, routers: Routers) -> None:
        self.project = project
        self._routers = routers
        self._made: dict[tuple[int, str], Frame] = {}
        self._contexts: dict[FunctionDefinition, tuple[Frame | None, ...]] = {}
        self._open: set[FunctionDefinition] = set()

    def scope_of(self, place: UnitPlace) -> Scope:
        """Return the scope in which a unit starts."""
        return Scope(place.module, place.unit.start, place.module.classes.get(place.unit.owner))

    def sites(self, place: UnitPlace, frame: Frame | None, wanted: Container[str]) -> Iterator[Site]:
        """Yield the sites of a unit with what a frame passes to it."""
        evaluator = _Framed(self.project, self._routers, frame)
        return walk(evaluator, self.project.body(place.unit), self.scope_of(place), wanted)

    def results(self, function: FunctionDefinition, frame: Frame | None, *, yielded: bool = True) -> Iterator[Located]:
        """Yield what a function returns and, unless that is not wanted, what it yields."""
        for site in self.sites(UnitPlace(function.module, function.unit), frame, frozenset()):
            is_wanted = isinstance(site, Result) and site.depth == 1 and (yielded or not site.is_yield)
            if is_wanted and isinstance(site, Result) and site.value is not None:
                yield Located(site.value, site.scope, frame)

    def scope_around(self, function: FunctionDefinition) -> Scope:
        """Return the scope in which a function is defined, with the locals of the function around it."""
        module = function.module
        place = UnitPlace(module, function.unit)
        for site in self.sites(place, None, frozenset()) if function.outer is not None else ():
            if isinstance(site, Defined) and place.unit.start + site.node.start == function.row.start:
                return site.scope
        return home_of(function)

    def called(self, callee: Value) -> FunctionDefinition | None:
        """Return the function of the project that calling a value runs, or None."""
        if isinstance(callee, ProjectFunction | Bound):
            return callee.definition
        if isinstance(callee, ProjectClass):
            return self.method(callee.definition, "__init__")
        if isinstance(callee, Method) and isinstance(callee.receiver, Instance | ProjectClass):
            definition = callee.receiver.definition
            return self.method(definition, callee.name) if definition is not None else None
        return None

    def method(self, definition: ClassDefinition, name: str) -> FunctionDefinition | None:
        """Return the method that a class has or inherits, or None."""
        found = member(self.project.inference, definition, name)
        return found.definition if isinstance(found, ProjectFunction) else None

    def frame(self, function: FunctionDefinition, call: Located) -> Frame | None:
        """Return the frame of a call of a function; None where it takes nothing, so that all calls are one."""
        node = call.node
        if not isinstance(node, ir.Call) or not _own_parameters(function):
            return None
        outer = call.frame
        is_passed = outer is not None and (
            not outer.arguments.keys().isdisjoint(names_in(node)) or self._passes(node, outer.function)
        )
        above = f"{outer.label}{outer.turn}" if outer is not None and is_passed else ""
        label = f"{above}>{call.scope.module.path}:{call.scope.offset + node.start}"
        key = (id(function), label)
        if key not in self._made:
            if label.count(">") > _MAX_DEPTH:
                return None
            self._made[key] = self._bound(function, call, node, label)
        return self._made[key]

    def _bound(self, function: FunctionDefinition, call: Located, node: ir.Call, label: str) -> Frame:
        arguments = dict(_arguments(function, call, node))
        values = {name: self.value(one) for name, one in arguments.items()}
        known = {name: value for name, value in values.items() if value != UNKNOWN}
        return Frame(function, label, known, arguments)

    def value(self, place: Located) -> Value:
        """Return what an argument evaluates to, a text where it is one."""
        value = self.project.inference.value(place.node, place.scope)
        is_open = value == UNKNOWN or (isinstance(value, Instance) and value.name == "str")
        text = self._routers.text(place) if is_open and isinstance(place.node, _TEXTS) else None
        return value if text is None else text

    def contexts(self, function: FunctionDefinition | None) -> tuple[Frame | None, ...]:
        """Return the frames of all calls of a function that are known; one that is None where there are none."""
        if function is None or function in self._open or not _own_parameters(function):
            return (None,)
        if function not in self._contexts:
            self._open.add(function)
            found = tuple(self._calls_of(function))[:_MAX_CALLS]
            self._open.remove(function)
            self._contexts[function] = found or (None,)
        return self._contexts[function]

    @cached_property
    def _lifespans(self) -> Lifespans:
        return Lifespans(self)

    def _calls_of(self, function: FunctionDefinition) -> Iterator[Frame]:
        frames = (self.frame(function, one) for one in self._lifespans.calls(function))
        yield from (one for one in frames if one is not None)
        name = function.row.name
        wanted = function.row.owner.rpartition(".")[2] if name == "__init__" else name
        for place in self._callers.get(wanted, ()):
            caller = self.project.function_at(place)
            calls = [one for one in self.calls(place, wanted) if self._leads_to(one, function)]
            passes = any(self._passes(one.node, caller) for one in calls)
            for outer in self.contexts(caller) if calls and passes else ():
                if outer is not None:
                    calls += [one for one in self.calls(place, wanted, outer) if self._leads_to(one, function)]
            has_frames = any(one.frame is not None for one in calls)
            for one in calls:
                frame = self.frame(function, one) if one.frame is not None or not has_frames else None
                if frame is not None:
                    yield frame

    def _passes(self, node: ir.Expr, caller: FunctionDefinition | None) -> bool:
        """Return whether a call hands on what its caller was given, or made of it."""
        body = self.project.function_node(caller) if caller is not None else None
        if caller is None or body is None:
            return False
        names = {one.name for one in caller.row.parameters} | assigned(body.body)
        return not names.isdisjoint(names_in(node))

    def calls(self, place: UnitPlace, name: str, frame: Frame | None = None) -> list[Located]:
        """Return the calls in a unit whose last name this is, once for each turn of the loops around them."""
        found: list[Located] = []
        for site in self.sites(place, frame, frozenset({name})):
            if isinstance(site, Called):
                found += self._routers.turns.of(Located(site.call, site.scope, frame), site.loops)
        return found

    def _leads_to(self, call: Located, function: FunctionDefinition) -> bool:
        callee = uncalled(call.node)
        return self.called(self.project.inference.value(callee, call.scope)) is function

    @cached_property
    def _callers(self) -> Mapping[str, tuple[UnitPlace, ...]]:
        found: defaultdict[str, list[UnitPlace]] = defaultdict(list)
        for place in self.project.units(ROLES):
            for name in {call.rpartition(".")[2] for call in place.unit.calls}:
                found[name].append(place)
        return {name: tuple(places) for name, places in found.items()}

    def places_calling(self, names: Collection[str]) -> Iterator[UnitPlace]:
        """Yield the units that call something with one of these last names, each once, in the order of files."""
        calling = [place for name in names for place in self._callers.get(name, ())]
        by_place = {(one.module.path, one.unit.start): one for one in calling}
        yield from (by_place[key] for key in sorted(by_place))


class _Framed:
    """Inference, with what a frame passes to the outermost function, and with the calls that make routers kept."""

    def __init__(self, project: Project, routers: Routers, frame: Frame | None) -> None:
        self._inference = project.inference
        self._routers = routers
        self._frame = frame
        self._is_bound = False

    def value(self, node: ir.Expr, scope: Scope) -> Value:
        """Return what an expression evaluates to."""
        value = self._inference.value(node, scope)
        if value == UNKNOWN and isinstance(node, ir.Binary | ir.Format):
            return self._routers.text(Located(node, scope, self._frame)) or UNKNOWN
        made = isinstance(value, Instance) and value.creation is not None and value.creation.call is node
        if isinstance(node, ir.Call) and not made:
            row = self._routers.row_of(Located(node.func, scope, self._frame))
            if row is not None:
                return Instance(row.name, None, Creation(scope.module, scope.offset, node))
        return value

    def annotated(self, node: ir.Expr | None, scope: Scope) -> Value:
        """Return what an annotation promises; of routers the call says more."""
        value = self._inference.annotated(node, scope)
        return UNKNOWN if isinstance(value, Instance) and self._routers.row_named(value) is not None else value

    def element(self, value: Value) -> Value:
        """Return what iterating over a value yields."""
        return self._inference.element(value)

    def entered(self, node: ir.Expr, scope: Scope) -> Value:
        """Return what `with node as target` binds."""
        return self._inference.entered(node, scope)

    def parameters(self, function: ir.Function, scope: Scope, owner: ClassDefinition | None) -> None:
        """Bind the parameters of a function; those of the outermost to what the frame passes."""
        self._inference.parameters(function, scope, owner)
        if self._frame is not None and not self._is_bound:
            scope.bind_all(self._frame.names)
        self._is_bound = True

    def assigned(self, target: ir.Attribute, value: Value, scope: Scope) -> None:
        """Take note of a value that is put into an attribute of a row."""
        self._inference.assigned(target, value, scope)

    def nested(self, outer: FunctionDefinition, name: str) -> FunctionDefinition | None:
        """Return the function of a name that is defined in another one."""
        return self._inference.nested(outer, name)

    def either(self, first: Value, second: Value) -> Value:
        """Return what a parameter that may be left out is, or what stands in for it."""
        return self._inference.either(first, second)

    def narrowed(self, test: ir.Expr, scope: Scope) -> tuple[str, Value] | None:
        """Return what a test says more about, and what that is where it holds."""
        return self._inference.narrowed(test, scope)


def _own_parameters(function: FunctionDefinition) -> tuple[ir.Parameter, ...]:
    parameters = function.row.parameters
    is_static = any(isinstance(one, ir.Name) and one.id == "staticmethod" for one in function.row.decorators)
    return parameters[1:] if function.row.owner and function.outer is None and not is_static else parameters


def _arguments(function: FunctionDefinition, call: Located, node: ir.Call) -> Iterator[tuple[str, Located]]:
    """Yield for each parameter the argument of a call, or its default; those after a star are not known."""
    home = Scope(function.module, function.unit.start)
    parameters = _own_parameters(function)
    placed = [one for one in parameters if one.kind in ("positional", "normal")]
    if len(parameters) < len(function.row.parameters) and isinstance(node.func, ir.Attribute):
        yield function.row.parameters[0].name, call.at(node.func.value)
    star = next((one.name for one in parameters if one.kind == "star"), None)
    if star is not None:
        rest = node.args[len(placed) :]
        yield star, call.at(ir.Collection(node.start, node.end, "tuple", rest))
    for index, argument in enumerate(node.args):
        if isinstance(argument, ir.Starred) or index >= len(placed):
            break
        yield placed[index].name, call.at(argument)
    given = {one.name for one in node.keywords} | {one.name for one in placed[: len(node.args)]}
    for one in node.keywords:
        if one.name is not None and any(one.name == parameter.name for parameter in parameters):
            yield one.name, call.at(one.value)
    is_open = None in given or any(isinstance(one, ir.Starred) for one in node.args)
    for parameter in parameters:
        if parameter.default is not None and parameter.name not in given and not is_open:
            yield parameter.name, Located(parameter.default, home)
