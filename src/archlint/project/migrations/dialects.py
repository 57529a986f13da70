"""Which database a migration is for.

The configuration tells it, else what it imports, its path and text, the settings, the environment of Alembic, at last
the drivers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.migrations.migration import Dialect
from archlint.project.sql.dialects import dialect_of_url
from archlint.project.tree import nodes_in
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.ir.migration import ScriptFacts
    from archlint.project.project import Project
    from archlint.project.symbols import Module

_IMPORTED = {
    "django.contrib.gis.db.backends.postgis": "postgres",
    "django.contrib.postgres": "postgres",
    "sqlalchemy.dialects.mysql": "mysql",
    "sqlalchemy.dialects.postgresql": "postgres",
}
_DRIVERS = {
    "MySQLdb": "mysql", "aiomysql": "mysql", "aiopg": "postgres", "asyncmy": "mysql", "asyncpg": "postgres",
    "mysql-connector-python": "mysql", "mysqlclient": "mysql", "oracledb": "oracle", "cx-oracle": "oracle",
    "pg8000": "postgres", "psycopg": "postgres", "psycopg-binary": "postgres", "psycopg2": "postgres",
    "psycopg2-binary": "postgres", "pymssql": "tsql", "pymysql": "mysql", "pyodbc": "tsql",
}  # fmt: skip
_SHARE = 0.8
"""Where so many scripts of a line speak one dialect, all do: single cues mislead."""
_ENVIRONMENT = "env.py"


class Dialects:
    """Answers for single migrations; those of one folder are for one database unless they say otherwise."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._folders: dict[str, Dialect] = {}

    def of_module(self, module: Module) -> Dialect:
        """Return the database that a migration in Python is for; the configuration knows best."""
        told = self._project.sql.told(module)
        if told:
            return Dialect(told, is_told=True)
        own = _only(_imported(module))
        if own:
            return Dialect(own, is_told=True)
        if module.folder not in self._folders:
            self._folders[module.folder] = self._of_folder(module.folder)
        return self._folders[module.folder]

    def of_script(self, facts: ScriptFacts, others: Iterable[ScriptFacts]) -> Dialect:
        """Return the database that a script is for; `others` are the scripts of the same line."""
        configured = self._project.told_dialects.get(facts.path, "")
        if configured:
            return Dialect(configured, is_told=True)
        told = Counter(one.dialect for one in others if one.dialect)
        most, count = told.most_common(1)[0] if told else ("", 0)
        is_shared = count >= _SHARE * sum(told.values())
        name = most if is_shared else facts.dialect
        return Dialect(name, is_told=True) if name else self._of_project

    def _of_folder(self, folder: str) -> Dialect:
        modules = (one for one in self._project.modules if one.folder == folder and one.role is Role.MIGRATION)
        told = _only(name for module in modules for name in _imported(module)) or self._of_environment(folder)
        return Dialect(told, is_told=True) if told and not self._project.sql.dialect else self._of_project

    def _of_environment(self, folder: str) -> str:
        """Return the one database that the URLs in `env.py` of Alembic are of, "" where there are none or several."""
        units = (unit for module in environments(self._project, folder) for unit in module.facts.units)
        nodes = (node for unit in units for node, _ in nodes_in(self._project.body(unit)))
        return _only(dialect_of_url(node.value) for node in nodes if isinstance(node, ir.Text))

    @cached_property
    def _of_project(self) -> Dialect:
        told = self._project.sql.dialect
        if told:
            return Dialect(told, is_told=True)
        names = {*self._project.versions, *self._project.imported_roots}
        return Dialect(_only(_DRIVERS[name] for name in names if name in _DRIVERS))


def _imported(module: Module) -> Iterable[str]:
    for row in module.facts.imports:
        for library, dialect in _IMPORTED.items():
            if row.target == library or row.target.startswith(f"{library}."):
                yield dialect


def _only(names: Iterable[str]) -> str:
    """Return the one name among some, "" where there are none or several."""
    found = {name for name in names if name}
    return found.pop() if len(found) == 1 else ""


def environments(project: Project, folder: str) -> list[Module]:
    """Return the environment of Alembic for a folder of revisions: it lies there or in the folder above."""
    places = {f"{one}/{_ENVIRONMENT}".lstrip("/") for one in (folder, folder.rpartition("/")[0])}
    return [one for one in project.modules if one.path in places]
