"""sqlglot's expressions, imported when one is first used: most files hold no SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot.expressions import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        from sqlglot import expressions

        # Kept, so that the next use of the name finds it without a call.
        return globals().setdefault(name, getattr(expressions, name))
