"""The one intermediate representation of Python code: what facts, inference and project rules speak."""
