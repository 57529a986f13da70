"""What a project declares of its own wrappers, end to end: a finding with the row, and none without it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from archlint import check
from archlint.errors import UsageError
from archlint.flake8_plugin.linting import lint
from archlint.knowledge import Pin, knowledge, knowledge_with
from archlint.knowledge.loading import tables_from
from archlint.settings import Overrides, SettingsResolver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archlint.report.result import Report


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")
    return folder


def report_of(folder: Path, rows: str, files: Mapping[str, str], code: str) -> Report:
    """Return what one rule finds in a project whose configuration has some rows."""
    written(folder, {**files, "archlint.toml": dedent(rows)})
    return check([folder], root=folder, overrides=Overrides(select=(code,), no_cache=True))


def found(report: Report) -> list[str]:
    return [f"{one.diagnostic.span.path}:{one.diagnostic.span.line}" for one in report.results]


@dataclass(frozen=True)
class Case:
    """Rows, files, the rule that needs them, and where it finds something."""

    rows: str
    files: Mapping[str, str]
    code: str
    found: list[str] = field(default_factory=list)


MODELS = """
    from sqlalchemy.orm import DeclarativeBase
    class Base(DeclarativeBase): pass
    class Order(Base):
        __tablename__ = "orders"
"""
CASES = {
    "a client from a package of the company": Case(
        """
        [[knowledge.clients]]
        name = "acme.Client"
        factories = ["acme.connect"]
        parameters = ["timeout"]
        methods = ["fetch"]
        defaults = [{}]
        """,
        {"app.py": "import acme\n\none = acme.Client()\ntwo = acme.connect()\nthree = acme.Client(timeout=3)\n"},
        "ARC401",
        ["app.py:3", "app.py:4"],
    ),
    "a function of the project that calls a service": Case(
        """
        [[knowledge.deadline_calls]]
        of = "app.http"
        names = ["get"]
        parameters = ["timeout"]
        defaults = [{}]
        """,
        {
            "app/__init__.py": "from .http import get\n",
            "app/http.py": "def get(url, timeout=None):\n    return send(url, timeout)\n\n\nget('x')\n",
            "app/views.py": "from .http import get\n\nget('x')\nget('x', timeout=3)\n",
            "app/more.py": "from app import get, http\n\nget('x')\nhttp.get('x')\n",
            "other/http.py": "def get(url): pass\n",
            "other/use.py": "from other.http import get\n\nget('x')\n",
        },
        "ARC401",
        ["app/http.py:5", "app/more.py:3", "app/more.py:4", "app/views.py:3"],
    ),
    "a function of the project whose failures are told": Case(
        """
        [[knowledge.deadline_calls]]
        of = "app.http"
        names = ["get"]
        parameters = ["timeout"]
        defaults = [{}]

        [[knowledge.failures]]
        name = "app.http"
        roots = ["app.http.Failed"]
        instead = "Failed"
        answers = ["app.http.get"]
        checks = ["status"]
        content = ["body"]
        """,
        {
            "app/__init__.py": "",
            "app/http.py": "class Failed(Exception): pass\n\n\ndef get(url, timeout=None):\n    return send(url)\n",
            "app/views.py": "from .http import get\n\n\ndef view():\n    return get('x', timeout=3).body\n",
        },
        "ARC410",
        ["app/views.py:5"],
    ),
    "a function in a project that is linted from above its root": Case(
        """
        [[knowledge.deadline_calls]]
        of = "app.http"
        names = ["get"]
        parameters = ["timeout"]
        defaults = [{}]
        """,
        {
            "backend/app/__init__.py": "",
            "backend/app/http.py": "def get(url, timeout=None): pass\n",
            "backend/app/views.py": "from .http import get\n\nget('x')\n",
            "backend/main.py": "from app.http import get\n\nget('x')\n",
        },
        "ARC401",
        ["backend/app/views.py:3", "backend/main.py:3"],
    ),
    "a client that the project writes itself": Case(
        """
        [[knowledge.clients]]
        name = "app.clients.Billing"
        call_parameters = ["timeout"]
        methods = ["charge"]
        defaults = [{}]
        """,
        {
            "app/__init__.py": "",
            "app/clients.py": "class Billing:\n    def charge(self, amount, timeout=None): pass\n",
            "app/views.py": "from app.clients import Billing\n\ndef pay():\n    Billing().charge(1)\n",
        },
        "ARC401",
        ["app/views.py:4"],
    ),
    "a function that blocks": Case(
        """
        [[knowledge.blocking]]
        of = "app.legacy"
        names = ["fetch"]
        kind = "network"
        instead = "`app.modern.fetch`"
        """,
        {
            "app/__init__.py": "",
            "app/legacy.py": "def fetch(): pass\n",
            "app/views.py": "from app.legacy import fetch\n\nasync def view():\n    fetch()\n",
        },
        "ARC301",
        ["app/views.py:4"],
    ),
    "a method that blocks": Case(
        """
        [[knowledge.blocking]]
        of = "app.legacy.Client"
        names = ["fetch"]
        kind = "network"
        instead = "`app.modern.fetch`"
        """,
        {
            "app/__init__.py": "",
            "app/legacy.py": "class Client:\n    def fetch(self): pass\n    def name(self): pass\n",
            "app/views.py": """\
                from app.legacy import Client

                async def view():
                    client = Client()
                    client.fetch()
                    client.name()
            """,
        },
        "ARC301",
        ["app/views.py:5"],
    ),
    "a session of its own, beside those of the ORM": Case(
        """
        [[knowledge.orms]]
        name = "sqlalchemy"
        types = [{name = "app.db.Unit", kind = "session", reads = ["load"]}]
        """,
        {
            "app/__init__.py": "",
            "app/db.py": "class Unit:\n    def load(self, key): pass\n    def name(self): pass\n",
            "app/models.py": MODELS,
            "app/views.py": """\
                from sqlalchemy.orm import Session
                from app.db import Unit
                from app.models import Order

                def totals(keys, session: Session):
                    unit = Unit()
                    for key in keys:
                        unit.load(key)
                        unit.name()
            """,
        },
        "ARC101",
        ["app/views.py:8"],
    ),
    "a factory of sessions": Case(
        """
        [[knowledge.factories]]
        of = "app.db"
        names = ["open_session"]
        returns = "sqlalchemy.orm.Session"
        """,
        {
            "app/__init__.py": "",
            "app/db.py": "def open_session():\n    return magic()\n",
            "app/models.py": MODELS,
            "app/views.py": """\
                from app.db import open_session
                from app.models import Order

                def totals(keys):
                    session = open_session()
                    for key in keys:
                        session.get(Order, key)
            """,
        },
        "ARC101",
        ["app/views.py:7"],
    ),
    "a function that hands a message to a queue": Case(
        """
        [[knowledge.messages]]
        of = "app.jobs"
        names = ["enqueue_job"]
        """,
        {
            "app/__init__.py": "",
            "app/jobs.py": "QUEUE = []\n\ndef enqueue_job(actor, *args): QUEUE.append(actor)\n",
            "app/models.py": "from django.db import models\n\nclass Order(models.Model): pass\n",
            "app/views.py": """\
                from django.db import transaction
                from app.jobs import enqueue_job
                from app.models import Order

                def create():
                    with transaction.atomic():
                        order = Order.objects.create()
                        enqueue_job("order.created", order.id)
            """,
        },
        "ARC430",
        ["app/views.py:8"],
    ),
    "a decorator of tasks": Case(
        """
        [[knowledge.tasks]]
        of = "app.worker"
        names = ["actor"]
        framework = "acme"
        enqueue = ["later"]
        """,
        {
            "app/__init__.py": "",
            "app/worker.py": "def actor(**options): return magic(options)\n",
            "app/models.py": "from django.db import models\n\nclass Order(models.Model): pass\n",
            "app/views.py": """\
                from django.db import transaction
                from app.models import Order
                from app.worker import actor

                @actor(priority=1)
                def mail(number): ...

                def create():
                    with transaction.atomic():
                        mail.later(Order.objects.create().id)
            """,
        },
        "ARC430",
        ["app/views.py:10"],
    ),
    "a retry": Case(
        """
        [[knowledge.retries]]
        of = "app.tools"
        names = ["again"]
        attempts = ["times"]
        waits = ["pause"]
        """,
        {
            "app/__init__.py": "",
            "app/tools.py": "def again(times=3, pause=0): return magic(times, pause)\n",
            "app/views.py": """\
                import requests
                from app.tools import again

                @again(times=5)
                def load():
                    return requests.get("https://example.org", timeout=3)

                @again(times=5, pause=2)
                def load_slowly():
                    return requests.get("https://example.org", timeout=3)
            """,
        },
        "ARC421",
        ["app/views.py:4"],
    ),
    "an object of a module": Case(
        """
        [[knowledge.deadline_calls]]
        of = "app.http.CLIENT"
        names = ["send"]
        parameters = ["timeout"]
        defaults = [{}]
        """,
        {
            "app/__init__.py": "",
            "app/http.py": "import hardened\n\nCLIENT = hardened.Manager(1)\n",
            "app/views.py": """\
                from app.http import CLIENT

                def load():
                    CLIENT.send("GET", "https://example.org", timeout=3)
                    return CLIENT.send("GET", "https://example.org")
            """,
        },
        "ARC401",
        ["app/views.py:5"],
    ),
    "work that can wait": Case(
        """
        [[knowledge.deferrable]]
        of = "app.tools"
        names = ["invoice"]
        kind = "document"
        """,
        {
            "app/__init__.py": "",
            "app/tools.py": "def invoice(text): return magic(text)\n",
            "app/views.py": """\
                from fastapi import FastAPI
                from app.tools import invoice

                app = FastAPI()

                @app.get("/invoice")
                def show(text: str):
                    return invoice(text)
            """,
        },
        "ARC307",
        ["app/views.py:8"],
    ),
    "a function that logs": Case(
        """
        [[knowledge.log_calls]]
        of = "app.tools"
        names = ["audit"]
        """,
        {
            "app/__init__.py": "",
            "app/tools.py": "def audit(text): magic(text)\n",
            "app/views.py": """\
                from app.tools import audit

                def login(user, password):
                    audit(f"login {user} {password}")
            """,
        },
        "ARC550",
        ["app/views.py:4"],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_row_makes_a_finding(case: Case, tmp_path: Path) -> None:
    assert found(report_of(tmp_path / "with", case.rows, case.files, case.code)) == case.found
    assert found(report_of(tmp_path / "without", "", case.files, case.code)) == []


def test_a_guard_that_bounds_what_is_in_it(tmp_path: Path) -> None:
    rows = """
        [[knowledge.deadline_guards]]
        of = "app.tools"
        names = ["within"]
        position = 0
        form = "context"
    """
    files = {
        "app/__init__.py": "",
        "app/tools.py": "def within(seconds): return magic(seconds)\n",
        "app/views.py": """\
            import requests
            from app.tools import within

            def load():
                with within(3):
                    return requests.get("https://example.org")
        """,
    }
    assert found(report_of(tmp_path / "with", rows, files, "ARC401")) == []
    assert found(report_of(tmp_path / "without", "", files, "ARC401")) == ["app/views.py:6"]


EXTENDED = (
    "blocking", "clients", "deadline_calls", "deadline_guards", "deferrable", "factories", "failures", "log_calls",
    "messages", "offloaders", "orms", "retries", "route_guards", "routes", "sleeps", "sql_calls", "tasks",
)  # fmt: skip


def test_the_documentation_has_an_example_of_each_table(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "knowledge.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    written(tmp_path, {"pyproject.toml": "\n".join(blocks)})
    known = SettingsResolver(tmp_path).run_settings().knowledge
    assert known is not None
    assert [name for name in EXTENDED if not getattr(known, name)] == []


ROUTE = """
    [[knowledge.routes]]
    of = "acme.web"
    names = ["endpoint"]
    framework = "acme"
    kind = "route"
    sync_runs = "thread"
    async_runs = "loop"
