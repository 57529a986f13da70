"""The order in which Python looks a member up in the bases of a class, libraries included."""

from __future__ import annotations

from collections.abc import Iterable

from archlint.ir import nodes as ir
from archlint.project.routes.django.frames import Given, class_statements
from archlint.project.routes.django.reader import Reader
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import Instance, Method, ProjectFunction, Value

Base = ClassDefinition | str


class ClassReader:
    """Looks members of classes up as an instance would."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._orders: dict[ClassDefinition, tuple[Base, ...]] = {}

    def order(self, definition: ClassDefinition) -> tuple[Base, ...]:
        """Return a class and what it inherits from, in the order of lookup."""
        if definition not in self._orders:
            self._orders[definition] = (definition,)  # classes that derive from each other
            found: dict[Base, None] = {}
            bases = self.reader.project.symbols.bases(definition)
            for one in reversed([each for base in bases for each in self._order_of(base)]):
                found.setdefault(one)  # a base stands behind all that derive from it
            found.pop(definition, None)
            self._orders[definition] = (definition, *reversed(found))
        return self._orders[definition]

    def _order_of(self, base: Base) -> tuple[Base, ...]:
        return (base,) if isinstance(base, str) else self.order(base)

    def method(self, definition: ClassDefinition, name: str) -> FunctionDefinition | Base | None:
        """Return the method that a call of `name` reaches; of a library only the class that has it, or None."""
        for base in self.order(definition):
            if isinstance(base, str):
                row = self.reader.project.knowledge.view_class(base)
                if row is not None and name in row.methods:
                    return base
                continue
            found = base.module.functions.get(f"{base.row.name}.{name}")
            if found is not None:
                return found
            given = self._own_value(base, name)
            if given is not None:
                return self._alias(definition, base, name, given)
        return None

    def _alias(
        self, definition: ClassDefinition, base: ClassDefinition, name: str, given: Given
    ) -> FunctionDefinition | Base | None:
        """Return what `put = post` in the body of a class stands for; `put = None` takes a method away."""
        if isinstance(given.node, ir.Constant):
            return None
        if isinstance(given.node, ir.Name) and given.node.id != name:
            return self.method(definition, given.node.id)
        return base

    def functions(self, definition: ClassDefinition, name: str) -> list[FunctionDefinition]:
        """Return all methods of the project with a name, nearest first: each may call the next one."""
        found = [
            base.module.functions.get(f"{base.row.name}.{name}")
            for base in self.order(definition)
            if not isinstance(base, str)
        ]
        return [one for one in found if one is not None]

    def attribute(self, definition: ClassDefinition, name: str) -> Given | None:
        """Return the expression that a class or a base of it gives an attribute, or None."""
        for base in self.order(definition):
            given = None if isinstance(base, str) else self._own_value(base, name)
            if given is not None:
                return given
        return None

    def text(self, definition: ClassDefinition, name: str) -> str | None:
        """Return the text of an attribute, or None."""
        given = self.attribute(definition, name)
        return None if given is None else self.reader.text(given.node, given.frame)

    def items(self, given: Given) -> list[Given]:
        """Return the items of a list."""
        return list(self.reader.items(given))

    def library_bases(self, definition: ClassDefinition) -> list[str]:
        """Return the classes of libraries that a class derives from, in the order of lookup."""
        return [one for one in self.order(definition) if isinstance(one, str)]

    def function(self, value: Value) -> FunctionDefinition | None:
        """Return the function of the project that a value is, or that a method of an object is, or None."""
        if isinstance(value, ProjectFunction):
            return value.definition
        if isinstance(value, Method) and isinstance(value.receiver, Instance) and value.receiver.definition is not None:
            found = self.method(value.receiver.definition, value.name)
            return found if isinstance(found, FunctionDefinition) else None
        return None

    def kinds(self, names: Iterable[str]) -> set[str]:
        """Return which kinds classes of Django and its libraries are: `view`, `api`, `viewset`, `graphql`."""
        rows = (self.reader.project.knowledge.view_class(name) for name in names)
        return {row.kind for row in rows if row is not None}

    def derives(self, definition: ClassDefinition, *kinds: str) -> bool:
        """Return whether a class derives from a class of Django or its libraries of one of the kinds."""
        return not self.kinds(self.library_bases(definition)).isdisjoint(kinds)

    def _own_value(self, definition: ClassDefinition, name: str) -> Given | None:
        if f"{definition.row.name}.{name}" not in definition.module.variables:
            return None
        return self.reader.last_assigned(name, class_statements(self.reader.project, definition))
