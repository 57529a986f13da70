"""Values for tests, complete by default: name only what a test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from msgspec.structs import replace

from archlint.catalogue import Entry, Status
from archlint.diagnostic import Applicability, Confidence, Diagnostic, Edit, Fix, Related, Severity, Span
from archlint.report.result import Report, Result
from archlint.source import Kind, SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "app/views.py"
# `st.text` would merge the two alphabets into one, in which the hostile characters are hardly ever drawn.
HOSTILE_TEXT = st.lists(
    st.one_of(
        st.characters(codec=None, exclude_categories=()),
        st.sampled_from("\x00\x1b\x07\r\n\t\x7f\x85\x9b\u2028\u202e\ufeff\U000e0041:#[](){}%,=\\/ a漢"),
        st.sampled_from([chr(0xD800), chr(0xDC80), "::", "##[", "##vso[", "%0A", "\r\n"]),
    ),
    max_size=30,
).map("".join)
TEXT = "def orders(request):\n    for order in Order.objects.all():\n        print(order.customer.name)\n"


def make_entry(code: str = "ARC101", **changes: Any) -> Entry:
    """Return a catalogue entry."""
    entry = Entry(
        code=code,
        name="query-in-loop",
        summary="A query runs once for each turn of a loop.",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        status=Status.STABLE,
        since="0.1",
        rationale="Each turn waits for the database.",
        instead="Load the rows with one query, e.g. with `select_related`. It joins.",
        family="loops",
        cwe=[400, 89],
    )
    return replace(entry, **changes)


def make_span(path: str = PATH, line: int = 3, column: int = 15, width: int = 14) -> Span:
    """Return a region of one line; its offsets are those of `TEXT` only if `spanning` made it."""
    return Span(path, 0, width, line, column, line, column + width)


def spanning(part: str, text: str = TEXT, path: str = PATH) -> Span:
    """Return the region of the first occurrence of a part of a text."""
    start = text.index(part)
    return SourceFile.of(path, text, Kind.PYTHON).span(start, start + len(part))


def make_related(message: str = "the loop is here", span: Span | None = None) -> Related:
    """Return a place that explains."""
    return Related(span or spanning("for order in Order.objects.all():"), message)


def make_result(
    message: str = "`order.customer` is loaded once per order",
    *,
    severity: Severity = Severity.WARNING,
    entry: Entry | None = None,
    suppressed_by: str = "",
    is_accepted: bool = False,
    **changes: Any,
) -> Result:
    """Return a result; `changes` are fields of its diagnostic."""
    entry = entry or make_entry()
    found = Diagnostic(code=entry.code, span=spanning("order.customer"), message=message, scope="app.views.orders")
    return Result(
        replace(found, **changes), entry, severity, "0123456789abcdef", "order.customer", suppressed_by, is_accepted
    )


def make_report(*results: Result, texts: Mapping[str, str] | None = None, files: int = 120, **changes: Any) -> Report:
    """Return a report over `TEXT`."""
    entries = tuple({result.entry.code: result.entry for result in results}.values())
    report = Report(results=results, texts={PATH: TEXT} if texts is None else texts, files=files, entries=entries)
    return replace(report, **changes)


def make_full_report(**changes: Any) -> Report:
    """Return a report with three results of two rules, a chain, a fix and a file that could not be checked."""
    name = Edit(TEXT.index("objects"), TEXT.index(".all()"), "objects")
    explained = make_result(
        severity=Severity.ERROR,
        related=(make_related("the model", make_span("app/models.py", line=7)),),
        flow=(
            make_related("`GET /orders` is served here", make_span("app/urls.py", line=4)),
            make_related("each turn"),
        ),
        fix=Fix("rewrite it", (name,), Applicability.SAFE),
    )
    deadline = make_entry("ARC401", name="missing-deadline", family="external", references=["https://example.org/"])
    other = make_result("`requests.get(…)` may wait for ever", entry=deadline, span=make_span("app/rates.py", line=9))
    place = make_span(column=21)
    note = make_result("`a` costs *little*", severity=Severity.NOTE, confidence=Confidence.LOW, span=place)
    return make_report(explained, other, note, skipped=(("app/big.py", "too large"),), **changes)


@st.composite
def any_report(draw: st.DrawFn) -> Report:
    """Return a report whose paths, messages, names and texts hold anything."""
    path = f"a/{draw(HOSTILE_TEXT)}"
    results = draw(st.lists(st.builds(_any_result, st.just(path), HOSTILE_TEXT, st.sampled_from(Severity)), max_size=3))
    text = draw(HOSTILE_TEXT | st.just(TEXT))
    return make_report(
        *results,
        texts=draw(st.sampled_from([{}, {path: text}, {PATH: text}])),
        skipped=draw(st.sampled_from([(), ((path, text),), (("/outside/the/root.py", text),)])),
        crashed=draw(st.booleans()),
    )


def _any_result(path: str, text: str, severity: Severity) -> Result:
    step = make_related(text, make_span(path, line=2))
    fix = Fix(text, (Edit(0, 3, text),))
    span = make_span(path, line=len(text) % 4, column=len(text) % 7, width=len(text))
    return make_result(
        text, severity=severity, span=span, related=(step,), flow=(step, step), scope=text, anchor=text, fix=fix
    )
