"""The page of a rule: one text for `archlint explain`, the documentation and SARIF's rule help."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from archlint.catalogue import Entry, Example, Option, Status
from archlint.diagnostic import Confidence
from archlint.report.links import explain_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FENCE = re.compile(r"^\s*(`{3,})", re.MULTILINE)
_LANGUAGES = {".py": "python", ".sql": "sql", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml"}


def rule_page(entry: Entry) -> str:
    """Return what the catalogue says of a rule as Markdown, under headings that are the same for every rule."""
    sections = [f"## {heading}\n\n{body or 'None.'}" for heading, body in _sections(entry)]
    return "\n\n".join([f"# {entry.name} ({entry.code})", *sections]) + "\n"


def rule_text(entry: Entry) -> str:
    """Return the summary, the reason and the remedy in plain text, with the address of the page."""
    parts = (entry.summary.strip(), entry.rationale.strip(), entry.instead.strip(), explain_command(entry))
    return "\n\n".join(part for part in parts if part)


def default_state(entry: Entry) -> str:
    """Return in words whether a rule runs when nobody selects it."""
    if entry.status is Status.PREVIEW:
        return "off: preview, selected by name or with `--preview`"
    if entry.status is Status.DEPRECATED:
        return "off: deprecated"
    if entry.confidence is Confidence.LOW:
        return "off: below the default `min-confidence`"
    return f"with `{entry.needs}`: on where it or `--since` tells which migrations are new" if entry.needs else "on"


def _sections(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "What it does", entry.summary.strip() or entry.name
    yield "Why it matters", entry.rationale.strip()
    yield "Example", "\n\n".join(part for example in entry.examples for part in _example(example))
    yield "Use instead", entry.instead.strip()
    yield "Options", _listed(_option(name, option) for name, option in sorted(entry.options.items()))
    yield "Limits", _listed(entry.limits)
    yield "Policy", _policy(entry)
    yield (
        "References",
        _listed([*map(_cwe, entry.cwe), *(f"<{it}>" for it in entry.references)]),
    )
    yield "Source", _listed(f"checklist line {line}" for line in entry.source)


def _policy(entry: Entry) -> str:
    roles = ", ".join(role.value for role in entry.roles)
    row = " | ".join((entry.severity.value, entry.confidence.value, default_state(entry), roles, entry.since))
    return f"| severity | confidence | default | roles | since |\n|---|---|---|---|---|\n| {row} |"


def _example(example: Example) -> Iterator[str]:
    bad = {example.path: example.bad} if example.bad else example.bad_files
    good = {example.path: example.good} if example.good else example.good_files
    for title, files in (("Bad", bad), ("Good", good)):
        for path, text in sorted(files.items()):
            yield f"{title}, `{path}`:\n\n{_fenced(path, text)}"


def _fenced(path: str, text: str) -> str:
    """Return a code block whose fence is longer than any fence in the text."""
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{_LANGUAGES.get(PurePosixPath(path).suffix, 'text')}\n{text.rstrip()}\n{fence}"


def _option(name: str, option: Option) -> str:
    return f"`{name}` (default `{_toml(option.default)}`): {option.description}"


def _toml(value: bool | int | str | list[str]) -> str:
    """Return a value as a configuration file writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower()


def _cwe(number: int) -> str:
    return f"[CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)"


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(item.split())}" for item in items)
