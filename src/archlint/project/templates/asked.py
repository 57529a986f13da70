"""What templates ask for row by row, put together for each query that their rows come from."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import chain

import msgspec

from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.templates.contexts import Contexts
from archlint.project.templates.drawing import Drawing, RowLoad
from archlint.project.templates.lookup import Templates
from archlint.project.templates.origins import Origins
from archlint.project.templates.renderings import Rendering, Renderings
from archlint.project.templates.views import Views
from archlint.project.turns import model_of, pinned
from archlint.project.values import ABSENT, Items, Query
from archlint.source import Role


class Asked(msgspec.Struct, frozen=True):
    """What the loops of a template load of the rows of one query: `source` is where that is made.

    `loads` holds each relation or method once, where it is read first; `pinned` are columns with one value in all rows.
    """

    source: Step
    rendering: Rendering
    loads: tuple[RowLoad, ...]
    pinned: tuple[str, ...] = ()

    def is_given(self, model: str) -> bool:
        """Return whether the template is given rows of a model as well: those of a relation, or all."""
        others = (one.value for name, one in self.rendering.context.items() if name != self.loads[0].held.entry)
        return any(model_of(one) == model and _is_whole(one) for one in others if isinstance(one, Items | Query))


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
            entry = rendering.context[name]
            source = origins.of(entry)
            if source not in seen:
                seen.add(source)
                yield Asked(source, rendering, loads, pinned(entry.value))


def _is_whole(value: Items | Query) -> bool:
    """Return whether rows were left as they are, and no part of them was chosen."""
    query = value.source if isinstance(value, Items) else value
    kept = query is None or all(one.startswith(f"{ABSENT}:") for one in query.conditions)
    return kept and (query is None or not query.bounded)


def _by_entry(drawing: Drawing, rendering: Rendering) -> dict[str, tuple[RowLoad, ...]]:
    """Return what is loaded of the rows of each entry, each relation once; one entry may have several names."""
    found: dict[str, dict[tuple[str, ...], RowLoad]] = {}
    for one in drawing.loads(rendering):
        found.setdefault(one.held.entry, {}).setdefault(one.load.path, one)
    return {name: tuple(loads[path] for path in sorted(loads)) for name, loads in found.items()}
