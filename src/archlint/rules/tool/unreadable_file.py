"""ARC003: a file or a folder cannot be read. Found when folders are listed and files are opened."""

from __future__ import annotations

from archlint.diagnostic import Diagnostic, Span
from archlint.rule import Rule

rule = Rule("ARC003")


def unreadable_file(path: str, reason: str) -> Diagnostic:
    """Return the diagnostic at the start of a file; `reason` is a few words without a full stop."""
    return rule.at(Span(path, 0, 0, 1, 1, 1, 1), f"not checked, cannot be read: {reason}", anchor="unreadable")
