"""What stands in blocks of procedural languages: `DO $$ … $$`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archlint.syntax.sql_text import Region, blank

if TYPE_CHECKING:
    from collections.abc import Iterator

_BODY = re.compile(r"(?s)(\$\w*\$)(?P<body>.*?)\1")
_SAID = re.compile(r"(?s)'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/")
_DROP = re.compile(r"(?is)(?:;|\bBEGIN|\bELSE|\bLOOP|\bTHEN)\s*(?P<drop>DROP\s+(?:INDEX|TABLE)\b[^;]*)(?=;)")


def dropped_in(text: str) -> Iterator[Region]:
    """Yield where the statements stand that drop tables or indexes in the block of a text; texts in it are none."""
    found = _BODY.search(text)
    if found is not None:
        body = _SAID.sub(lambda match: blank(match.group()), found["body"])
        for match in _DROP.finditer(body):
            yield found.start("body") + match.start("drop"), found.start("body") + match.end("drop")
