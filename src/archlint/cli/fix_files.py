"""`--fix`, `--add-ignore` and `--diff`: fixes and suppressions written into the files, or shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Applicability
from archlint.fact_store import Stores
from archlint.fixing.differences import difference
from archlint.fixing.ignoring import ignored_in_memory
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
    report, number = _written(request, settings, fixed)
    return replace(report, fixed=number), _given_text(request, fixed)


def ignore_files(request: Request, settings: Settings, reason: str) -> tuple[Report, str | None, int]:
    """Suppress what a run finds; return the report after it, the text as `fix_files` does, and how many it were.

    Raises `UsageError`. What cannot be suppressed is named in the warnings of the report, with the reason.
    """
    ignored = ignored_in_memory(request, reason)
    report, number = _written(request, settings, ignored)
    return report, _given_text(request, ignored), number


def _written(request: Request, settings: Settings, fixed: Fixed) -> tuple[Report, int]:
    """Write what changed; return the report on what is in the files then, with warnings, and how many fixes those had.

    The texts of the request are not written.
    """
    warnings = [*fixed.warnings]
    number = 0
    for change in fixed.changes:
        failure = "" if change.entry.path in request.overlay else write(change, settings.max_file_size)
        if failure:
            warnings.append(f"{change.entry.path} is not changed: {failure}")
        else:
            number += change.fixes
    report = fixed.report if len(warnings) == len(fixed.warnings) else run(replace(request, stores=Stores()))
    return replace(report, warnings=(*report.warnings, *warnings)), number


def allowed_by(settings: Settings) -> frozenset[Applicability]:
    """Return which fixes may be made without a person looking at them."""
    return frozenset({Applicability.SAFE, *([Applicability.UNSAFE] if settings.unsafe_fixes else ())})


class Differences(msgspec.Struct, frozen=True):
    """What would change: the report after it, with `fixed`, all changes as a text, and in a line what they come to."""

    report: Report
    text: str
    summary: str


def differences(request: Request, settings: Settings, here: str) -> Differences:
    """Return all that fixing would change and all that is suggested, as unified diffs with paths from a folder.

    First what `--fix` would write, one diff for each file; then each fix that it would leave, on its own.
    """
    fixed = fixed_in_memory(request, allowed_by(settings))
    left = [_suggested(one, settings.root.as_posix(), here) for one in suggestions(fixed)]
    more = f", {counted(len(left), 'more is', 'more are')} for a person to judge" if left else ""
    summary = f"`--fix` would make {counted(fixed.fixes, 'fix', 'fixes')}{more}."
    return _differences(fixed, settings, here, summary, left)


def ignore_differences(request: Request, settings: Settings, reason: str, here: str) -> Differences:
    """Return what suppressing all that a run finds would change, as unified diffs with paths from a folder."""
    ignored = ignored_in_memory(request, reason)
    summary = f"`--add-ignore` would suppress {counted(ignored.fixes, 'finding', 'findings')}."
    return _differences(ignored, settings, here, summary, [])


def _differences(fixed: Fixed, settings: Settings, here: str, summary: str, more: list[str]) -> Differences:
    root = settings.root.as_posix()
    written = [
        difference(_named(one.entry.path, root, here), one.shown_before, one.shown_after) for one in fixed.changes
    ]
    report = replace(fixed.report, fixed=fixed.fixes, warnings=(*fixed.report.warnings, *fixed.warnings))
    return Differences(report, "".join((*written, *more)), summary)


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
