"""`--show-settings`, `--show-files` and `--verbose`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from archlint.pipeline import Request, resolve
from archlint.report.escaping import visible, visible_path
from archlint.settings import Settings, show
from archlint.stages.finding import find_files


def show_settings(request: Request) -> str:
    """Return each setting of the first path with its value and where that comes from."""
    root, resolver = resolve(request)
    first = Path(os.path.realpath(request.cwd / request.paths[0]))
    real_root = Path(os.path.realpath(root))
    # A folder asks like a file in it.
    asked = first / "settings" if first.is_dir() else first
    inside = asked.is_relative_to(real_root)
    settings = resolver.settings_for(asked.relative_to(real_root).as_posix()) if inside else resolver.run_settings()
    rows = show(settings)
    width = max((len(key) for key, _, _ in rows), default=0)
    return "".join(
        f"{key:{width}} = {json.dumps(value, ensure_ascii=False)}  # {visible(origin)}\n" for key, value, origin in rows
    )


def show_files(request: Request) -> str:
    """Return the files that would be read, with their kinds and roles."""
    from archlint.reading import read

    root, resolver = resolve(request)
    settings = resolver.run_settings()
    found, _ = find_files(request, root, settings)
    sources = ((one, read(one, settings.max_file_size).source) for one in found.files)
    rows = ((one, source.role if source is not None else one.role) for one, source in sources)
    return "".join(f"{visible_path(one.path)}  {one.kind.value}  {role.value}\n" for one, role in rows)


def say_where(request: Request, settings: Settings) -> None:
    """Say on standard error where the project is and what configures it."""
    root = os.path.relpath(settings.root, request.cwd)
    log_line(f"root: {root}")
    config = settings.config_path
    log_line(f"configuration: {'none' if config is None else os.path.relpath(config, request.cwd)}")


def log_line(line: str) -> None:
    """Write one line about the run to standard error."""
    click.echo(f"archlint: {visible(line)}", err=True)
