"""What archlint infers at a line, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archlint import __version__
from archlint.report.escaping import inert, json_text, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archlint.project.views.explaining import ChainStep, Done, Explanation, WayIn
    from archlint.project.views.looking import Note
    from archlint.project.views.service_map import MapGuard

_WAYS_SHOWN = 20


def why_text(found: Explanation) -> str:
    """Return an explanation for a person: the function, how it is reached, what it does, and the line itself."""
    lines = [*_head(found), "", *_ways(found), *_done(found), "On this line", *_notes(found.notes)]
    return inert("".join(f"{visible(line)}\n" for line in lines))


def why_json(found: Explanation) -> str:
    """Return an explanation as one JSON document."""
    tool = {"name": "archlint", "version": __version__}
    return json_text({"version": 1, "tool": tool, **msgspec.to_builtins(found)}, indent=2) + "\n"


def _head(found: Explanation) -> Iterator[str]:
    if not found.function:
        yield f"{found.spot}: in module `{found.module}`, outside any function"
        return
    kind = "asynchronous function" if found.is_async else "function"
    yield f"{found.spot}: in the {kind} `{found.function}`, defined at {found.head}"


def _ways(found: Explanation) -> Iterator[str]:
    if not found.function:
        return
    yield "How it is reached"
    if not found.ways_in:
        yield "  no entry point is known to lead here"
    for way in found.ways_in[:_WAYS_SHOWN]:
        yield from _way(way)
    if len(found.ways_in) > _WAYS_SHOWN:
        yield f"  and {len(found.ways_in) - _WAYS_SHOWN} more"
    yield ""


def _way(way: WayIn) -> Iterator[str]:
    yield f"  {way.kind} {way.label} at {way.spot}, runs {way.runs}"
    yield from (f"    guarded by {_guard(guard)}" for guard in way.guards)
    if way.kind == "route" and not way.guards:
        yield "    no guard is known"
    yield from _steps(way.chain)


def _guard(guard: MapGuard) -> str:
    where = f", {guard.spot}" if guard.spot is not None else ""
    return f"`{guard.name}` ({guard.kind}, at the {guard.level}{where})"


def _done(found: Explanation) -> Iterator[str]:
    if not found.function:
        return
    yield "What it does"
    if not found.does:
        yield "  nothing that is known"
    for one in found.does:
        yield from _effect(one)
    yield ""


def _effect(one: Done) -> Iterator[str]:
    if len(one.chain) == 1:
        yield f"  {one.chain[0].text} at {one.chain[0].spot}"
        return
    yield f"  {one.text}"
    yield from _steps(one.chain)


def _steps(chain: Iterable[ChainStep]) -> Iterator[str]:
    return (f"    {step.spot} {step.text}" for step in chain)


def _notes(notes: Iterable[Note]) -> Iterator[str]:
    is_empty = True
    for note in notes:
        is_empty = False
        yield f"  `{note.text}` is {note.value}"
        if note.callee:
            yield f"    calls `{note.callee}`"
        yield from (f"    {one}" if not note.callee else f"      which {one}" for one in note.does)
    if is_empty:
        yield "  nothing that archlint looks at"
