"""ARC005: a file, or a part of it, is too large, too deep or too slow to check. Found by whoever gives up."""

from __future__ import annotations

from archlint.diagnostic import Diagnostic, Span
from archlint.rule import Rule

rule = Rule("ARC005")


def skipped_file(path: str, reason: str, span: Span | None = None) -> Diagnostic:
    """Return the diagnostic at a place, or at the start of the file; `reason` is a few words without a full stop."""
    return rule.at(span or Span(path, 0, 0, 1, 1, 1, 1), f"not checked: {reason}", anchor="skipped")
