"""SQL as a part of the project: small programs whose calls say `# sql: …` where they send some."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.knowledge import knowledge
from archlint.lowering import lower
from archlint.project.database import database_call
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.sql import Position, Statement, statements_of
from archlint.source import Kind, Role, SourceFile
from archlint.syntax.sql_shape import shapes
from archlint.syntax.sql_text import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MARKER = re.compile(r"# sql: (.+)$")


def linked(files: Mapping[str, str], order: Iterable[str] = (), role: Role = Role.PRODUCTION) -> Project:
    """Return the project of some modules, given to it in an order."""
    sources = [source(path, files[path]) for path in order or files]
    facts = [lower(one, one.path.removesuffix(".py").replace("/", "."), is_package=False)[0] for one in sources]
    return Project([one for one in facts if one is not None], dict.fromkeys(files, role), knowledge())


def source(path: str, text: str) -> SourceFile:
    return SourceFile.of(path, dedent(text), Kind.PYTHON)


def sites(project: Project) -> Iterator[CallSite]:
    for module in project.modules:
        for unit in module.facts.units:
            yield from call_sites(project, UnitPlace(module, unit))


def shown(statement: Statement) -> str:
    """Return a statement as the markers write it: `update orders from customers | where | part`."""
    reads = ", ".join(f"{one.schema}.{one.name}".lstrip(".") for one in statement.reads)
    writes = ", ".join(f"{one.schema}.{one.name}".lstrip(".") for one in statement.writes)
    tables = f" {writes}{' from ' if writes and reads else ''}{reads}".rstrip()
    flags = {
        "where": statement.has_where,
        "bounded": statement.is_bounded,
        "part": not statement.is_whole,
        "unparsed": not statement.is_parsed,
    }
    return " | ".join([f"{statement.verb.value}{tables}", *(name for name, is_set in flags.items() if is_set)])


def marked(files: Mapping[str, str]) -> set[tuple[str, int, str]]:
    lines = [(path, line) for path, text in files.items() for line in enumerate(dedent(text).splitlines(), 1)]
    matches = [(path, number, _MARKER.search(line)) for path, (number, line) in lines]
    return {(path, number, match.group(1)) for path, number, match in matches if match is not None}


def all_sent(project: Project) -> Iterator[tuple[CallSite, Statement]]:
    for place in project.units({Role.PRODUCTION}):
        yield from statements_of(project, place)


def sent(files: Mapping[str, str], project: Project) -> set[tuple[str, int, str]]:
    """Return what calls send, those that only build a statement left out."""
    found = set()
    for site, statement in all_sent(project):
        text = dedent(files[site.module.path])
        line = text.count("\n", 0, site.offset + site.call.start) + 1
        found.add((site.module.path, line, shown(statement)))
    return found


def statement_of(body: str) -> Statement:
    """Return the only statement that a function with a cursor sends."""
    text = f"def work(cur, table, value, clause):\n    {body}\n"
    found = [one for _, one in all_sent(linked({"app.py": text}))]
    assert len(found) == 1, [one.text for one in found]
    return found[0]


PROGRAMS: dict[str, dict[str, str]] = {
    "drivers": {
        "app.py": """
            import aiosqlite, asyncpg, databases, peewee, psycopg2, pymysql, records, sqlite3
            from alembic import op
            import pandas as pd

            def plain():
                conn = sqlite3.connect("a.db")
                conn.execute("select name from customers where id = ?", (1,))  # sql: select customers | where
                cur = conn.cursor()
                cur.executemany("insert into orders values (?)", [])  # sql: insert orders | bounded
                cur.execute("pragma foreign_keys = on")  # sql: other

            async def pooled(ids):
                pool = await asyncpg.create_pool()
                await pool.fetch("SELECT id FROM shop.orders LIMIT $1", 5)  # sql: select shop.orders | bounded
                await pool.fetchval("SELECT count(*) FROM orders")  # sql: select orders | bounded

            def frame(conn):
                return pd.read_sql("SELECT * FROM orders", conn)  # sql: select orders

            async def others(database: databases.Database, names):
                async with aiosqlite.connect("a.db") as db:
                    await db.execute("SELECT 1 FROM orders")  # sql: select orders
                await database.fetch_all(query="SELECT 2 FROM orders")  # sql: select orders
                pymysql.connect().cursor().execute("SELECT `a` FROM `orders`")  # sql: select orders
                peewee.SqliteDatabase("a.db").execute_sql("SELECT 3 FROM orders")  # sql: select orders
                records.Database("sqlite://").query("SELECT 4 FROM orders")  # sql: select orders
                op.execute(["DELETE FROM orders"])  # sql: delete orders

            def unknown(cur):
                cur.execute("DELETE FROM orders WHERE id = %s", [1])  # sql: delete orders | where
                cur.execute(query="UPDATE orders SET total = 0")  # sql: update orders
        """
    },
    "sqlalchemy": {
        "app.py": """
            from sqlalchemy import create_engine, text
            from sqlalchemy.orm import Session

            engine = create_engine("mysql://db/shop")

            def work(session: Session):
                session.execute(text("SELECT `id` FROM `orders` WHERE id = :id"), {})  # sql: select orders | where
                query = text("UPDATE orders o JOIN customers c ON c.id = o.c SET o.x = 1")
                session.execute(query)  # sql: update orders from customers
                with engine.connect() as conn:
                    conn.exec_driver_sql("SELECT 1")  # sql: select | bounded
                session.query().order_by(text("total DESC"))
        """
    },
    "django": {
        "app.py": """
            from django.db import connection, models, migrations

            class Order(models.Model):
                pass

            def work():
                Order.objects.raw("SELECT * FROM shop_order")  # sql: select shop_order
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO log SELECT * FROM shop_order")  # sql: insert log from shop_order

            operations = [
                migrations.RunSQL("CREATE INDEX i ON orders (total)"),  # sql: ddl orders
            ]
        """
    },
    "constants": {
        "queries.py": """
            TABLE = "orders"
            ALL = f"SELECT * FROM {TABLE}"
            BY_KIND = {"one": "SELECT 1 FROM orders", "two": "DELETE FROM orders"}
            TWICE = "SELECT 1 FROM a"
            TWICE = "SELECT 2 FROM b"

            class Queries:
                COUNT = "SELECT count(*) " "FROM orders"

            def latest(kind):
                return "SELECT * FROM latest WHERE kind = '%s'" % kind
        """,
        "app.py": """
            import queries
            from queries import ALL, Queries, latest

            class Store:
                DROP = "DROP TABLE orders"

                def work(self, cur, kind):
                    cur.execute(ALL)  # sql: select orders
                    cur.execute(queries.ALL + " WHERE id = %s", [1])  # sql: select orders | where
                    cur.execute(Queries.COUNT)  # sql: select orders | bounded
                    cur.execute(self.DROP)  # sql: ddl orders
                    cur.execute(queries.BY_KIND["two"])  # sql: delete orders
                    cur.execute(latest(kind))  # sql: select latest | where
                    cur.execute(queries.TWICE)
        """,
    },
    "locals": {
        "app.py": """
            import textwrap

            def straight(cur):
                sql = "SELECT * FROM orders"
                sql += " WHERE id = %s"
                cur.execute(sql, [1])  # sql: select orders | where

            def conditional(cur, paid):
                sql = "SELECT * FROM orders"
                if paid:
                    sql += " WHERE paid"
                cur.execute(sql)  # sql: select orders | part

            def alternative(cur, paid):
                if paid:
                    sql = "SELECT * FROM paid LIMIT 1"
                else:
                    sql = textwrap.dedent("DELETE FROM open")
                cur.execute(sql)  # sql: select paid | bounded

            def either(cur, paid, more):
                cur.execute("DELETE FROM open LIMIT 1" if paid else more)  # sql: delete open | bounded

            def several(cur, kind):
                sql = "SELECT * FROM orders"
                if kind == 0:
                    pass
                elif kind == 1:
                    sql += " WHERE paid"
                elif kind == 2:
                    sql += " WHERE open"
                sql += " LIMIT 5"
                cur.execute(sql)  # sql: select orders | bounded | part

            def repeated(cur, kinds):
                sql = "DELETE FROM orders WHERE a"
                for kind in kinds:
                    sql += " OR b"
                cur.execute(sql)  # sql: delete orders | where | part

            def broken(cur, kinds):
                sql = "SELECT * FROM orders"
                for kind in kinds:
                    sql = "SELECT * FROM other"
                    break
                cur.execute(sql)

            def tried(cur):
                try:
                    sql = "SELECT * FROM orders"
                except ValueError as error:
                    raise
                cur.execute(sql)  # sql: select orders

            def later(cur):
                sql = "SELECT * FROM orders"
                while True:
                    cur.execute(sql)
                    sql = "SELECT * FROM other"

            def grown(cur, rows):
                sql = "SELECT * FROM orders"
                for row in rows:
                    sql += ", other"
                    cur.execute(sql)

            def each(cur, rows):
                for sql in rows:
                    sql = "SELECT * FROM orders"
                    cur.execute(sql)  # sql: select orders
                    sql = "SELECT * FROM other"

            def left(cur, paid):
                sql = "SELECT * FROM orders"
                if paid:
                    sql = "SELECT * FROM paid"
                    return cur
                cur.execute(sql)  # sql: select orders

            def joined(cur, columns):
                sql = " ".join(["SELECT id", "FROM orders", "LIMIT 5"])
                cur.execute(sql)  # sql: select orders | bounded
                cur.execute("SELECT " + ", ".join(columns) + " FROM orders")  # sql: select orders

            def given(cur, sql):
                cur.execute(sql)

            def rebound(cur, rows):
                sql = "SELECT * FROM orders"
                for sql in rows:
                    cur.execute(sql)

            def closed(cur):
                sql = "SELECT * FROM orders"
                def inner():
                    cur.execute(sql)  # sql: select orders
                return inner

            def changed(cur):
                sql = "SELECT * FROM orders"
                def inner():
                    cur.execute(sql)
                sql = "SELECT * FROM other"
                return inner
        """
    },
    "wrappers": {
        "db.py": """
            import sqlite3

            def run(sql, *args):
                with sqlite3.connect("a.db") as conn:
                    return conn.execute(sql, args)

            def rows(query, args=()):
                return run(query, *args).fetchall()

            def ping(sql, depth):
                return pong(sql, depth - 1) if depth else run(sql)

            def pong(sql, depth):
                return ping(sql, depth)

            def circle(sql):
                return circle(sql)

            class Store:
                def __init__(self, name):
                    self.name = name

                def select(self, label, statement):
                    def inner():
                        return rows(statement.strip())
                    return inner()

            def shows(label, sql):
                print(label)
                sql = label
                return run(sql)
        """,
        "app.py": """
            from db import Store, circle, ping, rows, run, shows

            def work(store: Store):
                run("SELECT * FROM orders")  # sql: select orders
                rows(query="SELECT * FROM orders LIMIT 1")  # sql: select orders | bounded
                ping("DELETE FROM orders", 3)  # sql: delete orders
                store.select("SELECT * FROM label", "SELECT * FROM customers")  # sql: select customers
                circle("SELECT * FROM nowhere")
                shows("a", "SELECT * FROM nowhere")
        """,
    },
    "prose": {
        "app.py": '''
            def work(cur, ui, pool, executor):
                """SELECT * FROM docstring"""
                ui.text("Select a role from the list")
                ui.query("Update your profile, set a name")
                ui.label("SELECT * FROM nothing_is_sent")
                executor.execute("select the best one")
                executor.execute("update all")
                executor.execute("select best")
                pool.fetch("with love")
                name = "SELECT * FROM unused"
        '''
    },
    "scripts": {
        "app.py": """
            import psycopg2
            from psycopg2 import sql

            def work(table):
                cur = psycopg2.connect("").cursor()
                cur.execute(  # sql: delete orders
                    "DELETE FROM orders"
                )
                cur.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier("orders")))  # sql: select orders
                cur.execute(sql.SQL("DELETE FROM {} WHERE a = %s").format(sql.Identifier(table)))  # sql: delete | where
                cur.execute("WITH c AS (DELETE FROM a RETURNING id) INSERT INTO b SELECT id FROM c")  # sql: insert a, b
                cur.execute("BEGIN")  # sql: transaction
                cur.execute("VACUUM orders")  # sql: other
                cur.execute("SELECT FROM WHERE")  # sql: select | part | unparsed
        """
    },
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_calls_send_what_the_markers_say(name: str) -> None:
    files = PROGRAMS[name]
    expected = marked(files)
    if name == "locals":
        line = next(number for _, number, text in expected if "paid | bounded" in text)
        expected.add(("app.py", line, "delete open"))
    assert sent(files, linked(files)) == expected


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_order_of_files_does_not_matter(name: str) -> None:
    files = PROGRAMS[name]
    assert sent(files, linked(files, order=reversed(list(files)))) == sent(files, linked(files))


def test_test_code_is_left_out() -> None:
    files = PROGRAMS["drivers"]
    assert not sent(files, linked(files, role=Role.TEST))


class TestStatements:
    def test_a_text_of_several_statements_gives_each(self) -> None:
        project = linked(
            {"app.py": 'def work(cur):\n    cur.executescript("DELETE FROM a; SELECT 1 FROM b LIMIT 2;")\n'}
        )
        assert [shown(one) for _, one in all_sent(project)] == ["delete a", "select b | bounded"]

    def test_columns_are_told_by_what_they_are_for(self) -> None:
        one = statement_of(
            'cur.execute("SELECT o.a FROM orders o JOIN c USING (id) WHERE o.x = 1 AND y > 2 ORDER BY o.z")',
        )
        assert [(column.table, column.name) for column in one.filtered] == [("orders", "x"), ("", "y")]
        assert [column.name for column in one.joined] == ["id"]
        assert [column.name for column in one.ordered] == ["z"]

    @pytest.mark.parametrize(
        ("text", "is_bounded"),
        [
            ("SELECT a FROM t LIMIT 5", True),
            ("SELECT a FROM t LIMIT %s OFFSET %s", True),
            ("SELECT a FROM t FETCH FIRST 5 ROWS ONLY", True),
            ("SELECT TOP 5 a FROM t", True),
            ("SELECT max(a), min(b) FROM t WHERE c = 1", True),
            ("SELECT exists(SELECT 1 FROM t)", True),
            ("SELECT a FROM (SELECT a FROM t LIMIT 5) q", True),
            ("SELECT a FROM t LIMIT 5 UNION SELECT 1", True),
            ("SELECT a FROM t WHERE id = 1", False),
            ("SELECT a, count(*) FROM t GROUP BY a", False),
            ("SELECT count(*) OVER () FROM t", False),
            ("SELECT (SELECT count(*) FROM u) FROM t", False),
            ("SELECT a FROM t LIMIT ALL", False),
            ("SELECT a FROM t WHERE b IN (SELECT c FROM u LIMIT 5)", False),
            ("SELECT a FROM (SELECT a FROM t LIMIT 5) q JOIN u ON u.id = q.a", False),
            ("INSERT INTO t (a) SELECT b FROM u", False),
            ("REPLACE INTO t (a) VALUES (1)", True),
        ],
    )
    def test_only_a_limit_in_the_text_bounds(self, text: str, is_bounded: bool) -> None:
        assert [one.is_bounded for one in shapes(text)] == [is_bounded]

    @pytest.mark.parametrize(
        ("text", "reads", "writes"),
        [
            ("WITH a AS (SELECT 1 FROM t) SELECT * FROM a", ["t"], []),
            ("WITH t AS (SELECT 1 FROM t) SELECT * FROM t", ["t"], []),
            ("WITH RECURSIVE a AS (SELECT 1 FROM t UNION SELECT 1 FROM a) SELECT * FROM a", ["t"], []),
            ("UPDATE o SET x = 1 FROM orders o WHERE o.id = 2", [], ["orders"]),
            ("DELETE FROM t USING u WHERE t.id = u.id", ["u"], ["t"]),
            ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", ["s"], ["t"]),
            ("SELECT * INTO n FROM t", ["t"], ["n"]),
            ("CREATE TABLE n AS SELECT * FROM t", ["t"], ["n"]),
            ("CREATE TABLE n (a int REFERENCES t (id))", [], ["n"]),
            ("SELECT * FROM generate_series(1, 5) g", [], []),
        ],
    )
    def test_tables_are_told_apart(self, text: str, reads: list[str], writes: list[str]) -> None:
        (shape,) = shapes(text)
        assert ([one.name for one in shape.reads], [one.name for one in shape.writes]) == (reads, writes)

    def test_a_masked_table_is_not_named(self) -> None:
        one = statement_of('cur.execute(f"SELECT * FROM orders JOIN {table} t ON t.id = orders.id")')
        assert [table.name for table in one.reads] == ["orders"]


class TestHoles:
    def test_a_branch_of_which_nothing_is_known_is_a_hole(self) -> None:
        project = linked({"app.py": "def f(cur, a, b):\n    cur.execute(f\"DELETE FROM {'t' if a else b} LIMIT 1\")\n"})
        found = [([table.name for table in one.writes], len(one.holes)) for _, one in all_sent(project)]
        assert sorted(found) == [([], 1), (["t"], 0)]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("SELECT a FROM t WHERE b = {value}", "value"),
            ("SELECT a FROM t WHERE b IN ({value})", "value"),
            ("SELECT a FROM t WHERE b = '{value}'", "value"),
            ("SELECT a FROM t LIMIT {value}", "value"),
            ("INSERT INTO t (a) VALUES ({value})", "value"),
            ("SELECT a FROM t WHERE b = :{value}", "value"),
            ("SELECT a FROM {table}", "identifier"),
            ("SELECT a::{table} FROM t", "identifier"),
            ("SELECT a FROM t_{table}", "identifier"),
            ("SELECT {table} FROM t", "identifier"),
            ("SELECT a FROM t ORDER BY {table}", "identifier"),
            ("UPDATE t SET {table} = 1", "identifier"),
            ("SELECT a FROM t WHERE {table} = 1", "identifier"),
            ("SELECT a FROM t WHERE t.{table} = b", "identifier"),
            ("SELECT a FROM t WHERE {clause}", "clause"),
            ("SELECT a FROM t WHERE b = 1 AND {clause}", "clause"),
            ("SELECT a FROM t {clause} WHERE b = 1", "clause"),
            ("SELECT a FROM t WHERE b = 1 {clause}", "clause"),
            ("SELECT a FROM t ORDER BY a {clause}, b LIMIT 1", "clause"),
            ("SELECT a FROM ({clause}) q", "clause"),
            ("UPDATE t SET {clause}", "clause"),
        ],
    )
    def test_a_hole_has_the_position_that_its_place_gives(self, text: str, expected: str) -> None:
        one = statement_of(f'cur.execute(f"{text}")')
        assert [hole.position.value for hole in one.holes] == [expected]
        assert one.is_whole == (expected != "clause")

    @pytest.mark.parametrize(
        "argument",
        [
            'f"SELECT a FROM t WHERE b = {value}"',
            '"SELECT a FROM t WHERE b = %s" % value',
            '"SELECT a FROM t WHERE b = %s" % (value,)',
            '"SELECT a FROM t WHERE b = %(b)s" % {"b": value}',
            '"SELECT a FROM t WHERE b = {}".format(value)',
            '"SELECT a FROM t WHERE b = {b}".format(b=value)',
            '"SELECT a FROM t WHERE b = " + value',
        ],
    )
    def test_a_hole_knows_what_fills_it(self, argument: str) -> None:
        text = f"def work(cur, value):\n    cur.execute({argument})\n"
        ((_, one),) = all_sent(linked({"app.py": text}))
        (hole,) = one.holes
        assert hole.origin is not None
        assert text[slice(*hole.origin.region)] == "value"

    def test_bind_parameters_are_no_holes(self) -> None:
        one = statement_of("cur.execute(\"SELECT a FROM t WHERE b = %s AND c LIKE '%x' AND d = %(d)s\", [])")
        assert one.holes == ()

    def test_both_a_value_and_a_clause_in_one_text(self) -> None:
        one = statement_of('cur.execute(f"SELECT a FROM t {clause} WHERE b = 1 AND c = {value} ORDER BY a {clause}")')
        assert [hole.position for hole in one.holes] == [Position.CLAUSE, Position.VALUE, Position.CLAUSE]


class TestPositions:
    FILES: ClassVar = {
        "queries.py": 'TABLE = "orders"\n',
        "app.py": '''
            from queries import TABLE

            def work(cur, name):
                sql = f"""
                    SELECT é FROM {TABLE}
                    WHERE name = {name}"""
                sql += " AND a\\tb" " = 1"
                cur.execute(sql)
        ''',
    }

    def spot(self, wanted: str) -> tuple[str, str]:
        """Return the file and the source of a part of the only statement."""
        sources = {path: source(path, text) for path, text in self.FILES.items()}
        ((_, one),) = all_sent(linked(self.FILES))
        start = one.template.text.index(wanted)
        span = one.positions(start, start + len(wanted), sources.__getitem__)
        return span.path, sources[span.path].text[span.start : span.end]

    @pytest.mark.parametrize(
        ("wanted", "path", "written"),
        [
            ("SELECT é FROM", "app.py", "SELECT é FROM"),
            ("orders", "queries.py", "orders"),
            ("WHERE name", "app.py", "WHERE name"),
            ("_hole_", "app.py", "name"),
            ("AND a\tb", "app.py", "AND a\\tb"),
            ("= 1", "app.py", "= 1"),
        ],
    )
    def test_each_part_is_found_where_it_is_written(self, wanted: str, path: str, written: str) -> None:
        assert self.spot(wanted) == (path, written)

    def test_the_statement_begins_in_its_first_literal(self) -> None:
        files = {"app.py": 'def work(cur):\n    cur.execute("SELECT 1; " "DELETE FROM t")\n'}
        spans = [one.span(lambda path: source(path, files[path])) for _, one in all_sent(linked(files))]
        assert [files["app.py"][span.start : span.end] for span in spans] == ["SELECT 1", "DELETE FROM t"]


class TestDialects:
    @pytest.mark.parametrize(
        ("setting", "expected"),
        [
            ('DATABASES = {"default": {"ENGINE": "django.db.backends.mysql"}}', "mysql"),
            ('SQLALCHEMY_DATABASE_URI = "postgresql+psycopg://db/app"', "postgres"),
            ('from sqlalchemy import create_engine\nengine = create_engine("sqlite:///a.db")', "sqlite"),
            (
                'DATABASES = {"a": {"ENGINE": "django.db.backends.mysql"}}\nDB_URL = "sqlite:///a.db"',
                "",
            ),
            ('URL = "mysql://db"', ""),
            ('DB_URL = "sqlite:///a.db"\nif True:\n    DB_URL = "mysql://db"', ""),
        ],
    )
    def test_the_settings_of_the_project_tell(self, setting: str, expected: str) -> None:
        assert linked({"settings.py": setting + "\n"}).sql.dialect == expected

    def test_what_the_dialect_of_the_settings_cannot_parse_is_tried_in_others(self) -> None:
        text = (
            'DB_URL = "sqlite:///a.db"\n\ndef work(cur):\n    cur.execute("SELECT a FROM t WHERE b = ANY(%s::int[])")\n'
        )
        ((_, one),) = all_sent(linked({"app.py": text}))
        assert (one.is_parsed, [table.name for table in one.reads]) == (True, ["t"])

    def test_the_driver_says_more_than_the_settings(self) -> None:
        text = """
            import sqlite3
            DATABASES = {"default": {"ENGINE": "django.db.backends.mysql"}}

            def own():
                sqlite3.connect("a.db").execute("SELECT 1 FROM t")

            def other(cur):
                cur.execute("SELECT 1 FROM t")
        """
        found = [one.dialect for _, one in all_sent(linked({"app.py": text}))]
        assert found == ["sqlite", "mysql"]


class TestSinks:
    def test_parameters_that_reach_a_sink(self) -> None:
        project = linked(PROGRAMS["wrappers"])
        functions = next(one for one in project.modules if one.name == "db").functions
        found = {name: sorted(project.sql.sink_parameters(one)) for name, one in functions.items()}
        assert {name: names for name, names in found.items() if names} == {
            "run": ["sql"],
            "rows": ["query"],
            "ping": ["sql"],
            "pong": ["sql"],
            "Store.select": ["statement"],
        }

    def test_a_long_chain_of_functions_ends(self) -> None:
        links = "".join(f"def f{n}(sql):\n    return f{n + 1}(sql)\n" for n in range(300))
        text = f"import sqlite3\n{links}def f300(sql):\n    return sqlite3.connect('a').execute(sql)\n"
        project = linked({"app.py": text})
        found = [n for n in range(301) if project.sql.sink_parameters(project.modules[0].functions[f"f{n}"])]
        assert found == list(range(296, 301))


class TestDatabaseCalls:
    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            ('"SELECT * FROM orders"', "queries `orders`"),
            ('"INSERT INTO orders VALUES (%s)"', "writes `orders`"),
            ('f"UPDATE {table} SET a = 1"', "writes the database"),
            ('"CREATE TABLE t (a int)"', None),
            ('"SET search_path TO x"', None),
            ("table", "queries the database"),
        ],
    )
    def test_a_raw_query_names_its_table(self, call: str, expected: str | None) -> None:
        text = f"import psycopg2\ndef work(table):\n    psycopg2.connect('').cursor().execute({call})\n"
        project = linked({"app.py": text})
        found = [database_call(project, site) for site in sites(project) if site.method == "execute"]
        assert [one.effect if one is not None else None for one in found] == [expected]


@given(st.text(alphabet="SELECT FROM t'\"%s(){}:$-*/\\\n;xé😀_hole1", max_size=80))
def test_masking_keeps_the_length_and_what_is_around(text: str) -> None:
    masked = mask(text)
    assert len(masked.text) == len(text)
    assert all(0 <= start < end <= len(text) for start, end in masked.holes)


@given(
    st.lists(
        st.sampled_from(["SELECT a ", "FROM t ", "WHERE b = ", "{v}", "é", "😀 ", "\\t", "''", "{{", "AND c "]),
        max_size=9,
    )
)
def test_offsets_of_a_text_lead_back_to_its_source(parts: list[str]) -> None:
    literal = "".join(["SELECT x FROM y WHERE ", *parts])
    text = f'def work(cur, v):\n    cur.execute(f"{literal}")\n'
    files = {"app.py": text}
    for _, one in all_sent(linked(files)):
        holes = [hole for start, end, _ in one.template.holes for hole in range(start, end)]
        for offset, character in enumerate(one.template.text):
            span = one.positions(offset, offset + 1, lambda path: source(path, files[path]))
            written = text[span.start : span.end]
            if offset in holes:
                assert written == "v"
            else:
                assert written in (character, {"\t": "\\t", "{": "{{"}.get(character))


@given(st.text(alphabet="SELECT FROM WHERE t_hole=()';,%1\n", max_size=120), st.integers(0, 100), st.integers(0, 8))
def test_shapes_of_any_text_stay_inside_it(text: str, start: int, length: int) -> None:
    hole = (min(start, len(text)), min(start + length, len(text)))
    for shape in shapes(text, None, (hole,)):
        assert 0 <= shape.start <= shape.end <= len(text)
