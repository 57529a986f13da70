"""What a retry says of itself."""

from __future__ import annotations

from enum import Enum

import msgspec

from archlint.knowledge.tables import Retry

EVERYTHING = frozenset({"BaseException", "Exception"})


class Pause(Enum):
    """What lies between two attempts."""

    NONE = "none"
    FIXED = "fixed"
    SOME = "some"
    """One that nobody needs to know more of, or that is not known."""


class Policy(msgspec.Struct, frozen=True):
    """A retry as it is declared.

    `name` is that of its library's callable as it is written. `attempts` is None where it is not known or has no end.
    `errors` are the qualified errors after which it tries again, none where that is not known; `is_filtered` says that
    some of them may be turned down.
    """

    row: Retry
    name: str
    attempts: int | None
    is_endless: bool
    pause: Pause
    errors: tuple[str, ...]
    is_filtered: bool
    hides: bool
    seconds: float | None = None
    """The least pause in seconds, where it is a constant."""
    limit: float | None = None
    """The seconds after which no other attempt is made, where that is a constant."""
    methods: tuple[str, ...] | None = ()
    """HTTP methods that a transport sends again beside those of its library; None for all of them."""

    @property
    def everything(self) -> str:
        """Return the error that stands for all of them after which it tries again, "" where there is none."""
        found = [one for one in self.errors if one in EVERYTHING]
        return "" if self.is_filtered or not found else min(found)
