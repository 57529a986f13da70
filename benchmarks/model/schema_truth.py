"""Compare the catalogue of models with what the ORM itself says of an application.

schema_truth.py django SETTINGS > truth.json      inside the application's own environment, in its folder
schema_truth.py sqlalchemy MODULE[:BASE] > truth.json
schema_truth.py compare FOLDER truth.json         inside archlint's environment
"""

from __future__ import annotations

import importlib
import json
import operator
import os
import sys
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_EXAMPLES = 400


def of_django(settings: str) -> dict[str, Row]:
    """Return what Django says of all models, by the qualified name of the class."""
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    django = importlib.import_module("django")
    django.setup()
    apps = importlib.import_module("django.apps").apps
    return {f"{one.__module__}.{one.__name__}": _django_model(one) for one in apps.get_models()}


def _django_model(model: Any) -> Row:
    meta = model._meta  # noqa: SLF001
    columns = {one.attname: one.column for one in meta.fields}
    names = {one.name: columns[one.attname] for one in meta.fields}
    return {
        "table": meta.db_table,
        "fields": {
            one.name: {
                "column": one.column,
                "kind": type(one).__name__,
                "null": one.null,
                "unique": one.unique,
                "index": one.db_index,
                "key": one.primary_key,
                "length": one.max_length,
            }
            for one in meta.fields
            if one.column is not None
        },
        "relations": _django_relations(meta),
        "indexes": sorted([names.get(name.lstrip("-"), name) for name in one.fields] for one in meta.indexes),
        "unique": sorted(
            [[names[name] for name in group] for group in meta.unique_together]
            + [
                [names[name] for name in one.fields]
                for one in meta.constraints
                if type(one).__name__ == "UniqueConstraint"
            ]
        ),
    }


def _django_relations(meta: Any) -> dict[str, Row]:
    found = {}
    for one in meta.get_fields(include_hidden=False):
        if not one.is_relation or (one.auto_created and not one.concrete and not one.get_accessor_name()):
            continue
        is_reverse = one.auto_created and not one.concrete
        name = one.get_accessor_name() if is_reverse else one.name
        if type(one).__name__ == "GenericRel":
            continue  # what a generic relation leaves at its other end is documented as no attribute
        target = one.related_model
        found[name] = {
            "target": f"{target.__module__}.{target.__name__}" if target is not None else "",
            "many": bool(one.one_to_many or one.many_to_many),
            "reverse": is_reverse,
            "null": bool(one.null) if not is_reverse and getattr(one, "attname", one.name) != one.name else None,
        }
    return found


