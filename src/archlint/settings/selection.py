"""Which rules run: what a selector stands for, and how select and ignore decide, as in ruff."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

import msgspec

from archlint.catalogue import Entry, Status

ALL = "ALL"
_PREFIX = re.compile(r"([A-Z]+)(\d*)")
_EXACT = 100
_FAMILY = 4
"""A family is as specific as the prefix of its codes: `loops` and `ARC1`."""
_TOOL_FAMILY = "tool"
_COMMENT_RULES = frozenset({"ARC006", "ARC007"})


class Selector(msgspec.Struct, frozen=True):
    """What a user wrote, how specific it is (more wins), and the codes that it stands for."""

    text: str
    specificity: int
    codes: frozenset[str]

    @property
    def takes_previews(self) -> bool:
        """Return whether preview rules are meant although nobody asked for previews: by exact name, or by `ALL`."""
        return self.specificity in {0, _EXACT}


class Choice(msgspec.Struct, frozen=True):
    """What one place (a file, the command line) says about rules; `select` is None where it does not say."""

    select: tuple[Selector, ...] | None = None
    extend_select: tuple[Selector, ...] = ()
    ignore: tuple[Selector, ...] = ()


def parse_selector(text: str, entries: Sequence[Entry]) -> Selector | None:
    """Return the selector that a text is: a code, a prefix, a name, a family or `ALL`; None if it is none of them."""
    wanted = text.strip()
    upper, name = wanted.upper(), wanted.lower().replace("_", "-")
    if upper == ALL:
        return Selector(wanted, 0, frozenset(entry.code for entry in entries))
    for entry in entries:
        if upper == entry.code or name == entry.name:
            return Selector(wanted, _EXACT, frozenset({entry.code}))
    prefix = _PREFIX.fullmatch(upper)
    codes = frozenset(entry.code for entry in entries if prefix and _begins(entry.code, prefix[1], prefix[2]))
    if prefix and codes:
        return Selector(wanted, _FAMILY - 1 + len(prefix[2]), codes)
    codes = frozenset(entry.code for entry in entries if wanted.lower().replace("-", "_") == entry.family)
    return Selector(wanted, _FAMILY, codes) if codes else None


def _begins(code: str, letters: str, digits: str) -> bool:
    """Return whether a code has all these letters, and its number begins with the digits."""
    return code.startswith(letters + digits) and not code[len(letters)].isalpha()


def selector_words(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return every code, name and family, for suggestions."""
    words = dict.fromkeys(word for entry in entries for word in (entry.code, entry.name, entry.family))
    return (*words, ALL)


def selected_codes(
    choices: Sequence[Choice], entries: Sequence[Entry], *, preview: bool, given: Container[str] = ()
) -> frozenset[str]:
    """Return the codes that run; later choices win over earlier ones. `given` are the settings that say something.

    Within one choice the most specific selector decides, and on a tie `ignore` does. A later `select` starts anew,
    but for ignored rules that were named more specifically than the new selectors name them.
    Rules that report what archlint could not check are not deselected by `select`, only by `ignore`:
    a file that could not be read must not pass for clean.
    """
    return frozenset(entry.code for entry in entries if _is_selected(entry, choices, preview=preview, given=given))


def _is_selected(entry: Entry, choices: Sequence[Choice], *, preview: bool, given: Container[str]) -> bool:
    default = entry.is_default(given) or (preview and entry.status is Status.PREVIEW)
    reports_failure = default and entry.family == _TOOL_FAMILY and entry.code not in _COMMENT_RULES
    takes_part = preview or entry.status is not Status.PREVIEW
    selected, carried = default, -1
    for choice in choices:
        wanting = (*(choice.select or ()), *choice.extend_select)
        for_it = _most_specific(entry.code, [s for s in wanting if takes_part or s.takes_previews])
        against = _most_specific(entry.code, choice.ignore)
        if choice.select is not None:
            selected = reports_failure and carried < 0
        if for_it >= 0 and for_it >= carried:
            selected = True
        if against >= 0 and against >= for_it:
            selected = False
        carried = max(carried, against)
    return selected


def _most_specific(code: str, selectors: Iterable[Selector]) -> int:
    return max((selector.specificity for selector in selectors if code in selector.codes), default=-1)
