"""Suppressions: where a comment is one, what it silences, and what is said about idle ones."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from factories import HOSTILE_TEXT
from hypothesis import given
from hypothesis import strategies as st

from archlint import catalogue
from archlint.catalogue import Entry, Status
from archlint.diagnostic import Applicability, Confidence, Diagnostic, Severity
from archlint.settings import Glob, Overrides, Settings, SettingsResolver
from archlint.source import Kind, SourceFile
from archlint.suppression import (
    Applied,
    Form,
    Place,
    Suppressions,
    apply,
    embedded_suppressions,
    find_suppressions,
)

if TYPE_CHECKING:
    from collections.abc import Container


def entry(code: str, name: str, family: str, status: Status = Status.STABLE) -> Entry:
    return Entry(code, name, "S.", Severity.WARNING, Confidence.HIGH, status, "0.1", "", "", family)


ENTRIES = (
    entry("ARC006", "unused-suppression", "tool"),
    entry("ARC007", "suppression-without-reason", "tool"),
    entry("ARC101", "query-in-loop", "loops"),
    entry("ARC102", "write-in-loop", "loops"),
    entry("ARC201", "unbounded-query", "bounds"),
    entry("ARC210", "unbounded-list", "bounds", Status.PREVIEW),
)


@pytest.fixture(autouse=True)
def _own_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "catalogue", lambda: ENTRIES)


def python(text: str, path: str = "a.py") -> SourceFile:
    return SourceFile.of(path, text, Kind.PYTHON)


def at(source: SourceFile, part: str = "query()", code: str = "ARC101") -> Diagnostic:
    start = source.text.index(part)
    return Diagnostic(code, source.span(start, start + len(part)), "m")


def settings(**overrides: object) -> Settings:
    return SettingsResolver(Path("/project"), Overrides(**overrides), isolated=True).run_settings()  # type: ignore[arg-type]


def run(
    source: SourceFile,
    *diagnostics: Diagnostic,
    place: Place | None = None,
    ran: Container[str] | None = None,
    **overrides: object,
) -> Applied:
    held = settings(**overrides)
    return apply(
        diagnostics,
        {source.path: find_suppressions(source)},
        lambda _: held,
        place_of=lambda _: place or Place(),
        ran_in=None if ran is None else lambda _: ran,
    )


def fixed(source: SourceFile, diagnostic: Diagnostic) -> str:
    assert diagnostic.fix is not None
    text = source.text
    for edit in sorted(diagnostic.fix.edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = query()  # archlint: ignore[ARC101]", id="a code"),
        pytest.param("x = query()  # archlint: ignore[ARC101] -- once a day", id="with a reason"),
        pytest.param("x = query()  # archlint:ignore[ARC101]", id="no blank"),
        pytest.param("x = query()  #archlint: ignore[ARC101]", id="no blank before"),
        pytest.param("x = query()  # ArchLint: Ignore[arc101]", id="any case"),
        pytest.param("x = query()  # archlint: ignore[ARC1]", id="a prefix"),
        pytest.param("x = query()  # archlint: ignore[query-in-loop]", id="a name"),
        pytest.param("x = query()  # archlint: ignore[loops]", id="a family"),
        pytest.param("x = query()  # archlint: ignore[ALL]", id="all"),
        pytest.param("x = query()  # archlint: ignore[ARC201 , loops]", id="several"),
        pytest.param("x = query()  # archlint: ignore", id="bare"),
        pytest.param("x = query()  # archlint: ignore -- once a day", id="bare with a reason"),
        pytest.param("x = query()  # type: ignore  # archlint: ignore[ARC101] -- x", id="behind another comment"),
        pytest.param("x = query()  # archlint: ignore[ARC101] -- x  # type: ignore", id="before another comment"),
        pytest.param("# archlint: ignore-next-line[ARC101]\nx = query()", id="next line"),
        pytest.param("# archlint: ignore-next-line[ARC101]\n\n# more\nx = query()", id="next line but comments"),
        pytest.param("x = query()\n\n# archlint: ignore-file[ARC101]", id="file"),
        pytest.param("# archlint: ignore-start[ARC101]\nx = query()\n# archlint: ignore-end[ARC101]", id="region"),
        pytest.param("# archlint: ignore-start\nx = query()\n# archlint: ignore-end", id="region of all"),
        pytest.param("x = query()  # noqa", id="blanket noqa"),
        pytest.param("x = query()  # NOQA:ARC101", id="noqa in capitals"),
        pytest.param("x = query()  # noqa: E501,ARC101", id="noqa of several"),
        pytest.param("x = query()  # noqa: E501 ARC101", id="noqa with blanks"),
        pytest.param("x = query()  # noqa: ARC1", id="noqa of a prefix"),
        pytest.param("x = query()  # noqa: some words", id="noqa of words is a blanket noqa in flake8"),
        pytest.param("x = query()  # noqa:  E501", id="two blanks make it a blanket noqa in flake8"),
        pytest.param("x = query() + '''\n'''  # noqa: ARC101", id="noqa behind the multi-line string of its line"),
        pytest.param("x = query() \\\n  + 1  # noqa: ARC101", id="noqa behind a backslash"),
        pytest.param("x = '''\nSELECT query()\n'''  # archlint: ignore[ARC101]", id="behind the string around it"),
        pytest.param("x = f'''\n{query()}\n'''  # archlint: ignore[ARC101]", id="behind the f-string around it"),
        pytest.param("x = query()  # archlint: ignore[ARC101]\ny = (((", id="the file is no Python further down"),
        pytest.param("x = (((\ny = query()  # archlint: ignore[ARC101]\n'''", id="a string is never closed below"),
        pytest.param("x = query()  # archlint: ignore[ARC101]\r\ny = 1\r", id="line ends"),
    ],
)
def test_silenced(text: str) -> None:
    source = python(text)
    result = run(source, at(source))
    assert result.kept == ()
    assert [diagnostic for diagnostic, _ in result.suppressed] == [at(source)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = query()  # archlint: ignore[ARC102]", id="another code"),
        pytest.param("x = query()  # noqa: E501", id="noqa of another tool"),
        pytest.param("x = query()  #noqa", id="noqa without a blank, which flake8 does not see"),
        pytest.param("x = query()\ny = 1  # archlint: ignore[ARC101]", id="another line"),
        pytest.param("# archlint: ignore[ARC101]\nx = query()", id="the line above"),
        pytest.param("x = query()  # archlint: ignore[ARC101", id="no bracket"),
        pytest.param("x = query()  # archlint: ignore[]", id="empty brackets"),
        pytest.param("x = query()  # archlint: ignore ARC102", id="no brackets is not everything"),
        pytest.param("x = query()  # archlint: ignore=ARC102", id="another syntax"),
        pytest.param("x = query()  # see `# archlint: ignore[ARC101]`", id="quoted in prose"),
        pytest.param("x = query(), '# archlint: ignore[ARC101]'", id="in a string"),
        pytest.param("'''\n# archlint: ignore-file[ARC101]\n'''\nx = query()", id="in a docstring"),
        pytest.param(
            "# archlint: ignore-start[ARC101]\n# archlint: ignore-end[ARC101]\nx = query()", id="below a region"
        ),
        pytest.param("# archlint: ignore-start[ARC101]\nx = query()", id="in a region that never ends"),
        pytest.param(
            "# archlint: ignore-start[ARC101]\nx = query()\n# archlint: ignore-end[ARC102]",
            id="in one with another end",
        ),
        pytest.param("# archlint: ignore-start[ARC101]\n# archlint: ignore-end\nx = query()", id="below all regions"),
        pytest.param("x = '''\n'''  # archlint: ignore[ARC101]\ny = query()", id="below a string"),
        pytest.param("'''\n'''  # archlint: ignore-next-line[ARC101]\ny = 1\nquery()", id="two lines below"),
        pytest.param("x = (\nquery(),\n1)  # noqa: ARC101", id="flake8 reads the lines of a bracket one by one"),
        pytest.param("'''\n# archlint: ignore-file[ARC101]\nx = query()", id="in a string that never ends"),
    ],
)
def test_not_silenced(text: str) -> None:
    source = python(text)
    assert run(source, at(source)).kept == (at(source),)


STATEMENT = """\
@decorated
def orders(
    request,
):
    rows = [
        query(),
    ]
    return rows
