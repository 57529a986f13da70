"""The report of the last run, given again where all that it depends on is as it was then; nothing is analysed for it.

Its files are proven by their stamps, as `reuse` proves the result of one of them, configuration by what it says.
A run over a part of what was reported on has its part of the report.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from archlint.cache import Cache, stamp
from archlint.diagnostic import Diagnostic, Severity
from archlint.discovery import Discovery
from archlint.report.result import Report, Result
from archlint.settings import Settings, SettingsResolver
from archlint.source import FileEntry
from archlint.stages.shaping import shapes_project

_RUN = "report"


class _Judged(msgspec.Struct, frozen=True, array_like=True):
    """A result without its entry, which the catalogue has."""

    diagnostic: Diagnostic
    severity: Severity
    fingerprint: str
    text: str
    suppressed_by: str

    @property
    def path(self) -> str:
        return self.diagnostic.span.path

    @classmethod
    def of(cls, result: Result) -> _Judged:
        return cls(result.diagnostic, result.severity, result.fingerprint, result.text, result.suppressed_by)

    def result(self, settings: Settings) -> Result:
        entry = settings.entry(self.diagnostic.code)
        return Result(self.diagnostic, entry, self.severity, self.fingerprint, self.text, self.suppressed_by)


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A report and the state of each file of its run: of those that shape the project, and of the others.

    `around` are the files that were not reported on. `texts` are decoded one by one.
    """

    shaping: dict[str, bytes]
    others: dict[str, bytes]
    around: frozenset[str]
    results: tuple[_Judged, ...]
    suppressed: tuple[_Judged, ...]
    texts: dict[str, msgspec.Raw]
    skipped: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    is_clear: bool


class Keeper(msgspec.Struct, frozen=True):
    """Keeps the report of a run and gives it again.

    `state` is a digest of what the report depends on beside the files of the run; `shaping` and `others` say in which
    state each of these is.
    """

    cache: Cache
    resolver: SettingsResolver
    found: Discovery
    state: bytes
    shaping: Mapping[str, bytes]
    others: Mapping[str, bytes]

    def report(self) -> Report | None:
        """Return what a run would report, or None where nobody knows."""
        payload = self.cache.stored_run(_RUN, self.state)
        try:
            kept = None if payload is None else msgspec.msgpack.decode(payload, type=_Kept)
            return None if kept is None or not self._holds(kept) else self._part(kept)
        except (msgspec.MsgspecError, UnicodeDecodeError, KeyError):
            return None

    def keep(self, report: Report) -> None:
        """Keep the report on folders; one on single files, as hooks ask for, would take the place of one on all."""
        if any(entry.explicit for entry in self.found.files):
            return
        reported = {entry.path for entry in self.found.files}
        kept = _Kept(
            dict(self.shaping),
            dict(self.others),
            frozenset(path for path in self.shaping if path not in reported),
            tuple(map(_Judged.of, report.results)),
            tuple(map(_Judged.of, report.suppressed)),
            {path: msgspec.Raw(msgspec.msgpack.encode(text)) for path, text in report.texts.items()},
            report.skipped,
            report.unread,
            report.is_clear,
        )
        self.cache.store((), [(_RUN, self.state, msgspec.msgpack.encode(kept))])

    def _holds(self, kept: _Kept) -> bool:
        """Return whether a report knows all files of this run in their present state, and no other shapes them."""
        return (
            kept.shaping == self.shaping
            and self.others.items() <= kept.others.items()
            and kept.around.isdisjoint(entry.path for entry in self.found.files)
        )

    def _part(self, kept: _Kept) -> Report:
        """Return what a report says of the files that are reported on."""
        reported = {entry.path for entry in self.found.files}
        results = self._about(kept.results, reported)
        suppressed = self._about(kept.suppressed, reported)
        named = sorted({path for one in (*results, *suppressed) for path in one.diagnostic.paths})
        settings = self.resolver.run_settings()
        return Report(
            results=results,
            suppressed=suppressed,
            texts={path: msgspec.msgpack.decode(kept.texts[path], type=str) for path in named if path in kept.texts},
            files=len(self.found.files),
            skipped=tuple(one for one in kept.skipped if one[0] in reported),
            unread=tuple(path for path in kept.unread if path in reported),
            is_clear=kept.is_clear,
            entries=settings.selected_entries(),
            hints=self.found.hints,
        )

    def _about(self, judged: Iterable[_Judged], reported: set[str]) -> tuple[Result, ...]:
        settings_for = self.resolver.settings_for
        return tuple(one.result(settings_for(one.path)) for one in judged if one.path in reported)


def keeper_of(
    found: Discovery, around: Sequence[FileEntry], resolver: SettingsResolver, cache: Cache, began: int, since: str
) -> Keeper | None:
    """Return what keeps the report on the files that were found, or None where their state cannot be proven.

    `began` is a time in nanoseconds before any of them was looked at, `since` the commit since which migrations are
    judged, or "".
    """
    if cache.folder is None or found.problems or found.unlisted:
        return None
    digests: dict[int, bytes] = {}
    shaping: dict[str, bytes] = {}
    others: dict[str, bytes] = {}
    for entry in (*found.files, *around):
        proof = stamp(entry, began)
        if not proof:
            return None
        settings = resolver.settings_for(entry.path)
        if id(settings) not in digests:
            digests[id(settings)] = settings.digest()
        state = proof + f":{entry.kind.value}:{entry.role.value}:".encode() + digests[id(settings)]
        (shaping if shapes_project(entry) else others)[entry.path] = state
    ruling = resolver.run_settings()
    narrowed = f"{ruling.finds_less}{ruling.sees_less}{since}"
    whole = os.fsencode(resolver.root) + b"\0" + ruling.digest() + narrowed.encode()
    return Keeper(cache, resolver, found, hashlib.blake2b(whole, digest_size=16).digest(), shaping, others)
