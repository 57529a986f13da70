"""The map of a service: what is on it, its parts, and its three forms."""

from __future__ import annotations

import json
import re
from itertools import permutations
from pathlib import Path

import pytest
from browsing import Page, in_a_browser, opened
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from modelled import Program
from msgspec.structs import replace

from archlint.cli import app
from archlint.errors import ArchlintError, UsageError
from archlint.knowledge.tables import Place
from archlint.project.routes.route import EntryKind, Guard, GuardKind, Level
from archlint.project.views.mapping import service_map
from archlint.project.views.narrowing import by_module, connected, limited, narrowed, within
from archlint.project.views.service_map import EdgeKind, MapEdge, MapNode, NodeKind, ServiceMap, Spot
from archlint.report.map_html import map_html
from archlint.report.map_json import map_json
from archlint.report.map_mermaid import map_mermaid, mermaid_id
from archlint.report.map_schema import map_schema, map_schema_text

ROOT = Path(__file__).parents[1]
HOSTILE = (
    "</script><img src=x onerror=document.title='bad'>",
    "<!--",
    '"]; click a "javascript:alert(1)"',
    '%%{init: {"theme": "dark"}}%%',
    "end",
    "a\nb",
    "$data",
    "\u2028&amp;",
)
FILES = {
    "shop/views.py": """
        from shop import store, tasks

        def list_orders(session):
            return named(store.latest(session))  # calls shop.store.latest; calls shop.store.name in a loop

        async def pay(session, id):
            await store.charge(id)  # calls shop.store.charge
            tasks.mail.delay(id)  # enqueue shop.tasks.mail
            save(id)  # write shop.models.Order

        def health():
            return "ok"

        def current_user(session):
            return session.get(User, 1)  # query shop.models.User
    """,
    "shop/store.py": """
        import httpx

        def latest(session):
            return session.scalars(orders).all()  # query shop.models.Order

        def name(session, order):
            return order.customer.name  # lazy load shop.models.Customer (customer)

        async def charge(id):
            await httpx.post("/charge")  # external call httpx.post (no deadline)
            log(id)  # log id
    """,
    "shop/tasks.py": """
        def mail(id):
            render(id)  # query shop.models.Order
            again(id)  # calls shop.tasks.mail

        def nightly():
            purge()  # write carts

        def idle():
            pass
    """,
}


def program(files: dict[str, str] | None = None) -> Program:
    login = Guard(GuardKind.AUTHENTICATION, "login_required", Level.DECORATOR)
    return (
        Program(files or FILES)
        .route("GET /orders", "shop.views.list_orders", guards=(login,), dependencies=("shop.views.current_user",))
        .route("POST /orders/{id}/pay", "shop.views.pay", runs=Place.LOOP)
        .route("GET /health", "shop.views.health")
        .entry(EntryKind.ROUTE, "GET /orders", "shop.views.list_orders", Place.THREAD)
        .entry(EntryKind.TASK, "mail", "shop.tasks.mail")
        .entry(EntryKind.COMMAND, "nightly", "shop.tasks.nightly", Place.COMMAND)
        .entry(EntryKind.COMMAND, "idle", "shop.tasks.idle", Place.COMMAND)
    )


def drawn(files: dict[str, str] | None = None) -> ServiceMap:
    one = program(files)
    return service_map(one, one.source_of)


def nodes(whole: ServiceMap) -> list[str]:
    return [f"{node.kind.value}: {node.label} at {node.spot}" for node in whole.nodes]


def edges(whole: ServiceMap) -> list[str]:
    labels = {node.id: node.label for node in whole.nodes}
    return sorted(
        f"{labels[one.source]} -{one.kind.value}{' in a loop' if one.in_loop else ''}-> {labels[one.target]}"
        f" at {', '.join(map(str, one.spots))}{f' ({one.details[0]})' if one.details else ''}"
        for one in whole.edges
    )


