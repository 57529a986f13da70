"""The ranges of the `task.md` format, by the codes of the rules."""

from __future__ import annotations

import msgspec


class Category(msgspec.Struct, frozen=True):
    """Rules from a code on: the first number of their tasks, and what shows that one of these is done."""

    first: str
    number: int
    title: str
    proof: str


_QUERIES = "A test holds the number of queries, or of rows that are loaded, for more rows than one."
_FAILURE = "A test shows what happens when the service fails, and when it does not answer."
_REQUESTS = "A test covers each entry point that is changed, with valid and with invalid input."
_STATEMENT = "A test shows what the statement returns, and its plan was looked at on a table of production's size."
CATEGORIES = (
    Category(
        "ARC001", 20, "Core business logic APIs", "archlint checks the whole project, and no suppression is idle."
    ),
    Category("ARC101", 40, "Performance optimization", _QUERIES),
    Category(
        "ARC301", 40, "Performance optimization", "A test or a trace shows that the request no longer waits for it."
    ),
    Category("ARC307", 60, "Background jobs and scheduling", "A test shows that the work is enqueued, and done once."),
    Category(
        "ARC310", 40, "Performance optimization", "A test or a trace shows that the request no longer waits for it."
    ),
    Category("ARC400", 50, "Third-party integrations", _FAILURE),
    Category("ARC410", 80, "Error handling and resilience", _FAILURE),
    Category(
        "ARC500", 10, "Authentication and authorization", "The value is replaced where it was valid, since it was seen."
    ),
    Category("ARC550", 70, "Logging and monitoring", "A test shows that the value is not in the output."),
    Category("ARC601", 20, "Core business logic APIs", "A test shows that rows which are not meant stay as they were."),
    Category("ARC602", 30, "Data validation and sanitization", "A test runs the statement with hostile input."),
    Category("ARC603", 40, "Performance optimization", _STATEMENT),
    Category(
        "ARC620", 1, "Database schema and models", "A migration brings the change, tried forward and back on a copy."
    ),
    Category(
        "ARC640", 1, "Database schema and models", "The migration is tried forward and back on a copy under load."
    ),
    Category("ARC700", 20, "Core business logic APIs", _REQUESTS),
    Category("ARC900", 70, "Logging and monitoring", "What operations see of it is looked at in a running service."),
)
"""The ranges of the format, by the codes of the rules."""


def category_of(code: str) -> Category:
    """Return the category of a rule's tasks."""
    return max((one for one in CATEGORIES if one.first <= code), key=lambda one: one.first, default=CATEGORIES[0])
