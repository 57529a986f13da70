"""The order in which the migrations of a line run."""

from __future__ import annotations

from collections import defaultdict
from heapq import heapify, heappop, heappush

from archlint.project.migrations.migration import Migration, Tool


def ordered(members: list[Migration]) -> list[Migration]:
    """Return migrations each behind those that it follows, otherwise by name; what goes in circles comes last."""
    if members[0].tool is Tool.SCRIPT:
        return members
    by_name = {one.identity: one for one in sorted(members, key=lambda one: one.path, reverse=True)}
    waiting = {name: sum(before in by_name for before in one.follows) for name, one in by_name.items()}
    after: defaultdict[str, list[str]] = defaultdict(list)
    for name, one in by_name.items():
        for before in one.follows:
            after[before].append(name)
    ready = [name for name, count in waiting.items() if not count]
    heapify(ready)
    found: list[Migration] = []
    while ready:
        name = heappop(ready)
        found.append(by_name[name])
        for other in after[name]:
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, other)
    done = {one.path for one in found}
    return [*found, *(one for one in members if one.path not in done)]