"""


@pytest.mark.parametrize(
    ("line", "silences"),
    [(1, True), (2, True), (3, True), (4, True), (5, True), (6, True), (7, True), (8, False)],
)
def test_statement_and_heads(line: int, silences: bool) -> None:
    lines = STATEMENT.splitlines()
    lines[line - 1] += "  # archlint: ignore[ARC101]"
    source = python("\n".join(lines))
    result = run(source, at(source), place=Place((5, 7), ((1, 4),)))
    assert (result.kept == ()) is silences


def test_the_last_line_of_a_span_counts() -> None:
    source = python("x = query(\n  1,\n)  # archlint: ignore[ARC101]\n")
    assert run(source, at(source, "query(\n  1,\n)")).kept == ()
    middle = python("x = query(\n  1,  # archlint: ignore[ARC101]\n)\n")
    assert run(middle, Diagnostic("ARC101", middle.span(4, len(middle.text) - 1), "m")).kept != ()


def test_a_span_that_ends_with_its_line_does_not_reach_the_next() -> None:
    source = python("query()\nx = 1  # archlint: ignore[ARC101]\n")
    assert run(source, Diagnostic("ARC101", source.span(0, 8), "m")).kept != ()


def test_the_narrowest_suppression_is_named_and_all_that_match_are_used() -> None:
    source = python("# archlint: ignore-file[loops]\nx = query()  # noqa: ARC101  # archlint: ignore[ARC101] -- r\n")
    result = run(source, at(source))
    assert [(by.form, by.reason) for _, by in result.suppressed] == [(Form.LINE, "r")]
    assert result.tool == ()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.SQL, "SELECT query() -- archlint: ignore[ARC101] -- r"),
        (Kind.SQL, "-- archlint: ignore-next-line[ARC101]\nSELECT query()"),
        (Kind.SQL, "SELECT 'it''s', query(); -- noqa: ARC101"),
        (Kind.SQL, "SELECT 'it''s', query();-- noqa"),
        (Kind.YAML, "key: query()  # archlint: ignore[ARC101]"),
        (Kind.YAML, "key: 'a # b query()'  # archlint: ignore[ARC101]"),
        (Kind.YAML, "don't: query()  # archlint: ignore[ARC101]"),
        (Kind.YAML, "# archlint: ignore-file[ARC101]\nkey: query()"),
        (Kind.TOML, 'key = "query() \\" # "  # noqa: ARC101'),
        (Kind.ENV, "KEY=query() # archlint: ignore[ARC101]"),
        (Kind.DOCKERFILE, "# archlint: ignore-next-line[ARC101]\nENV A=query()"),
        (Kind.INI, "; archlint: ignore-next-line[ARC101]\na = query()"),
        (Kind.REQUIREMENTS, "query()==1  # archlint: ignore[ARC101]"),
        (Kind.PROPERTIES, "# archlint: ignore-next-line[ARC101]\na=query()"),
        (Kind.STUB, "def query(): ...  # archlint: ignore[ARC101]"),
    ],
)
def test_other_languages(kind: Kind, text: str) -> None:
    source = SourceFile.of("f", text, kind)
    assert run(source, at(source, "query()")).kept == ()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.SQL, "SELECT query() # archlint: ignore[ARC101]"),
        (Kind.SQL, "SELECT query(), '-- archlint: ignore[ARC101]'"),
        (Kind.YAML, "key: 'query()  # archlint: ignore[ARC101]'"),
        (Kind.YAML, "key: query()# archlint: ignore[ARC101]"),
        (Kind.JSON, '{"a": "query()"}  # archlint: ignore[ARC101]'),
        (Kind.TEMPLATE, "{{ query() }} # archlint: ignore[ARC101]"),
    ],
)
def test_what_is_no_comment_in_other_languages(kind: Kind, text: str) -> None:
    source = SourceFile.of("f", text, kind)
    assert run(source, at(source, "query()")).kept != ()


EMBEDDED = '''\
execute("""
    SELECT query() -- archlint: ignore[ARC101] -- a small table
    FROM a -- archlint: ignore[ARC102]
