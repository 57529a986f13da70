"""How a report is rendered; the command line decides, reporters only obey."""

from __future__ import annotations

import msgspec

from archlint import __version__


class RenderOptions(msgspec.Struct, frozen=True):
    """What may differ between two renderings of one report.

    `color` allows ANSI colours in the text formats, `summary` adds the last line to the concise one.
    `quiet` takes the last lines from the full one.
    `include_suppressed` adds suppressed diagnostics to JSON, JSON lines and SARIF, marked as such.
    `include_baselined` adds the diagnostics that the baseline has, marked as such.
    `show_fixes` names the fix of each diagnostic in the full format.
    `unsafe_fixes` counts unsafe fixes among those that `--fix` makes.
    `ci` escapes what a CI runner would take for a command in the text formats.
    `root` and `here` are the project root and the current folder: the text formats name files as a person who stands
    there would. Neither is ever printed.
    `root_in_repository` is the path of the project root inside its repository, for SARIF and annotations.
    `category` tells apart several SARIF files of one commit.
    """

    color: bool = False
    include_suppressed: bool = False
    include_baselined: bool = False
    show_fixes: bool = True
    unsafe_fixes: bool = False
    summary: bool = False
    quiet: bool = False
    ci: bool = False
    root: str = ""
    here: str = ""
    root_in_repository: str = ""
    category: str = ""
    version: str = __version__
