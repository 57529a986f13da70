"""Which ranges of a file a report must not print, and the masking of them. Reads plain text, whatever the language."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import chain
from typing import TYPE_CHECKING

from archlint.secrets.formats import shaped_tokens
from archlint.secrets.masking import may_be_secret
from archlint.secrets.names import HINT, POSITIONAL, promised
from archlint.secrets.strength import is_strong
from archlint.secrets.structures import (
    header_credentials,
    json_web_tokens,
    pairs,
    private_keys,
    sql_passwords,
    url_passwords,
)
from archlint.source import Kind, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Region = tuple[int, int]

_CODE = frozenset({Kind.PYTHON, Kind.STUB, Kind.SQL, Kind.NOTEBOOK})
_OPENING = re.compile(r"#[^\r\n]*|\"\"\"|'''|\"|'")
_BODY = {
    quote: re.compile(rf"(?:[^{quote[0]}\\{line_ends}]+|\\.|{inner})*", re.DOTALL)
    for quote, line_ends, inner in (
        ('"', r"\r\n", r"(?!)"),
        ("'", r"\r\n", r"(?!)"),
        ('"""', "", '"(?!"")'),
        ("'''", "", "'(?!'')"),
    )
}
_NAME_BEFORE = re.compile(
    r"""(?x)
    ([A-Za-z][\w.-]{0,80}) ["'\])]{0,4} \s*
    (?: : [\w.\[\]|\ "',]{1,60} = | [=!]= | :- | => | [:=,] | \)? \s* \b(?:or|in|is)\b )
    \s* (?: (?:default|default_value|fallback) \s* = \s* )?
    (?: [\w.]{1,60} \( \s* (?:(\w{1,80})\s?=\s?)? ){0,2} [\[({]{0,2} \s* [rbfuRBFU]{0,2} $"""
)
_FIRST_LETTER = re.compile(r"[A-Za-z]")
_WINDOW = 160
_DEFAULT_WINDOW = 24
_DEFAULT_BEFORE = re.compile(r"\b(?:default|default_value|fallback)\s?=\s?[rbfuRBFU]{0,2}$")
_NAMES_AROUND = re.compile(r"(?m)^[ \t]*([A-Za-z_]\w{0,80})[ \t]*(?::[^=\r\n]{1,80})?=|[\"']([A-Za-z_]\w{0,80})[\"']")
"""What a call with a default may stand under, or ask for: `password = CharField(max_length=40, default=…)`."""
_CONTINUED = re.compile(r"\s*[+\\]?\s*[rbfuRBFU]{0,2}$")
_LINE_VALUE = re.compile(
    r"""(?xm)
    ^[ \t]* (?:-[ \t]+)? (?:(?:export|set|ENV|ARG)[ \t]+)?
    [\"']? ([A-Za-z][\w.-]{0,80}) [\"']? [ \t]* (?:[:=]|[ \t]) [ \t]* ([^\s\#][^\r\n]*)"""
)
_NAMED_PAIR = re.compile(r"\bname:[ \t]*[\"']?([\w.-]{2,80})[\"']?[ \t]*\r?\n[ \t]*value:[ \t]*([^\r\n]+)")
_INNER = re.compile(
    r"(?<![\w.-])([A-Za-z][\w.-]{0,80})[\"'`\]]?\s{0,4}(?:[:=]|!=|<>)\s{0,4}\\?(?:'([^'\r\n]{1,200})'|\"([^\"\r\n]{1,200})\")"
)
"""What stands in quotes behind a name, inside of another literal too: `"SELECT … WHERE password = '…'"`."""
_DEFAULT = re.compile(r"\$\{([A-Za-z_]\w{0,80}):?-([^{}\r\n]{1,300})\}")
_BLOCK_MARK = re.compile(r"[|>][+-]?\d?[ \t]*$")
_BLOCK_LINES = re.compile(r"(?:[ \t]+[^\r\n]+(?:\r?\n|$)|\r?\n){1,200}")
_RUN = re.compile(r"[^\s\"'`<>(){}\[\],;]{10,600}")
_POSITIONAL = re.compile(rf"\b(?:{'|'.join(POSITIONAL)})\([^()]{{0,400}}\)")
_NOT_LINE_END = re.compile(r"[^\r\n]")


def secret_spans(source: SourceFile) -> tuple[Region, ...]:
    """Return the ranges of a file that may hold secrets, in order and apart; more than the judge calls secret."""
    text = source.text
    evident = merged(chain(_structures(text), _runs(text), _positional(text), _embedded_pairs(text, source.kind)))
    finders = [evident, _literals(text, evident), _inner_literals(text), _defaults(text)]
    if source.kind not in _CODE:
        finders.append(_line_values(text))
    return merged(region for region in chain.from_iterable(finders) if region[0] < region[1])


