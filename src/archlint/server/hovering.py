"""What is shown over a finding: its message, the chain that leads to it, and the page of its rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlint.diagnostic import Related
from archlint.report.page import rule_page
from archlint.report.result import Result
from archlint.server.diagnostics import Files


def hover_text(results: Sequence[Result], files: Files) -> str:
    """Return what is told of findings in one place, as Markdown; the page of each rule comes once, at the end."""
    parts = [part for result in results for part in _finding(result, files)]
    pages = [rule_page(entry) for entry in {result.entry.code: result.entry for result in results}.values()]
    return "\n\n---\n\n".join(["\n\n".join(parts), *pages])


def _finding(result: Result, files: Files) -> Iterator[str]:
    found = result.diagnostic
    yield f"**{found.code}** {found.message}"
    if found.flow:
        yield "\n".join(f"{number}. {_step(step, files)}" for number, step in enumerate(found.flow, start=1))
    if found.related:
        yield "\n".join(f"- {_step(place, files)}" for place in found.related)


def _step(place: Related, files: Files) -> str:
    span = place.span
    return f"[{span.path}:{span.line}]({files.uri_of(span.path)}#L{span.line}) {place.message}".rstrip()
