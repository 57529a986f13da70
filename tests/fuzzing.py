"""Texts that nobody wrote: services of odd statements, SQL and data of small grammars, fixtures that are damaged."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from keyword import iskeyword
from pathlib import Path

from cases import SIDECAR, cases
from hypothesis import strategies as st
from programs import EXPRESSIONS, PROGRAMS

Text = st.SearchStrategy[str]
CODE = frozenset({".py", ".pyi"})
_CONFIGURATION = frozenset({"archlint.toml", "pyproject.toml"})
"""What is wrong there ends a run on purpose."""
_TOP = re.compile(r"(?<=\n)(?=\S)")
_TOKEN = re.compile(r"\w+|[ \t]+|\s|[^\w\s]")
_ODD = (
    "(", ")", "[", "]", "{", "}", "'", '"', "'''", 'f"{', "\\", "\n", "\r", "\n    ", "\t", "#", ":", ",", "=", ":=",
    "*", "**", "@", ".", "...", ";", "->", "async ", "await ", "yield ", "lambda: ", "not ", "for x in y", "if x else",
    "None", "self", "*args", "global x", "import *", "type X = int", "match x:", "case _:", "except* E:", "--", "/*",
    "$1", "%s", "${X}", "&a", "*a", "!!x ", "- ", "|\n", "é", "漢", "\U0001f600", "\ufeff", "\u2028", "\x0c", "\x00",
    "9" * 400, "# archlint: ignore", "# noqa: ARC101",
)  # fmt: skip


def _files(*suffixes: str) -> list[Path]:
    found = (path for case in cases() for path in sorted(case.rglob("*")) if path.suffix in suffixes)
    return [path for path in found if path.is_file() and path.name != SIDECAR]


def one_of_many(paths: Sequence[Path]) -> st.SearchStrategy[Path]:
    """Return a strategy for one of some paths: Hypothesis would write all that `sampled_from` is given into names."""
    return st.integers(0, len(paths) - 1).map(paths.__getitem__)


def text_of(path: Path) -> str:
    """Return the text of a fixture, whatever its bytes are, with the line ends that it has."""
    return path.read_bytes().decode("utf-8", "replace")


def _of_parts(split: Callable[[str], list[str]], change: Callable[[list[str], int, int], None]) -> Callable[..., str]:
    def mutated(text: str, first: int, second: int) -> str:
        parts = split(text)
        if parts:
            change(parts, first % len(parts), second % len(parts))
        return "".join(parts)

    return mutated


def _delete(parts: list[str], first: int, second: int) -> None:
    del parts[first : first + 1 + second % 3]


def _duplicate(parts: list[str], first: int, second: int) -> None:
    parts.insert(second, parts[first])


def _swap(parts: list[str], first: int, second: int) -> None:
    parts[first], parts[second] = parts[second], parts[first]


def _insert(parts: list[str], first: int, second: int) -> None:
    parts.insert(first, _ODD[second % len(_ODD)])


def _replace(parts: list[str], first: int, second: int) -> None:
    parts[first] = _ODD[second % len(_ODD)]


def _indent(parts: list[str], first: int, second: int) -> None:
    parts[first] = " " * (second % 9) + parts[first].lstrip(" ")


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _rename(parts: list[str], first: int, second: int) -> None:
    """Put one name of the text for another, which leaves most code what it was to a parser."""
    names = [number for number, part in enumerate(parts) if part.isidentifier() and not iskeyword(part)]
    if names:
        parts[names[first % len(names)]] = parts[names[second % len(names)]]


def _remark(parts: list[str], first: int, second: int) -> None:
    parts[first] = parts[first].rstrip("\r\n") + ("  # é", "  # archlint: ignore[ARC101] -- x", " ")[second % 3] + "\n"


def _blank(parts: list[str], first: int, second: int) -> None:
    """Break lines and add remarks where brackets let them stand."""
    opened = [number for number, part in enumerate(parts) if part in "([{"]
    if opened:
        parts[opened[first % len(opened)]] += ("\n", "  # (\n", "\t", "\n\n    ")[second % 4]


def _end(text: str, first: int, _second: int) -> str:
    return text.replace("\n", ("\r\n", "\r", "\n\n")[first % 3]).rstrip("\n" if first % 2 else "")


def _truncate(text: str, first: int, _second: int) -> str:
    return text[: first % (len(text) + 1)]


_CHANGES: tuple[Callable[..., str], ...] = (
    *(_of_parts(_TOKEN.findall, one) for one in (_delete, _duplicate, _swap, _insert, _replace)),
    *(_of_parts(_lines, one) for one in (_delete, _duplicate, _swap, _insert, _indent)),
    _truncate,
)
_GENTLE: tuple[Callable[..., str], ...] = (
    *(_of_parts(_TOP.split, one) for one in (_delete, _duplicate, _swap)),
    *(_of_parts(_TOKEN.findall, one) for one in (_rename, _rename, _blank)),
    *(_of_parts(_lines, one) for one in (_remark, _duplicate)),
    _end,
)
_PLACES = st.integers(0, 100_000)


def _changed(text: str, steps: list[tuple[Callable[..., str], int, int]]) -> str:
    for change, first, second in steps:
        text = change(text, first, second)
    return text


def _steps(changes: tuple[Callable[..., str], ...]) -> st.SearchStrategy[list[tuple[Callable[..., str], int, int]]]:
    return st.lists(st.tuples(st.sampled_from(changes), _PLACES, _PLACES), min_size=1, max_size=4)


def damaged(texts: Text) -> Text:
    """Return a strategy for texts in which some tokens and lines are gone, doubled, swapped, or others."""
    return st.builds(_changed, texts, _steps(_CHANGES))


def shaken(texts: Text) -> Text:
    """Return a strategy for texts that most often still are code: other names, another order, odd blanks."""
    return st.builds(_changed, texts, _steps(_GENTLE))


def _spliced(one: str, other: str, place: int) -> str:
    lines, others = _lines(one), _lines(other)
    return "".join(lines[: place % (len(lines) + 1)] + others[place % (len(others) + 1) :])


def _with_bytes(text: str, raw: bytes, place: int) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    place %= len(data) + 1
    return data[:place] + raw + data[place:]


def real(*suffixes: str) -> Text:
    """Return a strategy for the fixtures of some suffixes, and for the head of one with the tail of another."""
    whole = one_of_many(_files(*suffixes)).map(text_of)
    return st.one_of(whole, st.builds(_spliced, whole, whole, _PLACES))


def bytes_of(texts: Text) -> st.SearchStrategy[bytes]:
    """Return a strategy for the bytes of texts, now and then with some in them that mean nothing."""
    plain = texts.map(lambda text: text.encode("utf-8", "surrogatepass"))
    return st.one_of(
        plain, plain, plain, plain, st.builds(_with_bytes, texts, st.binary(min_size=1, max_size=4), _PLACES)
    )


_MODULE = """\
import asyncio, httpx, logging, requests, time
from celery import shared_task
from django.db import models, transaction
from fastapi import APIRouter, Depends, FastAPI
from rest_framework import serializers, viewsets
from sqlalchemy import select, text
from sqlalchemy.orm import Session, relationship
router = APIRouter()
class Shop(models.Model):
    name = models.TextField()
