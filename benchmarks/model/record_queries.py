"""Record which models an application queries, and where: from inside Django's and SQLAlchemy's own execution."""

from __future__ import annotations

import functools
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

from recorded_code import Production

Model = tuple[str, str]
"""The path of the file relative to the root and the qualified name; "" and the dotted name for a library's."""
Key = tuple[int, int, str]


class Queries:
    """The queries by the innermost expression of production code that caused them."""

    def __init__(self, production: Production) -> None:
        self._production = production
        self._sites: dict[Key, CodeType] = {}
        self._models: defaultdict[Key, set[tuple[Model, str]]] = defaultdict(set)
        self._receivers: defaultdict[Key, set[Model]] = defaultdict(set)

    def record(self, models: Iterable[type], action: str) -> None:
        """Note that models are queried now; nothing is noted where a test or nobody of the project asks."""
        frame, below = sys._getframe(1), None  # noqa: SLF001 - who asks stands on the stack
        while (path := self._production.path(frame.f_code)) is None:
            if frame.f_back is None:
                return
            below, frame = frame, frame.f_back
        if not path or below is None:
            return
        key = (id(frame.f_code), frame.f_lasti, _called(below))
        found = {(self._model(model), action) for model in models}
        if key not in self._sites or not found <= self._models[key]:
            self._sites[key] = frame.f_code  # referenced, so that its identity is not given away again
            self._models[key] |= found
            self._receivers[key].update(map(self._model, _receiver(below)))

    def rows(self) -> list[dict[str, Any]]:
        """Return what was recorded, in an order that does not depend on the run."""
        rows = [
            {
                "site": self._production.site(code, key[1]),
                "by": key[2],
                "receivers": sorted(self._receivers[key]),
                "models": sorted(self._models[key]),
            }
            for key, code in self._sites.items()
        ]
        return sorted(rows, key=lambda row: (row["site"], row["by"]))

    def _model(self, model: type) -> Model:
        file = getattr(sys.modules.get(model.__module__), "__file__", None) or ""
        path = self._production.of_file(file)
        return (path, model.__qualname__) if path else ("", f"{model.__module__}.{model.__qualname__}")


def listen(orm: str, production: Production) -> Queries:
    """Return the queries of Django or of SQLAlchemy from now on."""
    queries = Queries(production)
    (_listen_to_django if orm == "django" else _listen_to_sqlalchemy)(queries)
    return queries


def _called(frame: FrameType) -> str:
    """Return the function of a library that production code called."""
    module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname
    if name.endswith(".manager_method"):  # Django's managers hand on to querysets through one function
        name = f"Manager.{frame.f_locals['name']}"
    return f"{module}:{name}"


def _receiver(frame: FrameType) -> list[type]:
    """Return the model of the queryset, manager or row whose method was called; of the row given to a session."""
    row, own = frame.f_locals.get("instance"), frame.f_locals.get("self")
    if hasattr(type(row), "__mapper__"):
        return [type(row)]
    found = own if hasattr(type(own), "_meta") else getattr(own, "model", None)
    model = found if isinstance(found, type) else type(found)
    return [model] if hasattr(model, "_meta") and hasattr(model, "pk") else []


def _listen_to_django(queries: Queries) -> None:
    compiler = import_module("django.db.models.sql.compiler")
    actions = {"SQLInsertCompiler": "insert", "SQLUpdateCompiler": "update", "SQLDeleteCompiler": "delete"}
    for name in ("SQLCompiler", *actions):
        one = getattr(compiler, name)
        if "execute_sql" in vars(one):
            one.execute_sql = _noting(queries, one.execute_sql, actions)


def _noting(queries: Queries, execute: Callable[..., Any], actions: dict[str, str]) -> Callable[..., Any]:
    @functools.wraps(execute)
    def noting(self: Any, *args: Any, **kwargs: Any) -> Any:
        kinds = [actions[one.__name__] for one in type(self).__mro__ if one.__name__ in actions]
        if self.query.model is not None:
            queries.record([self.query.model], kinds[0] if kinds else "select")
        return execute(self, *args, **kwargs)

    return noting


def _listen_to_sqlalchemy(queries: Queries) -> None:
    event, orm = import_module("sqlalchemy.event"), import_module("sqlalchemy.orm")

    def executed(state: Any) -> None:
        kinds = [kind for kind in ("select", "insert", "update", "delete") if getattr(state, f"is_{kind}")]
        kind = "relation" if state.is_relationship_load else kinds[0] if kinds else "other"
        queries.record(_entities(state), kind)

    def flushed(session: Any, _context: Any, _instances: Any) -> None:
        for kind, rows in (("insert", session.new), ("update", session.dirty), ("delete", session.deleted)):
            if models := {type(row) for row in rows}:
                queries.record(models, f"flush {kind}")

    event.listen(orm.Session, "do_orm_execute", executed)
    event.listen(orm.Session, "before_flush", flushed)


def _entities(state: Any) -> set[type]:
    """Return the models that a statement is about: those it selects, else those it selects from."""
    found = {mapper.class_ for mapper in state.all_mappers}
    if found:
        return found
    iterate = import_module("sqlalchemy.sql.visitors").iterate
    notes = (getattr(part, "_annotations", {}).get("parententity") for part in iterate(state.statement))
    return {note.mapper.class_ for note in notes if note is not None and hasattr(note, "mapper")}