"""


@pytest.mark.parametrize(("rows", "said"), [(ROUTE, ["`GET /x` is served here"]), ("", [])], ids=["with", "without"])
def test_a_decorator_of_routes(rows: str, said: list[str], tmp_path: Path) -> None:
    files = {
        "app.py": """\
            import requests
            from acme import web

            @web.endpoint("GET /x")
            def view():
                return requests.get("https://example.org")
        """
    }
    (one,) = report_of(tmp_path, rows, files, "ARC401").results
    assert [step.message for step in one.diagnostic.flow][:1] == said


def test_rows_that_no_rule_asks_for_answer_questions(tmp_path: Path) -> None:
    rows = """
        [[knowledge.offloaders]]
        of = "acme.threads"
        names = ["run"]
        runs = "thread"

        [[knowledge.tasks]]
        of = "acme.jobs"
        names = ["job"]
        framework = "acme"
        enqueue = ["later"]
    """
    written(tmp_path, {"archlint.toml": rows})
    known = knowledge_with(SettingsResolver(tmp_path).run_settings().knowledge)
    offloader, task = known.offloader("acme.threads.run"), known.task_decorator("acme.jobs.job")
    assert offloader is not None
    assert (offloader.source, offloader.distribution) == ("archlint.toml", "")
    assert task is not None
    assert task.enqueue == {"later"}
    assert knowledge().offloader("acme.threads.run") is None


BLOCKING = '{of: acme, names: [wait], kind: network, instead: "`acme.aio.wait`"}'
ASYNC = "import acme\n\nasync def view():\n    acme.wait()\n"


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ('knowledge = ["own.yaml"]', "own.yaml"),
        ('knowledge = {files = ["sub/own.yaml"], logger_names = ["audit"]}', "sub/own.yaml"),
        ('[knowledge]\nfiles = ["own.yaml", "./own.yaml"]', "own.yaml"),
    ],
)
def test_rows_stand_in_files_too(config: str, path: str, tmp_path: Path) -> None:
    files = {path: f"blocking:\n  - {BLOCKING}\n", "app.py": ASYNC}
    assert found(report_of(tmp_path, config, files, "ARC301")) == ["app.py:4"]


def test_a_file_is_relative_to_the_configuration_that_names_it(tmp_path: Path) -> None:
    files = {
        "archlint.toml": "",
        "service/archlint.toml": 'knowledge = ["own.yaml"]\nselect = ["ARC301"]',
        "service/own.yaml": f"blocking:\n  - {BLOCKING}\n",
        "service/app.py": ASYNC,
        "other/app.py": ASYNC,
    }
    written(tmp_path, files)
    report = check([tmp_path], root=tmp_path, overrides=Overrides(no_cache=True))
    assert found(report) == ["service/app.py:4"]


def test_configurations_that_extend_each_other_join_their_rows(tmp_path: Path) -> None:
    sleep = '[[knowledge.sleeps]]\nof = "acme"\nnames = ["{}"]\nis_async = false\n'
    written(
        tmp_path,
        {"base.toml": sleep.format("nap"), "archlint.toml": 'extend = "base.toml"\n' + sleep.format("doze")},
    )
    known = knowledge_with(SettingsResolver(tmp_path).run_settings().knowledge)
    assert all(known.sleep(f"acme.{name}") is not None for name in ("nap", "doze"))


def test_a_row_of_the_project_wins(tmp_path: Path) -> None:
    rows = """
        [[knowledge.deadline_calls]]
        of = "requests"
        names = ["get"]
        parameters = ["timeout"]
        defaults = [{seconds = 5}]
    """
    files = {"app.py": "import requests\n\nrequests.get('x')\nrequests.put('x')\n"}
    assert found(report_of(tmp_path / "with", rows, files, "ARC401")) == ["app.py:4"]
    assert found(report_of(tmp_path / "without", "", files, "ARC401")) == ["app.py:3", "app.py:4"]


@pytest.mark.parametrize(
    ("config", "files", "message"),
    [
        ("knowledge = 3", {}, "archlint.toml: `knowledge`: expected"),
        ("[knowledge]\nbloking = []", {}, "archlint.toml: `knowledge`: unknown section `bloking`"),
        ("[knowledge]\nblocking = 3", {}, "archlint.toml: `knowledge`: `blocking`: expected a list, got `int`"),
        (
            "knowledge = ['a.yaml']",
            {"a.yaml": "sleeps:\n- {of: a, is_asink: true}"},
            "a.yaml:2: `sleeps[0]`: unknown field",
        ),
        (
            "[[knowledge.sleeps]]\nis_asink = true",
            {},
            "`sleeps[0]`: unknown field `is_asink`, did you mean `is_async`?",
        ),
        ("[[knowledge.sleeps]]\nof = 'a'", {}, "`knowledge`: `sleeps[0]`: the field `is_async` is missing"),
        ("[[knowledge.sleeps]]\nx = 1\nof = 'a'\nis_async = true", {}, "`sleeps[0]`: unknown field `x`"),
        (
            "[[knowledge.sleeps]]\nof = 'a'\nis_async = true\nversions = 'two'",
            {},
            "archlint.toml: `knowledge`: `two` is no range of versions",
        ),
        ("knowledge = ['own.yaml']", {}, "`own.yaml` is no file: its path is relative to the configuration's folder"),
        ("knowledge = ['../own.yaml']", {}, "`../own.yaml` lies outside of the project: move it below"),
        ("knowledge = ['/etc/hostname']", {}, "lies outside of the project"),
        ("knowledge = {files = 3}", {}, "`files` must be a list of strings"),
        ("knowledge = ['a.yaml']", {"a.yaml": "- x"}, "a.yaml: must be a table of sections"),
        ("knowledge = ['a.yaml']", {"a.yaml": "a: [b"}, "a.yaml:2:1: not YAML"),
        ("knowledge = ['a.yaml']", {"a.yaml": "a: &x [1]\nb: *x"}, "a.yaml:2: an alias: write the row out"),
        ("knowledge = ['a.yaml']", {"a.yaml": "sleeps: !!python/name:os.system x"}, "a.yaml:1:9: not YAML"),
        ("knowledge = ['a.yaml']", {"a.yaml": "[" * 60 + "]" * 60}, "a.yaml: larger or deeper than knowledge is"),
        (
            "knowledge = ['a.yaml']",
            {"a.yaml": "sleeps:\n- {of: a, is_async: maybe}"},
            "a.yaml:2: `sleeps[0].is_async`: ",
        ),
    ],
)
def test_a_mistake_is_one_line(config: str, files: dict[str, str], message: str, tmp_path: Path) -> None:
    written(tmp_path, {**files, "archlint.toml": config})
    with pytest.raises(UsageError) as caught:
        SettingsResolver(tmp_path).run_settings()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_mistake_exits_with_2(tmp_path: Path) -> None:
    written(tmp_path, {"archlint.toml": 'knowledge = ["missing.yaml"]', "app.py": ""})
    command = [sys.executable, "-m", "archlint", "--no-cache", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "missing.yaml" in done.stderr


def test_a_file_behind_a_link_stays_inside(tmp_path: Path) -> None:
    written(tmp_path, {"secret.yaml": "sleeps: []", "project/archlint.toml": 'knowledge = ["own.yaml"]'})
    (tmp_path / "project" / "own.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(UsageError, match="lies outside of the project"):
        SettingsResolver(tmp_path / "project").run_settings()


def test_the_cache_knows_the_rows(tmp_path: Path) -> None:
    def now() -> list[str]:
        return found(check([tmp_path], root=tmp_path, overrides=Overrides(select=("ARC301", "ARC401"))))

    client = "import acme\n\nclient = acme.Client()\n"
    written(tmp_path, {"archlint.toml": 'knowledge = ["own.yaml"]', "own.yaml": "{}", "a.py": ASYNC, "b.py": client})
    assert now() == []
    row = "{name: acme.Client, parameters: [timeout], defaults: [{}]}"
    written(tmp_path, {"own.yaml": f"blocking: [{BLOCKING}]\nclients: [{row}]"})
    assert now() == ["a.py:4", "b.py:3"]
    written(tmp_path, {"own.yaml": "{}"})
    assert now() == []


VERSIONED = """
    [[knowledge.blocking]]
    of = "acme"
    names = ["wait"]
    kind = "network"
    instead = "`acme.aio.wait`"
    distribution = "acme"
    versions = "<2"

    [[knowledge.blocking]]
    of = "acme.Client"
    names = ["wait"]
    kind = "network"
    instead = "`acme.aio.wait`"
    distribution = "acme"
    versions = "<2"
