"""ARC605: a comparison with NULL that is never true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.rule import Rule
from archlint.syntax import exp

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

rule = Rule("ARC605")


@rule.sql
def compared_with_null(node: exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE, context: SqlContext) -> Found:
    """Report a condition that compares something with the word NULL."""
    sides = (node.this, node.expression)
    if not any(isinstance(side, exp.Null) for side in sides) or not _is_condition(node):
        return
    other = sides[isinstance(sides[0], exp.Null)]
    sign = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}[node.key]
    instead = "IS NOT NULL" if isinstance(node, exp.NEQ) else "IS NULL"
    named = _written(other, context)
    yield rule.at(
        context.head_span(other),
        f"`{named} {sign} NULL` is never true, whatever the row holds: `{named} {instead}`",
        scope=context.scope,
        anchor=f"{named} {sign}",
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
        f"`{named} NOT IN (…, NULL)` is true for no row: leave the NULL out, and ask for `{named} IS NOT NULL`",
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


def _written(node: exp.Expr, context: SqlContext) -> str:
    """Return what is compared as it is written; `…` where it is long or not known."""
    text = context.text_of(node)
    return "…" if context.is_masked(node) or not isinstance(node, exp.Column) else text
