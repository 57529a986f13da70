"""The figures of a run, in words: the last lines of a report, and the counts per rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archlint.diagnostic import Applicability, Severity
from archlint.report.escaping import visible, visible_path
from archlint.report.links import path_from_here
from archlint.report.options import RenderOptions
from archlint.report.prose import counted
from archlint.report.styles import Painter, painter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.report.result import Report


def summary_line(report: Report) -> str:
    """Return the one sentence that says how the run ended."""
    if report.results:
        parts = ", ".join(counted(number, severity.value) for severity, number in by_severity(report).items() if number)
        return f"Found {counted(len(report.results), 'diagnostic')} ({parts}) in {counted(report.files, 'file')}."
    if report.crashed:
        return f"No diagnostics in {counted(report.files, 'file')}, but the run is incomplete."
    if not report.files:
        return "warning: 0 files checked"
    return f"All clear: {counted(report.files, 'file')} checked."


def summary(report: Report, paint: Painter | None = None, options: RenderOptions | None = None) -> Iterator[str]:
    """Yield the last lines of a report: the sentence, what was left out, what went wrong, the hints."""
    paint, places = paint or painter(color=False), options or RenderOptions()
    if report.fixed:
        yield paint(f"Made {counted(report.fixed, 'fix', 'fixes')}.", "good")
    yield paint(summary_line(report), _role(report))
    if report.accepted:
        yield f"{counted(len(report.accepted), 'finding is', 'findings are')} in the baseline."
    if report.baseline is not None and report.baseline.expired:
        number = len(report.baseline.expired)
        yield f"{counted(number, 'entry', 'entries')} of the baseline expired: `archlint baseline status` lists them."
    if report.compared_with:
        known = counted(len(report.known), "finding is", "findings are")
        yield f"{known} not new since {visible(report.compared_with)}."
    yield from fixable_line(report, unsafe_fixes=places.unsafe_fixes)
    if report.crashed:
        yield paint("error: archlint failed in at least one rule, so the result is incomplete", "error")
    if report.skipped:
        yield paint(f"{counted(len(report.skipped), 'file')} skipped:", "warning")
        for path, reason in report.skipped:
            yield f"  {visible_path(path_from_here(path, places.root, places.here))}: {visible(reason)}"
    yield from (f"{paint('hint', 'help')}: {visible(hint)}" for hint in report.hints)


def fixable_line(report: Report, *, unsafe_fixes: bool) -> Iterator[str]:
    """Yield one sentence about the fixes that a flag would make, where there are any."""
    tiers = Counter(one.diagnostic.fix.applicability for one in report.results if one.diagnostic.fix is not None)
    hidden = 0 if unsafe_fixes else tiers[Applicability.UNSAFE]
    ready = tiers[Applicability.SAFE] + (tiers[Applicability.UNSAFE] if unsafe_fixes else 0)
    more = f"{counted(hidden, 'hidden fix', 'hidden fixes')} can be enabled with the `--unsafe-fixes` option"
    if ready:
        yield f"[*] {ready} fixable with the `--fix` option{f' ({more})' if hidden else ''}."
    elif hidden:
        yield f"No fixes available ({more})."


def by_severity(report: Report) -> dict[Severity, int]:
    """Return how many results there are of each severity, the worst first."""
    counts = Counter(result.severity for result in report.results)
    return {severity: counts[severity] for severity in Severity}


def statistics(report: Report) -> str:
    """Return one line per rule: how many results, code, worst severity and name; most first, then by code."""
    counts = Counter(result.entry.code for result in report.results)
    entries = {result.entry.code: result.entry for result in report.results}
    worst: dict[str, Severity] = {}
    for result in sorted(report.results, key=lambda result: result.severity.rank):
        worst[result.entry.code] = result.severity
    width = len(str(max(counts.values(), default=0)))
    lines = (
        f"{counts[code]:>{width}}  {code}  {worst[code].value:<7}  {entries[code].name}\n"
        for code in sorted(counts, key=lambda code: (-counts[code], code))
    )
    return "".join(lines)


def timings(report: Report) -> str:
    """Return one line per rule: the seconds it took and its code; slowest first, then by code."""
    slowest = sorted(report.timings.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{seconds:>9.3f} s  {code}\n" for code, seconds in slowest)


def _role(report: Report) -> str:
    if any(result.severity is Severity.ERROR for result in report.results):
        return "error"
    return "warning" if report.results or report.crashed or not report.files else "good"
