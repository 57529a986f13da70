"""Whether a string literal may be secret, so cheaply that every literal of every file can be asked."""

from __future__ import annotations

import re

from archlint.secrets.names import HINT, promised
from archlint.secrets.strength import ODD_CASE, is_strong, strength
from archlint.secrets.structures import pairs

_PEM = "-----BEGIN"
_SHORTEST = 10
_LONG_RUN = 16
_LONGEST_PASSWORD = 80
_ACCESS_KEY = 20
_SYMBOL = re.compile(r"[!@#$%^&*?|+;`]")
_STRFTIME = re.compile(r"%[YmdHMSbBj][^%A-Za-z0-9]?%[YmdHMSbBj]")
_DENSITY = 5.0
_LONG_DENSITY = 4.3
_WORD = r"(?:[a-z]{1,15}|[A-Z][a-z]{1,15}|[A-Z]{1,15})"
_WORDS = re.compile(rf"[^A-Za-z0-9]*{_WORD}(?:[ _.,/\n-]+{_WORD})*[ .!?\n]*")
_CERTAIN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|://[^\s:/@'\"]*:[^\s/@'\"]+@|(?i:\b(?:identified\s+by\s+|password\s*=?\s*)[bex]?'[^'%{:])"
)
_RUN = re.compile(r"[A-Za-z0-9_+.~-]{10,}")
_SPREAD = re.compile(r"[A-Za-z0-9_+/=.~-]{24,}")
_MIGRATIONS = {
    "dependencies": re.compile(r"\d{4}_\w+"),
    "depends_on": re.compile(r"[0-9a-z]{10,16}"),
    "down_revision": re.compile(r"[0-9a-z]{10,16}"),
    "replaces": re.compile(r"\d{4}_\w+"),
    "revision": re.compile(r"[0-9a-z]{10,16}"),
}
"""Where migrations of Django and Alembic name others: the names are those of their files."""


def may_be_secret(name: str | None, value: str) -> bool:
    """Tell whether a literal's value must not be kept; `name` is the keyword, key, target or parameter it stands under.

    An over-approximation: whatever the judge calls a secret is True here, and so is some of what it does not. What only
    says its own name is a name.
    """
    if name and value and value.lower() != name.lower() and promised(name):
        return True
    if len(value) < _SHORTEST or (_PEM not in value and _WORDS.fullmatch(value)):
        return False
    if name in _MIGRATIONS and _MIGRATIONS[name].fullmatch(value):
        return False
    if _CERTAIN.search(value) or _is_surprising(value):
        return True
    if len(value) > _LONGEST_PASSWORD or not _SYMBOL.search(value):
        return False
    return _STRFTIME.search(value) is None and is_strong(value)


def _is_surprising(value: str) -> bool:
    """Tell whether a part of a text looks like a token, or is a secret's `name=value`."""
    for match in _RUN.finditer(value):
        run = match.group()
        if _is_mixed(run) and strength(run).density >= (_LONG_DENSITY if len(run) >= _LONG_RUN else _DENSITY):
            return True
    for match in _SPREAD.finditer(value):
        run = match.group()
        if ("/" in run or "=" in run) and _is_mixed(run) and strength(run).density >= _DENSITY:
            return True
    return HINT.search(value.lower()) is not None and any(promised(pair.name) for pair in pairs(value))


def _is_mixed(run: str) -> bool:
    """Tell whether a run has digits or an odd mix of cases, or is too long for one word in capitals.

    Words in any case style have neither; of access keys of AWS one in thirty has no digit.
    """
    is_mixed = any(character.isdigit() for character in run) or ODD_CASE.search(run) is not None
    return is_mixed or (len(run) >= _ACCESS_KEY and run.isalpha() and run.isupper())
