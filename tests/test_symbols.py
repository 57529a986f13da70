"""What names stand for, in small projects: each question is a module, a name in it, and the one right answer."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lowering import comparable

from archlint.ir import lower_ast, lower_cst
from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge import knowledge
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module, Variable, is_abstract_method
from archlint.source import Kind, SourceFile
from archlint.stages.analyse import module_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from archlint.ir.module import ModuleFacts
    from archlint.project.symbols import Definition, Symbols

SRC = ("src", "")


def facts_of(path: str, text: str) -> ModuleFacts:
    """Return the facts of a file, on which both lowerers must agree."""
    source = SourceFile.of(path, dedent(text), Kind.PYTHON)
    name, is_package = module_name(path, SRC), path.endswith("__init__.py")
    facts = lower_ast.lower_module(source, name, is_package=is_package)
    assert comparable(lower_cst.lower_module(source, name, is_package=is_package)) == comparable(facts)
    return facts


def project_of(files: Mapping[str, str]) -> Project:
    """Return the project of some files; the order in which it is given them must not matter."""
    return Project([facts_of(path, text) for path, text in reversed(list(files.items()))], {}, knowledge())


def at(project: Project, path: str) -> Module:
    return next(module for module in project.modules if module.path == path)


def shown(project: Project, found: Definition | str | None) -> str:
    """Return an answer as the tables write it: kind and name, with the file or the place where that tells more."""
    if isinstance(found, Module):
        return f"module {found.path}"
    if isinstance(found, ClassDefinition):
        return f"class {found.name}"
    if isinstance(found, FunctionDefinition):
        node = project.function_node(found)
        result = node.body[0] if node is not None and node.body else None
        value = result.value if isinstance(result, ir.Return) else None
        return f"function {found.name}" + (f" = {value.value}" if isinstance(value, ir.Constant) else "")
    if isinstance(found, Variable):
        return f"variable {found.qualified}" + "+" * len(found.changes) + "!" * len(found.setters)
    return str(found)


def answer(project: Project, path: str, name: str) -> str:
    """Return what a name of a file stands for, or, where that is not the project's, its qualified name."""
    module, symbols = at(project, path), project.symbols
    found = symbols.member(module, name.split("."))
    return symbols.qualified(module, name) if found is None else shown(project, found)


