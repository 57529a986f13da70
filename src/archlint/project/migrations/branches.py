"""Which branches of a revision run on its database: those that test the name of the dialect."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.project.migrations.reading import Reader, Surroundings
from archlint.project.tree import assigned, called_name

if TYPE_CHECKING:
    from archlint.project.symbols import FunctionDefinition

_NAMES: Mapping[str, tuple[str, ...]] = {
    "mysql": ("mysql", "mariadb"), "oracle": ("oracle",), "postgres": ("postgresql",), "sqlite": ("sqlite",),
    "tsql": ("mssql",),
}  # fmt: skip
"""What SQLAlchemy calls a database, which sqlglot calls by the first name."""
_OWNERS = frozenset({"dialect", "engine"})
_DIALECTS = "sqlalchemy.dialects."
_MAX_STEPS = 8
"""Names and functions that are followed from one to the next."""
_COMPARING: Mapping[str, Callable[[object, object], bool]] = {
    "!=": operator.ne, "==": operator.eq, "is": operator.eq, "is not": operator.ne,
}  # fmt: skip
_WITHIN = frozenset({"in", "not in"})
Value = str | bool | tuple[str, ...] | None
"""What an expression is on one database, None where it depends on something else."""


class Branches(msgspec.Struct, frozen=True):
    """Answers for revisions that run on one database, as sqlglot names it, "" where that is not known."""

    reader: Reader
    dialect: str

    def running(self, body: tuple[ir.Stmt, ...], here: Surroundings) -> tuple[ir.Stmt, ...]:
        """Return the statements that may run: of branches by the dialect those of the one that is taken."""
        return self._running(body, here)[0]

    def _running(self, body: tuple[ir.Stmt, ...], here: Surroundings) -> tuple[tuple[ir.Stmt, ...], bool]:
        found: list[ir.Stmt] = []
        for statement in body:
            block = self._taken(statement, here)
            if block is None:
                found.append(statement)
                if isinstance(statement, ir.Return | ir.Raise):
                    return tuple(found), True
                continue
            inner, ends = self._running(block, here)
            found += inner
            if ends:
                return tuple(found), True
        return tuple(found), False

    def _taken(self, statement: ir.Stmt, here: Surroundings) -> tuple[ir.Stmt, ...] | None:
        """Return the block of a statement that is taken whatever else holds, None where nobody knows which."""
        found = [self._taken_on(name, statement, here) for name in _NAMES.get(self.dialect, ())]
        return found[0] if found and all(one is found[0] for one in found) else None

    def _taken_on(self, name: str, statement: ir.Stmt, here: Surroundings) -> tuple[ir.Stmt, ...] | None:
        if isinstance(statement, ir.If):
            value = _Evaluation(self.reader, name).value(statement.test, here)
            return None if not isinstance(value, bool) else statement.body if value else statement.orelse
        if isinstance(statement, ir.Match) and _Evaluation(self.reader, name).value(statement.subject, here) == name:
            for case in statement.cases:
                texts = [one.value for one in case.mentions if isinstance(one, ir.Text)]
                if case.guard is not None or len(texts) < len(case.mentions):
                    return None
                if not texts or name in texts:
                    return case.body
            return ()
        return None


class _Evaluation(msgspec.Struct, frozen=True):
    """What expressions are where the dialect has one name."""

    reader: Reader
    dialect: str

    def value(self, node: ir.Expr | None, here: Surroundings, steps: int = _MAX_STEPS) -> Value:
        """Return the value of an expression, as far as the dialect alone tells it."""
        found: Value = None
        if steps <= 0:
            return found
        match node:
            case ir.Text():
                found = node.value
            case ir.Attribute():
                found = self.dialect if _is_dialect(node) else None
            case ir.Name():
                found = self._named(node.id, here, steps)
            case ir.Collection():
                texts = [one for one in (self.value(item, here, steps) for item in node.items) if isinstance(one, str)]
                found = tuple(texts) if len(texts) == len(node.items) else None
            case ir.Unary(op="not"):
                value = self.value(node.operand, here, steps)
                found = None if not isinstance(value, bool) else not value
            case ir.Boolean():
                found = self._joined(node, here, steps)
            case ir.Compare():
                found = self._compared(node, here, steps)
            case ir.Call():
                found = self._called(node, here, steps)
        return found

    def _named(self, name: str, here: Surroundings, steps: int) -> Value:
        """Return the value of a name that is given one value, by the function, by its caller, or by the module."""
        if name in here.given:
            node, there = here.given[name]
            return self.value(node, there, steps - 1)
        body = here.function.body if here.function is not None else ()
        if name in assigned(body):
            return self.value(_only_value(body, name), here, steps - 1)
        found = self.reader.value_of(name, here.module)
        return self.value(*found, steps - 1) if found is not None else None

    def _joined(self, node: ir.Boolean, here: Surroundings, steps: int) -> Value:
        values = [self.value(one, here, steps) for one in node.values]
        ending = node.op == "or"
        if ending in values:
            return ending
        return not ending if all(isinstance(one, bool) for one in values) else None

    def _compared(self, node: ir.Compare, here: Surroundings, steps: int) -> Value:
        if len(node.ops) != 1:
            return None
        left, right = self.value(node.left, here, steps), self.value(node.comparators[0], here, steps)
        op = node.ops[0]
        if left is None or right is None:
            return None
        if op in _WITHIN and isinstance(left, str) and isinstance(right, str | tuple):
            return (left in right) is (op == "in")
        return _COMPARING[op](left, right) if op in _COMPARING else None

    def _called(self, node: ir.Call, here: Surroundings, steps: int) -> Value:
        """Return what a function of the project that only asks for the dialect says, or a method of its name."""
        name = called_name(node)
        if isinstance(node.func, ir.Attribute) and name in {"lower", "startswith"}:
            value = self.value(node.func.value, here, steps)
            prefix = self.value(node.args[0], here, steps) if node.args else None
            if not isinstance(value, str):
                return None
            return value.lower() if name == "lower" else value.startswith(prefix) if isinstance(prefix, str) else None
        if name == "isinstance" and len(node.args) > 1:
            return self._is_instance(node.args[0], node.args[1], here)
        found = self.reader.function(node, here)
        return self._returned(found, node, here, steps) if found is not None else None

    def _is_instance(self, node: ir.Expr, kind: ir.Expr, here: Surroundings) -> bool | None:
        name = self.reader.name(kind, here)
        if not isinstance(node, ir.Attribute) or node.name != "dialect" or not name.startswith(_DIALECTS):
            return None
        return name.removeprefix(_DIALECTS).startswith(f"{self.dialect}.")

    def _returned(self, found: FunctionDefinition, call: ir.Call, here: Surroundings, steps: int) -> Value:
        inside = self.reader.inside(found, call, here)
        *before, last = inside.function.body if inside.function is not None and inside.function.body else (None,)
        is_plain = all(isinstance(one, ir.Assign | ir.Import) for one in before)
        return self.value(last.value, inside, steps - 1) if isinstance(last, ir.Return) and is_plain else None


def _is_dialect(node: ir.Attribute) -> bool:
    """Return whether an attribute is the name of the dialect: `bind.dialect.name`, `op.get_bind().engine.name`."""
    owner = node.value
    last = owner.name if isinstance(owner, ir.Attribute) else owner.id if isinstance(owner, ir.Name) else ""
    return node.name == "name" and last in _OWNERS


def _only_value(body: tuple[ir.Stmt, ...], name: str) -> ir.Expr | None:
    """Return what the statements of a body assign to a name, None where they do not do so once."""
    found = [one for one in body if name in assigned((one,))]
    return (
        found[0].value if len(found) == 1 and isinstance(found[0], ir.Assign) and len(found[0].targets) == 1 else None
    )
