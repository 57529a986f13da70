"""Which router is mounted where: the chains from an application down to a router."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from archlint.project.routes.registered.located import Located, Router
from archlint.project.routes.registered.registrations import Registration
from archlint.project.routes.route import Mention, Route

_MAX_CHAINS = 200


class Mounting(msgspec.Struct, frozen=True, eq=False):
    """A router put below another one; `prefix` is None where it is not known, `given` says whether one is written."""

    parent: Router
    child: Router
    prefix: str | None
    mention: Mention
    registration: Registration | None = None
    given: bool = True
    is_mount: bool = False
    dependencies: Located | None = None


Chain = tuple[Mounting, ...]


class Found(msgspec.Struct, frozen=True, eq=False):
    """A route with the router that has it, the way to that, and what registers it (None where a list does)."""

    route: Route
    router: Router
    chain: Chain
    registration: Registration | None = None


class Mounts:
    """Answers by which ways a router is reached."""

    def __init__(self, mountings: Iterable[Mounting]) -> None:
        self._by_child: Mapping[Router, list[Mounting]] = defaultdict(list)
        seen: set[tuple[object, ...]] = set()
        for one in mountings:
            key = (one.parent, one.child, one.prefix, one.mention, one.given)
            if key not in seen:
                seen.add(key)
                self._by_child[one.child].append(one)

    def chains(self, router: Router) -> tuple[Chain, ...]:
        """Return the ways to a router, outermost mounting first; one that is empty where nobody mounts it."""
        found = []
        for chain in self._chains(router, frozenset()):
            found.append(chain)
            if len(found) == _MAX_CHAINS:
                break
        return tuple(found) or ((),)

    def _chains(self, router: Router, below: frozenset[Router]) -> Iterator[Chain]:
        above = [one for one in self._by_child.get(router, ()) if one.parent not in below and one.parent != router]
        if not above:
            yield ()
        for one in above:
            for chain in self._chains(one.parent, below | {router}):
                yield (*chain, one)


def root_of(router: Router, chain: Chain) -> Router:
    """Return the router at the top of a chain."""
    return chain[0].parent if chain else router