Rows = list[tuple[str, str, str]]
CASES: dict[str, tuple[dict[str, str], Rows]] = {
    "star imports bring what `__all__` lists": (
        {
            "app/__init__.py": "",
            "app/listed.py": """
                __all__ = ["One"]
                __all__ += ("Two",)
                __all__.extend(["_three"])
                __all__.append("Gone")
                __all__.remove("Gone")
                class One: pass
                class Two: pass
                class _three: pass
                class Four: pass
                class Gone: pass
            """,
            "app/public.py": "class Five: pass\nclass _Six: pass",
            "app/unknown.py": "__all__ = names()\nclass Seven: pass\nclass _Eight: pass",
            "app/use.py": "from app.listed import *\nfrom app.public import *\nfrom app.unknown import *",
        },
        [
            ("app/use.py", "One", "class app.listed.One"),
            ("app/use.py", "Two", "class app.listed.Two"),
            ("app/use.py", "_three", "class app.listed._three"),
            ("app/use.py", "Four", "Four"),
            ("app/use.py", "Gone", "Gone"),
            ("app/use.py", "Five", "class app.public.Five"),
            ("app/use.py", "_Six", "_Six"),
            ("app/use.py", "Seven", "class app.unknown.Seven"),
            ("app/use.py", "_Eight", "_Eight"),
        ],
    ),
    "star imports in chains and in circles, the last one first": (
        {
            "app/__init__.py": "from .a import *",
            "app/a.py": "from .b import *\nfrom . import *",
            "app/b.py": "from .a import *\nfrom .c import *\nimport requests as http\ndef f(): return 1",
            "app/c.py": "class Order: pass\ndef f(): return 2\nclass Twice: pass",
            "app/d.py": "class Twice: pass",
            "app/use.py": "from app.c import *\nfrom app.d import *\nfrom app.a import http",
        },
        [
            ("app/__init__.py", "Order", "class app.c.Order"),
            ("app/__init__.py", "f", "function app.b.f = 1"),
            ("app/__init__.py", "http.get", "requests.get"),
            ("app/__init__.py", "Missing", "Missing"),
            ("app/use.py", "Twice", "class app.d.Twice"),
            ("app/use.py", "http", "requests"),
        ],
    ),
    "libraries that others import from a module of the project, by their own name": (
        {
            "app/__init__.py": "",
            "app/compat.py": """
                if is_new:
                    import psycopg
                else:
                    import psycopg2 as psycopg
                import requests
            """,
            "app/every.py": "from app.compat import *",
            "app/own.py": "class requests: pass",
            "app/use.py": "from app.compat import psycopg, requests",
            "app/star.py": "from app.every import *",
            "app/other.py": "from app.own import requests",
        },
        [
            ("app/use.py", "psycopg.connect", "psycopg.connect"),
            ("app/use.py", "requests.get", "requests.get"),
            ("app/star.py", "requests.get", "requests.get"),
            ("app/other.py", "requests.get", "app.own.requests.get"),
        ],
    ),
    "imports that go round in a circle name nothing": (
        {
            "app/__init__.py": "",
            "app/a.py": "from app.b import x, y",
            "app/b.py": "from app.a import x\nfrom app.a.q import y as app",
            "m/__init__.py": "from m.a import b as a",
        },
        [
            ("app/a.py", "x", "app.a.x"),
            ("m/__init__.py", "a.z", "m.a.b.z"),
        ],
    ),
    "submodules, with and without a new name": (
        {
            "app/__init__.py": "",
            "app/models.py": "class Order: pass",
            "app/sub/__init__.py": "from . import deep",
            "app/sub/deep.py": "from .. import models\nfrom ..models import Order as Order\nfrom .... import far",
            "use.py": """
                import app.models
                import app.models as m
                import app.models as app_models, app.sub.deep as app_deep
                import app.sub.deep as sub
                from app import sub as s
            """,
            "other.py": "import app.models as app",
        },
        [
            ("use.py", "app.models", "module app/models.py"),
            ("use.py", "app.models.Order", "class app.models.Order"),
            ("use.py", "m.Order", "class app.models.Order"),
            ("use.py", "app_models.Order", "class app.models.Order"),
            ("use.py", "sub.Order", "class app.models.Order"),
            ("use.py", "s.deep.models.Order", "class app.models.Order"),
            ("app/sub/deep.py", "Order", "class app.models.Order"),
            ("app/sub/deep.py", "far", "?.far"),
            ("other.py", "app", "module app/models.py"),
            ("other.py", "app.Order", "class app.models.Order"),
        ],
    ),
    "what a package binds hides its submodule": (
        {
            "app/__init__.py": "from .db import db\nfrom . import tasks",
            "app/db.py": "db = connect()\nclass Model: pass",
            "app/tasks.py": "from app import db\nfrom app import tasks",
        },
        [
            ("app/tasks.py", "db", "variable app.db.db"),
            ("app/tasks.py", "tasks", "module app/tasks.py"),
            ("app/__init__.py", "db", "variable app.db.db"),
        ],
    ),
    "packages without `__init__`": (
        {
            "app/models.py": "class Order: pass",
            "app/api/views.py": "from app.models import Order\nfrom ..models import Order as Again\nimport app.models",
        },
        [
            ("app/api/views.py", "Order", "class app.models.Order"),
            ("app/api/views.py", "Again", "class app.models.Order"),
            ("app/api/views.py", "app.models.Order", "class app.models.Order"),
        ],
    ),
    "a src layout": (
        {
            "src/app/__init__.py": "",
            "src/app/models.py": "class Order: pass",
            "src/app/views.py": "from app.models import Order",
            "tests/test_views.py": "from app.models import Order\nfrom src.app.models import Order as Other",
        },
        [
            ("src/app/views.py", "Order", "class app.models.Order"),
            ("tests/test_views.py", "Order", "class app.models.Order"),
            ("tests/test_views.py", "Other", "class app.models.Order"),
        ],
    ),
    "services of a monorepo import from themselves": (
        {
            "services/a/app/__init__.py": "",
            "services/a/app/models.py": "class Order: pass",
            "services/a/app/views.py": "from app.models import Order\nfrom app.extra import Extra\nimport shared",
            "services/a/tests/test_views.py": "from app.models import Order",
            "services/b/app/__init__.py": "",
            "services/b/app/extra.py": "class Extra: pass",
            "services/b/app/models.py": "class Order: pass",
            "services/b/app/views.py": "from app.models import Order\nfrom app.extra import Extra",
            "services/c/main.py": "from app.models import Order\nfrom app.extra import Extra",
            "libs/shared/__init__.py": "",
        },
        [
            ("services/a/app/views.py", "Order", "class services.a.app.models.Order"),
            ("services/a/app/views.py", "Extra", "app.extra.Extra"),
            ("services/a/app/views.py", "shared", "module libs/shared/__init__.py"),
            ("services/a/tests/test_views.py", "Order", "class services.a.app.models.Order"),
            ("services/b/app/views.py", "Order", "class services.b.app.models.Order"),
            ("services/b/app/views.py", "Extra", "class services.b.app.extra.Extra"),
            ("services/c/main.py", "Order", "app.models.Order"),
            ("services/c/main.py", "Extra", "class services.b.app.extra.Extra"),
        ],
    ),
    "a package whose parts lie in several folders": (
        {
            "core/app/__init__.py": "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)",
            "core/app/main.py": "from app.plugin import Plugin",
            "plugins/app/__init__.py": "",
            "plugins/app/plugin.py": "class Plugin: pass",
        },
        [("core/app/main.py", "Plugin", "class plugins.app.plugin.Plugin")],
    ),
    "a project linted from above its root, with tests that mirror it": (
        {
            "backend/app/__init__.py": "",
            "backend/app/models.py": "class Order: pass",
            "backend/main.py": "from app.models import Order",
            "tests/app/test_models.py": "from app.models import Order",
            "tests/models.py": "class Order: pass",
            "tests/test_models.py": "from models import Order\nfrom app.models import Order as Real",
        },
        [
            ("backend/main.py", "Order", "class backend.app.models.Order"),
            ("tests/test_models.py", "Order", "class tests.models.Order"),
            ("tests/test_models.py", "Real", "class backend.app.models.Order"),
            ("tests/app/test_models.py", "Order", "class backend.app.models.Order"),
        ],
    ),
    "two files of one dotted name": (
        {
            "app/__init__.py": "",
            "app/models.py": "class Order: pass",
            "app/models.pyi": "class Stub: pass",
            "app/both.py": "class File: pass",
            "app/both/__init__.py": "class Folder: pass",
            "src/app/__init__.py": "",
            "src/app/models.py": "class Source: pass",
            "src/app/views.py": "from app.models import Source",
            "app/views.py": "from app.models import Order, Stub\nfrom app.both import File, Folder",
        },
        [
            ("src/app/views.py", "Source", "class app.models.Source"),
            ("app/views.py", "Order", "class app.models.Order"),
            ("app/views.py", "Stub", "app.models.Stub"),
            ("app/views.py", "Folder", "class app.both.Folder"),
            ("app/views.py", "File", "app.both.File"),
        ],
    ),
    "files with the names of libraries": (
        {
            "app/__init__.py": "",
            "app/requests.py": "def get(): return 1",
            "app/client.py": "import requests\nfrom app.requests import get\nfrom .requests import get as same",
            "app/logging.py": "import logging\nlog = logging.getLogger()",
            "bare/celery.py": "from celery import Celery",
            "bare/tasks.py": "from celery import Celery\nimport logging",
            "bare/logging.py": "def debug(): return 1",
            "use.py": "import bare.tasks",
            "scripts/run.py": "import logging\nimport steps\nimport statistics",
            "scripts/logging.py": "def debug(): return 2",
            "scripts/steps.py": "def first(): return 3",
        },
        [
            ("app/client.py", "requests.get", "requests.get"),
            ("app/client.py", "get", "function app.requests.get = 1"),
            ("app/client.py", "same", "function app.requests.get = 1"),
            ("app/logging.py", "logging.getLogger", "logging.getLogger"),
            ("bare/celery.py", "Celery", "celery.Celery"),
            ("bare/tasks.py", "Celery", "celery.Celery"),
            ("bare/tasks.py", "logging.debug", "logging.debug"),
            ("scripts/run.py", "logging.debug", "function scripts.logging.debug = 2"),
            ("scripts/run.py", "steps.first", "function scripts.steps.first = 3"),
            ("scripts/run.py", "statistics.mean", "statistics.mean"),
        ],
    ),
    "scripts inside a package are a root for themselves only": (
        {
            "app/__init__.py": "",
            "app/scripts/run.py": "import steps",
            "app/scripts/steps.py": "",
            "app/scripts/deep/run.py": "import steps",
            "other.py": "import steps",
        },
        [
            ("app/scripts/run.py", "steps", "module app/scripts/steps.py"),
            ("app/scripts/deep/run.py", "steps", "steps"),
            ("other.py", "steps", "steps"),
        ],
    ),
    "imports under conditions: the first way counts": (
        {
            "app.py": """
                from typing import TYPE_CHECKING
                import sys
                try:
                    import ujson as json
                except ImportError:
                    import json
                if sys.version_info >= (3, 11):
                    import tomllib
                else:
                    import tomli as tomllib
                if TYPE_CHECKING:
                    from models import Order
                else:
                    Order = None
                try:
                    import orjson
                except ImportError:
                    orjson = None
                yaml = None
                try:
                    import yaml
                except ImportError:
                    pass
                import re
                re = make()
            """,
            "models.py": "class Order: pass",
        },
        [
            ("app.py", "json.loads", "ujson.loads"),
            ("app.py", "tomllib", "tomllib"),
            ("app.py", "Order", "class models.Order"),
            ("app.py", "orjson.dumps", "orjson.dumps"),
            ("app.py", "yaml.load", "yaml.load"),
            ("app.py", "re", "variable app.re"),
            ("app.py", "re.match", "re.match"),
        ],
    ),
    "definitions under conditions": (
        {
            "app.py": """
                from typing import TYPE_CHECKING
                if TYPE_CHECKING:
                    class User: pass
                else:
                    def guard(): return 1
                    class User:
                        def late(self): return 2
                try:
                    from fast import run
                except ImportError:
                    def run(): return 3
                try:
                    import uvloop
                    LOOP, other = True, 1
                    class Policy(uvloop.Policy):
                        size = 1
                        def make(self): return 4
                except ImportError:
                    class Policy: pass
                with open("x") as file:
                    text = file.read()
                for item in ():
                    pass
                first, *rest = 1, 2
                chained = again = 5
                class Outer:
                    class Meta:
                        ordering = []
                        def inner(self): return 6
                    if TYPE_CHECKING:
                        def typed(self): return 7
                    left, right = 1, 2
            """,
        },
        [
            ("app.py", "User", "class app.User"),
            ("app.py", "User.late", "User.late"),
            ("app.py", "guard", "function app.guard = 1"),
            ("app.py", "run", "fast.run"),
            ("app.py", "LOOP", "variable app.LOOP"),
            ("app.py", "other", "variable app.other"),
            ("app.py", "Policy.make", "function app.Policy.make = 4"),
            ("app.py", "Policy.size", "variable app.Policy.size"),
            ("app.py", "file", "variable app.file"),
            ("app.py", "text", "variable app.text"),
            ("app.py", "item", "variable app.item"),
            ("app.py", "first", "variable app.first"),
            ("app.py", "rest", "variable app.rest"),
            ("app.py", "again", "variable app.again"),
            ("app.py", "Outer.Meta.ordering", "variable app.Outer.Meta.ordering"),
            ("app.py", "Outer.Meta.inner", "function app.Outer.Meta.inner = 6"),
            ("app.py", "Outer.typed", "function app.Outer.typed = 7"),
            ("app.py", "Outer.right", "variable app.Outer.right"),
        ],
    ),
    "names that are bound again, or deleted": (
        {
            "app.py": """
                from typing import overload
                import sys, os
                def twice(): return 1
                def twice(): return 2
                @overload
                def typed(a: int): ...
                @overload
                def typed(a: str): ...
                def typed(a): return 3
                class Again:
                    old = 1
                    def gone(self): return 4
                class Again:
                    new = 2
                    @property
                    def total(self): return 5
                    @total.setter
                    def total(self, value): return 6
                if sys.version_info < (3, 11):
                    def backport(): return 7
                else:
                    def backport(): return 8
                def usual(): return 9
                if os.name == "nt":
                    def usual(): return 10
                temporary = 1
                del temporary, os
                def forgotten(): return 11
                del forgotten
                back = 1
                del back
                back = 2
                patterns = []
                patterns += [1]
                patterns += [2]
            """,
        },
        [
            ("app.py", "twice", "function app.twice = 2"),
            ("app.py", "typed", "function app.typed = 3"),
            ("app.py", "Again.old", "Again.old"),
            ("app.py", "Again.gone", "Again.gone"),
            ("app.py", "Again.new", "variable app.Again.new"),
            ("app.py", "Again.total", "function app.Again.total = 5"),
            ("app.py", "backport", "function app.backport = 7"),
            ("app.py", "usual", "function app.usual = 9"),
            ("app.py", "temporary", "temporary"),
            ("app.py", "os.name", "os.name"),
            ("app.py", "forgotten", "forgotten"),
            ("app.py", "back", "variable app.back"),
            ("app.py", "patterns", "variable app.patterns++"),
        ],
    ),
    "names that functions assign": (
        {
            "app.py": """
                client = None
                other = 1
                def connect():
                    global client, engine
                    client, engine = make()
                class Pool:
                    def reset(self):
                        global client
                        client = None
            """,
        },
        [
            ("app.py", "client", "variable app.client!!"),
            ("app.py", "engine", "variable app.engine!"),
            ("app.py", "other", "variable app.other"),
        ],
    ),
    "imports in functions and classes stay there": (
        {
            "app/__init__.py": "",
            "app/a.py": """
                def f():
                    from app.c import Lazy
                    import requests
                class Config:
                    import secrets as inner
            """,
            "app/b.py": "from app.a import Lazy, requests, inner",
            "app/c.py": "class Lazy: pass",
        },
        [
            ("app/a.py", "Lazy", "class app.c.Lazy"),
            ("app/a.py", "requests.get", "requests.get"),
            ("app/b.py", "Lazy", "app.a.Lazy"),
            ("app/b.py", "requests", "app.a.requests"),
            ("app/b.py", "inner", "app.a.inner"),
        ],
    ),
    "modules that make their attributes when asked": (
        {
            "app/__init__.py": "def __getattr__(name): return load(name)",
            "use.py": "from app import anything",
        },
        [("use.py", "anything", "app.anything")],
    ),
    "aliases of types are variables": (
        {
            "app.py": """
                from typing import NewType
                Orders = list[Order]
                UserId = NewType("UserId", int)
            """,
            "use.py": "from app import Orders, UserId",
        },
        [
            ("use.py", "Orders", "variable app.Orders"),
            ("use.py", "UserId", "variable app.UserId"),
        ],
    ),
}


