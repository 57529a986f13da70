"""Where the models of an app and its migrations disagree, as far as these can be read as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.ir.migration import table_key
from archlint.project.migrations.alembic_state import revised
from archlint.project.migrations.django_state import Fields, states
from archlint.project.schema.model import Model, RelationKind
from archlint.project.schema.names import lower_name
from archlint.project.symbols import ClassDefinition
from archlint.project.tables.added_fields import AddedFields
from archlint.project.tables.declared import Column, Declared, columns, declared
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext, Written
    from archlint.project.project import Project

_DJANGO = "django"
_SQLALCHEMY = "sqlalchemy"
_PLAIN = frozenset({"django.db.models.Model", "django.db.models.base.Model", "object"})
_BY_DJANGO = "_ptr"


class Disagreement(msgspec.Struct, frozen=True):
    """A field that only models have, or, without a `place`, only the migrations; without a name it is all of a model.

    There are several models where they inherit the field from one class.
    """

    models: tuple[Model, ...]
    name: str
    place: Written | None = None


def disagreements(project: Project, roles: Container[Role]) -> Iterator[Disagreement]:
    """Yield where models of Django in files of some roles and the migrations of their app disagree."""
    found = states(project)
    models = [one for one in project.schema.models if one.orm == _DJANGO and one.app_label in found and _is_own(one)]
    names = Counter((one.app_label, lower_name(one.definition)) for one in models)
    placed: dict[tuple[str, int], Disagreement] = {}
    added = AddedFields(project)
    for model in models:
        key = model.app_label, lower_name(model.definition)
        is_judged = names[key] == 1 and model.definition.module.role in roles
        for one in _of_model(project, added, model, found[model.app_label]) if is_judged else ():
            if one.place is None:
                yield one
                continue
            known = placed.setdefault((one.place.path, one.place.start), one)
            if known is not one:
                placed[one.place.path, one.place.start] = replace(known, models=(*known.models, model))
    yield from placed.values()


def unrevised(project: Project, context: ProjectContext) -> Iterator[Column]:
    """Yield the columns of SQLAlchemy's tables that no revision of Alembic makes, of tables that revisions do make."""
    found = revised(project)
    made = tuple(one for one in declared(project, context) if table_key(one.name) in found and _is_whole(one))
    for column in columns(made):
        lacking = [
            one
            for one in (column.declared, *column.others)
            if column.field.column.lower() not in found[table_key(one.name)]
        ]
        if lacking:
            yield Column(lacking[0], column.field, tuple(lacking[1:]))


def _is_whole(one: Declared) -> bool:
    return one.table.orm == _SQLALCHEMY and one.table.is_whole


def _is_own(model: Model) -> bool:
    """Return whether a model has a state of its own that its class tells."""
    return not model.is_abstract and not model.is_proxy


def _of_model(project: Project, added: AddedFields, model: Model, state: Fields) -> Iterator[Disagreement]:
    known = state.get(lower_name(model.definition))
    if known is None:
        yield Disagreement((model,), "")
        return
    declared = _declared(project, model)
    for name, place in declared.items():
        if place is not None and name not in known and _is_of_one(added, model, name):
            yield Disagreement((model,), name, place)
    more = known - declared.keys() - _bound(project, model.definition) - added.by_options(model)
    lacking = sorted(name for name in more if not name.endswith(_BY_DJANGO))
    if lacking and _is_plain(project, model) and not added.may_have(model):
        yield from (Disagreement((model,), name) for name in lacking)


def _is_of_one(added: AddedFields, model: Model, name: str) -> bool:
    """Return whether a field is none of a class that may make it of something else than a field."""
    return all(added.is_of_one(one.kind) for one in model.fields if one.name == name and one.kind)


def _declared(project: Project, model: Model) -> Mapping[str, Written | None]:
    """Return the fields of a model's own state, with where they are declared."""
    found = {one.name: one.place for one in model.fields if one.table == model.table}
    for one in project.schema.relations(model.definition):
        if one.kind is RelationKind.MANY_TO_MANY and one.source is not None and one.place is not None:
            source = project.schema.model(one.source)
            if one.source is model.definition or (source is not None and source.is_abstract):
                found[one.name] = one.place
    return found


def _is_plain(project: Project, model: Model) -> bool:
    """Return whether all ancestors of a model are known, so that nothing adds fields to it."""
    line = project.symbols.mro(model.definition)
    return all(one in _PLAIN if isinstance(one, str) else not one.row.decorators for one in line)


def _bound(project: Project, definition: ClassDefinition) -> frozenset[str]:
    """Return all names that a class or an ancestor gives anything."""
    line = [one for one in project.symbols.mro(definition) if isinstance(one, ClassDefinition)]
    prefixes = [(one.module, f"{one.row.name}.") for one in line]
    names = ((module.variables, prefix) for module, prefix in prefixes)
    return frozenset(
        name[len(prefix) :] for variables, prefix in names for name in variables if name.startswith(prefix)
    )
