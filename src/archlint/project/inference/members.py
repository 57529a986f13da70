"""What the attributes of values are: members of modules and classes, of instances, and the relations of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Unit
from archlint.project.inference import calls, holders, rows, symbolic
from archlint.project.inference.arguments import Arguments
from archlint.project.inference.promises import class_alias
from archlint.project.inference.scopes import Scope
from archlint.project.schema.inferred import relation
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Variable
from archlint.project.tree import binding
from archlint.project.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    External,
    Instance,
    Items,
    Literal,
    Method,
    Nothing,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Query,
    Stage,
    Super,
    Symbol,
    Value,
    join,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_PROPERTIES = frozenset({"cached_property", "property"})
_ENUMERATIONS = frozenset({"Choices", "Enum", "Flag", "IntEnum", "IntFlag", "IntegerChoices", "StrEnum", "TextChoices"})
_OF_ENUMERATIONS = frozenset({"__members__", "choices", "labels", "names", "values"})


def attribute(inference: Inference, base: Value, name: str) -> Value:  # noqa: C901, PLR0911 - one answer a kind
    """Return what an attribute of a value is."""
    match base:
        case External():
            return External(f"{base.name}.{name}")
        case ProjectModule():
            return _of_module(inference, base, name)
        case ProjectClass():
            return _of_class(inference, base.definition, name)
        case Instance() if name == "__class__" and base.definition is not None:
            return ProjectClass(base.definition)
        case Instance() if base.definition is not None:
            return _of_instance(inference, base, base.definition, name)
        case Instance() if name == "session" and base.name.endswith("SQLAlchemy"):
            return Instance("sqlalchemy.orm.Session")
        case Query() if name == "model" and base.definition is not None:
            return ProjectClass(base.definition)
        case Super():
            return _inherited(inference, base, name)
        case Symbol():
            return base.then(f".{name}")
        case Nothing():
            return base
        case _:
            return Method(base, name)


def _of_module(inference: Inference, base: ProjectModule, name: str) -> Value:
    found = inference.project.symbols.member(base.module, [name])
    inference.reads(base.module, name)
    if found is not None:
        return inference.defined(found)
    qualified = inference.project.symbols.qualified(base.module, name)
    return External(qualified) if qualified != name or name in base.module.imports else UNKNOWN


def implementation(inference: Inference, definition: ClassDefinition, name: str) -> FunctionDefinition | None:
    """Return the function that a method of a class is, where it is the project's."""
    found = member(inference, definition, name)
    return found.definition if isinstance(found, ProjectFunction) else None


def _inherited(inference: Inference, base: Super, name: str) -> Value:
    """Return what `super().name` is: looked up behind the class around the method, in the order of the receiver."""
    receiver = base.receiver
    start = receiver.definition if isinstance(receiver, Instance | ProjectClass) else None
    start = receiver.manager if isinstance(receiver, Query) else start
    order = list(inference.project.symbols.ancestors(start or base.owner))
    behind = order[order.index(base.owner) + 1 :] if base.owner in order else []
    for ancestor in behind:
        if isinstance(ancestor, ClassDefinition):
            inference.reads(ancestor.module, ancestor.row.name)
            found = ancestor.module.functions.get(f"{ancestor.row.name}.{name}")
            if found is not None:
                return Bound(found, receiver)
            if f"{ancestor.row.name}.{name}" in ancestor.module.variables:
                return inference.defined(ancestor.module.variables[f"{ancestor.row.name}.{name}"])
    if isinstance(receiver, Query):
        return Method(replace(receiver, manager=None), name)
    if isinstance(receiver, Instance) and name == holders.QUERY_OF_VIEW:
        return Method(base, name)
    return Method(replace(receiver, definition=None), name) if isinstance(receiver, Instance) else UNKNOWN


def member(inference: Inference, definition: ClassDefinition, name: str) -> Value | None:
    """Return what the body of a class or of one of its ancestors binds a name to, or None."""
    for ancestor in inference.project.symbols.ancestors(definition):
        if isinstance(ancestor, ClassDefinition):
            inference.reads(ancestor.module, ancestor.row.name)
            module, dotted_name = ancestor.module, f"{ancestor.row.name}.{name}"
            functions, variables, classes = module.functions, module.variables, module.classes
            found = functions.get(dotted_name) or variables.get(dotted_name) or classes.get(dotted_name)
            if found is not None:
                return inference.defined(found)
    return None