@pytest.mark.parametrize(("files", "rows"), CASES.values(), ids=CASES.keys())
def test_a_name_stands_for(files: dict[str, str], rows: Rows) -> None:
    project = project_of(files)
    assert [(path, name, answer(project, path, name)) for path, name, _ in rows] == rows


@pytest.mark.parametrize(("files", "rows"), CASES.values(), ids=CASES.keys())
def test_the_order_of_questions_does_not_matter(files: dict[str, str], rows: Rows) -> None:
    project = project_of(files)
    backwards = [(path, name, answer(project, path, name)) for path, name, _ in reversed(rows)]
    assert backwards[::-1] == rows


def test_a_type_statement_binds_a_name() -> None:
    source = SourceFile.of("app.py", "type Orders = list[int]", Kind.PYTHON)
    project = Project([lower_cst.lower_module(source, "app")], {}, knowledge())
    assert answer(project, "app.py", "Orders") == "variable app.Orders"


LINES = st.one_of(
    st.builds("from m{}{} import {}".format, st.integers(0, 3), st.just(""), st.sampled_from("*xyz")),
    st.builds("from {}m{} import {} as {}".format, st.just("."), st.integers(0, 3), *[st.sampled_from("xyz")] * 2),
    st.builds("import m{} as {}".format, st.integers(0, 3), st.sampled_from("xyz")),
    st.builds("class {}({}): pass".format, st.sampled_from("xyz"), st.sampled_from("xyz")),
    st.builds("{} = {}".format, st.sampled_from("xyz"), st.sampled_from("xyz")),
    st.sampled_from(["del x", "__all__ = ['x', 'y']", "def z(): pass", "try:\n    import x\nexcept E:\n    x = 1"]),
)


