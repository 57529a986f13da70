"""From a qualified name to the row that speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from archlint.knowledge.rows import BlockingCall, Members, Type, is_waiting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archlint.knowledge.tables import Tables

M = TypeVar("M", bound=Members)
T = TypeVar("T", bound=Type)
_CALLED = "()"
_BUILTINS = "builtins."


def by_member(rows: Iterable[M]) -> dict[str, M]:
    """Return rows by all names of their members. A later row takes a name over; a name of its own beats an alias."""
    rows = tuple(rows)
    aliases = {name: row for row in rows for name in spelled(row, row.aliases)}
    return aliases | {name: row for row in rows for name in spelled(row, (row.of,))}


def spelled(row: Members, owners: Iterable[str]) -> list[str]:
    """Return the qualified names of a row's members in some modules or classes."""
    return [f"{owner}.{name}".removeprefix(_BUILTINS) for owner in owners for name in row.names]


def member_names(tables: Tables) -> frozenset[str]:
    """Return the last names of all methods and functions that a row mentions."""
    rows: tuple[Members, ...] = (
        *tables.blocking, *tables.offloaders, *tables.deadline_calls, *tables.routes, *tables.registrations,
        *tables.tasks, *tables.log_calls, *tables.sleeps, *tables.factories, *tables.deferrable, *tables.messages,
    )  # fmt: skip
    names = {name for row in rows for name in row.names}
    names.update(*(row.methods for row in tables.clients), *(row.methods for row in tables.handler_classes))
    for orm in tables.orms:
        names |= orm.terminal_reads | orm.terminal_writes | orm.instance_reads | orm.instance_writes
        names |= orm.lazy | orm.eager | orm.bounding | orm.related_writes
        names.update(*(row.reads | row.writes | row.lazy | row.local | row.transactions for row in orm.types))
    return frozenset(name.rpartition(".")[2] for name in names)


def by_name(rows: Iterable[T]) -> dict[str, T]:
    """Return classes by their qualified names."""
    return {row.name: row for row in rows}


def by_any_name(rows: Iterable[T]) -> dict[str, T]:
    """Return classes by their qualified names and by all other names of them."""
    return {name: row for row in rows for name in (row.name, *row.aliases)}


def whole_class(classes: Mapping[str, BlockingCall], name: str) -> BlockingCall | None:
    """Return the row of the class that blocks as a whole and has the member `name`, or None."""
    dot = name.find(".")
    while dot > 0:
        row = classes.get(name[:dot])
        if row is not None:
            return row if is_waiting(name[dot + 1 :], row.besides) else None
        dot = name.find(".", dot + 1)
    return None


def declared(tables: Tables) -> frozenset[str]:
    """Return the qualified names of all callables and classes that rows are about."""
    names: set[str] = set()
    for section in tables.__struct_fields__:
        for row in getattr(tables, section):
            if isinstance(row, Members):
                names.update((row.of, *row.aliases, *spelled(row, (row.of, *row.aliases))))
            elif isinstance(row, Type):
                names.update((row.name, *row.aliases, *row.factories))
    for orm in tables.orms:
        names.update(orm.model_bases)
        for one in orm.types:
            names.update((one.name, *one.aliases, *one.factories))
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Names:
    """What names stand for.

    `same` maps other names of a class to the one of its row; `returns` maps callables to the class that they return.
    """

    same: Mapping[str, str]
    returns: Mapping[str, str]
    known: dict[str, str] = field(default_factory=dict, compare=False)
    """Names that were looked up before: a project asks for the same few thousand again and again."""

    def canonical(self, qualified: str) -> str:
        """Return the one name that the tables use: `boto3.client().get_object` is a method of botocore's client."""
        found = self.known.get(qualified)
        if found is None:
            found = self.known[qualified] = self._canonical(qualified)
        return found

    def _canonical(self, qualified: str) -> str:
        head, *rest = qualified.removeprefix(_BUILTINS).split(_CALLED)
        name = self._renamed(head)
        for index, part in enumerate(rest):
            called_again = not part and index < len(rest) - 1
            name = self._renamed(self.returns.get(name, name) + (".__call__" if called_again else part))
        return name

    def _renamed(self, name: str) -> str:
        end = len(name)
        while end > 0:
            target = self.same.get(name[:end])
            if target is not None:
                return target + name[end:]
            end = name.rfind(".", 0, end)
        return name


def names_of(tables: Tables) -> Names:
    """Return what the rows say about names; a class returns itself when called."""
    types: list[Type] = [*tables.clients, *tables.handler_classes, *tables.route_collectors, *tables.loggers]
    types += [one for orm in tables.orms for one in orm.types]
    same = {alias: row.name for row in types for alias in row.aliases}
    same |= {alias: one.name for orm in tables.orms for one in orm.relations for alias in one.aliases}
    returns = {name: row.returns for name, row in by_member(tables.factories).items()}
    returns |= {factory: row.name for row in types for factory in row.factories}
    returns |= {row.name: row.name for row in types}
    return Names(same, returns)
