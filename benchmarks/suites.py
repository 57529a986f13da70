"""What archlint says of the test suites of other linters for blocking calls and deadlines; for docs/precision.md.

python benchmarks/suites.py CHECKOUT...

A checkout of flake8-async, ruff or pylint. Their files are copied to a folder of their own, as archlint is silent in
tests. Modules that they use without an import are imported in their first line, and each coroutine is given a name of
its own and a route below the last line, as archlint asks whether a request waits: no line number changes.
With `--missing`, the lines that archlint does not flag are printed as well.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODULES = frozenset({"anyio", "httpx", "httpx2", "io", "os", "pathlib", "requests", "subprocess", "time", "trio"})
MODULES |= {"asyncio", "urllib", "urllib3"}
RULES = re.compile(r"ASYNC2[1-5]\d|S113|missing-timeout")
RUFF = "crates/ruff_linter/resources/test/fixtures"
HEAD = "| suite | rule | their cases | archlint flags | other lines that it flags |\n|---|---|---:|---:|---:|"


@dataclass(frozen=True, slots=True)
class Case:
    """A file of a suite and the lines that it wants reported, by rule."""

    suite: str
    path: Path
    lines: dict[str, set[int]]


def cases(checkout: Path) -> Iterator[Case]:
    """Yield the files of the suites in a checkout."""
    for path in sorted(checkout.glob("tests/eval_files/async2*.py")):
        yield Case("flake8-async", path, marked(path, r"# ?(ASYNC2\d\d)(?:_asyncio)?: |# error: "))
    for path in sorted(checkout.glob("tests/functional/m/missing/missing_timeout.py")):
        yield Case("pylint", path, marked(path, r"# \[(missing-timeout)\]"))
    for folder, name in (("flake8_async", "ASYNC2*.py"), ("flake8_bandit", "S113.py")):
        snapshots = checkout / "crates/ruff_linter/src/rules" / folder / "snapshots"
        for path in sorted((checkout / RUFF / folder).glob(name)):
            yield Case("ruff", path, of_snapshots(snapshots, path.name))


def marked(path: Path, marker: str) -> dict[str, set[int]]:
    """Return the lines with a marker, by the rule that it names; one that names none is of the rule of the file."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for match in re.finditer(marker, line):
            found[match[1] or path.stem.upper()].add(number)
    return dict(found)


def of_snapshots(folder: Path, name: str) -> dict[str, set[int]]:
    """Return the lines of a file that recorded reports name, by rule."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for snapshot in folder.glob(f"*_{name}.snap"):
        report = re.compile(rf"^(\w+) .*\n\s+--> {re.escape(name)}:(\d+)", re.MULTILINE)
        for match in report.finditer(snapshot.read_text(encoding="utf-8")):
            found[match[1]].add(int(match[2]))
    return dict(found)


def with_imports(text: str) -> str:
    """Return a module that imports, in its first line, what it uses of the known modules."""
    tree = ast.parse(text)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {one.id for one in names if not isinstance(one.ctx, ast.Load)}
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    bound |= {(one.asname or one.name).partition(".")[0] for node in imports for one in node.names}
    missing = sorted({one.id for one in names} & MODULES - bound)
    if not missing:
        return text
    first, _, rest = text.partition("\n")
    added = f"import {', '.join(missing)}"
    return f"{added if first.startswith('#') or not first else f'{first}; {added}'}\n{rest}"


def served(text: str) -> str:
    """Return a module in which a route leads to each of its coroutines."""
    lines = text.splitlines()
    added = ["", "import fastapi", "served = fastapi.FastAPI()"]
    for node in ast.parse(text).body:
        if isinstance(node, ast.AsyncFunctionDef):
            name = f"{node.name}_{node.lineno}"
            lines[node.lineno - 1] = lines[node.lineno - 1].replace(f"def {node.name}", f"def {name}", 1)
            added.append(f'served.add_api_route("/{name}", {name})')
    return "\n".join([*lines, *added, ""])


def reported(folder: Path) -> dict[str, set[int]]:
    """Return the lines that archlint reports, by file."""
    command = [sys.executable, "-m", "archlint", "check", ".", "--no-cache", "--preview", "--select", "ARC3,ARC4"]
    run = subprocess.run(
        [*command, "--min-confidence", "low", "--output-format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found: defaultdict[str, set[int]] = defaultdict(set)
    for one in json.loads(run.stdout)["diagnostics"]:
        found[one["path"]].add(one["line"])
    return found


def rows(case: Case, lines: set[int]) -> Iterator[str]:
    """Yield a row a rule; what is reported on no line of theirs stands in the first one of a file."""
    others = str(len(lines.difference(*case.lines.values())))
    for rule, wanted in sorted(case.lines.items()):
        if RULES.fullmatch(rule):
            yield f"| {case.suite} | {rule} ({case.path.name}) | {len(wanted)} | {len(wanted & lines)} | {others} |"
            others = ""


def missing(case: Case, lines: set[int]) -> Iterator[str]:
    """Yield the lines of a file that archlint does not flag, or flags and they do not."""
    text = case.path.read_text(encoding="utf-8").splitlines()
    wanted = {line for rule, numbers in case.lines.items() if RULES.fullmatch(rule) for line in numbers}
    for number in sorted(wanted ^ lines):
        if number <= len(text):
            yield f"{case.path.name}:{number}: {'not flagged' if number in wanted else 'only here'}: {text[number - 1]}"


def main() -> None:
    """Print the table."""
    checkouts = [Path(one) for one in sys.argv[1:] if not one.startswith("--")]
    known = [case for checkout in checkouts for case in cases(checkout)]
    with tempfile.TemporaryDirectory() as name:
        for number, case in enumerate(known):
            target = Path(name, f"part{number}", case.path.name)
            target.parent.mkdir()
            target.write_text(served(with_imports(case.path.read_text(encoding="utf-8"))), encoding="utf-8")
        found = reported(Path(name))
    table = [HEAD]
    for number, case in enumerate(known):
        lines = found.get(f"part{number}/{case.path.name}", set())
        table += rows(case, lines)
        if "--missing" in sys.argv:
            table += missing(case, lines)
    print("\n".join(table))


if __name__ == "__main__":
    main()
