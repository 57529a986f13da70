"""What an editor says of archlint: its settings, as initialization options or as its configuration."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import msgspec

from archlint.errors import UsageError
from archlint.settings import Overrides
from archlint.settings.loading import COMMAND_LINE, told
from archlint.settings.suggestions import quoted

SECTION = "archlint"
_WHERE = "settings of the editor"
_ALIKE = 0.8
"""How much a key must be like a setting to be a misspelt one, and none of an extension."""


class Options(msgspec.Struct, frozen=True, rename="camel"):
    """The settings of an editor; None where the configuration of the project decides. They win over it.

    `config` is a configuration file, relative to the folder that is open.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    extend_ignore: tuple[str, ...] | None = None
    preview: bool | None = None
    min_confidence: str | None = None
    config: str | None = None

    def overrides(self) -> Overrides:
        """Return the settings as those of a command line; what is excluded stays so when it is opened."""
        return Overrides(
            select=self.select,
            ignore=self.ignore,
            extend_select=self.extend_select,
            extend_ignore=self.extend_ignore,
            preview=self.preview,
            min_confidence=self.min_confidence,
            force_exclude=True,
        )

    def config_in(self, folder: Path) -> Path | None:
        """Return the configuration file; raises `UsageError` where there is no such file."""
        if not self.config:
            return None
        path = folder / self.config
        if not path.is_file():
            raise UsageError(f"no such configuration file: {self.config}")
        return path


def options_of(sent: object) -> Options | None:
    """Return the settings in what a client sent, under the name of the tool or not; None where it sent none.

    What extensions keep there for themselves is passed over. Raises `UsageError` for a value of another type, and for
    what looks like a setting that is misspelt.
    """
    inner = sent.get(SECTION, sent) if isinstance(sent, dict) else None
    if not isinstance(inner, dict):
        return None
    known = Options.__struct_encode_fields__
    for key in inner:
        meant = get_close_matches(str(key), known, n=1, cutoff=_ALIKE)
        if key not in known and meant:
            raise UsageError(f"{_WHERE}: unknown setting {quoted(str(key))}, did you mean `{meant[0]}`?")
    try:
        return msgspec.convert(inner, Options)
    except msgspec.ValidationError as error:
        what, _, place = str(error).replace(" | null", "").partition(" - at `$.")
        raise UsageError(f"{_WHERE}: `{place.rstrip('`')}`: {told(what)}") from None


def of_the_editor(message: str) -> str:
    """Return a message about a setting as the editor has it: runs are told of them as of options."""
    return message.replace(f"{COMMAND_LINE}: `--", f"{_WHERE}: `").replace(f"{COMMAND_LINE}: ", f"{_WHERE}: ")
