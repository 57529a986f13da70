"""Fixes in rounds: lint, edit in memory, lint again, until nothing is left to fix. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from archlint.analysis import PARSED_KINDS, PYTHON_KINDS
from archlint.diagnostic import Applicability, Diagnostic, Fix
from archlint.fixing.edits import compatible, edited
from archlint.lowering import lower
from archlint.pipeline import Request, run_with_files
from archlint.report.result import Report
from archlint.source import FileEntry, SourceFile
from archlint.stages.files import RunFiles

MAX_ROUNDS = 10
"""Fixes that make room for others are few; more rounds than these are fixes that undo each other."""


class Change(msgspec.Struct, frozen=True):
    """What becomes of one file: its text before and after, and both as they may be shown, secrets masked.

    `digest` is that of the bytes that the first text was read from.
    """

    entry: FileEntry
    digest: bytes
    before: str
    after: str
    shown_before: str
    shown_after: str
    fixes: int = 0


class Fixed(msgspec.Struct, frozen=True):
    """What fixing came to: the report on the texts after it, the files that change, by path, and what went wrong."""

    report: Report
    files: RunFiles
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def fixes(self) -> int:
        """Return how many fixes were made."""
        return sum(change.fixes for change in self.changes)


class Suggestion(msgspec.Struct, frozen=True):
    """A fix that was not made, and the text of its file, as it may be shown, before and after it."""

    diagnostic: Diagnostic
    fix: Fix
    before: str
    after: str


def fixed_in_memory(request: Request, allowed: Collection[Applicability]) -> Fixed:
    """Return what comes of all fixes of some tiers; raises `UsageError`. No file is written."""
    workshop = _Workshop(allowed)
    report, files = run_with_files(request)
    for _ in range(MAX_ROUNDS):
        if not workshop.edit(report, files):
            break
        report, files = run_with_files(request.with_overlay({**request.overlay, **workshop.texts}))
    changes = tuple(workshop.changes[path] for path in sorted(workshop.changes))
    return Fixed(report, files, changes, tuple(workshop.warnings))


def suggestions(fixed: Fixed) -> Iterator[Suggestion]:
    """Yield the fixes that are left in a report, each on its own; one that several diagnostics have comes once."""
    seen = set()
    for result in fixed.report.results:
        found = result.diagnostic
        text, fix = fixed.report.texts.get(found.span.path), found.fix
        if fix is None or (found.span.path, fix) in seen:
            continue
        seen.add((found.span.path, fix))
        if text is not None and compatible((fix,), len(text)):
            yield Suggestion(found, fix, text, edited(text, (fix,)))


@dataclass(slots=True)
class _Workshop:
    """The files that are being changed."""

    allowed: Collection[Applicability]
    changes: dict[str, Change] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)

    @property
    def texts(self) -> Mapping[str, str]:
        """Return the new texts by path."""
        return {path: change.after for path, change in self.changes.items()}

    def edit(self, report: Report, files: RunFiles) -> bool:
        """Make the fixes of a report that fit together; return whether there were any."""
        by_path: dict[str, list[Fix]] = {}
        for result in report.results:
            fix, path = result.diagnostic.fix, result.diagnostic.span.path
            if fix is not None and fix.applicability in self.allowed and path not in self.spoiled:
                by_path.setdefault(path, []).append(fix)
        edited_files = [path for path in sorted(by_path) if self._edit_file(path, by_path[path], report, files)]
        return bool(edited_files)

    def _edit_file(self, path: str, fixes: list[Fix], report: Report, files: RunFiles) -> bool:
        entry, source, shown = files.entry_of(path), files.source_of(path), report.texts.get(path)
        if entry is None or source is None or shown is None or len(shown) != len(source.text):
            return self._spoil(path, "it changed while it was read")
        chosen = compatible(fixes, len(source.text))
        after = edited(source.text, chosen)
        if after == source.text:
            return False
        if not parses(SourceFile.of(path, after, source.kind)):
            return self._spoil(path, "it could not be parsed any more after its fixes, which is a bug of archlint")
        first = self.changes.get(path) or Change(
            entry, files.digest_of(path), source.text, source.text, shown_before=shown, shown_after=shown
        )
        self.changes[path] = replace(
            first, after=after, shown_after=edited(shown, chosen), fixes=first.fixes + len(chosen)
        )
        return True

    def _spoil(self, path: str, reason: str) -> bool:
        self.spoiled.add(path)
        self.warnings.append(f"{path} is not fixed: {reason}")
        return False


def parses(source: SourceFile) -> bool:
    """Return whether a text can be parsed as what it is; where archlint has no parser of the whole, it can."""
    if source.kind in PYTHON_KINDS:
        return lower(source, "", is_package=False)[1] is None
    if source.kind in PARSED_KINDS:
        from archlint.syntax.config import parse_config

        return parse_config(source).problem is None
    return True
