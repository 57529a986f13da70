"""The facts of all files made into a project, and what the project checks find in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from archlint.analysis import PYTHON_KINDS, FileResult
from archlint.cache import Cache
from archlint.diagnostic import Diagnostic
from archlint.errors import ArchlintError
from archlint.ir.bodies import OpenBlocks
from archlint.ir.module import ModuleFacts, decode_facts
from archlint.knowledge import Knowledge, Pin, knowledge, knowledge_with
from archlint.project.project import Project
from archlint.project.questions.deep import deeply
from archlint.registry import rules_of
from archlint.settings import Settings, SettingsResolver
from archlint.source import FileEntry, Kind, SourceFile
from archlint.stages.checks import Start
from archlint.workers.forked import can_fork, of_parts
from archlint.workers.here import without_collector

_DIAGNOSTICS = msgspec.msgpack.Decoder(tuple[Diagnostic, ...])
_RUN = "project"
_DIGEST_BYTES = 16


def link(results: Sequence[FileResult], versions: Mapping[str, Pin], known: Knowledge | None = None) -> Project:
    """Return the project that the facts of some files make, known as far as its versions go.

    Raises `ArchlintError` where they are no facts.
    """
    opened = OpenBlocks()
    facts = [_facts(result.path, result.facts, opened) for result in results if result.facts is not None]
    rows = (known or knowledge()).pinned(versions)
    templates = [result.template for result in results if result.template is not None]
    scripts = [result.script for result in results if result.script is not None]
    return Project(facts, {result.path: result.role for result in results}, rows, versions, templates, scripts)


def project_knowledge(entries: Iterable[FileEntry], resolver: SettingsResolver) -> Knowledge:
    """Return what is known in a project: the rows of archlint, then those of each configuration, the root's last."""
    nested = {id(one): one for entry in entries if (one := resolver.settings_for(entry.path)).knowledge is not None}
    root = resolver.run_settings()
    ordered = sorted(nested.values(), key=lambda one: str(one.config_path))
    return knowledge_with(*(one.knowledge for one in (*ordered, root) if one is not root), root.knowledge)


def _facts(path: str, data: bytes, opened: OpenBlocks) -> ModuleFacts:
    try:
        return decode_facts(data, opened)
    except msgspec.DecodeError:
        # The stored row is whole, so somebody made it; reading the file again would believe the next row.
        raise ArchlintError(
            f"what is stored for {path} is no facts: delete it with `archlint cache clean`, and any fact store"
        ) from None


def project_diagnostics(
    project: Callable[[], Project],
    settings: Settings,
    selected: frozenset[str],
    source_of: Callable[[str], SourceFile],
    timings: dict[str, float],
    jobs: int = 1,
) -> list[Diagnostic]:
    """Return what the checks of the selected rules find in the project; rule by rule in the order of their codes.

    Those that look at units do so in up to so many processes, each with its part of the modules.
    A check that crashes is reported at the start of the project's first module: it is about no file.
    """
    rules = [rule for rule in rules_of(selected) if rule.is_linked]
    if not rules:
        return []
    with without_collector():  # what a project keeps, it keeps to the end: the collector would only walk through it
        checks = deeply(lambda: Start(project(), settings, source_of, timings)(rules))
        parts = checks.parts(jobs if can_fork() else 1)
        return checks.told(of_parts(parts, lambda part: deeply(lambda: checks.in_units(part))))


def shapes_project(entry: FileEntry) -> bool:
    """Return whether what the project checks find depends on a file: Python, SQL, templates, what pins versions."""
    return entry.kind in PYTHON_KINDS or entry.kind in (Kind.SQL, Kind.TEMPLATE, Kind.LOCK, Kind.REQUIREMENTS)


def state_of(files: Iterable[tuple[FileEntry, bytes]], resolver: SettingsResolver) -> bytes:
    """Return a digest of all that the project's diagnostics depend on; `files` come with the digests of their content.

    It is the same for a run over the whole project and for one over a part of it.
    """
    state = hashlib.blake2b(knowledge().digest + resolver.run_settings().digest(), digest_size=16)
    digests: dict[int, bytes] = {}
    for entry, content in sorted(files, key=lambda pair: pair[0].path):
        if shapes_project(entry):
            settings = resolver.settings_for(entry.path)
            if id(settings) not in digests:
                digests[id(settings)] = settings.digest()
            state.update(f"{entry.path}\0{entry.role.value}\0".encode("utf-8", "surrogatepass"))
            state.update(content.ljust(_DIGEST_BYTES, b"\0") + digests[id(settings)])
    return state.digest()


def stored_diagnostics(cache: Cache, state: bytes) -> tuple[Diagnostic, ...] | None:
    """Return what the last run found in the same state of the project, or None."""
    payload = cache.stored_run(_RUN, state)
    try:
        return None if payload is None else _DIAGNOSTICS.decode(payload)
    except msgspec.MsgspecError:
        return None


def store_diagnostics(cache: Cache, state: bytes, found: Sequence[Diagnostic]) -> str:
    """Keep what the project checks found; return why that failed, or ""."""
    return cache.store((), [(_RUN, state, msgspec.msgpack.encode(tuple(found)))])
