"""SARIF: valid against the OASIS schema, and right where no validator looks."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from factories import HOSTILE_TEXT, PATH, TEXT, make_entry, make_related, make_report, make_result, make_span, spanning
from hypothesis import given, settings
from jsonschema import Draft4Validator

from archlint.catalogue import Example, Status
from archlint.diagnostic import Applicability, Confidence, Edit, Fix, Severity
from archlint.report.formats import render
from archlint.report.line_hash import line_hashes
from archlint.report.options import RenderOptions

SCHEMA = Path(__file__).parent / "data" / "sarif-schema-2.1.0.json"
NAMES = ("a b.py", "é.py", "a\\b.py", "C:x.py", "#?%.py", "n\new.py", f"{chr(0xDCFF)}.py", f"{chr(0xD800)}.py")
SECRET = make_entry(
    "ARC501",
    name="password-in-code",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    status=Status.PREVIEW,
    family="secrets",
    security_severity=8.0,
    cwe=[798, *range(1, 20)],
    rationale="word " * 400,
    examples=[Example(bad="x = '''\n```\n'''", good="x = env('X')")],
    limits=["Only\nthis."],
    references=["https://example.org/"],
)
EDIT = Edit(TEXT.index("objects"), TEXT.index(".all()"), "objects")
FULL = make_report(
    make_result(
        related=(make_related("the [loop]"), make_related("the model", make_span("app/models.py"))),
        flow=(make_related("route"), make_related("query")),
        fix=Fix("rewrite it", (EDIT,), Applicability.SAFE),
    ),
    make_result(
        entry=SECRET, severity=Severity.ERROR, span=spanning("for order in Order.objects.all():\n        print")
    ),
    make_result(severity=Severity.NOTE, span=make_span("my app/é?.py")),
    suppressed=(
        make_result(suppressed_by="comment: accepted"),
        make_result(suppressed_by="baseline", is_accepted=True),
    ),
    skipped=(("big data.py", "too large"),),
)


@cache
def validator() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def run_of(report: Any = FULL, **options: Any) -> Any:
    """Return the only run of a log that holds what every log must hold."""
    log = json.loads(render(report, "sarif", RenderOptions(**options)))
    validator().validate(log)
    (run,) = log["runs"]
    check_what_validators_miss(run)
    return run


def check_what_validators_miss(run: Any) -> None:
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert all(isinstance(value, str) and value for value in result["partialFingerprints"].values())
        assert "archlintFingerprint/v1" in result["partialFingerprints"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] == region["endLine"]
        assert result["message"]["text"]
    for found in [*values_of(run, "region"), *values_of(run, "contextRegion")]:
        assert {*found} == {"startLine", "startColumn", "endLine", "endColumn"}
        assert min(found.values()) >= 1
        assert (found["endLine"], found["endColumn"]) >= (found["startLine"], found["startColumn"])
    for uri in values_of(run, "uri"):
        assert re.fullmatch(r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2})+", uri)
        assert not uri.startswith("/")
        assert ".." not in uri.split("/")
    for rule in rules:
        assert len(rule["properties"]["tags"]) <= 10
        assert isinstance(rule["properties"].get("security-severity", ""), str)
        for key, limit in (("shortDescription", 1024), ("fullDescription", 1024), ("help", 10**6)):
            assert 0 < len(rule[key]["text"]) <= limit


def values_of(value: Any, key: str) -> list[Any]:
    """Return the values of a key, however deep."""
    if isinstance(value, dict):
        here = [value[key]] if key in value else []
        return here + [found for inner in value.values() for found in values_of(inner, key)]
    return [found for inner in value for found in values_of(inner, key)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(FULL, id="full"),
        pytest.param(make_report(), id="empty"),
        pytest.param(make_report(make_result(), texts={}), id="no texts"),
        pytest.param(make_report(entries=(SECRET,), crashed=True), id="crashed"),
        pytest.param(make_report(make_result("", span=make_span(line=1, column=1, width=0))), id="empty span"),
        pytest.param(make_report(make_result(span=make_span(line=0, column=0, width=0))), id="span of a whole file"),
        pytest.param(make_report(make_result(span=make_span(width=-9))), id="end before start"),
        pytest.param(
            make_report(make_result("", entry=make_entry(summary="", rationale="", instead="", family="", cwe=[]))),
            id="empty texts",
        ),
    ],
)
@pytest.mark.parametrize("include_suppressed", [False, True])
def test_a_log_is_valid(report: Any, include_suppressed: bool) -> None:
    run_of(report, include_suppressed=include_suppressed)


@settings(max_examples=40, deadline=None)
@given(HOSTILE_TEXT, HOSTILE_TEXT)
def test_a_log_is_valid_whatever_path_and_message_hold(path: str, message: str) -> None:
    result = make_result(message, span=make_span(f"a/{path}"), related=(make_related(message),))
    run_of(make_report(result, skipped=((path, message),)))


@pytest.mark.parametrize("name", NAMES)
def test_a_path_is_read_back_from_its_uri(name: str) -> None:
    uri = values_of(run_of(make_report(make_result(span=make_span(name))))["results"], "uri")[0]
    errors = "surrogatepass" if name.startswith(chr(0xD800)) else "surrogateescape"
    assert unquote_to_bytes(uri).decode("utf-8", errors) == name


def test_the_run_says_what_made_it() -> None:
    run = run_of(version="9.9")
    assert run["tool"]["driver"]["name"] == "archlint"
    assert run["tool"]["driver"]["version"] == "9.9"
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["automationDetails"] == {"id": "archlint/"}
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    assert run_of(category="api")["automationDetails"] == {"id": "archlint/api/"}


def test_a_rule_carries_the_catalogue() -> None:
    loop, secret = run_of()["tool"]["driver"]["rules"]
    assert (loop["id"], loop["name"]) == ("ARC101", "query-in-loop")
    assert loop["defaultConfiguration"] == {"level": "warning"}
    assert loop["properties"] == {
        "tags": ["loops", "external/cwe/cwe-400", "external/cwe/cwe-089"],
        "precision": "high",
        "problem.severity": "warning",
    }
    assert secret["properties"]["tags"][:4] == ["security", "secrets", "preview", "external/cwe/cwe-798"]
    assert secret["properties"]["security-severity"] == "8.0"
    assert secret["properties"]["precision"] == "medium"
    assert secret["fullDescription"]["text"].endswith("word...")
    assert "````python\nx = '''\n```\n'''\n````" in secret["help"]["markdown"]


def test_a_note_is_a_recommendation() -> None:
    report = make_report(entries=(make_entry(severity=Severity.NOTE),))
    (rule,) = run_of(report)["tool"]["driver"]["rules"]
    assert rule["properties"]["problem.severity"] == "recommendation"


def test_a_result_has_its_place_hash_and_fingerprint() -> None:
    result = run_of()["results"][0]
    assert result["level"] == "warning"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": PATH, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 15, "endLine": 3, "endColumn": 29},
    }
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "app.views.orders"}]
    assert result["partialFingerprints"] == {
        "archlintFingerprint/v1": "0123456789abcdef",
        "primaryLocationLineHash": line_hashes(TEXT, {3})[3],
    }


def test_without_the_text_there_is_no_line_hash() -> None:
    prints = run_of()["results"][2]["partialFingerprints"]
    assert prints == {"archlintFingerprint/v1": "0123456789abcdef"}


def test_related_places_are_linked_from_the_message() -> None:
    result = run_of()["results"][0]
    text = r"`order.customer` is loaded once per order (see [the \[loop\]](1), [the model](2))"
    assert result["message"]["text"] == text
    assert [place["id"] for place in result["relatedLocations"]] == [1, 2]
    assert [place["message"]["text"] for place in result["relatedLocations"]] == ["the [loop]", "the model"]


def test_a_message_makes_no_link_by_accident() -> None:
    (result,) = run_of(make_report(make_result("`handlers[name](1)` blocks")))["results"]
    assert result["message"]["text"] == r"`handlers[name\](1)` blocks"


def test_the_chain_is_a_code_flow() -> None:
    ((flow,),) = (run_of()["results"][0]["codeFlows"],)
    (thread,) = flow["threadFlows"]
    assert [step["location"]["message"]["text"] for step in thread["locations"]] == ["route", "query"]


def test_a_region_of_several_lines_is_cut_and_kept_whole_beside() -> None:
    place = run_of()["results"][1]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 38}
    assert place["contextRegion"] == {"startLine": 2, "startColumn": 5, "endLine": 3, "endColumn": 14}


def test_a_fix_replaces_regions_of_its_file() -> None:
    (fix,) = run_of()["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert fix["description"] == {"text": "rewrite it"}
    assert change["artifactLocation"]["uri"] == PATH
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 24, "endLine": 2, "endColumn": 31},
            "insertedContent": {"text": "objects"},
        }
    ]


def test_a_fix_without_the_text_counts_characters() -> None:
    (result,) = run_of(make_report(make_result(fix=Fix("rewrite it", (EDIT,))), texts={}))["results"]
    region = result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]
    assert region == {"charOffset": EDIT.start, "charLength": EDIT.end - EDIT.start}


def test_suppressed_results_are_left_out_unless_asked_for() -> None:
    assert len(run_of()["results"]) == 3
    assert not values_of(run_of(), "suppressions")
    results = run_of(include_suppressed=True)["results"]
    assert [[one["kind"] for one in result["suppressions"]] for result in results] == [
        [],
        [],
        [],
        ["inSource"],
        ["external"],
    ]
    assert results[3]["suppressions"][0]["justification"] == "comment: accepted"


def test_skipped_files_and_crashes_are_notifications() -> None:
    (invocation,) = run_of()["invocations"]
    assert invocation["executionSuccessful"] is True
    (notice,) = invocation["toolExecutionNotifications"]
    assert (notice["level"], notice["message"]["text"]) == ("warning", "too large")
    assert values_of(notice, "uri") == ["big%20data.py"]
    (crashed,) = run_of(make_report(crashed=True))["invocations"]
    assert crashed["executionSuccessful"] is False
    assert crashed["toolExecutionNotifications"][0]["level"] == "error"


def test_uris_start_at_the_root_of_the_repository() -> None:
    report = make_report(make_result(span=make_span("../shared/x.py")))
    assert values_of(run_of(report, root_in_repository="services/shop")["results"], "uri") == ["services/shared/x.py"]


@pytest.mark.parametrize("path", ["../x.py", "/etc/passwd", "a/../../x.py"])
def test_a_file_outside_the_repository_is_left_out_and_said_so(path: str) -> None:
    outside = make_result(span=make_span(path))
    inside = make_result(related=(make_related(span=make_span(path)),), flow=(make_related(span=make_span(path)),))
    run = run_of(make_report(outside, inside))
    (kept,) = run["results"]
    assert not {"relatedLocations", "codeFlows"} & {*kept}
    assert "see" not in kept["message"]["text"]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "left out 1 result in files outside the repository"


def test_of_too_many_results_the_heaviest_are_kept() -> None:
    light, heavy = make_result(severity=Severity.NOTE), make_result(severity=Severity.ERROR)
    log = json.loads(render(make_report(*[light] * 25_000, heavy), "sarif", RenderOptions()))
    (run,) = log["runs"]
    assert len(run["results"]) == 25_000
    assert run["results"][0]["level"] == "error"
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "left out 1 result of the lowest rank"


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(FULL, "sarif", RenderOptions()) == render(FULL, "sarif", RenderOptions())
