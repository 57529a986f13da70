"""Say how much of a code base archlint resolves, without running it, and why not more.

python benchmarks/model/model_coverage.py FOLDER [--kind calls]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from linked_folder import linked
from sites import KINDS, Asked, Sites
from verdicts import EXAMPLES, SHOWN

TITLES = {
    "calls": "calls by a name that a function of the project has",
    "orm": "calls that look like an ORM's",
    "http": "calls that look like HTTP",
    "handlers": "handlers with their path",
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


def main() -> int:
    """Print the shares and the reasons of one folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this kind; may be given several times")
    options = parser.parse_args()
    sites = Sites(linked(options.folder))
    for kind in options.kind or KINDS:
        print(f"{TITLES[kind]}: {summary(list(sites.asked(kind)))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
