"""Revisions of Alembic: their place in the history, and what `upgrade` and `downgrade` do, call by call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.migration import OperationKind
from archlint.project.migrations import alembic_calls
from archlint.project.migrations.branches import Branches
from archlint.project.migrations.dialects import environments
from archlint.project.migrations.embedded import sql_steps
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.project.migrations.reading import Reader, Surroundings, heads_of
from archlint.project.tree import (
    blocks,
    called_name,
    expressions_in,
    is_pass,
    keyword,
    nodes_in,
    statements_in,
)

if TYPE_CHECKING:
    from archlint.project.migrations.dialects import Dialects
    from archlint.project.project import Project
    from archlint.project.symbols import FunctionDefinition, Module

_MAX_DEPTH = 4
_MAX_CALLS = 2_000
"""Functions that are followed for one revision, each time they are called."""
_OP = "alembic.op."
_EXECUTING = frozenset({"execute", "exec_driver_sql"})
_AUTOCOMMIT = "AUTOCOMMIT"
_Batches = Mapping[str, str]


def is_revision(module: Module) -> bool:
    """Return whether a module is a revision of Alembic."""
    return "upgrade" in module.functions and "revision" in module.variables and "down_revision" in module.variables


def has_branch_label(module: Module, reader: Reader) -> bool:
    """Return whether a revision names a branch: such branches end in heads of their own."""
    node = reader.constant("branch_labels", Surroundings(module, 0))
    return node is not None and not (isinstance(node, ir.Constant) and node.value is None)


@dataclass(slots=True)
class Alembic:
    """Reads the revisions of a project."""

    project: Project
    reader: Reader
    dialects: Dialects
    _without: dict[str, bool] = field(default_factory=dict)

    def migration(self, module: Module) -> Migration | None:
        """Return the revision that a module is, None where its name is not a literal."""
        here = Surroundings(module, 0)
        identity = self.reader.text(self.reader.constant("revision", here), here)
        if not identity:
            return None
        forward = tuple(self._steps(module, "upgrade") or ())
        backward = self._steps(module, "downgrade")
        return Migration(
            module.path,
            Tool.ALEMBIC,
            module.folder,
            identity,
            self._names("down_revision", here),
            forward,
            None if backward is None else tuple(backward),
            self.dialects.of_module(module),
            module.role,
            refuses=self._refuses(module),
            module=module,
        )

    def _names(self, name: str, here: Surroundings) -> tuple[str, ...]:
        """Return the identities that a name holds: one, several, or none; "" is one that is not known."""
        node = self.reader.constant(name, here)
        if isinstance(node, ir.Constant) and node.value is None:
            return ()
        return self.reader.texts(node, here) or (self.reader.text(node, here),)

    def _steps(self, module: Module, name: str) -> Iterator[Step] | None:
        function = module.functions.get(name)
        if function is None:
            return None
        is_told = any(_AUTOCOMMIT in text for text in self._texts(function)) or self._is_without(module.folder)
        branches = Branches(self.reader, self.dialects.of_module(module).name)
        here = Surroundings(module, function.unit.start, self.project.function_node(function))
        return _Walk(self, branches, None if is_told else True).function(here, _MAX_DEPTH)

    def _is_without(self, folder: str) -> bool:
        """Return whether the environment of a folder of revisions may turn transactions off."""
        if folder not in self._without:
            units = [unit for module in environments(self.project, folder) for unit in module.facts.units]
            self._without[folder] = any(
                _turns_off(node) for one in units for node, _ in nodes_in(self.project.body(one))
            )
        return self._without[folder]

    def _texts(self, function: FunctionDefinition) -> Iterator[str]:
        node = self.project.function_node(function)
        for statement in statements_in(node.body) if node is not None else ():
            for top in heads_of(statement):
                yield from (one.value for one in expressions_in(top) if isinstance(one, ir.Text))

    def _refuses(self, module: Module) -> bool:
        function = module.functions.get("downgrade")
        node = self.project.function_node(function) if function is not None else None
        body = [one for one in node.body if not is_pass(one)] if node is not None else []
        return len(body) == 1 and isinstance(body[0], ir.Raise)


def _turns_off(node: ir.Node) -> bool:
    if isinstance(node, ir.Text):
        return node.value.upper() == _AUTOCOMMIT
    return isinstance(node, ir.Keyword) and node.name == "transactional_ddl"


@dataclass(slots=True)
class _Walk:
    """A walk over a function and the functions of its file that it calls, in the order of the source."""

    alembic: Alembic
    branches: Branches
    in_transaction: bool | None
    calls: int = 0

    def function(self, here: Surroundings, depth: int) -> Iterator[Step]:
        """Yield the steps of a function, which is read with the arguments that it is called with."""
        self.calls += 1
        if here.function is not None and depth > 0 and self.calls <= _MAX_CALLS:
            yield from self._body(here.function.body, here, {}, depth)

    def _body(self, body: tuple[ir.Stmt, ...], here: Surroundings, batches: _Batches, depth: int) -> Iterator[Step]:
        for statement in self.branches.running(body, here):
            if isinstance(statement, ir.Function | ir.Class):
                continue
            if isinstance(statement, ir.With):
                yield from self._with(statement, here, batches, depth)
                continue
            for top in heads_of(statement):
                yield from self._calls(top, here, batches, depth)
            for block in blocks(statement):
                yield from self._body(block, here, batches, depth)

    def _with(self, node: ir.With, here: Surroundings, batches: _Batches, depth: int) -> Iterator[Step]:
        opened = dict(batches)
        before = self.in_transaction
        for item in node.items:
            call = item.context
            if not isinstance(call, ir.Call):
                continue
            if called_name(call) == "batch_alter_table" and isinstance(item.target, ir.Name):
                table = call.args[0] if call.args else keyword(call, "table_name")
                opened[item.target.id] = self.alembic.reader.text(table, here)
            elif called_name(call) == "autocommit_block":
                self.in_transaction = False
            else:
                yield from self._calls(call, here, batches, depth)
        yield from self._body(node.body, here, opened, depth)
        self.in_transaction = before

    def _calls(self, top: ir.Expr, here: Surroundings, batches: _Batches, depth: int) -> Iterator[Step]:
        calls = [one for one in expressions_in(top) if isinstance(one, ir.Call)]
        for call in sorted(calls, key=lambda one: one.end):
            yield from self._call(call, here, batches, depth)

    def _call(self, call: ir.Call, here: Surroundings, batches: _Batches, depth: int) -> Iterator[Step]:
        head, _, name = dotted(call.func).rpartition(".")
        reader = self.alembic.reader
        path = here.module.path
        table = batches.get(head)
        full = reader.callee(call, here)
        is_operation = table is not None or full.startswith(_OP)
        if full.startswith(_OP):
            name = full.removeprefix(_OP)
        if is_operation and name in alembic_calls.PARAMETERS:
            found = alembic_calls.operations(name, call, here, reader, table)
            yield from (Step(one, path, self.in_transaction) for one in found)
        elif name in _EXECUTING and call.args:
            for step in sql_steps(self.alembic.project, call.args[0], here, reader, self.in_transaction):
                yield step
                if step.kind is OperationKind.COMMIT:
                    self.in_transaction = False
                elif step.kind is OperationKind.BEGIN:
                    self.in_transaction = True
        elif not head:
            yield from self._followed(name, call, here, depth)

    def _followed(self, name: str, call: ir.Call, here: Surroundings, depth: int) -> Iterator[Step]:
        definition = here.module.functions.get(name)
        if definition is not None and not definition.row.owner:
            yield from self.function(self.alembic.reader.inside(definition, call, here), depth - 1)
