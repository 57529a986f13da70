"""What both lowerers share: nodes that leave a mark in the index of their unit, and the rows of a module."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from archlint.ir.bindings import bound_names
from archlint.ir.migration import may_define_columns
from archlint.ir.module import (
    Binds,
    BoundName,
    ClassRow,
    Flag,
    FunctionRow,
    ImportedName,
    ModuleFacts,
    Unit,
)
from archlint.ir.nodes import (
    Assign,
    Attribute,
    Call,
    Constant,
    Expr,
    Function,
    Import,
    Keyword,
    Masked,
    Name,
    Opaque,
    Stmt,
    Subscript,
    Text,
)
from archlint.secrets.masking import may_be_secret
from archlint.secrets.names import POSITIONAL, promised
from archlint.secrets.suspects import Suspicion, suspicion

MAX_TEXT = 4000
"""Longer strings are not kept: no rule reads prose of that size."""
MAX_SQL = 20_000
"""Longer strings that begin like SQL are not kept: below it they are statements, beyond it data."""

_SQL = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE|MERGE|CREATE|ALTER|DROP|TRUNCATE)\s",
    re.IGNORECASE,
)
_CALLING_BACK = frozenset({"filter", "map"})
_SURROGATE = re.compile("[\ud800-\udfff]")
NO_NAME = "?"
"""Stands in a dotted name for what is no name."""
_INT64 = 2**63
_NOTED = {
    Suspicion.NONE: Flag.NONE,
    Suspicion.SOME: Flag.SECRET,
    Suspicion.PROVEN: Flag.SECRET | Flag.PROVEN,
}


def identifier(name: str) -> str:
    """Return an identifier as Python compares it: `ﬁle` is `file`."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def dotted(expression: Expr) -> str:
    """Return a chain of names as text: `a.b.c`, and `?.c` where the chain starts with anything but a name."""
    parts: list[str] = []
    while isinstance(expression, Attribute):
        parts.append(expression.name)
        expression = expression.value
    parts.append(expression.id if isinstance(expression, Name) else NO_NAME)
    return ".".join(reversed(parts))


def keyword_slot(word: str | None, named: str | None) -> str | None:
    """Return the name under which a keyword's value stands; of a default that of what it is the default of.

    That is a text before it which names a secret, or None: the name under which the call stands.
    """
    if word not in DEFAULTS:
        return word
    return named if named is not None and promised(named) else None


def argument_slot(callee: str | None, index: int, named: str | None) -> str | None:
    """Return the name under which a positional argument stands: `password` by its callee, or the text before it."""
    return "password" if POSITIONAL.get(callee or "") == index else named


def alternative_slot(before: Expr) -> str | None:
    """Return the name of the secret that an alternative stands in for: `getenv("DB_PASSWORD") or "…"`."""
    first = before.args[0] if isinstance(before, Call) and before.args else None
    name = first.value if isinstance(first, Text) else target_name(before)
    return name if name is not None and promised(name) else None


def target_name(target: Expr) -> str | None:
    """Return the name under which an assignment puts its value: the last name or the key, None where there is none."""
    if isinstance(target, Subscript) and isinstance(target.index, Text):
        return target.index.value
    if isinstance(target, Attribute):
        return target.name
    return target.id if isinstance(target, Name) else None


def constant(start: int, end: int, value: object) -> Constant | Opaque:
    """Return a literal that is no string; what JSON cannot hold is opaque."""
    if value is None or isinstance(value, bool) or (isinstance(value, float) and isfinite(value)):
        return Constant(start, end, value)
    if isinstance(value, int) and -_INT64 <= value < _INT64:
        return Constant(start, end, value)
    return Opaque(start, end)


DEFAULTS = frozenset({"default", "default_value", "fallback"})
"""Keywords that say what something is where it is not set: `config("DB_PASSWORD", default="…")`."""


@dataclass(slots=True)
class UnitBuilder:
    """Collects, while one unit is lowered, what its row in the index says.

    `slot` is the name under which a value stands (keyword, key, target): it helps to tell secrets from words.
    """

    start: int
    slot: str | None = None
    flags: Flag = Flag.NONE
    calls: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)

    def attribute(self, start: int, end: int, value: Expr, name: str) -> Attribute:
        """Return an attribute and note its name."""
        self.attributes.add(name)
        return Attribute(start, end, value, name)

    def call(self, start: int, end: int, func: Expr, args: tuple[Expr, ...], keywords: tuple[Keyword, ...]) -> Call:
        """Return a call and note its callee; one that may call a function for each element is a loop."""
        name = dotted(func)
        self.calls.add(name)
        if name in _CALLING_BACK or any(word.name == "key" for word in keywords):
            self.flags |= Flag.LOOP
        return Call(start, end, func, args, keywords)

    def text(self, start: int, end: int, value: str, *, is_bytes: bool = False, is_part: bool = False) -> Text | Masked:
        """Return a string literal, or a part of an f-string, without its value where that may be secret."""
        if not value.isascii():
            # "\ud800" is a string of Python that UTF-8, and so JSON, has no form for.
            value = _SURROGATE.sub("\ufffd", value)
        if may_be_secret(self.slot, value):
            self._suspect(value, is_part=is_part)
            return Masked(start, end, len(value), is_bytes, may_define_columns(value))
        is_sql = _SQL.match(value) is not None
        if is_sql:
            self.flags |= Flag.SQL
        if len(value) > (MAX_SQL if is_sql else MAX_TEXT):
            return Masked(start, end, len(value), is_bytes, may_define_columns(value))
        return Text(start, end, value, is_bytes)

    def _suspect(self, value: str, *, is_part: bool) -> None:
        """Note what rules may say of a value that may be secret; a part leaves open what the whole is."""
        if not self.flags & Flag.PROVEN:
            self.flags |= _NOTED[suspicion(self.slot, value)] | (Flag.SECRET if is_part else Flag.NONE)


