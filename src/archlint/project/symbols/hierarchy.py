"""What classes inherit from, and which classes inherit from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import NO_NAME, dotted
from archlint.ir.module import decode_body
from archlint.project.symbols.definitions import ClassDefinition, FunctionDefinition, Variable
from archlint.project.symbols.modules import Module

if TYPE_CHECKING:
    from archlint.project.symbols.lookup import Symbols

Base = ClassDefinition | str
_MAX_ALIASES = 10
_WITH_METACLASS = "with_metaclass"
_FROM_QUERYSET = "from_queryset"
_PROTOCOLS: frozenset[Base] = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_ABSTRACT = frozenset({"abstractclassmethod", "abstractmethod", "abstractproperty", "abstractstaticmethod"})


class Hierarchy:
    """The classes of the project with what they inherit from; each answer is found once."""

    def __init__(self, symbols: Symbols, modules: Sequence[Module]) -> None:
        self._symbols = symbols
        self._modules = modules
        self._bases: dict[ClassDefinition, tuple[Base, ...]] = {}
        self._mros: dict[ClassDefinition, tuple[Base, ...]] = {}
        self._lines: dict[ClassDefinition, tuple[Base, ...] | None] = {}

    def bases(self, definition: ClassDefinition) -> tuple[Base, ...]:
        """Return the direct bases: classes of the project, or qualified names ("?" for what is no name)."""
        if definition not in self._bases:
            module, scope = definition.module, definition.row.name.rpartition(".")[0]
            found = (self._resolved(one, module, scope) for base in definition.row.bases for one in self._named(base))
            self._bases[definition] = tuple(one for one in found if one is not definition)
        return self._bases[definition]

    def mro(self, definition: ClassDefinition) -> tuple[Base, ...]:
        """Return the C3 linearisation; where there is none, all ancestors breadth-first."""
        if definition not in self._mros:
            self._mros[definition] = self._linear(definition, ()) or self._breadth_first(definition)
        return self._mros[definition]

    def subclasses(self, definition: ClassDefinition, *, direct: bool) -> tuple[ClassDefinition, ...]:
        """Return the classes that derive from a class, by path and place."""
        found: set[ClassDefinition] = set()
        pending = list(self._children.get(definition, ()))
        while pending:
            current = pending.pop()
            if current not in found and current is not definition:
                found.add(current)
                pending += () if direct else self._children.get(current, ())
        return tuple(sorted(found, key=lambda one: (one.module.path, one.row.start)))

    def type_arguments(self, definition: ClassDefinition, base: Base) -> tuple[ir.Expr, ...]:
        """Return the expressions in the brackets behind a direct base."""
        scope = definition.row.name.rpartition(".")[0]
        for node in definition.row.bases:
            if isinstance(node, ir.Subscript) and self._resolved(node, definition.module, scope) == base:
                index = node.index
                is_several = isinstance(index, ir.Collection) and index.kind == "tuple"
                return index.items if is_several and isinstance(index, ir.Collection) else (index,)
        return ()

    def metaclass(self, definition: ClassDefinition) -> Base | None:
        """Return the metaclass that a class or the nearest of its ancestors names, or None."""
        for ancestor in self.mro(definition):
            node = _metaclass(ancestor) if isinstance(ancestor, ClassDefinition) else None
            if node is not None and isinstance(ancestor, ClassDefinition):
                return self._resolved(node, ancestor.module, ancestor.row.name.rpartition(".")[0])
        return None

    def is_protocol(self, definition: ClassDefinition) -> bool:
        """Return whether a class only says what others must have."""
        return not _PROTOCOLS.isdisjoint(self.bases(definition))

    @cached_property
    def _children(self) -> dict[ClassDefinition, list[ClassDefinition]]:
        found: defaultdict[ClassDefinition, list[ClassDefinition]] = defaultdict(list)
        for module in self._modules:
            for definition in module.classes.values():
                for base in self.bases(definition) if definition.row.bases else ():
                    if isinstance(base, ClassDefinition):
                        found[base].append(definition)
        return dict(found)

    def _named(self, base: ir.Expr) -> Iterator[ir.Expr]:
        """Yield the expressions that name bases: `A` and `B` of `with_metaclass(Meta, A, B)`, else the one given.

        Those of `Manager.from_queryset(OrderQuerySet)` are both: it copies the methods of the queryset.
        """
        if isinstance(base, ir.Call) and dotted(base.func).rpartition(".")[2] == _WITH_METACLASS:
            yield from base.args[1:]
        elif isinstance(base, ir.Call) and isinstance(base.func, ir.Attribute) and base.func.name == _FROM_QUERYSET:
            yield from (base.func.value, *base.args[:1])
        else:
            yield base

    def _resolved(self, node: ir.Expr, module: Module, scope: str, hops: int = 0) -> Base:
        """Return what an expression for a base stands for, written in the class `scope` of a module."""
        if isinstance(node, ir.Conditional | ir.Subscript):
            inner = node.body if isinstance(node, ir.Conditional) else node.value
            return self._resolved(inner, module, scope, hops)
        if isinstance(node, ir.Call):
            return f"{self._symbols.declared(module, dotted(node.func))}()"
        name = dotted(node)
        local = self._member(module, scope, name)
        if isinstance(local, ClassDefinition):
            return local
        if isinstance(local, Variable):
            alias = _alias(local) if hops < _MAX_ALIASES else None
            return local.qualified if alias is None else self._resolved(alias, local.module, local.owner, hops + 1)
        return self._outside(module, name)

    def _outside(self, module: Module, name: str) -> str:
        """Return the qualified name of what is no definition of the project."""
        if name.partition(".")[0] in module.variables and not module.is_imported(name.partition(".")[0]):
            return f"{module.name}.{name}".lstrip(".")  # `class Order(db.Model)`
        return self._symbols.declared(module, name)

    def _member(self, module: Module, scope: str, name: str) -> object:
        """Return what a name stands for in a class body, or in the module; not in the classes further out."""
        inside = f"{scope}.{name}"
        own = (module.classes.get(inside) or module.variables.get(inside)) if scope else None
        return own if own is not None else self._symbols.member(module, name.split("."))

    def _linear(self, definition: ClassDefinition, above: tuple[ClassDefinition, ...]) -> tuple[Base, ...] | None:
        """Return the C3 linearisation, or None where there is none: contradictions, or a class above itself."""
        if definition in above:
            return None
        if definition not in self._lines:
            self._lines[definition] = self._line(definition, above)
        return self._lines[definition]

    def _line(self, definition: ClassDefinition, above: tuple[ClassDefinition, ...]) -> tuple[Base, ...] | None:
        bases = tuple(dict.fromkeys(self.bases(definition)))
        lines: list[list[Base]] = [list(bases)]
        for base in reversed(bases):
            line = self._linear(base, (*above, definition)) if isinstance(base, ClassDefinition) else (base,)
            if line is None:
                return None
            lines.insert(0, list(line))
        merged = _merged(lines)
        return None if merged is None else (definition, *merged)

    def _breadth_first(self, definition: ClassDefinition) -> tuple[Base, ...]:
        pending: list[Base] = [definition]
        found: dict[Base, None] = {}
        while pending:
            current = pending.pop(0)
            if current not in found:
                found[current] = None
                pending += self.bases(current) if isinstance(current, ClassDefinition) else ()
        return tuple(found)


def is_abstract_method(function: FunctionDefinition, node: ir.Function | None) -> bool:
    """Return whether a method only says what subclasses must do; `node` is its body where that is known.

    It is marked as abstract, or does nothing but raise `NotImplementedError`.
    """
    if any(dotted(one).rpartition(".")[2] in _ABSTRACT for one in function.row.decorators):
        return True
    return bool(function.row.owner) and node is not None and all(_does_nothing(one) for one in node.body)


def _does_nothing(statement: ir.Stmt) -> bool:
    if isinstance(statement, ir.Raise) and statement.error is not None:
        error = statement.error.func if isinstance(statement.error, ir.Call) else statement.error
        return dotted(error) == "NotImplementedError"
    is_ellipsis = isinstance(statement, ir.Evaluate) and isinstance(statement.value, ir.Opaque)
    return is_ellipsis or (isinstance(statement, ir.Jump) and statement.kind == "pass")


def _merged(lines: list[list[Base]]) -> list[Base] | None:
    """Return the merge of C3, or None where the lines contradict each other."""
    merged: list[Base] = []
    lines = [line for line in lines if line]
    while lines:
        behind = {one for line in lines for one in line[1:]}
        head = next((line[0] for line in lines if line[0] not in behind), None)
        if head is None:
            return None
        merged.append(head)
        lines = [rest for line in lines if (rest := line[1:] if line[0] == head else line)]
    return merged


def _alias(variable: Variable) -> ir.Expr | None:
    """Return the name that a variable is only another name of, or None."""
    body = decode_body(variable.units[0].body) if len(variable.units) == 1 and not variable.changes else None
    if not isinstance(body, ir.Assign) or len(body.targets) != 1 or not isinstance(body.targets[0], ir.Name):
        return None
    value = body.value.value if isinstance(body.value, ir.Subscript) else body.value
    is_name = isinstance(value, ir.Name | ir.Attribute) and NO_NAME not in dotted(value)
    return value if is_name else None


def _metaclass(definition: ClassDefinition) -> ir.Expr | None:
    for word in definition.row.keywords:
        if word.name == "metaclass":
            return word.value
    for base in definition.row.bases:
        if isinstance(base, ir.Call) and dotted(base.func).rpartition(".")[2] == _WITH_METACLASS and base.args:
            return base.args[0]
    return None
