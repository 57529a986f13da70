"""What errors of the project answer: by their names and statuses, and by the codes that they are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.scopes import Scope
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.error_answers import statuses
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.registrations import Registrations
from archlint.project.routes.route import REFUSING, GuardKind
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import expressions_in, statements_in
from archlint.project.values import ProjectClass

_WORDS = {
    "401": GuardKind.AUTHENTICATION,
    "unauthorized": GuardKind.AUTHENTICATION,
    "unauthenticated": GuardKind.AUTHENTICATION,
    "notauthenticated": GuardKind.AUTHENTICATION,
    "notauthorized": GuardKind.AUTHENTICATION,
    "authenticationerror": GuardKind.AUTHENTICATION,
    "authenticationfailed": GuardKind.AUTHENTICATION,
    "loginrequired": GuardKind.AUTHENTICATION,
    "403": GuardKind.PERMISSION,
    "forbidden": GuardKind.PERMISSION,
    "insufficientpermission": GuardKind.PERMISSION,
    "permissiondenied": GuardKind.PERMISSION,
    "notpermitted": GuardKind.PERMISSION,
    "429": GuardKind.RATE_LIMIT,
    "toomanyrequests": GuardKind.RATE_LIMIT,
    "ratelimited": GuardKind.RATE_LIMIT,
    "ratelimitexceeded": GuardKind.RATE_LIMIT,
}
STATUS = ("status_code", "status", "code")
HANDLED = frozenset(
    {
        "add_exception_handler", "app_errorhandler", "errorhandler", "exception", "exception_handler",
        "register_error_handler",
    }
)  # fmt: skip
"""Methods of applications that are given an error and what answers it."""
WEB = frozenset(
    {
        "aiohttp", "connexion", "fastapi", "flask", "flask_restful", "flask_restx", "http", "litestar", "quart",
        "sanic", "sanic_ext", "starlette", "tornado", "werkzeug",
    }
)  # fmt: skip
"""Libraries whose errors are answers, and whose functions make answers."""
_STATUSES = range(100, 600)
Kinds = frozenset[GuardKind]
NONE: Kinds = frozenset()


class Errors:
    """Answers what the errors of a project stand for."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations
        self._routers = registrations.routers
        self._project = registrations.project

    def of(self, definition: ClassDefinition) -> Kinds:
        """Return what an exception of the project stands for: by its names, its status, or its constructor."""
        for ancestor in self._project.symbols.ancestors(definition):
            name = ancestor if isinstance(ancestor, str) else ancestor.row.name
            kinds = named(name.rpartition(".")[2])
            kinds |= self.statuses_of(ancestor) if isinstance(ancestor, ClassDefinition) else NONE
            if kinds:
                return kinds
        return self._answered(definition)

    def _answered(self, definition: ClassDefinition) -> Kinds:
        """Return what the handlers of an error answer that do not leave that to the error."""
        for ancestor in self._project.symbols.ancestors(definition):
            handlers = self._handled.get(ancestor, ()) if isinstance(ancestor, ClassDefinition) else ()
            if handlers:
                found = (status for one in handlers for status in statuses(self._project, one, definition))
                return frozenset(REFUSING[status] for status in found if status in REFUSING)
        return NONE

    def statuses_of(self, definition: ClassDefinition) -> Kinds:
        """Return what the statuses that an exception itself sets stand for."""
        init = definition.module.functions.get(f"{definition.row.name}.__init__")
        defaults = [one.default for one in init.row.parameters] if init is not None else []
        body = self._project.function_node(init) if init is not None else None
        calls = [one for one in _evaluated(body.body) if "__init__" in dotted(one.func)] if body else []
        variables = [definition.module.variables.get(f"{definition.row.name}.{word}") for word in STATUS]
        values = [self._routers.assigned(one) for one in variables]
        return _numbers([*defaults, *calls, *[one.node for one in values if one is not None]])

    def are_answers(self, definition: ClassDefinition) -> bool:
        """Return whether an error of the project becomes an answer: a status, a library's error, or a handler of it."""
        for one in self._project.symbols.ancestors(definition):
            if isinstance(one, str) and one.partition(".")[0] in WEB:
                return True
            if isinstance(one, ClassDefinition) and (one in self._handled or self.statuses_of(one)):
                return True
        return False

    def of_code(self, node: ir.Expr, scope: Scope) -> Kinds:
        """Return what a constant stands for that holds a status, as members of enums do: `DENIED = ("denied", 403)`."""
        variable = self._routers.variable(Located(node, scope)) if isinstance(node, ir.Name | ir.Attribute) else None
        held = self._routers.assigned(variable)
        if held is None:
            return NONE
        parts = held.node.items if isinstance(held.node, ir.Collection) else (held.node,)
        parts = held.node.args if isinstance(held.node, ir.Call) else parts
        numbers = [one.value for one in parts if isinstance(one, ir.Constant) and type(one.value) is int]
        statuses = [int(one) for one in numbers if one in _STATUSES]
        is_one = len(statuses) == 1 and statuses[0] in REFUSING
        return frozenset({REFUSING[statuses[0]]}) if is_one else NONE

    @cached_property
    def _handled(self) -> Mapping[ClassDefinition, tuple[FunctionDefinition, ...]]:
        """Return the errors of the project that applications have handlers for, as far as those are known."""
        found: dict[ClassDefinition, tuple[FunctionDefinition, ...]] = {}
        for row in self._registrations.all:
            given = row.call.args if row.verb in HANDLED and row.call is not None else ()
            value = self._project.inference.value(given[0], row.place.scope) if given else None
            if isinstance(value, ProjectClass):
                target = row.target
                if target is None and len(given) > 1:
                    target = responders.function_of(self._routers, row.argument(given[1]))
                handlers = (target,) if isinstance(target, FunctionDefinition) else ()
                found[value.definition] = tuple(dict.fromkeys((*found.get(value.definition, ()), *handlers)))
        return found


def named(name: str) -> Kinds:
    """Return what the name of an error or a status says that it refuses for."""
    plain = name.lower().replace("_", "")
    return frozenset(kind for word, kind in _WORDS.items() if word in plain)


def _numbers(nodes: Iterable[ir.Expr | None]) -> Kinds:
    inner = (one for node in nodes if node is not None for one in expressions_in(node))
    values = (one.value for one in inner if isinstance(one, ir.Constant) and type(one.value) is int)
    return frozenset(REFUSING[int(value)] for value in values if value in REFUSING and value is not None)


def _evaluated(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Call]:
    for node in statements_in(body):
        if isinstance(node, ir.Evaluate) and isinstance(node.value, ir.Call):
            yield node.value
