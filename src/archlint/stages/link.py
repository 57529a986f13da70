"""The facts of all files made into a project, and what the project checks find in it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import msgspec

from archlint.analysis import FileResult
from archlint.catalogue import joined
from archlint.diagnostic import Diagnostic
from archlint.errors import ArchlintError
from archlint.ir.bodies import OpenBlocks
from archlint.ir.module import ModuleFacts, decode_facts
from archlint.knowledge import Knowledge, Pin, knowledge, knowledge_with
from archlint.project.project import Project
from archlint.project.questions.deep import deeply
from archlint.registry import rules_of
from archlint.settings import SettingsResolver
from archlint.source import FileEntry, Role, SourceFile
from archlint.stages.checks import Wanted, started
from archlint.stages.memory import Memory
from archlint.stages.shaping import shapes_project
from archlint.workers.forked import processes, shared_out
from archlint.workers.here import without_collector


def link(
    results: Sequence[FileResult],
    versions: Mapping[str, Pin],
    known: Knowledge | None = None,
    settled: Container[str] = (),
    memory: Memory | None = None,
) -> Project:
    """Return the project that the facts of some files make, known as far as its versions go.

    `settled` are the paths of migrations that nobody judges. `memory` has facts of earlier runs of this process.
    Raises `ArchlintError` where they are no facts.
    """
    opened, kept = OpenBlocks(), memory or Memory()
    facts = [
        kept.facts(result.path, result.facts, partial(_facts, result.path, opened))
        for result in results
        if result.facts is not None
    ]
    rows = (known or knowledge()).pinned(versions)
    templates = [result.template for result in results if result.template is not None]
    scripts = [result.script for result in results if result.script is not None]
    roles = {result.path: result.role for result in results}
    dialects = {result.path: result.dialect for result in results if result.dialect}
    return Project(facts, roles, rows, versions, templates, scripts, settled, dialects)


def migrations_in(results: Iterable[FileResult]) -> Iterator[str]:
    """Yield the paths of files that may hold a migration."""
    return (one.path for one in results if one.role is Role.MIGRATION or one.script is not None)


def project_knowledge(entries: Iterable[FileEntry], resolver: SettingsResolver) -> Knowledge:
    """Return what is known in a project: the rows of archlint, then those of each configuration, the root's last."""
    nested = {id(one): one for entry in entries if (one := resolver.settings_for(entry.path)).knowledge is not None}
    root = resolver.run_settings()
    ordered = sorted(nested.values(), key=lambda one: str(one.config_path))
    return knowledge_with(*(one.knowledge for one in (*ordered, root) if one is not root), root.knowledge)


def _facts(path: str, opened: OpenBlocks, data: bytes) -> ModuleFacts:
    try:
        return decode_facts(data, opened)
    except msgspec.DecodeError:
        # The stored row is whole, so somebody made it; reading the file again would believe the next row.
        raise ArchlintError(
            f"what is stored for {path} is no facts: delete it with `archlint cache clean`, and any fact store"
        ) from None


def wanted_in(
    entries: Iterable[FileEntry], resolver: SettingsResolver, reported: Container[str] | None, *, is_quick: bool = False
) -> Wanted:
    """Return what is checked in a project: the rules that any configuration selects, each with the root's options."""
    ruling = [resolver.settings_for(entry.path) for entry in entries if shapes_project(entry)]
    distinct = {id(one): one for one in ruling}.values()
    selected = frozenset[str]().union(*(one.selected for one in distinct))
    settings = replace(resolver.run_settings(), added=joined(one.added for one in distinct))
    return Wanted(selected, settings, reported, is_quick)


def project_diagnostics(
    project: Callable[[], Project],
    wanted: Wanted,
    source_of: Callable[[str], SourceFile],
    timings: dict[str, float],
    jobs: int = 1,
) -> list[Diagnostic]:
    """Return what the checks of rules find in the project; rule by rule in the order of their codes.

    They share the work out over up to so many processes. What they find in files that are not reported on is not
    complete.
    A check that crashes is reported at the start of the project's first module: it is about no file.
    """
    rules = [rule for rule in rules_of(wanted.codes, wanted.settings.added) if rule.is_linked]
    if not rules:
        return []
    with without_collector():  # what a project keeps, it keeps to the end: the collector would only walk through it
        count = processes(jobs)
        checks = deeply(lambda: started(project(), rules, wanted, source_of, count))
        before = checks.done(iter(()))  # what copies of this process must not tell again
        parts = shared_out(checks.queues, lambda tasks: deeply(lambda: checks.done(tasks)))
        return checks.merged([before, *parts], timings)