@given(st.lists(st.lists(LINES, max_size=5), min_size=4, max_size=4), st.randoms(use_true_random=False))
def test_any_tangle_of_imports_has_one_answer(modules: list[list[str]], chance: Random) -> None:
    files = {f"m{number}.py": "\n".join(lines) for number, lines in enumerate(modules)}
    asked = [(path, name) for path in files for name in ("x", "y", "z", "x.y", "y.x.z", "z.z")]

    def answers(questions: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        project = project_of(files)
        found = {(path, name): answer(project, path, name) for path, name in questions}
        for path, name in questions:
            definition = at(project, path).classes.get(name)
            if definition is not None:
                found[path, f"{name}()"] = names(project.symbols.mro(definition))
        return found

    assert answers(asked) == answers(chance.sample(asked, len(asked)))


def test_all_ways_of_a_conditional_import_are_known() -> None:
    module = at(project_of({"a.py": "try:\n    import ujson as json\nexcept ImportError:\n    import json"}), "a.py")
    assert module.import_candidates("json") == ("ujson", "json")


def test_what_a_function_imports_counts_in_it_first() -> None:
    files = {
        "app.py": """
            from models import Order

            def old():
                from legacy import Order
                import requests

            def new():
                pass
        """,
        "models.py": "class Order: pass",
        "legacy.py": "class Order: pass",
    }
    project = project_of(files)
    module, symbols = at(project, "app.py"), project.symbols
    old, new = (module.facts.units[module.functions[name].row.unit].start for name in ("old", "new"))
    assert shown(project, symbols.member(module, ["Order"], at=old)) == "class legacy.Order"
    assert shown(project, symbols.member(module, ["Order"], at=new)) == "class models.Order"
    assert shown(project, symbols.member(module, ["Order"])) == "class models.Order"
    assert [module.import_at("Order", start) for start in (old, new)] == ["legacy.Order", "models.Order"]
    assert [symbols.qualified(module, "requests.get", at=start) for start in (old, new)] == ["requests.get"] * 2
    assert [module.import_at("requests", start) for start in (old, new)] == ["requests", None]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('importlib.import_module("app.tasks")', "module app/tasks.py"),
        ('load("app.tasks")', "module app/tasks.py"),
        ('importlib.import_module(".tasks", package=__package__)', "module app/tasks.py"),
        ('importlib.import_module("app.missing")', "None"),
        ("importlib.import_module(name)", "None"),
        ('other("app.tasks")', "None"),
    ],
)
def test_a_module_imported_by_a_call(call: str, expected: str) -> None:
    files = {
        "app/__init__.py": "",
        "app/tasks.py": "",
        "app/use.py": f"import importlib\nfrom importlib import import_module as load\n{call}",
    }
    project = project_of(files)
    module = at(project, "app/use.py")
    statement = project.body(module.facts.units[-1])
    assert isinstance(statement, ir.Evaluate)
    assert isinstance(statement.value, ir.Call)
    assert shown(project, project.symbols.imported_by_call(statement.value, module)) == expected


