"""Draw random places for labelling by hand, and count archlint's answers against the labels.

    python benchmarks/model/sample_sites.py draw FOLDER --kind calls --number 50 --seed 1 > sites.md
    python benchmarks/model/sample_sites.py draw FOLDER --kind calls --number 50 --seed 1 --labels > labels.csv
    python benchmarks/model/sample_sites.py count FOLDER labels.csv

A labels file begins with a comment that names the code base and its commit. Its column `truth` is written by hand:
what archlint would have to answer, `-` where nothing is right (no function of the project, no query), or `?`.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from linked_folder import Linked, linked
from sites import KINDS, Asked, Sites

CONTEXT = 8
NOTHING = "-"
OPEN = "?"
COLUMNS = ("path", "line", "column", "kind", "truth")


def drawn(asked: Iterable[Asked], number: int, seed: int) -> list[Asked]:
    """Return some places at random, the same ones for the same code and seed, in the order of the code."""
    rows = sorted(asked, key=lambda one: (one.path, one.line, one.column))
    chosen = random.Random(seed).sample(rows, min(number, len(rows)))  # noqa: S311 - a sample, no secret
    return sorted(chosen, key=lambda one: (one.path, one.line, one.column))


def shown(code: Linked, asked: Iterable[Asked]) -> Iterator[str]:
    """Yield the places as Markdown, each with the lines around it and archlint's answer."""
    for number, one in enumerate(asked, start=1):
        source = code.source(one.path)
        around = range(max(1, one.line - CONTEXT), one.line + CONTEXT + 1)
        lines = [f"{'>' if line == one.line else ' '} {line:5} {source.line_text(line)}" for line in around]
        said = f"`{one.answer}`" if one.answer else f"nothing: {one.why}"
        yield f"## {number}. {one.path}:{one.line}:{one.column}\n\n```python"
        yield "\n".join(lines)
        yield f"```\n\narchlint says {said}\n"


def verdict(truth: str, answer: str) -> str:
    """Return what an answer is worth: right where the truth is in it, wrong, or unknown where archlint says nothing."""
    if not answer:
        return "nothing to know" if truth == NOTHING else "unknown"
    return "right" if truth in answer.split(", ") else "wrong"


def labels(path: Path) -> list[dict[str, str]]:
    """Return the rows of a labels file that have a truth."""
    with path.open(encoding="utf-8") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return [row for row in rows if row["truth"] != OPEN]


def counted(code: Linked, rows: Iterable[dict[str, str]]) -> dict[str, Counter[str]]:
    """Return how often archlint is right, wrong and silent, by kind; a place that is not asked any more is silent."""
    wanted: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        wanted[row["kind"]].append(row)
    found: dict[str, Counter[str]] = {}
    for kind, some in sorted(wanted.items()):
        answers = {(one.path, one.line, one.column): one.answer for one in Sites(code).asked(kind)}
        places = [(row["truth"], (row["path"], int(row["line"]), int(row["column"]))) for row in some]
        found[kind] = Counter(verdict(truth, answers.get(place, "")) for truth, place in places)
    return found


def main() -> int:
    """Draw or count."""
    options = _parser().parse_args()
    code = linked(options.folder)
    if options.command == "count":
        for kind, counts in counted(code, labels(options.labels)).items():
            known = counts["right"] + counts["wrong"]
            print(f"{kind}: {dict(sorted(counts.items()))}, right of what is answered: {counts['right']}/{known}")
        return 0
    chosen = drawn(Sites(code).asked(options.kind), options.number, options.seed)
    if options.labels:
        print(f"# code base: OWNER/NAME COMMIT, seed {options.seed}")
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows((one.path, one.line, one.column, one.kind, OPEN) for one in chosen)
    else:
        print("\n".join(shown(code, chosen)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    draw = commands.add_parser("draw", help="print random places as Markdown")
    draw.add_argument("folder", type=Path)
    draw.add_argument("--kind", choices=KINDS, required=True)
    draw.add_argument("--number", type=int, default=50)
    draw.add_argument("--seed", type=int, default=1)
    draw.add_argument("--labels", action="store_true", help="print a labels file to fill in instead")
    count = commands.add_parser("count", help="count the answers against a labels file")
    count.add_argument("folder", type=Path)
    count.add_argument("labels", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
