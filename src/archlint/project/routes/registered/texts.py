"""The texts of paths and prefixes: constants, f-strings over constants, settings with a literal default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.routes.pieces import filled, joined
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.made import own_prefix
from archlint.project.symbols import FunctionDefinition, Variable
from archlint.project.tree import uncalled
from archlint.project.values import Instance, Literal
from archlint.syntax.string_values import last_name

if TYPE_CHECKING:
    from archlint.project.routes.registered.routers import Routers

_MAX_DEPTH = 12
_MAX_ITEMS = 200


class Texts:
    """Answers which text an expression is, or that this is not known."""

    def __init__(self, routers: Routers) -> None:
        self._routers = routers
        self._project = routers.project

    def of(self, place: Located, depth: int = 0) -> str | None:  # noqa: PLR0911 - one answer a node
        """Return the text that an expression is, or None."""
        node = place.node
        if depth > _MAX_DEPTH:
            return None
        match node:
            case ir.Text(value=value, is_bytes=False):
                return value
            case ir.Format():
                return self._joined(place, node.parts, depth)
            case ir.Binary(op="+"):
                return self._joined(place, (node.left, node.right), depth)
            case ir.Call():
                return self._call(place, node, depth)
            case ir.Conditional():
                sides = {self.of(place.at(one), depth + 1) for one in (node.body, node.orelse)}
                return sides.pop() if len(sides) == 1 else None
            case ir.Name() | ir.Attribute():
                return self._named(place, node, depth)
            case _:
                return None

    def _joined(self, place: Located, parts: tuple[ir.Expr, ...], depth: int) -> str | None:
        return joined(self.of(place.at(part), depth + 1) for part in parts)

    def _named(self, place: Located, node: ir.Name | ir.Attribute, depth: int) -> str | None:
        value = self._project.inference.value(node, place.scope)
        if isinstance(value, Literal):
            return value.value if isinstance(value.value, str) else None
        if isinstance(node, ir.Name) and place.frame is not None:
            passed = place.frame.arguments.get(node.id)
            if passed is not None:
                return self.of(passed, depth + 1)
        variable = self._routers.variable(place)
        return self._of_variable(variable, depth) if variable is not None else self._of_property(place, depth)

    def _of_variable(self, variable: Variable, depth: int) -> str | None:
        scope = Scope(variable.module, variable.units[-1].start, variable.module.classes.get(variable.owner))
        statement = self._project.body(variable.units[-1])
        if len(variable.units) != 1 or not isinstance(statement, ir.Assign) or statement.value is None:
            return None
        value = statement.value
        if isinstance(value, ir.Call):  # `API_V1_STR: str = Field("/api/v1")`
            named = [one.value for one in value.keywords if one.name == "default"]
            first = (*value.args[:1], *named)
            is_field = isinstance(value.func, ir.Name | ir.Attribute) and last_name(value.func) == "Field"
            value = first[0] if is_field and first else value
        return self.of(Located(value, scope), depth + 1)

    def _of_property(self, place: Located, depth: int) -> str | None:
        if not isinstance(place.node, ir.Attribute):
            return None
        router = self._routers.of(place.at(place.node.value))
        if router is not None and router.row.prefix == place.node.name:
            return own_prefix(self._routers, router)
        base = self._project.inference.value(place.node.value, place.scope)
        definition = base.definition if isinstance(base, Instance) else None
        method = self._routers.frames.method(definition, place.node.name) if definition is not None else None
        is_property = method is not None and any(
            last_name(uncalled(one)).endswith("property") for one in method.row.decorators
        )
        return self._of_result(method, None, depth) if is_property and method is not None else None

    def _call(self, place: Located, node: ir.Call, depth: int) -> str | None:
        if isinstance(node.func, ir.Attribute) and node.func.name in ("rstrip", "strip", "lstrip", "lower", "upper"):
            text = self.of(place.at(node.func.value), depth + 1)
            marks = [self.of(place.at(one), depth + 1) for one in node.args]
            if text is not None and None not in marks:
                changed: str = getattr(text, node.func.name)(*marks)
                return changed
        if isinstance(node.func, ir.Attribute) and node.func.name == "format" and not node.keywords:
            return self._formatted(place, node, node.func.value, depth)
        if isinstance(node.func, ir.Name) and node.func.id == "str" and len(node.args) == 1:
            return self.of(place.at(node.args[0]), depth + 1)
        function = self._routers.frames.called(self._project.inference.value(node.func, place.scope))
        return self._of_result(function, place, depth) if function is not None else None

    def _formatted(self, place: Located, node: ir.Call, pattern: ir.Expr, depth: int) -> str | None:
        text = self.of(place.at(pattern), depth + 1)
        values = [self.of(place.at(one), depth + 1) for one in node.args]
        return filled(text, "{}", values) if text is not None and text.count("{}") == len(values) else None

    def _of_result(self, function: FunctionDefinition, call: Located | None, depth: int) -> str | None:
        """Return the one text that a function returns; of several the last, where the others stand in an `if`."""
        frames = self._routers.frames
        frame = frames.frame(function, call) if call is not None else None
        found = {self.of(one, depth + 1) for one in frames.results(function, frame, yielded=False)}
        return found.pop() if len(found) == 1 else None

    def many(self, place: Located, depth: int = 0) -> tuple[str, ...] | None:
        """Return the texts of a collection of texts, or None where one is not known."""
        node = display(self._routers, place)
        if node is None or depth > _MAX_DEPTH or len(node) > _MAX_ITEMS:
            return None
        texts = [self.of(one) for one in node]
        known = tuple(text for text in texts if text is not None)
        return known if len(known) == len(texts) else None