def variable(inference: Inference, found: Variable) -> Value:
    """Return what holds for all values that statements of a module or class give a name."""
    value: Value = NOTHING
    for unit in found.units:
        inference.reads_body(found.module, unit)
        body = inference.project.body(unit)
        for one in binding(body, found.name) or (body,):
            value = join(value, _assigned(inference, found, unit.start, one))
    for unit in found.setters:
        value = join(value, _set_globally(inference, found, unit))
    return UNKNOWN if value == NOTHING else value


def _set_globally(inference: Inference, found: Variable, unit: Unit) -> Value:
    """Return what a function that says `global name` leaves in it."""
    inference.reads_body(found.module, unit)
    body = inference.project.body(unit)
    scope = Scope(found.module, unit.start, found.module.classes.get(unit.owner))
    value: Value = NOTHING
    for one in binding(body, found.name) if isinstance(body, ir.Function) else ():
        if isinstance(one, ir.Assign) and one.value is not None:
            value = join(value, inference.value(one.value, scope))
    return value


def _assigned(inference: Inference, found: Variable, offset: int, statement: ir.Stmt) -> Value:
    scope = Scope(found.module, offset, found.module.classes.get(found.owner))
    if isinstance(statement, ir.TypeStatement):
        node = statement.value
        return class_alias(inference, node, scope) if isinstance(node, ir.Subscript) else inference.value(node, scope)
    if not isinstance(statement, ir.Assign) or not any(dotted(one) == found.name for one in statement.targets):
        return UNKNOWN  # a loop, a context or a tuple gives it its value
    promised = inference.annotated(statement.annotation, scope)
    of_library = isinstance(promised, Query) or (isinstance(promised, Instance) and promised.definition is None)
    may_say_more = isinstance(statement.value, ir.Collection | ir.Mapping) or of_library
    if statement.value is None or (promised != UNKNOWN and not may_say_more):
        return promised
    if isinstance(statement.value, ir.Subscript):
        return class_alias(inference, statement.value, scope)
    value = inference.value(statement.value, scope)
    is_display = isinstance(value, Items) and value.is_constant
    is_manager = of_library and isinstance(value, Instance) and _is_manager(inference, value)
    plain = promised.name if isinstance(promised, Instance) and not promised.arguments else ""
    is_made = isinstance(value, Instance) and value.name == plain
    # A display says more than its annotation, and so does a manager, which has methods of its own, and what made it.
    return value if is_display or is_manager or is_made or promised == UNKNOWN else promised


def _of_class(inference: Inference, definition: ClassDefinition, name: str) -> Value:
    verbs = inference.project.orm_of(definition)
    found = member(inference, definition, name)
    is_model = verbs is not None and verbs.name == "django"
    if isinstance(found, Instance) and is_model and _is_manager(inference, found):
        return _managed(inference, definition, found)
    if verbs is not None and name in verbs.manager_names and not isinstance(found, ProjectFunction):
        # `Order.query` of Flask-SQLAlchemy is no manager but a query, whose `all` fetches.
        stage = Stage.LAZY if "all" in verbs.terminal_reads else Stage.MANAGER
        return Query(verbs.name, definition.name, stage, definition)
    if name in _OF_ENUMERATIONS and found is None and _is_enumeration(inference, definition):
        return Items(UNKNOWN, is_constant=True)
    if isinstance(found, ProjectFunction) and _is_class_method(found.definition):
        return Bound(found.definition, ProjectClass(definition))
    return Method(ProjectClass(definition), name) if found is None or found == UNKNOWN else found


def _is_class_method(definition: FunctionDefinition) -> bool:
    return any(isinstance(one, ir.Name) and one.id == "classmethod" for one in definition.row.decorators)


def _is_enumeration(inference: Inference, definition: ClassDefinition) -> bool:
    ancestors = inference.project.symbols.ancestors(definition)
    return any(isinstance(one, str) and one.rpartition(".")[2] in _ENUMERATIONS for one in ancestors)


def _is_manager(inference: Inference, instance: Instance) -> bool:
    names = [instance.name]
    if instance.definition is not None:
        ancestors = inference.project.symbols.ancestors(instance.definition)
        names = [one if isinstance(one, str) else one.name for one in ancestors]
    return any(name.rpartition(".")[2].endswith("Manager") for name in names)


