"""The types of SQLAlchemy's columns, as SQL has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.project.schema.names import Names
from archlint.project.symbols import Module, Variable
from archlint.source import Role

_ROOTS = ("flask_sqlalchemy.", "sqlalchemy.", "sqlmodel.")
_MAP = "type_annotation_map"
_ZONED = {"timestamp": "timestamptz", "time": "timetz"}
_MAX_DEPTH = 6


class Types:
    """Reads types."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def written(self, node: ir.Expr | None, module: Module, depth: int = 0) -> str:
        """Return the type that `DateTime(timezone=True)` or the name of such a type is, "" where it is not known."""
        if node is None or depth > _MAX_DEPTH:
            return ""
        if isinstance(node, ir.Call):
            func = node.func
            if isinstance(func, ir.Attribute) and func.name == "with_variant":
                return self.written(func.value, module, depth + 1)
            words = {word.name: word.value for word in node.keywords}
            return self._zoned(self._named(func, module), words.get("timezone", node.args[0] if node.args else None))
        found = self._names.resolved(node, module) if isinstance(node, ir.Name | ir.Attribute) else ""
        if isinstance(found, Variable):
            return self.written(self._names.value_of(found), found.module, depth + 1)
        return self._named(node, module)

    def promised(self, node: ir.Expr | None, module: Module) -> str:
        """Return the type that an annotation stands for, as a base of the project maps it, or SQLAlchemy does."""
        name = self._names.name(node, module) if node is not None else ""
        return self._mapped[name] if name in self._mapped else self._by_name.get(name, "")

    def _named(self, node: ir.Expr, module: Module) -> str:
        name = self._names.name(node, module)
        return self._by_name.get(f"sqlalchemy.{name.rpartition('.')[2]}", "") if name.startswith(_ROOTS) else ""

    def _zoned(self, kind: str, zone: ir.Expr | None) -> str:
        """Return a type of times with its zone; "" where only a run tells whether it has one."""
        if kind not in _ZONED or zone is None:
            return kind
        if not isinstance(zone, ir.Constant):
            return ""
        return _ZONED[kind] if zone.value is True else kind

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        rows = self._names.project.knowledge.orm("sqlalchemy").fields
        return {name: row.type for row in rows for name in (row.name, *row.aliases)}

    @cached_property
    def _mapped(self) -> Mapping[str, str]:
        """Return what `type_annotation_map` says of types of Python; "" where several say different things."""
        found: dict[str, str] = {}
        for node, module in self._maps():
            for key, value in zip(node.keys, node.values, strict=True):
                name = self._names.name(key, module) if key is not None else ""
                kind = self.written(value, module)
                found[name] = kind if found.get(name, kind) == kind else ""
        return found

    def _maps(self) -> Iterator[tuple[ir.Mapping, Module]]:
        for module in self._names.project.modules:
            for variable in module.variables.values() if module.role is Role.PRODUCTION else ():
                value = self._names.value_of(variable) if _may_map(variable) else None
                if isinstance(value, ir.Call):
                    value = next((word.value for word in value.keywords if word.name == _MAP), None)
                if isinstance(value, ir.Mapping):
                    yield value, module


def _may_map(variable: Variable) -> bool:
    """Return whether a variable may hold the types of annotations: by its name, or as the result of `registry`."""
    calls = (name for unit in variable.units for name in unit.calls)
    return variable.name.rpartition(".")[2] == _MAP or any(name.rpartition(".")[2] == "registry" for name in calls)
