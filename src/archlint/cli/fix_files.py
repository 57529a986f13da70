"""`--fix` and `--diff`: fixes written into the files, or shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Applicability
from archlint.fact_store import Stores
from archlint.fixing.differences import difference
from archlint.fixing.rounds import Fixed, Suggestion, fixed_in_memory, suggestions
from archlint.fixing.writing import write
from archlint.pipeline import run
from archlint.report.escaping import visible, visible_path
from archlint.report.links import path_from_here
from archlint.report.prose import counted
from archlint.report.result import Report

if TYPE_CHECKING:
    from archlint.pipeline import Request
    from archlint.settings import Settings


def fix_files(request: Request, settings: Settings) -> tuple[Report, str | None]:
    """Fix the files of a run; return the report on what is left, and the text where it came from standard input.

    Raises `UsageError`. A file that cannot be written is named in the warnings of the report.
    """
    fixed = fixed_in_memory(request, allowed_by(settings))
    warnings = [*fixed.warnings]
    number = 0
    for change in fixed.changes:
        failure = "" if change.entry.path in request.overlay else write(change, settings.max_file_size)
        if failure:
            warnings.append(f"{change.entry.path} is not fixed: {failure}")
        else:
            number += change.fixes
    report = fixed.report if len(warnings) == len(fixed.warnings) else run(replace(request, stores=Stores()))
    report = replace(report, fixed=number, warnings=(*report.warnings, *warnings))
    return report, _given_text(request, fixed)


def allowed_by(settings: Settings) -> frozenset[Applicability]:
    """Return which fixes may be made without a person looking at them."""
    return frozenset({Applicability.SAFE, *([Applicability.UNSAFE] if settings.unsafe_fixes else ())})


class Differences(msgspec.Struct, frozen=True):
    """What fixing would come to: the report after it, with `fixed`, all changes as a text, how many are suggestions."""

    report: Report
    text: str
    suggested: int

    @property
    def summary(self) -> str:
        """Return in one line what `--fix` would do, and what it would leave to a person."""
        more = f", {counted(self.suggested, 'more is', 'more are')} for a person to judge" if self.suggested else ""
        return f"`--fix` would make {counted(self.report.fixed, 'fix', 'fixes')}{more}."


def differences(request: Request, settings: Settings, here: str) -> Differences:
    """Return all that fixing would change and all that is suggested, as unified diffs with paths from a folder.

    First what `--fix` would write, one diff for each file; then each fix that it would leave, on its own.
    """
    fixed = fixed_in_memory(request, allowed_by(settings))
    root = settings.root.as_posix()
    written = [
        difference(_named(one.entry.path, root, here), one.shown_before, one.shown_after) for one in fixed.changes
    ]
    left = [_suggested(one, root, here) for one in suggestions(fixed)]
    report = replace(fixed.report, fixed=fixed.fixes, warnings=(*fixed.report.warnings, *fixed.warnings))
    return Differences(report, "".join((*written, *left)), len(left))


def _suggested(one: Suggestion, root: str, here: str) -> str:
    found, path = one.diagnostic, _named(one.diagnostic.span.path, root, here)
    tier = one.fix.applicability.value
    head = f"# {path}:{found.span.line}:{found.span.column}: {found.code} {visible(one.fix.title)} ({tier})\n"
    return head + difference(path, one.before, one.after)


def _named(path: str, root: str, here: str) -> str:
    return visible_path(path_from_here(path, root, here))


def _given_text(request: Request, fixed: Fixed) -> str | None:
    if not request.overlay:
        return None
    (path,) = request.overlay
    given = request.overlay[path]
    return next(
        (one.after for one in fixed.changes if one.entry.path == path), given if isinstance(given, str) else None
    )
