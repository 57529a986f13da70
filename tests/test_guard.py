"""What libcst must not be given is refused, and ordinary code is not."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archlint.ir.guard import unsafe_for_cst

ROOT = Path(__file__).parent.parent
PARSE = "import sys, libcst; libcst.parse_module(sys.stdin.buffer.read().decode())"

CASE = "match a:\n case "
# Each of these ends the process, or keeps it busy or growing for many seconds.
HOSTILE = {
    "parentheses": "(" * 2_000 + "a" + ")" * 2_000,
    "open-parentheses": "(" * 100_000,
    "lists": "x = " + "[" * 5_000 + "]" * 5_000,
    "brackets-a-line-each": "x = " + "(\n" * 3_000 + "a" + ")\n" * 3_000,
    "brackets-between-strings": "x = " + '(")" + ' * 3_000 + "a" + ")" * 3_000,
    "brackets-after-comments": "x = " + "( # )))\n" * 3_000 + "a" + ")" * 3_000,
    "calls-within-calls": "f(" * 3_000 + ")" * 3_000,
    "unary": "x = " + "-" * 50_000 + "a",
    "not": "x = " + "not " * 20_000 + "a",
    "unary-and-not": "x = " + "not -~" * 10_000 + "a",
    "lambda": "x = " + "lambda: " * 20_000 + "a",
    "or": "x = " + " or ".join(["a"] * 20_000),
    "or-after-numbers": "x = " + "1or " * 20_000 + "1",
    "plus": "x = " + "+".join(["a"] * 100_000),
    "plus-in-parentheses": "x = " + "(a+" * 149 + "+".join(["a"] * 1_851) + ")" * 149,
    "attributes": "x = a" + ".b" * 20_000,
    "attributes-with-blanks": "x = a" + " . b" * 20_000,
    "subscripts": "x = a" + "[0]" * 5_000,
    "calls": "x = a" + ".b()" * 3_000,
    "import": "import a" + ".a" * 20_000,
    "import-from": "from a" + ".a" * 20_000 + " import b",
    "strings": "x = " + "'a' " * 50_000,
    "strings-on-lines": "x = (" + "'a'\n" * 50_000 + ")",
    "conditionals": "x = " + "a if b else " * 2_000 + "c",
    "powers": "x = " + "**".join(["a"] * 2_000),
    "elif": "if a: pass\n" + "elif a: pass\n" * 5_000,
    "mapping-patterns": CASE + "{'a': " * 12 + "b" + "}" * 12 + ": pass",
    "list-patterns": CASE + "[" * 40 + "b" + "]" * 40 + ": pass",
    "tuple-patterns": CASE + "(" * 12 + "b" + ",)" * 12 + ": pass",
    "lambdas-with-commas": "x = " + "lambda a, b: " * 5_000 + "c",
    "prefixes-in-a-chain": "x = " + "-----a " * 900,
    "many-unary": ("x = " + "~" * 150 + "a\n") * 1_000,
    "many-attributes": ("x = a" + ".b" * 499 + "\n") * 900,
    "many-patterns": "match a:\n" + (" case " + "{1: " * 8 + "b" + "}" * 8 + ": pass\n") * 2_000,
    "f-strings": "x = " + "f'{" * 5_000 + "a" + "}'" * 5_000,
    "f-strings-with-quotes": "x = " + "f'{\"'\"+(" * 3_000 + "a" + ")}'" * 3_000,
    "f-string-text": "x = f'''" + "{{" * 10 + "{" + "(" * 3_000 + ")" * 3_000 + "}'''",
    "f-string-after-word": 'x = 1 if"{"else ' + "(" * 3_000 + ")" * 3_000,
    "numbers": "x = [" + "1," * 1_000 + "\n" + "1," * 400_000 + "]",
    "statements": "x\n" * 490_000,
    "blank-lines": "\n" * 990_000,
    "large": "x = 1\n" * 200_000,
}  # fmt: skip
# Each of these is odd, but libcst can take it.
HARMLESS = {
    "parentheses": "x = " + "(" * 150 + "a" + ")" * 150,
    "unary": "x = " + "-" * 150 + "a",
    "not-in-a-row": "x = " + " and ".join(["not a"] * 900),
    "lambda": "x = " + "lambda: " * 300 + "a",
    "operators": "x = " + "+".join(["a"] * 2_000),
    "operators-in-a-list": "x = [" + "-1 + 2,\n" * 8_000 + "]",
    "trailers": "x = a" + ".b" * 500,
    "calls-in-a-list": "x = [" + "a.b.c().d,\n" * 5_000 + "]",
    "strings": "x = " + "'a' " * 1_999,
    "elif": "if a: pass\n" + "elif a: pass\n" * 500,
    "elif-in-functions": "def f():\n  if a: pass\n  elif b: pass\n  elif c: pass\n" * 5_000,
    "patterns": CASE + "{'a': " * 8 + "b" + "}" * 8 + ": pass",
    "patterns-side-by-side": "match a:\n" + " case {1: [b, C(d=(e, f))], **g}: pass\n" * 500,
    "match-and-case-are-names": "match = case(" + "f(" * 20 + ")" * 21 + "\ncase(f(g(h(i(j(1))))))",
    "f-strings": "x = " + "f'{" * 150 + "a" + "}'" * 150,
    "numbers": "x = [\n" + "(1, 2, 3),\n" * 5_000 + "]",
    "long-string": "x = '''" + "([{\"'" * 100_000 + "'''",
    "long-comment": "#" + "([{" * 100_000,
    "open-string": "x = '''" + "(" * 100_000,
    "open-f-string": "x = f'''" + "(" * 100_000,
    "stray-quote": "x = ' + " + "(" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_would_harm_is_refused(text: str) -> None:
    started = time.process_time()
    reason = unsafe_for_cst(text)
    assert time.process_time() - started < 5
    assert reason
    assert reason == reason.strip()
    assert len(reason) < 50


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_is_let_through_does_not_harm(text: str) -> None:
    assert unsafe_for_cst(text) is None
    # In a process of its own: a crash must not end the tests.
    done = subprocess.run(
        [sys.executable, "-c", PARSE], input=text.encode(), capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0 or b"ParserSyntaxError" in done.stderr


def test_ordinary_code_passes() -> None:
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "examples").rglob("*.py")]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in files]
    assert [path for path, text in zip(files, texts, strict=True) if unsafe_for_cst(text)] == []


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\\", "'", '"""', "f'", "f'{", "f'{a:", "}", ")]}", "\x00", "é", "elif", "case ("]
)
def test_fragments_are_no_problem(text: str) -> None:
    assert unsafe_for_cst(text) is None


