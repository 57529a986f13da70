"""libcst's nodes, imported when one is first used: most runs over unchanged files never parse a CST."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libcst import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        import libcst

        # Kept, so that the next use of the name finds it without a call.
        return globals().setdefault(name, getattr(libcst, name))
