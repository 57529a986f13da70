"""What a handler of FastAPI takes and answers: models of the body, of the response, and declared statuses."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.registered.dependencies import Dependencies
from archlint.project.routes.registered.located import Located, home_of
from archlint.project.routes.registered.routers import Routers
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import keyword, uncalled
from archlint.project.values import Instance, Items, Value

_MODELS = frozenset({"BaseModel", "GenericModel", "RootModel", "SQLModel", "Struct"})


class Contracts:
    """Answers what handlers take and answer."""

    def __init__(self, routers: Routers, dependencies: Dependencies) -> None:
        self._project = routers.project
        self._dependencies = dependencies

    def request_models(self, function: FunctionDefinition) -> tuple[ClassDefinition, ...]:
        """Return the models that the body of a request must fit."""
        scope = home_of(function)
        found: dict[ClassDefinition, None] = {}
        for parameter in function.row.parameters:
            if parameter.annotation is not None and not self._dependencies.is_injected(parameter, scope):
                model = self._instance(self._project.inference.annotated(parameter.annotation, scope))
                if model is not None and model.definition is not None:
                    found[model.definition] = None
        return tuple(found)

    def response_model(self, function: FunctionDefinition, call: Located | None) -> Instance | None:
        """Return the model of the response: by the keyword of the decorator, else by what the handler promises."""
        given = keyword(call.node, "response_model") if call is not None and isinstance(call.node, ir.Call) else None
        if given is not None and call is not None:
            return self._instance(self._project.inference.annotated(given, call.scope))
        return self._instance(self._project.inference.annotated(function.row.returns, home_of(function)))

    def responses(self, call: ir.Call) -> tuple[int, ...]:
        """Return the statuses that a decorator declares."""
        given = keyword(call, "responses")
        keys = given.keys if isinstance(given, ir.Mapping) else ()
        nodes = [*keys, keyword(call, "status_code")]
        found = {status for node in nodes if node is not None for status in _statuses(node)}
        return tuple(sorted(found))

    def _instance(self, value: Value) -> Instance | None:
        value = value.element if isinstance(value, Items) else value
        if not isinstance(value, Instance) or value.definition is None:
            return None
        for ancestor in self._project.symbols.ancestors(value.definition):
            if isinstance(ancestor, str) and ancestor.rpartition(".")[2] in _MODELS:
                return value
            if isinstance(ancestor, ClassDefinition) and any(map(_is_dataclass, ancestor.row.decorators)):
                return value
        return None


def _is_dataclass(node: ir.Expr) -> bool:
    return dotted(uncalled(node)).rpartition(".")[2] in ("dataclass", "define")


def _statuses(node: ir.Expr) -> Iterator[int]:
    """Yield the status that a number or a constant (`status.HTTP_404_NOT_FOUND`) stands for."""
    if isinstance(node, ir.Constant) and type(node.value) is int:
        yield int(node.value)
    elif isinstance(node, ir.Attribute):
        parts = [part for part in node.name.split("_") if part.isdecimal()]
        yield from (int(part) for part in parts[:1])
