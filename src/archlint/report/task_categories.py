"""The ranges of the `task.md` format, by the codes of the rules."""

from __future__ import annotations

from types import MappingProxyType

import msgspec

TITLES = MappingProxyType(
    {
        1: "Database schema and models",
        10: "Authentication and authorization",
        20: "Core business logic APIs",
        30: "Data validation and sanitization",
        40: "Performance optimization",
        50: "Third-party integrations",
        60: "Background jobs and scheduling",
        70: "Logging and monitoring",
        80: "Error handling and resilience",
    }
)
"""What the format calls its ranges, by their first numbers."""


class Category(msgspec.Struct, frozen=True):
    """Rules from a code on: the first number of their tasks, and what shows that one of these is done."""

    code: str
    number: int
    proof: str


_FAILURE = "A test shows what happens when the service fails, and when it does not answer."
_WAIT = "A test or a trace shows that the request no longer waits for it."
_CATEGORIES = (
    Category("ARC001", 20, "archlint checks the whole project, and no suppression is idle."),
    Category("ARC101", 40, "A test holds the number of queries, or of rows that are loaded, for more rows than one."),
    Category("ARC301", 40, _WAIT),
    Category("ARC307", 60, "A test shows that the work is enqueued, and done once."),
    Category("ARC308", 40, _WAIT),
    Category("ARC400", 50, _FAILURE),
    Category("ARC410", 80, _FAILURE),
    Category("ARC500", 10, "The value is replaced wherever it was valid, since it was seen."),
    Category("ARC550", 70, "A test shows that the value is not in the output."),
    Category("ARC601", 20, "A test shows that rows which are not meant stay as they were."),
    Category("ARC602", 30, "A test runs the statement with hostile input."),
    Category(
        "ARC603", 40, "A test shows what the statement returns, and its plan was looked at on a table of real size."
    ),
    Category("ARC620", 1, "A migration brings the change, tried forward and back on a copy."),
    Category("ARC640", 1, "The migration is tried forward and back on a copy under load."),
    Category("ARC700", 20, "A test covers each entry point that is changed, with valid and with invalid input."),
    Category("ARC900", 70, "What operations see of it was looked at in a running service."),
)


def category_of(code: str) -> Category:
    """Return the category of a rule's tasks."""
    return max((one for one in _CATEGORIES if one.code <= code), key=lambda one: one.code, default=_CATEGORIES[0])
