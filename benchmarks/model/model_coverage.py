"""Say how much of some code bases archlint resolves, without running them, and why not more.

    python benchmarks/model/model_coverage.py FOLDER... [--kind calls]

Each folder has a process of its own. Of one folder it prints places for each reason, of several a row each and the
most frequent reasons of all.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections import Counter, defaultdict
from pathlib import Path

from linked_folder import linked
from sites import KINDS, Asked, Sites
from verdicts import EXAMPLES, SHOWN

from archlint.project.questions.deep import deeply

TITLES = {
    "calls": "calls by a name that a function of the project has",
    "orm": "calls that look like an ORM's, with their model",
    "http": "calls that look like HTTP, with what they are called on",
    "handlers": "handlers, with the places that they run in",
    "routes": "routes, with their whole path",
}


def summary(asked: list[Asked]) -> str:
    """Return how many places of a kind are answered, and the most frequent reasons where they are not."""
    answered = sum(not one.why for one in asked)
    by_reason: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.why:
            by_reason[one.why].append(one)
    lines = [f"{answered} of {len(asked)} ({answered / (len(asked) or 1):.1%})"]
    for why, found in sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:SHOWN]:
        step = max(1, len(found) // EXAMPLES)
        places = ", ".join(f"{one.path}:{one.line}" for one in found[::step][:EXAMPLES])
        lines.append(f"{len(found):6}  {why}\n        {places}")
    return "\n".join(lines)


def covered(folder: Path, kinds: tuple[str, ...]) -> dict[str, list[Asked]]:
    """Return the places of some kinds in one folder, with what is said of them."""
    return deeply(lambda: _asked(Sites(linked(folder)), kinds))


def _asked(sites: Sites, kinds: tuple[str, ...]) -> dict[str, list[Asked]]:
    return {kind: list(sites.asked(kind)) for kind in kinds}


def row(name: str, by_kind: dict[str, list[Asked]]) -> str:
    """Return the shares of one code base as a row of a Markdown table."""
    cells = [f"{sum(not one.why for one in asked)} of {len(asked)}{_share(asked)}" for asked in by_kind.values()]
    return f"| {name} | {' | '.join(cells)} |"


def _share(asked: list[Asked]) -> str:
    return f" ({sum(not one.why for one in asked) / len(asked):.0%})" if asked else ""


def main() -> int:
    """Print the shares and the reasons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this kind; may be given several times")
    options = parser.parse_args()
    kinds = tuple(options.kind or KINDS)
    if len(options.folder) == 1:
        for kind, asked in covered(options.folder[0], kinds).items():
            print(f"{TITLES[kind]}: {summary(asked)}\n")
        return 0
    _compare(options.folder, kinds)
    return 0


def _compare(folders: list[Path], kinds: tuple[str, ...]) -> None:
    reasons: Counter[tuple[str, str]] = Counter()
    print(f"| code base | {' | '.join(TITLES[kind] for kind in kinds)} |\n|---|{'---|' * len(kinds)}")
    all_of: dict[str, list[Asked]] = {kind: [] for kind in kinds}
    for folder in folders:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found = pool.apply(covered, (folder, kinds))
        print(row(folder.name, found), flush=True)
        for kind, asked in found.items():
            all_of[kind] += asked
            reasons.update((kind, one.why) for one in asked if one.why)
    print(row("all", all_of))
    for (kind, why), number in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])):
        print(f"{number:6}  {kind}: {why}")


if __name__ == "__main__":
    sys.exit(main())
