"""What templates ask for row by row, put together for each query that their rows come from."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import chain

from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.templates.contexts import Contexts
from archlint.project.templates.drawing import Drawing, RowLoad
from archlint.project.templates.lookup import Templates
from archlint.project.templates.origins import Origins
from archlint.project.templates.renderings import Rendering, Renderings
from archlint.project.templates.views import Views
from archlint.source import Role


@dataclass(frozen=True, slots=True)
class Asked:
    """What the loops of a template load of the rows of one query: `source` is where that is made.

    `loads` holds each relation or method once, where it is read first.
    """

    source: Step
    rendering: Rendering
    loads: tuple[RowLoad, ...]


def asked_by_templates(project: Project, roles: Container[Role]) -> Iterator[Asked]:
    """Yield what templates load once per row, by the query that gave the rows."""
    if not project.template_facts:
        return
    contexts = Contexts(project)
    drawing = Drawing(project, Templates(project.template_facts))
    origins = Origins(project, contexts)
    seen: set[Step] = set()
    renderings = Renderings(project, contexts)
    for rendering in chain(Views(project, contexts).found(roles), renderings.found(roles), renderings.tags(roles)):
        for name, loads in _by_entry(drawing, rendering).items():
            source = origins.of(rendering.context[name])
            if source not in seen:
                seen.add(source)
                yield Asked(source, rendering, loads)


def _by_entry(drawing: Drawing, rendering: Rendering) -> dict[str, tuple[RowLoad, ...]]:
    """Return what is loaded of the rows of each entry, each relation once; one entry may have several names."""
    found: dict[str, dict[tuple[str, ...], RowLoad]] = {}
    for one in drawing.loads(rendering):
        found.setdefault(one.held.entry, {}).setdefault(one.load.path, one)
    return {name: tuple(loads[path] for path in sorted(loads)) for name, loads in found.items()}
