"""The page of `archlint report`: what is on it, that nothing of a project is markup, and what a browser makes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from adopting import SLEEP, made
from browsing import Page, in_a_browser, opened
from click.testing import CliRunner
from factories import PATH, TEXT, make_entry, make_related, make_report, make_result, make_span, spanning
from modelled import Program

from archlint.cli import app
from archlint.diagnostic import Severity
from archlint.project.endpoints.endpoint import Answer, Aspect, Endpoint, Known
from archlint.project.endpoints.table import endpoints
from archlint.project.views.service_map import Spot
from archlint.report.causes import causes
from archlint.report.excerpt import excerpt
from archlint.report.findings_html import findings_document, findings_html
from archlint.source import Kind, SourceFile

ROOT = Path(__file__).parents[1]
EVIL = "</script><img src=x onerror=document.title='bad'>"
ANSWERS = tuple(Known(Answer.UNKNOWN) for _ in Aspect)


def document(*results: Any, endpoints: tuple[Endpoint, ...] = ()) -> Any:
    """Return what the page reads."""
    return json.loads(json.dumps(findings_document(make_report(*results), "shop", endpoints)))


def test_a_place_that_several_findings_name_is_on_the_page_once() -> None:
    step = make_related("each turn asks the database")
    page = document(make_result(flow=(step,)), make_result(flow=(step,)))
    assert page["files"] == [PATH]
    assert len(page["places"]) == 2
    assert page["findings"][0]["flow"] == page["findings"][1]["flow"]


def test_a_region_is_told_apart_from_the_lines_around_it() -> None:
    file = SourceFile.of(PATH, TEXT, Kind.PYTHON)
    first, rows = excerpt(spanning("order.customer"), file, 1)
    assert (first, rows) == (
        2,
        (
            ("    for order in Order.objects.all():",),
            ("        print(", "order.customer", ".name)"),
            ("",),
        ),
    )


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        pytest.param("a\u202eb = call()\n", "call()", ("a\\u202eb = ", "call()", ""), id="unseen"),
        pytest.param("\tcall()\n", "call()", ("    ", "call()", ""), id="tab"),
        pytest.param(
            f"{'x' * 300}call(){'y' * 300}\n", "call()", (f"...{'x' * 80}", "call()", f"{'y' * 154}..."), id="long"
        ),
    ],
)
def test_a_line_is_shown_as_text_and_around_its_region(text: str, part: str, expected: tuple[str, ...]) -> None:
    _, rows = excerpt(spanning(part, text), SourceFile.of(PATH, text, Kind.PYTHON), 0)
    assert rows == (expected,)


def test_a_region_past_the_end_of_a_file_shows_nothing_that_is_not_there() -> None:
    first, rows = excerpt(make_span(line=9), SourceFile.of(PATH, TEXT, Kind.PYTHON), 1)
    assert first == 8
    assert all(text == "" for row in rows for text in row)


def test_findings_are_gathered_where_their_chains_meet() -> None:
    entry, sink = make_related("`list` is served here", spanning("def")), make_related("each turn queries")
    same = [make_result(f"m{number}", flow=(entry, sink)) for number in range(3)]
    found = causes([*same, make_result("m4", flow=(entry,)), make_result("alone")])
    # The entry has one finding more, so it is what most have in common.
    assert [(one.text, one.members) for one in found] == [("`list` is served here", (0, 1, 2, 3))]
    assert [(one.text, one.span) for one in causes(same)] == [("each turn queries", sink.span)]


def test_findings_that_say_the_same_are_gathered_and_two_are_not() -> None:
    same = [make_result("no index serves `a`") for _ in range(3)]
    assert [(one.text, one.span, one.members) for one in causes(same)] == [("no index serves `a`", None, (0, 1, 2))]
    assert causes(same[:2]) == ()


def hostile_page() -> str:
    entry = make_entry(rationale=EVIL, instead=f"```\n{EVIL}\n```", summary=EVIL)
    text = f"{EVIL}\n"
    span = spanning("img", text, f"{EVIL}.py")
    result = make_result(EVIL, entry=entry, span=span, scope=EVIL, flow=(make_related(EVIL, span),))
    report = make_report(result, texts={f"{EVIL}.py": text}, skipped=((EVIL, EVIL),))
    endpoint = Endpoint(f"GET /{EVIL}", "fastapi", EVIL, Spot(f"{EVIL}.py", 1), None, (Known(Answer.YES, EVIL),) * 8)
    return findings_html(report, EVIL, [endpoint])


def test_nothing_of_a_project_is_markup_on_the_page() -> None:
    page, plain = Page(hostile_page()), Page(findings_html(make_report(), "x"))
    assert page.elements == plain.elements
    assert EVIL in page.texts
    data = json.loads(next(text for text in page.texts if text.startswith('{"version"')))
    assert data["findings"][0]["message"] == EVIL


def test_the_page_needs_no_network_and_has_no_handlers_in_attributes() -> None:
    text = findings_html(make_report(make_result()), "shop")
    page = Page(text)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style")]
    assert [value for name, value in page.attributes if name == "href"] == ["#main"]
    policy = next(value for name, value in page.attributes if name == "content" and value and "default-src" in value)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b|fetch\(|url\(['\"]?http", text)


def many() -> str:
    step = make_related("each turn asks the database")
    entries = [make_entry(f"ARC{number}", name=f"rule-{number}") for number in range(101, 121)]
    lines = "".join(f"    value_{number} = load(order_{number}.customer)\n" for number in range(6000))
    texts = {f"app/module_{number}.py": lines for number in range(50)}
    file = SourceFile.of(PATH, lines, Kind.PYTHON)
    results = []
    for number in range(5000):
        path, line = f"app/module_{number % 50}.py", number + 1
        spans = [make_span(path, line + ahead) for ahead in range(4)]
        flow = (*(make_related("calls the next one", span) for span in spans), step)
        results.append(make_result(f"`x{number}` asks", entry=entries[number % 20], span=spans[0], flow=flow))
    assert file.line_text(1)
    return findings_html(make_report(*results, texts={**texts, PATH: TEXT}), "large")


def test_five_thousand_findings_make_a_page_below_ten_megabytes() -> None:
    assert len(many().encode()) < 10_000_000


def test_the_page_is_the_same_for_findings_in_any_order() -> None:
    results = [
        make_result(span=make_span(line=line), severity=severity) for line, severity in enumerate(Severity, start=1)
    ]
    pages = {findings_html(make_report(*order), "shop") for order in (results, results[::-1])}
    assert len(pages) == 1


API = {
    "shop/main.py": """
        from fastapi import Depends, FastAPI, Header, HTTPException
        from pydantic import BaseModel
        from sqlalchemy import delete
        from sqlalchemy.orm import DeclarativeBase, Session

        class Base(DeclarativeBase): ...

        class Order(Base):
            __tablename__ = "orders"

        class NewOrder(BaseModel):
            total: int

        def current_user(authorization: str = Header()):
            if not authorization:
                raise HTTPException(401)

        app = FastAPI()

        @app.get("/v2/orders", response_model=list[NewOrder], responses={404: {}})
        def orders(session: Session, user=Depends(current_user)):
            return session.query(Order).limit(10).all()

        @app.post("/orders")
        def order(new: NewOrder, session: Session):
            session.add(Order())
            session.commit()

        @app.post("/payments")
        def pay(new: NewOrder, session: Session, idempotency_key: str = Header()):
            session.add(Order())
            session.commit()

        @app.get("/touch")
        def touch(session: Session):
            session.execute(delete(Order).where(Order.id == 1))
        """
}


def test_what_the_code_says_of_each_route() -> None:
    program = Program(API)
    found = {
        one.label: dict(zip(Aspect, one.known, strict=True)) for one in endpoints(program.project, program.source_of)
    }
    listed = found["GET /v2/orders"]
    assert listed[Aspect.VERSIONED] == Known(Answer.YES, "`v2`")
    assert listed[Aspect.AUTHENTICATED] == Known(Answer.YES, "by `current_user`")
    assert listed[Aspect.LIMITED].answer is Answer.NONE_SEEN
    assert listed[Aspect.VALIDATED].answer is Answer.DOES_NOT_APPLY
    assert listed[Aspect.ERRORS] == Known(Answer.YES, "404")
    assert listed[Aspect.DOCUMENTED] == Known(Answer.YES, "answers `NewOrder`")
    assert listed[Aspect.IDEMPOTENT].answer is Answer.DOES_NOT_APPLY
    created = found["POST /orders"]
    assert created[Aspect.VERSIONED].answer is Answer.NONE_SEEN
    assert created[Aspect.PAGINATED].answer is Answer.DOES_NOT_APPLY
    assert created[Aspect.VALIDATED] == Known(Answer.YES, "fits `NewOrder`")
    assert created[Aspect.IDEMPOTENT] == Known(Answer.NONE_SEEN, "commits a transaction, and no key is seen")
    assert found["POST /payments"][Aspect.IDEMPOTENT] == Known(Answer.YES, "by a key")
    assert found["GET /touch"][Aspect.IDEMPOTENT] == Known(Answer.UNKNOWN, "a safe method writes `Order`")


def test_a_finding_is_counted_at_the_endpoint_that_its_chain_begins_at() -> None:
    flow = (make_related("`GET /orders` is served here", spanning("def")), make_related())
    endpoint = Endpoint("GET /orders", "django", "orders", Spot(PATH, 1), None, ANSWERS)
    page = document(make_result(flow=flow), endpoints=(endpoint,))
    assert page["endpoints"][0]["findings"] == [0]


def data_of(file: Path) -> Any:
    return json.loads(next(text for text in Page(file.read_text("utf-8")).texts if text.startswith('{"version"')))


def test_the_command_writes_one_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT / "examples" / "fastapi_shop")
    target = tmp_path / "report.html"
    done = CliRunner().invoke(app.archlint, ["report", "-o", str(target), "--no-cache"])
    assert done.exit_code == 0
    assert done.stderr.startswith("archlint: ")
    page = data_of(target)
    assert page["title"] == "fastapi_shop"
    assert "GET /v1/orders" in {one["label"] for one in page["endpoints"]}
    assert page["trend"] is None


def test_the_trend_has_what_is_new_what_stays_and_what_is_fixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = made(tmp_path / "shop", monkeypatch)
    project.write(two=SLEEP)
    project.run("baseline", "write")
    project.commit()
    project.write(two="x = 1\n", three=SLEEP)
    before = (project.root / "archlint-baseline.json").read_bytes()
    done = project.run("report", "-o", "page.html")
    assert done.code == 0
    assert (project.root / "archlint-baseline.json").read_bytes() == before
    trend = data_of(project.root / "page.html")["trend"]
    assert (trend["new"], trend["known"]) == (1, 1)
    assert [row[:3] for row in trend["fixed"]] == [["app/two.py", "ARC301", "wait"]]
    project.run("baseline", "prune")
    project.commit()
    project.run("report", "-o", "page.html")
    sizes = data_of(project.root / "page.html")["trend"]["sizes"]
    assert [row[2] for row in sizes] == [2, 1]


@pytest.mark.slow
@in_a_browser
def test_a_browser_shows_hostile_names_as_text(tmp_path: Path) -> None:
    page = opened(hostile_page(), tmp_path, "#findings")
    assert "img" not in page.elements
    assert sum(EVIL in text for text in page.texts) > len(["heading", "data", "message"])
    assert "bad" not in page.texts


@pytest.mark.slow
@in_a_browser
def test_an_address_opens_a_finding_with_its_code_and_chain(tmp_path: Path) -> None:
    report = make_report(make_result(flow=(make_related(),)))
    page = opened(findings_html(report, "shop"), tmp_path, "#findings?finding=0123456789abcdef")
    assert ("open", "") in page.attributes
    assert page.elements.count("mark") == 2
    texts = [text.strip() for text in page.texts if text.strip()]
    assert texts[texts.index("How it happens") + 1] == "the loop is here"
    assert "Each turn waits for the database." in texts


@pytest.mark.slow
@in_a_browser
def test_a_filter_of_the_address_applies_and_rows_are_drawn_when_they_are_needed(tmp_path: Path) -> None:
    text = many()
    page = opened(text, tmp_path, "#findings")
    assert 0 < page.elements.count("details") < 1000
    assert "5,000 findings" in page.texts
    page = opened(text, tmp_path, "#findings?rule=ARC102&text=x1")
    assert "56 findings of 5,000" in page.texts


@pytest.mark.slow
@in_a_browser
def test_an_empty_report_says_so(tmp_path: Path) -> None:
    assert "All clear: nothing was found in 120 files." in opened(findings_html(make_report(), "shop"), tmp_path).texts
