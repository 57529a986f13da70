"""The files of other tools beside a project: its settings, its hooks, its CI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from archlint.settings.loading import OWN_FILE, PROJECT_FILE, read_bytes, read_table

HOOKS = ".pre-commit-config.yaml"
WORKFLOWS = ".github/workflows"
GITLAB = ".gitlab-ci.yml"
_OTHER_CI = (
    ("Jenkins", "Jenkinsfile"),
    ("CircleCI", ".circleci"),
    ("Azure Pipelines", "azure-pipelines.yml"),
    ("Bitbucket Pipelines", "bitbucket-pipelines.yml"),
    ("Travis CI", ".travis.yml"),
    ("Buildkite", ".buildkite"),
    ("Drone", ".drone.yml"),
)


class Surroundings(msgspec.Struct, frozen=True):
    """What stands around a project. `top` is the root of the repository, or that of the project where there is none.

    `folder` is that of the project below `top`, "" where they are the same. Texts are "" where a file is empty and
    None where there is none. `configured` names the file that has settings of archlint, or is "".
    """

    root: Path
    top: Path
    folder: str = ""
    branch: str = "main"
    configured: str = ""
    project_file: str | None = None
    hooks: str | None = None
    workflows: tuple[tuple[str, str], ...] | None = None
    gitlab: str | None = None
    other_ci: tuple[str, ...] = ()

    @property
    def tools(self) -> tuple[str, ...]:
        """Return what was found, for a person."""
        found = (
            (PROJECT_FILE, self.project_file is not None),
            ("pre-commit", self.hooks is not None),
            ("GitHub Actions", self.workflows is not None),
            ("GitLab CI", self.gitlab is not None),
        )
        return (*(name for name, is_there in found if is_there), *self.other_ci)


def surroundings_of(root: Path, top: Path, branch: str) -> Surroundings:
    """Return what stands around the root of a project; raises `UsageError` for a file that cannot be read."""
    return Surroundings(
        root,
        top,
        "" if root == top else root.relative_to(top).as_posix(),
        branch,
        _configured(root),
        _text(root, PROJECT_FILE),
        _text(top, HOOKS),
        tuple(_workflows(top)) if (top / WORKFLOWS).is_dir() else None,
        _text(top, GITLAB),
        tuple(name for name, path in _OTHER_CI if (top / path).exists()),
    )


def _configured(root: Path) -> str:
    if (root / OWN_FILE).is_file():
        return OWN_FILE
    project_file = root / PROJECT_FILE
    has_table = project_file.is_file() and read_table(project_file, PROJECT_FILE) is not None
    return PROJECT_FILE if has_table else ""


def _workflows(top: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((top / WORKFLOWS).iterdir()):
        if path.suffix in {".yml", ".yaml"}:
            name = f"{WORKFLOWS}/{path.name}"
            yield name, _text(top, name) or ""


def _text(folder: Path, name: str) -> str | None:
    """Return the text of a file, None where there is none. Line ends stay as they are."""
    path = folder / name
    return read_bytes(path, name).decode("utf-8", "surrogateescape") if path.is_file() else None
