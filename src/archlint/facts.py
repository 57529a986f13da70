"""The per-file stage on its own: one share of a project analysed, and kept in a file that `archlint link` takes."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import msgspec

from archlint.errors import ArchlintError, UsageError
from archlint.fact_store import SUFFIX, state_of_unkept, write_store
from archlint.pipeline import Request, Stopwatch, resolve
from archlint.reading import content_digest
from archlint.report.prose import counted
from archlint.sealed import reason
from archlint.settings import Overrides
from archlint.stages.analyse import Analysed, Plan, analyse, plan_of
from archlint.stages.caching import cache_of
from archlint.stages.files import RunFiles
from archlint.stages.finding import files_of
from archlint.stages.identity import maker
from archlint.stages.reuse import rows_of
from archlint.stages.stores import named


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several shares of the files of a project, counted from 1; raises `UsageError` where there is none such."""

    number: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        """Refuse a share that no file could be in."""
        if not 1 <= self.number <= self.of:
            raise UsageError(f"a shard is I/N with I from 1 to N, as in 1/4, not {self.number}/{self.of}")

    def has(self, path: str) -> bool:
        """Return whether a file is in this share.

        Its path alone decides: machines agree without talking, and a file that others come and go beside stays.
        """
        digest = hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.of == self.number - 1


class Extracted(msgspec.Struct, frozen=True):
    """A store that was written: `files` of `total` are in the share, `unkept` of them could not be stored.

    `cached` come from the cache; `size` is in bytes; `warnings` are for a person.
    """

    store: Path
    files: int
    total: int
    unkept: int
    cached: int
    size: int
    warnings: tuple[str, ...]

    @property
    def line(self) -> str:
        """Return what was done in words."""
        unkept = f", {self.unkept} of them not to be stored" if self.unkept else ""
        cached = f", {self.cached} from the cache" if self.cached else ""
        share = f"{self.files} of {counted(self.total, 'file')}"
        return f"{share}{unkept}{cached}, {self.size:,} bytes in {named(self.store)}"


def extract(
    root: Path | str, store: Path | str, shard: tuple[int, int] = (1, 1), *, overrides: Overrides | None = None
) -> Path:
    """Analyse one share of the files of a project and return the store that was written, for executors of any kind.

    `shard` is (I, N), I from 1 to N. In this process and without a cache, unless `overrides` say otherwise.
    Raises `UsageError` for what is wrong with the arguments or the configuration, `ArchlintError` where the store
    cannot be written.
    """
    folder = Path(root).absolute()
    request = Request((folder,), folder, overrides or Overrides(no_cache=True, jobs=1))
    return extract_for(request, Path(store), Shard(*shard)).store


def extract_for(request: Request, store: Path, shard: Shard) -> Extracted:
    """Analyse one share of the files that a run with this request would read, and write their results.

    Raises as `extract` does.
    """
    if store.suffix != SUFFIX:
        raise UsageError(f"the name of a store ends in {SUFFIX}, not {named(store)}")
    if store.is_dir():  # said before minutes of work
        raise UsageError(f"cannot write a store to {named(store)}: it is a directory")
    watch = Stopwatch(request.log)
    root, resolver = resolve(request)
    settings = resolver.run_settings()
    found, context = files_of(request, root, resolver)
    files = RunFiles(found, context, {}, settings)
    share = [entry for entry in files.entries if shard.has(entry.path)]
    cache, no_cache = cache_of(settings)
    watch.lap("discover", f"{len(share)} of {len(files.entries)} files")
    plan = plan_of(share, resolver.settings_for, {}, files.versions)
    analysed = analyse(plan, cache, root, jobs=settings.jobs, progress=request.progress)
    watch.lap("analyse", f"{analysed.cached} of {len(share)} files from the cache")
    kept, size = _written(store, plan, analysed)
    warnings = (*filter(None, (no_cache,)), *analysed.warnings)
    return Extracted(store, len(share), len(files.entries), len(share) - kept, analysed.cached, size, warnings)


def _written(store: Path, plan: Plan, analysed: Analysed) -> tuple[int, int]:
    """Write the results and return how many there are and the size of the store in bytes.

    What is known by no digest of its content would be believed nowhere.
    """
    began = 0  # before any change of any file, so that there are no time stamps: they prove nothing elsewhere
    contexts = plan.contexts()
    results = zip(plan.entries, contexts, analysed.results, strict=True)
    rows = {path: row for path, row in rows_of(results, began) if row.digest}
    unkept = {
        entry.path: state_of_unkept(context, content_digest(entry, limit))
        for entry, context, limit in zip(plan.entries, contexts, plan.limits(), strict=True)
        if entry.path not in rows
    }
    try:
        write_store(store, maker(), rows, unkept)
        return len(rows), store.stat().st_size
    except (OSError, sqlite3.Error) as error:
        raise ArchlintError(f"cannot write {named(store)}: {reason(error)}") from None
