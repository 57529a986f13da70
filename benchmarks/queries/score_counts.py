"""Compare archlint's findings on queries in loops with how often lines really sent statements.

    python benchmarks/queries/score_counts.py CHECKOUT REPORT.json RECORDING.json... [--places]

The report is `archlint check . --select ARC1 --output-format json` on the checkout that was recorded.
README.md beside this file explains the counts.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from loops_of import FileLoops, Loop, Region, overlap

CONFIRMED = "confirmed"
NOTHING_REPEATED = "turned, one statement at most"
SILENT = "turned, no statement"
ONE_TURN = "one turn at most"
NOT_RUN = "not run"
OUTCOMES = (CONFIRMED, NOTHING_REPEATED, SILENT, ONE_TURN, NOT_RUN)

FLAGGED = "flagged"
IN_FLOW = "in the chain of a finding"
ABOVE = "above a flagged place or another repeat"
LEFT_OUT = "in files left out"
MISSED = "missed"
NO_LOOP = "no loop of the project"
DIRECTIONS = (FLAGGED, IN_FLOW, ABOVE, LEFT_OUT, MISSED, NO_LOOP)
REPEATED = 2
SHOWN = 150

Place = tuple[str, Region]


@dataclass(slots=True)
class Sent:
    """What a place sent in all recordings."""

    place: Place
    function: str
    activations: int = 0
    statements: int = 0
    most: int = 0
    children: int = 0
    turns: int = 0
    shape: str = ""
    stack: list[Place] = field(default_factory=list)
    by: set[str] = field(default_factory=set)

    @property
    def repeats(self) -> int:
        """Return in how many turns it sent a shape; a generator that goes on in each turn repeats by itself."""
        return min(self.turns, self.children)

    def add(self, row: dict[str, Any]) -> None:
        """Add what one recording says of the place."""
        self.activations += row["activations"]
        self.statements += row["statements"]
        self.most = max(self.most, row["most"])
        self.by |= set(row["by"])
        if (row["turns"], row["children"]) > (self.turns, self.children):
            self.shape, self.stack = row["shape"], [_place(site) for site in row["stack"]]
        self.turns, self.children = max(self.turns, row["turns"]), max(self.children, row["children"])


@dataclass(frozen=True)
class Finding:
    """What archlint reports."""

    code: str
    place: Place
    message: str
    flow: tuple[Place, ...]

    def says(self) -> str:
        """Return the finding in a line."""
        return f"{self.code} {self.place[0]}:{self.place[1][0]}: {self.message}"


@dataclass(frozen=True)
class Recorded:
    """Recordings of one checkout, added up."""

    root: Path
    recordings: tuple[dict[str, Any], ...]

    @cached_property
    def sent(self) -> dict[Place, Sent]:
        """Return what each place sent."""
        found: dict[Place, Sent] = {}
        for recording in self.recordings:
            for row in recording["sent"]:
                place = _place(row["site"])
                found.setdefault(place, Sent(place, row["site"][1])).add(row)
        return found

    def around(self, place: Place) -> Loop | None:
        """Return the innermost loop around a place in its function."""
        return _loops(self.root / place[0]).around(place[1])

    def turns(self, place: Place) -> int:
        """Return how often one activation ran a place at most; 0 where none did."""
        path, region = place
        loop = self.around(place)
        if loop is not None and loop.is_comprehension:
            return max((most for start, most in self._turns.get(path, ()) if start in loop.starts), default=0)
        lines = _loops(self.root / path).statement_lines(region[0])
        runs = [self._lines[path, line] for line in lines if (path, line) in self._lines]
        return min(runs, default=0)

    @cached_property
    def _lines(self) -> dict[tuple[str, int], int]:
        most: Counter[tuple[str, int]] = Counter()
        for recording in self.recordings:
            for path, lines in recording["lines"]:
                for line, runs in lines:
                    most[path, line] = max(most[path, line], runs)
        return dict(most)

    @cached_property
    def _turns(self) -> dict[str, list[tuple[tuple[int, int], int]]]:
        found: dict[str, list[tuple[tuple[int, int], int]]] = {}
        for recording in self.recordings:
            for site, most in recording["loops"]:
                found.setdefault(site[0], []).append(((site[2], site[3]), most))
        return found


@dataclass(frozen=True)
class Scored:
    """Findings beside recordings."""

    recorded: Recorded
    findings: tuple[Finding, ...]
    left_out: tuple[str, ...] = ()
    """Patterns of files that the rules leave out, as they do with management commands."""

    def outcome(self, finding: Finding) -> tuple[str, list[Sent]]:
        """Return whether what a finding says happened, and what its place sent."""
        sent = [one for one in self.recorded.sent.values() if self._is_at(one.place, finding.place)]
        if any(one.repeats >= REPEATED for one in sent):
            return CONFIRMED, sent
        turns = self.recorded.turns(finding.place)
        if turns >= REPEATED:
            return (NOTHING_REPEATED if sent else SILENT), sent
        return (ONE_TURN if turns or sent else NOT_RUN), sent

    def repeats(self) -> Iterator[tuple[str, Sent]]:
        """Yield the places that repeated a statement, with what archlint says of them."""
        in_loops = {one.place for one in self.recorded.sent.values() if one.repeats >= REPEATED}
        below = {one.place for one in self.recorded.sent.values() if one.children >= REPEATED}
        for place in sorted(in_loops | below):
            yield self._direction(self.recorded.sent[place], in_loops), self.recorded.sent[place]

    def _direction(self, sent: Sent, in_loops: set[Place]) -> str:
        if sent.place not in in_loops:
            return NO_LOOP
        if self._is_flagged(sent.place):
            return FLAGGED
        if any(self._is_at(sent.place, step) for finding in self.findings for step in finding.flow):
            return IN_FLOW
        if any(below in in_loops or self._is_flagged(below) for below in sent.stack):
            return ABOVE
        return LEFT_OUT if any(fnmatch(sent.place[0], one) for one in self.left_out) else MISSED

    def _is_flagged(self, place: Place) -> bool:
        return any(self._is_at(place, finding.place) for finding in self.findings)

    def _is_at(self, place: Place, reported: Place) -> bool:
        """Whether a place is the one reported: they overlap, and the same loop is around both."""
        if place[0] != reported[0] or not overlap(place[1], reported[1]):
            return False
        return self.recorded.around(place) == self.recorded.around(reported)


@cache
def _loops(path: Path) -> FileLoops:
    return FileLoops(path.read_text(encoding="utf-8") if path.suffix == ".py" else "")


def _place(site: list[Any]) -> Place:
    path, _, line, column, last, end = site
    return path, (line, column, last, end)


def _reported(row: dict[str, Any]) -> Place:
    return row["path"], (row["line"], row["column"] - 1, row["end_line"], row["end_column"] - 1)


def findings_of(report: dict[str, Any]) -> tuple[Finding, ...]:
    """Return the findings of a report of archlint."""
    return tuple(
        Finding(row["code"], _reported(row), row["message"], tuple(map(_reported, row["flow"])))
        for row in report["diagnostics"]
    )


def table(scored: Scored) -> str:
    """Return the outcomes of the findings by rule, and what archlint says of the places that repeated."""
    outcomes = Counter((finding.code, scored.outcome(finding)[0]) for finding in scored.findings)
    lines = [f"| | all | {' | '.join(OUTCOMES)} |", f"|---|---:|{'---:|' * len(OUTCOMES)}"]
    lines += [_row(code, [outcomes[code, one] for one in OUTCOMES]) for code in sorted({code for code, _ in outcomes})]
    directions = Counter(direction for direction, _ in scored.repeats())
    lines += ["", f"| | all | {' | '.join(DIRECTIONS)} |", f"|---|---:|{'---:|' * len(DIRECTIONS)}"]
    lines.append(_row("places that repeated a statement", [directions[one] for one in DIRECTIONS]))
    return "\n".join(lines)


def _row(name: str, counts: list[int]) -> str:
    return f"| {name} | {sum(counts)} | {' | '.join(map(str, counts))} |"


def places(scored: Scored) -> Iterator[str]:
    """Yield a line for every finding, and for every place that repeated a statement."""
    for finding in scored.findings:
        outcome, there = scored.outcome(finding)
        most = max((one.repeats for one in there), default=0)
        runs = scored.recorded.turns(finding.place)
        yield f"{outcome}: {finding.says()} (run {runs} times, with a statement of one shape in {most})"
    for direction, sent in scored.repeats():
        path, region = sent.place
        times = f"{sent.children} times in {sent.turns} turns by {sorted(sent.by)}"
        yield f"{direction}: {path}:{region[0]} {sent.function}: {times}: {sent.shape[:SHOWN]}"
        if direction != FLAGGED:
            yield from (f"    below: {below}:{where[0]}" for below, where in reversed(sent.stack))


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the tables, and with `--places` each place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("report", type=Path)
    parser.add_argument("recordings", type=Path, nargs="+")
    parser.add_argument("--left-out", action="append", default=[], help="a pattern of files that the rules leave out")
    parser.add_argument("--places", action="store_true", help="list every finding and every place that repeated")
    options = parser.parse_args(None if arguments is None else list(arguments))
    recordings = tuple(json.loads(path.read_text(encoding="utf-8")) for path in options.recordings)
    report = json.loads(options.report.read_text(encoding="utf-8"))
    scored = Scored(Recorded(options.checkout, recordings), findings_of(report), tuple(options.left_out))
    print(table(scored))
    if options.places:
        print()
        print("\n".join(places(scored)))


if __name__ == "__main__":
    main()
