"""`archlint init`: set archlint up for a project, as far as its files tell how."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec.structs import replace

from archlint import __version__
from archlint.adoption.changes import Change, Note, Part, proposals
from archlint.cli.linking import linked_for, reading_options
from archlint.errors import ArchlintError, UsageError

if TYPE_CHECKING:
    from archlint.adoption.surroundings import Surroundings
    from archlint.pipeline import Request
    from archlint.stages.linked import Linked

_WIDTH = 13


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change.")
@click.option(
    "--skip", multiple=True, type=click.Choice([part.value for part in Part]), help="Leave a part out; repeatable."
)
@click.option(
    "--package",
    default=f"archlint=={__version__}",
    show_default=True,
    metavar="REQUIREMENT",
    help="What hooks and CI install, as pip reads it.",
)
@reading_options
def init(path: Path, *, yes: bool, dry_run: bool, skip: tuple[str, ...], package: str, **options: Any) -> None:
    """Look at a project, propose settings, a hook, a CI job and a baseline, and write what is confirmed.

    A second run changes nothing. Nothing of the project is executed.
    """
    found = _linked(path, options)
    around = _around(found.root)
    _say_seen(found, around)
    wanted = [one for one in proposals(around, package) if one.part.value not in skip]
    baseline = _baseline(found.root, skip)
    _say_notes(wanted, baseline)
    changes = [one for one in wanted if isinstance(one, Change)]
    if dry_run:
        _say_differences(changes, baseline)
        return
    if not changes and not baseline.is_wanted:
        click.echo("\nThere is nothing to write.")
    elif not yes and not _is_terminal():
        _say_plan(changes, baseline)
        raise UsageError("nothing is written: `--yes` writes, `--dry-run` prints the changes")
    elif _carry_out(changes, baseline, around, options, yes=yes):
        click.echo("\nCommit what was written.")
    click.echo(f"\nNext: archlint check{f' {path}' if path != Path() else ''}")


class _Baseline(msgspec.Struct, frozen=True):
    """The file of the baseline, and whether it is still to be written."""

    root: Path
    file: Path | None
    is_wanted: bool


def _linked(path: Path, options: dict[str, Any]) -> Linked:
    """Return the project of a folder, as if the command was given in it: its nearest root counts."""
    from archlint.cli.request import current_folder

    folder = Path(os.path.normpath(current_folder() / path))
    if not folder.is_dir():
        raise UsageError(f"no such folder: {path}")
    return linked_for(_request(folder, options), quiet=options["quiet"])


def _request(folder: Path, options: dict[str, Any]) -> Request:
    from archlint.pipeline import Request
    from archlint.settings import Overrides

    known = {name: options[name] for name in Overrides.__struct_fields__ if name in options}
    return Request((folder,), folder, Overrides(**known), environment=os.environ)


def _around(root: Path) -> Surroundings:
    from archlint.adoption.surroundings import surroundings_of
    from archlint.git import open_repository

    root = Path(os.path.realpath(root))
    try:
        repository = open_repository(root, None, os.environ)
    except UsageError:  # no git, or no repository: then the project stands for itself
        return surroundings_of(root, root, "main")
    top = root if repository.top is None else Path(os.path.realpath(repository.top))
    return surroundings_of(root, top if root.is_relative_to(top) else root, repository.default_branch() or "main")


def _baseline(root: Path, skip: Sequence[str]) -> _Baseline:
    from archlint.pipeline import Request, resolve

    file = resolve(Request((root,), root))[1].run_settings().baseline
    is_wanted = Part.BASELINE.value not in skip and file is not None and not file.exists()
    return _Baseline(root, file, is_wanted)


def _say_seen(found: Linked, around: Surroundings) -> None:
    from archlint.adoption.survey import survey_of
    from archlint.project.questions.deep import deeply

    survey = deeply(lambda: survey_of(found.project, found.files.entries))
    _say(f"{found.root.name or found.root}")
    for word, text in survey.rows():
        _say(f"  {word:{_WIDTH}} {text}")
    _say(f"  {'tools':{_WIDTH}} {', '.join(around.tools) or 'none'}")


def _say_notes(wanted: Sequence[Change | Note], baseline: _Baseline) -> None:
    done = [one for one in wanted if isinstance(one, Note) and one.is_done]
    for note in done:
        _say(f"  {'done':{_WIDTH}} {note.text}")
    if baseline.file is not None and baseline.file.exists():
        _say(f"  {'done':{_WIDTH}} {baseline.file.name} is there")
    for note in (one for one in wanted if isinstance(one, Note) and not one.is_done):
        click.echo("\nBy hand: " + "\n".join(_visible(line) for line in note.text.splitlines()))


def _say_plan(changes: Sequence[Change], baseline: _Baseline) -> None:
    click.echo("\nProposed")
    for name, why in (*((one.name, one.why) for one in changes), *_planned(baseline)):
        _say(f"  {name}: {why}")


def _planned(baseline: _Baseline) -> Iterator[tuple[str, str]]:
    if baseline.is_wanted and baseline.file is not None:
        yield baseline.file.name, "takes what is found today, so that only what is new is reported"


def _say_differences(changes: Sequence[Change], baseline: _Baseline) -> None:
    from archlint.fixing.differences import difference

    click.echo()
    for one in changes:
        for line in difference(one.name, one.before or "", one.after).splitlines():
            _say(line)
    for name, why in _planned(baseline):
        _say(f"# {name} {why}")


def _carry_out(
    changes: Sequence[Change], baseline: _Baseline, around: Surroundings, options: dict[str, Any], *, yes: bool
) -> bool:
    """Write what is wanted and return whether anything was."""
    click.echo()
    has_written = False
    for one in changes:
        if yes or click.confirm(_visible(f"{one.name}: {one.why}. Write it?"), default=True):
            _write(one, around.top)
            _say(f"wrote {one.name}")
            has_written = True
    for name, why in _planned(baseline):
        if yes or click.confirm(_visible(f"{name}: {why}. Write it?"), default=True):
            _write_baseline(baseline, options)
            has_written = True
    return has_written


def _write(change: Change, top: Path) -> None:
    """Write one file; raises `ArchlintError`. No link of the project leads out of the repository."""
    from archlint.fixing.replacing import replace_file

    target = Path(os.path.realpath(change.path))
    if not target.is_relative_to(top):
        raise ArchlintError(f"{change.name} is not written: it leads out of the repository")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, change.after.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise ArchlintError(f"cannot write {change.name}: {(error.strerror or type(error).__name__).lower()}") from None


def _write_baseline(baseline: _Baseline, options: dict[str, Any]) -> None:
    """Write the baseline of the project, whatever the current folder; the settings may have just been written."""
    from archlint.cli.baseline_command import write_for
    from archlint.pipeline import resolve

    request = replace(_request(baseline.root, options), needs_baseline=False)
    settings = resolve(request)[1].run_settings()
    if settings.baseline is not None:
        write_for(request, settings, settings.baseline, {**options, "verbose": False})


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _visible(text: str) -> str:
    from archlint.report.escaping import visible

    return visible(text)


def _say(line: str) -> None:
    click.echo(_visible(line))
