"""What becomes of a diagnostic: whether it counts here, how severe it is, and what identifies it over time."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from archlint.diagnostic import Diagnostic, Severity, Span
from archlint.normal_form import normal_form
from archlint.settings import Settings, TableSize
from archlint.source import Role

_HARDER = {Severity.ERROR: Severity.ERROR, Severity.WARNING: Severity.ERROR, Severity.NOTE: Severity.WARNING}
_SOFTER = {Severity.ERROR: Severity.WARNING, Severity.WARNING: Severity.NOTE, Severity.NOTE: Severity.NOTE}


def counts(diagnostic: Diagnostic, settings: Settings, role: Role) -> bool:
    """Return whether a diagnostic is reported in a file of a role under these settings."""
    return (
        settings.selects(diagnostic.code)
        and role in settings.entry(diagnostic.code).roles
        and settings.size_of(diagnostic.tables) is not TableSize.SMALL
        and diagnostic.confidence.rank >= settings.min_confidence.rank
        and not settings.ignored_in(diagnostic.span.path, diagnostic.code)
    )


def severity(diagnostic: Diagnostic, settings: Settings, role: Role) -> Severity:
    """Return the severity of a diagnostic: what the settings say, else the catalogue's for the place where it happens.

    What runs while a request waits weighs more than what runs elsewhere or nobody knows where, and that more than
    what a person starts from a script. What is about a table that is declared to grow or to be large weighs more.
    """
    entry = settings.entry(diagnostic.code)
    decided = settings.severity_of(entry)
    if entry.code in settings.severities:
        return decided
    if not diagnostic.in_request:
        decided = entry.elsewhere or decided
    if role is Role.COMMAND:
        decided = entry.in_commands or _SOFTER[decided]
    decided = min(decided, diagnostic.at_most, key=lambda one: one.rank)
    grows = settings.size_of(diagnostic.tables) in (TableSize.GROWING, TableSize.LARGE)
    return _HARDER[decided] if grows else decided


class Identity(NamedTuple):
    """What a diagnostic is over time: where its line stands plays no part. `text` is its code in normal form."""

    path: str
    code: str
    scope: str
    text: str

    @property
    def key(self) -> str:
        """Return a digest of it, the same for equal ones."""
        return _digest(*self)

    @property
    def text_digest(self) -> str:
        """Return what stands for its code where that must not be shown, or is too long for it."""
        return _digest(self.text)


def identities(diagnostics: Iterable[Diagnostic], region_of: Callable[[Span], str]) -> Iterator[Identity]:
    """Yield the identity of each diagnostic: its anchor, or the redacted text of its region, never a line number."""
    for one in diagnostics:
        yield Identity(one.span.path, one.code, one.scope, normal_form(one.anchor or region_of(one.span)))


def fingerprints(identified: Iterable[Identity]) -> Iterator[str]:
    """Yield the fingerprint of each identity; equal ones are numbered in order."""
    seen: Counter[str] = Counter()
    for one in identified:
        key = one.key
        yield f"{key}{seen[key]:02x}" if seen[key] else key
        seen[key] += 1


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