class Order(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="orders")
"""
_STATEMENTS = (
    "for row in Order.objects.filter({0}): row.shop.name; {1}",
    "[x.shop.name for x in Order.objects.all()[{0}:{1}]]",
    "Order.objects.select_related({0}).prefetch_related('shop', {1}).order_by({0})",
    "with transaction.atomic(): requests.post({0}, json={1})",
    "requests.get(f'http://x/{{{0}}}', timeout=({1}))",
    "session.execute(text('SELECT a FROM b WHERE c = ' + ({0}) + {1!r}))",
    "session.scalars(select(Order).where({0}).limit({1})).all()",
    "async with httpx.AsyncClient(timeout={0}) as client: await asyncio.gather(*[client.get({1}) for x in {0}])",
    "time.sleep({0}); {1}",
    "password = {0}; logging.info('%s', password, {1})",
    "try: requests.get({0})\nexcept {1}: pass",
    "while True:\n    try: requests.get({0}); break\n    except Exception: time.sleep({1})",
    "cursor.execute('DELETE FROM a WHERE b = %s' % ({0}), {1})",
    "return {{'a': {0}, **({1})}}",
    "x: Order = {0}; x.shop_id; x.save(update_fields={1})",
    "Order.objects.bulk_create([Order(shop=y) for y in {0}], batch_size={1})",
)
_HEADS = (
    "@router.get('/a')\nasync def f({0}):",
    "@router.post({1}, dependencies=[Depends({1})])\ndef f({0}):",
    "@shared_task(bind=True, autoretry_for=({1},))\ndef f({0}):",
    "class V(viewsets.ModelViewSet):\n  queryset = {1}\n  def get_queryset({0}):",
    "class S(serializers.ModelSerializer):\n  class Meta: model, fields = Order, {1}\n  def get_x({0}):",
    "@({1})\ndef f({0}):",
    "async def f({0}) -> ({1}):",
    "class Order(models.Model, a={1}):\n  def save({0}):",
)
_SIGNATURES = st.sampled_from(
    ["self", "request", "session: Session = Depends(f), *, limit: int = 10", "self, obj, /, *a, **b", "", "a=(b := 1)"]
)


def _body(statements: list[str]) -> str:
    lines = "\n".join(statements).replace("\r\n", "\n").split("\n")
    return "\n" + "".join(f"      {line}\n" for line in [*lines, "pass"])


_FLAT = EXPRESSIONS.filter(lambda text: "\n" not in text and "#" not in text)
_SHAPES = st.builds(lambda shape, one, two: shape.format(one, two), st.sampled_from(_STATEMENTS), _FLAT, _FLAT)
_BLOCKS = st.builds(
    lambda head, signature, value, body: head.format(signature, value) + _body(body),
    st.sampled_from(_HEADS),
    _SIGNATURES,
    _FLAT,
    st.lists(_SHAPES, min_size=1, max_size=4),
)
SERVICES: Text = st.lists(st.one_of(_BLOCKS, _BLOCKS, PROGRAMS), min_size=1, max_size=3).map(
    lambda blocks: _MODULE + "\n".join(blocks)
)
PYTHON: Text = st.one_of(SERVICES, damaged(SERVICES), damaged(real(".py")), shaken(real(".py")), PROGRAMS)

_NAME = st.sampled_from(["a", "orders", '"Order"', "`b`", "[c]", "public.d", "é", "%s", ":x", "$1", "{{ x }}", "?"])
_VALUE = st.sampled_from(["1", "'x''y'", "NULL", "$$a$$", "E'\\n'", "DATE '2026-01-01'", "-- c\n1", "/* c */ 2", "1e9"])
_TERM = st.recursive(
    st.one_of(_NAME, _VALUE),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["=", "AND", "OR", "LIKE", "||", "IN", "::"]), inner),
        st.builds("({})".format, inner),
        st.builds("f({}, {})".format, inner, inner),
        st.builds("CASE WHEN {} THEN {} END".format, inner, inner),
        st.builds("(SELECT {} FROM {} LIMIT 1)".format, inner, inner),
    ),
    max_leaves=6,
)
_STATEMENT = st.builds(
    lambda shape, name, one, two: shape.format(name, one, two),
    st.sampled_from(
        [
            "SELECT {1} FROM {0} WHERE {2}",
            "SELECT * FROM {0} JOIN b ON {1} ORDER BY {2} OFFSET 10",
            "WITH x AS (SELECT {1} FROM {0}) DELETE FROM x WHERE {2}",
            "UPDATE {0} SET a = {1}, b = {2}",
            "INSERT INTO {0} (a, b) VALUES ({1}, {2}), (1, 2) ON CONFLICT DO NOTHING",
            "CREATE TABLE {0} (a int DEFAULT {1}, PRIMARY KEY (a), CHECK ({2}))",
            "ALTER TABLE {0} ADD COLUMN a text NOT NULL DEFAULT {1}, DROP COLUMN b",
            "CREATE USER {0} WITH PASSWORD {1}",
            "BEGIN; LOCK TABLE {0}; COMMIT",
            "CREATE FUNCTION f() RETURNS int AS $f$ BEGIN {1}; END $f$ LANGUAGE plpgsql",
            "COPY {0} FROM stdin;\n1\t2\n\\.",
        ]
    ),
    _NAME,
    _TERM,
    _TERM,
)
_SCRIPTS = st.lists(_STATEMENT, min_size=1, max_size=4).map(";\n".join)
SQL: Text = st.one_of(_SCRIPTS, damaged(_SCRIPTS), damaged(real(".sql")))

_SCALAR = st.sampled_from(
    [
        "a",
        "'x'",
        '"\\u00e9"',
        "1",
        "1.5e3",
        "true",
        "null",
        "~",
        "2026-01-01",
        "${X:-y}",
        "!Ref z",
        "*a",
        "&a b",
        "|",
        "é",
    ]
)
_KEY = st.sampled_from(["password", "a", "image", "api_key", "'x y'", "<<", "services", "environment", "1"])
_YAML = st.recursive(
    _SCALAR,
    lambda inner: st.one_of(
        st.lists(st.builds("{}: {}".format, _KEY, inner), min_size=1, max_size=3).map(
            lambda rows: "\n" + "\n".join(rows).replace("\n", "\n  ")
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda rows: "".join(f"\n- {row}" for row in rows)),
        st.lists(inner, max_size=3).map(lambda rows: f"[{', '.join(rows)}]"),
        st.lists(st.builds("{}: {}".format, _KEY, inner), max_size=2).map(lambda rows: f"{{{', '.join(rows)}}}"),
    ),
    max_leaves=8,
)
YAML: Text = st.one_of(_YAML, damaged(_YAML), damaged(real(".yml", ".yaml")))
_JSON = st.recursive(
    st.sampled_from(["1", "-0.5e9", "true", "null", '"x"', '"\\ud83d"', '"\\u0000"', "NaN", "'a'", "// c\n1", ""]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda rows: f"[{', '.join(rows)}]"),
        st.lists(st.builds('"{}": {}'.format, _KEY, inner), max_size=3).map(lambda rows: f"{{{', '.join(rows)}}}"),
    ),
    max_leaves=8,
)
JSON: Text = st.one_of(_JSON, damaged(_JSON), damaged(real(".json")))
OTHERS: Text = damaged(real(".toml", ".html", ".env", ".lock", ".txt", ".json", ".yml", ".sql", ".py"))


@st.composite
def projects(draw: st.DrawFn, chosen: Sequence[Path]) -> dict[str, bytes]:
    """Return the files of a case, of which one or two are changed or give way to a service that nobody wrote."""
    case = draw(one_of_many(chosen))
    paths = sorted(path for path in case.rglob("*") if path.is_file() and path.name != SIDECAR)
    files = {path.relative_to(case).as_posix(): path.read_bytes() for path in paths}
    some = st.sampled_from([path for path in paths if path.name not in _CONFIGURATION])
    for path in draw(st.lists(some, min_size=1, max_size=2, unique=True)):
        text = st.just(text_of(path))
        gentle = shaken(text)
        choices = [gentle, gentle, gentle, damaged(text), SERVICES] if path.suffix in CODE else [damaged(text)]
        files[path.relative_to(case).as_posix()] = draw(bytes_of(st.one_of(choices)))
    return files
