"""What findings of declared rules say, beside what the project wrote."""

from __future__ import annotations

from itertools import pairwise

from archlint.catalogue import Entry
from archlint.diagnostic import Related
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.flow import CallSite
from archlint.project.scenes import Way
from archlint.project.views.flows import name_of, span_of


def shown(site: CallSite) -> str:
    """Return the name of what is called, as it is written."""
    return render(site.call.func)


def ending(entry: Entry) -> str:
    """Return what is wrong and the way out, in the words of the project."""
    summary, instead = (" ".join(text.split()).rstrip(".") for text in (entry.summary, entry.instead))
    return f"{summary}; {instead[:1].lower()}{instead[1:]}"


def called(ctx: ProjectContext, way: Way, name: str) -> tuple[Related, ...]:
    """Return the steps of a chain: each call on the way, and the one that matters at its end."""
    calls = [
        Related(span_of(ctx, hop.step), f"calls `{name_of(following.function)}`")
        for hop, following in pairwise(way.hops)
        if following.function is not None
    ]
    return (*calls, Related(span_of(ctx, way.hops[-1].step), f"`{name}` is called here"))
