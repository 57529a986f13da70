"""Slots of Dockerfiles: what `ENV` and `ARG` set, and the commands that are run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archlint.secrets.slots import Container, Slot
from archlint.syntax.shell_slots import shell_slots

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTRUCTION = re.compile(
    r"^[ \t]*(ENV|ARG|LABEL|RUN|CMD|ENTRYPOINT|HEALTHCHECK)[ \t]+((?:[^\n\\]|\\[ \t]*\r?\n(?:[ \t]*\#[^\n]*\n)*|\\.)*)",
    re.MULTILINE | re.IGNORECASE,
)
_PAIR = re.compile(r"([A-Za-z_][\w.-]{0,120})=(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|((?:[^\s\"'\\]|\\.)+))", re.DOTALL)
_SPACED = re.compile(r"([A-Za-z_]\w{0,120})[ \t]+([^\r\n]+?)[ \t]*$")


def dockerfile_slots(text: str) -> Iterator[Slot]:
    """Yield the slots of a Dockerfile in order; a line that goes on after a backslash is one instruction."""
    for match in _INSTRUCTION.finditer(text):
        start = match.start(2)
        if match.group(1).upper() in ("ENV", "ARG", "LABEL"):
            yield from _variables(match.group(2), start)
        else:
            yield from shell_slots(match.group(2), start, Container.TEXT)
            yield Slot((), match.group(2), start, match.end(2), Container.TEXT)


def _variables(text: str, start: int) -> Iterator[Slot]:
    """Yield the variables of `ENV A=b C=d`, or of the old form `ENV A b`."""
    spaced = _SPACED.fullmatch(text)
    if spaced is not None and "=" not in spaced.group(1):
        yield _slot(spaced, 2, start)
        return
    for pair in _PAIR.finditer(text):
        yield _slot(pair, next(number for number in (2, 3, 4) if pair.group(number) is not None), start)


def _slot(match: re.Match[str], group: int, offset: int) -> Slot:
    first, last = match.span(group)
    return Slot((match.group(1),), match.group(group), offset + first, offset + last, Container.ENVIRONMENT, match[1])
