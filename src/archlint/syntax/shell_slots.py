"""Slots of shell commands: variables set for a command, options with a secret's name, and options of known programs."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from archlint.secrets.names import promised
from archlint.secrets.slots import Container, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archlint.syntax.config import ConfigNode

COMMAND_KEYS = frozenset(
    {
        "after_script", "args", "before_script", "cmd", "command", "commands", "entrypoint", "exec", "run", "script",
        "shell", "steps", "test",
    }
)  # fmt: skip
"""Keys of Compose, Kubernetes, Ansible and build services under which commands stand."""
_WORD = r"(?:\"((?:[^\"\\]|\\.){1,200})\"|'([^']{1,200})'|([^\s\"'`;&|<>()]{1,200}))"
_ASSIGNED = re.compile(rf"(?:(?<![^\s;&|(\"'])|(?<=--from-literal=))(?:export\s+)?([A-Za-z_]\w{{0,80}})={_WORD}")
_OPTION = re.compile(rf"(?<!\S)--?([A-Za-z][\w-]{{2,60}})(?:=|\s+)(?!\w+=){_WORD}")
_PROGRAM_OPTION = re.compile(
    rf"\b(?:redis-cli\b[^\n;&|]{{0,120}}?\s-a\s+|sshpass\s+-p\s*|docker\s+login\b[^\n;&|]{{0,120}}?\s-p\s+"
    rf"|(?:mysql|mysqladmin|mysqldump|mariadb)\b[^\n;&|]{{0,120}}?\s-p(?=[^\s-])"
    rf"|curl\b[^\n;&|]{{0,200}}?\s(?:-u|--user)\s+[\"']?[\w.@-]{{1,60}}:){_WORD}"
)


def shell_slots(text: str, start: int, variables: Container = Container.ENVIRONMENT) -> Iterator[Slot]:
    """Yield the slots of a command; `start` is its offset in the file, where it stands as it is written.

    `variables` is the container of what is set for a command: what a build needs once is no environment.
    """
    for match in _ASSIGNED.finditer(text):
        yield _slot(match, (match.group(1), match.group(1)), 2, start, variables)
    for match in _OPTION.finditer(text):
        if promised(match.group(1)):
            yield _slot(match, (match.group(1), f"--{match.group(1)}"), 2, start)
    for match in _PROGRAM_OPTION.finditer(text):
        yield _slot(match, ("password", match.group().split()[0]), 1, start)


def listed_options(elements: Sequence[ConfigNode]) -> dict[int, str]:
    """Return the names of options by the offsets of the elements that follow them: `["--requirepass", "…"]`."""
    names = {after.start: before.value for before, after in pairwise(elements) if before.value.startswith("-")}
    return {start: name for start, name in names.items() if promised(name)}


def _slot(
    match: re.Match[str], names: tuple[str, str], group: int, offset: int, container: Container = Container.ENVIRONMENT
) -> Slot:
    """Return the slot of a word in one of three groups: in double, in single and without quotes."""
    name, shown = names
    taken = next(number for number in (group, group + 1, group + 2) if match.group(number) is not None)
    first, last = match.span(taken)
    return Slot((name,), match.group(taken), offset + first, offset + last, container, shown)