def names(found: tuple[ClassDefinition | str, ...]) -> str:
    return " ".join(one if isinstance(one, str) else f"<{one.name}>" for one in found)


CLASSES = {
    "lib/__init__.py": "from .core import Base as PublicBase",
    "lib/core.py": """
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Base(Generic[T]): pass
        class Meta(type): pass
        Aliased = Base
        TypedAlias = Base[int]
    """,
    "app.py": """
        import enum, collections, typing
        import lib
        from django.views import View
        from six import with_metaclass
        from sqlalchemy.orm import declarative_base
        from lib import core, PublicBase
        Model = declarative_base()
        db = make()
        class A: pass
        class B(A): pass
        class C(A): pass
        class D(B, C): pass
        class E(View, B): pass
        class F(C, E): pass
        class Bad(A, B): pass
        class Worse(Bad, A): pass
        class Repo(core.Base[A]): pass
        class Pair(lib.PublicBase["A"], typing.Mapping[str, A]): pass
        class Old(with_metaclass(core.Meta, A, View)): pass
        class Young(B, metaclass=enum.EnumMeta): pass
        class Child(Young): pass
        class Point(collections.namedtuple("Point", "x y")): pass
        class Row(Model): pass
        class Item(db.Model): pass
        class ViaAlias(core.Aliased): pass
        class ViaTyped(core.TypedAlias): pass
        class Either(B if A else C): pass
        class Several(*bases): pass
        class Loop(Loop): pass
        class First(Second): pass
        class Second(First): pass
        class Outer:
            class Inner(A): pass
            class Further(Inner): pass
        class Nested(Outer.Inner): pass
        try:
            class Late(B): pass
        except NameError:
            class Late(C): pass
    """,
}


