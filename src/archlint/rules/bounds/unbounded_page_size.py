"""ARC204: the client chooses how many rows come, and nothing caps it."""

from __future__ import annotations

from archlint.diagnostic import Confidence, Related
from archlint.project.bounds import clients
from archlint.project.bounds.limits import Limits
from archlint.project.bounds.paginators import Paginators
from archlint.project.bounds.sizes import Size
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.views.flows import Entries, name_of, span_of
from archlint.rule import Found, Rule

rule = Rule("ARC204")


@rule.project
def unbounded_page_size(project: Project, ctx: ProjectContext) -> Found:
    """Report each number of the request that ends as the limit of a query without a maximum."""
    entries = Entries(project, ctx)
    for function, found in Limits(project).sizes.items():
        served = entries.served(function)
        if served is None or function.module.role not in ctx.roles:
            continue
        for size in found.values():
            given = None if size.is_capped else clients.given(project, served, function, size.name)
            if given is None or given.is_capped or (given.is_optional and size.takes_none):
                continue  # what may be left out is ARC205's
            yield rule.at(
                ctx.span(function.module, given.offset, given.node),
                f"the client of `{served.label}` chooses `{size.name}`, which nothing caps",
                confidence=Confidence.MEDIUM,
                flow=(*entries.before(function), *_steps(ctx, size)),
                scope=name_of(function),
                anchor=size.name,
                in_request=True,
            )
    yield from _in_paginators(project, ctx)


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
