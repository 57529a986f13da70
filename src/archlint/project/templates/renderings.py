"""Where templates are drawn: by calls, and by views that find template and context by themselves."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.template_rows import TemplateCall
from archlint.project.effects.effect import Step
from archlint.project.inference import wrappers
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.templates.contexts import Context, Contexts
from archlint.project.tree import called_name, keyword
from archlint.project.values import Literal, Value
from archlint.source import Role

_INCLUSION = "inclusion_tag"


class Rendering(msgspec.Struct, frozen=True):
    """A template that is drawn: its name, its engine, what its names stand for, and where that is asked for.

    `function` is the one that asks; `view` is the class that draws by itself.
    """

    template: str
    engine: str
    context: Context
    step: Step
    function: FunctionDefinition | None = None
    view: ClassDefinition | None = None


class Renderings:
    """Finds the calls that draw templates."""

    def __init__(self, project: Project, contexts: Contexts) -> None:
        self._project = project
        self._contexts = contexts

    def found(self, roles: Container[Role]) -> Iterator[Rendering]:
        """Yield what functions of files of some roles draw."""
        for place in self._project.units(roles, near_database=True):
            if self._names.isdisjoint(call.rpartition(".")[2] for call in place.unit.calls):
                continue
            for function in self._project.functions_at(place):
                yield from self._in(function)

    def tags(self, roles: Container[Role]) -> Iterator[Rendering]:
        """Yield what the inclusion tags of Django draw: functions that give the context of a template."""
        for module in self._project.modules:
            for function in module.functions.values() if module.role in roles else ():
                template = next(filter(None, map(_included, function.row.decorators)), "")
                if template:
                    row, unit = function.row, function.unit
                    step = Step(module, unit.start, row.start - unit.start, row.start - unit.start)
                    yield Rendering(template, "django", self._contexts.returned(function, None), step, function)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for row in self._project.knowledge.tables.template_calls for name in row.names)

    def _in(self, function: FunctionDefinition) -> Iterator[Rendering]:
        for node, callee, arguments in self._contexts.seen(function, None).calls:
            row = self._project.knowledge.template_call(wrappers.qualified(callee))
            if row is not None:
                found = self._rendering(row, function, node, arguments)
                if found is not None:
                    yield found

    def _rendering(
        self, row: TemplateCall, function: FunctionDefinition, node: ir.Call, arguments: tuple[Value, ...]
    ) -> Rendering | None:
        texts = [index for index, one in enumerate(arguments) if _text(one)]
        named = next((word.value for word in node.keywords if word.name in ("name", "template_name")), None)
        template = _text(arguments[texts[0]]) if texts else named.value if isinstance(named, ir.Text) else ""
        if not template:
            return None
        given = keyword(node, row.context) if row.context else None
        behind = texts[0] + 1 if texts else len(arguments)
        if given is None and row.context and behind < len(node.args):
            given = node.args[behind]
        if given is not None:
            context = self._contexts.of(function, None, given)
        else:
            words = [(word.name or "", word.value) for word in node.keywords] if not row.context else []
            context = self._contexts.entries(function, None, words)
        step = Step(function.module, function.unit.start, node.start, node.end)
        return Rendering(template, row.engine, context, step, function)


def _included(decorator: ir.Expr) -> str:
    """Return the template of `@register.inclusion_tag("…")`, or ""."""
    if not isinstance(decorator, ir.Call) or called_name(decorator) != _INCLUSION or not decorator.args:
        return ""
    first = decorator.args[0]
    return first.value if isinstance(first, ir.Text) else ""


def _text(value: Value) -> str:
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else ""
