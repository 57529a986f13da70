"""Lists of Django's admin: the model whose rows one shows, what is loaded with them, and its columns."""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Given
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.route import Mention
from archlint.project.schema.model import RelationKind
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, called_name, expressions_in, expressions_of, statements_in
from archlint.project.values import Instance, Items, Parts, ProjectClass, ProjectFunction, Query, Value
from archlint.source import Role

_ADMIN = "ModelAdmin"
_MAX_JOINS = 5
"""Foreign keys that Django follows from one row by itself."""
_OWN = frozenset({RelationKind.FOREIGN_KEY, RelationKind.ONE_TO_ONE})
_PLAIN = frozenset(
    {"Avg", "Coalesce", "Count", "Exists", "F", "Max", "Min", "OuterRef", "Prefetch", "Q", "Subquery", "Sum", "Value",
     "super"}
)  # fmt: skip
"""Callables that stand in a query and load nothing."""
_LOADING = frozenset({"prefetch_related", "select_related"})


class Column(msgspec.Struct, frozen=True):
    """A column: the name of an attribute of the row, or the function that makes it, and where the list names it."""

    name: str
    mention: Mention
    function: FunctionDefinition | None = None


class AdminList(msgspec.Struct, frozen=True):
    """The list of rows that an admin shows; `says` is where it says what is loaded with them, if it does."""

    admin: ClassDefinition
    row: Instance
    columns: tuple[Column, ...]
    says: Mention | None = None


