"""The relations between Django models: foreign keys, and the managers and instances at their other ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import ClassDefinition, Variable
from archlint.project.values import Instance, ProjectClass, Query, Stage, Value
from archlint.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archlint.project.inference import Inference
    from archlint.project.project import Project

Reverse = dict[tuple[ClassDefinition, str], Value]


def relation(inference: Inference, definition: ClassDefinition, name: str, found: Value | None) -> Value | None:
    """Return what a relation of a model's instance yields, or None where the attribute is none.

    `found` is what the class binds the name to.
    """
    verbs = inference.project.orm_of(definition)
    if verbs is None or verbs.name != "django":
        return None
    if isinstance(found, Instance):
        return _forward(inference, definition, found)
    return inference.reverse_relations.get((definition, name)) if found is None and not inference.is_indexing else None


def reverse_relations(inference: Inference) -> Reverse:
    """Return what the far ends of relations yield, by model and attribute; a name with two claims is left out."""
    claims: dict[tuple[ClassDefinition, str], list[Value]] = {}
    for model in _models(inference.project):
        for variable in _fields(inference, model):
            field = inference.defined(variable)
            target = _target(inference, model, field) if isinstance(field, Instance) else None
            if isinstance(field, Instance) and target is not None:
                name = _accessor(field, model)
                claims.setdefault((target, name), []).append(_far_end(field, model))
    return {key: values[0] for key, values in claims.items() if len(values) == 1}


def _models(project: Project) -> Iterator[ClassDefinition]:
    for module in project.modules:
        if module.role in (Role.PRODUCTION, Role.SETTINGS):
            for definition in module.classes.values():
                verbs = project.orm_of(definition)
                if verbs is not None and verbs.name == "django" and not _is_abstract(project, definition):
                    yield definition


def _is_abstract(project: Project, definition: ClassDefinition) -> bool:
    meta = definition.module.classes.get(f"{definition.row.name}.Meta")
    body = project.body(definition.module.facts.units[meta.row.units[0]]) if meta and meta.row.units else None
    statements = body.body if isinstance(body, ir.Class) else ()
    targets = [one.targets[0] for one in statements if isinstance(one, ir.Assign)]
    return any(isinstance(target, ir.Name) and target.id == "abstract" for target in targets)


def _fields(inference: Inference, model: ClassDefinition) -> Iterator[Variable]:
    """Yield the class attributes of a model that may be fields, those of its ancestors in the project included."""
    seen: set[str] = set()
    for ancestor in inference.project.symbols.ancestors(model):
        if isinstance(ancestor, ClassDefinition):
            prefix = f"{ancestor.row.name}."
            for name, variable in ancestor.module.variables.items():
                if name.startswith(prefix) and variable.name not in seen:
                    seen.add(variable.name)
                    yield variable


def _forward(inference: Inference, model: ClassDefinition, field: Instance) -> Value | None:
    row = inference.project.knowledge.relation_field(field.name)
    target = _target(inference, model, field) if row is not None else None
    if row is None or target is None:
        return None
    return _manager(target) if row.many else Instance(target.name, target)


def _target(inference: Inference, model: ClassDefinition, field: Instance) -> ClassDefinition | None:
    if field.creation is None or inference.project.knowledge.relation_field(field.name) is None:
        return None
    call = field.creation.call
    words = _words(call)
    node = call.args[0] if call.args else words.get("to")
    if isinstance(node, ir.Text):
        app, _, name = node.value.rpartition(".")
        return model if name == "self" else inference.project.model_named(app, name)
    value = inference.value(node, Scope(field.creation.module, field.creation.offset)) if node is not None else None
    return value.definition if isinstance(value, ProjectClass) else None


def _accessor(field: Instance, model: ClassDefinition) -> str:
    name = model.row.name.rpartition(".")[2].lower()
    given = _words(field.creation.call).get("related_name") if field.creation is not None else None
    if isinstance(given, ir.Text):
        return given.value.replace("%(class)s", name)
    return name if field.name.endswith("OneToOneField") else f"{name}_set"


def _far_end(field: Instance, model: ClassDefinition) -> Value:
    return Instance(model.name, model) if field.name.endswith("OneToOneField") else _manager(model)


def _manager(model: ClassDefinition) -> Query:
    return Query("django", model.name, Stage.MANAGER, model, filtered=True, related=True)


def _words(call: ir.Call) -> Mapping[str | None, ir.Expr]:
    return {word.name: word.value for word in call.keywords}
