"""What archlint says about things that are known to be true, and the tables of the counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHOWN = 10
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What archlint says about one thing that really happened; `why` is the reason where it knows nothing."""

    group: str
    outcome: str
    site: tuple[Any, ...]
    text: str
    truth: str
    answer: str = ""
    why: str = ""

    @property
    def place(self) -> str:
        """Return where it happened, with the line of code."""
        return f"{self.site[0]}:{self.site[2]}: {self.text}"


def table(verdicts: list[Verdict]) -> str:
    """Return the counts by group and outcome as a Markdown table."""
    outcomes = sorted({one.outcome for one in verdicts}, key=lambda name: (name != "right", name))
    counts = Counter((one.group, one.outcome) for one in verdicts)
    lines = [f"| | all | {' | '.join(outcomes)} |", f"|---|---:|{'---:|' * len(outcomes)}"]
    for group in sorted({one.group for one in verdicts}):
        row = [counts[group, outcome] for outcome in outcomes]
        lines.append(f"| {group} | {sum(row)} | {' | '.join(map(str, row))} |")
    return "\n".join(lines)


def reasons_table(verdicts: list[Verdict]) -> str:
    """Return the most frequent reasons for knowing nothing, each with places to look at."""
    by_reason: defaultdict[str, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        if one.why:
            by_reason[one.why].append(one)
    lines = []
    for why, found in sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:SHOWN]:
        lines.append(f"{len(found):5}  {why}")
        step = max(1, len(found) // EXAMPLES)
        lines += [f"         {one.place}   ->   {one.truth}" for one in found[::step][:EXAMPLES]]
    return "\n".join(lines)


def edges_share(verdicts: list[Verdict], groups: Iterable[str]) -> str:
    """Return how many of the verdicts of some groups are right, and how many wrong."""
    counted = [one for one in verdicts if one.group in set(groups) and one.outcome != "not scored"]
    right = sum(one.outcome.startswith("right") for one in counted)
    wrong = sum(one.outcome == "wrong" for one in counted)
    total = len(counted) or 1
    return f"{right} of {len(counted)} right ({right / total:.1%}), {wrong} wrong ({wrong / total:.1%})"


def sites_share(verdicts: list[Verdict], groups: Iterable[str]) -> str:
    """Return of how many call expressions all true callees are right, and of how many some are."""
    sites: defaultdict[tuple[Any, ...], set[str]] = defaultdict(set)
    for one in verdicts:
        if one.group in set(groups):
            sites[one.site].add(one.outcome)
    whole = sum(outcomes == {"right"} for outcomes in sites.values())
    some = sum("right" in outcomes for outcomes in sites.values())
    wrong = sum("wrong" in outcomes and "right" not in outcomes for outcomes in sites.values())
    total = len(sites) or 1
    return f"all callees of {whole} of {len(sites)} right ({whole / total:.1%}), some of {some}, wrong {wrong}"