class AdminLists:
    """Reads the admins of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._reader = Reader(project)
        self.classes = ClassReader(self._reader)

    def found(self, roles: Container[Role]) -> Iterator[AdminList]:
        """Yield the lists of admins in files of some roles."""
        registered = self._registered(roles)
        for module in self._project.modules:
            for definition in module.classes.values() if module.role in roles else ():
                model = self._decorated(definition) or registered.get(definition)
                if model is None or not self._is_admin(definition):
                    continue
                columns = tuple(self._columns(definition))
                row = self._row(definition, model, columns)
                if row is not None and columns:
                    said = self.classes.attribute(definition, "list_select_related")
                    yield AdminList(definition, row, columns, said.mention if said is not None else None)

    def _is_admin(self, definition: ClassDefinition) -> bool:
        return any(one.rpartition(".")[2].endswith(_ADMIN) for one in self.classes.library_bases(definition))

    def _decorated(self, definition: ClassDefinition) -> ClassDefinition | None:
        """Return the model that `@admin.register(Order)` names."""
        scope = Scope(definition.module, definition.row.start)
        for one in definition.row.decorators:
            if isinstance(one, ir.Call) and called_name(one) == "register" and one.args:
                return self._model(self._project.inference.value(one.args[0], scope))
        return None

    def _registered(self, roles: Container[Role]) -> dict[ClassDefinition, ClassDefinition]:
        """Return the models of admins that `admin.site.register(Order, OrderAdmin)` names, by the admin."""
        found: dict[ClassDefinition, ClassDefinition] = {}
        for place in self._project.units(roles, attributes=frozenset({"register"})):
            if place.unit.owner or not any(one.endswith(".register") for one in place.unit.calls):
                continue
            body = self._project.body(place.unit)
            for call in _calls(body):
                admin = argument(call, 1, "admin_class")
                if called_name(call) == "register" and admin is not None and call.args:
                    scope = Scope(place.module, place.unit.start)
                    value, model = (self._project.inference.value(one, scope) for one in (admin, call.args[0]))
                    target = self._model(model)
                    if isinstance(value, ProjectClass) and target is not None:
                        found[value.definition] = target
        return found

    def _model(self, value: Value) -> ClassDefinition | None:
        if isinstance(value, Parts | Items):
            return None
        is_model = isinstance(value, ProjectClass) and self._project.orm_of(value.definition) is not None
        return value.definition if isinstance(value, ProjectClass) and is_model else None

    def _columns(self, definition: ClassDefinition) -> Iterator[Column]:
        given = self.classes.attribute(definition, "list_display")
        for item in self.classes.items(given) if given is not None else ():
            text = self._reader.text(item.node, item.frame)
            if text is None:
                value = self._reader.value(item.node, item.frame)
                if isinstance(value, ProjectFunction):
                    yield Column(value.definition.row.name, item.mention, value.definition)
                continue
            own = self.classes.method(definition, text)
            yield Column(text, item.mention, own if isinstance(own, FunctionDefinition) else None)

    def _row(self, definition: ClassDefinition, model: ClassDefinition, columns: tuple[Column, ...]) -> Instance | None:
        """Return a row of the list with what is loaded, None where nobody knows."""
        loaded: frozenset[str] = frozenset()
        for function in self.classes.functions(definition, "get_queryset"):
            texts = self._loaded_in(function)
            if texts is None:
                return None
            loaded |= texts
        if self.classes.functions(definition, "get_list_select_related"):
            return None
        given = self.classes.attribute(definition, "list_select_related")
        told = self._told(given) if given is not None else False
        if told is None:
            return None
        names = {one.name for one in columns if one.function is None}
        if told is True or (told is False and self._keys(model) & names):
            loaded |= self._joined(model, ())
        elif isinstance(told, frozenset):
            loaded |= told
        return replace(Instance(model.name, model), loaded=_with_ways(loaded))

    def _told(self, given: Given) -> frozenset[str] | bool | None:
        """Return what `list_select_related` says: paths, or whether all are joined; None where nobody knows."""
        if isinstance(given.node, ir.Constant):
            return bool(given.node.value)
        texts = [self._reader.text(one.node, one.frame) for one in self.classes.items(given)]
        return None if None in texts else frozenset(one.replace("__", ".") for one in texts if one)

    def _loaded_in(self, function: FunctionDefinition) -> frozenset[str] | None:
        """Return what a `get_queryset` loads with the rows, on any of its ways; None where that cannot be read."""
        found: set[str] = set()
        node = self._project.function_node(function)
        scope = Scope(function.module, function.unit.start, function.owner)
        for statement in statements_in(node.body) if node is not None else ():
            for call in _calls(statement):
                if called_name(call) in _LOADING:
                    for one in call.args:
                        path = self._path(one, scope)
                        if path is None:
                            return None
                        found |= path
                elif not isinstance(call.func, ir.Attribute) and called_name(call) not in _PLAIN:
                    return None  # a function that is given the query may load more
        return frozenset(found)

    def _path(self, node: ir.Expr, scope: Scope) -> frozenset[str] | None:
        if isinstance(node, ir.Text):
            return frozenset({node.value.replace("__", ".")})
        if isinstance(node, ir.Call) and called_name(node) == "Prefetch" and node.args:
            first = node.args[0]
            inner = self._project.inference.value(query, scope) if (query := argument(node, 1, "queryset")) else None
            if not isinstance(first, ir.Text) or (query is not None and not isinstance(inner, Query)):
                return None
            path = first.value.replace("__", ".")
            eager = inner.eager if isinstance(inner, Query) else frozenset()
            return frozenset({path, *[f"{path}.{one}" for one in eager]})
        return None

    def _keys(self, model: ClassDefinition) -> frozenset[str]:
        """Return the foreign keys of a model itself."""
        relations = self._project.schema.relations(model)
        return frozenset(one.name for one in relations if one.kind in _OWN)

    def _joined(self, model: ClassDefinition, above: tuple[str, ...]) -> frozenset[str]:
        """Return the paths that `select_related()` without names joins: foreign keys that are never null."""
        found: set[str] = set()
        for one in self._project.schema.relations(model) if len(above) < _MAX_JOINS else ():
            if one.kind in _OWN and not one.nullable:
                path = (*above, one.name)
                found.add(".".join(path))
                found |= self._joined(one.target, path) if one.target is not None else frozenset()
        return frozenset(found)


def _with_ways(paths: frozenset[str]) -> frozenset[str]:
    """Return paths with those that lead to them."""
    parts = [one.split(".") for one in paths]
    return frozenset(".".join(one[:index]) for one in parts for index in range(1, len(one) + 1))


def _calls(statement: ir.Stmt) -> Iterator[ir.Call]:
    for one in expressions_of(statement):
        yield from (inner for inner in expressions_in(one) if isinstance(inner, ir.Call))