def test_routes_lead_over_functions_to_tables_and_systems() -> None:
    whole = drawn()
    assert nodes(whole) == [
        "route: GET /health at shop/views.py:12",
        "route: GET /orders at shop/views.py:4",
        "route: POST /orders/{id}/pay at shop/views.py:7",
        "entry point: nightly at shop/tasks.py:6",
        "task: mail at shop/tasks.py:2",
        "function: charge at shop/store.py:10",
        "function: current_user at shop/views.py:15",
        "function: latest at shop/store.py:4",
        "function: list_orders at shop/views.py:4",
        "function: mail at shop/tasks.py:2",
        "function: name at shop/store.py:7",
        "function: nightly at shop/tasks.py:6",
        "function: pay at shop/views.py:7",
        "table: Customer at None",
        "table: Order at None",
        "table: User at None",
        "table: carts at None",
        "external system: httpx at None",
    ]
    assert edges(whole) == sorted(
        [
            "GET /orders -call-> list_orders at shop/views.py:4",
            "GET /orders -call-> current_user at shop/views.py:4",
            "POST /orders/{id}/pay -await-> pay at shop/views.py:7",
            "nightly -call-> nightly at shop/tasks.py:6",
            "mail -call-> mail at shop/tasks.py:2",
            "list_orders -call-> latest at shop/views.py:5",
            "list_orders -call in a loop-> name at shop/views.py:5",
            "pay -await-> charge at shop/views.py:8",
            "pay -enqueue-> mail at shop/views.py:9",
            "pay -write-> Order at shop/views.py:10",
            "charge -external-> httpx at shop/store.py:11 (httpx.post)",
            "current_user -read-> User at shop/views.py:16",
            "latest -read-> Order at shop/store.py:5",
            "name -read-> Customer at shop/store.py:8 (customer)",
            "mail -read-> Order at shop/tasks.py:3",
            "nightly -write-> carts at shop/tasks.py:7",
        ]
    )


def test_a_route_has_its_guards_and_its_place() -> None:
    orders, pay = (node for node in drawn().nodes if "orders" in node.label and node.kind is NodeKind.ROUTE)
    assert [(one.kind, one.name, one.level) for one in orders.guards] == [
        ("authentication", "login_required", "decorator")
    ]
    assert (orders.methods, orders.runs, orders.framework) == (("GET",), "thread", "web")
    assert (pay.guards, pay.runs) == ((), "loop")


def test_the_order_of_files_and_routes_does_not_show() -> None:
    first = drawn()
    for paths in permutations(FILES):
        one = program({path: FILES[path] for path in paths})
        one.routes.routes.reverse()
        one.routes.entry_points.reverse()
        assert service_map(one, one.source_of) == first


def test_two_tables_with_one_short_name_are_told_apart() -> None:
    one = Program({"a.py": "def f():\n    g()  # query shop.Order; query stock.Order\n"}).route("GET /", "a.f")
    tables = [node.label for node in service_map(one, one.source_of).nodes if node.kind is NodeKind.TABLE]
    assert tables == ["shop.Order", "stock.Order"]


def test_a_table_stands_where_its_model_is_defined() -> None:
    one = Program({"a.py": "@final\nclass Order:\n    pass\n\ndef f():\n    g()  # query a.Order; query carts\n"})
    classes = one.project.modules[0].classes.values()
    whole = service_map(one.route("GET /", "a.f"), one.source_of, classes)
    assert nodes(whole)[-2:] == ["table: Order at a.py:2", "table: carts at None"]


def test_two_routes_with_one_label_stay_two() -> None:
    one = Program({"a.py": "def f():\n    pass\n\ndef g():\n    pass\n"}).route("GET /", "a.f").route("GET /", "a.g")
    assert [node.name for node in service_map(one, one.source_of).nodes] == ["a.f", "a.g"]


def test_functions_that_call_each_other_end() -> None:
    text = "def f():\n    g()  # calls a.g\n\ndef g():\n    f()  # calls a.f\n    q()  # query T\n"
    one = Program({"a.py": text}).route("GET /", "a.f")
    assert edges(service_map(one, one.source_of)) == [
        "GET / -call-> f at a.py:1",
        "f -call-> g at a.py:2",
        "g -read-> T at a.py:6",
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("POST", "", ["POST /orders/{id}/pay", "mail", "charge", "mail", "pay", "Order", "httpx"]),
        ("", "customer", ["GET /orders", "list_orders", "name", "Customer"]),
        ("get *", "order", ["GET /orders", "latest", "list_orders", "Order"]),
        ("shop.store.*", "", ["charge", "latest", "name", "Customer", "Order", "httpx"]),
        ("", "mail", ["POST /orders/{id}/pay", "mail", "pay"]),
        ("", "HTTPX", ["POST /orders/{id}/pay", "charge", "pay", "httpx"]),
        ("nothing", "", []),
    ],
)
def test_a_map_is_narrowed(start: str, end: str, expected: list[str]) -> None:
    assert [node.label for node in narrowed(drawn(), start, end).nodes] == expected


def test_a_map_of_some_files_begins_there() -> None:
    assert [node.label for node in within(drawn(), {"shop/tasks.py"}).nodes] == [
        "nightly", "mail", "mail", "nightly", "Order", "carts",
    ]  # fmt: skip