_PIECES = st.sampled_from(
    [
        "f'", "f'''", 'rf"', "'", '"', "'''", "{", "}", "{{", "}}", "(", ")", "[", "]", "a", "1", "1or ", ":", "!r",
        "=", " ", "\n", "\\", "\\N{", "\\'", "#", "+", "x = ", "lambda: ", "b'", "0x", ",", "f'{a}'", "(a)",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
@example("f'\\{{{a:\\'}'")
@example("f'''{a:'}{(b)}'''")
@example("if'{'else(a)")
def test_no_bracket_hides_from_the_guard(noise: str) -> None:
    """Whatever stands in front, brackets that libcst sees are seen here as well."""
    text = f"{noise}{'(' * 151}{')' * 151}"
    shallow = f"{noise}{'(' * 3}{')' * 3}"
    if unsafe_for_cst(text) is not None:
        return
    try:
        module = cst.parse_module(shallow)
    except (cst.ParserSyntaxError, cst.CSTValidationError, cst.CSTLogicError):
        return
    # Let through, and yet it parses: then the brackets stand in a string or a comment.
    assert _deepest(module) < 3


def _deepest(module: cst.Module) -> int:
    deepest = 0
    pending: list[cst.CSTNode] = [module]
    while pending:
        node = pending.pop()
        brackets = getattr(node, "lpar", ())
        deepest = max(deepest, len(brackets) if isinstance(brackets, list | tuple) else 0)
        pending.extend(node.children)
    return deepest
