"""Each way to send SQL from Python meets each rule about queries, with the line and column inside of the string."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint import check
from archlint.settings import Overrides

STATEMENTS = {
    "ARC601": ("UPDATE orders SET state = 1", "UPDATE"),
    "ARC603": ("SELECT * FROM orders WHERE id = 7", "* FROM"),
    "ARC604": ("SELECT id FROM orders WHERE state = 7 LIMIT 10 OFFSET 5", "OFFSET"),
    "ARC605": ("SELECT id FROM orders WHERE id = 7 AND closed_at = NULL", "closed_at"),
    "ARC607": ("SELECT id FROM orders WHERE name LIKE '%tea'", "name"),
    "ARC608": ("SELECT id FROM orders WHERE date(created_at) = '2026-11-01'", "date"),
    "ARC609": ("SELECT c.name FROM customers c, orders o WHERE o.total > 7", "orders"),
    "ARC610": ("SELECT id FROM orders ORDER BY id LIMIT 7 OFFSET 20000", "OFFSET"),
    "ARC611": ("INSERT INTO orders VALUES (7, 2)", "INSERT"),
}
SINKS = {
    "cursor": "cursor.execute({})",
    "many rows": "cursor.executemany({}, rows)",
    "a script": "cursor.executescript({})",
    "a connection": "connection.execute({})",
    "a statement of SQLAlchemy": "session.execute(text({}))",
    "a scalar": "session.scalar(text({}))",
    "rows of scalars": "session.scalars(sqlalchemy.text({}))",
    "a driver": "connection.exec_driver_sql({})",
    "asyncpg": "await pool.fetch({})",
    "asyncpg, a row": "await pool.fetchrow({})",
    "asyncpg, a value": "await pool.fetchval({})",
    "databases": "await database.fetch_all(query={})",
    "Alembic": "op.execute({})",
    "Alembic, a text": "op.execute(sa.text({}))",
    "Django's migrations": "migrations.RunSQL({}, migrations.RunSQL.noop)",
    "Django's migrations, by name": "migrations.RunSQL(sql={})",
    "a batch": "execute_batch(cursor, {}, rows)",
    "pandas": "pandas.read_sql({}, connection)",
    "a helper": "run_sql({})",
    "Tornado": "db.query({})",
    "rows of a model": "Order.objects.raw({})",
}
"""How SQL is sent; `{}` is the text."""
SILENT = {("rows of a model", "ARC603")}
"""A model says which columns its rows have."""
OPEN = {("ARC609", form) for form in ("an f-string", "format", "format with a name")} | {
    ("ARC609", form) for form in ("percent", "percent with a tuple", "percent with a name")
}
"""What is put in place of a value may be the column that links two tables."""
FORMS = {
    "two literals": 'cursor.execute("{0}" "{1}")',
    "literals on two lines": 'cursor.execute(\n        "{0}"\n        "{1}"\n    )',
    "several lines": 'cursor.execute("""\n        {0}\n        {1}\n    """)',
    "a raw literal": 'cursor.execute(r"""{0}{1}""")',
    "an f-string": 'cursor.execute(f"{0}{1}")',
    "a value in an f-string": 'cursor.execute(f"{0}{1}".strip())',
    "plus": 'cursor.execute("{0}" + "{1}")',
    "plus, on two lines": 'cursor.execute(\n        "{0}"\n        + "{1}"\n    )',
    "a name": 'sql = "{0}{1}"\n    cursor.execute(sql)',
    "a name that is put together": 'sql = "{0}"\n    sql += "{1}"\n    cursor.execute(sql)',
    "dedent": 'cursor.execute(textwrap.dedent("""\n        {0}\n        {1}"""))',
    "a name for a text": 'sql = text("{0}{1}")\n    session.execute(sql)',
    "join": 'cursor.execute(" ".join(["{0}", "{1}"]))',
}
"""How the text is written, `{0}` and `{1}` being its halves."""
FILLED = {
    "an f-string": 'cursor.execute(f"{}")',
    "format": 'cursor.execute("{}".format(value))',
    "format with a name": 'cursor.execute("{}".format(value=value))',
    "percent": 'cursor.execute("{}" % value)',
    "percent with a tuple": 'cursor.execute("{}" % (value,))',
    "percent with a name": 'cursor.execute("{}" % {{"value": value}})',
    "a parameter": 'cursor.execute("{}", [value])',
}
"""How a value is put into the text, or beside it."""
HOLES = {
    "an f-string": "{value}",
    "format": "{}",
    "format with a name": "{value}",
    "percent": "%s",
    "percent with a tuple": "%s",
    "percent with a name": "%(value)s",
    "a parameter": "%s",
}


def reported(folder: Path, text: str, code: str) -> list[tuple[int, int]]:
    (folder / "shop").mkdir()
    (folder / "shop" / "db.py").write_text(text, encoding="utf-8")
    overrides = Overrides(select=(code,), no_cache=True, jobs=1, min_confidence="low")
    found = check([folder], root=folder, overrides=overrides).results
    return [(one.diagnostic.span.line, one.diagnostic.span.column) for one in found]


def place(text: str, word: str) -> tuple[int, int]:
    at = text.index(word)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def function(body: str) -> str:
    return f"async def work(cursor, connection, session, pool, database, op, db, rows, value):\n    {body}\n"


@pytest.mark.parametrize("code", STATEMENTS)
@pytest.mark.parametrize("sink", SINKS)
def test_sinks(tmp_path: Path, sink: str, code: str) -> None:
    sql, word = STATEMENTS[code]
    text = function(SINKS[sink].format(f'"{sql}"'))
    assert reported(tmp_path, text, code) == ([] if (sink, code) in SILENT else [place(text, word)])


@pytest.mark.parametrize("code", STATEMENTS)
@pytest.mark.parametrize("form", FORMS)
def test_forms_of_the_text(tmp_path: Path, form: str, code: str) -> None:
    sql, word = STATEMENTS[code]
    half = sql.index(" ", len(sql) // 2) + 1
    text = function(FORMS[form].format(sql[:half], sql[half:]))
    assert reported(tmp_path, text, code) == [place(text, word)]


@pytest.mark.parametrize("code", [code for code, (sql, _) in STATEMENTS.items() if "7" in sql])
@pytest.mark.parametrize("form", FILLED)
def test_values_in_the_text(tmp_path: Path, form: str, code: str) -> None:
    sql, word = STATEMENTS[code]
    text = function(FILLED[form].format(sql.replace("7", HOLES[form])))
    assert reported(tmp_path, text, code) == ([] if (code, form) in OPEN else [place(text, word)])


@pytest.mark.parametrize(
    "body",
    [
        'sql = "DELETE FROM orders"\n    if value:\n        sql += " WHERE id = 1"\n    cursor.execute(sql)',
        'sql = "DELETE FROM orders"\n    sql += value\n    cursor.execute(sql)',
        'sql = "DELETE FROM orders"\n    cursor.execute(sql + value)\n    sql += " "\n    print(sql)',
        'cursor.execute(" ".join(["DELETE FROM orders", value]))',
        'cursor.execute(" ".join(["DELETE FROM orders", *value]))',
        'cursor.execute(value.join(["DELETE FROM orders", ""]))',
    ],
)
def test_what_may_be_added_is_not_known(tmp_path: Path, body: str) -> None:
    assert reported(tmp_path, function(body), "ARC601") == []
