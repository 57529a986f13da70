"""Which functions serve requests."""

from __future__ import annotations

import msgspec

from archlint.diagnostic import Related
from archlint.ir import nodes as ir
from archlint.knowledge.tables import HTTP_VERBS
from archlint.project.context import ProjectContext
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import External, Instance, Method, Value

_DJANGO_RESPONSES = frozenset(
    {
        "django.shortcuts.render", "django.http.HttpResponse", "django.http.JsonResponse",
        "django.http.response.JsonResponse", "django.http.response.HttpResponse",
        "django.template.response.TemplateResponse",
    }
)  # fmt: skip
_VIEWS = frozenset({"route", "view", "viewset"})


class Handler(msgspec.Struct, frozen=True):
    """A function that serves requests: its name, its framework, its HTTP method and path ("" where not known)."""

    name: str
    framework: str
    method: str = ""
    path: str = ""

    @property
    def label(self) -> str:
        """Return how a person names the handler: by its route, `GET /orders`, else by the function."""
        return f"{self.method.upper()} {self.path}".strip() if self.path else self.name


def handler(project: Project, function: FunctionDefinition) -> Handler | None:
    """Return what a function serves, or None where it serves nothing or nothing is known."""
    return (
        _routed(project, function)
        or _decorated(project, function)
        or _method_of_view(project, function)
        or _django_view(function)
    )


def _routed(project: Project, function: FunctionDefinition) -> Handler | None:
    """Return what the route table says of a function: its first route."""
    route = next(iter(project.routes.served_by(function)), None)
    if route is None:
        return None
    method = route.methods[0].lower() if len(route.methods) == 1 else ""
    return Handler(_short(function), route.framework, method, route.path)


def _decorated(project: Project, function: FunctionDefinition) -> Handler | None:
    module = function.module
    scope = Scope(module, module.facts.units[function.row.unit].start, module.classes.get(function.row.owner))
    for decorator in function.row.decorators:
        call = decorator if isinstance(decorator, ir.Call) else None
        target = project.inference.value(call.func if call else decorator, scope)
        path = _first_text(call)
        row = project.knowledge.route_decorator(_qualified(target))
        if row is not None and row.kind == "route":
            name = _qualified(target).rpartition(".")[2]
            return Handler(_short(function), row.framework, name if name in HTTP_VERBS else "", path)
        if isinstance(target, Method) and target.name in HTTP_VERBS and path.startswith("/"):
            return Handler(_short(function), "web", target.name, path)
    return None


def _method_of_view(project: Project, function: FunctionDefinition) -> Handler | None:
    owner = function.owner
    if owner is None or function.row.name.startswith("_"):
        return None
    for ancestor in project.symbols.ancestors(owner):
        row = project.knowledge.handler_class(ancestor) if isinstance(ancestor, str) else None
        if row is not None and row.kind in _VIEWS and function.row.name in row.methods:
            name = function.row.name
            return Handler(_short(function), row.framework, name if name in HTTP_VERBS else "")
    return None


def _django_view(function: FunctionDefinition) -> Handler | None:
    """Recognise a function view by its shape: it takes `request` first and its module builds Django responses."""
    parameters = function.row.parameters
    if function.row.owner or not parameters or parameters[0].name != "request":
        return None
    unit = function.unit
    return Handler(_short(function), "django") if not _DJANGO_RESPONSES.isdisjoint(unit.calls) else None


def _short(function: FunctionDefinition) -> str:
    return f"{function.row.owner}.{function.row.name}".lstrip(".")


def _qualified(value: Value) -> str:
    if isinstance(value, External):
        return value.name
    if isinstance(value, Method) and isinstance(value.receiver, Instance):
        return f"{value.receiver.name}.{value.name}"
    return ""


def _first_text(call: ir.Call | None) -> str:
    if call is None:
        return ""
    words = [word.value for word in call.keywords if word.name in ("path", "rule")]
    first = call.args[0] if call.args else words[0] if words else None
    return first.value if isinstance(first, ir.Text) else ""


def entry_of(project: Project, ctx: ProjectContext, function: FunctionDefinition) -> tuple[Related, ...]:
    """Return the first step of a chain where a function serves requests."""
    served = handler(project, function)
    if served is None:
        return ()
    return (Related(ctx.head_of(function), f"`{served.label}` is served here"),)
