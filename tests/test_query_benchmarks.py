"""How often lines send statements, and what the findings on loops are worth beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from test_record_calls import python

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks" / "queries"))

from loops_of import FileLoops
from score_counts import Recorded, Scored, findings_of, table
from statements import shape_of

RECORDER = Path(__file__).resolve().parent.parent / "benchmarks" / "queries" / "record_counts.py"
FILES = {
    "django/__init__.py": "",
    "django/db/__init__.py": "",
    "django/db/backends/__init__.py": "",
    "django/db/backends/utils.py": """
        class CursorWrapper:
            def execute(self, sql, params=None):
                return sql

            def executemany(self, sql, params):
                return sql
    """,
    "app/__init__.py": "",
    "app/core.py": """
        from django.db.backends.utils import CursorWrapper

        def send(n):
            CursorWrapper().execute(f"SELECT a FROM t WHERE id = {n}")

        def nested(rows):
            for row in rows:
                many(range(row))
                if row > 2:
                    once()

        def many(rows):
            return [
                send(row)
                for row in rows
            ]

        def once():
            for _ in range(1):
                send(0)

        def quiet(rows):
            for row in rows:
                CursorWrapper().execute("SAVEPOINT s1")

        def numbers(rows):
            for row in rows:
                send(row)
                yield row

        def lazily(rows):
            for _ in rows:
                for _ in numbers(rows):
                    pass
                break

        def waiting():
            while True:
                send(1)
                if send(2) is None:
                    break
    """,
    "run.py": """
        from app.core import lazily, nested, quiet, waiting

        nested([1, 3])
        quiet([1, 2])
        lazily([1, 2])
        waiting()
    """,
}


def test_a_shape_has_neither_literals_nor_lengths_of_lists() -> None:
    assert shape_of("SELECT 'it''s' FROM t1 WHERE id IN (%s, %s,  %s) LIMIT 21") == shape_of(
        "SELECT 'x'  FROM t1 WHERE id IN (%s) LIMIT 1"
    )
    assert shape_of("INSERT INTO t VALUES (?, ?), (?, ?)") == shape_of("INSERT INTO t VALUES (?, ?)")
    assert shape_of("SELECT a WHERE b = :b_1_2") == shape_of("SELECT a WHERE b = :b_1_1")
    assert shape_of("SELECT a FROM t") != shape_of("SELECT a FROM u")
    assert shape_of('RELEASE SAVEPOINT "s1"') == ""


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [(4, 8, True), (3, 13, False), (6, 12, False), (7, 13, True), (7, 31, False), (9, 15, True), (2, 4, False)],
)
def test_the_loop_around_a_place_is_one_of_its_own_function(line: int, column: int, expected: bool) -> None:
    loops = FileLoops(
        dedent("""\
        def f(rows):
            first(rows)
            for row in every(rows):
                g(row)
                def inner(rows):
                    g(rows)
                    [g(one) for one in h(rows)]
            rows = [
                    g(one)
                    for one in rows
            ]
        """)
    )
    assert (loops.around((line, column, line, column + 1)) is not None) is expected


@pytest.mark.slow
def test_turns_that_send_are_counted_and_what_repeats_below_is_no_repeat(tmp_path: Path) -> None:
    recorded = record(tmp_path)
    sent = {
        (row["site"][1], row["site"][2]): (row["activations"], row["statements"], row["most"], row["turns"])
        for row in recorded["sent"]
    }
    assert sent == {
        ("send", 5): (9, 9, 1, 1),
        ("nested", 9): (1, 4, 4, 2),
        ("nested", 11): (1, 1, 1, 1),
        ("many", 15): (2, 4, 3, 3),
        ("once", 21): (1, 1, 1, 1),
        ("numbers", 29): (1, 2, 2, 2),
        ("lazily", 34): (1, 2, 2, 2),
        ("waiting", 40): (1, 1, 1, 1),
        ("waiting", 41): (1, 1, 1, 1),
    }
    assert [most for site, most in recorded["loops"] if site[1] == "many"] == [3]


@pytest.mark.slow
def test_findings_are_confirmed_by_turns_that_sent(tmp_path: Path) -> None:
    places = [(9, 9, 25), (11, 13, 19), (21, 9, 16), (25, 9, 56), (15, 9, 18)]
    findings = [
        {
            "code": "ARC103", "path": "app/core.py", "line": line, "column": column, "end_line": line,
            "end_column": end, "message": "m", "flow": [],
        }
        for line, column, end in places
    ]  # fmt: skip
    scored = Scored(Recorded(tmp_path, (record(tmp_path),)), findings_of({"diagnostics": findings}))
    assert [scored.outcome(one)[0] for one in scored.findings] == [
        "confirmed",
        "one turn at most",
        "one turn at most",
        "turned, no statement",
        "confirmed",
    ]
    assert [direction for direction, _ in scored.repeats()] == ["flagged", "flagged", "missed"]
    none = Scored(scored.recorded, ())
    assert [(direction, sent.place[1][0]) for direction, sent in none.repeats()] == [
        ("above a flagged place or another repeat", 9),
        ("missed", 15),
        ("missed", 29),
    ]
    assert [one for one, _ in Scored(scored.recorded, (), ("app/*",)).repeats()][1] == "in files left out"
    assert "| ARC103 | 5 | 2 | 0 | 1 | 2 | 0 |" in table(scored)


def record(root: Path) -> dict[str, Any]:
    for path, text in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
    out = root / "out.json"
    options = ["--root", str(root), "--folder", "app", "--orm", "django", "--out", str(out)]
    command = [python(), str(RECORDER), *options, "--", "run.py"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found
