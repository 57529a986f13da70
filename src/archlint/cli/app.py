"""The commands, and what becomes of errors: one line and an exit code, never a traceback."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import click

from archlint import __version__
from archlint.cli import INTERRUPTED
from archlint.crash import survive
from archlint.errors import ArchlintError, UsageError
from archlint.settings.suggestions import did_you_mean, quoted

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMPLETION = "_ARCHLINT_COMPLETE"
_USAGE = 2
_INTERNAL = 3
_BROKEN_PIPE = 141
"""What a shell reports of a program that was ended by a closed pipe."""
_COMMANDS = MappingProxyType(
    {
        "check": "check_command.check",
        "baseline": "baseline_command.baseline",
        "secrets": "secrets_command.secrets",
        "report": "report_command.report_command",
        "map": "map_command.map_command",
        "why": "why_command.why",
        "facts": "facts_command.facts",
        "link": "link_command.link",
        "explain": "catalogue_commands.explain",
        "rules": "catalogue_commands.rules",
        "config": "config_command.config",
        "init": "init_command.init",
        "cache": "cache_command.cache",
        "completion": "completion_command.completion",
        "server": "server_command.server",
    }
)
"""Which module of this package has a command, and under which name; it is imported when the command is asked for."""


def _command(name: str) -> click.Command:
    module, _, attribute = _COMMANDS[name].partition(".")
    found: click.Command = getattr(import_module(f"archlint.cli.{module}"), attribute)
    return found


class DefaultGroup(click.Group):
    """A group in which `archlint src/` means `archlint check src/`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """Return the names of the commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        """Return the command of a name, or None."""
        return _command(cmd_name) if cmd_name in _COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the named command, or `check` with all arguments where none is named."""
        if args and args[0] not in _COMMANDS:
            hint = did_you_mean(args[0], _COMMANDS)
            if hint and not os.path.lexists(args[0]):
                raise UsageError(f"no such file, directory or command: {quoted(args[0])}{hint}")
            args = ["check", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give everything that does not begin with a command to `check`, nothing at all included."""
        own = {"--help", "-h", "--version", "-V"}
        # Completion parses the words before the one that is being typed: none of them means any command.
        is_bare = not args and not ctx.resilient_parsing
        if is_bare or (args and args[0].startswith("-") and args[0] not in own):
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return commands, and what may stand first without one: files and the options of `check`."""
        from click.shell_completion import CompletionItem

        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            known = {item.value for item in found}
            more = _command("check").shell_complete(ctx, incomplete)
            return [*found, *(item for item in more if item.value not in known)]
        return [*found, CompletionItem(incomplete, type="file")]


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="archlint %(version)s")
def archlint() -> None:
    """Find what a backend architect would fail in review.

    `archlint PATHS` is short for `archlint check PATHS`.
    """


def run_command_line() -> NoReturn:
    """Run the command that the arguments name and leave with its exit code."""
    _open_streams()
    try:
        code = survive(_run, _crashed)
    except ArchlintError as error:
        _complain(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        code = _interrupted()
    except SystemExit as done:
        # Shell completion leaves by itself, and so does click where the reader of a pipe is gone.
        code = int(done.code or 0) if _COMPLETION in os.environ else _BROKEN_PIPE
    _leave(code)


def _run() -> int:
    try:
        # Without `standalone_mode` click returns the code of `ctx.exit`.
        code = archlint.main(prog_name="archlint", complete_var=_COMPLETION, standalone_mode=False)
    except click.ClickException as error:
        _complain(error.format_message())
        return _USAGE
    except click.exceptions.Abort:
        # What click makes of Ctrl-C; it is a `RuntimeError`, and no crash.
        return _interrupted()
    return _flushed(code if isinstance(code, int) else 0)


def _flushed(code: int) -> int:
    """Return the exit code, another one where the output could not be written to its end."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        return _BROKEN_PIPE
    except OSError as error:
        _complain(f"cannot write to standard output: {(error.strerror or type(error).__name__).lower()}")
        return _INTERNAL
    return code


def _interrupted() -> int:
    _complain("interrupted")
    return INTERRUPTED


def _crashed(line: str) -> int:
    _complain(f"internal error: {line}; please report it, with what you ran")
    return _INTERNAL


def _open_streams() -> None:
    """Make the standard streams take any text, and closed ones nothing: no output is worth a traceback."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - open as long as we run
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _leave(code: int) -> NoReturn:
    """Flush and end the process at once: tearing down the trees of a large project takes longer than linting a file."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _complain(message: str) -> None:
    line = " ".join(message.split())
    with suppress(OSError, ValueError):
        click.echo(f"archlint: {line}", err=True)
