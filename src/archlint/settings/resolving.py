"""Which configuration holds where: the root of a run, and the nearest file above each file, as in ruff."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname

from archlint.errors import UsageError
from archlint.settings.loading import COMMAND_LINE, OWN_FILE, PROJECT_FILE, Layer, load_layers, read_table, typed_config
from archlint.settings.merging import merge
from archlint.settings.overrides import Overrides
from archlint.settings.settings import Settings


def find_root(targets: Sequence[Path], cwd: Path) -> Path:
    """Return the root of a run: the nearest folder with a configuration of archlint above the current folder.

    Where there is none, or it does not hold all targets, the nearest above the targets counts.
    Failing that the same with `.git` or any pyproject.toml, else the current folder, or the targets' own
    folder where that lies elsewhere. A run on some files has the root of the run on all of them: facts, cache and
    fingerprints are the same.
    """
    start, here = _common_folder(targets, cwd), _normal(cwd)
    for is_root in (_has_config, _is_marked):
        for base in (here, start):
            found = next((folder for folder in (base, *base.parents) if is_root(folder)), None)
            if found is not None and start.is_relative_to(found):
                return found
    return here if start.is_relative_to(here) else start


def _has_config(folder: Path) -> bool:
    return config_in(folder) is not None


def _is_marked(folder: Path) -> bool:
    return _exists(folder / ".git") or _is_file(folder / PROJECT_FILE)


def config_in(folder: Path) -> Path | None:
    """Return the configuration file of a folder: archlint.toml, or a pyproject.toml with `[tool.archlint]`.

    Raises `UsageError` when it is a pyproject.toml that names archlint and cannot be parsed.
    """
    if _is_file(folder / OWN_FILE):
        return folder / OWN_FILE
    project_file = folder / PROJECT_FILE
    if _is_file(project_file) and read_table(project_file, PROJECT_FILE) is not None:
        return project_file
    return None


@dataclass(slots=True)
class SettingsResolver:
    """Answers with the settings of each file of a run; each folder is looked at once.

    `config` fixes one file for all, `isolated` reads none. Globs of the command line are relative to `cwd`.
    """

    root: Path
    overrides: Overrides = field(default_factory=Overrides)
    config: Path | None = None
    isolated: bool = False
    cwd: Path | None = None
    _by_folder: dict[str, Settings] = field(default_factory=dict, repr=False)

    def run_settings(self) -> Settings:
        """Return the settings of the root: those that hold for the run as a whole."""
        return self._in_folder("")

    def settings_for(self, path: str) -> Settings:
        """Return the settings of a file, whose path is relative to the root; raises `UsageError`."""
        folder = path.rpartition("/")[0]
        return self._by_folder.get(folder) or self._in_folder(folder)

    def _in_folder(self, folder: str) -> Settings:
        passed = []
        settings: Settings | None = None
        while settings is None:
            settings = self._by_folder.get(folder) or self._own(folder)
            passed.append(folder)
            # Above a file outside of the root there is no configuration of the project: the root's holds.
            folder = "" if dirname(folder) == folder else dirname(folder)
        self._by_folder.update(dict.fromkeys(passed, settings))
        return settings

    def _own(self, folder: str) -> Settings | None:
        """Return the settings of a folder with a configuration of its own; the root always answers."""
        if self.isolated or self.config is not None:
            return None if folder else self._load(self.config)
        found = config_in(self.root / folder)
        if found is None and folder:
            return None
        return self._load(found, self.run_settings().migrations_since if folder else None)

    def _load(self, config: Path | None, since: str | None = None) -> Settings:
        if self.isolated and config is not None:
            raise UsageError("command line: `--isolated` and `--config` exclude each other")
        layers = load_layers(config, self.root) if config is not None else ()
        table = self.overrides.table()
        if table:
            layers = (*layers, Layer(typed_config(table, COMMAND_LINE), COMMAND_LINE, self._base()))
        return merge(layers, root=self.root, config_path=config, overrides=self.overrides, since=since)

    def _base(self) -> str:
        if self.cwd is None or not self.cwd.is_relative_to(self.root) or self.cwd == self.root:
            return ""
        return self.cwd.relative_to(self.root).as_posix()


def _common_folder(targets: Sequence[Path], cwd: Path) -> Path:
    absolute = [_normal(cwd / target) for target in targets] or [_normal(cwd)]
    try:
        common = Path(os.path.commonpath(absolute))
    except ValueError:  # Targets on several drives have nothing in common.
        common = _normal(cwd)
    return common.parent if _is_file(common) or not _exists(common) else common


def _normal(path: Path) -> Path:
    """Return an absolute path without `..`; links keep their names."""
    return Path(os.path.normpath(path.absolute()))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
