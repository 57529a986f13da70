"""What schemas ask for row by row, each relation once for the field that reads it."""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec

from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.responses.answers import Answer, Answers
from archlint.project.responses.reading import FieldLoad, Reading
from archlint.project.responses.schemas import Schemas
from archlint.project.templates.contexts import Contexts
from archlint.project.templates.origins import Origins
from archlint.source import Role


class Asked(msgspec.Struct, frozen=True):
    """What a field loads of the rows that it is given in one place; `source` is where those were asked for."""

    read: FieldLoad
    answer: Answer
    source: Step


def asked_by_schemas(project: Project, roles: Container[Role]) -> Iterator[Asked]:
    """Yield what schemas load once per row, each relation once for each field."""
    if not any(row.name.partition(".")[0] in project.imported_roots for row in project.knowledge.tables.row_schemas):
        return
    schemas, contexts = Schemas(project), Contexts(project)
    reading, origins = Reading(project, schemas), Origins(project, contexts)
    seen: set[tuple[Step, str]] = set()
    for answer in Answers(project, schemas, contexts).found(roles):
        for read in reading.loads(answer.row, answer.schema, repeats=answer.repeats):
            key = read.field.place, read.load.effect.detail or read.load.effect.target
            if key not in seen:
                seen.add(key)
                yield Asked(read, answer, origins.of(answer.entry))
