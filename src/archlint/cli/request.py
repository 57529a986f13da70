"""From the options of the command line to the request of a run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from archlint.errors import UsageError
from archlint.pipeline import Request, resolve
from archlint.settings import Overrides, Settings
from archlint.settings.suggestions import quoted

_STDIN = Path("-")
_MAX_STDIN = 50_000_000


def current_folder() -> Path:
    """Return the current folder; raises `UsageError` where somebody deleted it."""
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(f"no current folder: {(error.strerror or 'not readable').lower()}") from None


def request_of(paths: tuple[Path, ...], options: dict[str, Any]) -> tuple[Request, Settings]:
    """Return what a run is asked for and the settings of its root; raises `UsageError`."""
    overrides = Overrides(**{name: options[name] for name in Overrides.__struct_fields__ if name in options})
    cwd = current_folder()
    text = _stdin(paths, options)
    if text is not None:
        paths = (Path(options["stdin_filename"]),)
    bare = Request(
        paths,
        cwd,
        overrides,
        _config(cwd, options),
        options["isolated"],
        {},
        options.get("timings", False),
        environment=os.environ,
    )
    root, resolver = resolve(bare)
    if text is None:
        return bare, resolver.run_settings()
    real, real_root = os.path.realpath(cwd / paths[0]), os.path.realpath(root)
    if not Path(real).is_relative_to(real_root):
        raise UsageError("--stdin-filename must lie below the root of the project")
    if Path(real).is_dir():
        raise UsageError(f"--stdin-filename names a folder: {quoted(os.fspath(paths[0]))}")
    return bare.with_overlay({Path(real).relative_to(real_root).as_posix(): text}), resolver.run_settings()


def _config(cwd: Path, options: dict[str, Any]) -> Path | None:
    if options["config"] is None:
        return None
    if options["isolated"]:
        raise UsageError("`--isolated` and `--config` exclude each other")
    config: Path = (cwd / options["config"]).absolute()
    if not config.is_file():
        raise UsageError(f"no such configuration file: {quoted(os.fspath(options['config']))}")
    return config


def _stdin(paths: tuple[Path, ...], options: dict[str, Any]) -> str | None:
    """Return the text of standard input where `-` asks for it, else None."""
    if _STDIN not in paths:
        if options.get("stdin_filename") is not None:
            raise UsageError("--stdin-filename needs `-` as the only path")
        return None
    if len(paths) != 1:
        raise UsageError("`-` must be the only path")
    if options.get("stdin_filename") is None:
        raise UsageError("`-` needs --stdin-filename, which says what kind of file it is")
    data = sys.stdin.buffer.read(_MAX_STDIN + 1) if sys.stdin is not None else b""
    if len(data) > _MAX_STDIN:
        raise UsageError(f"standard input has more than {_MAX_STDIN:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 (byte {error.start})") from None
