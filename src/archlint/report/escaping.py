"""Text that no terminal, log or CI runner can take for anything but text."""

from __future__ import annotations

import json
import re
import unicodedata

import msgspec

_NAMED = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # ordinary in Persian words and in emoji: escaping them would break readable text
_BYTE, _PLANE = 0xFF, 0xFFFF

# A GitHub runner reads `::error …::` after leading blanks, and `##[error]` anywhere in a line;
# Azure Pipelines reads `##vso[…]` and TeamCity `##teamcity[…]`.
_COMMAND_AT_START = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_COMMAND_INSIDE = re.compile(r"##(?=\w*\[)")
_NOT_ASCII = re.compile(r"[^ -~]")


def visible(text: str) -> str:
    r"""Return a text on one line, with control, bidi and other unseen characters written as `\x1b` or `\u202e`."""
    if text.isprintable():
        return text
    return "".join(map(visible_character, text))


def visible_path(path: str) -> str:
    r"""Return a path that stands on one line; a backslash in it is doubled, so that each name reads differently."""
    return visible(path.replace("\\", "\\\\"))


def visible_character(character: str) -> str:
    """Return a character as it may be shown, or its escape where nothing would be seen."""
    if character in _JOINERS or unicodedata.category(character) not in _UNSEEN:
        return character
    return _NAMED.get(character) or _escape(ord(character))


def _escape(point: int) -> str:
    if point <= _BYTE:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= _PLANE else f"\\U{point:08x}"


def inert(text: str, *, colon: str = r"\x3a", number_sign: str = r"\x23") -> str:
    r"""Return lines in which no CI runner finds a command: the first `:` of a leading `::` is `\x3a`.

    A markup has its own ways to write the two characters.
    """
    lines = _COMMAND_AT_START.sub(lambda found: f"{found.group(1)}{colon}", text)
    return _COMMAND_INSIDE.sub(lambda _: f"#{number_sign}", lines)


def json_text(value: object, *, indent: int = 0) -> str:
    """Return JSON in printable ASCII without a final newline, on one line if `indent` is 0.

    A lone surrogate (a file name that is not UTF-8) becomes the six characters of its escape, since strict readers
    refuse it as JSON; every other string is read back as it was.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = _COMMAND_INSIDE.sub(r"#\\u0023", _NOT_ASCII.sub(_json_escape, text))
    return msgspec.json.format(text, indent=indent) if indent else text


def _json_escape(match: re.Match[str]) -> str:
    character = match.group()
    if unicodedata.category(character) == "Cs":
        return f"\\\\u{ord(character):04x}"
    return json.dumps(character)[1:-1]
