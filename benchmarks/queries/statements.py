"""The SQL statements that Django and SQLAlchemy send, and their shapes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_LIST = re.compile(r"\(\s*(?:%s|\?|:\w+|%\(\w+\)s)(?:\s*,\s*(?:%s|\?|:\w+|%\(\w+\)s))*\s*\)")
_ROWS = re.compile(r"\(\.\.\.\)(?:\s*,\s*\(\.\.\.\))+")
_NUMBERED = re.compile(r"(:\w+?|%\(\w+?)(?:_\d+)+\b")
_UNIT_OF_WORK = re.compile(r"\s*(?:SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|PRAGMA|SET|START)\b", re.IGNORECASE)


def shape_of(sql: str) -> str:
    """Return a statement without its literals and the lengths of its lists; "" for a border of a transaction."""
    if _UNIT_OF_WORK.match(sql):
        return ""
    plain = _NUMBERED.sub(r"\1", _LITERAL.sub("?", sql))
    return " ".join(_ROWS.sub("(...)", _LIST.sub("(...)", plain)).split())


def listen(orm: str, heard: Callable[[str], None]) -> None:
    """Hand on every statement that Django or SQLAlchemy sends from now on."""
    if orm == "django":
        wrapper = import_module("django.db.backends.utils").CursorWrapper
        for name in ("execute", "executemany"):
            setattr(wrapper, name, _telling(getattr(wrapper, name), heard))
    else:
        engine, event = import_module("sqlalchemy").Engine, import_module("sqlalchemy.event")
        event.listen(engine, "before_cursor_execute", lambda _connection, _cursor, sql, *_: heard(sql))


def _telling(execute: Callable[..., Any], heard: Callable[[str], None]) -> Callable[..., Any]:
    @functools.wraps(execute)
    def telling(self: Any, sql: Any, *args: Any, **kwargs: Any) -> Any:
        heard(str(sql))
        return execute(self, sql, *args, **kwargs)

    return telling
