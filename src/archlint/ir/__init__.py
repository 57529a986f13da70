"""The one intermediate representation of Python code: what facts, inference and project rules speak."""

SCHEMA = 13
"""Version of the shape of facts; part of every cache key."""
