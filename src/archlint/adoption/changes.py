"""What `archlint init` proposes: which files become what, and what is left to a person."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from textwrap import indent

import msgspec

from archlint.adoption import templates
from archlint.adoption.surroundings import GITLAB, HOOKS, WORKFLOWS, Surroundings
from archlint.adoption.toml_table import with_table
from archlint.settings.loading import OWN_FILE, PROJECT_FILE

_WORKFLOW = f"{WORKFLOWS}/archlint.yml"
_GITLAB_JOB = ".gitlab/archlint.yml"


class Part(str, Enum):
    """What can be set up, and left out by its name."""

    SETTINGS = "settings"
    PRE_COMMIT = "pre-commit"
    CI = "ci"
    BASELINE = "baseline"


class Change(msgspec.Struct, frozen=True):
    """One file and its text after it; `before` is None where the file is made. `why` says what it is good for."""

    part: Part
    path: Path
    name: str
    before: str | None
    after: str
    why: str


class Note(msgspec.Struct, frozen=True):
    """What a person has to do, since archlint cannot do it without disturbing a file; or what is done already."""

    part: Part
    text: str
    is_done: bool = False


def proposals(around: Surroundings, package: str) -> Iterator[Change | Note]:
    """Yield what would set archlint up; nothing but notes where that was done.

    `package` is what hooks and CI install: a requirement as pip reads it.
    """
    yield _settings(around)
    if around.hooks is not None:
        yield _hook(around, around.hooks, package)
    if around.workflows is not None:
        yield _workflow(around, around.workflows, package)
    if around.gitlab is not None:
        yield from _gitlab(around, around.gitlab, package)


def _settings(around: Surroundings) -> Change | Note:
    if around.configured:
        return Note(Part.SETTINGS, f"{around.configured} has settings of archlint", is_done=True)
    why = "marks the root of the project; nothing needs to be set"
    text = around.project_file
    after = None if text is None else with_table(text)
    if text is None or after is None:
        return Change(Part.SETTINGS, around.root / OWN_FILE, _below(around, OWN_FILE), None, _OWN_TEXT, why)
    return Change(Part.SETTINGS, around.root / PROJECT_FILE, _below(around, PROJECT_FILE), text, after, why)


_OWN_TEXT = "# The settings of archlint. This file marks the root of the project; nothing needs to be set.\n"


def _hook(around: Surroundings, text: str, package: str) -> Change | Note:
    if "archlint" in text:
        return Note(Part.PRE_COMMIT, f"{HOOKS} has archlint", is_done=True)
    item = templates.hook(package, around.folder)
    after = _with_item(text, "repos", item)
    if after is None:
        where = f"`repos` of {HOOKS}, which must be a list without brackets"
        return Note(Part.PRE_COMMIT, f"put this under {where}:\n{_dashed(item)}")
    return Change(Part.PRE_COMMIT, around.top / HOOKS, HOOKS, text, after, "reports on the files of each commit")


def _workflow(around: Surroundings, workflows: tuple[tuple[str, str], ...], package: str) -> Change | Note:
    having = next((name for name, text in workflows if "archlint" in text or name == _WORKFLOW), "")
    if having:
        return Note(Part.CI, f"{having} has archlint", is_done=True)
    text = templates.github(package, around.folder, around.branch)
    return Change(Part.CI, around.top / _WORKFLOW, _WORKFLOW, None, text, "reports beside the lines of pull requests")


def _gitlab(around: Surroundings, text: str, package: str) -> Iterator[Change | Note]:
    job = around.top / _GITLAB_JOB
    if "archlint" in text:
        yield Note(Part.CI, f"{GITLAB} has archlint", is_done=True)
        return
    if not job.exists():
        made = templates.gitlab(package, around.folder)
        yield Change(Part.CI, job, _GITLAB_JOB, None, made, "reports in merge requests")
    item = f"local: /{_GITLAB_JOB}\n"
    after = _with_item(text, "include", item)
    if after is None:
        yield Note(Part.CI, f"put this under `include` of {GITLAB}:\n{_dashed(item)}")
    else:
        yield Change(Part.CI, around.top / GITLAB, GITLAB, text, after, f"takes {_GITLAB_JOB}")


def _dashed(item: str) -> str:
    """Return an item as it stands in a list."""
    return f"- {indent(item, '  ')[2:]}"


def _below(around: Surroundings, name: str) -> str:
    """Return a file of the project as it is named from the root of the repository."""
    return f"{around.folder}/{name}" if around.folder else name


def _with_item(text: str, key: str, item: str) -> str | None:
    from archlint.adoption.yaml_list import with_item  # `archlint --help` names the parts and reads no YAML

    return with_item(text, key, item)