def definition(symbols_of: Project, name: str) -> ClassDefinition:
    return at(symbols_of, "app.py").classes[name]


@pytest.mark.parametrize(
    ("name", "mro"),
    [
        ("D", "<app.D> <app.B> <app.C> <app.A>"),
        ("E", "<app.E> django.views.View <app.B> <app.A>"),
        ("F", "<app.F> <app.C> <app.E> django.views.View <app.B> <app.A>"),
        ("Bad", "<app.Bad> <app.A> <app.B>"),
        ("Worse", "<app.Worse> <app.Bad> <app.A> <app.B>"),
        ("Repo", "<app.Repo> <lib.core.Base> typing.Generic"),
        ("Pair", "<app.Pair> <lib.core.Base> typing.Generic typing.Mapping"),
        ("Old", "<app.Old> <app.A> django.views.View"),
        ("Point", "<app.Point> collections.namedtuple()"),
        ("Row", "<app.Row> app.Model"),
        ("Item", "<app.Item> app.db.Model"),
        ("ViaAlias", "<app.ViaAlias> <lib.core.Base> typing.Generic"),
        ("ViaTyped", "<app.ViaTyped> <lib.core.Base> typing.Generic"),
        ("Either", "<app.Either> <app.B> <app.A>"),
        ("Several", "<app.Several> ?"),
        ("Loop", "<app.Loop>"),
        ("First", "<app.First> <app.Second>"),
        ("Second", "<app.Second> <app.First>"),
        ("Outer.Further", "<app.Outer.Further> <app.Outer.Inner> <app.A>"),
        ("Nested", "<app.Nested> <app.Outer.Inner> <app.A>"),
        ("Late", "<app.Late> <app.B> <app.A>"),
    ],
)
def test_a_class_inherits_from(name: str, mro: str) -> None:
    project = project_of(CLASSES)
    found = definition(project, name)
    assert names(project.symbols.mro(found)) == mro
    assert tuple(project.symbols.ancestors(found)) == project.symbols.mro(found)


