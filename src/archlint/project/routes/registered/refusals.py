"""Whether a function refuses requests: it raises, aborts or answers with 401, 403 or 429, or redirects to a login."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.listening import Called
from archlint.project.inference.scopes import Scope
from archlint.project.project import UnitPlace
from archlint.project.routes.refusing import MAX_CALLS
from archlint.project.routes.registered.conditions import Condition, around
from archlint.project.routes.registered.errors import NONE, STATUS, Errors, Kinds, named
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.routers import Routers
from archlint.project.routes.route import REFUSING, GuardKind
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import blocks, called_name, expressions_in, uncalled
from archlint.project.values import ProjectClass
from archlint.syntax.string_values import last_name

_REDIRECTS = frozenset({"HTTPFound", "HTTPSeeOther", "RedirectResponse", "redirect"})
_ASGI = 3
"""Arguments of an application: scope, receive, send."""
_REDIRECTING = frozenset({302, 303, 307})
_LOGINS = ("login", "signin", "sign_in", "sign-in")
_CREDENTIALS = ("auth", "credential", "header", "session", "token", "user")
_CATCHING = frozenset({"BaseException", "Exception", "HTTPException"})


class Refusals:
    """Answers what functions refuse."""

    def __init__(self, routers: Routers, errors: Errors) -> None:
        self._routers = routers
        self._project = routers.project
        self._errors = errors
        self._known: dict[tuple[FunctionDefinition, int, bool], Kinds] = {}

    def of(self, function: FunctionDefinition, calls: int = MAX_CALLS, *, anonymous: bool = False) -> Kinds:
        """Return what a function refuses for, itself or through the functions that it calls.

        With `anonymous`, only what is refused to somebody who shows nothing: a hook that rejects a bad token,
        and lets those pass who have none, guards no route.
        """
        key = (function, calls, anonymous)
        if key not in self._known:
            self._known[key] = self._of(function, calls, anonymous)
        return self._known[key]

    def of_class(self, definition: ClassDefinition, methods: Iterable[str], *, anonymous: bool = False) -> Kinds:
        """Return what some methods of a class refuse for."""
        found = [self._routers.frames.method(definition, name) for name in methods]
        return NONE.union(*[self.of(one, anonymous=anonymous) for one in found if one is not None])

    def under_conditions(self, function: FunctionDefinition) -> Iterator[tuple[GuardKind, tuple[Condition, ...]]]:
        """Yield what a function refuses to those who show nothing, each with the conditions around it."""
        node = self._project.function_node(function)
        for at, kinds in self._sites(function, MAX_CALLS, anonymous=True):
            conditions = tuple(around(function, node.body, at)) if node is not None and kinds else ()
            for kind in sorted(kinds):
                yield kind, conditions

    def _of(self, function: FunctionDefinition, calls: int, anonymous: bool) -> Kinds:
        return NONE.union(*[kinds for _, kinds in self._sites(function, calls, anonymous)])

    def _sites(self, function: FunctionDefinition, calls: int, anonymous: bool) -> Iterator[tuple[ir.Node, Kinds]]:
        """Yield where a function refuses, and what for."""
        node = self._project.function_node(function)
        if node is None:
            return
        scope = Scope(function.module, function.unit.start)
        assigned = dict(_assignments(node.body))
        for one in _refusing(_statements(node.body, anonymous)):
            value = assigned.get(one.id, one) if isinstance(one, ir.Name) else one
            yield one, self._said(value, scope) or self._looked_up(value, function)
        if calls:
            yield from self._called(function, node, calls, anonymous)

    def _called(
        self, function: FunctionDefinition, node: ir.Function, calls: int, anonymous: bool
    ) -> Iterator[tuple[ir.Node, Kinds]]:
        place = UnitPlace(function.module, function.unit)
        caught = [(one.start, one.end) for one in _left_out(node.body, anonymous)]
        for site in self._routers.frames.sites(place, None, EVERYTHING):
            start = site.call.start if isinstance(site, Called) else -1
            is_inside = node.start <= start < node.end and not any(low <= start < high for low, high in caught)
            if isinstance(site, Called) and is_inside:
                callee = self._project.inference.value(site.call.func, site.scope)
                found = None if isinstance(callee, ProjectClass) else self._routers.frames.called(callee)
                if found is not None and found is not function:
                    yield site.call, self.of(found, calls - 1, anonymous=anonymous)

    def _said(self, node: ir.Expr, scope: Scope) -> Kinds:
        """Return what an expression that is raised, returned or aborted with says."""
        kinds: set[GuardKind] = set()
        parts = tuple(expressions_in(node))
        is_redirect = isinstance(node, ir.Call) and (
            dotted(node.func).rpartition(".")[2] in _REDIRECTS or any(map(_is_status_of_redirect, parts))
        )
        value = self._project.inference.value(uncalled(node), scope)
        error = value.definition if isinstance(value, ProjectClass) else None
        is_told = error is None or self._errors.are_answers(error)
        for one in parts:
            if isinstance(one, ir.Constant) and type(one.value) is int and one.value in REFUSING:
                kinds.add(REFUSING[int(one.value)])
            elif isinstance(one, ir.Name | ir.Attribute):
                code = self._errors.of_code(one, scope) if is_told else NONE
                kinds |= code or named(last_name(one))
            if is_redirect and _mentions_login(one):
                kinds.add(GuardKind.AUTHENTICATION)
        if error is not None and not kinds:
            kinds |= self._errors.of(error)
        return frozenset(kinds)

    def _looked_up(self, node: ir.Expr, function: FunctionDefinition) -> Kinds:
        """Return what the error that a name of the module holds says, or one with a status that the class holds."""
        place = Located(node, Scope(function.module, function.row.start))
        variable = self._routers.variable(place) if isinstance(node, ir.Name | ir.Attribute) else None
        made = self._routers.assigned(variable)
        if made is not None and isinstance(made.node, ir.Call):
            return self._said(made.node, made.scope)
        kinds: set[GuardKind] = set()
        for word in node.keywords if isinstance(node, ir.Call) and function.row.owner else ():
            if word.name in STATUS and dotted(word.value).startswith("self."):
                variable = function.module.variables.get(f"{function.row.owner}.{dotted(word.value)[5:]}")
                held = self._routers.assigned(variable)
                kinds |= self._said(held.node, place.scope) if held is not None else NONE
        return frozenset(kinds)


class _Everything:
    def __contains__(self, name: object) -> bool:
        return True


EVERYTHING = _Everything()


def _is_status_of_redirect(node: ir.Expr) -> bool:
    """Return whether an expression is the status of a redirect: 307, `HTTP_303_SEE_OTHER`."""
    if isinstance(node, ir.Constant):
        return type(node.value) is int and node.value in _REDIRECTING
    name = last_name(node)
    return name.startswith("HTTP_30")


def _mentions_login(node: ir.Expr) -> bool:
    text = node.value if isinstance(node, ir.Text) else node.name if isinstance(node, ir.Attribute) else ""
    text = node.id if isinstance(node, ir.Name) else text
    return any(word in text.lower() for word in _LOGINS)


def _statements(body: Iterable[ir.Stmt], anonymous: bool = False) -> Iterator[ir.Stmt]:
    """Yield all statements of a body, those of nested functions included, those whose errors are caught left out.

    With `anonymous`, what is done for those who show credentials is left out.
    """
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        for block in _blocks(node, anonymous):
            pending.extend(block)


def _blocks(node: ir.Stmt, anonymous: bool) -> list[tuple[ir.Stmt, ...]]:
    body, *others = blocks(node)
    return others if _guards_no_one(node, anonymous) else [body, *others]


def _guards_no_one(node: ir.Stmt, anonymous: bool) -> bool:
    """Return whether what the body of a statement refuses is caught, or is not about those who show nothing."""
    if isinstance(node, ir.Try):
        return _catches(node)
    return isinstance(node, ir.If) and anonymous and _needs_credentials(node.test)


def _left_out(body: Iterable[ir.Stmt], anonymous: bool) -> Iterator[ir.Stmt]:
    for node in _statements(body, anonymous):
        if _guards_no_one(node, anonymous):
            yield from blocks(node)[0]


def _needs_credentials(test: ir.Expr) -> bool:
    """Return whether a test holds only for somebody who shows something: `if token:`, `if user and user.banned:`."""
    if isinstance(test, ir.Boolean):
        return test.op == "and" and any(map(_needs_credentials, test.values))
    if isinstance(test, ir.Compare):
        is_absence = any(isinstance(one, ir.Constant) and not one.value for one in test.comparators)
        return not is_absence and test.ops[0] == "in" and _shows(test.comparators[0])
    return not isinstance(test, ir.Unary) and _shows(test)


def _shows(node: ir.Expr) -> bool:
    inner = [one for one in expressions_in(node) if isinstance(one, ir.Name | ir.Attribute)]
    words = [one.id if isinstance(one, ir.Name) else one.name for one in inner]
    return any(mark in word.lower() for word in words for mark in _CREDENTIALS)


def _catches(node: ir.Try) -> bool:
    """Return whether a refusal that is raised in the body stays there."""
    for handler in node.handlers:
        names = {dotted(one).rpartition(".")[2] for one in expressions_in(handler.types)} if handler.types else set()
        if not names or not names.isdisjoint(_CATCHING):
            return not any(isinstance(one, ir.Raise) for one in _statements(handler.body))
    return False


def _refusing(statements: Iterable[ir.Stmt]) -> Iterator[ir.Expr]:
    """Yield what is raised, returned, sent, or given to `abort`."""
    for node in statements:
        if isinstance(node, ir.Raise) and node.error is not None:
            yield node.error
        elif isinstance(node, ir.Return | ir.Evaluate) and node.value is not None:
            value = node.value.value if isinstance(node.value, ir.Await) else node.value
            if isinstance(value, ir.Call) and _is_sent(value):
                yield value.func
            elif isinstance(value, ir.Call | ir.Collection) and (isinstance(node, ir.Return) or _aborts(value)):
                yield value


def _aborts(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and called_name(node) in ("abort", "send_error", "set_status")


def _is_sent(node: ir.Call) -> bool:
    """Return whether a response is called as the application that it is: `response(scope, receive, send)`."""
    last = node.args[-1] if len(node.args) == _ASGI else None
    return isinstance(last, ir.Name) and last.id.lstrip("_") == "send" and isinstance(node.func, ir.Name | ir.Call)


def _assignments(body: Iterable[ir.Stmt]) -> Iterator[tuple[str, ir.Expr]]:
    for node in _statements(body):
        if isinstance(node, ir.Assign) and node.value is not None:
            for target in node.targets:
                if isinstance(target, ir.Name):
                    yield target.id, node.value
