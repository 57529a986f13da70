"""The findings of a run as one HTML page, for people who would rather look than read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import msgspec

from archlint import __version__
from archlint.project.endpoints.endpoint import Aspect
from archlint.report.causes import causes
from archlint.report.escaping import visible, visible_path
from archlint.report.excerpt import excerpt
from archlint.report.families import FAMILIES
from archlint.report.findings_schema import (
    FindingsPage,
    PageCause,
    PageEndpoint,
    PageFinding,
    PagePlace,
    PageRule,
    PageTrend,
    Step,
)
from archlint.report.html_page import html_page
from archlint.report.regions import Texts

if TYPE_CHECKING:
    from archlint.baseline.history import BaselineSize
    from archlint.catalogue import Entry
    from archlint.diagnostic import Related, Span
    from archlint.project.endpoints.endpoint import Endpoint
    from archlint.project.views.service_map import Spot
    from archlint.report.result import Report, Result

_AROUND_FINDING, _AROUND_STEP = 3, 1


def findings_html(
    report: Report, title: str, endpoints: Sequence[Endpoint] = (), sizes: Sequence[BaselineSize] = ()
) -> str:
    """Return the page; `sizes` are those of the baseline over time, the oldest first."""
    return html_page("findings_page", "findings", title, findings_document(report, title, endpoints, sizes))


def findings_document(
    report: Report, title: str, endpoints: Sequence[Endpoint] = (), sizes: Sequence[BaselineSize] = ()
) -> object:
    """Return what the page shows as plain values."""
    results = sorted((*report.results, *report.accepted), key=lambda one: (one.diagnostic.span, one.diagnostic.code))
    places = _Places(Texts(report.texts))
    shared = causes(results)
    by_member = {member: number for number, one in enumerate(shared) for member in one.members}
    findings = tuple(_finding(one, by_member.get(at, -1), places) for at, one in enumerate(results))
    naming = _naming(results)
    page = FindingsPage(
        version=__version__,
        title=visible(title),
        files_checked=report.files,
        suppressed=len(report.suppressed),
        crashed=report.crashed,
        skipped=tuple((visible_path(path), visible(reason)) for path, reason in report.skipped),
        families=tuple(FAMILIES.items()),
        aspects=tuple(one.value for one in Aspect),
        rules={
            entry.code: _rule(entry)
            for entry in sorted({one.entry.code: one.entry for one in results}.values(), key=lambda one: one.code)
        },
        findings=findings,
        causes=tuple(
            PageCause(
                one.code,
                visible(one.text),
                -1 if one.span is None else places.of(one.span, _AROUND_STEP),
                len(one.members),
            )
            for one in shared
        ),
        endpoints=tuple(_endpoint(one, naming, places) for one in endpoints),
        trend=_trend(report, sizes),
        files=tuple(places.files),
        places=tuple(places.found.values()),
    )
    return msgspec.to_builtins(page)


class _Places:
    """Numbers files and regions, each once."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.files: dict[str, int] = {}
        self.found: dict[tuple[Span, int], PagePlace] = {}
        self._numbers: dict[tuple[Span, int], int] = {}

    def file(self, path: str) -> int:
        return self.files.setdefault(visible_path(path), len(self.files))

    def of(self, span: Span, around: int) -> int:
        key = (span, around)
        if key not in self.found:
            file = self._texts.file(span.path)
            first, rows = excerpt(span, file, around) if file is not None else (span.line, ())
            self._numbers[key] = len(self.found)
            self.found[key] = PagePlace(self.file(span.path), span.line, first, rows)
        return self._numbers[key]


def _finding(result: Result, cause: int, places: _Places) -> PageFinding:
    found = result.diagnostic
    return PageFinding(
        code=found.code,
        severity=result.severity.value,
        confidence=found.confidence.value,
        message=visible(found.message),
        place=places.of(found.span, _AROUND_FINDING),
        scope=visible(found.scope),
        fingerprint=result.fingerprint,
        flow=_steps(found.flow, places),
        related=_steps(found.related, places),
        fix=(visible(found.fix.title), found.fix.applicability.value) if found.fix is not None else None,
        known=visible(result.suppressed_by or "baseline") if result.is_accepted else "",
        cause=cause,
    )


def _steps(steps: Iterable[Related], places: _Places) -> tuple[Step, ...]:
    # Before Python 3.11 the empty tuple of an iterator is not the default, which alone is left out of what is written.
    return tuple([(places.of(one.span, _AROUND_STEP), visible(one.message)) for one in steps])


def _rule(entry: Entry) -> PageRule:
    return PageRule(
        entry.name,
        entry.family,
        entry.summary.strip(),
        entry.rationale.strip(),
        entry.instead.strip(),
        tuple(entry.limits),
        tuple((one.bad.rstrip(), one.good.rstrip()) for one in entry.examples if one.bad and one.good),
    )


def _naming(results: Sequence[Result]) -> dict[tuple[str, int], list[int]]:
    """Return which findings name a line, as their place or as a step of their chain."""
    naming: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, one in enumerate(results):
        spans = (one.diagnostic.span, *(step.span for step in one.diagnostic.flow))
        for line in dict.fromkeys((span.path, span.line) for span in spans):
            naming[line].append(at)
    return naming


def _endpoint(one: Endpoint, naming: dict[tuple[str, int], list[int]], places: _Places) -> PageEndpoint:
    spots = {(spot.path, spot.line) for spot in (one.spot, one.handler_spot) if spot is not None}
    return PageEndpoint(
        visible(one.label),
        one.framework,
        visible(one.handler),
        _spot(one.spot, places),
        tuple((known.answer.value, visible(known.why)) for known in one.known),
        tuple(sorted({at for spot in spots for at in naming.get(spot, ())})),
    )


def _spot(spot: Spot | None, places: _Places) -> tuple[int, ...]:
    return (places.file(spot.path), spot.line) if spot is not None else ()


def _trend(report: Report, sizes: Sequence[BaselineSize]) -> PageTrend | None:
    match = report.baseline
    if match is None:
        return None
    return PageTrend(
        visible(match.baseline.file.name),
        len(report.results),
        len(report.accepted),
        tuple(
            (visible_path(one.path), one.rule, visible(one.scope), visible(one.code), one.count) for one in match.stale
        ),
        tuple((one.commit, _day(one.time), one.findings) for one in sizes),
    )


def _day(time: int) -> str:
    """Return a time as a day, the same wherever the page is made."""
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%d")
