"""The query rules: where in a string a finding stands, and how sure they are; what they find is in the fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archlint import check
from archlint.settings import Overrides

if TYPE_CHECKING:
    from pathlib import Path

    from archlint.diagnostic import Diagnostic


def found(folder: Path, name: str, text: str, code: str) -> list[Diagnostic]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    overrides = Overrides(select=(code,), no_cache=True, min_confidence="low", jobs=1)
    return [each.diagnostic for each in check([path], root=folder, overrides=overrides).results]


@pytest.mark.parametrize(
    ("code", "argument", "marked"),
    [
        ("ARC603", "'SELECT id, ' 'o.* ' 'FROM orders AS o'", "o.*"),
        ("ARC603", '"""\n  -- ü 😀\n  SELECT\n    *\n  FROM orders\n"""', "*"),
        ("ARC604", "f'SELECT id FROM orders LIMIT {limit} OFFSET {offset}'", "OFFSET"),
        ("ARC604", "'SELECT id FROM orders ' 'WHERE total > 0 ' 'LIMIT %s ' 'OFFSET %s'", "OFFSET"),
        ("ARC605", '"""SELECT id\nFROM orders\nWHERE o.closed_at = NULL"""', "o.closed_at"),
        ("ARC607", "'SELECT id FROM t ' + 'WHERE name LIKE \\'%tea\\''", "name LIKE \\'%tea\\'"),
        ("ARC609", "'SELECT a.id FROM first AS a, ' 'second AS b'", "second AS b"),
        ("ARC610", "'SELECT id FROM orders ORDER BY id LIMIT %s, %s'", "LIMIT"),
    ],
    ids=["part", "lines", "holes", "parts", "column", "escapes", "table", "mysql"],
)
def test_the_span_is_that_of_the_cause(tmp_path: Path, code: str, argument: str, marked: str) -> None:
    text = f"def read(cursor, limit, offset):\n    cursor.execute({argument})\n"
    (one,) = found(tmp_path, "app.py", text, code)
    assert text[one.span.start : one.span.end] == marked


@pytest.mark.parametrize(
    ("code", "statement", "confidence"),
    [
        ("ARC604", "SELECT id FROM orders LIMIT 5 OFFSET 5", "high"),
        ("ARC604", "SELECT id FROM orders LIMIT 5", "low"),
        ("ARC606", "SELECT 1 FROM a WHERE x NOT IN (SELECT c.y FROM b LEFT JOIN c ON c.b_id = b.id)", "high"),
        ("ARC606", "SELECT 1 FROM a WHERE x NOT IN (SELECT C.y FROM b LEFT JOIN c ON c.b_id = b.id)", "high"),
        ("ARC610", "SELECT id FROM orders ORDER BY id OFFSET 5000", "high"),
        ("ARC610", "SELECT id FROM orders ORDER BY id OFFSET :rows", "medium"),
        ("ARC610", "SELECT id FROM orders WHERE customer_id = 1 ORDER BY id OFFSET :rows", "low"),
        ("ARC610", "SELECT id FROM orders WHERE shop_id = 1 OR id IN (2) ORDER BY id OFFSET :rows", "low"),
        ("ARC610", "WITH w AS (SELECT 1) SELECT o.id FROM orders o JOIN w ON true ORDER BY o.id OFFSET :rows", "low"),
        ("ARC611", "INSERT INTO orders VALUES (1)", "low"),
    ],
)
def test_what_is_not_known_lowers_the_confidence(tmp_path: Path, code: str, statement: str, confidence: str) -> None:
    (one,) = found(tmp_path, "jobs.sql", statement, code)
    assert one.confidence.value == confidence