def test_at_depth_0_routes_stand_beside_their_systems() -> None:
    assert edges(connected(limited(drawn(), 0))) == [
        "GET /orders -read in a loop-> Customer at shop/store.py:8 (customer)",
        "GET /orders -read-> Order at shop/store.py:5",
        "GET /orders -read-> User at shop/views.py:16",
        "POST /orders/{id}/pay -enqueue-> mail at shop/views.py:9",
        "POST /orders/{id}/pay -external-> httpx at shop/store.py:11 (httpx.post)",
        "POST /orders/{id}/pay -write-> Order at shop/views.py:10",
        "mail -read-> Order at shop/tasks.py:3",
        "nightly -write-> carts at shop/tasks.py:7",
    ]


def test_at_depth_1_the_handler_stands_for_what_is_behind_it() -> None:
    shown = limited(drawn(), 1)
    assert "list_orders -read in a loop-> Customer at shop/store.py:8 (customer)" in edges(shown)
    assert [node.label for node in shown.nodes if node.kind is NodeKind.FUNCTION] == [
        "current_user", "list_orders", "mail", "nightly", "pay",
    ]  # fmt: skip
    assert limited(drawn(), 9) == drawn()


def test_functions_collapse_into_their_modules() -> None:
    shown = by_module(drawn())
    assert [node.label for node in shown.nodes if node.kind is NodeKind.MODULE] == [
        "shop.store", "shop.tasks", "shop.views",
    ]  # fmt: skip
    assert shown.count(NodeKind.FUNCTION) == 0
    assert "shop.views -call in a loop-> shop.store at shop/views.py:5" in edges(shown)
    assert not [edge for edge in shown.edges if edge.source == edge.target]


def test_mermaid_draws_asynchronous_edges_dotted() -> None:
    text = map_mermaid(drawn())
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "flowchart LR"
    route, pay = mermaid_id("route:POST /orders/{id}/pay"), mermaid_id("function:shop.views.pay")
    assert f'{route}(["POST /orders/{{id}}/pay"])' in lines
    assert f'{route} -.->|"await"| {pay}' in lines
    assert f'{pay} -.->|"enqueue"| {mermaid_id("task:shop.tasks.mail")}' in lines
    assert f'{pay} ==>|"write"| {mermaid_id("table:shop.models.Order")}' in lines
    assert "%% 1 node that no edge touches left out" in lines
    assert "subgraph legend [Legend]" in lines


def test_mermaid_takes_no_name_for_markup() -> None:
    own, _, _ = map_mermaid(hostile()).partition("  subgraph legend")
    lines = own.splitlines()[1:]
    assert len(lines) == 3 * len(HOSTILE)
    for line in lines:
        match = re.fullmatch(r'  \w+.*"([^"]*)".*', line)
        assert match is not None, line
        assert not re.search(r"[<>&`%:]|#(?!\d+;)", match[1]), line
    assert len({mermaid_id(text) for text in ("a.b", "a_b", "a b", "é", "É")}) == 5
    assert all(re.fullmatch(r"\w+", mermaid_id(f"route:{text}"), re.ASCII) for text in HOSTILE)


def test_the_json_follows_its_published_schema() -> None:
    published = (ROOT / "docs" / "schemas" / "map.json").read_text(encoding="utf-8")
    assert published == map_schema_text(), "run python tools/generate_docs.py"
    Draft202012Validator.check_schema(map_schema())
    document = json.loads(map_json(drawn()))
    Draft202012Validator(map_schema()).validate(document)
    edge = next(one for one in document["edges"] if one["kind"] == "enqueue")
    assert edge == {
        "source": "function:shop.views.pay",
        "target": "task:shop.tasks.mail",
        "kind": "enqueue",
        "is_asynchronous": True,
        "spots": [{"path": "shop/views.py", "line": 9}],
        "details": [],
        "in_loop": False,
    }


def hostile() -> ServiceMap:
    found: list[MapNode] = []
    links: list[MapEdge] = []
    for text in HOSTILE:
        ends = (
            MapNode(f"route:{text}", NodeKind.ROUTE, text, text),
            MapNode(f"table:{text}", NodeKind.TABLE, text, text),
        )
        found += [replace(node, spot=Spot(f"{text}.py", 1)) for node in ends]
        links.append(MapEdge(ends[0].id, ends[1].id, EdgeKind.READ, (Spot(f"{text}.py", 1),), (text,)))
    return ServiceMap.of(found, links)


