"""The dialect that the configuration names wins over what drivers, settings and texts tell."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint import check
from archlint.settings import Overrides

QUOTED = 'SELECT id FROM orders WHERE name LIKE "%late";'
"""A pattern in MySQL, the name of a column elsewhere."""
FILES = {
    "reports/late.sql": QUOTED + "\n",
    "shop/late.py": """
        def late(cursor):
            cursor.execute('SELECT id FROM orders WHERE name LIKE "%late"')
    """,
}
MODELS = """
    from sqlalchemy import Column, DateTime, ForeignKey, Integer, create_engine
    from sqlalchemy.orm import DeclarativeBase

    engine = create_engine("postgresql://db/shop")


    class Base(DeclarativeBase):
        pass


    class Customer(Base):
        __tablename__ = "customers"
        id = Column(Integer, primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        customer_id = Column(ForeignKey("customers.id"))
"""


def reported(folder: Path, files: dict[str, str], code: str) -> list[str]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    overrides = Overrides(select=(code,), no_cache=True, jobs=1, min_confidence="low")
    return sorted(one.diagnostic.span.path for one in check([folder], root=folder, overrides=overrides).results)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param("", [], id="nothing is said"),
        pytest.param('sql-dialect = "postgres"', [], id="postgres"),
        pytest.param('sql-dialect = "mysql"', ["reports/late.sql", "shop/late.py"], id="mysql"),
        pytest.param('sql-dialect = "sqlite"', [], id="sqlite"),
    ],
)
def test_files_and_strings_are_read_in_the_dialect(tmp_path: Path, config: str, expected: list[str]) -> None:
    assert reported(tmp_path, {**FILES, "archlint.toml": config}, "ARC607") == expected


def test_the_nearest_configuration_tells(tmp_path: Path) -> None:
    files = {**FILES, "archlint.toml": 'sql-dialect = "mysql"', "shop/archlint.toml": 'sql-dialect = "postgres"'}
    assert reported(tmp_path, files, "ARC607") == ["reports/late.sql"]


@pytest.mark.parametrize(
    ("configs", "expected"),
    [
        pytest.param({}, ["shop/models.py"], id="settings name PostgreSQL, which does not index foreign keys"),
        pytest.param({"archlint.toml": 'sql-dialect = "mysql"'}, [], id="MySQL does"),
        pytest.param({"other/archlint.toml": 'sql-dialect = "mysql"'}, ["shop/models.py"], id="elsewhere"),
    ],
)
def test_the_server_of_the_project(tmp_path: Path, configs: dict[str, str], expected: list[str]) -> None:
    assert reported(tmp_path, {"shop/models.py": MODELS, **configs}, "ARC622") == expected


def test_migrations_are_for_the_database_that_is_named(tmp_path: Path) -> None:
    files = {
        "migrations/0001_orders.sql": "CREATE INDEX orders_state ON orders (state);\n",
        "migrations/0002_items.sql": "CREATE INDEX items_state ON items (state);\n",
    }
    told = {**files, "archlint.toml": 'sql-dialect = "postgres"'}
    other = {**files, "archlint.toml": 'sql-dialect = "mysql"'}
    assert reported(tmp_path / "a", told, "ARC640") == sorted(files)
    assert reported(tmp_path / "b", other, "ARC640") == []