def test_the_order_of_ancestors_does_not_depend_on_the_questions_before() -> None:
    classes = sorted(at(project_of(CLASSES), "app.py").classes)
    forwards, backwards = project_of(CLASSES), project_of(CLASSES)
    first = {name: names(forwards.symbols.mro(definition(forwards, name))) for name in classes}
    second = {name: names(backwards.symbols.mro(definition(backwards, name))) for name in reversed(classes)}
    assert first == second


def test_subclasses_direct_and_all() -> None:
    project = project_of(CLASSES)
    base, symbols = definition(project, "B"), project.symbols
    assert names(symbols.subclasses(base, direct=True)) == (
        "<app.D> <app.E> <app.Bad> <app.Young> <app.Either> <app.Late>"
    )
    assert names(symbols.subclasses(base)) == (
        "<app.D> <app.E> <app.F> <app.Bad> <app.Worse> <app.Young> <app.Child> <app.Either> <app.Late>"
    )
    assert symbols.subclasses(definition(project, "D")) == ()
    assert names(symbols.subclasses(definition(project, "First"))) == "<app.Second>"


def test_the_arguments_of_a_generic_base() -> None:
    project = project_of(CLASSES)
    base = at(project, "lib/core.py").classes["Base"]
    repo, pair = definition(project, "Repo"), definition(project, "Pair")
    assert [dotted(one) for one in project.symbols.type_arguments(repo, base)] == ["A"]
    assert [dotted(one) for one in project.symbols.type_arguments(pair, "typing.Mapping")] == ["str", "A"]
    assert project.symbols.type_arguments(definition(project, "ViaAlias"), base) == ()


