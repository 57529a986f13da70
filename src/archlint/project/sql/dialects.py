"""Which dialect the databases of a project speak, from its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.source import Role
from archlint.syntax.embedded_sql import walk

if TYPE_CHECKING:
    from archlint.project.project import Project

_SETTINGS = frozenset(
    {
        "DATABASE", "DATABASES", "DATABASE_URI", "DATABASE_URL", "DB_URL", "SQLALCHEMY_DATABASE_URI",
        "SQLALCHEMY_DATABASE_URL", "database_url",
    }
)  # fmt: skip
_MAKERS = frozenset({"create_async_engine", "create_engine", "make_url"})
_ENGINE = re.compile(r"^(?:[\w.]+\.)?backends?\.(?:[\w.]*\.)?(postgis|postgresql\w*|mysql|sqlite3|spatialite|oracle)$")
_SCHEME = re.compile(r"^(postgres|postgresql|mysql|mariadb|sqlite|oracle|mssql|cockroachdb)(?:\+\w+)?://")
_DIALECTS = {
    "cockroachdb": "postgres", "mariadb": "mysql", "mssql": "tsql", "mysql": "mysql", "oracle": "oracle",
    "postgis": "postgres", "postgres": "postgres", "postgresql": "postgres", "spatialite": "sqlite",
    "sqlite": "sqlite", "sqlite3": "sqlite",
}  # fmt: skip

_FILES = "sqlite"
_SERVERS = frozenset({"mysql", "postgres"})
_PACKAGES = {
    "django.contrib.postgres": "postgres", "sqlalchemy.dialects.mysql": "mysql",
    "sqlalchemy.dialects.postgresql": "postgres",
}  # fmt: skip
"""Packages that only who has such a server imports."""


def project_dialect(project: Project) -> str:
    """Return the one dialect that the settings of a project name, or "" where they name none or several.

    What the configuration of archlint says of a file wins over what stands in it.
    """
    found = _named(project)
    return found.pop() if len(found) == 1 else ""


def _named(project: Project) -> set[str]:
    """Return what the configuration of archlint says of some files, and the settings in the others."""
    found = {dialect for text in _setting_texts(project) if (dialect := _dialect(text))}
    return found | set(project.told_dialects.values())


def _dialect(text: str) -> str:
    match = _ENGINE.match(text)
    return _DIALECTS.get(match.group(1), "postgres") if match is not None else dialect_of_url(text)


def dialect_of_url(text: str) -> str:
    """Return the dialect of the database that a URL is of, "" for any other text."""
    match = _SCHEME.match(text)
    return _DIALECTS[match.group(1)] if match is not None else ""


def _setting_texts(project: Project) -> Iterator[str]:
    """Yield the strings in modules that set databases, and in the units with calls that make engines.

    What a module sets under an `if` has no name of its own: all that runs when it is imported is read.
    """
    for module in project.modules:
        if module.role not in (Role.PRODUCTION, Role.SETTINGS) or module.path in project.told_dialects:
            continue
        has_setting = any(unit.name in _SETTINGS and not unit.flags & Flag.FUNCTION for unit in module.facts.units)
        for unit in module.facts.units:
            is_setting = has_setting and not unit.flags & Flag.FUNCTION
            if is_setting or any(name.rpartition(".")[2] in _MAKERS for name in unit.calls):
                yield from _texts(project.body(unit))


def _texts(statement: ir.Stmt) -> Iterator[str]:
    for node in walk(statement):
        if isinstance(node, ir.Text):
            yield node.value


def server_dialect(project: Project) -> str:
    """Return the dialect of the database server, or "" where nothing tells it or there are several.

    The settings tell it; beside a server SQLite is what tests and developers use. Else the drivers that are imported
    or pinned tell it. What the configuration of archlint says of a file wins over what stands in it.
    """
    named = _named(project)
    found = (named - {_FILES}) or named or _of_drivers(project)
    return found.pop() if len(found) == 1 else ""


def _of_drivers(project: Project) -> set[str]:
    rows = [row for row in project.knowledge.tables.sql_calls if row.dialect in _SERVERS]
    used = project.imported_roots
    found = {row.dialect for row in rows if row.of.partition(".")[0] in used or row.distribution in project.versions}
    if found:
        return found
    for module in project.modules:
        targets = [row.target for row in module.facts.imports]
        found |= {dialect for name, dialect in _PACKAGES.items() if any(one.startswith(name) for one in targets)}
    return found
