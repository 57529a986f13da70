"""What archlint knows: the answers that rules rely on."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.knowledge import Knowledge, Pin, admits, knowledge, possible_defaults
from archlint.knowledge.tables import Blocks, Form, Place

T = TypeVar("T")


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge()


def answer(found: T | None) -> T:
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("time.sleep", Blocks.WAIT),
        ("open", Blocks.DISK),
        ("builtins.open", Blocks.DISK),
        ("pathlib.Path().read_text", Blocks.DISK),
        ("requests.get", Blocks.NETWORK),
        ("requests.api.get", Blocks.NETWORK),
        ("requests.Session.get", Blocks.NETWORK),
        ("requests.sessions.Session.get", Blocks.NETWORK),
        ("requests.session().post", Blocks.NETWORK),
        ("boto3.client().put_object", Blocks.NETWORK),
        ("smtplib.SMTP_SSL().sendmail", Blocks.NETWORK),
        ("redis.from_url().hgetall", Blocks.NETWORK),
        ("elasticsearch.Elasticsearch.indices.create", Blocks.NETWORK),
        ("sqlalchemy.create_engine().connect().execute", Blocks.DATABASE),
        ("sqlalchemy.orm.sessionmaker()().execute", Blocks.DATABASE),
        ("sqlmodel.Session.exec", Blocks.DATABASE),
        ("bcrypt.hashpw", Blocks.CPU),
    ],
)
def test_blocking(known: Knowledge, name: str, kind: Any) -> None:
    found = known.blocking(name)
    assert found is not None
    assert found.kind is kind
    assert found.instead


@pytest.mark.parametrize(
    "name",
    [
        "asyncio.sleep",
        "httpx.AsyncClient.get",
        "redis.asyncio.from_url().get",
        "redis.Redis.pipeline",
        "redis.Redis._disconnect",
        "redis.Redis",
        "sqlalchemy.ext.asyncio.async_sessionmaker()().execute",
        "session.get",
        "requests",
        "",
        "()",
        "a()()()",
    ],
)
def test_not_blocking(known: Knowledge, name: str) -> None:
    assert known.blocking(name) is None


def test_blocking_names_hold_every_spelling(known: Knowledge) -> None:
    names = known.blocking_names()
    assert {"requests.get", "requests.api.get", "open", "time.sleep"} <= names
    assert not [name for name in names if known.blocking(name) is None]


@pytest.mark.parametrize(
    ("name", "position", "runs"),
    [
        ("asyncio.to_thread", 0, Place.THREAD),
        ("asyncio.get_running_loop().run_in_executor", 1, Place.THREAD),
        ("self.loop.run_in_executor", 1, Place.THREAD),
        ("?.run_in_executor", 1, Place.THREAD),
        ("concurrent.futures.ThreadPoolExecutor().submit", 0, Place.THREAD),
        ("concurrent.futures.ProcessPoolExecutor().submit", 0, Place.PROCESS),
        ("starlette.concurrency.run_in_threadpool", 0, Place.THREAD),
        ("threading.Thread", 1, Place.THREAD),
        ("fastapi.BackgroundTasks.add_task", 0, Place.THREAD),
    ],
)
def test_offloader(known: Knowledge, name: str, position: int | None, runs: Place) -> None:
    found = known.offloader(name)
    assert found is not None
    assert (found.position, found.runs) == (position, runs)


def test_offloader_knows_decorators_and_partials_and_no_strangers(known: Knowledge) -> None:
    assert answer(known.offloader("asgiref.sync.sync_to_async")).form is Form.EITHER
    assert answer(known.offloader("functools.partial")).partial
    assert known.offloader("form.submit") is None
    assert known.offloader("run_in_executor") is None


@pytest.mark.parametrize(
    ("name", "parameters", "position", "defaults"),
    [
        ("requests.post", ("timeout",), None, {None}),
        ("httpx.get", ("timeout",), None, {5.0}),
        ("urllib.request.urlopen", ("timeout",), 2, {None}),
        ("smtplib.SMTP", ("timeout",), 3, {None}),
        ("smtplib.SMTP_SSL", ("timeout",), None, {None}),
        ("subprocess.run", ("timeout",), None, {None}),
        ("psycopg2.connect", ("connect_timeout",), None, {None}),
    ],
)
def test_deadline_call(
    known: Knowledge, name: str, parameters: tuple[str, ...], position: int | None, defaults: set[float | None]
) -> None:
    found = known.deadline_call(name)
    assert found is not None
    assert (found.parameters, found.position) == (parameters, position)
    assert possible_defaults(found.defaults, None) == defaults
    assert name in known.deadline_names()


@pytest.mark.parametrize(
    ("name", "is_async", "parameters", "method"),
    [
        ("requests.Session", False, (), "get"),
        ("requests.session", False, (), "get"),
        ("httpx.AsyncClient", True, ("timeout",), "send"),
        ("aiohttp.ClientSession", True, ("timeout", "read_timeout"), "get"),
        ("redis.from_url", False, ("socket_timeout",), "hset"),
        ("redis.asyncio.from_url", True, ("socket_timeout",), "hset"),
        ("boto3.client", False, (), "put_object"),
    ],
)
def test_client_class(known: Knowledge, name: str, is_async: bool, parameters: tuple[str, ...], method: str) -> None:
    found = known.client_class(name)
    assert found is not None
    assert (found.is_async, found.parameters) == (is_async, parameters)
    assert found.waits(method)
    assert not found.waits("close")
    assert not found.waits("_private")


REDIS = "redis.Redis"


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        (None, {None, 5.0}),
        (Pin("7.1.0"), {None}),
        (Pin("8.0.0"), {5.0}),
        (Pin("8.0.0b1"), {None, 5.0}),
        (Pin("7.0", exact=False), {None, 5.0}),
        (Pin("8", exact=False), {5.0}),
        (Pin("9.1", exact=False), {5.0}),
        (Pin("5", exact=False, below="8"), {None}),
        (Pin("5", exact=False, below="8.1"), {None, 5.0}),
        (Pin("0", exact=False, below="6"), {None}),
        (Pin("not a version"), {None, 5.0}),
    ],
    ids=str,
)
def test_the_default_depends_on_the_version(known: Knowledge, pin: Pin | None, expected: Any) -> None:
    assert possible_defaults(answer(known.client_class(REDIS)).defaults, pin) == expected


@pytest.mark.parametrize(
    ("versions", "pin", "expected"),
    [
        ("", Pin("1"), True),
        ("<2", None, True),
        ("<2", Pin("1.4.54"), True),
        ("<2", Pin("2.0.1"), False),
        ("<2", Pin("1.4", exact=False), True),
        ("<2", Pin("2", exact=False), False),
        (">=2", Pin("1.4", exact=False, below="2"), False),
        (">=2,<3", Pin("1", exact=False), True),
    ],
    ids=str,
)
def test_admits(versions: str, pin: Pin | None, expected: Any) -> None:
    assert admits(versions, pin) is expected


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_later_lower_bound_never_adds_a_default(low: int, high: int) -> None:
    low, high = sorted((low, high))
    rows = answer(knowledge().client_class(REDIS)).defaults
    earlier, later = (possible_defaults(rows, Pin(str(one), exact=False)) for one in (low, high))
    assert later <= earlier
    assert possible_defaults(rows, Pin(str(high))) <= later


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("asyncio.timeout", Form.CONTEXT),
        ("asyncio.wait_for", Form.CALL),
        ("anyio.move_on_after", Form.CONTEXT),
        ("socket.setdefaulttimeout", Form.GLOBAL),
    ],
)
def test_deadline_guard(known: Knowledge, name: str, form: Form) -> None:
    assert answer(known.deadline_guard(name)).form is form


@pytest.mark.parametrize("name", ["tenacity.retry", "stamina.retry", "contextlib.suppress"])
def test_what_bounds_no_call(known: Knowledge, name: str) -> None:
    assert known.deadline_guard(name) is None


def test_orm_verbs_of_django_agree(known: Knowledge) -> None:
    django = known.orm("django")
    assert {"get", "count", "aget", "exists"} <= django.terminal_reads
    assert not django.lazy & (django.terminal_reads | django.terminal_writes)
    assert not django.defeating & django.using
    twins = {name.removeprefix("a") for name in django.async_verbs}
    writes = django.terminal_writes | django.instance_writes | django.related_writes
    assert twins <= django.terminal_reads | writes | django.instance_reads | django.streaming
    assert known.orm_of_model("django.db.models.Model") is django
    assert answer(known.relation_field("django.db.models.fields.related.ForeignKey")).many is False


def test_orm_raises_on_an_unknown_name(known: Knowledge) -> None:
    with pytest.raises(KeyError):
        known.orm("nope")


@pytest.mark.parametrize(
    ("name", "kind", "is_async"),
    [
        ("sqlalchemy.create_engine", "engine", False),
        ("sqlalchemy.create_engine().connect", "connection", False),
        ("sqlalchemy.orm.sessionmaker()()", "session", False),
        ("sqlalchemy.orm.Session().query", "query", False),
        ("sqlalchemy.ext.asyncio.async_sessionmaker()()", "session", True),
        ("sqlmodel.ext.asyncio.session.AsyncSession", "session", True),
        ("sqlite3.connect().cursor", "cursor", False),
        ("psycopg2.connect", "connection", False),
        ("asyncpg.create_pool().acquire", "connection", True),
        ("django.db.connection.cursor", "cursor", False),
    ],
)
def test_database_type(known: Knowledge, name: str, kind: Any, is_async: bool) -> None:
    found = known.database_type(name)
    assert found is not None
    assert (found.kind, found.is_async) == (kind, is_async)


@pytest.mark.parametrize(
    ("name", "sync_runs", "async_runs"),
    [
        ("fastapi.FastAPI().get", Place.THREAD, Place.LOOP),
        ("fastapi.routing.APIRouter.post", Place.THREAD, Place.LOOP),
        ("flask.Blueprint.route", Place.WORKER, Place.OWN_LOOP),
        ("rest_framework.decorators.api_view", Place.WORKER, Place.UNSUPPORTED),
        ("sanic.Sanic.get", Place.LOOP, Place.LOOP),
    ],
)
def test_route_decorator(known: Knowledge, name: str, sync_runs: Place, async_runs: Place) -> None:
    found = known.route_decorator(name)
    assert found is not None
    assert (found.kind, found.sync_runs, found.async_runs) == ("route", sync_runs, async_runs)


@pytest.mark.parametrize(
    ("name", "framework", "method"),
    [
        ("django.views.View", "django", "get"),
        ("rest_framework.viewsets.ModelViewSet", "rest_framework", "list"),
        ("django.core.management.base.BaseCommand", "django", "handle"),
        ("tornado.web.RequestHandler", "tornado", "post"),
    ],
)
def test_handler_class(known: Knowledge, name: str, framework: str, method: str) -> None:
    found = known.handler_class(name)
    assert found is not None
    assert found.framework == framework
    assert method in found.methods


@pytest.mark.parametrize(
    ("name", "kind"),
    [("celery.shared_task", "task"), ("celery.Celery().task", "task"), ("click.command", "command")],
)
def test_task_decorator(known: Knowledge, name: str, kind: Any) -> None:
    assert answer(known.task_decorator(name)).kind == kind


def test_registrations(known: Knowledge) -> None:
    assert answer(known.registration("fastapi.Depends")).kind == "dependency"
    assert answer(known.registration("django.urls.path")).position == 1


def test_log_calls_and_sleeps(known: Knowledge) -> None:
    assert answer(known.log_call("logging.getLogger().info")).position == 0
    assert answer(known.log_call("celery.utils.log.get_task_logger().log")).position == 1
    assert answer(known.log_call("print")).kind == "output"
    assert answer(known.logger_type("structlog.get_logger")).name == "structlog.stdlib.BoundLogger"
    assert answer(known.sleep("time.sleep")).is_async is False
    assert answer(known.sleep("asyncio.sleep")).is_async is True
