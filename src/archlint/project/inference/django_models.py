"""Django's models where they are no plain names: managers of a library's, models between two others, that of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.values import (
    UNKNOWN,
    Choice,
    External,
    Instance,
    Method,
    ProjectClass,
    Query,
    Stage,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from archlint.project.inference.arguments import Arguments
    from archlint.project.inference.inference import Inference
    from archlint.project.inference.scopes import Scope
    from archlint.project.symbols import ClassDefinition

USER = frozenset({"django.contrib.auth.get_user_model"})
_BETWEEN = "through"
OF_ROWS = frozenset(
    {
        "aggregate", "all", "annotate", "distinct", "exclude", "exists", "filter", "get_or_create", "iterator",
        "order_by", "prefetch_related", "select_related", "update_or_create", "values_list",
    }
)  # fmt: skip
"""Methods that, called on an attribute with the name of a relation, are those of its manager."""
NAMES = frozenset({"_base_manager", "_default_manager", "objects", _BETWEEN})
_WORDS = frozenset({"class", "cls", "klass", "model", "sender", _BETWEEN})


def attribute(inference: Inference, base: Value, node: ir.Attribute, scope: Scope) -> Value | None:
    """Return what one of `NAMES` means of a model, None where it is an attribute like others."""
    if node.name == _BETWEEN:
        return _between(inference, node, scope)
    if isinstance(base, Choice):  # `for model in (Order, Invoice)`: rows of one of them, nobody knows of which
        models = all(isinstance(one, ProjectClass) and _is_django(inference, one) for one in base.values)
        return Query("django", "", Stage.MANAGER) if models else None
    return _manager(base, node) if isinstance(base, Unknown | External | Method) else None


def rows_of_somebody(inference: Inference, base: Value, node: ir.Expr) -> Value:
    """Return the rows that `order.lines` gives of an `order` that nobody knows, where that name leads to one model.

    Ask only where what is done with them is done with rows alone.
    """
    root = base
    while isinstance(root, Method):
        root = root.receiver
    if not isinstance(node, ir.Attribute) or not isinstance(root, Unknown | Symbol):
        return UNKNOWN
    inference.memo.read(("rows", node.name))
    schema = inference.project.schema
    found = inference.memo.aside(lambda: schema.rows_named(node.name))
    if found is None:
        return UNKNOWN
    origin = base if isinstance(base, Symbol) else None
    return Query("django", found.name, Stage.MANAGER, found, filtered=True, related=True, loads_all=True, origin=origin)


def made(inference: Inference, definition: ClassDefinition, arguments: Arguments) -> Query | None:
    """Return the rows that `OrderQuerySet(self.model, using=self._db)` starts from: all of the model that it is given.

    None where the class is no queryset, or where nobody knows of which model.
    """
    if not is_queryset(inference, definition):
        return None
    model = arguments.value(0, "model")
    if not isinstance(model, ProjectClass) or not _is_django(inference, model):
        return None
    return Query("django", model.definition.name, Stage.LAZY, model.definition, manager=definition)


def is_queryset(inference: Inference, definition: ClassDefinition) -> bool:
    """Return whether a class derives from a queryset of a library."""
    ancestors = inference.project.symbols.ancestors(definition)
    return any(isinstance(one, str) and one.rpartition(".")[2].endswith("QuerySet") for one in ancestors)


def asks_for_rows(node: ir.Call) -> bool:
    """Return whether a call of `get` has conditions, as no mapping takes them."""
    is_get = isinstance(node.func, ir.Attribute) and node.func.name == "get" and not node.args
    return is_get and any(word.name in ("id", "pk") or "__" in (word.name or "") for word in node.keywords)


def _is_django(inference: Inference, model: ProjectClass) -> bool:
    verbs = inference.project.orm_of(model.definition)
    return verbs is not None and verbs.name == "django"


def _manager(base: Unknown | External | Method, node: ir.Attribute) -> Query | None:
    """Return the manager of a model of a library, or of one that came through a variable.

    Buckets and scenes have `objects` as well, so the name before it must be one of a class.
    A variable may have any name: only that of a library's class tells the model.
    """
    callee = node.value.func if isinstance(node.value, ir.Call) else node.value
    if node.name == "objects" and not _names_a_model(dotted(callee).rpartition(".")[2]):
        return None
    name = base.name.rpartition(".")[2] if isinstance(base, External) else ""
    return Query("django", name if name[:1].isupper() else "", Stage.MANAGER)


def _between(inference: Inference, node: ir.Attribute, scope: Scope) -> Value | None:
    """Return what `Order.products.through` is: the model between, which has no class where Django makes it."""
    if not isinstance(node.value, ir.Attribute):
        return None
    owner = inference.value(node.value.value, scope)
    definition = owner.definition if isinstance(owner, ProjectClass | Instance) else None
    if definition is None or inference.project.orm_of(definition) is None:
        return None
    name = node.value.name
    inference.memo.read(("relation", definition, name))
    schema = inference.project.schema
    relation = inference.memo.aside(lambda: schema.relation(definition, name))
    if relation is None or not relation.through:
        return None
    found = inference.memo.aside(lambda: schema.between(relation))
    return ProjectClass(found) if found is not None else External(f"{definition.name}.{name}.through")


def user(inference: Inference) -> Value:
    """Return the class that `get_user_model()` gives."""
    inference.memo.read(("user",))
    found = inference.memo.aside(lambda: inference.project.schema.user)
    if isinstance(found, str):
        return External(found) if found else UNKNOWN
    return ProjectClass(found)


def _names_a_model(name: str) -> bool:
    words = name.lower().split("_")
    return name[:1].isupper() or not _WORDS.isdisjoint(words)
