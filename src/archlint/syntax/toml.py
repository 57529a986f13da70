"""Whether a text is TOML; what its values are, nobody asks: they are read line by line."""

from __future__ import annotations

import re

from archlint.syntax.config_events import MAX_DEPTH, BrokenConfigError, TooMuchError, masked

_POSITION = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")


def check_toml(text: str) -> None:
    """Raise `BrokenConfigError` for a text that is not TOML, `TooMuchError` for one that nobody can read to its end."""
    from archlint import toml

    shift = int(text.startswith("\ufeff"))
    try:
        toml.loads(text[shift:])
    except toml.TOMLDecodeError as error:
        message = str(error)
        place = _POSITION.search(message)
        raise BrokenConfigError(masked(_POSITION.sub("", message)), shift + _offset(text[shift:], place)) from None
    except RecursionError:
        raise TooMuchError(f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError:  # the one that is left: an integer beyond what Python converts
        raise TooMuchError("a number has too many digits") from None


def _offset(text: str, place: re.Match[str] | None) -> int:
    """Return where a place is that was told by line and column, or the end of the text."""
    if place is None or place[1] is None:
        return len(text)
    above = text.split("\n")[: int(place[1]) - 1]
    return min(sum(len(line) + 1 for line in above) + int(place[2]) - 1, len(text))
