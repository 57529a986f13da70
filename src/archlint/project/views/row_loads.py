"""What is asked of the database for each row, in plain English."""

from __future__ import annotations

from archlint.project.effects.effect import EffectKind
from archlint.project.templates.segments import Load
from archlint.project.views.relations import loader


def done_per_row(subject: str, load: Load, model: str) -> str:
    """Return what something does for each row of a model, and what would load it with the rows."""
    row = f"of each `{_short(model)}`" if model else "row by row"
    path, via = ".".join(load.path), f" through `{load.via}`" if load.via else ""
    if load.effect.kind is not EffectKind.LAZY_LOAD:
        what = f"`{_short(load.effect.target)}` rows" if load.effect.target else "the database"
        return (
            f"{subject} queries {what}{via} once for each `{_short(model)}`"
            if model
            else f"{subject} queries {what}{via}"
        )
    way = way_to_load(load)
    return f"{subject} loads `{path}`{via} {row}" + (f"; {way} is missing" if way else "")


def way_to_load(load: Load) -> str:
    """Return what loads a relation together with the rows, "" where that is not known."""
    relation = load.relation
    if relation is None or not load.path:
        return ""
    return str(loader(relation, load.effect.detail, load.path, joins=load.joins))


def _short(name: str) -> str:
    return name.rpartition(".")[2]
