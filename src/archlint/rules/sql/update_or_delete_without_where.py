"""ARC601: an UPDATE or DELETE without WHERE."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from archlint.diagnostic import Related
from archlint.rule import Rule
from archlint.syntax import exp

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

ALL_ROWS_NAME = re.compile(
    r"(?i)(?:^|_)(?:all|clean(?:up)?|clear|drop_tables?|empty|flush|purge|reset|truncate|wipe)(?:_|$)"
)

rule = Rule("ARC601")


@rule.sql
def every_row(statement: exp.Update | exp.Delete, context: SqlContext) -> Found:
    """Report a statement that changes or removes every row of a table that outlives it."""
    table = _target(statement)
    if table is None or _is_bounded(statement) or not _is_known(table, context):
        return
    if _means_all_rows(statement, table, context):
        return
    name = ".".join(part.name for part in table.parts if not context.is_masked(part))
    verb, effect = ("UPDATE", "changes") if isinstance(statement, exp.Update) else ("DELETE FROM", "removes")
    span = context.head_span(statement)
    yield rule.at(
        span,
        f"`{verb} {name}` has no WHERE: it {effect} every row",
        related=_executed(context, span.line),
        scope=context.scope,
        anchor=f"{verb} {name}",
    )


def _means_all_rows(statement: exp.Update | exp.Delete, table: exp.Table, context: SqlContext) -> bool:
    """Return whether the surroundings say that no row is to be spared.

    That is so in a function or script named for it, in a migration or reset script, where a table is filled anew,
    and where its columns change.
    """
    place = context.scope.rpartition(".")[2] or PurePosixPath(context.source.path).stem
    if ALL_ROWS_NAME.search(place):
        return True
    if isinstance(statement, exp.Delete) and table.name.lower() in context.refilled_tables:
        return True
    if table.name.lower() in context.altered_tables:
        return True
    return not context.is_embedded and (context.parsed.changes_schema or context.parsed.only_clears)


def _target(statement: exp.Update | exp.Delete) -> exp.Table | None:
    """Return the table, or None where the statement is a branch of a MERGE or has a form that is not known."""
    listed = list(statement.args.get("tables") or [])
    table = statement.args.get("this") or (listed[0] if len(listed) == 1 else None)
    return table if isinstance(table, exp.Table) else None


def _is_bounded(statement: exp.Update | exp.Delete) -> bool:
    """Return whether something limits the rows: WHERE, LIMIT, TOP, or the condition of a join."""
    if any(statement.args.get(name) for name in ("where", "limit", "cluster")):
        return True
    if any(table.name.upper() == "TOP" for table in statement.args.get("tables") or ()):
        return True
    sources = [statement.args.get("this"), statement.args.get("from_"), *(statement.args.get("using") or ())]
    joins = (join for source in sources if isinstance(source, exp.Expr) for join in source.find_all(exp.Join))
    return any(join.args.get("on") or join.args.get("using") for join in joins)


def _is_known(table: exp.Table, context: SqlContext) -> bool:
    """Return whether the table's name and all that follows it are written out, and the table is not temporary.

    A statement that ends in something unknown may end in a WHERE; a table named at run time is cleared on purpose.
    """
    if context.is_masked(table.this) or context.has_hole_after(table.this):
        return False
    return not context.is_temporary(table.name)


def _executed(context: SqlContext, line: int) -> tuple[Related, ...]:
    """Return the call that sends an embedded statement, where it stands on another line."""
    span = context.sink_span()
    if context.embedded is None or span is None or span.line == line:
        return ()
    return (Related(span, f"`{context.embedded.sink}` sends it to the database"),)
