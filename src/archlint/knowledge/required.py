"""Which distributions a project names without saying a version that could be relied on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_NAMED = re.compile(r"([A-Za-z0-9][\w.-]{0,100})\s{0,9}(?:\[[^\]]{0,200}\]\s{0,9})?(?:$|[<>=!~(@;#\\])")
_URL = re.compile(r"(?m)^sqlalchemy\.url\s*[=:]\s*([a-z0-9]{1,40})(?:\+([a-z0-9_]{1,40}))?://")
_DRIVERS = {
    "mariadb": "mysqlclient",
    "mssql": "pyodbc",
    "mysql": "mysqlclient",
    "oracle": "cx-oracle",
    "postgresql": "psycopg2",
}
"""What SQLAlchemy loads for a database where the URL names no driver."""
_DISTRIBUTIONS = {"mysqlconnector": "mysql-connector-python", "mysqldb": "mysqlclient", "psycopg_async": "psycopg"}
"""Distributions of drivers that SQLAlchemy calls otherwise."""


def named_in(lines: Iterable[str]) -> Iterator[str]:
    """Yield the distributions that requirements name, one a line."""
    for line in lines:
        match = _NAMED.match(line.strip())
        if match is not None:
            yield match[1]


def declared_names(text: str) -> Iterator[str]:
    """Yield the distributions that `pyproject.toml` declares, in the words of PEP 621, of PEP 735 and of Poetry."""
    data = _toml(text)
    project, tool = _table(data, "project"), _table(data, "tool")
    lists = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    lists += _table(data, "dependency-groups").values()
    for one in lists:
        yield from named_in(each for each in (one if isinstance(one, list) else ()) if isinstance(each, str))
    poetry = _table(tool, "poetry")
    groups = [poetry, *(one for one in _table(poetry, "group").values() if isinstance(one, dict))]
    for group in groups:
        yield from (*_table(group, "dependencies"), *_table(group, "dev-dependencies"))


def drivers_named(text: str) -> Iterator[str]:
    """Yield the drivers of databases that `alembic.ini` names in the URLs of SQLAlchemy."""
    for database, driver in _URL.findall(text):
        if database in _DRIVERS:
            yield _DISTRIBUTIONS.get(driver, driver) or _DRIVERS[database]


def _table(data: object, name: str) -> dict[str, object]:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _toml(text: str) -> dict[str, object]:
    from archlint import toml

    try:
        return toml.loads(text)
    except (ValueError, RecursionError):  # no TOML, or an integer beyond what Python converts
        return {}
