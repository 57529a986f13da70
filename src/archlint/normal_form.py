"""Code as it identifies a diagnostic: the same for any line breaks, spaces, quotes, `#` comments, trailing commas."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?xs)
    (?P<space> \s+ | (?: (?<=\s) | ^ ) \#[^\r\n]* )
    | (?P<prefix> [rRbBuUfFtT]{0,2} ) (?P<quote> \"{3} | '{3} ) (?P<block> (?: [^\\] | \\. )*? ) (?P=quote)
    | (?P<mark> [rRbBuUfFtT]{0,2} )
      (?: " (?P<double> (?: [^"\\\r\n] | \\. )* ) " | ' (?P<single> (?: [^'\\\r\n] | \\. )* ) ' )
    | (?P<word> \w+ )
    | (?P<trailing> , (?= \s* [)\]}] ) )
    | (?P<other> . )
    """
)
_MASK = re.compile(r"\*{3,}")
_LEXED = 4000
"""Characters that are read as tokens: nobody tells longer regions apart by their last quote."""
_MASKED = "***"
_OPENING = ("(", "[", "{")
_CLOSING = (")", "]", "}")
_BLOCK = '"""'


def normal_form(code: str) -> str:
    """Return code of any language on one line, written in one way.

    What a formatter changes makes no difference, nor does the length of a secret that is masked.
    """
    parts: list[str] = []
    is_word = False
    for token in _TOKEN.finditer(_MASK.sub(_MASKED, code[:_LEXED])):
        if token["space"] or token["trailing"]:
            continue
        written, was_word = _written(token), is_word
        is_word = token["other"] is None
        if was_word and is_word:
            parts.append(" ")
        parts.append(f"{written} " if written == "," else written)
    rest = " ".join(_MASK.sub(_MASKED, code[_LEXED:]).split())
    return " ".join("".join((*parts, rest)).split())


def whole_region(text: str, start: int, end: int) -> str:
    """Return a region with what stands in the brackets that it opens: rules may point to the first line of a call."""
    depth = 0
    for token in _TOKEN.finditer(text, start, min(start + _LEXED, len(text))):
        if token.start() >= end and depth <= 0:
            break
        depth += (token["other"] in _OPENING) - (token["other"] in _CLOSING)
        if token.start() >= end and depth <= 0:
            return text[start : token.end()]
    return text[start:end]


def _written(token: re.Match[str]) -> str:
    if token["quote"]:
        return f"{_kept(token['prefix'])}{_BLOCK}{token['block']}{_BLOCK}"
    single = token["single"]
    if single is not None and ('"' in single or "\\" in single):
        return f"{_kept(token['mark'])}'{single}'"
    if token["mark"] is not None:
        return f'{_kept(token["mark"])}"{token["double"] if single is None else single}"'
    return token.group()


def _kept(prefix: str) -> str:
    """Return what of the letters before a string says something."""
    return prefix.lower().replace("u", "")
