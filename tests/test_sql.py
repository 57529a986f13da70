"""SQL: statements, positions and templates; strings of Python that reach a database."""

from __future__ import annotations

import ast
import logging
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.diagnostic import Diagnostic
from archlint.ir.lower_ast import lower_module
from archlint.source import Kind, SourceFile
from archlint.syntax.embedded_sql import module_sql
from archlint.syntax.literals import read_literal
from archlint.syntax.sql import SqlContext, parse_sql, walk_sql
from archlint.syntax.sql_text import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot.expressions import Expr

    from archlint.syntax.origin import EmbeddedSql


def names_of(source: SourceFile, context: SqlContext, node_type: str) -> list[str]:
    """Return the source text of each node of a type, as the walk shows it."""

    def run(code: str, node: Expr, here: SqlContext) -> Iterator[Diagnostic]:
        yield Diagnostic(code, here.span(node), "seen")

    found = walk_sql(context, {node_type: ["ARC999"]}, run)
    return [source.text[each.span.start : each.span.end] for each in found]


def in_file(text: str, node_type: str, path: str = "a.sql") -> list[str]:
    source = SourceFile.of(path, text, Kind.SQL)
    context = SqlContext(source, parse_sql(text, path=path), lambda _code, shape: shape())
    return names_of(source, context, node_type)


def embedded(code: str) -> tuple[SourceFile, list[EmbeddedSql]]:
    source = SourceFile.of("a.py", code, Kind.PYTHON)
    return source, [found for _, found in module_sql(lower_module(source, "a"), source)]


def in_python(code: str, node_type: str) -> list[str]:
    source, found = embedded(code)
    names: list[str] = []
    for each in found:
        parsed = parse_sql(each.text, holes=each.holes)
        names += names_of(source, SqlContext(source, parsed, lambda _code, shape: shape(), each), node_type)
    return names


class TestStatements:
    def test_a_broken_statement_costs_only_itself(self) -> None:
        parsed = parse_sql("SELECT 1; SELEC broken FROM; SELECT 2;")
        assert [each.is_failed for each in parsed.statements] == [False, True, False]

    def test_offsets_are_those_of_the_text(self) -> None:
        text = "-- é😀\nSELECT 1;\n\nDELETE FROM t ;"
        parsed = parse_sql(text)
        assert [text[each.start : each.end] for each in parsed.statements] == ["SELECT 1", "DELETE FROM t"]

    def test_an_unknown_statement_is_a_command(self) -> None:
        assert parse_sql("REINDEX TABLE t").statements[0].is_command

    def test_words_tell_what_the_tree_does_not(self) -> None:
        assert parse_sql("ALTER TABLE t VALIDATE CONSTRAINT c").statements[0].words()[0] == "ALTER"

    def test_a_string_that_never_ends_costs_only_its_statement(self) -> None:
        parsed = parse_sql("SELECT 1;\nSELECT 'open;\nSELECT 2")
        assert [each.is_failed for each in parsed.statements] == [False, True, False]

    def test_semicolons_inside_a_routine_end_no_statement(self) -> None:
        text = "CREATE TRIGGER a BEGIN IF x THEN DELETE FROM u; END IF; DELETE FROM v; END; DELETE FROM w"
        assert in_file(text, "Delete", "a.sqlite.sql") == ["DELETE FROM w"]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("SELECT " + "(" * 5000 + "1", id="parentheses"),
            pytest.param("SELECT " + "CASE WHEN a THEN " * 3000, id="cases"),
            pytest.param("SELECT " + "NOT " * 12_000 + "a", id="prefixes"),
            pytest.param("SELECT * FROM a " + "JOIN b " * 5000, id="joins"),
            pytest.param("SELECT '" + "x" * 60_000 + "'", id="long"),
            pytest.param("INSERT INTO t VALUES (1)" + ", (1)" * 20_000, id="dump"),
        ],
    )
    def test_what_is_too_large_or_too_deep_fails_alone(self, text: str) -> None:
        parsed = parse_sql(text + "; SELECT 2")
        assert [each.is_failed for each in parsed.statements] == [True, False]

    def test_a_huge_file_is_left_out(self) -> None:
        assert parse_sql("SELECT 1;\n" * 200_000).statements == ()

    def test_nothing_is_logged_and_the_logger_stays_as_it_was(self, caplog: pytest.LogCaptureFixture) -> None:
        logger = logging.getLogger("sqlglot")
        before = (logger.disabled, logger.level)
        parse_sql("VACUUM t; ALTER TABLE t OWNER TO me")
        assert not caplog.records
        assert (logger.disabled, logger.level) == before

    @given(st.text(alphabet="SELCTFROMdelete from'\"`$;(){}%[]-*/\\\n:xé😀1", max_size=80))
    def test_any_text_yields_statements_in_order(self, text: str) -> None:
        ends = [0]
        for statement in parse_sql(text).statements:
            assert ends[-1] <= statement.start <= statement.end <= len(text)
            ends.append(statement.end)


