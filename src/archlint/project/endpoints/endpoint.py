"""What a review asks of a route, and what archlint can say."""

from __future__ import annotations

from enum import Enum

import msgspec

from archlint.project.views.service_map import Spot


class Aspect(str, Enum):
    """What a review of an API asks of every endpoint (checklist: API design)."""

    VERSIONED = "versioned"
    PAGINATED = "paginated"
    LIMITED = "rate limited"
    AUTHENTICATED = "authenticated"
    VALIDATED = "validated"
    ERRORS = "errors declared"
    DOCUMENTED = "documented"
    IDEMPOTENT = "idempotent"


class Answer(str, Enum):
    """How it is answered: `NONE_SEEN` is no proof, since what stands in front of the program is not in its code."""

    YES = "yes"
    NO = "no"
    NONE_SEEN = "none seen"
    UNKNOWN = "unknown"
    DOES_NOT_APPLY = "does not apply"


class Known(msgspec.Struct, frozen=True):
    """An answer with its reason, in words with code in backticks."""

    answer: Answer
    why: str = ""


class Endpoint(msgspec.Struct, frozen=True):
    """One route; `known` has an answer for each aspect, in their order. `spot` is None where it is in no file."""

    label: str
    framework: str
    handler: str
    spot: Spot | None
    handler_spot: Spot | None
    known: tuple[Known, ...]
