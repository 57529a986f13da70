"""ARC006: a suppression silences nothing, names no rule, or is written wrongly. Found when suppressions are applied."""

from __future__ import annotations

from collections.abc import Sequence

from archlint.diagnostic import Diagnostic, Fix, Span
from archlint.rule import Rule

rule = Rule("ARC006")


def unused_suppression(
    span: Span, unused: Sequence[str], problems: Sequence[str], *, anchor: str, fix: Fix | None
) -> Diagnostic:
    """Return the diagnostic of a suppression: the codes in it that match nothing, and what else is wrong with it."""
    names = ", ".join(f"`{code}`" for code in unused)
    parts = [*([f"suppression of {names} matches no diagnostic"] if unused else []), *problems]
    return rule.at(span, "; ".join(parts), fix=fix, anchor=anchor)