class TestPositions:
    @pytest.mark.parametrize(
        ("text", "node_type", "expected"),
        [
            ("DELETE FROM a.b WHERE x = 'it''s'", "Table", ["a.b"]),
            ('SELECT "ü 😀" FROM t', "Column", ['"ü 😀"']),
            (
                "SELECT 1;\nWITH g AS (DELETE FROM t RETURNING id) SELECT id FROM g",
                "Delete",
                ["DELETE FROM t RETURNING id"],
            ),
            ("SELECT a FROM (SELECT b, c FROM u) x", "Subquery", ["b, c FROM u) x"]),
            ("DELETE FROM `a b`.`c`", "Table", ["`a b`.`c`"]),
            ("SELECT [a b].[c] FROM [t].[u]", "Table", ["[t].[u]"]),
        ],
        ids=["qualified", "astral", "in-cte", "subquery", "backticks", "brackets"],
    )
    def test_span_of_a_node(self, text: str, node_type: str, expected: list[str]) -> None:
        assert in_file(text, node_type) == expected

    def test_another_dialect_takes_over_where_the_first_fails(self) -> None:
        text = "SELECT a::int FROM t;\nUPDATE t JOIN u USING (id) SET t.x = `u`.`y`;\n"
        assert in_file(text, "Update") == ["UPDATE t JOIN u USING (id) SET t.x = `u`.`y`"]


class TestDialects:
    @pytest.mark.parametrize(
        ("text", "path", "expected"),
        [
            ("SELECT 1", "a.sql", "postgres"),
            ("SELECT `a` FROM t", "a.sql", "mysql"),
            ("-- see `a`\nSELECT a::int FROM t", "a.sql", "postgres"),
            ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)", "a.sql", "sqlite"),
            ("SELECT [a].[b] FROM t", "a.sql", "tsql"),
            ("SELECT 1", "schema/full.sql.sqlite", "sqlite"),
            ("SELECT 1", "migrations/mysql/V001.sql", "mysql"),
        ],
    )
    def test_guessed(self, text: str, path: str, expected: str) -> None:
        assert parse_sql(text, path=path).dialect == expected

    def test_given(self) -> None:
        assert parse_sql("SELECT `a` FROM t", "postgres").statements[0].is_failed


class TestTemplates:
    @pytest.mark.parametrize(
        "text",
        [
            "SELECT a FROM t WHERE b = %s AND c = %(name)s AND d IN %s AND e = ?::int",
            "SELECT {{ column }} FROM {{ ref('orders') }} {% if x %} WHERE a = 1 {% endif %}",
            "SELECT a FROM {table} WHERE b = {}",
            "SELECT a FROM ${SCHEMA}.t WHERE b % 2 = 0 AND c = 'a %s {x}'",
            "\\set ON_ERROR_STOP on\nSELECT a FROM t WHERE b = :'name'",
            "COPY t (a) FROM stdin;\n1\t'\n\\.\nSELECT a FROM t",
            "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT '; END$$\nDELIMITER ;\nSELECT a FROM t",
            "SELECT a FROM t\nGO\nSELECT a FROM t",
        ],
        ids=["bind", "jinja", "format", "shell", "psql", "copy", "delimiter", "go"],
    )
    def test_a_template_parses_in_place(self, text: str) -> None:
        masked, parsed = mask(text), parse_sql(text)
        assert len(masked.text) == len(text)
        assert not any(each.is_failed for each in parsed.statements)
        assert in_file(text, "Column")[0] in {"a", "{{ column }}"}

    def test_a_hole_is_known_as_one(self) -> None:
        text = "DELETE FROM {table}; DELETE FROM t {where}; DELETE FROM t"
        source = SourceFile.of("a.sql", text, Kind.SQL)
        seen: list[tuple[bool, bool]] = []

        def run(_check: str, node: Expr, here: SqlContext) -> Iterator[Diagnostic]:
            seen.append((here.is_masked(node.this.this), here.has_hole_after(node.this.this)))
            return iter(())

        list(walk_sql(SqlContext(source, parse_sql(text), lambda _code, shape: shape()), {"Delete": [""]}, run))
        assert seen == [(True, False), (False, True), (False, False)]

    def test_a_hole_that_holds_a_clause_is_left_out(self) -> None:
        assert in_file("SELECT a FROM t JOIN u ON t.x = u.x {where} AND t.y = 1 ORDER BY a", "Select")

    @given(st.text(alphabet="{}%s'\"-/*$:x()#\n\\ ", max_size=60))
    def test_masking_keeps_the_length(self, text: str) -> None:
        assert len(mask(text).text) == len(text)


