"""Bulk suppression: a comment with a reason for each finding of a run, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from archlint.diagnostic import Applicability, Diagnostic, Fix
from archlint.fixing.edits import edited
from archlint.fixing.rounds import Change, Fixed, parses
from archlint.pipeline import Request, run_with_files
from archlint.report.prose import counted
from archlint.source import SourceFile
from archlint.stages.files import RunFiles
from archlint.stages.judge import Places
from archlint.suppression.adding import silencing

_NOT_TO_SILENCE = "what archlint says of the run and of comments is for a person: repair it"
_NOT_READ = "the file cannot be read again"
_SPOILT = "its text would not be the same to who reads it, which is a bug of archlint"
_TOOL = "tool"


class _Left(msgspec.Struct, frozen=True):
    """A finding that stays, and why."""

    path: str
    why: str


def ignored_in_memory(request: Request, reason: str) -> Fixed:
    """Return what comes of a suppression for each finding; raises `UsageError`. No file is written.

    The report is on the texts with the suppressions; the warnings say which findings have none, and why.
    """
    report, files = run_with_files(request)
    by_path: dict[str, list[Diagnostic]] = {}
    left: list[_Left] = []
    for result in report.results:
        found = result.diagnostic
        if result.entry.family == _TOOL:
            left.append(_Left(found.span.path, _NOT_TO_SILENCE))
        else:
            by_path.setdefault(found.span.path, []).append(found)
    changes = []
    for path, diagnostics in sorted(by_path.items()):
        change, stay = _silenced(path, diagnostics, reason, files, report.texts.get(path))
        changes += [change] if change is not None else []
        left += [_Left(path, why) for why in stay]
    if changes:
        overlay = {**request.overlay, **{one.entry.path: one.after for one in changes}}
        report, files = run_with_files(request.with_overlay(overlay))
    return Fixed(report, files, tuple(changes), tuple(_told(left)))


def _silenced(
    path: str, found: Sequence[Diagnostic], reason: str, files: RunFiles, shown: str | None
) -> tuple[Change | None, list[str]]:
    """Return what becomes of a file, None where nothing does, and for each finding that stays why."""
    entry, source = files.entry_of(path), files.source_of(path)
    if entry is None or source is None or shown is None or len(shown) != len(source.text):
        return None, [_NOT_READ] * len(found)
    place_of = Places(files.results, files.source_of)
    done = silencing(source, [(one, place_of(one)) for one in found], reason)
    stay = [why for _, why in done.left]
    if not done.edits:
        return None, stay
    comments = Fix("Suppress what is found", done.edits, Applicability.SAFE)
    after = edited(source.text, (comments,))
    if parses(source) and not parses(SourceFile.of(path, after, source.kind)):
        return None, [*stay, *[_SPOILT] * len(done.silenced)]
    shown_after = edited(shown, (comments,))
    digest = files.digest_of(path)
    return Change(entry, digest, source.text, after, shown, shown_after, len(done.silenced)), stay


def _told(left: Sequence[_Left]) -> Iterator[str]:
    for one, number in sorted(Counter(left).items(), key=lambda item: (item[0].path, item[0].why)):
        yield f"{one.path}: {counted(number, 'finding is', 'findings are')} not suppressed: {one.why}"
