"""Score archlint on a generated corpus: of every known format valid tokens, and twins that must be silent.

Every kind is written into every host (an assignment, an entry of a Compose file, …), as production code and below
`tests/`, where only what carries a checksum of its own is to be reported. Valid ones and twins stand in files of their
own, one on each line. A twin of a format with a check has the same shape and a broken checksum; other twins are near
misses, placeholders, and the public sibling. Twins stand under names that promise no secret: what stands under
`api_key` may be reported for its name.

    python benchmarks/accuracy/token_corpus.py --count 20 --markdown
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus_formats import AI, AZURE, CHECKED, CLOUD, SERVICES
from corpus_hosts import HOSTS, Host, written
from corpus_kinds import NEUTRAL, Kind
from corpus_structures import NAMED, STRUCTURES

import archlint

KINDS = (*CHECKED, *AI, *AZURE, *CLOUD, *SERVICES, *STRUCTURES, *NAMED)
RULES = "ARC501,ARC502,ARC503"
_FOLDERS = {"shop": True, "tests": False}
"""The folders of the corpus, and whether what has no checksum counts there."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry of the corpus: where it stands, and whether it is to be reported."""

    kind: str
    host: str
    path: str
    lines: range
    is_secret: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where entries of a kind go: the form of file, and the folder below the corpus."""

    folder: Path
    number: int
    kind: Kind
    host: Host
    top: str

    def fill(self, count: int, seed: int) -> Iterator[Sample]:
        """Write a file of valid entries and one of twins; yield them all."""
        rng = random.Random(f"{seed} {self.kind.description} {self.host.name} {self.top}")  # noqa: S311 - no secrets
        kind, host = self.kind, self.host
        valid = [(f"{kind.name}_{at}", kind.make(rng)) for at in range(count)]
        twins = [(f"{NEUTRAL}_{at}", kind.twins[at % len(kind.twins)](rng)) for at in range(count)]
        yield from self._file("valid", valid, host.head, is_secret=_FOLDERS[self.top] or kind.is_checked)
        yield from self._file("twin", twins, host.twin_head or host.head, is_secret=False)

    def _file(self, what: str, entries: list[tuple[str, str]], head: str, *, is_secret: bool) -> Iterator[Sample]:
        path = f"{self.top}/{self.host.file.format(f'{what}_{self.number}')}"
        text, places = written(self.host, entries, head)
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        yield from (Sample(self.kind.description, self.host.name, path, lines, is_secret) for lines in places)


@dataclass(slots=True)
class Score:
    """Entries that are right, missed and false; of one kind, of one host, or of all."""

    right: int = 0
    missed: int = 0
    false: int = 0
    silent: int = 0

    @property
    def precision(self) -> float:
        """Return the share of what is reported that is to be reported."""
        return self.right / (self.right + self.false or 1)

    @property
    def recall(self) -> float:
        """Return the share of what is to be reported that is."""
        return self.right / (self.right + self.missed or 1)

    def count(self, *, is_secret: bool, is_found: bool) -> None:
        """Add one entry."""
        name = ("right" if is_found else "missed") if is_secret else ("false" if is_found else "silent")
        setattr(self, name, getattr(self, name) + 1)


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of all, and by kind and by host."""

    total: Score = field(default_factory=Score)
    kinds: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    hosts: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    wrong: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def main() -> None:
    """Write the corpus, lint it, and print precision and recall."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=20, help="entries of each kind in each host (default: 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in docs/precision.md")
    parser.add_argument("--wrong", action="store_true", help="name what was missed and what was false")
    parser.add_argument("--folder", type=Path, help="keep the corpus there (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="token-corpus-") as scratch:
        folder = options.folder or Path(scratch)
        samples = write_corpus(folder, options.count, options.seed)
        scores = score(samples, findings_of(folder))
    print("\n".join(_tables(scores) if options.markdown else _lines(scores)))
    if options.wrong:
        print("\n".join(f"{count:6} {' | '.join(what)}" for what, count in sorted(scores.wrong.items())))


def write_corpus(folder: Path, count: int, seed: int, hosts: int = len(HOSTS)) -> list[Sample]:
    """Write `count` valid entries and twins of each kind into so many hosts, in turn; return them all."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "archlint.toml").write_text("", encoding="utf-8")
    places = [
        Place(folder, number, kind, host, top)
        for number, kind in enumerate(KINDS)
        for host in (HOSTS * 2)[number % len(HOSTS) :][:hosts]
        if not (host.is_partial and kind.is_whole)
        for top in _FOLDERS
    ]
    return [sample for place in places for sample in place.fill(count, seed)]


def findings_of(folder: Path, name: str = "check") -> dict[str, set[int]]:
    """Return the lines of each file on which a command of archlint reports a secret."""
    command = [sys.executable, "-m", "archlint", name, ".", "--isolated", "--no-cache", "--exit-zero"]
    command += ["--select", RULES, "--output-format", "json", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(Path(archlint.__file__).parents[1])}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    lines: dict[str, set[int]] = defaultdict(set)
    for one in json.loads(done.stdout)["diagnostics"]:
        lines[one["path"]].add(one["line"])
    return lines


def score(samples: list[Sample], found: dict[str, set[int]]) -> Scores:
    """Return how many entries are as they should be."""
    scores = Scores()
    for one in samples:
        is_found = not found.get(one.path, set()).isdisjoint(one.lines)
        for each in (scores.total, scores.kinds[one.kind], scores.hosts[one.host]):
            each.count(is_secret=one.is_secret, is_found=is_found)
        if is_found != one.is_secret:
            scores.wrong["false" if is_found else "missed", one.kind, one.host] += 1
    return scores


def _lines(scores: Scores) -> Iterator[str]:
    for name, one in (*sorted(scores.kinds.items()), *sorted(scores.hosts.items()), ("all", scores.total)):
        counts = f"{one.right} right, {one.missed} missed, {one.false} false"
        yield f"{name:32} P {one.precision:.4f} R {one.recall:.4f}  {counts}"


def _tables(scores: Scores) -> Iterator[str]:
    for what, rows in (("format", _by_issuer(scores.kinds)), ("place", scores.hosts)):
        yield from (f"| {what} | to report | to leave | precision | recall |", "|---|---:|---:|---:|---:|")
        yield from (_row(name, one) for name, one in rows.items())
        yield from (_row("**all**", scores.total), "")


def _by_issuer(kinds: dict[str, Score]) -> dict[str, Score]:
    """Return the scores of kinds whose names differ only in what stands behind a comma or in backticks together."""
    rows: dict[str, Score] = defaultdict(Score)
    for name, one in kinds.items():
        row = rows[re.split(r",| `", name)[0]]
        row.right, row.missed = row.right + one.right, row.missed + one.missed
        row.false, row.silent = row.false + one.false, row.silent + one.silent
    return rows


def _row(name: str, one: Score) -> str:
    counts = f"{one.right + one.missed:,} | {one.false + one.silent:,}"
    return f"| {name} | {counts} | {one.precision:.3f} | {one.recall:.3f} |"


if __name__ == "__main__":
    main()
