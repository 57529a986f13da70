"""Which loops end a transaction in each turn."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.database import commits
from archlint.project.flow import CallSite, Loop, mentions
from archlint.project.project import Project, UnitPlace
from archlint.project.tree import blocks, called_name, expressions_in, expressions_of, statements_in
from archlint.project.turns.growing import multiplying

_STREAM_WORDS = (
    "consumer", "consume", "cursor", "event", "inbox", "job", "listen", "message", "outbox", "poll", "queue", "stream",
    "subscrib", "task", "worker",
)  # fmt: skip
"""Words in the name of what a loop runs over that say that each turn is a unit of work of its own."""
_COMMITTING = frozenset({"commit"})
_ACKNOWLEDGING = frozenset({"ack", "acknowledge", "delete_message", "nack", "task_done"})


class Committed(msgspec.Struct, frozen=True):
    """A commit that each turn of a loop makes."""

    site: CallSite
    loop: Loop
    is_session: bool


def committed(project: Project, place: UnitPlace) -> Iterator[Committed]:
    """Yield the commits of a unit whose number grows with the data that a loop runs over, and that protect nothing."""
    for site in project.in_loops.sites(place) if mentions(project, place, _COMMITTING) else ():
        kind = commits(project, site) if isinstance(site, CallSite) else ""
        if not isinstance(site, CallSite) or not kind:
            continue
        loop = multiplying(project, site.call, site, is_alike=True)
        if loop is not None and not _is_a_choice(site, loop):
            yield Committed(site, loop, kind == "session")


def _is_a_choice(site: CallSite, loop: Loop) -> bool:
    """Return whether each turn is a unit of work: it may fail alone, comes from a stream, or is handed out."""
    if not isinstance(loop.node, ir.For) or any(isinstance(one.node, ir.While) for one in site.loops):
        return True
    iterable = "".join(names(loop.node.iterable)).lower() + "".join(sorted(loop.targets)).lower()
    if any(word in iterable for word in _STREAM_WORDS):
        return True
    return any(_protects(one) for one in statements_in(loop.node.body))


def names(node: ir.Expr) -> Iterator[str]:
    """Yield the names and attributes that an expression reads."""
    for one in expressions_in(node):
        if isinstance(one, ir.Name | ir.Attribute):
            yield one.id if isinstance(one, ir.Name) else one.name


def _protects(statement: ir.Stmt) -> bool:
    """Return whether a statement keeps the failure of one turn from the others, or tells others that it is done."""
    if isinstance(statement, ir.Try):
        return bool(statement.handlers)
    if isinstance(statement, ir.Function | ir.Class) or any(block for block in blocks(statement)):
        return False
    inner = [part for one in expressions_of(statement) for part in expressions_in(one)]
    is_yield = any(isinstance(part, ir.Yield) for part in inner)
    return is_yield or any(isinstance(part, ir.Call) and called_name(part) in _ACKNOWLEDGING for part in inner)
