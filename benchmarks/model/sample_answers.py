"""Draw answers of the model at random for checking by hand, and count the verdicts.

    python benchmarks/model/sample_answers.py draw FOLDER --number 8 --seed 1 > answers.md
    python benchmarks/model/sample_answers.py draw FOLDER --number 8 --seed 1 --labels > labels.csv
    python benchmarks/model/sample_answers.py count labels/resolved-*.csv

The verdict of a label is `right`, `wrong`, or `?` where nobody has looked; `answer` is what was judged.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from answers import KINDS, Answer, Answers, Spot
from linked_folder import Linked, linked

from archlint.project.questions.deep import deeply

CONTEXT = 5
COLUMNS = ("path", "line", "column", "kind", "answer", "verdict")
OPEN = "?"


def drawn(answers: Answers, kind: str, number: int, seed: int) -> list[Answer]:
    """Return some answers of a kind, the same ones for the same code and seed; of effects each kind counts alike."""
    chance = random.Random(f"{seed} {kind}")  # noqa: S311 - a sample, no secret
    rows = sorted(answers.of(kind), key=lambda one: (one.spot.path, one.spot.offset, one.text))
    chance.shuffle(rows)
    if kind == "effect":
        groups: dict[str, list[Answer]] = {}
        for row in rows:
            groups.setdefault(row.text.partition(": ")[2].split()[0], []).append(row)
        rows = [row for turn in range(number) for _, found in sorted(groups.items()) for row in found[turn : turn + 1]]
    return rows[:number]


def shown(code: Linked, answer: Answer) -> Iterator[str]:
    """Yield the lines of one answer: where it is and what it says, the code there, and the other places."""
    line, column = code.position(answer.spot.path, answer.spot.offset)
    yield f"## {answer.kind} {answer.spot.path}:{line}:{column}\n\n{answer.text}\n\n```python"
    yield from _around(code, answer.spot, CONTEXT)
    for spot in answer.shown:
        yield f"# {spot.path}"
        yield from _around(code, spot, 2)
    yield "```\n"


def _around(code: Linked, spot: Spot, context: int) -> Iterator[str]:
    source = code.source(spot.path)
    middle = source.line_at(spot.offset)
    for line in range(max(1, middle - context), min(len(source.starts), middle + context) + 1):
        yield f"{'>' if line == middle else ' '} {line:5} {source.line_text(line).rstrip()}"


def counted(paths: list[Path]) -> Counter[tuple[str, str]]:
    """Return how many verdicts of each kind some labels files hold."""
    found: Counter[tuple[str, str]] = Counter()
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            rows = csv.DictReader(line for line in lines if not line.startswith("#"))
            found.update((row["kind"], row["verdict"]) for row in rows)
    return found


def main() -> int:
    """Draw or count."""
    options = _parser().parse_args()
    if options.command == "count":
        counts = counted(options.labels)
        for kind in KINDS:
            print(kind, *[f"{verdict} {n}" for (of, verdict), n in sorted(counts.items()) if of == kind])
        return 0
    code = linked(options.folder)
    chosen = deeply(lambda: [one for kind in options.kind or KINDS for one in _drawn(code, kind, options)])
    if not options.labels:
        print("\n".join(line for one in chosen for line in shown(code, one)))
        return 0
    print(f"# code base: OWNER/NAME commit COMMIT; {options.number} answers a kind, drawn with seed {options.seed}")
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in chosen:
        rows.writerow((one.spot.path, *code.position(one.spot.path, one.spot.offset), one.kind, one.text, OPEN))
    return 0


def _drawn(code: Linked, kind: str, options: argparse.Namespace) -> list[Answer]:
    return drawn(Answers(code), kind, options.number, options.seed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    draw = commands.add_parser("draw", help="print random answers as Markdown")
    draw.add_argument("folder", type=Path)
    draw.add_argument("--kind", choices=KINDS, action="append", help="only this kind; may be given several times")
    draw.add_argument("--number", type=int, default=8)
    draw.add_argument("--seed", type=int, default=1)
    draw.add_argument("--labels", action="store_true", help="print a labels file to fill in instead")
    count = commands.add_parser("count", help="count the verdicts of labels files")
    count.add_argument("labels", type=Path, nargs="+")
    return parser


if __name__ == "__main__":
    sys.exit(main())