def merged(regions: Iterable[Region]) -> tuple[Region, ...]:
    """Return regions in order, those that touch joined."""
    result: list[Region] = []
    for start, end in sorted(regions):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def redact(text: str, spans: Iterable[Region]) -> str:
    """Return a text of the same length with the spans starred out.

    Line ends stay, and so do up to four characters of a known format's public prefix.
    """
    pieces: list[str] = []
    done = 0
    for start, end in merged(spans):
        kept = start + _public_prefix(text[start:end])
        pieces += (text[done:kept], _NOT_LINE_END.sub("*", text[kept:end]))
        done = end
    return "".join(pieces) + text[done:]


def _public_prefix(value: str) -> int:
    return next((len(token.public_prefix) for token in shaped_tokens(value) if token.start == 0), 0)


def _structures(text: str) -> Iterator[Region]:
    finders = (private_keys, json_web_tokens, url_passwords, header_credentials, sql_passwords)
    found = chain.from_iterable(finder(text) for finder in finders)
    yield from ((each.start, each.end) for each in found)
    yield from ((token.start, token.end) for token in shaped_tokens(text))


def _literals(text: str, evident: tuple[Region, ...]) -> Iterator[Region]:
    """Yield the contents of quoted literals under a secret's name, and of of those that may be secret as a whole."""
    position, secret_end = 0, -1
    unclosed: dict[str, int] = {}  # by quote, up to where none closes
    while (opening := _OPENING.search(text, position)) is not None:
        position = opening.end()
        quote = opening.group()
        is_open = quote in _BODY and position <= unclosed.get(quote, -1)
        body = _BODY[quote].match(text, position) if quote in _BODY and not is_open else None
        if is_open or (body is not None and not text.startswith(quote, body.end())):
            unclosed[quote] = unclosed[quote] if body is None else body.end()
            if _is_under_secret_name(text, opening.start()):
                yield position, unclosed[quote]  # broken code is shown too
            continue
        if body is None:
            continue
        start, end = body.span()
        position = end + len(opening.group())
        follows = secret_end >= 0 and _CONTINUED.fullmatch(text, secret_end, opening.start())
        if follows or _is_under_secret_name(text, opening.start()):
            secret_end = position
            yield start, end
        elif may_be_secret(None, text[start:end]) and not _holds_one(start, end, evident):
            yield start, end


def _inner_literals(text: str) -> Iterator[Region]:
    yield from (match.span(match.lastindex or 0) for match in _INNER.finditer(text) if promised(match.group(1)))


def _is_under_secret_name(text: str, start: int) -> bool:
    before = text[max(0, start - _WINDOW) : start]
    if _DEFAULT_BEFORE.search(before[-_DEFAULT_WINDOW:]) and any(
        promised(one or other) for one, other in _NAMES_AROUND.findall(before)
    ):
        return True
    return any(_leads_to_end(before, hint.start()) for hint in HINT.finditer(before.lower()))


def _leads_to_end(before: str, hint: int) -> bool:
    """Return whether a word of a text promises a secret that follows the text."""
    start = min(hint, len(before))
    while start and (before[start - 1].isalnum() or before[start - 1] in "_.-"):
        start -= 1
    word = _FIRST_LETTER.search(before, start)
    match = _NAME_BEFORE.match(before, word.start()) if word is not None else None
    if match is None:
        return False
    outer, keyword = match.groups()
    return bool(promised(outer.rpartition(".")[2] or outer) or promised(keyword or ""))


def _runs(text: str) -> Iterator[Region]:
    yield from (match.span() for match in _RUN.finditer(text) if is_strong(match.group()))


def _positional(text: str) -> Iterator[Region]:
    for call in _POSITIONAL.finditer(text):
        for start, end in _all_literals(call.group()):
            yield call.start() + start, call.start() + end


def _all_literals(text: str) -> Iterator[Region]:
    for quoted in re.finditer(r"\"([^\"]*)\"|'([^']*)'", text):
        yield quoted.span(quoted.lastindex or 0)


def _line_values(text: str) -> Iterator[Region]:
    """Yield what stands right of a secret's name on its line, and the lines of a block below it."""
    for match in chain(_LINE_VALUE.finditer(text), _NAMED_PAIR.finditer(text)):
        if not promised(match.group(1)):
            continue
        start, end = match.span(2)
        block = _BLOCK_LINES.match(text, end + 1) if _BLOCK_MARK.fullmatch(match.group(2)) else None
        yield (start, end) if block is None else block.span()


def _defaults(text: str) -> Iterator[Region]:
    """Yield what a variable with a secret's name falls back to: `${DB_PASSWORD:-…}`."""
    yield from (match.span(2) for match in _DEFAULT.finditer(text) if promised(match.group(1)))


def _holds_one(start: int, end: int, regions: tuple[Region, ...]) -> bool:
    place = bisect_left(regions, (start, start))
    return place < len(regions) and regions[place][1] <= end


def _embedded_pairs(text: str, kind: Kind) -> Iterator[Region]:
    """Yield what follows a secret's name and `=` or `:`; in code only where it stands inside of a string."""
    for pair in pairs(text):
        if promised(pair.name) and (kind not in _CODE or text[pair.start - 1] in "=:"):
            yield pair.start, pair.end
