"""What guards the views of Django: decorators, mixins, middleware, and checks in the code of the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.tables import DjangoGuard
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.refusals import OF_VIEWS, RefusalReader
from archlint.project.routes.django.views import View
from archlint.project.routes.refusing import Refusal
from archlint.project.routes.route import Guard, GuardKind, Level, Mention
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import uncalled
from archlint.project.values import ProjectClass, ProjectFunction

NOTHING = "nothing"
_CONVERTED = re.compile(r"(?<!\?P)<(?:\w+:)?(\w+)>")


class GuardReader:
    """Finds the guards of functions and classes that answer requests."""

    def __init__(self, reader: Reader, classes: ClassReader) -> None:
        self._reader = reader
        self._classes = classes
        self._knowledge = reader.project.knowledge
        self._refusals = RefusalReader(reader, classes)

    def of_view(
        self, view: View, function: FunctionDefinition | None, include: Iterable[Given] = (), path: str = ""
    ) -> tuple[Guard, ...]:
        """Return the guards of one method of a view, nearest first, with what its routes are wrapped in."""
        given = _given_by(path, function) if function is not None else frozenset()
        found = list(self.of_function(function, view.definition, given)) if function is not None else []
        if view.definition is not None:
            found += self.of_class(view.definition)
        for wrapper in view.wrappers:
            found += self.of_decorator(wrapper, Level.ROUTER)
        for wrapper in include:
            found += self.of_decorator(wrapper, Level.INCLUDE)
        if not self._is_open(view, function):
            found += self.middleware
        return unique(found)

    def of_function(
        self, function: FunctionDefinition, view: ClassDefinition | None = None, given: frozenset[str] = frozenset()
    ) -> Iterator[Guard]:
        """Yield the guards that stand at a function: its decorators, and what it refuses itself on a view."""
        found = self._refusals.refusal(function, view, answers=True, given=given)
        inner = None if found is None else _at_handler(found)
        if inner is not None:
            yield inner
        for decorator in function.row.decorators:
            yield from self.of_decorator(Given(decorator, self._reader.frame_of(function)), Level.DECORATOR)

    def inside(self, function: FunctionDefinition, view: ClassDefinition) -> Iterator[Guard]:
        """Yield what a method refuses that a library calls on a view."""
        found = self._inside(function, view, answers=False)
        if found is not None:
            yield found

    def of_class(self, definition: ClassDefinition) -> Iterator[Guard]:
        """Yield the guards of a view class: mixins, decorators of the class or of `dispatch`, and what that refuses."""
        for base in self._classes.order(definition):
            if isinstance(base, str):
                yield from self._of_library_class(base, definition)
            else:
                for decorator in _decorators(base):
                    yield from self.of_decorator(decorator, Level.CLASS)
        for name in OF_VIEWS:
            for function in self._classes.functions(definition, name):
                yield from (replace(one, level=Level.CLASS) for one in self.of_function(function, definition))

    def of_decorator(self, given: Given, level: Level) -> Iterator[Guard]:
        """Yield the guards that a decorator is: one of a library, or one of the project that refuses."""
        origin = self._reader.origin(given)
        node = origin.node
        if isinstance(node, ir.Collection):
            for item in node.items:
                yield from self.of_decorator(origin.at(item), level)
            return
        func = uncalled(node)
        name = self._reader.external(func, origin.frame)
        if name.rpartition(".")[2] in ("method_decorator", "partial") and isinstance(node, ir.Call) and node.args:
            yield from self.of_decorator(origin.at(node.args[0]), level)
            return
        row = self._knowledge.django_guard(name)
        if row is not None and row.form == "decorator":
            yield from _guards(row, _written(given.node), level, given.mention)
        value = self._reader.value(func, origin.frame)
        if isinstance(value, ProjectFunction):
            yield from self._of_project_decorator(given, value.definition, level)
        elif isinstance(value, ProjectClass):
            for function in self._classes.functions(value.definition, "__call__")[:1]:
                yield from self._of_project_decorator(given, function, level)

    def row(self, name: str, form: str) -> DjangoGuard | None:
        """Return what is known of a class of a library in a form."""
        row = self._knowledge.django_guard(name)
        return row if row is not None and row.form == form else None

    @cached_property
    def middleware(self) -> tuple[Guard, ...]:
        """Return the guards that stand in `MIDDLEWARE`."""
        found: list[Guard] = []
        for given in self._reader.settings.items("MIDDLEWARE"):
            name = self._reader.text(given.node, given.frame) or ""
            row = self.row(name, "middleware")
            if row is not None:
                found += _guards(row, name.rpartition(".")[2], Level.MIDDLEWARE, given.mention)
        return tuple(found)

    def _of_project_decorator(self, given: Given, function: FunctionDefinition, level: Level) -> Iterator[Guard]:
        inner = self._inside(function, None, answers=False)
        if inner is not None:
            yield Guard(inner.kind, _written(given.node), level, given.mention)
            return
        for result in self._reader.body_results(function, given):
            if isinstance(result.node, ir.Call):  # a decorator that is made of one of a library
                found = next(self.of_decorator(result.at(result.node.func), level), None)
                if found is not None:
                    yield Guard(found.kind, _written(given.node), level, given.mention)
                    return

    def _inside(self, function: FunctionDefinition, view: ClassDefinition | None, *, answers: bool) -> Guard | None:
        found = self._refusals.refusal(function, view, answers=answers)
        return None if found is None else _at_handler(found)

    def _of_library_class(self, name: str, definition: ClassDefinition) -> Iterator[Guard]:
        mention = Mention(definition.module, definition.row.start, definition.row.end)
        row = self.row(name, "mixin")
        if row is not None:
            yield from _guards(row, name.rpartition(".")[2], Level.CLASS, mention)
        view = self._knowledge.view_class(name)
        if view is not None and view.protects:
            yield Guard(GuardKind(view.protects), name.rpartition(".")[2], Level.CLASS, mention)

    def _is_open(self, view: View, function: FunctionDefinition | None) -> bool:
        """Return whether a view is exempt from the middleware that wants everybody logged in."""
        given = [Given(one, self._reader.frame_of(function)) for one in function.row.decorators] if function else []
        if view.definition is not None:
            for base in self._classes.order(view.definition):
                given += _decorators(base) if isinstance(base, ClassDefinition) else []
            for one in self._classes.functions(view.definition, "dispatch"):
                given += [Given(each, self._reader.frame_of(one)) for each in one.row.decorators]
        return any(self._lifts(one) for one in (*given, *view.wrappers))

    def _lifts(self, given: Given) -> bool:
        node = given.node
        if isinstance(node, ir.Call) and node.args and dotted(node.func).endswith("method_decorator"):
            return self._lifts(given.at(node.args[0]))
        row = self.row(self._reader.external(node, given.frame), "decorator")
        return row is not None and row.protects == NOTHING


def _at_handler(refusal: Refusal) -> Guard:
    return Guard(refusal.kind, refusal.name, Level.HANDLER, refusal.mention)


def _given_by(path: str, function: FunctionDefinition) -> frozenset[str]:
    """Return the parameters with defaults that the converters of a path always give: `<slug:key>`."""
    optional = {one.name for one in function.row.parameters if one.default is not None}
    return frozenset(optional.intersection(_CONVERTED.findall(path)))


def _decorators(definition: ClassDefinition) -> list[Given]:
    frame = Frame(definition.module, definition.row.start)
    return [Given(one, frame) for one in definition.row.decorators]


def unique(guards: Iterable[Guard]) -> tuple[Guard, ...]:
    """Return guards without those that are named again further out."""
    found: dict[tuple[GuardKind, str], Guard] = {}
    for guard in guards:
        found.setdefault((guard.kind, guard.name), guard)
    return tuple(sorted(found.values(), key=lambda one: list(Level).index(one.level)))


def _guards(row: DjangoGuard, name: str, level: Level, mention: Mention) -> Iterator[Guard]:
    if row.protects != NOTHING:
        yield Guard(GuardKind(row.protects), name, level, mention)


def _written(node: ir.Expr) -> str:
    """Return the last name of a decorator as it is written; of `method_decorator(x)` that of `x`."""
    if isinstance(node, ir.Call):
        if dotted(node.func).endswith("method_decorator") and node.args:
            return _written(node.args[0])
        return _written(node.func)
    return dotted(node).rpartition(".")[2]
