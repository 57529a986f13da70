"""What a file becomes: statements and expressions, regions, rows, the index of units. Said of both lowerers."""

from __future__ import annotations

import sys
import warnings

import pytest
from lowering import Lower, body_of, by_ast, by_cst, comparable, nodes_of, rows_of, shape

from archlint.ir import nodes as ir
from archlint.ir.module import Flag, ModuleFacts, decode_body, decode_facts, encode_facts, texts_of

ROWS = rows_of("ir_shapes.txt")
BOTH = pytest.mark.parametrize("lower", [by_ast, by_cst], ids=["ast", "cst"])


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text.replace("\n", " ") for text, _ in ROWS])
def test_a_statement_becomes(text: str, expected: str) -> None:
    assert shape(body_of(text)) == expected
    assert comparable(by_cst(text)) == comparable(by_ast(text))


@BOTH
@pytest.mark.parametrize(
    ("text", "kind", "regions"),
    [
        ("x = ((1, 2))", "Collection", ["(1, 2)"]),
        ("x = 1, 2,", "Collection", ["1, 2,"]),
        ("f(a for b in c)", "Comprehension", ["(a for b in c)"]),
        ("x = (  # (\n a for b in c  # )\n)", "Comprehension", ["(  # (\n a for b in c  # )\n)"]),
        ("x = ((a) + (b))", "Binary", ["(a) + (b)"]),
        ("x = ((a)[ (b) : ])", "Slice", ["(b) :"]),
        ("x = a[ : : b ]", "Slice", [": : b"]),
        ("x = a[1, 2, ]", "Collection", ["1, 2,"]),
        ("f(a, *(b), c=(d), **e)", "Keyword", ["c=(d)", "**e"]),
        ("f(a, *(b), c=(d), **e)", "Starred", ["*(b)"]),
        ("def f(a, *b: (int), c: str = 1): pass", "Parameter", ["a", "b: (int)", "c: str"]),
        ("x = (a)(b).c  [ d ]", "Subscript", ["(a)(b).c  [ d ]"]),
        ("x = 'a' \\\n 'b'", "Text", ["'a' \\\n 'b'"]),
        ("é = 'ü'; x = 'ß'", "Text", ["'ü'", "'ß'"]),
        ("x = '''a\r\nb'''; y = z\r\n", "Name", ["x", "y", "z"]),
        ("if a: b ; \nelse: c ;  # d", "If", ["if a: b ; \nelse: c ;"]),
        ("if a:\n b\nelif c:\n d;", "If", ["if a:\n b\nelif c:\n d;", "elif c:\n d;"]),
        ("import a . b as c , d", "Alias", ["a . b as c", "d"]),
        ("from a import (b as c, d,)", "Alias", ["b as c", "d"]),
        ("from a import *", "Alias", ["*"]),
        ("try: a\nexcept (B): c;\nfinally: d", "Handler", ["except (B): c;"]),
        ("with (a) as (b, c): d", "WithItem", ["a) as (b, c)"]),
        ("match a:\n case ((b, c)): d\n case (e) | f: g", "Case", ["(b, c)): d", "(e) | f: g"]),
        ("@a # @\n@b\n\ndef f(): pass", "Function", ["@a # @\n@b\n\ndef f(): pass"]),
        ("@(  # @x\n a)\ndef f(): pass", "Function", ["@(  # @x\n a)\ndef f(): pass"]),
        ("if a:\n    @b\n    async def f(): pass;\n", "Function", ["@b\n    async def f(): pass;"]),
        ("def f(a: 'B.C'): pass", "Attribute", ["'B.C'"]),
    ],
)
def test_a_node_stands_where_it_is_written(lower: Lower, text: str, kind: str, regions: list[str]) -> None:
    found = []
    for unit in lower(text).units:
        nodes = [node for node in nodes_of(decode_body(unit.body)) if type(node).__name__ == kind]
        found += [text[unit.start :][node.start : node.end] for node in nodes]
    assert found == regions


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`ast` places the parts of an f-string since Python 3.12")
def test_the_parts_of_an_f_string_stand_where_they_are_written_for_ast_too() -> None:
    text = "x = f'a{{{b=!r:>{c}}é' 'd' f'{e}'\n"
    assert by_ast(text) == by_cst(text)


