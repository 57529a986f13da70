"""Where reports go: the terminal, files, several at once."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec.structs import replace

from archlint.errors import ArchlintError, UsageError
from archlint.report.escaping import visible, visible_character
from archlint.report.formats import FORMATS, SHOWING, render
from archlint.report.options import RenderOptions
from archlint.report.order import sort_results
from archlint.report.result import Report
from archlint.report.summary import statistics, summary_line, timings
from archlint.settings.suggestions import did_you_mean, quoted

if TYPE_CHECKING:
    from archlint.cli.fix_files import Differences
    from archlint.settings import Settings

_TEXT = frozenset({"full", "concise"})
_RUNNERS = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
"""Variables of runners that take lines of the output for commands."""


class Sink(msgspec.Struct, frozen=True):
    """One report: its format, and its file, None for standard output."""

    format: str
    file: Path | None = None


def sinks_of(format_name: str, file: str | None, more: tuple[str, ...]) -> list[Sink]:
    """Return where reports go; raises `UsageError` for what cannot be one."""
    sinks = [Sink(_known(format_name), _target(file) if file is not None else None)]
    for text in more:
        name, equals, path = text.partition("=")
        if not equals or not path:
            raise UsageError(f"--output takes FORMAT=FILE, as in sarif=archlint.sarif, not {quoted(text)}")
        sinks.append(Sink(_known(name), _target(path)))
    files = [os.path.realpath(sink.file) for sink in sinks if sink.file is not None]
    if len(set(files)) < len(files):
        raise UsageError("two reports cannot go to the same file")
    return sinks


def _known(name: str) -> str:
    if name not in FORMATS:
        hint = did_you_mean(name, FORMATS) or f": use one of {', '.join(FORMATS)}"
        raise UsageError(f"unknown output format {quoted(name)}{hint}")
    return name


def _target(name: str) -> Path | None:
    """Return the file that a report goes to, None for `-`: a run of minutes must not end in a folder."""
    path = Path(name)
    if path.is_dir():
        raise UsageError(f"cannot write a report to {quoted(name)}: it is a directory")
    return None if name == "-" else path


def write_all(
    report: Report, sinks: list[Sink], settings: Settings, options: dict[str, Any], *, text: str | None = None
) -> None:
    """Write each report, files first; raises `ArchlintError` where that failed, after all others are written.

    Where a text is given, standard output is for that, and what a person reads goes to standard error.
    """
    root = settings.root
    report = replace(report, results=sort_results(report.results, options["sort"]))
    rendering = RenderOptions(
        include_suppressed=options["include_suppressed"],
        include_baselined=options["include_baselined"],
        summary=not options["quiet"],
        quiet=options["quiet"],
        unsafe_fixes=settings.unsafe_fixes,
        ci=any(os.environ.get(name, "").lower() not in {"", "false"} for name in _RUNNERS),
        root=root.as_posix(),
        here=here(root),
        root_in_repository=_root_in_repository(root),
    )
    failures = [
        failure
        for sink in sinks
        if sink.file is not None and (failure := _write(sink.file, render(report, sink.format, rendering)))
    ]
    shown = [sink.format for sink in sinks if sink.file is None]
    for name in shown:
        color = name in _TEXT and text is None and wants_color()
        _print(render(report, name, replace(rendering, color=color)), err=text is not None, color=color)
    if text is not None:
        _print(text)
    if options["statistics"]:
        _print(statistics(report), err=not _TEXT.issuperset(shown))
    if options["timings"]:
        _print(timings(report), err=True)
    if not options["quiet"]:
        warn(report, is_told=bool(_TEXT.intersection(shown)))
        for line in _unheard([sink.format for sink in sinks], options):
            _print(f"archlint: warning: {line}\n", err=True)
    if failures:
        raise ArchlintError("; ".join(failures))


def _unheard(formats: Sequence[str], options: dict[str, Any]) -> Iterator[str]:
    """Yield which option has no effect in any format that is written."""
    for name, showing in SHOWING.items():
        if options[name] and showing.isdisjoint(formats):
            deaf = ", ".join(f"`{one}`" for one in dict.fromkeys(formats))
            yield f"`--{name.replace('_', '-')}` changes nothing in {deaf}"


def write_text(text: str, file: str | None) -> None:
    """Write a text to a file, or to standard output; raises `ArchlintError`."""
    target = _target(file) if file is not None else None
    if target is None:
        _print(text)
        return
    failure = _write(target, text)
    if failure:
        raise ArchlintError(failure)


def wants_color() -> bool:
    """Return whether standard output takes colours: on a terminal, unless NO_COLOR, or with FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def write_differences(found: Differences, file: str | None, *, quiet: bool) -> None:
    """Write diffs as they are, so that they can be applied; what a terminal would act on is escaped there.

    Raises `ArchlintError` where that failed. What they come to is said on standard error.
    """
    is_seen = file is None and sys.stdout.isatty()
    write_text(_harmless(found.text) if is_seen else found.text, file)
    if not quiet:
        warn(found.report, is_told=False)
        _print(f"archlint: {found.summary}\n", err=True)


def _harmless(text: str) -> str:
    return "".join(one if one in "\n\t" else visible_character(one) for one in text)


def warn(report: Report, *, is_told: bool) -> None:
    """Say on standard error what no report shows; `is_told` means that a person sees the report's last lines."""
    for line in report.warnings:
        _print(f"archlint: warning: {visible(line)}\n", err=True)
    if not report.files and not is_told:
        _print(f"archlint: {summary_line(replace(report, results=(), crashed=False))}\n", err=True)


def _print(text: str, *, err: bool = False, color: bool | None = None) -> None:
    try:
        click.echo(text, nl=False, err=err, color=color)
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard error" if err else "standard output"
        raise ArchlintError(f"cannot write to {name}: {_reason(error)}") from None


def _write(path: Path, text: str) -> str:
    """Write a file and return why that failed, or "".

    A regular file is replaced as a whole, since half a report is worse than none; a pipe or a device is written to.
    """
    from archlint.fixing.replacing import replace_file

    data = text.encode("utf-8", "backslashreplace")
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(data)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, data)
    except OSError as error:
        return f"cannot write {quoted(os.fspath(path))}: {_reason(error)}"
    return ""


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def here(root: Path) -> str:
    """Return the current folder, or the root where it is gone."""
    try:
        return Path.cwd().as_posix()
    except OSError:
        return root.as_posix()


def _root_in_repository(root: Path) -> str:
    """Return the path of the project root below the repository's: code hosts count from there."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return "" if folder == root else root.relative_to(folder).as_posix()
    return ""
