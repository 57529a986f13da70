"""The two formats for people: one line for each diagnostic, or code frames with the chain and the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archlint.diagnostic import Applicability
from archlint.report.escaping import inert, visible, visible_path
from archlint.report.frame import code_frame
from archlint.report.links import explain_command, path_from_here
from archlint.report.order import sort_results
from archlint.report.prose import first_sentence
from archlint.report.regions import Texts, first_line
from archlint.report.styles import Painter, painter
from archlint.report.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.diagnostic import Related, Span
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result


def concise(report: Report, options: RenderOptions) -> str:
    """Return `path:line:column: CODE message` for each result, and the last lines if the options ask for them."""
    paint = painter(color=options.color)
    lines = [_concise_line(result, paint, options) for result in _shown(report, options)]
    return _joined([*lines, *summary(report, paint, options)] if options.summary else lines, options)


def full(report: Report, options: RenderOptions) -> str:
    """Return each result with its code, its chain, related places, help and fix, and then the last lines."""
    drawing = _Drawing(Texts(report.texts), painter(color=options.color), options)
    lines = [line for result in _shown(report, options) for line in (*_block(result, drawing), "")]
    return _joined(lines if options.quiet else [*lines, *summary(report, drawing.paint, options)], options)


def _shown(report: Report, options: RenderOptions) -> tuple[Result, ...]:
    """Return the results, among them those of the baseline where somebody wants to see them."""
    more = (*report.accepted, *report.known) if options.include_baselined else ()
    return sort_results((*report.results, *more)) if more else report.results


class _Drawing(msgspec.Struct, frozen=True):
    texts: Texts
    paint: Painter
    options: RenderOptions


def _joined(lines: list[str], options: RenderOptions) -> str:
    text = "".join(f"{line}\n" for line in lines)
    return inert(text) if options.ci else text


def _concise_line(result: Result, paint: Painter, options: RenderOptions) -> str:
    found = result.diagnostic
    code = paint(found.code, result.severity.value)
    return f"{paint(_place(found.span, options), 'path')}: {code} {_mark(result, options)}{visible(found.message)}"


def _mark(result: Result, options: RenderOptions) -> str:
    """Return what marks a diagnostic that `--fix` takes away, or one that is known."""
    fix = result.diagnostic.fix
    made = (Applicability.SAFE, Applicability.UNSAFE) if options.unsafe_fixes else (Applicability.SAFE,)
    if result.is_accepted:
        return "[known] "
    return "[*] " if fix is not None and fix.applicability in made else ""


def _path(path: str, options: RenderOptions) -> str:
    return visible_path(path_from_here(path, options.root, options.here))


def _place(span: Span, options: RenderOptions) -> str:
    return f"{_path(span.path, options)}:{span.line}:{span.column}"


def _block(result: Result, drawing: _Drawing) -> Iterator[str]:
    found, entry, paint = result.diagnostic, result.entry, drawing.paint
    gutter = max(len(str(span.line)) for span in (found.span, *(related.span for related in found.related)))
    mark = _mark(result, drawing.options)
    label = paint(f"{result.severity.value}[{found.code}]", result.severity.value)
    yield f"{label} {paint(entry.name, 'name')}: {mark}{visible(found.message)}"
    yield from _frame(found.span, gutter, result.severity.value, drawing)
    yield from _chain(found.flow, gutter, drawing)
    for related in found.related:
        yield f"{paint('note', 'note')}: {visible(related.message)}"
        yield from _frame(related.span, gutter, "note", drawing)
    if advice := first_sentence(entry.instead):
        yield f"{paint('help', 'help')}: {visible(advice)}"
    if found.fix and drawing.options.show_fixes:
        yield f"{paint('fix', 'help')}: {visible(found.fix.title)} ({found.fix.applicability.value})"
    yield f"{paint('see', 'help')}: {explain_command(entry)}"


def _frame(span: Span, gutter: int, role: str, drawing: _Drawing) -> Iterator[str]:
    """Yield the place, and the code with its marks where the report has the text."""
    paint, margin = drawing.paint, " " * gutter
    yield f"{margin}{paint('-->', 'gutter')} {_place(span, drawing.options)}"
    file = drawing.texts.file(span.path)
    frame = code_frame(first_line(span, drawing.texts), file, "-" if role == "note" else "^") if file else None
    if frame is None:
        return
    code, marks = frame
    bar = paint("|", "gutter")
    yield f"{margin} {bar}"
    yield f"{paint(f'{span.line:>{gutter}}', 'gutter')} {bar} {code}".rstrip()
    yield f"{margin} {bar} {_painted_marks(marks, role, paint)}"


def _painted_marks(marks: str, role: str, paint: Painter) -> str:
    start = len(marks) - len(marks.lstrip())
    return marks[:start] + paint(marks[start:], role)


def _chain(flow: tuple[Related, ...], gutter: int, drawing: _Drawing) -> Iterator[str]:
    if not flow:
        return
    paint = drawing.paint
    margin, width = " " * gutter, len(str(len(flow)))
    yield f"{margin} {paint('=', 'gutter')} chain:"
    for number, step in enumerate(flow, start=1):
        place = f"{_path(step.span.path, drawing.options)}:{step.span.line}"
        yield f"{margin}   {number:>{width}}. {place}  {visible(step.message)}"
