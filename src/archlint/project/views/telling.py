"""The findings of a secret that a function of the project shows to others: the call that gives it, and the chain."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.diagnostic import Related, Span
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.leaks.judging import Leak, leak
from archlint.project.leaks.revealing import Handed, Revealing
from archlint.project.leaks.traced import where_shown
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import name_of, span_of

_END = {"logs": "logged", "prints": "printed", "raises": "raised"}


class Told(msgspec.Struct, frozen=True):
    """A secret that a call gives away, and the places on the way to where it comes out."""

    handed: Handed
    given: Leak
    span: Span
    steps: tuple[Related, ...]

    @property
    def anchor(self) -> str:
        """Return what tells the finding apart when its line moves."""
        return f"{render(self.handed.site.call.func)} {self.handed.part.name}"

    @property
    def message(self) -> str:
        """Return what happens, as a sentence."""
        handed = self.handed
        called, function = render(handed.site.call.func), name_of(handed.function)
        shown = f"`{function}` {handed.revealed.verb} its `{handed.parameter}`"
        return f"`{called}(…)` is given {self.given.what}, and {shown}"


def told(project: Project, ctx: ProjectContext, revealing: Revealing, place: UnitPlace) -> Iterator[Told]:
    """Yield the secrets that calls of a unit give to functions that show them."""
    for handed in revealing.handed(place):
        given = leak(project, handed.site, handed.part)
        if given is not None:
            *calls, last = handed.revealed.steps
            steps = [Related(span_of(ctx, step), "hands it on") for step in calls]
            span = ctx.span(place.module, place.unit.start, where_shown(handed.argument, handed.part))
            yield Told(handed, given, span, (*steps, Related(span_of(ctx, last), f"{_END[handed.revealed.verb]} here")))
