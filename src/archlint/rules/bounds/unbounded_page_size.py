"""ARC204: the client chooses how many rows come, and nothing caps it."""

from __future__ import annotations

from archlint.diagnostic import Confidence, Related
from archlint.project.bounds.chosen import Chosen, chosen
from archlint.project.bounds.paginators import Paginators
from archlint.project.bounds.sizes import Size
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.views.flows import Entries, name_of, span_of
from archlint.rule import Found, Rule

_SHARE = 2
"""One number with a maximum in so many without one is a custom of the project."""

rule = Rule("ARC204")


@rule.project
def unbounded_page_size(project: Project, ctx: ProjectContext) -> Found:
    """Report each number of the request that ends as the limit of a query without a maximum.

    Where the project caps such numbers elsewhere this one was forgotten; where it caps next to none it may be meant.
    """
    entries = Entries(project, ctx)
    numbers = [one for one in chosen(project) if one.function.module.role in ctx.roles]
    capped = [one for one in numbers if one.is_capped]
    is_custom = len(capped) * _SHARE >= len(numbers) - len(capped)
    for one in numbers:
        if one.given is None or one.is_capped or one.may_be_left_out:
            continue  # what may be left out is ARC205's
        yield rule.at(
            ctx.span(one.function.module, one.given.offset, one.given.node),
            f"the client of `{one.served.label}` chooses `{one.size.name}`, which nothing caps",
            confidence=Confidence.MEDIUM if is_custom else Confidence.LOW,
            related=_elsewhere(ctx, capped[:1]),
            flow=(*entries.before(one.function), *_steps(ctx, one.size)),
            scope=name_of(one.function),
            anchor=one.size.name,
            in_request=True,
        )
    yield from _in_paginators(project, ctx)


def _elsewhere(ctx: ProjectContext, capped: list[Chosen]) -> tuple[Related, ...]:
    return tuple(
        Related(ctx.head_of(one.function), f"`{one.served.label}` caps its `{one.size.name}`") for one in capped
    )


def _in_paginators(project: Project, ctx: ProjectContext) -> Found:
    """Report paginators of Django REST framework whose pages are as large as the client wants."""
    if "rest_framework" not in project.imported_roots:
        return
    paginators = Paginators(project)
    for module in project.modules:
        for definition in module.classes.values() if module.role in ctx.roles else ():
            found = paginators.uncapped(definition)
            mention = found.given.mention if found is not None else None
            if found is None or mention is None or mention.module is not module:
                continue
            yield rule.at(
                ctx.region(mention),
                f"`{definition.row.name}` lets the client choose `{found.name}`, which nothing caps",
                confidence=Confidence.MEDIUM,
                scope=definition.row.name,
                anchor=found.name,
            )


def _steps(ctx: ProjectContext, size: Size) -> tuple[Related, ...]:
    """Return the chain from the handler to the limit of the query."""
    calls = [
        Related(span_of(ctx, step), f"calls `{name_of(called)}`")
        for step, called in zip(size.steps, size.called, strict=False)
    ]
    return (*calls, Related(span_of(ctx, size.steps[-1]), "limits the query"))
