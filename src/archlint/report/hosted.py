"""A report as code hosts, review tools and agents take it: files from the repository's root, identities unique."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.report.links import repository_path
from archlint.report.result import Report, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.diagnostic import Related
    from archlint.report.options import RenderOptions


class Hosted(msgspec.Struct, frozen=True):
    """A report whose paths start at the repository's root; `left_out` results lie outside of it.

    No message is empty, no fingerprint stands twice, and no path is absolute.
    """

    report: Report
    left_out: int


def hosted(report: Report, options: RenderOptions) -> Hosted:
    """Return a report as it is shown outside the machine that made it."""
    root = options.root_in_repository
    results = tuple(_unique(report.results, root))
    return Hosted(
        replace(
            report,
            results=results,
            suppressed=(),
            texts={inside: text for path, text in report.texts.items() if (inside := repository_path(path, root))},
            skipped=tuple((repository_path(path, root) or "", reason) for path, reason in report.skipped),
        ),
        len(report.results) - len(results),
    )


def _unique(results: tuple[Result, ...], root: str) -> Iterator[Result]:
    seen: Counter[str] = Counter()
    for result in results:
        moved = _moved(result, root)
        if moved is None:
            continue
        identity = _identity(result.fingerprint, root)
        seen[identity] += 1
        yield replace(moved, fingerprint=f"{identity}-{seen[identity]}" if seen[identity] > 1 else identity)


def _identity(fingerprint: str, root: str) -> str:
    """Return a fingerprint that tells two projects of one repository apart, since hosts merge their reports."""
    if not root:
        return fingerprint
    return hashlib.blake2b(f"{root}\0{fingerprint}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _moved(result: Result, root: str) -> Result | None:
    found, entry = result.diagnostic, result.entry
    path = repository_path(found.span.path, root)
    if path is None:
        return None
    moved = replace(
        found,
        span=replace(found.span, path=path),
        message=found.message.strip() or entry.summary.strip() or entry.name,
        related=tuple(_steps(found.related, root)),
        flow=tuple(_steps(found.flow, root)),
    )
    return replace(result, diagnostic=moved)


def _steps(steps: tuple[Related, ...], root: str) -> Iterator[Related]:
    for step in steps:
        if path := repository_path(step.span.path, root):
            yield replace(step, span=replace(step.span, path=path), message=step.message.strip() or "this place")
