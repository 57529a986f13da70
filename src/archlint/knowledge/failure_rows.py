"""The rows of how calls of services fail, as they stand in `rules/knowledge/failures.yaml`."""

from __future__ import annotations

import msgspec

from archlint.knowledge.rows import Type


class Outage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What goes wrong where a service is away, and the exceptions of which any one covers it."""

    what: str
    caught_by: frozenset[str]


class FailureFamily(Type, frozen=True, kw_only=True):
    """How the calls of a package fail.

    Any of `roots` covers every outage; those in `narrow` cover none, since the service has answered then, and of these
    those in `status` are raised by `raise_for_status` alone. `instead` is what to catch.

    `answers` return a response whatever its status; of that, `checks` tell the status and `content` what it brought.
    A client or a call with one of the keywords `hooks` may check every response.
    """

    instead: str
    roots: frozenset[str] = frozenset()
    outages: tuple[Outage, ...] = ()
    narrow: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()
    content: frozenset[str] = frozenset()
    hooks: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """Return all exceptions that the row speaks of."""
        return self.roots.union(self.narrow, *(one.caught_by for one in self.outages))

    def missed(self, caught: frozenset[str]) -> tuple[str, ...]:
        """Return the outages that handlers of some exceptions, by their qualified names, do not cover."""
        if not self.roots.isdisjoint(caught):
            return ()
        return tuple(one.what for one in self.outages if one.caught_by.isdisjoint(caught))
