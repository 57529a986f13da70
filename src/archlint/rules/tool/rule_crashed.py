"""ARC002: a rule crashed; the crash stage makes the diagnostic."""

from __future__ import annotations

from archlint.diagnostic import Diagnostic, Span
from archlint.rule import Rule

rule = Rule("ARC002")


def rule_crashed(code: str, place: Span, line: str, pack: str = "") -> Diagnostic:
    """Return the diagnostic for a rule that crashed on a file; `line` says where in the code, `pack` whose it is."""
    whose, whom = (f" of the pack `{pack}`", " to its authors") if pack else ("", "")
    message = f"`{code}`{whose} crashed here ({line}): please report it{whom}; the other rules went on"
    return rule.at(place, message, anchor=code)
