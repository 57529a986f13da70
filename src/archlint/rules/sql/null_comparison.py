"""ARC605: a comparison with NULL that is never true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Applicability, Fix
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_edits import null_edit, predicate_edit

if TYPE_CHECKING:
    from archlint.diagnostic import Edit
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

rule = Rule("ARC605")
_SIGNS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_PREDICATES = {"eq": "IS NULL", "neq": "IS NOT NULL"}
"""What asks for what a comparison with NULL was meant to ask; nothing is greater or less than NULL."""


@rule.sql
def compared_with_null(node: exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE, context: SqlContext) -> Found:
    """Report a condition that compares something with the word NULL."""
    sides = (node.this, node.expression)
    if not any(isinstance(side, exp.Null) for side in sides) or not _is_condition(node):
        return
    other = sides[isinstance(sides[0], exp.Null)]
    predicate = _PREDICATES.get(node.key)
    named = _written(other, context)
    instead = f"`{named} {predicate}`" if predicate else "leave the condition out, or compare with a value"
    edit = predicate_edit(node, predicate, context) if predicate and other is node.this else None
    yield rule.at(
        context.head_span(other),
        f"`{named} {_SIGNS[node.key]} NULL` is never true, whatever the row holds: {instead}",
        fix=_fix(edit, f"Write {predicate}"),
        scope=context.scope,
        anchor=f"{named} {_SIGNS[node.key]}",
    )


@rule.sql
def null_in_list(node: exp.Not, context: SqlContext) -> Found:
    """Report `NOT IN` over a list with the word NULL: it is true for no row."""
    inner = node.this.unnest()
    if not isinstance(inner, exp.In) or not any(isinstance(one, exp.Null) for one in inner.expressions):
        return
    if not _is_condition(node):
        return
    named = _written(inner.this, context)
    yield rule.at(
        context.head_span(inner.this),
        f"`{named} NOT IN (…, NULL)` is true for no row: leave the NULL out, rows without a value are not found anyway",
        fix=_fix(null_edit(inner, context), "Leave the NULL out"),
        scope=context.scope,
        anchor=f"{named} NOT IN",
    )


def _is_condition(node: exp.Expr) -> bool:
    """Return whether an expression decides about rows or branches: `SET a = NULL` and options are no comparisons."""
    inner, parent = node, node.parent
    while isinstance(parent, exp.And | exp.Or | exp.Not | exp.Paren):
        inner, parent = parent, parent.parent
    if isinstance(parent, exp.Where | exp.Having | exp.Qualify | exp.CheckColumnConstraint):
        return True
    if isinstance(parent, exp.If):
        # `CASE x WHEN y = NULL` compares values, `CASE WHEN y = NULL` decides.
        simple = isinstance(parent.parent, exp.Case) and parent.parent.this is not None
        return parent.this is inner and not simple
    return isinstance(parent, exp.Join) and parent.args.get("on") is inner


def _fix(edit: Edit | None, title: str) -> Fix | None:
    """Return a fix that is not safe: a statement that never found a row finds some then."""
    return Fix(title, (edit,), Applicability.UNSAFE) if edit is not None else None


def _written(node: exp.Expr, context: SqlContext) -> str:
    """Return what is compared as it is written; `…` where it is long or not known."""
    text = context.text_of(node)
    return "…" if context.is_masked(node) or not isinstance(node, exp.Column) else text
