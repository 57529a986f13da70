"""sqlglot's expressions, imported when one is first used: most files hold no SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot.expressions import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:  # noqa: ANN401
        from sqlglot import expressions

        return getattr(expressions, name)
