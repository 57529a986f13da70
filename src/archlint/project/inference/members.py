"""What the attributes of values are: members of modules and classes, of instances, and the relations of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.promises import class_alias
from archlint.project.inference.scopes import Scope
from archlint.project.schema.inferred import relation
from archlint.project.symbols import ClassDefinition, Variable
from archlint.project.values import (
    UNKNOWN,
    External,
    Instance,
    Items,
    Method,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Query,
    Stage,
    Value,
    join,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_PROPERTIES = frozenset({"cached_property", "property"})
_ENUMERATIONS = frozenset({"Choices", "Enum", "Flag", "IntEnum", "IntFlag", "IntegerChoices", "StrEnum", "TextChoices"})
_OF_ENUMERATIONS = frozenset({"__members__", "choices", "labels", "names", "values"})


def attribute(inference: Inference, base: Value, name: str) -> Value:  # noqa: PLR0911 - one answer a kind of value
    """Return what an attribute of a value is."""
    if isinstance(base, External):
        return External(f"{base.name}.{name}")
    if isinstance(base, ProjectModule):
        found = inference.project.symbols.member(base.module, [name])
        if found is None and name in base.module.imports:
            return External(inference.project.symbols.qualified(base.module, name))
        return UNKNOWN if found is None else inference.defined(found)
    if isinstance(base, ProjectClass):
        return _of_class(inference, base.definition, name)
    if isinstance(base, Instance) and base.definition is not None:
        return _of_instance(inference, base, base.definition, name)
    if isinstance(base, Instance) and name == "session" and base.name.endswith("SQLAlchemy"):
        return Instance("sqlalchemy.orm.Session")
    return Method(base, name)


def member(inference: Inference, definition: ClassDefinition, name: str) -> Value | None:
    """Return what the body of a class or of one of its ancestors binds a name to, or None."""
    for ancestor in inference.project.symbols.ancestors(definition):
        if isinstance(ancestor, ClassDefinition):
            module, dotted_name = ancestor.module, f"{ancestor.row.name}.{name}"
            functions, variables, classes = module.functions, module.variables, module.classes
            found = functions.get(dotted_name) or variables.get(dotted_name) or classes.get(dotted_name)
            if found is not None:
                return inference.defined(found)
    return None


def variable(inference: Inference, found: Variable) -> Value:
    """Return what holds for all values that statements of a module or class give a name."""
    results = [_assigned(inference, found, unit.start, inference.project.body(unit)) for unit in found.units]
    value = results[0]
    for other in results[1:]:
        value = join(value, other)
    return value


def _assigned(inference: Inference, found: Variable, offset: int, statement: ir.Stmt) -> Value:
    if not isinstance(statement, ir.Assign):
        return UNKNOWN
    scope = Scope(found.module, offset, found.module.classes.get(found.owner))
    promised = inference.annotated(statement.annotation, scope)
    is_display = isinstance(statement.value, ir.Collection | ir.Mapping)
    if statement.value is None or (promised != UNKNOWN and not is_display):
        return promised
    if isinstance(statement.value, ir.Subscript):
        return class_alias(inference, statement.value, scope)
    value = inference.value(statement.value, scope)
    is_whole = isinstance(value, Items) and value.is_constant  # a display says more than its annotation
    return value if is_whole or promised == UNKNOWN else promised


def _of_class(inference: Inference, definition: ClassDefinition, name: str) -> Value:
    verbs = inference.project.orm_of(definition)
    found = member(inference, definition, name)
    is_model = verbs is not None and verbs.name == "django"
    if isinstance(found, Instance) and is_model and _is_manager(inference, found):
        narrows = found.definition is not None and member(inference, found.definition, "get_queryset") is not None
        return Query("django", definition.name, Stage.MANAGER, definition, filtered=narrows)
    if verbs is not None and name in verbs.manager_names and not isinstance(found, ProjectFunction):
        return Query(verbs.name, definition.name, Stage.MANAGER, definition)
    if name in _OF_ENUMERATIONS and found is None and _is_enumeration(inference, definition):
        return Items(UNKNOWN, is_constant=True)
    return Method(ProjectClass(definition), name) if found is None or found == UNKNOWN else found


def _is_enumeration(inference: Inference, definition: ClassDefinition) -> bool:
    ancestors = inference.project.symbols.ancestors(definition)
    return any(isinstance(one, str) and one.rpartition(".")[2] in _ENUMERATIONS for one in ancestors)


def _is_manager(inference: Inference, instance: Instance) -> bool:
    names = [instance.name]
    if instance.definition is not None:
        ancestors = inference.project.symbols.ancestors(instance.definition)
        names = [one if isinstance(one, str) else one.name for one in ancestors]
    return any(name.rpartition(".")[2].endswith("Manager") for name in names)


def _of_instance(inference: Inference, base: Instance, definition: ClassDefinition, name: str) -> Value:
    def compute() -> Value:
        found = member(inference, definition, name)
        if found is None:
            found = _set_on_self(inference, definition, name)
        related = relation(inference, definition, name, found)
        return related if related is not None else UNKNOWN if found is None else found

    found = inference.memory.recall(("attribute", definition, name), compute)
    if isinstance(found, ProjectFunction):
        decorators = {dotted(decorator).rpartition(".")[2] for decorator in found.definition.row.decorators}
        return inference.returned(found.definition) if decorators & _PROPERTIES else Method(base, name)
    return Method(base, name) if found == UNKNOWN else found


def _set_on_self(inference: Inference, definition: ClassDefinition, name: str) -> Value | None:
    for ancestor in inference.project.symbols.ancestors(definition):
        if not isinstance(ancestor, ClassDefinition):
            continue
        init = ancestor.module.functions.get(f"{ancestor.row.name}.__init__")
        assigned = inference.project.self_attributes(init).get(name) if init is not None else None
        if init is not None and assigned is not None:
            function, value, annotation = assigned
            scope = Scope(ancestor.module, ancestor.module.facts.units[init.row.unit].start, ancestor)
            inference.parameters(function, scope, ancestor)
            promised = inference.annotated(annotation, scope)
            return inference.value(value, scope) if promised == UNKNOWN and value is not None else promised
    return None