def test_the_parts_of_an_f_string_stand_where_they_are_written() -> None:
    text = "x = 'a' f'b{{{c = !r:>{d}}e' 'f'"
    (unit,) = by_cst(text).units
    (parts,) = [node.parts for node in nodes_of(decode_body(unit.body)) if isinstance(node, ir.Format)]
    assert [(shape(part), text[part.start : part.end]) for part in parts] == [
        ("Text(ab{c = )", "'a' f'b{{{c = "),
        ("Name(c)", "c"),
        ("Text(ef)", "e' 'f'"),
    ]


MODULE = """\
'''Views.'''
import os, os.path
import asyncio as aio
from . import models
from ..billing.api import charge as bill, refund
from shop import *

LIMIT = 10

@cache
def total(order: models.Order, *, limit=LIMIT) -> int:
    def inner(): return order.lines.all()[:limit]
    from json import dumps
    return sum(line.price for line in inner())

class Base(models.Model, metaclass=Meta):
    '''Doc.'''
    name: str = os.environ.get('NAME'); size = 1

    async def save(self):
        try: await aio.sleep(1)
        except OSError: self.client.post('SELECT 1 FROM x')

    class Inner(Other):
        def clean(self): pass

if LIMIT:
    class Late(Base):
        def run(self): bill(refund)
"""


def facts_of(lower: Lower) -> ModuleFacts:
    return lower(MODULE, "shop.orders.views")


@BOTH
def test_imports_are_absolute(lower: Lower) -> None:
    assert [(row.bound, row.target, row.in_function) for row in facts_of(lower).imports] == [
        ("os", "os", False),
        ("os", "os", False),
        ("aio", "asyncio", False),
        ("models", "shop.orders.models", False),
        ("bill", "shop.billing.api.charge", False),
        ("refund", "shop.billing.api.refund", False),
        ("*", "shop.*", False),
        ("dumps", "json.dumps", True),
    ]


@BOTH
@pytest.mark.parametrize(
    ("text", "name", "is_package", "target"),
    [
        ("from . import b", "a.m", False, "a.b"),
        ("from . import b", "a.m", True, "a.m.b"),
        ("from .c import b", "a", True, "a.c.b"),
        ("from ..c import b", "a.m", True, "a.c.b"),
        ("from ... import b", "a.m.n", False, "b"),
        ("from .... import b", "a.m", False, "?.b"),
        ("from ...c import b", "m", False, "?.c.b"),
        ("from . import b", "m", False, "b"),
        ("from . import b", "", True, "b"),
        ("import a.b.c as d", "m", False, "a.b.c"),
        ("import a.b.c", "m", False, "a"),
        ("import a.b.c as a", "m", False, "a.b.c"),
        ("from a . b import *", "m", False, "a.b.*"),
    ],
)
def test_an_import_is_resolved(lower: Lower, text: str, name: str, is_package: bool, target: str) -> None:
    (row,) = lower(text, name, is_package=is_package).imports
    assert row.target == target


@BOTH
def test_calls_are_resolved_by_what_is_imported_where_they_stand(lower: Lower) -> None:
    text = """
try: import ujson as json
except ImportError: import json
def old():
    import simplejson as json
    json.loads(x)
def new(): json.loads(x)
"""
    calls = {unit.name: unit.calls for unit in lower(text, "app").units if unit.name}
    assert calls == {"old": ("simplejson.loads",), "new": ("ujson.loads",)}


@BOTH
def test_what_other_statements_bind_has_rows(lower: Lower) -> None:
    text = """
one = two = 1
if one:
    three, *four = 1, 2
    del one
class A:
    class B:
        with x as five: six += 1
    for seven in (): pass
    del seven
def f():
    global eight
    nine = 1
"""
    rows = [(row.name, row.owner, row.unit, row.binds.name) for row in lower(text, "app").bindings]
    assert rows == [
        ("two", "", 0, "ASSIGN"),
        ("three", "", 1, "ASSIGN"),
        ("four", "", 1, "ASSIGN"),
        ("five", "A.B", 2, "ASSIGN"),
        ("six", "A.B", 2, "CHANGE"),
        ("seven", "A", 3, "ASSIGN"),
        ("seven", "A", 4, "DELETE"),
        ("eight", "", 5, "GLOBAL"),
    ]


@BOTH
def test_functions_and_classes_have_rows(lower: Lower) -> None:
    facts = facts_of(lower)
    assert [(row.name, row.owner, row.is_async, row.unit) for row in facts.functions] == [
        ("total", "", False, 6),
        ("save", "Base", True, 9),
        ("clean", "Base.Inner", False, 10),
        ("run", "Late", False, 11),
    ]
    assert [(row.name, shape(row.bases), shape(row.keywords), row.units) for row in facts.classes] == [
        ("Base", "[Attribute(Name(models), name=Model)]", "[Keyword(metaclass, value=Name(Meta))]", (7, 8, 9, 10)),
        ("Base.Inner", "[Name(Other)]", "[]", (10,)),
        ("Late", "[Name(Base)]", "[]", (11,)),
    ]
    regions = [(row.start, row.end) for row in facts.functions] + [(row.start, row.end) for row in facts.classes]
    for start, end in regions:
        assert MODULE[start:end].removeprefix("@cache\n").startswith(("def ", "async def ", "class "))


