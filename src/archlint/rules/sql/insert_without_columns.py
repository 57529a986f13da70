"""ARC611: an INSERT that does not name its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_shape import has_unknown_clause

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

rule = Rule("ARC611")


@rule.sql
def by_position(insert: exp.Insert, context: SqlContext) -> Found:
    """Report an INSERT whose values meet the columns of a lasting table by position."""
    table, given = insert.this, insert.args.get("expression")
    if context.is_migration or (isinstance(given, exp.Select) and given.is_star):
        return  # that all columns are copied, whichever there are, is another rule's
    if not isinstance(table, exp.Table) or given is None or insert.args.get("overwrite") or insert.args.get("by_name"):
        return
    if context.is_masked(table.this) or not _is_lasting(table, context):
        return
    name = ".".join(part.name for part in table.parts if not context.is_masked(part))
    if _is_repeated(insert, context) or has_unknown_clause(context.parsed, context.statement):
        return
    yield rule.at(
        context.head_span(insert),
        f"`{_verb(insert, context)} INTO {name}` names no columns: one that is added or moved breaks it, or "
        "shifts what it writes",
        confidence=Confidence.HIGH if context.is_embedded else Confidence.LOW,
        scope=context.scope,
        anchor=name,
    )


def _verb(insert: exp.Insert, context: SqlContext) -> str:
    return "REPLACE" if context.text_of(insert)[:7].upper() == "REPLACE" else "INSERT"


def _is_lasting(table: exp.Table, context: SqlContext) -> bool:
    """Return whether a table outlives the text, which knows the columns of what it creates itself."""
    return not context.is_temporary(table.name) and table.name.lower() not in context.created_tables


def _is_repeated(insert: exp.Insert, context: SqlContext) -> bool:
    """Return whether a script has filled the same table before: a list of rows is one finding."""
    return insert is context.statement.tree and context.statement.start not in context.parsed.first_inserts