"""


@pytest.mark.parametrize(
    ("requirement", "lines"),
    [("acme==1.4", [5, 6]), ("acme==2.0", []), ("acme>=1", [5, 6]), ("acme>=2.1", []), ("other==2", [5, 6])],
)
def test_rows_are_about_the_versions_that_the_project_has(requirement: str, lines: list[int], tmp_path: Path) -> None:
    text = "import acme\n\nasync def view():\n    client = acme.Client()\n    acme.wait()\n    client.wait()\n"
    files = {"app.py": text, "requirements.txt": f"{requirement}\n"}
    assert found(report_of(tmp_path, VERSIONED, files, "ARC301")) == [f"app.py:{line}" for line in lines]


def test_a_new_pin_is_noticed_by_the_cache(tmp_path: Path) -> None:
    def now() -> list[str]:
        return found(check([tmp_path], root=tmp_path, overrides=Overrides(select=("ARC301",))))

    written(tmp_path, {"archlint.toml": dedent(VERSIONED), "app.py": ASYNC, "requirements.txt": "acme==1.4\n"})
    assert now() == ["app.py:4"]
    written(tmp_path, {"requirements.txt": "acme==2.4\n"})
    assert now() == []


@pytest.mark.parametrize(("requirement", "codes"), [("acme==1.4", ["ARC301"]), ("acme==2.0", [])])
def test_flake8_sees_the_rows_and_the_versions(
    requirement: str, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = 'select = ["ARC301"]\n' + dedent(VERSIONED)
    written(tmp_path, {"archlint.toml": config, "app.py": ASYNC, "requirements.txt": requirement})
    check([tmp_path], root=tmp_path, overrides=Overrides())
    monkeypatch.chdir(tmp_path)
    assert [one.code for one in lint("app.py", ASYNC)] == codes


def test_pins_narrow_every_section() -> None:
    row = {"source": "", "distribution": "acme", "versions": "<2"}
    kinds = {"kind": "route", "framework": "acme", "sync_runs": "thread", "async_runs": "loop"}
    session = {**row, "name": "acme.Session", "kind": "session"}
    data = {
        "blocking": [{**row, "of": "acme", "names": ["wait"], "kind": "network", "instead": "x"}],
        "offloaders": [{**row, "of": "acme", "names": ["run"], "runs": "thread"}],
        "routes": [{**row, **kinds, "of": "acme", "names": ["route"]}],
        "orms": [{**row, "versions": "", "name": "acme", "types": [session]}],
    }
    known = knowledge_with(tables_from(data, "test"))

    def answers(version: str) -> list[bool]:
        now = known.pinned({"acme": Pin(version)})
        asked = [
            now.blocking("acme.wait"),
            now.offloader("acme.run"),
            now.route_decorator("acme.route"),
            now.database_type("acme.Session"),
            now.orm("acme"),
        ]
        return [one is not None for one in asked]

    assert answers("1.9") == [True] * 5
    assert answers("2.0") == [False, False, False, False, True]
    assert known.pinned({}) is known
