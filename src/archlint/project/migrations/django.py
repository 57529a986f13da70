"""Migrations of Django: their dependencies, whether they are atomic, and their operations in both directions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.migration import Operation, OperationKind
from archlint.project.migrations import django_operations
from archlint.project.migrations.django_models import Models
from archlint.project.migrations.embedded import sql_steps
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.project.migrations.order import ordered
from archlint.project.migrations.reading import Arguments, Reader, Surroundings

if TYPE_CHECKING:
    from archlint.project.migrations.dialects import Dialects
    from archlint.project.project import Project
    from archlint.project.symbols import Module

_BASES = frozenset({"django.db.migrations.Migration", "django.db.migrations.migration.Migration"})
_SQL = ("sql", "reverse_sql", "state_operations")
_SPLIT = ("database_operations", "state_operations")


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

    def migrations(self, modules: Iterable[Module]) -> Iterator[Migration]:
        """Yield the migrations of some modules; what each does depends on what those before it made of the models."""
        lines: defaultdict[str, list[Migration]] = defaultdict(list)
        for module in modules:
            lines[module.folder].append(self._unread(module))
        for members in lines.values():
            names = {one.identity for one in members}
            models = Models(self._app(members[0]))
            for one in ordered(members):
                is_beside = not names.isdisjoint(one.replaces)  # those that it stands for are there, too
                yield self._read(one, models.copy() if is_beside else models)

    def _app(self, migration: Migration) -> str:
        return self.project.schema.app_label(migration.module) if migration.module is not None else ""

    def _unread(self, module: Module) -> Migration:
        """Return the migration of a module without its operations."""
        app = self.project.schema.app_label(module)
        return Migration(
            module.path,
            Tool.DJANGO,
            module.folder,
            module.name.rpartition(".")[2],
            self._names(module, "dependencies", app),
            (),
            (),
            self.dialects.of_module(module),
            module.role,
            replaces=self._names(module, "replaces", app),
            module=module,
        )

    def _read(self, migration: Migration, models: Models) -> Migration:
        module = migration.module
        found = self.reader.value_of("Migration.operations", module) if module is not None else None
        if module is None or found is None:
            return migration
        forward = tuple(self._steps(*found, self._is_atomic(module), models))
        is_reversible = not any(step.operation.is_irreversible for step in forward)
        return replace(migration, forward=forward, backward=() if is_reversible else None)

    def _steps(
        self, node: ir.Expr | None, here: Surroundings, is_atomic: bool | None, models: Models
    ) -> Iterator[Step]:
        """Yield what the operations of a list do, and take note of what they make of the models."""
        for one, there in self.reader.items(node, here):
            if not isinstance(one, ir.Call):
                continue
            name = self.reader.callee(one, there).rpartition(".")[2]
            if name == "SeparateDatabaseAndState":
                given = Arguments(one, _SPLIT, there, self.reader)
                yield from self._steps(given.node(_SPLIT[0]), there, is_atomic, models.copy())
                self._note(given, models)
            elif name == "RunSQL":
                given = Arguments(one, _SQL, there, self.reader)
                yield from self._sql(given, is_atomic)
                self._note(given, models)
            else:
                found = django_operations.operations(name, one, there, self.reader, models)
                yield from [Step(each, there.module.path, is_atomic) for each in found]

    def _note(self, given: Arguments, models: Models) -> None:
        """Take note of what only changes the state of the models."""
        for _ in self._steps(given.node("state_operations"), given.here, None, models):
            pass

    def _sql(self, given: Arguments, is_atomic: bool | None) -> Iterator[Step]:
        call, here = given.call, given.here
        sql = given.node("sql")
        nodes = list(self.reader.items(sql, here)) or ([(sql, here)] if sql is not None else [])
        for node, there in nodes:
            one = node.items[0] if isinstance(node, ir.Collection) and node.items else node
            yield from sql_steps(self.project, one, there, self.reader, is_atomic)
        if given.is_none("reverse_sql"):
            place = (here.offset + call.start, here.offset + call.end)
            yield Step(Operation(OperationKind.UNKNOWN, *place, is_irreversible=True), here.module.path, is_atomic)

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
