"""The fields of schemas: which attribute of a row each one reads, and the schema of what it finds there."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.effect import Step
from archlint.project.inference import members
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.routes.django.frames import Frame, class_statements
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import called_name, keyword, uncalled
from archlint.project.values import Instance, Items, Value

_ALIASES = ("validation_alias", "alias")
_NO_FIELDS = frozenset({"PrivateAttr", "Relationship"})
_VALIDATORS = frozenset({"model_validator", "root_validator"})
_BEFORE = frozenset({"before", "wrap"})
_CONFIG, _GETTER = "Config", "getter_dict"


class SchemaField(msgspec.Struct, frozen=True):
    """A field: its name, the attribute of a row that it reads, where it stands, and the schema that it holds.

    `is_many` says that it holds a collection, which it knows better than a relation whose keys nobody could read.
    """

    owner: ClassDefinition
    name: str
    reads: str
    place: Step
    is_many: bool = False
    nested: Instance | None = None


class Schemas:
    """Reads the classes that copy attributes of rows."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._fields: dict[Instance, tuple[SchemaField, ...]] = {}

    def reads(self, definition: ClassDefinition) -> frozenset[str]:
        """Return the class methods of a schema that take a row, none where the class is no schema."""
        found: set[str] = set()
        for ancestor in self._project.symbols.ancestors(definition):
            row = self._project.knowledge.row_schema(ancestor) if isinstance(ancestor, str) else None
            found.update(row.reads if row is not None else ())
        return frozenset(found)

    def fields(self, schema: Instance) -> tuple[SchemaField, ...]:
        """Return the fields of a schema, none where it takes apart what it is given by code of its own."""
        if schema not in self._fields:
            definition = schema.definition
            is_plain = definition is not None and self.reads(definition) and not self._prepares(definition)
            self._fields[schema] = tuple(self._all(schema, definition)) if is_plain and definition is not None else ()
        return self._fields[schema]

    def _prepares(self, definition: ClassDefinition) -> bool:
        """Return whether a validator, or a method in the place of the library's, sees a row before the fields do."""
        names = self.reads(definition)
        for ancestor in self._project.symbols.ancestors(definition):
            if isinstance(ancestor, ClassDefinition) and (
                any(one.row.name in names or _comes_first(one) for one in ancestor.methods)
                or self._has_getter(ancestor)
            ):
                return True
        return False

    def _has_getter(self, definition: ClassDefinition) -> bool:
        """Return whether the configuration of a schema says what reads the attributes."""
        for statement, _ in class_statements(self._project, definition):
            if isinstance(statement, ir.Class) and statement.name == _CONFIG:
                assigned = (one for one in statement.body if isinstance(one, ir.Assign))
                return any(dotted(target) == _GETTER for one in assigned for target in one.targets)
        return False

    def _all(self, schema: Instance, definition: ClassDefinition) -> Iterator[SchemaField]:
        seen: set[str] = set()
        for ancestor in self._project.symbols.ancestors(definition):
            if isinstance(ancestor, ClassDefinition):
                own = [one for one in self._own(schema, ancestor) if one.name not in seen]
                seen.update(one.name for one in own)
                yield from own

    def _own(self, schema: Instance, definition: ClassDefinition) -> Iterator[SchemaField]:
        for statement, frame in class_statements(self._project, definition):
            if not isinstance(statement, ir.Assign) or statement.annotation is None or not _is_field(statement):
                continue
            name = dotted(statement.targets[0])
            if members.implementation(self._project.inference, definition, f"resolve_{name}") is None:
                place = Step(frame.module, frame.offset, statement.start, statement.end)
                held = self._promised(statement.annotation, frame, schema)
                reads, is_many = _attribute(statement.value) or name, isinstance(held, Items)
                yield SchemaField(definition, name, reads, place, is_many, self._schema(element_of(held)))

    def _promised(self, annotation: ir.Expr, frame: Frame, schema: Instance) -> Value:
        scope = Scope(frame.module, frame.offset, frame.owner, receiver=schema)
        return self._project.inference.annotated(annotation, scope)

    def _schema(self, found: Value) -> Instance | None:
        if not isinstance(found, Instance) or found.definition is None or not self.reads(found.definition):
            return None
        return Instance(found.name, found.definition, arguments=found.arguments)


def element_of(value: Value) -> Value:
    """Return what a collection holds, or the value itself."""
    return value.element if isinstance(value, Items) else value


def _is_field(statement: ir.Assign) -> bool:
    name, value = dotted(statement.targets[0]), statement.value
    annotation = statement.annotation.value if isinstance(statement.annotation, ir.Subscript) else statement.annotation
    if not name or name.startswith("_") or (annotation is not None and _tail(annotation) == "ClassVar"):
        return False
    return not isinstance(value, ir.Call) or called_name(value) not in _NO_FIELDS


def _attribute(value: ir.Expr | None) -> str:
    """Return the attribute that `Field(validation_alias="…")` reads instead of the one with the field's name."""
    given = [keyword(value, name) for name in _ALIASES] if isinstance(value, ir.Call) else []
    return next((one.value for one in given if isinstance(one, ir.Text)), "")


def _comes_first(method: FunctionDefinition) -> bool:
    for decorator in method.row.decorators:
        if isinstance(decorator, ir.Call) and _tail(uncalled(decorator)) in _VALIDATORS:
            mode, pre = keyword(decorator, "mode"), keyword(decorator, "pre")
            is_pre = isinstance(pre, ir.Constant) and pre.value is True
            if is_pre or (isinstance(mode, ir.Text) and mode.value in _BEFORE):
                return True
    return False


def _tail(node: ir.Expr) -> str:
    return dotted(node).rpartition(".")[2]