@BOTH
def test_units_are_indexed(lower: Lower) -> None:
    facts = facts_of(lower)
    found = [(MODULE[unit.start : unit.end], unit.line, unit.owner, unit.name) for unit in facts.units]
    assert [(text.partition("\n")[0], *place) for text, *place in found] == [
        ("import os, os.path", 2, "", ""),
        ("import asyncio as aio", 3, "", ""),
        ("from . import models", 4, "", ""),
        ("from ..billing.api import charge as bill, refund", 5, "", ""),
        ("from shop import *", 6, "", ""),
        ("LIMIT = 10", 8, "", "LIMIT"),
        ("@cache", 11, "", "total"),
        ("name: str = os.environ.get('NAME')", 18, "Base", "name"),
        ("size = 1", 18, "Base", "size"),
        ("async def save(self):", 20, "Base", "save"),
        ("class Inner(Other):", 24, "Base", ""),
        ("if LIMIT:", 27, "", ""),
    ]
    total, name, save, late = facts.units[6], facts.units[7], facts.units[9], facts.units[11]
    assert total.calls == ("inner", "order.lines.all", "sum")
    assert total.attributes == ("Order", "all", "lines", "price")
    assert name.calls == ("os.environ.get",)
    assert save.calls == ("asyncio.sleep", "self.client.post")
    assert late.calls == ("shop.billing.api.charge",)
    assert total.flags == Flag.FUNCTION | Flag.LOOP | Flag.SLICE
    assert save.flags == Flag.FUNCTION | Flag.ASYNC | Flag.TRY | Flag.SQL
    assert name.flags == Flag.NONE


@BOTH
def test_one_callee_counts_once(lower: Lower) -> None:
    unit = lower("from a import b as c\nimport a\ndef f(): c(); a.b(); c()").units[-1]
    assert unit.calls == ("a.b",)


@BOTH
@pytest.mark.parametrize(
    "text",
    [
        "password = 'Gr4nola9x'",
        "password: str = 'Gr4nola9x'",
        "self.db_password = 'Gr4nola9x'",
        "d['password'] = 'Gr4nola9x'",
        "d = {'password': 'Gr4nola9x'}",
        "connect(password='Gr4nola9x')",
        "connect(password=b'Gr4nola9x')",
        "os.getenv('DB_PASSWORD', 'Gr4nola9x')",
        "os.getenv('DB_' 'PASSWORD', 'Gr4nola' '9x')",
        "def f(password='Gr4nola9x'): pass",
        "f = lambda password='Gr4nola9x': 1",
        "class C(password='Gr4nola9x'): pass",
        "password = f'Gr4nola9x{salt}'",
        "password += 'Gr4nola9x'",
        "url = 'postgres://app:Gr4nola9x@db/app'",
        "def f(a: 'X[\"postgres://app:Gr4nola9x@db/app\"]'): pass",
    ],
)
def test_a_secret_is_in_no_fact(lower: Lower, text: str) -> None:
    facts = lower(text)
    declarations, bodies = texts_of(facts)
    assert b"Gr4nola" not in b"".join([declarations, *bodies])
    masked = [node for unit in facts.units for node in nodes_of(decode_body(unit.body)) if isinstance(node, ir.Masked)]
    masked += [node for row in facts.classes for node in nodes_of(row.keywords) if isinstance(node, ir.Masked)]
    assert masked
    assert not facts.units or text.startswith("class") or facts.units[0].flags & Flag.SECRET


@BOTH
def test_facts_survive_encoding(lower: Lower) -> None:
    facts = facts_of(lower)
    assert decode_facts(encode_facts(facts)) == facts


@BOTH
@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "'doc'", "'doc';", "class C: 'doc'", "\r\n\r\n"])
def test_nothing_has_no_units(lower: Lower, text: str) -> None:
    assert lower(text).units == ()


def test_annotations_in_strings_warn_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        by_ast("def f(a: \"1 is 2\", b: '\\d'): pass")
        by_cst("def f(a: \"1 is 2\", b: '\\d'): pass")
