"""The options of models: `class Meta` with what it inherits."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.model import Place
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, Module

_MAX_DEPTH = 12


class Option(msgspec.Struct, frozen=True):
    """What an option is set to, and where."""

    value: ir.Expr
    place: Place

    @property
    def module(self) -> Module:
        """Return the module that it is set in."""
        return self.place.module


class Options(msgspec.Struct, frozen=True):
    """The options of a model by name; `own` are those that its own `Meta` sets."""

    all: Mapping[str, Option] = msgspec.field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def flag(self, name: str) -> bool | None:
        """Return the truth that an option is set to, or None."""
        option = self.all.get(name)
        value = option.value if option is not None else None
        return value.value if isinstance(value, ir.Constant) and isinstance(value.value, bool) else None

    def own_flag(self, name: str) -> bool:
        """Return whether the `Meta` of the model itself sets an option to True."""
        return name in self.own and self.flag(name) is True


class Metas:
    """Reads `class Meta` of models."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._found: dict[ClassDefinition, Options] = {}

    def of(self, definition: ClassDefinition, depth: int = 0) -> Options:
        """Return the options of a model: of its own `Meta`, else of the nearest abstract ancestor's."""
        if definition not in self._found:
            own = _meta_of(definition)
            options = self._read(own, depth) if own is not None else self._inherited(definition, depth)
            self._found[definition] = options
        return self._found[definition]

    def text(self, options: Options, name: str) -> str | None:
        """Return the text that an option is set to, or None."""
        option = options.all.get(name)
        return self._names.text(option.value, option.module) if option is not None else None

    def items(self, options: Options, name: str) -> tuple[tuple[ir.Expr, Place], ...]:
        """Return the items of a list that an option is set to, those of another model's `Meta` in it included."""
        option = options.all.get(name)
        return tuple(self._items(option.value, option.place, 0)) if option is not None else ()

    def _items(self, node: ir.Expr, place: Place, depth: int) -> list[tuple[ir.Expr, Place]]:
        if depth > _MAX_DEPTH:
            return []
        if isinstance(node, ir.Binary) and node.op == "+":
            return [*self._items(node.left, place, depth + 1), *self._items(node.right, place, depth + 1)]
        if isinstance(node, ir.Attribute) and dotted(node.value).rpartition(".")[2] == "Meta":
            option = self._option_of(node, place.module)
            return self._items(option.value, option.place, depth + 1) if option is not None else []
        if isinstance(node, ir.Call) and node.args and dotted(node.func) in ("list", "tuple"):
            return self._items(node.args[0], place, depth + 1)
        found: list[tuple[ir.Expr, Place]] = []
        for item in self._names.items(node, place.module) if not isinstance(node, ir.Collection) else node.items:
            found += self._items(item.value, place, depth + 1) if isinstance(item, ir.Starred) else [(item, place)]
        return found

    def _option_of(self, node: ir.Attribute, module: Module) -> Option | None:
        """Return what `Other.Meta.option` is set to."""
        meta = node.value
        owner = self._names.resolved(meta.value, module) if isinstance(meta, ir.Attribute) else ""
        return self.of(owner).all.get(node.name) if isinstance(owner, ClassDefinition) else None

    def _inherited(self, definition: ClassDefinition, depth: int) -> Options:
        for ancestor in self._names.line(definition)[1:] if depth < _MAX_DEPTH else ():
            if not isinstance(ancestor, ClassDefinition) or _meta_of(ancestor) is None:
                continue
            options = self.of(ancestor, depth + 1)
            # A concrete parent keeps its options to itself.
            if options.own_flag("abstract") or self._names.project.orm_of(ancestor) is None:
                return Options(_handed_on(options))
        return Options()

    def _read(self, meta: ClassDefinition, depth: int) -> Options:
        found: dict[str, Option] = {}
        for base in reversed(meta.row.bases) if depth < _MAX_DEPTH else ():
            found.update(_handed_on(self._base_options(base, meta, depth)))
        own: set[str] = set()
        for place, statement in self._names.statements(meta):
            if isinstance(statement, ir.Assign) and statement.value is not None:
                for target in statement.targets:
                    if isinstance(target, ir.Name):
                        own.add(target.id)
                        found[target.id] = Option(statement.value, place)
        return Options(found, frozenset(own))

    def _base_options(self, base: ir.Expr, meta: ClassDefinition, depth: int) -> Options:
        if isinstance(base, ir.Attribute) and base.name == "Meta":
            owner = self._names.resolved(base.value, meta.module)
            if isinstance(owner, ClassDefinition):
                return self.of(owner, depth + 1)
        found = self._names.resolved(base, meta.module)
        return self._read(found, depth + 1) if isinstance(found, ClassDefinition) else Options()


def _meta_of(definition: ClassDefinition) -> ClassDefinition | None:
    return definition.module.classes.get(f"{definition.row.name}.Meta")


def _handed_on(options: Options) -> dict[str, Option]:
    return {name: option for name, option in options.all.items() if name != "abstract"}
