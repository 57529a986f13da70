"""ARC002: a rule crashed; the crash stage makes the diagnostic."""

from __future__ import annotations

from archlint.diagnostic import Diagnostic, Span
from archlint.rule import Rule

rule = Rule("ARC002")


def rule_crashed(code: str, place: Span, line: str) -> Diagnostic:
    """Return the diagnostic for a rule that crashed on a file; `line` says where in archlint."""
    return rule.at(place, f"`{code}` crashed here ({line}): please report it; the other rules went on", anchor=code)