@dataclass(slots=True)
class ModuleBuilder:
    """Collects the rows of one module in the order of the source."""

    path: str
    name: str
    is_package: bool
    imports: list[ImportedName] = field(default_factory=list)
    classes: list[ClassRow] = field(default_factory=list)
    functions: list[FunctionRow] = field(default_factory=list)
    units: list[tuple[UnitBuilder, int, int, str, str, Stmt]] = field(default_factory=list)
    bindings: list[BoundName] = field(default_factory=list)

    def imported(self, statement: Import, offset: int, *, in_function: bool) -> None:
        """Note what an import binds, as absolute dotted names; `offset` is the start of its unit."""
        base = self._absolute(statement)
        for alias in statement.names:
            if statement.module is None and not statement.level:
                target = alias.name if alias.is_renamed else alias.bound
                module = alias.name if alias.name != target else ""
            else:
                target, module = f"{base}.{alias.name}" if base else alias.name, ""
            self.imports.append(ImportedName(alias.bound, target, offset + statement.start, in_function, module))

    def _absolute(self, statement: Import) -> str:
        module = statement.module or ""
        if not statement.level:
            return module
        drop = statement.level - (1 if self.is_package else 0)
        parts = self.name.split(".") if self.name else []
        if drop > len(parts):
            return f"{NO_NAME}.{module}".strip(".")  # above the root: nobody can say what that is
        parent = ".".join(parts[: len(parts) - drop])
        return f"{parent}.{module}".strip(".")

    def function(self, function: Function, owner: str, offset: int, unit: int) -> None:
        """Note a function that is not nested in another one; `offset` is the start of its unit."""
        self.functions.append(
            FunctionRow(
                function.name,
                owner,
                offset + function.start,
                offset + function.end,
                function.is_async,
                function.decorators,
                function.parameters,
                function.returns,
                unit,
            )
        )

    def add_unit(self, unit: UnitBuilder, end: int, line: int, owner: str, statement: Stmt) -> None:
        """Note a finished unit."""
        name = statement.name if isinstance(statement, Function) else _assigned_name(statement)
        found = dict.fromkeys(bound_names(statement, owner))
        self.bindings += [BoundName(one, where, len(self.units), how) for one, where, how in found if one != name]
        self.units.append((unit, end, line, owner, name, statement))

    def _module_targets(self) -> dict[str, str]:
        """Return what the imports outside of functions bind: the last without a condition, else the first."""
        starts = {unit.start for unit, *_ in self.units}
        found: dict[str, str] = {}
        for row in self.imports:
            if not row.in_function and (row.start in starts or row.bound not in found):
                found[row.bound] = row.target
        return found

    def rebound(self, names: tuple[str, ...]) -> None:
        """Note names of the module that a function may assign: `global names`."""
        self.bindings += [BoundName(name, "", len(self.units), Binds.GLOBAL) for name in names]

    def build(self) -> ModuleFacts:
        """Return the facts, with the callees of all units resolved through the imports of the file."""
        targets = self._module_targets()
        lazy = [row for row in self.imports if row.in_function]
        units = tuple(
            Unit(
                unit.start,
                end,
                line,
                owner,
                name,
                int(unit.flags),
                _resolved_calls(unit, end, targets, lazy),
                tuple(sorted(unit.attributes)),
                statement,
            )
            for unit, end, line, owner, name, statement in self.units
        )
        return ModuleFacts(
            self.path,
            self.name,
            self.is_package,
            tuple(self.imports),
            tuple(self.classes),
            tuple(self.functions),
            units,
            tuple(self.bindings),
        )


def _resolved_calls(
    unit: UnitBuilder, end: int, targets: Mapping[str, str], lazy: list[ImportedName]
) -> tuple[str, ...]:
    """Return the callees of a unit, through what the functions in it import and then through what the module does."""
    own = {row.bound: row.target for row in lazy if unit.start <= row.start < end}
    known = {**targets, **own} if own else targets
    return tuple(sorted({resolved(callee, known) for callee in unit.calls}))


def _assigned_name(statement: Stmt) -> str:
    """Return the name that an assignment of one name binds, so that module and class attributes are found unread."""
    if isinstance(statement, Assign) and isinstance(statement.targets[0], Name):
        return statement.targets[0].id
    return ""


def resolved(name: str, targets: Mapping[str, str]) -> str:
    """Return a dotted name with its first part replaced by what an import bound it to."""
    head, dot, rest = name.partition(".")
    target = targets.get(head)
    return name if target is None else f"{target}{dot}{rest}"