@pytest.mark.parametrize(
    ("name", "metaclass"),
    [("Old", "class lib.core.Meta"), ("Young", "enum.EnumMeta"), ("Child", "enum.EnumMeta"), ("A", "None")],
)
def test_a_metaclass(name: str, metaclass: str) -> None:
    project = project_of(CLASSES)
    assert shown(project, project.symbols.metaclass(definition(project, name))) == metaclass


@pytest.mark.parametrize(
    ("method", "is_abstract"),
    [
        ("@abstractmethod\n    def f(self): return 1", True),
        ("@abc.abstractmethod\n    def f(self): return 1", True),
        ("def f(self): raise NotImplementedError", True),
        ("def f(self):\n        'Say why.'\n        raise NotImplementedError('f')", True),
        ("def f(self): ...", True),
        ("def f(self): pass", True),
        ("def f(self): raise ValueError", False),
        ("def f(self): return 1", False),
    ],
)
def test_an_abstract_method(method: str, is_abstract: bool) -> None:
    project = project_of({"app.py": f"class A:\n    {method}\n"})
    function = at(project, "app.py").functions["A.f"]
    assert is_abstract_method(function, project.function_node(function)) is is_abstract


def test_a_function_that_does_nothing_is_no_abstract_method() -> None:
    project = project_of({"app.py": "def f(): ..."})
    function = at(project, "app.py").functions["f"]
    assert not is_abstract_method(function, project.function_node(function))


def test_a_shared_name_needs_a_nearest_file() -> None:
    files = {"a/jobs.py": "", "b/jobs.py": "", "b/c/run.py": "import jobs", "d/run.py": "import jobs"}
    project = project_of(files)
    symbols: Symbols = project.symbols
    assert shown(project, symbols.module("jobs", at(project, "b/c/run.py"))) == "module b/jobs.py"
    assert symbols.module("jobs", at(project, "d/run.py")) is None


def test_what_was_forgotten_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "app/__init__.py": "from app.shop import Shop, opened\n",
        "app/shop.py": "import requests\n\nclass Shop: ...\n\ndef opened(): ...\n",
        "use.py": "import app\nfrom app import Shop as Store, opened\nfrom app.shop import requests\n",
    }
    names = ("app.Shop", "Store", "opened", "requests.get", "app.opened", "nothing")

    def told() -> list[str]:
        project = project_of(files)
        module = next(one for one in project.modules if one.path == "use.py")
        symbols = project.symbols
        return [f"{symbols.member(module, name.split('.'))} {symbols.qualified(module, name)}" for name in names * 2]

    before = told()
    monkeypatch.setattr("archlint.project.symbols.recent._MOST", 1)

    assert told() == before
    assert before[:2] == ["<class app.shop.Shop> app.shop.Shop"] * 2
