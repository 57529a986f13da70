"""A session over one project: the reports on its files, asked for again and again while they change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from archlint.catalogue import catalogue
from archlint.discovery import discover
from archlint.pipeline import Request, run
from archlint.registry import rules_of
from archlint.report.result import Report
from archlint.settings import Overrides, SettingsResolver
from archlint.stages.analyse import plan_of
from archlint.stages.caching import cache_of
from archlint.stages.files import RunFiles
from archlint.stages.judge import order, redacted_texts, results_of, silence
from archlint.stages.masks import Masks
from archlint.workers import deep_stack


class Session:
    """Reports on files of the project with a root."""

    def __init__(self, root: Path, overrides: Overrides, config: Path | None = None) -> None:
        self._root = root
        self._overrides = overrides
        self._config = config

    def report(self, paths: tuple[Path, ...], overlay: Mapping[str, str], *, is_quick: bool = False) -> Report:
        """Return the report on some files, texts of an editor in place of what is on disk; raises `UsageError`.

        A quick one has only what each file shows by itself.
        """
        if is_quick:
            return self._alone(paths, overlay)
        unsaved = {name: text for name, text in overlay.items() if not self._is_saved(name, text)}
        return run(Request(paths, self._root, self._overrides, self._config, overlay=unsaved))

    def _is_saved(self, name: str, text: str) -> bool:
        try:
            return (self._root / name).read_bytes() == text.encode("utf-8", "surrogatepass")
        except OSError:
            return False

    def _alone(self, paths: tuple[Path, ...], overlay: Mapping[str, str]) -> Report:
        resolver = SettingsResolver(self._root, self._overrides, self._config, cwd=self._root)
        settings = resolver.run_settings()
        files = RunFiles(discover(paths, self._root, settings), (), overlay, settings)
        plan = plan_of(files.entries, resolver.settings_for, overlay)
        with deep_stack():
            results = [plan(index) for index in range(len(files.entries))]
        files.analysed(results)
        not_run = frozenset(rule.code for rule in rules_of(settings.selected) if rule.is_linked)
        found = [one for result in results for one in result.diagnostics]
        applied = silence(found, results, resolver.settings_for, files.role_of, files.source_of, not_run=not_run)
        kept = sorted([*applied.kept, *applied.tool], key=order)
        masks = Masks(cache_of(replace(settings, no_cache=True))[0], files.digest_of)
        texts = redacted_texts(kept, files.source_of, masks, 1)
        shown = tuple(results_of(kept, resolver.settings_for, files.role_of, texts))
        return Report(shown, texts=texts, files=len(files.entries))


def codes_of_project() -> frozenset[str]:
    """Return the codes that a quick report leaves out: of rules that look at the whole project."""
    return frozenset(rule.code for rule in rules_of(entry.code for entry in catalogue()) if rule.is_linked)
