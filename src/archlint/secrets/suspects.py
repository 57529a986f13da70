"""Whether the judge can have anything to say of a literal, before anybody knows the place that it stands in."""

from __future__ import annotations

from enum import IntEnum

from archlint.secrets.judge import Tier, verdicts
from archlint.secrets.slots import Container, Slot
from archlint.secrets.weak import weak_credentials
from archlint.source import Role

_ANY_NAME = ("cookie", "password")
"""The names under which the judge says most: the value of a header, and a password, which only its own word repeats."""


class Suspicion(IntEnum):
    """How much a literal may be found to be."""

    NONE = 0
    SOME = 1
    PROVEN = 2
    """It has a token whose own checksum holds: all that counts in a test."""


def suspicion(name: str | None, value: str) -> Suspicion:
    """Return the most that a rule may say of a literal that may be secret, whatever file and place it stands in.

    The name counts only for what anybody guesses: no feature of such a value tells it from a word.
    """
    found = verdicts(Slot(_ANY_NAME, value, 0, 0, Container.ASSIGNMENT), Role.PRODUCTION)
    if any(one.tier is Tier.CERTAIN for one in found):
        return Suspicion.PROVEN
    path = (name,) if name else ()
    is_weak = not found and weak_credentials(Slot(path, value, 0, 0, Container.FALLBACK), Role.PRODUCTION)
    return Suspicion.SOME if found or is_weak else Suspicion.NONE
