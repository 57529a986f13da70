"""ARC007: a suppression gives no reason although the project requires one. Found when suppressions are applied."""

from __future__ import annotations

from collections.abc import Sequence

from archlint.diagnostic import Diagnostic, Span
from archlint.rule import Rule

rule = Rule("ARC007")


def suppression_without_reason(span: Span, codes: Sequence[str], *, anchor: str) -> Diagnostic:
    """Return the diagnostic of a suppression of some codes, or of all when there are none."""
    names = ", ".join(f"`{code}`" for code in codes) or "every rule"
    return rule.at(span, f"suppression of {names} gives no reason", anchor=anchor)
