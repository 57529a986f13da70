"""SQL inside Python: the strings that reach a call that sends them to a database, read from the IR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Flag, decode_body
from archlint.source import SourceFile
from archlint.syntax.origin import EmbeddedSql, OffsetMap
from archlint.syntax.sql_recognition import SINKS, looks_like_sql, sql_arguments
from archlint.syntax.sql_text import altered_tables, created_tables, refilled_tables, temporary_tables
from archlint.syntax.string_values import OWN, Definition, Names, Resolve, StringReader, last_name

if TYPE_CHECKING:
    from archlint.ir.module import ModuleFacts, Unit
    from archlint.syntax.literals import Composition


@dataclass(slots=True)
class _Constants:
    """The constants of a module and of its classes, each read when it is first asked for."""

    facts: ModuleFacts
    known: dict[str, dict[str, Definition]] = field(default_factory=dict)

    def seen_in(self, owner: str) -> Resolve:
        """Return what names and chains of names stand for in a unit of a class, or of the module where that is ""."""

        def find(name: str) -> Definition | None:
            head, _, last = name.rpartition(".")
            around = owner if head in OWN else head
            found = self._of(around).get(last) if around or not head else None
            return None if found is not None and head and self._is_set(around, last) else found

        return find

    def _of(self, owner: str) -> dict[str, Definition]:
        if owner not in self.known:
            self.known[owner] = constants_of(self.facts, owner)
        return self.known[owner]

    def _is_set(self, owner: str, name: str) -> bool:
        """Return whether a method gives an instance another value."""
        units = (one for one in self.facts.units if one.owner == owner and name in one.attributes)
        nodes = (node for unit in units for node in walk(decode_body(unit.body)) if isinstance(node, ir.Assign))
        return any(isinstance(one, ir.Attribute) and one.name == name for node in nodes for one in node.targets)


def constants_of(facts: ModuleFacts, owner: str = "") -> dict[str, Definition]:
    """Return the names that a module, or a class of it, assigns exactly once in its own body, by plain assignment."""
    found: dict[str, list[Definition]] = {}
    for unit in facts.units:
        if unit.owner != owner or unit.flags & Flag.FUNCTION:
            continue
        for name, value in _assigned(decode_body(unit.body)):
            found.setdefault(name, []).append(Definition(value or ir.Opaque(0, 0), unit.start, value is None))
    return {name: each[0] for name, each in found.items() if len(each) == 1 and not each[0].is_open}


def module_sql(facts: ModuleFacts, source: SourceFile) -> Iterator[tuple[Unit, EmbeddedSql]]:
    """Yield the SQL texts of a file with the unit whose call they reach first, each text once.

    Units without such a call are not decoded.
    """
    units = [unit for unit in facts.units if any(name.rpartition(".")[2] in SINKS for name in unit.calls)]
    constants = _Constants(facts)
    seen: set[int] = set()
    for unit in units:
        for found in embedded_sql(decode_body(unit.body), unit.start, source, constants.seen_in(unit.owner)):
            place = found.offsets.start(0)
            if place not in seen:
                seen.add(place)
                yield unit, found


def embedded_sql(statement: ir.Stmt, start: int, source: SourceFile, resolve: Resolve) -> Iterator[EmbeddedSql]:
    """Yield the SQL texts that reach a database call in a unit, each once, in the order of the calls.

    `start` is the unit's offset in the file; `resolve` knows the constants of the module and of its classes.
    """
    calls = [node for node in walk(statement) if isinstance(node, ir.Call) and last_name(node.func) in SINKS]
    if not calls:
        return
    written = source.text[start + statement.start : start + statement.end]
    readers = (temporary_tables, refilled_tables, altered_tables, created_tables)
    tables = tuple(tables_of(written) for tables_of in readers)
    reader = StringReader(source, Names(_local_definitions(statement, start), resolve))
    seen: set[int] = set()
    for call in sorted(calls, key=lambda each: (each.start, -each.end)):
        for argument in sql_arguments(call):
            found = reader.read(argument, start)
            if found is None or not _is_sql(found, call) or found.segments[0].source in seen:
                continue
            seen.add(found.segments[0].source)
            offsets = OffsetMap(tuple(found.segments))
            sink, region = dotted(call.func), (start + call.start, start + call.end)
            yield EmbeddedSql(found.text, tuple(found.holes), offsets, sink, *region, *tables)
            break


def walk(node: ir.Node) -> Iterator[ir.Node]:
    """Yield a node and all nodes below it, parents first."""
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, tuple):
            pending.extend(reversed(item))
        elif isinstance(item, ir.Node):
            yield item
            pending.extend(reversed([value for value in msgspec.structs.astuple(item) if not isinstance(value, str)]))


def _is_sql(found: Composition, call: ir.Call) -> bool:
    """Return whether a text that reaches a call is SQL: other calls than `execute…` take prose as well."""
    return looks_like_sql(found.text, is_sent=last_name(call.func).startswith("exec"))


def _assigned(statement: ir.Stmt) -> Iterator[tuple[str, ir.Expr | None]]:
    """Yield the names that a statement binds anywhere, with the value where it is plainly assigned."""
    for node in walk(statement):
        if isinstance(node, ir.Assign):
            value = node.value if len(node.targets) == 1 and isinstance(node.targets[0], ir.Name) else None
            for target in node.targets if node.value is not None else ():
                yield from ((name, value) for name in _names(target))
        elif isinstance(node, ir.AugmentedAssign | ir.Walrus | ir.For | ir.Clause | ir.WithItem):
            yield from ((name, None) for name in _names(node.target))
        elif isinstance(node, ir.Parameter):
            yield node.name, None
        elif isinstance(node, ir.Scope):
            yield from ((name, None) for name in node.names)


def _names(target: ir.Expr | None) -> Iterator[str]:
    """Yield the names that a target binds; what an attribute or a subscript names is bound elsewhere."""
    if isinstance(target, ir.Name):
        yield target.id
    elif isinstance(target, ir.Collection):
        for item in target.items:
            yield from _names(item)
    elif isinstance(target, ir.Starred):
        yield from _names(target.value)


def _local_definitions(statement: ir.Stmt, start: int) -> dict[str, Definition | None]:
    """Return what each name of a unit is assigned first; None where no assignment says it plainly."""
    values: dict[str, list[ir.Expr | None]] = {}
    for name, value in _assigned(statement):
        values.setdefault(name, []).append(value)
    found = {
        name: None if each[0] is None else Definition(each[0], start, is_open=len(each) > 1)
        for name, each in values.items()
    }
    return found | {name: Definition(value, start) for name, value in _added_up(statement, values)}


def _added_up(statement: ir.Stmt, bound: Mapping[str, Sequence[ir.Expr | None]]) -> Iterator[tuple[str, ir.Expr]]:
    """Yield the names that one block assigns and then only adds to, before anything reads them, with the sums."""
    sums: dict[str, tuple[ir.Expr, int, int]] = {}
    for one in statement.body if isinstance(statement, ir.Function) else ():
        if isinstance(one, ir.Assign) and one.value is not None and [type(each) for each in one.targets] == [ir.Name]:
            sums.update((name, (one.value, 1, one.end)) for name in _names(one.targets[0]))
        elif isinstance(one, ir.AugmentedAssign) and one.op == "+" and isinstance(one.target, ir.Name):
            before, count, _ = sums.get(one.target.id, (None, 0, 0))
            if before is not None:
                added = ir.Binary(before.start, one.value.end, "+", before, one.value)
                sums[one.target.id] = (added, count + 1, one.end)
    for name, (value, count, end) in sums.items():
        reads = (one for one in walk(statement) if isinstance(one, ir.Name) and one.id == name and one.start < end)
        if count > 1 and count == len(bound[name]) == sum(1 for _ in reads):
            yield name, value
