"""archlint: a linter for backend code that reads the whole project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archlint.pipeline import check

__all__ = ["__version__", "check"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the public entry point when it is first used: `archlint --version` needs none of it."""
    if name == "check":
        from archlint.pipeline import check

        return check
    raise AttributeError(f"module 'archlint' has no attribute {name!r}")
