"""Projects that are linked from texts, without a folder or a run."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from archlint.discovery import role_of
from archlint.knowledge import knowledge
from archlint.lowering import lower, script
from archlint.project.project import Project
from archlint.source import Kind, Role, SourceFile
from archlint.syntax.sql import parse_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archlint.ir.migration import ScriptFacts
    from archlint.ir.module import ModuleFacts

MODELS = """
    from django.db import models

    class Customer(models.Model):
        name = models.TextField()

    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
        total = models.IntegerField()
"""
TABLES = """
    from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"

    Maker = sessionmaker()
"""


def linked(files: Mapping[str, str], order: Iterable[str] = (), roles: Mapping[str, Role] | None = None) -> Project:
    """Return the project of some modules, given to it in an order; all are production code but those with a role."""
    return Project([_facts(path, files[path]) for path in order or files], roles or {}, knowledge())


def migrating(files: Mapping[str, str]) -> Project:
    """Return the project of some modules and .sql files, with the roles that their paths give them."""
    roles = {path: role_of(path) for path in files}
    modules = [_facts(path, files[path]) for path in files if path.endswith(".py")]
    scripts = [_script(path, dedent(files[path])) for path in files if path.endswith(".sql")]
    return Project(modules, roles, knowledge(), scripts=[one for one in scripts if one is not None])


def _script(path: str, text: str) -> ScriptFacts | None:
    return script(SourceFile.of(path, text, Kind.SQL, role_of(path)), parse_sql(text, path=path))


def _facts(path: str, text: str) -> ModuleFacts:
    source = SourceFile.of(path, dedent(text), Kind.PYTHON)
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    facts, problem = lower(source, name, is_package=path.endswith("__init__.py"))
    assert facts is not None, problem
    return facts
