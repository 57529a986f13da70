"""What `auth=` and `throttle=` of Django Ninja say, at an API, a router, the place it is added, or an operation."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.django.frames import Given
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.route import Guard, GuardKind, Level
from archlint.project.tree import uncalled
from archlint.project.values import External, Instance

_KINDS = {"auth": GuardKind.AUTHENTICATION, "throttle": GuardKind.RATE_LIMIT}


def guards_of(reader: Reader, given: Given, level: Level) -> dict[str, tuple[Guard, ...]]:
    """Return the guards that a call sets, by keyword; one that is set replaces what stands further out."""
    words = given.node.keywords if isinstance(given.node, ir.Call) else ()
    return {
        one.name: tuple(_listed(reader, given.at(one.value), level, _KINDS[one.name]))
        for one in words
        if one.name in _KINDS and not _is_unset(one.value)
    }


def _listed(reader: Reader, given: Given, level: Level, kind: GuardKind) -> Iterator[Guard]:
    if isinstance(given.node, ir.Constant):  # `auth=None` lifts what the API or the router sets
        return
    for one in reader.items(given) if isinstance(reader.origin(given).node, ir.Collection) else (given,):
        name = _name(reader, one)
        value = reader.value(one.node, one.frame)
        qualified = value.name if isinstance(value, External | Instance) else ""
        row = reader.project.knowledge.django_guard(qualified)
        yield Guard(GuardKind(row.protects) if row is not None else kind, name, level, one.mention)


def _name(reader: Reader, given: Given) -> str:
    """Return what stands for a guard: a variable, or the class that is made on the spot."""
    node = uncalled(given.node)
    found = dotted(node).rpartition(".")[2]
    return found if found != "?" else type(reader.origin(given).node).__name__.lower()


def _is_unset(node: ir.Expr) -> bool:
    return dotted(node).rpartition(".")[2] == "NOT_SET"
