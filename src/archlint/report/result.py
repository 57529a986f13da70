"""What a reporter is given: judged diagnostics, redacted texts and the figures of the run."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from archlint.baseline.matching import Matched
from archlint.catalogue import Entry
from archlint.diagnostic import Diagnostic, Severity
from archlint.policy import Identity


class Result(msgspec.Struct, frozen=True):
    """A diagnostic after policy: with the severity it has here and the identity that survives moved lines.

    `text` is its code in normal form, by which the fingerprint, baselines and comparisons know it again.
    `is_accepted` tells that the baseline has it; `suppressed_by` is the reason then.
    """

    diagnostic: Diagnostic
    entry: Entry
    severity: Severity
    fingerprint: str
    text: str = ""
    suppressed_by: str = ""
    is_accepted: bool = False

    @property
    def identity(self) -> Identity:
        """Return what it is over time."""
        found = self.diagnostic
        return Identity(found.span.path, found.code, found.scope, self.text)


class Report(msgspec.Struct, frozen=True):
    """All that a run has to say.

    `results` are sorted; suppressed ones stand in `suppressed`.
    `texts` maps the path of each file that a span of a result names to its text, secret values masked by `*`.
    `skipped` are the files that could not be checked as (path, reason). `unread` are all that were not read and parsed
    to their end, `is_clear` tells that none of the project was that shapes what is found in others.
    `timings` are seconds per rule code, when asked for.
    `fixed` counts the fixes that were made before: their diagnostics are not among the results.
    `accepted` are the results that the baseline has, and `baseline` what came of it, None where there is none.
    `known` are the results that are not new since `compared_with`, a revision of git.
    `warnings` are about the run and not about the project; no format shows them, so that a report is the same anywhere.
    """

    results: tuple[Result, ...]
    suppressed: tuple[Result, ...] = ()
    texts: Mapping[str, str] = msgspec.field(default_factory=dict)
    files: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    is_clear: bool = True
    timings: Mapping[str, float] = msgspec.field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    hints: tuple[str, ...] = ()
    crashed: bool = False
    warnings: tuple[str, ...] = ()
    fixed: int = 0
    accepted: tuple[Result, ...] = ()
    baseline: Matched | None = None
    known: tuple[Result, ...] = ()
    compared_with: str = ""
