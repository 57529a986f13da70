"""Migrations of Django: their dependencies, whether they are atomic, and their operations in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.migration import Operation, OperationKind
from archlint.project.migrations import django_operations
from archlint.project.migrations.embedded import sql_steps
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.project.migrations.reading import Arguments, Reader, Surroundings

if TYPE_CHECKING:
    from archlint.project.migrations.dialects import Dialects
    from archlint.project.project import Project
    from archlint.project.symbols import Module

_BASES = frozenset({"django.db.migrations.Migration", "django.db.migrations.migration.Migration"})
_SQL = ("sql", "reverse_sql", "state_operations")
_SPLIT = ("database_operations", "state_operations")
_NO_TABLE = frozenset({"managed", "proxy"})


def is_migration(module: Module, reader: Reader) -> bool:
    """Return whether a module holds a migration of Django."""
    found = module.classes.get("Migration")
    here = Surroundings(module, 0)
    bases = found.row.bases if found is not None else ()
    return any(reader.callee(ir.Call(0, 0, one, (), ()), here) in _BASES for one in bases)


@dataclass(slots=True)
class Django:
    """Reads the migrations of a project."""

    project: Project
    reader: Reader
    dialects: Dialects
    _tables: dict[tuple[str, str], str] = field(default_factory=dict)

    def named_tables(self, module: Module) -> None:
        """Take note of the tables that models are given by `db_table`, and of models without a table of their own."""
        for call, here, name in self._operations(module):
            if name == "RenameModel":
                given = Arguments(call, django_operations.PARAMETERS[name], here, self.reader)
                old, new = ((self.project.schema.app_label(module), given.text(one).lower()) for one in given.names)
                if old in self._tables:  # `db_table` stays when the class gets another name
                    self._tables[new] = self._tables[old]
            if name != "CreateModel":
                continue
            given = Arguments(call, django_operations.PARAMETERS[name], here, self.reader)
            options = _options(given.node("options"))
            table = self.reader.text(options.get("db_table"), here)
            key = (self.project.schema.app_label(module), given.text("name").lower())
            if any(_is(options.get(one), value=one == "proxy") for one in _NO_TABLE):
                self._tables[key] = ""
            elif table:
                self._tables[key] = table

    def migration(self, module: Module) -> Migration:
        """Return the migration of a module."""
        app = self.project.schema.app_label(module)
        is_atomic = self._is_atomic(module)
        forward = tuple(self._steps(module, is_atomic))
        return Migration(
            module.path,
            Tool.DJANGO,
            module.folder,
            module.name.rpartition(".")[2],
            self._names(module, "dependencies", app),
            forward,
            () if not any(step.operation.is_irreversible for step in forward) else None,
            self.dialects.of_module(module),
            module.role,
            replaces=self._names(module, "replaces", app),
            module=module,
        )

    def _steps(self, module: Module, is_atomic: bool | None) -> Iterator[Step]:
        for call, here, name in self._operations(module):
            if name == "RunSQL":
                yield from self._sql(call, here, is_atomic)
            elif name in django_operations.PARAMETERS:
                found = django_operations.operations(
                    name, call, here, self.reader, lambda one: self._table(module, one)
                )
                yield from (Step(one, module.path, is_atomic) for one in found)
            else:
                place = (here.offset + call.start, here.offset + call.end)
                yield Step(Operation(OperationKind.UNKNOWN, *place), module.path, is_atomic)

    def _sql(self, call: ir.Call, here: Surroundings, is_atomic: bool | None) -> Iterator[Step]:
        given = Arguments(call, _SQL, here, self.reader)
        sql = given.node("sql")
        nodes = list(self.reader.items(sql, here)) or ([(sql, here)] if sql is not None else [])
        for node, there in nodes:
            one = node.items[0] if isinstance(node, ir.Collection) and node.items else node
            yield from sql_steps(self.project, one, there, self.reader, is_atomic)
        if given.node("reverse_sql") is None:
            place = (here.offset + call.start, here.offset + call.end)
            yield Step(Operation(OperationKind.UNKNOWN, *place, is_irreversible=True), here.module.path, is_atomic)

    def _operations(self, module: Module) -> Iterator[tuple[ir.Call, Surroundings, str]]:
        """Yield the operations with the last names of their classes; those that only change the state are left out."""
        found = self.reader.value_of("Migration.operations", module)
        if found is not None:
            yield from self._flattened(*found)

    def _flattened(self, node: ir.Expr | None, here: Surroundings) -> Iterator[tuple[ir.Call, Surroundings, str]]:
        for one, there in self.reader.items(node, here):
            if not isinstance(one, ir.Call):
                continue
            name = dotted(one.func).rpartition(".")[2]
            if name == "SeparateDatabaseAndState":
                yield from self._flattened(Arguments(one, _SPLIT, there, self.reader).node(_SPLIT[0]), there)
            else:
                yield one, there, name

    def _is_atomic(self, module: Module) -> bool | None:
        """Return whether the migration runs in a transaction: on databases whose DDL takes part in one."""
        if self.dialects.of_module(module).name == "mysql":
            return False
        found = self.reader.value_of("Migration.atomic", module)
        if found is None:
            return True
        return bool(found[0].value) if isinstance(found[0], ir.Constant) else None

    def _names(self, module: Module, name: str, app: str) -> tuple[str, ...]:
        """Return the names of migrations of the same app in a list of pairs."""
        found = self.reader.value_of(f"Migration.{name}", module)
        if found is None:
            return ()
        pairs = [self.reader.texts(one, there) for one, there in self.reader.items(*found)]
        return tuple(pair[1] for pair in pairs if len(pair) == 2 and pair[0] == app)  # noqa: PLR2004 - app and name

    def _table(self, module: Module, model: str) -> str:
        app = self.project.schema.app_label(module)
        return self._tables.get((app, model.lower()), f"{app}_{model.lower()}")


def _options(node: ir.Expr | None) -> Mapping[str, ir.Expr]:
    if not isinstance(node, ir.Mapping):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {key.value: value for key, value in pairs if isinstance(key, ir.Text)}


def _is(node: ir.Expr | None, *, value: bool) -> bool:
    return isinstance(node, ir.Constant) and node.value is value
