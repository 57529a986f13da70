"""Token formats that announce themselves: an anchor, a shape, and the issuer's own checksum where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import msgspec

from archlint.secrets import checks
from archlint.secrets.format_table import ROWS
from archlint.secrets.placeholders import is_placeholder
from archlint.secrets.strength import strength

PUBLIC_PREFIX = 4
"""So many characters of an anchor may be printed."""

_FAKE_DENSITY = 4.3
_CHECKS: dict[str, Callable[[str], bool]] = {
    name: getattr(checks, name)
    for name in (
        "suffix_crc", "routable", "macaroon", "little_endian_crc", "big_endian_crc", "numbered_secret",
        "grafana_cloud", "grafana_legacy", "sentry_organisation", "service_account", "snowflake", "reference_token",
        "bech32", "nkey",
    )
}  # fmt: skip


class Format(msgspec.Struct, frozen=True):
    """A token's shape. `lead` is how far before its anchor it may begin; `check` decides where there is one."""

    description: str
    anchor: str
    shape: re.Pattern[str]
    lead: int = 0
    check: Callable[[str], bool] | None = None


class Token(msgspec.Struct, frozen=True):
    """A token of a known format inside a text, with offsets into it; `checked` means that its checksum holds."""

    start: int
    end: int
    format: Format
    checked: bool

    @property
    def public_prefix(self) -> str:
        """Return the part of the token that is the same in all tokens of its format, four characters at most."""
        return "" if self.format.lead else self.format.anchor[:PUBLIC_PREFIX]


@cache
def formats() -> tuple[Format, ...]:
    """Return every known format."""
    return tuple(
        Format(
            row.description,
            row.anchor,
            re.compile(rf"(?<![A-Za-z0-9_]){row.shape}(?![A-Za-z0-9])"),
            row.lead,
            _CHECKS.get(row.check),
        )
        for row in ROWS
    )


def shaped_tokens(text: str) -> Iterator[Token]:
    """Yield everything that has the shape of a token, whether its checksum holds or not."""
    for form in formats():
        for match in shapes_of(form, text):
            checked = form.check is not None and form.check(match.group())
            yield Token(match.start(), match.end(), form, checked)


def shapes_of(form: Format, text: str) -> Iterator[re.Match[str]]:
    """Yield what has the shape of one format: its anchor is looked for, which is faster than its shape."""
    at, end = text.find(form.anchor), 0
    while at >= 0:
        match = _shape_around(form, text, at, end)
        if match is not None:
            end = match.end()
            yield match
        at = text.find(form.anchor, max(at + 1, end))


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of known formats, without those whose checksum fails and those made up for a page of docs."""
    for token in shaped_tokens(text):
        if token.checked or (token.format.check is None and not _is_made_up(text[token.start : token.end], token)):
            yield token


def _shape_around(form: Format, text: str, at: int, floor: int) -> re.Match[str] | None:
    if not form.lead:
        return form.shape.match(text, at)
    match = form.shape.search(text, max(floor, at - form.lead), at + 400)
    return match if match is not None and match.start() <= at < match.end() else None


def _is_made_up(value: str, token: Token) -> bool:
    body = value if token.format.lead else value[len(token.format.anchor) :]
    return is_placeholder(value) or is_placeholder(body) or strength(body).density < _FAKE_DENSITY
