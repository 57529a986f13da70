"""CHECK conditions: which of them say that a column is not null."""

from __future__ import annotations

from archlint.syntax import exp
from archlint.syntax.sql import parse_sql


def proven_in(condition: str) -> str:
    """Return the column of which the text of a condition says that it is not null, and nothing else, or ""."""
    parsed = parse_sql(f"SELECT {condition}", "postgres")
    tree = parsed.statements[0].tree if len(parsed.statements) == 1 else None
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1:
        return ""
    return proven_column(tree.expressions[0])


def proven_column(condition: exp.Expr) -> str:
    """Return the column of which a condition says that it is not null, and nothing else, or ""."""
    while isinstance(condition, exp.Paren) and isinstance(condition.this, exp.Expr):
        condition = condition.this
    is_negated = bool(condition.args.get("negate"))
    if isinstance(condition, exp.Not) and isinstance(condition.this, exp.Expr):
        condition, is_negated = condition.this, True
    if not (is_negated and isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null)):
        return ""
    return condition.this.name if isinstance(condition.this, exp.Column) else ""
