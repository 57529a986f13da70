"""libcst's nodes, imported when one is first used: most runs over unchanged files never parse a CST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcst import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:  # noqa: ANN401
        import libcst

        return getattr(libcst, name)