class TestEmbedded:
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ('c.execute("DELETE FROM t")', ["t"]),
            ('c.execute(  # why\n    "DELETE "\n    "FROM t"\n)', ["t"]),
            ('c.execute("""\n    DELETE\n    FROM tä\n""")', ["tä"]),
            ("c.execute('DELETE\\tFROM \\x74able')", ["\\x74able"]),
            ("c.execute(r'DELETE FROM t')", ["t"]),
            ('async def f():\n    await db.fetch("DELETE FROM t RETURNING a")', ["t"]),
            ('def f(c):\n    q = "DELETE FROM t"\n    c.execute(q)', ["t"]),
            ('Q = "DELETE FROM t"\ndef f(c):\n    c.execute(Q)\ndef g(c):\n    c.execute(Q)', ["t"]),
            ('T = "t"\ndef f(c):\n    c.execute(f"DELETE FROM {T} WHERE a = {1}")', ["t"]),
            ('def f(c, x):\n    c.execute(f"DELETE FROM t WHERE a = {x!r:>{x}} AND b = \'{{}}\'")', ["t"]),
            ('def f(c, x):\n    c.execute("DELETE FROM " + x.name + " WHERE a = 1")', ["x.name"]),
            ('def f(c, x):\n    c.execute("DELETE FROM %s WHERE a = %%s" % x, [1])', ["%s"]),
            ('def f(c, x):\n    c.execute("DELETE FROM {} WHERE a = 1".format(x))', ["{}"]),
            ('from sqlalchemy import text\ndef f(s):\n    s.execute(text("DELETE FROM t"))', ["t"]),
            ('from django.db.migrations import RunSQL\nRunSQL("DELETE FROM t", reverse_sql="DELETE FROM u")', ["t"]),
            ('def f(s):\n    s.runQuery("a"); s.execute("wipe", sql="DELETE FROM t")', ["t"]),
        ],
        ids=[
            "direct", "concatenated", "triple", "escapes", "raw", "awaited", "local", "constant", "constant-in-hole",
            "f-string", "plus", "percent", "format", "text", "run-sql", "keyword",
        ],
    )  # fmt: skip
    def test_the_table_stands_where_it_is_written(self, code: str, expected: list[str]) -> None:
        assert in_python(code, "Table") == expected

    @pytest.mark.parametrize(
        "code",
        [
            'print("DELETE FROM t")',
            'label.text("Select a project from the list")',
            'page.fetch("select-frame")',
            'c.execute("wipe_all_things")',
            "def f(c, q):\n    c.execute(q)",
            'def f(c):\n    for q in x:\n        q = "DELETE FROM t"',
        ],
        ids=["print", "prose", "word", "no-statement", "unknown", "no-call"],
    )
    def test_other_strings_are_no_sql(self, code: str) -> None:
        assert embedded(code)[1] == []

    def test_what_may_be_added_to_is_open_at_its_end(self) -> None:
        code = 'def f(c, x):\n    q = "DELETE FROM t"\n    if x:\n        q += " WHERE a = 1"\n    c.execute(q)'
        (found,) = embedded(code)[1]
        assert found.holes == ((len(found.text), len(found.text)),)

    def test_the_call_is_known(self) -> None:
        source, (found,) = embedded('Q = "DELETE FROM t"\n\ndef f(self):\n    self.db.execute(Q)\n')
        assert (found.sink, source.text[found.sink_start : found.sink_end]) == ("self.db.execute", "self.db.execute(Q)")

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ('class A:\n    Q = "DELETE FROM t"\n    def f(self, c):\n        c.execute(self.Q)', ["DELETE FROM t"]),
            (
                'class A:\n    Q = "DELETE FROM t"\n    @classmethod\n    def f(cls, c):\n        c.execute(cls.Q)',
                ["DELETE FROM t"],
            ),
            ('class A:\n    Q = "DELETE FROM t"\ndef f(c):\n    c.execute(A.Q)', ["DELETE FROM t"]),
            (
                'class A:\n    T = "t"\n    def f(self, c):\n        c.execute(f"DELETE FROM {self.T}")',
                ["DELETE FROM t"],
            ),
            ('class A:\n    Q = "DELETE FROM t"\ndef f(c, A):\n    c.execute(A.Q)', []),
            ('class A:\n    Q = "DELETE FROM t"\ndef f(self, c):\n    c.execute(self.Q)', []),
            (
                'class A:\n    Q = "DELETE FROM t"\n    def f(self, c):\n        self.Q = q\n        c.execute(self.Q)',
                [],
            ),
            ('Q = "DELETE FROM t"\nclass A:\n    def f(self, c):\n        c.execute(self.Q)', []),
            ('class A:\n    Q = "DELETE FROM t"\nclass B:\n    def f(self, c):\n        c.execute(self.Q)', []),
        ],
        ids=["self", "cls", "class", "f-string", "hidden", "no-class", "set", "module", "other"],
    )
    def test_constants_of_classes(self, code: str, expected: list[str]) -> None:
        assert [one.text for one in embedded(code)[1]] == expected

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ('sql.SQL("DELETE FROM {} WHERE a").format(sql.Identifier("t"))', "DELETE FROM t WHERE a"),
            ('sql.SQL("DELETE FROM {t} WHERE {a}").format(a=x, t=sql.Identifier("ü"))', "DELETE FROM ü WHERE {a}"),
            ('"DELETE FROM {0} WHERE {1}".format(T, x)', "DELETE FROM table WHERE {1}"),
            ('"DELETE FROM {}{} WHERE a".format(x, "t")', "DELETE FROM {}t WHERE a"),
            ('sql.SQL("DELETE FROM {} WHERE a").format(sql.Identifier(x))', "DELETE FROM {} WHERE a"),
            ('"DELETE FROM {} WHERE a".format(*x, "t")', "DELETE FROM {} WHERE a"),
            ('"DELETE FROM t WHERE {!r} = {}".format("a", "b")', "DELETE FROM t WHERE {!r} = b"),
        ],
        ids=["identifier", "keyword", "constant", "after-hole", "unknown", "starred", "conversion"],
    )
    def test_fields_are_filled_with_what_is_known(self, code: str, expected: str) -> None:
        source, (found,) = embedded(f'T = "table"\nc.execute({code})')
        assert found.text == expected
        assert source.text[found.offsets.start(0) : found.offsets.end(6)] == "DELETE"

    def test_what_may_be_nothing_is_left_out(self) -> None:
        code = 'def f(c, x):\n    c.execute("DELETE FROM t" + (" WHERE a = 1" if x else ""))'
        (found,) = embedded(code)[1]
        assert (found.text, found.holes) == ("DELETE FROM t", ((13, 13),))

    def test_constants_that_multiply_are_bounded(self) -> None:
        lines = ['A0 = "SELECT 1 FROM t"'] + [f'A{n} = f"{{A{n - 1}}}{"{A0}" * 200}"' for n in range(1, 6)]
        assert len(embedded("\n".join([*lines, "c.execute(A5)"]))[1]) <= 1

    @given(st.lists(st.text(alphabet="ab'\"\\\n{}é😀\t\x00", max_size=12), min_size=1, max_size=4), st.data())
    def test_a_literal_reads_as_python_reads_it(self, values: list[str], data: st.DataObject) -> None:
        spelled = [data.draw(st.sampled_from([repr(value), ascii(value)])) for value in values]
        code = " \\\n ".join(spelled)
        found = read_literal(code, 0, len(code))
        assert found is not None
        assert found.text == ast.literal_eval(f"({code})")
        for segment in found.segments:
            if segment.length == segment.source_length:
                written = code[segment.source : segment.source + segment.length]
                assert written == found.text[segment.start : segment.start + segment.length]
