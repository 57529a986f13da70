"""A module of which some statements need libcst has the facts that either lowerer gives for all of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from lowering import by_ast, by_cst, comparable, source_of
from programs import PROGRAMS

from archlint.ir import lower_mixed
from archlint.ir.module import ModuleFacts

MODULE = '''"""What the module is for."""

import os
from . import models  # and a comment


@decorated
class Order(models.Model):
    """An order."""

    name = models.TextField()

    def save(self, *args):
        query = """
SELECT 1
"""
        return super().save(*args)


QUERY = """
import sys
"""
if os.name == "nt":
    def first(): pass
else:
    first = é = "ü"

async def second(): return f"{first}!"
'''


def mixed(text: str, is_known: Callable[[str], bool]) -> ModuleFacts:
    return lower_mixed.lower_module(source_of(text), "app.orders.views", is_known=is_known)


@pytest.mark.parametrize("mark", ["What the", "import os", "from .", "Order", "QUERY", "os.name", "second", "\n"])
def test_any_statement_may_be_the_newer_one(mark: str) -> None:
    facts = mixed(MODULE, lambda text: lower_mixed.known(text) and (mark == "\n" or mark not in text))
    assert comparable(facts) == comparable(by_ast(MODULE))


def test_newer_statements_stand_among_the_others() -> None:
    text = "import os\ntype A = int\n\ndef f[T](a: T) -> T: return os.path(a)\n\nclass C: x = 1\n"
    facts = mixed(text, lambda part: "[T]" not in part and "type A" not in part)
    assert comparable(facts) == comparable(by_cst(text))


@pytest.mark.parametrize(
    "text",
    ["x = '''\nimport os\n", "x = 1 \\\n+ 2\ny = 3\n", "x = (\nf()\ny = 2\n", "type A = int\n", ""],
    ids=["open string", "continued line", "open bracket", "nothing known", "nothing"],
)
def test_statements_that_cannot_be_told_apart_are_refused(text: str) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        mixed(text, lambda part: lower_mixed.known(part) and "type" not in part)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(PROGRAMS, PROGRAMS)
def test_on_any_program(one: str, other: str) -> None:
    text = f"{one}\n{other}"
    is_known = lower_mixed.known
    assume(is_known(text))
    marked = other[: len(other) // 2]
    try:
        facts = mixed(text, lambda part: is_known(part) and marked not in part)
    except (SyntaxError, ValueError):
        return
    assert comparable(facts) == comparable(by_ast(text))


def test_many_cut_strings_take_linear_time() -> None:
    text = "x = '''\n" + "y\n" * 40_000
    start = time.process_time()
    with pytest.raises((SyntaxError, ValueError)):
        mixed(text, lower_mixed.known)
    assert time.process_time() - start < 5
