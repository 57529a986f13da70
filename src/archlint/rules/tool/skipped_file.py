"""ARC005: a file, or a part of it, is too large, too deep or too slow to check. Found by whoever gives up."""

from __future__ import annotations

from archlint.diagnostic import Diagnostic, Span
from archlint.rule import Rule

rule = Rule("ARC005")
_LOST = "lost"


def skipped_file(path: str, reason: str, span: Span | None = None) -> Diagnostic:
    """Return the diagnostic at a place, or at the start of the file; `reason` is a few words without a full stop."""
    return rule.at(span or Span(path, 0, 0, 1, 1, 1, 1), f"not checked: {reason}", anchor="skipped")


def lost_file(path: str, reason: str) -> Diagnostic:
    """Return the diagnostic of a file whose process died or ran out of time; the next run may well check it."""
    return rule.at(Span(path, 0, 0, 1, 1, 1, 1), f"not checked: {reason}", anchor=_LOST)


def is_lost(found: Diagnostic) -> bool:
    """Return whether a diagnostic tells of a file that was lost in this run."""
    return found.code == rule.code and found.anchor == _LOST
