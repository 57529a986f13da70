"""Texts that are no Python, or another Python, 25 to 35 of `docs/reliability.md`."""

from __future__ import annotations

from pathlib import Path

import pytest
from surroundings import BLOCKING, FOUND, archlint, lint, lint_one, places, write

TWO_TYPES = "import time\n\n\nasync def wait():\n    try:\n        time.sleep(1)\n    except {}:\n        pass\n"


def test_two_exceptions_without_brackets_are_newer_python(tmp_path: Path) -> None:
    """PEP 758: `except A, B` is valid in Python 3.14, whatever it meant in Python 2."""
    assert places(lint_one(tmp_path, TWO_TYPES.format("ValueError, KeyError"))) == [("ARC301", 6, 9)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("x = 1\nprint 'x'\n", 2, id="print"),
        pytest.param("x = `1`\n", 1, id="backticks"),
        pytest.param("exec 'x' in {}\n", 1, id="exec"),
        pytest.param("raise E, 'x'\n", 1, id="raise"),
        pytest.param("x = 0777\n", 1, id="octal"),
        pytest.param("x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> other\n", 2, id="conflict"),
        pytest.param("import a\n{% if b %}\nx = {{ c.name }}\n{% endif %}\n", 2, id="jinja"),
        pytest.param("{{ cookiecutter.a }} = 1\n{{ cookiecutter.b }} = 2\n", 1, id="cookiecutter"),
        pytest.param("x = 1\n%matplotlib inline\n!ls\n", 2, id="magic"),
        pytest.param("x = 1\ny = '''abc\nz = 2\n", 2, id="open-triple-quote"),
        pytest.param("if x:\n        y = 1\n\tz = 2\n", 3, id="tabs"),
        pytest.param("def f(:\n    pass\n", 1, id="broken"),
    ],
)
def test_what_is_no_python_is_one_finding_at_its_line(tmp_path: Path, text: str, line: int) -> None:
    assert [(one.code, one.line) for one in lint_one(tmp_path, text)] == [("ARC001", line)]


@pytest.mark.parametrize(
    "text",
    [
        "type X[T = int] = list[T]\n",
        "def f[T](x: T) -> T: return x\n",
        "x = t'{a}'\n",
        "x = f'{a['b']}'\n",
        "try:\n    pass\nexcept A, B:\n    pass\n",
        "try:\n    pass\nexcept* (A, B):\n    pass\n",
    ],
)
def test_newer_grammar_is_analysed(tmp_path: Path, text: str) -> None:
    assert places(lint_one(tmp_path, BLOCKING + text)) == [FOUND]


@pytest.mark.parametrize(
    "text",
    [
        "x = []  # type: list[int]\n",
        "def f(a):\n    # type: (int) -> None\n    pass\n",
        "match = case = type = _ = 1\nmatch(case)\n",
        "match x:\n    case {'a': _, **rest} | [_, *_] if _:\n        pass\n",
        "for _, (_, *_) in x:\n    pass\n",
    ],
)
def test_soft_keywords_and_type_comments_are_ordinary(tmp_path: Path, text: str) -> None:
    assert places(lint_one(tmp_path, BLOCKING + text)) == [FOUND]


def test_a_stub_is_read_as_one(tmp_path: Path) -> None:
    assert lint_one(tmp_path, "async def f() -> None: ...\nx: int\n", "a.pyi") == []
    assert places(lint_one(tmp_path, "def f(:\n", "a.pyi")) == [("ARC001", 1, 7)]


def test_a_notebook_is_skipped_with_a_hint(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x = 1\n", "n.ipynb": "{"})
    done = archlint(tmp_path)
    assert (done.returncode, b"1 notebook skipped: n.ipynb" in done.stderr + done.stdout) == (0, True)


def test_names_that_stand_twice_and_imports_in_circles_end(tmp_path: Path) -> None:
    files = {
        "a.py": "from b import *\nfrom a import x\nimport a.c\n",
        "a/__init__.py": "from a.c import x\nfrom . import a\n",
        "a/c.py": "from ..a import x, c\nfrom b import y as x\n",
        "b.py": "from c import y\n",
        "c.py": "from b import y\nclass A(B): pass\nclass B(A): pass\n",
        "d/e.py": "import d.e.d\nfrom d import e\ny = x = y\n",
        "src/a.py": BLOCKING,
        "src/d/e.py": "def f(x): return f(f)(f(x))\nx = f(x)\n",
    }
    assert [(one.path, one.code) for one in lint(write(tmp_path, files))] == [("src/a.py", "ARC301")]