def test_nothing_of_a_project_is_markup_on_the_page() -> None:
    page, plain = Page(map_html(hostile(), HOSTILE[0])), Page(map_html(ServiceMap((), ()), "x"))
    assert page.elements == plain.elements
    assert HOSTILE[0] in page.texts
    data = next(text for text in page.texts if text.startswith('{"version"'))
    labels = {node["label"] for node in json.loads(data)["nodes"]}
    assert labels == set(HOSTILE)


def test_the_page_needs_no_network_and_has_no_handlers_in_attributes() -> None:
    text = map_html(drawn(), "shop")
    page = Page(text)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href", "style")]
    policy = next(value for name, value in page.attributes if name == "content" and value and "default-src" in value)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b|fetch\(|url\(['\"]?http", text)


@pytest.mark.slow
@in_a_browser
def test_a_browser_draws_hostile_names_as_text(tmp_path: Path) -> None:
    page = opened(map_html(hostile(), HOSTILE[0]), tmp_path)
    assert page.elements.count("g") == 2 * len(HOSTILE)
    assert "img" not in page.elements
    assert ("class", "edge read") in page.attributes
    assert f"{len(HOSTILE)} routes, {len(HOSTILE)} tables" in page.texts
    assert "bad" not in page.texts


@pytest.mark.slow
@in_a_browser
def test_an_address_opens_a_node_with_its_chains(tmp_path: Path) -> None:
    page = opened(map_html(drawn(), "shop"), tmp_path, "#route%3AGET%20%2Forders")
    assert page.elements.count("g") == len(
        ["GET /orders", "list_orders", "current_user", "latest", "name", "Order", "Customer", "User"]
    )
    texts = [text for text in page.texts if text.strip()]
    assert "reads Customer" in texts
    assert texts[texts.index("name reads Customer (customer) ") + 1] == "shop/store.py:8"
    assert "authentication: login_required (decorator) " in texts


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app.archlint, ["map", *arguments, "--no-cache"])


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples" / "fastapi_shop")


@pytest.mark.usefixtures("shop")
def test_the_command_prints_each_format(tmp_path: Path) -> None:
    assert run().output.startswith("flowchart LR\n")
    labels = {node["label"] for node in json.loads(run("--format", "json").output)["nodes"]}
    assert {"GET /v1/orders", "Order", "requests"} <= labels
    target = tmp_path / "map.html"
    assert run("--format", "html", "-o", str(target)).output == ""
    assert "<title>Map of fastapi_shop</title>" in target.read_text(encoding="utf-8")


@pytest.mark.usefixtures("shop")
def test_the_command_narrows() -> None:
    done = run("--format", "json", "--to", "requests", "--depth", "0", "--collapse", "module")
    document = json.loads(done.output)
    assert [node["label"] for node in document["nodes"]] == ["GET /v1/orders/{order_id}/total", "requests"]
    assert [edge["kind"] for edge in document["edges"]] == ["external"]
    assert "nothing on the map matches" in run("--from", "no such route").output


@pytest.mark.usefixtures("shop")
def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    assert isinstance(run("no-such-folder").exception, UsageError)
    assert isinstance(run("-o", str(tmp_path)).exception, ArchlintError)
    (tmp_path / "empty.py").write_text("x = 1\n", encoding="utf-8")
    assert "no route or entry point was found" in run(str(tmp_path / "empty.py")).output


def handler(number: int) -> str:
    return f"@app.get('/{number}')\ndef f{number}():\n    requests.get('http://h')"


def test_functions_are_drawn_as_modules_where_they_are_many(tmp_path: Path) -> None:
    parts = ["import requests", "from fastapi import FastAPI", "app = FastAPI()"]
    (tmp_path / "main.py").write_text("\n".join([*parts, *map(handler, range(61))]), encoding="utf-8")
    assert run(str(tmp_path)).output.count("function_main_f") == 0
    assert run(str(tmp_path), "--collapse", "none").output.count("function_main_f60") > 0
    assert "larger than Mermaid draws" not in run(str(tmp_path)).output
    assert '"kind": "function"' in run(str(tmp_path), "--format", "json").output


def test_a_chart_that_mermaid_would_refuse_is_told(tmp_path: Path) -> None:
    head = "import requests\nfrom fastapi import FastAPI\napp = FastAPI()\n"
    (tmp_path / "main.py").write_text(head + "\n".join(map(handler, range(501))), encoding="utf-8")
    assert "larger than Mermaid draws" in run(str(tmp_path)).output
    assert "larger than Mermaid draws" not in run(str(tmp_path), "--quiet").output
