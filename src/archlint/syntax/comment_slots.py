"""Slots of comments: what somebody commented out or noted down is as public as the code around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archlint.secrets.scout import has_token
from archlint.secrets.slots import Container, Slot
from archlint.source import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.source import SourceFile

_TELLING = re.compile(
    r"(?:pass|pwd|secret|token|key|cred|auth)\w{0,40}[\"']?\s{0,4}[:=]\s{0,4}[\"']?[^\s\"']{16}|://[^\s/@]{0,99}@"
)
_PYTHON_COMMENT = re.compile(r"#[^\r\n]*")
_PYTHON_TOKEN = re.compile(
    r"""\#[^\r\n]*
    |\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}
    |"(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*'""",
    re.VERBOSE | re.DOTALL,
)
"""Comments and strings: what looks like a comment inside of a string is none."""
_LINE_COMMENT = re.compile(r"^[ \t]*(?:\#|;|--|//)[^\r\n]*", re.MULTILINE)
_ASSIGNED = re.compile(
    r"[#;/\-\s]*[\"']?([A-Za-z_][\w.-]{0,80})[\"']?\s{0,4}[:=]\s{0,4}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"',]+))[\s,;]*$"
)
_PYTHON = frozenset({Kind.PYTHON, Kind.STUB})
_COMMENTED = frozenset({Kind.YAML, Kind.TOML, Kind.INI, Kind.PROPERTIES, Kind.ENV, Kind.DOCKERFILE, Kind.SQL, *_PYTHON})


def may_tell(source: SourceFile) -> bool:
    """Return whether the comments of a Python file can hold a secret; a look that every file can be given."""
    text = "\n".join(_PYTHON_COMMENT.findall(source.text))
    return has_token(text) or _TELLING.search(text.lower()) is not None


def comment_slots(source: SourceFile) -> Iterator[Slot]:
    """Yield a slot for each comment of a line: of a commented assignment its value, of others their text."""
    if source.kind not in _COMMENTED:
        return
    pattern = _PYTHON_TOKEN if source.kind in _PYTHON else _LINE_COMMENT
    for match in pattern.finditer(source.text):
        if match.group()[:1] not in "\"'":
            yield _slot(match.group(), match.start())


def _slot(text: str, start: int) -> Slot:
    assigned = _ASSIGNED.match(text)
    if assigned is None:
        return Slot((), text, start, start + len(text), Container.COMMENT)
    name, group = assigned.group(1), next(number for number in (2, 3, 4) if assigned.group(number) is not None)
    first, last = assigned.span(group)
    return Slot((name,), assigned.group(group), start + first, start + last, Container.COMMENT, name)
