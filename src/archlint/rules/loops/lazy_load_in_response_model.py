"""ARC114: a field of a response model loads a relation once per row."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.diagnostic import Confidence, Related
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import EffectKind
from archlint.project.project import Project
from archlint.project.responses.asked import Asked, asked_by_schemas
from archlint.project.responses.reading import FieldLoad
from archlint.project.views.flows import Entries, span_of
from archlint.project.views.relations import declared, loader
from archlint.rule import Found, Rule

rule = Rule("ARC114")


@rule.project
def lazy_load_in_response_model(project: Project, ctx: ProjectContext) -> Found:
    """Report each field of a schema that asks the database for every row that the schema is given."""
    entries = Entries(project, ctx)
    for asked in asked_by_schemas(project, ctx.roles):
        route = entries.before(asked.answer.function)
        read = asked.read
        yield rule.at(
            span_of(ctx, read.field.place),
            _message(asked),
            confidence=Confidence.HIGH if asked.answer.repeats and not read.load.via else Confidence.MEDIUM,
            related=declared(ctx, read.load.relation),
            flow=(*route, *_chain(ctx, asked)),
            scope=read.field.owner.row.name,
            anchor=read.load.effect.detail or read.load.effect.target,
            in_request=bool(route),
        )


def _message(asked: Asked) -> str:
    read = asked.read
    schema, model = read.field.owner.row.name, _short(read.model)
    way = _way_out(read)
    missing = f"; {way} is missing" if way else ""
    answer = asked.answer
    where = f"in the response of `{answer.route}`" if answer.route else f"copied into `{_short(answer.schema.name)}`"
    return f"`{schema}.{read.field.name}` loads {_what(read)} for each `{model}` {where}{missing}"


def _what(read: FieldLoad) -> str:
    load = read.load
    target = _short(load.effect.target)
    many = load.relation is None or _is_many(read)
    rows = (f"`{target}` rows" if many else f"a `{target}`") if target else "a row"
    return f"{rows} through `{load.via}`" if load.via else rows


def _way_out(read: FieldLoad) -> str:
    """Return what loads the relation together with the rows."""
    load, relation = read.load, read.load.relation
    if relation is None or load.effect.kind is not EffectKind.LAZY_LOAD:
        return ""
    return str(loader(relation, load.effect.detail, load.path, many=_is_many(read), joins=load.joins))


def _is_many(read: FieldLoad) -> bool:
    """Return whether a relation leads to many rows: the field says so where it is the one that reads it."""
    relation = read.load.relation
    return read.field.is_many if not read.load.via else relation is not None and relation.many


def _chain(ctx: ProjectContext, asked: Asked) -> Iterator[Related]:
    """Yield the query, where its rows are given to the schema, and the field."""
    yield Related(span_of(ctx, asked.source), "the rows come from here")
    answer, read = asked.answer, asked.read
    if answer.step != asked.source:
        schema = _short(answer.schema.name)
        yield Related(span_of(ctx, answer.step), f"`{schema}` is filled from them here")
    yield Related(span_of(ctx, read.field.place), f"each row loads {_what(read)}")


def _short(name: str) -> str:
    return name.rpartition(".")[2]
