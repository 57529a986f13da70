"""The rows about other systems: what is near enough to be no party of its own, and what hands messages to queues."""

from __future__ import annotations

from archlint.knowledge.rows import Members, Row


class Store(Row, frozen=True, kw_only=True):
    """A package or class, by its qualified name, of what a service has for itself: a database, a cache."""

    name: str


class Message(Members, frozen=True, kw_only=True):
    """Callables that hand a message to a queue or a broker, which others take up at once."""