def _managed(inference: Inference, definition: ClassDefinition, manager: Instance) -> Value:
    """Return the rows that a manager of a model starts from: all, or what its `get_queryset` leaves and joins."""
    queryset = dict(manager.arguments).get("queryset")
    own = manager.definition or (queryset.definition if isinstance(queryset, ProjectClass) else None)
    query = Query("django", definition.name, Stage.MANAGER, definition, manager=own)
    narrowing = implementation(inference, own, "get_queryset") if own is not None else None
    if narrowing is None:
        return query
    found = inference.returned(narrowing, query)
    if isinstance(found, Query) and found.definition is definition:
        return replace(found, stage=Stage.MANAGER, manager=own, origin=None)
    return replace(query, filtered=True, loads_all=True)


def _of_default_manager(inference: Inference, related: Query) -> Query:
    """Return the rows of a relation with what the default manager of their model joins: it serves relations as well."""
    target = related.definition
    if target is None:
        return related
    inference.memo.read(("declares", target.module, target.row.name))
    model = inference.memo.aside(lambda: inference.project.schema.model(target))
    name = model.default_manager if model is not None else ""
    found = member(inference, target, name) if name else None
    managed = _of_class(inference, target, name) if isinstance(found, Instance) else None
    if not isinstance(managed, Query):
        return related
    return replace(
        related,
        eager=related.eager | managed.eager,
        loads_all=related.loads_all or managed.loads_all,
        missing=managed.missing,
        manager=managed.manager,
    )


def _of_instance(inference: Inference, base: Instance, definition: ClassDefinition, name: str) -> Value:
    found = inference.memo.ask("attribute", definition, name)
    if isinstance(found, ProjectFunction):
        decorators = {dotted(decorator).rpartition(".")[2] for decorator in found.definition.row.decorators}
        if decorators & _PROPERTIES:
            return calls.project_result(inference, found.definition, base, Arguments(inference))
        return Method(base, name)
    if isinstance(found, Symbol):  # what the constructor was given
        return _kept(inference, base, found, name)
    if isinstance(found, Instance | Items | Query) and inference.project.orm_of(definition) is not None:
        return rows.reached(base, found, name)
    held = holders.attribute(inference, definition, name) if found == UNKNOWN else found
    return Method(base, name) if held == UNKNOWN else held


def _kept(inference: Inference, base: Instance, found: Symbol, name: str) -> Value:
    """Return what a constructor was given, where it is known who called it."""
    told = dict(base.arguments)
    value = symbolic.applied(inference, found, lambda parameter: told.get(parameter, UNKNOWN))
    return Method(base, name) if value == UNKNOWN else value


def class_attribute(inference: Inference, definition: ClassDefinition, name: str) -> Value:
    """Return what an attribute of the instances of a class is: bound in a class body, set on `self`, or a relation."""
    found = member(inference, definition, name)
    if found is None or (isinstance(found, Literal) and found.value is None):
        found = _set_on_self(inference, definition, name) or found
    if found is None:
        found = _declared(inference, definition, name)
    inference.memo.read(("relation", definition, name))
    related = inference.memo.aside(lambda: relation(inference, definition, name, found))
    if isinstance(related, Query) and related.orm == "django":
        related = _of_default_manager(inference, related)
    return related if related is not None else UNKNOWN if found is None else found


def _declared(inference: Inference, definition: ClassDefinition, name: str) -> Value | None:
    """Return what a library's base of the class is known to give its instances."""
    for ancestor in inference.project.symbols.ancestors(definition):
        made = inference.project.knowledge.returns(f"{ancestor}().{name}") if isinstance(ancestor, str) else None
        if made is not None:
            return Instance(made)
    return None


def _set_on_self(inference: Inference, definition: ClassDefinition, name: str) -> Value | None:
    """Return what methods put into an attribute: the constructor of the nearest class, else all its other methods."""
    for ancestor in inference.project.symbols.ancestors(definition):
        if not isinstance(ancestor, ClassDefinition):
            continue
        value: Value = NOTHING
        for method in _methods_with(ancestor, name):
            if name not in inference.assigned_in(method):
                continue
            stored = dict(inference.stored(method, None)).get(name, NOTHING)
            if method.row.name == "__init__" and not isinstance(stored, Nothing | Literal):
                return stored
            value = join(value, UNKNOWN if symbolic.mentions(stored) else stored)
        if not isinstance(value, Nothing):
            return value
    return None


def _methods_with(definition: ClassDefinition, name: str) -> list[FunctionDefinition]:
    """Return the methods of a class in which an attribute of a name is mentioned, the constructor first."""
    units = definition.module.facts.units
    methods = definition.module.methods.get(definition.row.name, ())
    found = [one for one in methods if name in units[one.row.unit].attributes]
    return sorted(found, key=lambda one: one.row.name != "__init__")
