"""A table put at the end of a TOML file, and the proof that all else still says the same."""

from __future__ import annotations

from typing import Any

_TABLE = "[tool.archlint]"


def with_table(text: str, settings: str = "") -> str | None:
    """Return a pyproject.toml with `[tool.archlint]` and its settings, or None where it cannot be had by appending.

    A file that is not TOML, has such a table, or writes `tool` as an inline table is left to a person.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text else end if text.endswith("\n") else 2 * end
    after = text + gap + (f"{_TABLE}\n{settings}").replace("\n", end)
    before_parsed, after_parsed = _parsed(text), _parsed(after)
    if before_parsed is None or after_parsed is None:
        return None
    tools = after_parsed.get("tool")
    if not isinstance(tools, dict) or tools.pop("archlint", None) is None:
        return None
    return after if after_parsed == {**before_parsed, "tool": before_parsed.get("tool", {})} else None


def _parsed(text: str) -> dict[str, Any] | None:
    from archlint import toml

    try:
        return toml.loads(text)
    except (ValueError, RecursionError):  # `TOMLDecodeError` is a ValueError
        return None