def of_sqlalchemy(where: str) -> dict[str, Row]:
    """Return what SQLAlchemy says of all mapped classes, by qualified name."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    module, _, name = where.partition(":")
    for one in module.split(","):
        found = importlib.import_module(one)
    base = operator.attrgetter(name or "Base")(found)
    base.registry.configure()
    return {f"{one.class_.__module__}.{one.class_.__name__}": _sqlalchemy_model(one) for one in base.registry.mappers}


def _sqlalchemy_model(mapper: Any) -> Row:
    table = mapper.local_table
    attributes = {column: attribute.key for attribute in mapper.column_attrs for column in attribute.columns}
    return {
        "table": table.name,
        "fields": {
            attributes.get(one, one.key): {
                "column": one.name,
                "kind": type(one.type).__name__,
                "null": bool(one.nullable),
                "unique": bool(one.unique),
                "index": bool(one.index),
                "key": one.primary_key,
                "length": getattr(one.type, "length", None),
            }
            for one in table.columns
            if one in attributes  # the table may have those of other classes that share it
        },
        "relations": {
            one.key: {
                "target": f"{one.mapper.class_.__module__}.{one.mapper.class_.__name__}",
                "many": bool(one.uselist),
                "lazy": str(one.lazy),
                "back": one.back_populates or (one.backref if isinstance(one.backref, str) else "") or "",
            }
            for one in mapper.relationships
        },
        "indexes": sorted(
            [column.name for column in one.columns]
            for one in table.indexes
            if not (len(one.columns) == 1 and (next(iter(one.columns)).index))
        ),
        "unique": sorted(
            [column.name for column in one.columns]
            for one in table.constraints
            if type(one).__name__ == "UniqueConstraint"
            and not (len(one.columns) == 1 and next(iter(one.columns)).unique)
        ),
    }


def compare(folder: str, truth: dict[str, Row]) -> None:
    """Print what the catalogue and the truth say differently, and the numbers."""
    from archlint.project.schema.model import Model

    schema = _project(Path(folder)).schema
    found: dict[str, Model] = {}
    for model in schema.models:
        for name in truth:
            if model.name == name or model.name.endswith(f".{name}"):
                found[name] = model
    suffixes = {Path(path).name for path in os.listdir(folder)}  # noqa: PTH208
    own = {name for name in truth if name.partition(".")[0] in suffixes or name in found}
    known = {model.name for model in found.values()}
    total = wrong = 0
    for name in sorted(own):
        if name not in found:
            print(f"missing model {name}")
            wrong, total = wrong + 1, total + 1
            continue
        ours = _row(schema, found[name], truth[name])
        facts, differences = _differences(name, ours, truth[name])
        total, wrong = total + facts, wrong + len(differences)
        print(*differences[:_EXAMPLES], sep="\n", end="\n" if differences else "")
    extra = [one.name for one in schema.models if not one.is_abstract and one.name not in known]
    for name in extra:
        print(f"extra model {name}")
    print(f"models {len(own)} facts {total} different {wrong} extra models {len(extra)}")


def _project(folder: Path) -> Any:
    from archlint.knowledge import locked_versions
    from archlint.pipeline import Request, resolve
    from archlint.settings import Overrides
    from archlint.stages.analyse import analyse, plan_of
    from archlint.stages.caching import cache_of
    from archlint.stages.files import RunFiles
    from archlint.stages.finding import find_files
    from archlint.stages.link import link

    folder = folder.resolve()
    request = Request((folder,), cwd=folder, overrides=Overrides(no_cache=True, select=("ALL",)))
    root, resolver = resolve(request)
    settings = resolver.run_settings()
    paths, context = find_files(request, root, settings)
    files = RunFiles(paths, context, {}, settings)
    plan = plan_of(files.entries, resolver.settings_for, {})
    analysis = analyse(plan, cache_of(settings)[0], root, jobs=2, progress=lambda *_: None)
    return link(analysis.results, locked_versions(files.pins()))


def _row(schema: Any, model: Any, truth: Row) -> Row:
    is_django = model.orm == "django"
    relations = {}
    for one in schema.relations(model.definition):
        expected = truth["relations"].get(one.name, {})
        is_reverse = one.kind.value.startswith("reverse")
        row: Row = {"target": one.target_name, "many": one.many}
        if is_django:
            row |= {"reverse": is_reverse, "null": one.nullable if expected.get("null") is not None else None}
        else:
            row |= {"lazy": one.lazy, "back": one.remote_name if expected.get("back") else ""}
        relations[one.name] = row
    return {
        "table": model.table,
        "fields": {
            one.name: {
                "column": one.column,
                "kind": one.kind.rpartition(".")[2],
                "null": one.nullable,
                "unique": one.unique,
                "index": one.indexed,
                "key": one.primary_key,
                "length": one.max_length,
            }
            for one in model.fields
            if is_django or one.table == model.table
        },
        "relations": relations,
        "indexes": sorted(list(one.columns) for one in model.indexes),
        "unique": sorted(list(one.columns) for one in model.constraints if one.kind == "unique"),
    }


def _differences(name: str, ours: Row, truth: Row) -> tuple[int, list[str]]:
    facts, found = 0, []
    for part in ("table", "indexes", "unique"):
        facts += 1
        if ours[part] != truth[part]:
            found.append(f"{name} {part}: {ours[part]} instead of {truth[part]}")
    for part in ("fields", "relations"):
        for key in sorted(ours[part].keys() | truth[part].keys()):
            mine, theirs = ours[part].get(key), truth[part].get(key)
            facts += max(len(theirs or mine), 1)
            if mine is None or theirs is None:
                found.append(f"{name}.{key} {part}: {'missing' if mine is None else 'extra'} {mine or theirs}")
                continue
            for word in theirs:
                if not _same(mine[word], theirs[word]):
                    found += [f"{name}.{key} {word}: {mine[word]} instead of {theirs[word]}"]
    return facts, found


def _same(mine: object, theirs: object) -> bool:
    both = isinstance(mine, str) and isinstance(theirs, str)
    return mine == theirs or (both and "." in str(theirs) and str(mine).endswith(f".{theirs}"))


if __name__ == "__main__":
    if sys.argv[1] == "compare":
        compare(sys.argv[2], json.loads(Path(sys.argv[3]).read_text(encoding="utf-8")))
    else:
        rows = of_django(sys.argv[2]) if sys.argv[1] == "django" else of_sqlalchemy(sys.argv[2])
        json.dump(rows, sys.stdout, indent=1, sort_keys=True, default=str)
