"""The report of a run held against the baseline."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.baseline.accepted import Accepted
from archlint.baseline.file import Baseline, read_baseline, shown_name
from archlint.baseline.matching import Matched, matched
from archlint.catalogue import entry_by_code
from archlint.diagnostic import Diagnostic
from archlint.discovery import Discovery
from archlint.errors import UsageError
from archlint.policy import identities
from archlint.report.regions import Regions
from archlint.report.result import Report
from archlint.settings import Settings, SettingsResolver
from archlint.source import SourceFile

if TYPE_CHECKING:
    from archlint.stages.repository_paths import Renames

_NEVER_ACCEPTED = frozenset({"ARC002", "ARC008"})
"""What is wrong with a run or with the baseline itself."""


class Acceptance(msgspec.Struct, frozen=True):
    """A baseline and what of it a run can judge.

    `is_whole` tells that the run is over the whole project as it is on the disk. `renames` gives new paths by old ones
    since the file of the baseline changed, where some files of its entries are no longer there. `is_being_moved` tells
    whether files are gone and not staged: others may still import them under their old names.
    """

    baseline: Baseline
    found: Discovery
    resolver: SettingsResolver
    is_whole: bool
    renames: Callable[[Path, Collection[str]], Renames]
    is_being_moved: Callable[[], bool]

    def applied(self, report: Report) -> Report:
        """Return a report whose results are those that are not in the baseline."""
        files = {one.path for one in self.baseline.entries}
        gone = {path for path in files if self._is_missing(path)}
        if files == gone and files and self._is_named():
            # Written for another root: nothing in it is stale.
            report = replace(report, warnings=(*report.warnings, self._foreign()))
            return _applied(report, _matched(self.baseline, report))
        renamed = self.renames(self.baseline.file, gone) if gone else None
        is_cut, paths = (False, {}) if renamed is None else (renamed.is_cut, renamed.paths)
        match = _matched(self.baseline, report, self._judge(report, is_cut=is_cut), paths)
        if match.stale and report.is_clear and self.is_being_moved():
            unclear = replace(report, is_clear=False)
            match = _matched(self.baseline, report, self._judge(unclear, is_cut=is_cut), paths)
        lost = {one.path for one in match.entries}.intersection(gone)
        if is_cut and lost:
            report = replace(report, warnings=(*report.warnings, _cut(lost)))
        return _applied(report, replace(match, is_whole=self.is_whole))

    def _judge(self, report: Report, *, is_cut: bool) -> Callable[[Accepted], bool]:
        """Return what tells whether a run would have found what an entry stands for.

        `is_cut` says that a file which is not there may have another name, and nobody can know it.
        """
        looked_at = {one.path for one in self.found.files}.difference(report.unread)
        skipped = {path for path, _ in report.skipped}
        resting = frozenset[str]() if report.is_clear else self._linked()

        def is_judged(one: Accepted) -> bool:
            if report.crashed or not self._runs(one):
                return False
            is_seen = one.path in looked_at and one.rule not in resting
            is_told = self.is_whole and not is_cut and one.path not in skipped
            return is_seen or (is_told and self._is_missing(one.path))

        return is_judged

    def _runs(self, one: Accepted) -> bool:
        try:
            return _runs(one.rule, one.path, self.resolver.settings_for(one.path))
        except UsageError:  # of a folder that this run leaves out, whose configuration is wrong
            return False

    def _linked(self) -> frozenset[str]:
        """Return the codes of rules whose findings rest on more files than the one they stand in."""
        from archlint.stages.sight import linked_codes

        return linked_codes(self.resolver, [one.path for one in self.baseline.entries if self._runs(one)])

    def _is_named(self) -> bool:
        return self.resolver.run_settings().origins.get("baseline") == "command line"

    def _foreign(self) -> str:
        """Return what is to be said of a baseline that may well be about another root."""
        name = shown_name(self.baseline.file, self.resolver.root)
        return (
            f"{name}: none of its files is there: paths in it are from the root of the run, which is another one here"
        )

    def _is_missing(self, path: str) -> bool:
        return not os.path.lexists(self.resolver.root / path)


def baseline_of(settings: Settings, *, is_needed: bool, is_isolated: bool = False) -> Baseline | None:
    """Return the baseline that the settings name, where there is one; raises `UsageError`.

    `is_needed` says that one which the command line names must be there. `is_isolated` leaves out one of the project
    that the command line does not name.
    """
    is_named = settings.origins.get("baseline") == "command line"
    if settings.baseline is None or (is_isolated and is_needed and not is_named):
        return None
    shown = shown_name(settings.baseline, settings.root)
    return read_baseline(settings.baseline, shown, is_asked_for=is_needed and is_named)


def held_against(report: Report, settings: Settings, *, is_isolated: bool) -> Report:
    """Return a report on other contents than those on the disk without what the baseline has; raises `UsageError`.

    Nothing is stale by it.
    """
    baseline = baseline_of(settings, is_needed=True, is_isolated=is_isolated)
    return report if baseline is None else _applied(report, _matched(baseline, report))


def not_accepted(found: Sequence[Diagnostic], source: SourceFile, baseline: Baseline | None) -> list[Diagnostic]:
    """Return what of the sorted diagnostics of one file is not in the baseline."""
    if baseline is None or all(one.path != source.path for one in baseline.entries):
        return list(found)
    from archlint.secrets.redaction import redact, secret_spans

    regions = Regions({source.path: redact(source.text, secret_spans(source))})
    match = matched(baseline, list(identities(found, regions)), _today(), is_judged=lambda _: False, renamed={})
    return [one for one, entry in zip(found, match.by, strict=True) if entry is None]


def may_be_accepted(found: Diagnostic) -> bool:
    """Return whether a baseline may have a diagnostic: one that lasts as long as the code stays as it is."""
    from archlint.rules.tool.skipped_file import is_lost  # a run that has its report needs no rules

    return found.code not in _NEVER_ACCEPTED and not is_lost(found)


def _matched(
    baseline: Baseline,
    report: Report,
    is_judged: Callable[[Accepted], bool] = lambda _: False,
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> Matched:
    findings = [one.identity for one in report.results]
    return matched(baseline, findings, _today(), is_judged=is_judged, renamed=renamed)


def _applied(report: Report, match: Matched) -> Report:
    pairs = list(zip(report.results, match.by, strict=True))
    return replace(
        report,
        results=tuple(one for one, entry in pairs if entry is None),
        accepted=tuple(
            replace(one, suppressed_by=entry.justification, is_accepted=True)
            for one, entry in pairs
            if entry is not None
        ),
        baseline=match,
    )


def _cut(lost: Collection[str]) -> str:
    files = "a file" if len(lost) == 1 else f"{len(lost)} files"
    return (
        f"the baseline has entries of {files} that may have been renamed, which a shallow clone does not tell: "
        "fetch its whole history (`fetch-depth: 0`, `git fetch --unshallow`)"
    )


def _today() -> date:
    """Return the day where the owner of an entry reads its end."""
    return date.today()  # noqa: DTZ011 - it is their calendar that counts


def _runs(code: str, path: str, settings: Settings) -> bool:
    is_known = code in entry_by_code() and settings.selects(code) and not settings.ignored_in(path, code)
    return is_known and not settings.finds_less