""")
query()  # line 5
'''


def test_sql_in_python() -> None:
    source = python(EMBEDDED)
    start, end = source.text.index('"""'), source.text.rindex('"""') + 3
    extra = embedded_suppressions(source, start, end)
    found = {"a.py": find_suppressions(source).including(extra).including(extra)}
    assert [(item.codes, item.first_line, item.reason) for item in extra] == [
        (("ARC101",), 2, "a small table"),
        (("ARC102",), 3, ""),
    ]
    inside, below = at(source), Diagnostic("ARC101", source.span(end + 2, end + 9), "m")
    held = settings()
    result = apply([inside, below], found, lambda _: held)
    assert result.kept == (below,)
    assert [(d.message, d.fix and d.fix.applicability) for d in result.tool] == [
        ("suppression of `ARC102` matches no diagnostic", Applicability.UNSAFE)
    ]


def test_sql_in_a_string_of_one_line() -> None:
    source = python('execute("SELECT query() -- archlint: ignore")')
    (found,) = embedded_suppressions(source, 8, len(source.text) - 1)
    assert (found.codes, found.problem, found.inside) == ((), "", (8, 44))


@pytest.mark.parametrize(
    ("text", "message", "after"),
    [
        pytest.param(
            "x = 1  # archlint: ignore[ARC101] -- r\ny = 2\n",
            "suppression of `ARC101` matches no diagnostic",
            "x = 1\ny = 2\n",
            id="the comment",
        ),
        pytest.param(
            "    # archlint: ignore-file[ARC101]\nx = 1\n",
            "suppression of `ARC101` matches no diagnostic",
            "x = 1\n",
            id="the line",
        ),
        pytest.param(
            "x = 1  # archlint: ignore[ARC101]  # type: ignore\n",
            "suppression of `ARC101` matches no diagnostic",
            "x = 1  # type: ignore\n",
            id="before another comment",
        ),
        pytest.param(
            "x = 1  # type: ignore  # archlint: ignore[ARC101]\n",
            "suppression of `ARC101` matches no diagnostic",
            "x = 1  # type: ignore\n",
            id="behind another comment",
        ),
        pytest.param(
            "x = 1  # noqa: E501, ARC101, W291\n",
            "suppression of `ARC101` matches no diagnostic",
            "x = 1  # noqa: E501, W291\n",
            id="the part of a noqa",
        ),
        pytest.param(
            "x = 1  # noqa: ARC101, loops are small\n",
            "suppression of `ARC101` matches no diagnostic",
            "x = 1  # loops are small\n",
            id="a noqa keeps the words behind it",
        ),
        pytest.param(
            "x = 1  # archlint: ignore[ARC101, ARC102, ARC1O1]\n",
            "suppression of `ARC101`, `ARC102` matches no diagnostic; `ARC1O1` is no rule, did you mean `ARC101`?",
            "x = 1  # archlint: ignore[ARC1O1]\n",
            id="a misspelt code is kept for a person",
        ),
        pytest.param(
            "# archlint: ignore-start[ARC101]\nx = 1\n# archlint: ignore-end[ARC101]\ny = 1\n",
            "suppression of `ARC101` matches no diagnostic",
            "x = 1\ny = 1\n",
            id="a region and its end",
        ),
    ],
)
def test_unused_and_its_fix(text: str, message: str, after: str) -> None:
    source = python(text)
    (diagnostic,) = run(source).tool
    assert (diagnostic.code, diagnostic.message) == ("ARC006", message)
    assert fixed(source, diagnostic) == after
    assert diagnostic.fix is not None
    assert diagnostic.fix.applicability is Applicability.SAFE


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore[ARC999]", "`ARC999` is no rule"),
        ("ignore[query-in-lop]", "`query-in-lop` is no rule, did you mean `query-in-loop`?"),
        ("ignore[ARC101", "`ignore[` is not closed"),
        ("ignore[ ]", "`ignore[]` names no rule"),
        ("ignore because", "write the rules as `ignore[ARC101]`"),
        ("ignore-nextline[ARC101]", "did you mean `ignore-next-line`?"),
        ("ignore-end[ARC101]", "`ignore-end` ends nothing"),
        ("ignore-start[ARC101]", "`ignore-start` silences nothing"),
        ("ignore-start", "`ignore-start` silences nothing"),
        ("ignore[ARC006]", "`ARC006` is suppressed by `ignore-file` only"),
    ],
)
def test_what_is_written_wrongly(comment: str, message: str) -> None:
    (diagnostic,) = run(python(f"x = 1  # archlint: {comment}\n")).tool
    assert diagnostic.code == "ARC006"
    assert message in diagnostic.message
    assert diagnostic.fix is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1  # noqa", id="blanket noqa"),
        pytest.param("x = 1  # noqa: E501", id="codes of others"),
        pytest.param("x = 1  # archlint: ignore", id="a suppression that names no rule"),
        pytest.param("x = 1  # archlint: ignore[ARC210]", id="a preview rule that did not run"),
        pytest.param("x = 1  # archlint: ignore[bounds]", id="a family of which one rule did not run"),
        pytest.param("x = 1  # archlint: this is prose", id="prose"),
        pytest.param("x = 1  # archlint: ignore-file[ARC006]", id="suppressing this very rule"),
        pytest.param("x = 1  # archlint: ignore[ARC101]\n# archlint: ignore-file[ARC006]", id="the file is exempt"),
        pytest.param("x = 1  # archlint: ignore[ARC101]\n# archlint: ignore-file", id="exempt from everything"),
    ],
)
def test_not_unused(text: str) -> None:
    assert run(python(text)).tool == ()


def test_a_rule_that_did_not_run_in_the_file_is_not_unused() -> None:
    source = python("x = 1  # archlint: ignore[ARC101, ARC102]")
    assert [d.message for d in run(source, ran={"ARC102"}).tool] == ["suppression of `ARC102` matches no diagnostic"]
    assert run(source, ignore=("ARC006",)).tool == ()
    assert run(source, select=("ARC006", "ARC201")).tool == ()


def test_a_rule_that_is_ignored_in_the_file_is_not_unused() -> None:
    source = python("x = 1  # archlint: ignore[ARC101, ARC102]")
    held = replace(settings(), per_file_ignores=((Glob("a.py"), frozenset({"ARC101"})),))
    result = apply([], {"a.py": find_suppressions(source)}, lambda _: held, ran_in=lambda _: {"ARC101", "ARC102"})
    assert [d.message for d in result.tool] == ["suppression of `ARC102` matches no diagnostic"]


def test_only_the_unused_part_is_removed() -> None:
    source = python("x = query()  # archlint: ignore[ARC101, ARC201]")
    (diagnostic,) = run(source, at(source)).tool
    assert fixed(source, diagnostic) == "x = query()  # archlint: ignore[ARC101]"


@pytest.mark.parametrize(
    ("comment", "reported"),
    [
        ("archlint: ignore[ARC101]", True),
        ("archlint: ignore[ARC101] -- ", True),
        ("archlint: ignore[ARC101]  # type: ignore", True),
        ("archlint: ignore[ARC101] -- r", False),
        ("archlint: ignore", True),
        ("archlint: ignore -- r", False),
        ("noqa: ARC101", True),
        ("noqa: ARC101 # x", True),
        ("noqa: ARC101 -- r", False),
        ("noqa: ARC101 once a day", False),
        ("noqa: E501", False),
        ("noqa", False),
    ],
)
def test_reasons(comment: str, reported: bool) -> None:
    source = python(f"x = query()  # {comment}\n")
    required = run(source, at(source), require_reason=True).tool
    assert [diagnostic.code for diagnostic in required] == ["ARC007"] * reported
    assert run(source, at(source)).tool == ()


def test_all_are_turned_off() -> None:
    source = python("x = query()  # archlint: ignore[ARC101, ARC102]")
    result = run(source, at(source), ignore_suppressions=True, require_reason=True)
    assert (result.kept, result.suppressed, result.tool) == ((at(source),), (), ())


def test_a_file_without_suppressions_keeps_its_diagnostics() -> None:
    source, other = python("x = query()\n"), python("x = query()  # noqa\n", "b.py")
    held = settings()
    result = apply([at(source), at(other)], {"b.py": find_suppressions(other)}, lambda _: held)
    assert result.kept == (at(source),)


def test_values_travel_between_processes() -> None:
    found = find_suppressions(python("x = '''\n'''  # noqa: ARC101  # archlint: ignore[ARC102] -- r\n"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Suppressions) == found


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *(
                "# archlint: ignore",
                "[ARC101]",
                "[",
                "]",
                ",",
                " -- ",
                "# noqa",
                ": ",
                "ARC101",
                "ignore-start",
                "-end",
            ),
            *(
                "'''",
                '"',
                "f'''{",
                "}",
                "(",
                ")",
                "\\",
                "\n",
                "\r",
                "\r\n",
                "\x0c",
                "\x00",
                "    ",
                "x = 1",
                "--",
                "-file",
            ),
            *("# archlint: ignore-start[A]\n", "# archlint: ignore-end[A]\n", "# archlint: ignore-next-line[A]\n"),
        ]
    ),
    max_size=25,
).map("".join)


@given(FRAGMENTS | HOSTILE_TEXT, st.sampled_from(Kind))
def test_any_text_has_suppressions(text: str, kind: Kind) -> None:
    source = SourceFile.of("f", text, kind)
    for item in find_suppressions(source).items:
        assert text[item.span.start : item.span.end].startswith(("#", "--", ";"))
        assert 0 <= item.removal.start <= item.removal.end <= len(text)
    result = run(source)
    assert all(diagnostic.message.isprintable() for diagnostic in result.tool)
    for start in range(0, len(text), 7):
        embedded_suppressions(source, start, len(text))


@given(FRAGMENTS)
def test_a_fix_takes_its_diagnostic_away(text: str) -> None:
    source = python(f"x = 1  # archlint: ignore[ARC101]\n{text}")
    first = run(source).tool
    if first and first[0].span.line == 1 and first[0].fix:
        assert len(run(python(fixed(source, first[0]))).tool) < len(first)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1  # archlint: ignore[" + "ARC101," * 100_000 + "]", id="codes"),
        pytest.param("x = 1  # archlint: ignore[" + ",".join(map(str, range(100_000))) + "]", id="unknown codes"),
        pytest.param("".join(f"# archlint: ignore[query-{n}]\n" for n in range(20_000)), id="unknown names"),
        pytest.param("x = 1  " + "# archlint: ignore[ARC101] " * 20_000, id="suppressions on one line"),
        pytest.param("# archlint: ignore-next-line[ARC101]\n" * 20_000 + "x = 1", id="next lines"),
        pytest.param("# archlint: ignore-start[ARC101]\n" * 20_000, id="regions"),
        pytest.param("# archlint: ignore-file[ARC101]\n" * 20_000, id="files"),
        pytest.param("x = '" + " # archlint: " * 50_000, id="candidates in a string"),
        pytest.param("#" + " " * 500_000 + "archlint", id="blanks"),
        pytest.param("'''# noqa" * 20_000, id="open strings"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.PYTHON, Kind.YAML])
def test_no_text_takes_long(text: str, kind: Kind) -> None:
    source = SourceFile.of("f", text, kind)
    diagnostics = [Diagnostic("ARC101", source.span(at, at + 1), "m") for at in range(0, len(text) - 1, 100)]
    started = time.process_time()
    run(source, *diagnostics)
    assert time.process_time() - started < 10
