"""What the operations of Django's migrations do to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.migration import Column, Operation, OperationKind
from archlint.ir.render import render
from archlint.project.migrations.django_database import in_database
from archlint.project.migrations.django_fields import column_of
from archlint.project.migrations.django_models import Models
from archlint.project.migrations.reading import Arguments, Reader, Surroundings
from archlint.project.tree import called_name, keyword

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "AddConstraint": ("model_name", "constraint"),
    "AddDefaultValue": ("model_name", "name", "value"),
    "AddConstraintNotValid": ("model_name", "constraint"),
    "AddField": ("model_name", "name", "field", "preserve_default"),
    "AddIndex": ("model_name", "index"),
    "AddIndexConcurrently": ("model_name", "index"),
    "AlterField": ("model_name", "name", "field", "preserve_default"),
    "AlterModelOptions": ("name", "options"),
    "AlterModelTable": ("name", "table"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "CreateModel": ("name", "fields", "options", "bases", "managers"),
    "DeleteModel": ("name",),
    "RemoveConstraint": ("model_name", "name"),
    "RemoveField": ("model_name", "name"),
    "RemoveIndex": ("model_name", "name"),
    "RemoveIndexConcurrently": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "RenameIndex": ("model_name", "new_name", "old_name", "old_fields"),
    "RenameModel": ("old_name", "new_name"),
    "RunPython": ("code", "reverse_code"),
    "ValidateConstraint": ("model_name", "name"),
}
_CONSTRAINTS = {
    "CheckConstraint": OperationKind.ADD_CHECK,
    "ExclusionConstraint": OperationKind.ADD_EXCLUSION,
    "UniqueConstraint": OperationKind.ADD_UNIQUE,
}
_PARTIAL = ("condition", "include", "opclasses")
Read = Callable[[Arguments, str], Iterator[Operation]]


def operations(name: str, call: ir.Call, here: Surroundings, reader: Reader, models: Models) -> Iterator[Operation]:
    """Yield what an operation does, with offsets in the file, and take note of what it makes of the models.

    Those of contrib.postgres and of django-add-default-value go by their class's name.
    """
    place = (here.offset + call.start, here.offset + call.end)
    if name not in PARAMETERS:
        yield Operation(OperationKind.UNKNOWN, *place)
        return
    given = Arguments(call, PARAMETERS[name], here, reader)
    model = given.text(given.names[0]) if name != "RunPython" else ""
    before = models.copy()
    models.apply(name, given)
    known = models if name == "CreateModel" else before
    for one in _READERS[name](given, name):
        there = msgspec.structs.replace(one, start=place[0], end=place[1], table=known.table(model) if model else "")
        yield from in_database(there, name, given, known) if model else (there,)


def _create_model(given: Arguments, _name: str) -> Iterator[Operation]:
    columns = []
    for item, there in given.reader.items(given.node("fields"), given.here):
        if isinstance(item, ir.Collection) and len(item.items) == 2:  # noqa: PLR2004 - a name and a field
            name = given.reader.text(item.items[0], there)
            columns.append(column_of(name, item.items[1], there, given.reader))
    yield Operation(OperationKind.CREATE_TABLE, 0, 0, definitions=tuple(one for one in columns if one is not None))
    options = given.node("options")
    pairs = zip(options.keys, options.values, strict=True) if isinstance(options, ir.Mapping) else ()
    for key, value in pairs:
        if isinstance(key, ir.Text) and key.value == "unique_together":
            yield from _groups(value, given)
        elif isinstance(key, ir.Text) and key.value in ("constraints", "indexes"):
            for node, there in given.reader.items(value, given.here):
                yield from _declared(node, there, given.reader)


def _declared(node: ir.Expr, here: Surroundings, reader: Reader) -> Iterator[Operation]:
    """Yield what an index or a constraint in the options of a model makes."""
    if isinstance(node, ir.Call) and called_name(node) in _CONSTRAINTS:
        yield from _constraint_of(node, here, reader, "")
    else:
        yield _index_of(node, here, reader, "")


def _field(given: Arguments) -> Column | None:
    node = given.node("field")
    return column_of(given.text("name"), node, given.here, given.reader) if node is not None else None


def _add_field(given: Arguments, _name: str) -> Iterator[Operation]:
    column = _field(given)
    if column is None:
        yield Operation(OperationKind.UNKNOWN, 0, 0)
        return
    kind = OperationKind.ADD_COLUMN
    yield Operation(kind, 0, 0, columns=(column.name,), definitions=(column,), references=column.references)


def _alter_field(given: Arguments, _name: str) -> Iterator[Operation]:
    column = _field(given)
    if column is None:
        yield Operation(OperationKind.UNKNOWN, 0, 0)
        return
    yield Operation(OperationKind.REDEFINE_COLUMN, 0, 0, columns=(column.name,), definitions=(column,))


def _add_default(given: Arguments, _name: str) -> Iterator[Operation]:
    name = given.text("name")
    yield Operation(OperationKind.SET_DEFAULT, 0, 0, columns=(name,) if name else ())


def _remove_field(given: Arguments, _name: str) -> Iterator[Operation]:
    name = given.text("name")
    yield Operation(OperationKind.DROP_COLUMN, 0, 0, columns=(name,) if name else ())


def _rename_field(given: Arguments, _name: str) -> Iterator[Operation]:
    name = given.text("old_name")
    columns = (name,) if name else ()
    yield Operation(OperationKind.RENAME_COLUMN, 0, 0, columns=columns, name=given.text("new_name"))


def _index(given: Arguments, name: str) -> Iterator[Operation]:
    yield _index_of(given.node("index"), given.here, given.reader, name)


def _index_of(node: ir.Expr | None, here: Surroundings, reader: Reader, name: str) -> Operation:
    inner = Arguments(node, (), here, reader) if isinstance(node, ir.Call) else None
    fields = inner.texts("fields") if inner is not None else ()
    return Operation(
        OperationKind.ADD_INDEX,
        0,
        0,
        columns=tuple(one.lstrip("-") for one in fields),
        name=inner.text("name") if inner is not None else "",
        concurrently=name.endswith("Concurrently"),
        variant=_variant(node, fields) if isinstance(node, ir.Call) else "",
    )


def _variant(node: ir.Call, fields: tuple[str, ...]) -> str:
    """Return what tells an index from a B-tree over fields: its class, what it is given, what it sorts downwards."""
    told = [] if called_name(node) == "Index" else [called_name(node)]
    told += [f"{one.name}={render(one.value)}" for one in node.keywords if one.name not in ("fields", "name")]
    return " ".join([*told, *(one for one in fields if one.startswith("-")), *("expressions" for _ in node.args[:1])])


def _remove_index(given: Arguments, name: str) -> Iterator[Operation]:
    concurrently = name.endswith("Concurrently")
    yield Operation(OperationKind.DROP_INDEX, 0, 0, name=given.text("name"), concurrently=concurrently)


def _rename_index(given: Arguments, _name: str) -> Iterator[Operation]:
    old, columns = given.text("old_name"), given.texts("old_fields")
    yield Operation(OperationKind.RENAME_INDEX, 0, 0, columns=columns, name=given.text("new_name"), before=old)


def _constraint(given: Arguments, name: str) -> Iterator[Operation]:
    yield from _constraint_of(given.node("constraint"), given.here, given.reader, name)


def _constraint_of(node: ir.Expr | None, here: Surroundings, reader: Reader, name: str) -> Iterator[Operation]:
    kind = _CONSTRAINTS.get(called_name(node)) if isinstance(node, ir.Call) else None
    if kind is None or not isinstance(node, ir.Call):
        yield Operation(OperationKind.UNKNOWN, 0, 0)
        return
    inner = Arguments(node, (), here, reader)
    proof = _proven(keyword(node, "check") or keyword(node, "condition")) if kind is OperationKind.ADD_CHECK else ""
    is_unique = kind is OperationKind.ADD_UNIQUE
    yield Operation(
        # A condition or an expression makes an index of it: nothing else on PostgreSQL can be unique in part.
        OperationKind.ADD_INDEX if is_unique and _is_partial(node) else kind,
        0,
        0,
        columns=(proof,) if proof else inner.texts("fields"),
        name=inner.text("name"),
        not_valid=name == "AddConstraintNotValid",
        is_unique=is_unique,
        proves_not_null=bool(proof),
        variant=_variant(node, ()) if is_unique else "",
    )


def _is_partial(node: ir.Call) -> bool:
    return bool(node.args) or any(keyword(node, one) is not None for one in _PARTIAL)


def _proven(node: ir.Expr | None) -> str:
    """Return the field of which `Q(field__isnull=False)` says that it is not null, and nothing else."""
    if not isinstance(node, ir.Call) or called_name(node) != "Q" or node.args or len(node.keywords) != 1:
        return ""
    word = node.keywords[0]
    name = word.name or ""
    is_false = isinstance(word.value, ir.Constant) and word.value.value is False
    return name.removesuffix("__isnull") if is_false and name.endswith("__isnull") else ""


def _unique_together(given: Arguments, _name: str) -> Iterator[Operation]:
    node = given.node("unique_together")
    yield from _groups(node, given) if node is not None else ()


def _groups(node: ir.Expr, given: Arguments) -> Iterator[Operation]:
    """Yield the groups of columns that are unique from now on: which of them are new is known from those before."""
    items = node.args[0] if isinstance(node, ir.Call) and node.args else node  # `set([…])`
    for one, there in given.reader.items(items, given.here):
        columns = given.reader.texts(one, there)
        yield Operation(OperationKind.UNKNOWN, 0, 0, columns=columns, is_unique=True)


def _run_python(given: Arguments, _name: str) -> Iterator[Operation]:
    code = given.node("code")
    is_noop = code is not None and dotted(code).rpartition(".")[2] == "noop"
    kind = OperationKind.UNKNOWN if is_noop else OperationKind.RUN_CODE
    has_way_back = not given.is_none("reverse_code") or is_noop
    name = dotted(code) if code is not None and not is_noop else ""
    yield Operation(kind, 0, 0, name="" if name.startswith("?") else name, is_irreversible=not has_way_back)


def _plain(kind: OperationKind, name: str = "") -> Read:
    def read(given: Arguments, _name: str) -> Iterator[Operation]:
        yield Operation(kind, 0, 0, name=given.text(name) if name else "")

    return read


def _nothing(_given: Arguments, _name: str) -> Iterator[Operation]:
    yield from ()


_READERS: Mapping[str, Read] = {
    "AddConstraint": _constraint,
    "AddConstraintNotValid": _constraint,
    "AddDefaultValue": _add_default,
    "AddField": _add_field,
    "AddIndex": _index,
    "AddIndexConcurrently": _index,
    "AlterField": _alter_field,
    "AlterModelOptions": _nothing,
    "AlterModelTable": _plain(OperationKind.RENAME_TABLE),
    "AlterUniqueTogether": _unique_together,
    "CreateModel": _create_model,
    "DeleteModel": _plain(OperationKind.DROP_TABLE),
    "RemoveConstraint": _plain(OperationKind.DROP_CONSTRAINT, "name"),
    "RemoveField": _remove_field,
    "RemoveIndex": _remove_index,
    "RemoveIndexConcurrently": _remove_index,
    "RenameField": _rename_field,
    "RenameIndex": _rename_index,
    "RenameModel": _plain(OperationKind.RENAME_TABLE),
    "RunPython": _run_python,
    "ValidateConstraint": _plain(OperationKind.VALIDATE_CONSTRAINT, "name"),
}
