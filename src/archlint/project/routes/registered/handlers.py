"""What handlers refuse themselves, or in the functions of the project that they call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.listening import Called
from archlint.project.inference.scopes import Scope
from archlint.project.project import UnitPlace
from archlint.project.routes.refusing import MAX_CALLS, Refusal, calling, handling, is_refused, regions, status_of
from archlint.project.routes.registered.errors import WEB, Errors, Kinds, named
from archlint.project.routes.registered.located import Located, mention_of
from archlint.project.routes.registered.refusals import EVERYTHING
from archlint.project.routes.registered.routers import Routers
from archlint.project.routes.route import REFUSING, GuardKind
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import called_name, statements_in, target_names, uncalled
from archlint.project.values import External, Instance, Method, ProjectClass
from archlint.syntax.string_values import last_name

_ABORTING = frozenset({"abort", "send_error", "set_status"})
_ABORTED = frozenset({"HTTPException", "HTTPError"})
_ACCESS = (
    "access", "admin", "allow", "auth", "credential", "denied", "forbidden", "login", "owner", "permission",
    "permitted", "privilege", "role", "scope",
)  # fmt: skip


class _Asked(msgspec.Struct, frozen=True):
    """A function, the class that it is called on, and how many calls are followed further.

    What it returns is the answer where it is a handler, or where the handler returns what it returns.
    """

    function: FunctionDefinition
    view: ClassDefinition | None
    calls: int
    answers: bool


class HandlerRefusals:
    """Answers what handlers refuse."""

    def __init__(self, routers: Routers, errors: Errors) -> None:
        self._routers = routers
        self._project = routers.project
        self._errors = errors
        self._known: dict[_Asked, tuple[Refusal, ...]] = {}

    def of(self, function: FunctionDefinition, view: ClassDefinition | None) -> tuple[Refusal, ...]:
        """Return what a handler refuses: by the name of the error, or of the function that refuses."""
        return self._of(_Asked(function, view, MAX_CALLS, answers=True))

    def _of(self, asked: _Asked) -> tuple[Refusal, ...]:
        if asked not in self._known:
            found: dict[tuple[GuardKind, str, frozenset[str]], Refusal] = {}
            for one in self._found(asked):
                found.setdefault((one.kind, one.name, one.errors), one)
            self._known[asked] = tuple(found.values())
        return self._known[asked]

    def _found(self, asked: _Asked) -> Iterator[Refusal]:
        node = self._project.function_node(asked.function)
        if node is None:
            return
        is_handler = asked.calls == MAX_CALLS
        around = tuple(regions(node.body))
        for at, one in self._own(asked, node):
            if is_refused(one.errors, [region for region in around if region.holds(at)]):
                yield one if is_handler else replace(one, name=asked.function.row.name)
        around = tuple(calling(node.body))
        for at, one in self._below(asked, node) if asked.calls else ():
            if is_refused(one.errors, [region for region in around if region.holds(at)]):
                yield one

    def _own(self, asked: _Asked, node: ir.Function) -> Iterator[tuple[ir.Node, Refusal]]:
        """Yield what the statements of a function refuse, each with where it stands."""
        function = asked.function
        scope = Scope(function.module, function.unit.start, function.owner)
        for one in sorted(statements_in(node.body), key=lambda each: each.start):
            if isinstance(one, ir.Raise) and one.error is not None:
                yield from self._raised(one.error, function, node, scope)
            elif isinstance(one, ir.Return) and one.value is not None and asked.answers:
                yield from self._returned(one.value, scope)
            elif isinstance(one, ir.Evaluate):
                call = one.value.value if isinstance(one.value, ir.Await) else one.value
                if isinstance(call, ir.Call) and called_name(call) in _ABORTING:
                    for kind in _statuses(call):
                        yield call, Refusal(kind, called_name(call), mention_of(call, scope), _ABORTED)

    def _raised(
        self, error: ir.Expr, function: FunctionDefinition, node: ir.Function, scope: Scope
    ) -> Iterator[tuple[ir.Node, Refusal]]:
        made, home = self._made(error, function, node, scope)
        value = self._project.inference.value(uncalled(made), home)
        name = last_name(uncalled(made))
        kinds, names = frozenset(_statuses(made)), frozenset({name})
        if isinstance(value, ProjectClass):
            ancestors = list(self._project.symbols.ancestors(value.definition))
            names = frozenset(one.rpartition(".")[2] if isinstance(one, str) else one.row.name for one in ancestors)
            is_answer = self._errors.are_answers(value.definition)
            kinds = (self._told(made, home) if is_answer else frozenset()) or kinds
            if is_answer and not kinds:
                kinds = self._errors.of(value.definition) - _unless_access(names)
        elif isinstance(value, External) and not kinds and value.name.partition(".")[0] in WEB:
            kinds = named(name)
        for kind in kinds:
            yield error, Refusal(kind, name, mention_of(error, scope), names)

    def _told(self, made: ir.Expr, scope: Scope) -> Kinds:
        """Return what the codes stand for that an error is given: `raise ApiError(ErrorCode.FORBIDDEN)`."""
        kinds: Kinds = frozenset()
        for one in (*made.args, *[word.value for word in made.keywords]) if isinstance(made, ir.Call) else ():
            name = last_name(one) if isinstance(one, ir.Name | ir.Attribute) else ""
            code = self._errors.of_code(one, scope) - _unless_access({name})
            kinds |= code or (named(name) if name.isupper() else frozenset())
        return kinds

    def _made(
        self, error: ir.Expr, function: FunctionDefinition, node: ir.Function, scope: Scope
    ) -> tuple[ir.Expr, Scope]:
        """Return the call that makes an error which a name holds, and where it stands."""
        if not isinstance(error, ir.Name | ir.Attribute):
            return error, scope
        given = [one for one in statements_in(node.body) if isinstance(one, ir.Assign) and isinstance(error, ir.Name)]
        for one in given:
            names = frozenset().union(*map(target_names, one.targets))
            if isinstance(one.value, ir.Call) and dotted(error) in names:
                return one.value, scope
        place = Located(error, Scope(function.module, function.row.start))
        made = self._routers.assigned(self._routers.variable(place))
        return (made.node, made.scope) if made is not None and isinstance(made.node, ir.Call) else (error, scope)

    def _returned(self, value: ir.Expr, scope: Scope) -> Iterator[tuple[ir.Node, Refusal]]:
        if isinstance(value, ir.Collection) and value.kind == "tuple":
            kinds = [REFUSING[status] for one in value.items[1:] if (status := status_of(one)) in REFUSING]
            made: ir.Expr = value.items[0]
        else:
            made = value.value if isinstance(value, ir.Await) else value
            kinds = list(_statuses(made)) or self._named(made, scope)
        for kind in kinds:
            name = last_name(uncalled(made)) or kind.value
            yield value, Refusal(kind, name, mention_of(value, scope))

    def _named(self, made: ir.Expr, scope: Scope) -> list[GuardKind]:
        """Return what a library's answer says by its name: `return Forbidden()`."""
        callee = self._project.inference.value(made.func, scope) if isinstance(made, ir.Call) else None
        if isinstance(callee, External) and callee.name.partition(".")[0] in WEB:
            return sorted(named(callee.name.rpartition(".")[2]))
        return []

    def _below(self, asked: _Asked, node: ir.Function) -> Iterator[tuple[ir.Node, Refusal]]:
        """Yield what functions refuse that a function calls itself."""
        function = asked.function
        returned = {(one.start, one.end) for one in _returned_values(node)}
        errors = tuple(handling(node.body))
        for site in self._routers.frames.sites(UnitPlace(function.module, function.unit), None, EVERYTHING):
            if not isinstance(site, Called) or len(site.functions) != 1 or site.call.start < node.body[0].start:
                continue
            callee, view = self._callee(site, asked)
            is_judging = not any(one.holds(site.call) for one in errors)
            if callee is None or callee is function or callee.outer is not None or not is_judging:
                continue
            answers = asked.answers and (site.call.start, site.call.end) in returned
            for one in self._of(_Asked(callee, view, asked.calls - 1, answers)):
                yield site.call, replace(one, mention=mention_of(site.call, site.scope))

    def _callee(self, site: Called, asked: _Asked) -> tuple[FunctionDefinition | None, ClassDefinition | None]:
        """Return the function of the project that a call runs, and the class that it is called on."""
        func, function, frames = site.call.func, asked.function, self._routers.frames
        own = function.row.parameters[0].name if function.row.owner and function.row.parameters else ""
        if asked.view is not None and isinstance(func, ir.Attribute) and dotted(func.value) == own:
            return frames.method(asked.view, func.name), asked.view
        callee = self._project.inference.value(func, site.scope)
        receiver = callee.receiver if isinstance(callee, Method) else None
        view = receiver.definition if isinstance(receiver, Instance | ProjectClass) else None
        return (None if isinstance(callee, ProjectClass) else frames.called(callee)), view


def _unless_access(names: Iterable[str]) -> Kinds:
    """Return what is not meant where no name is about who asks; others answer 403 too: `AlreadyCanceled`."""
    is_about_access = any(word in name.lower() for name in names for word in _ACCESS)
    return frozenset() if is_about_access else frozenset({GuardKind.PERMISSION})


def _statuses(node: ir.Expr) -> Iterator[GuardKind]:
    """Yield what the arguments of a call refuse for, as statuses."""
    for given in (*node.args, *[one.value for one in node.keywords]) if isinstance(node, ir.Call) else ():
        for one in (given.body, given.orelse) if isinstance(given, ir.Conditional) else (given,):
            status = status_of(one)
            if status in REFUSING:
                yield REFUSING[status]


def _returned_values(node: ir.Function) -> Iterator[ir.Expr]:
    for one in statements_in(node.body):
        if isinstance(one, ir.Return) and one.value is not None:
            yield one.value.value if isinstance(one.value, ir.Await) else one.value
