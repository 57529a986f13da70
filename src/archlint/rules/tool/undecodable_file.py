"""ARC004: the bytes of a file are not text in the encoding that it has. Found when a file is read."""

from __future__ import annotations

from archlint.diagnostic import Diagnostic
from archlint.rule import Rule
from archlint.source import SourceFile

rule = Rule("ARC004")


def undecodable_file(before: SourceFile, reason: str) -> Diagnostic:
    """Return the diagnostic behind the part of a file that could be decoded, its start if none could."""
    end = len(before.text)
    return rule.at(before.span(end, end), f"not checked, cannot be decoded: {reason}", anchor="undecodable")
