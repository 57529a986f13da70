"""ARC008: an entry of the baseline without a finding; whoever compares the two makes the diagnostic."""

from __future__ import annotations

from archlint.diagnostic import Diagnostic, Span
from archlint.rule import Rule

rule = Rule("ARC008")


def stale_baseline_entry(file: str, line: int, path: str, code: str, scope: str, count: int) -> Diagnostic:
    """Return the diagnostic at the line of an entry; `count` of its findings are gone."""
    where = f"`{path}`, in `{scope}`" if scope else f"`{path}`"
    gone = "is not found any more" if count == 1 else f"is found {count} times less"
    message = f"{code} in {where} {gone}: run `archlint baseline prune` and commit the baseline"
    return rule.at(Span(file, 0, 0, line, 1, line, 1), message, scope=scope, anchor=f"{path} {code}")
