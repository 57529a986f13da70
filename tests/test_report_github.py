"""Workflow commands: read back by the runner's own algorithm, they say what was found and nothing else."""

from __future__ import annotations

import pytest
from factories import HOSTILE_TEXT, make_report, make_result, make_span, spanning
from hypothesis import given
from hypothesis import strategies as st

from archlint.diagnostic import Severity
from archlint.report.formats import render
from archlint.report.options import RenderOptions

PRINTABLE = st.lists(st.characters().filter(str.isprintable) | st.sampled_from("\r\n%:,=#"), max_size=40).map("".join)


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Return command, properties and data of a line, as the runner reads them."""
    assert line.startswith("::")
    head, data = line[2:].split("::", 1)
    command, properties = head.split(" ", 1)
    pairs = (pair.split("=", 1) for pair in properties.split(","))
    return command, {key: unescaped(value, "\r\n:,%") for key, value in pairs}, unescaped(data, "\r\n%")


def unescaped(text: str, characters: str) -> str:
    for character in characters:
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def test_a_command_names_place_title_and_message() -> None:
    assert render(make_report(make_result()), "github", RenderOptions()) == (
        "::warning file=app/views.py,line=3,col=15,endLine=3,endColumn=29,title=ARC101 query-in-loop"
        "::`order.customer` is loaded once per order\n"
    )


@pytest.mark.parametrize(
    ("severity", "command"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "notice")]
)
def test_severity_is_the_command(severity: Severity, command: str) -> None:
    text = render(make_report(make_result(severity=severity)), "github", RenderOptions())
    assert parsed(text)[0] == command


def test_a_region_of_several_lines_is_cut_to_its_first() -> None:
    result = make_result(span=spanning("for order in Order.objects.all():\n        print(order"))
    properties = parsed(render(make_report(result), "github", RenderOptions()))[1]
    assert (properties["line"], properties["endLine"], properties["endColumn"]) == ("2", "2", "38")


def test_the_file_is_named_from_the_root_of_the_repository() -> None:
    text = render(make_report(make_result()), "github", RenderOptions(root_in_repository="services/shop"))
    assert parsed(text)[1]["file"] == "services/shop/app/views.py"


@given(PRINTABLE)
def test_a_message_is_read_back_as_it_was(message: str) -> None:
    (line,) = render(make_report(make_result(message)), "github", RenderOptions()).split("\n")[:-1]
    assert parsed(line)[2] == message


@given(st.lists(st.tuples(HOSTILE_TEXT, HOSTILE_TEXT), max_size=4))
def test_no_path_or_message_forges_a_command_or_a_property(found: list[tuple[str, str]]) -> None:
    results = [make_result(message, span=make_span(f"a/{path}")) for path, message in found]
    lines = render(make_report(*results), "github", RenderOptions()).splitlines()
    assert len(lines) == len(found)
    for line in lines:
        command, properties, _ = parsed(line)
        assert command == "warning"
        assert [*properties] == ["file", "line", "col", "endLine", "endColumn", "title"]
        assert (properties["line"], properties["title"]) == ("3", "ARC101 query-in-loop")


def test_the_anchors_injections_fail() -> None:
    path = "x\n::error file=forged.py::,line=9::%0A"
    (line,) = render(make_report(make_result(span=make_span(path))), "github", RenderOptions()).splitlines()
    assert parsed(line)[1]["file"] == path
