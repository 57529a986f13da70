"""What an editor says of archlint: its settings, as initialization options or as its configuration."""

from __future__ import annotations

from pathlib import Path

import msgspec

from archlint.errors import UsageError
from archlint.settings import Overrides

SECTION = "archlint"


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

    What extensions keep there for themselves is passed over. Raises `UsageError` for a value of another type.
    """
    inner = sent.get(SECTION, sent) if isinstance(sent, dict) else None
    if not isinstance(inner, dict):
        return None
    try:
        return msgspec.convert(inner, Options)
    except msgspec.ValidationError as error:
        raise UsageError(f"settings of the editor: {error}") from None
