"""The command line: the only place that prints, reads the environment, or exits."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from archlint import __version__

        print(f"archlint {__version__}")  # noqa: T201 - without click: this must answer at once
        return
    try:
        from archlint.cli.app import run_command_line

        run_command_line()
    except KeyboardInterrupt:
        # Before click listens, or a second time: what is left to say is the exit code.
        os._exit(INTERRUPTED)
