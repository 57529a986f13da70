"""Rules as SARIF describes them, within the limits of GitHub code scanning."""

from __future__ import annotations

from archlint.catalogue import Entry, Status
from archlint.diagnostic import Severity
from archlint.report.page import rule_page, rule_text
from archlint.report.prose import shortened

_DESCRIPTION = 1024
_TAGS = 10


def rule_descriptor(entry: Entry) -> dict[str, object]:
    """Return the `reportingDescriptor` of a rule; its texts are never empty and no longer than GitHub allows."""
    summary = entry.summary.strip() or entry.name
    return {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": shortened(summary, _DESCRIPTION)},
        "fullDescription": {"text": shortened(entry.rationale.strip() or summary, _DESCRIPTION)},
        "help": {"text": rule_text(entry), "markdown": rule_page(entry)},
        "defaultConfiguration": {"level": entry.severity.value},
        "properties": _properties(entry),
    }


def _properties(entry: Entry) -> dict[str, object]:
    properties: dict[str, object] = {
        "tags": list(_tags(entry)),
        "precision": entry.confidence.value,
        "problem.severity": "recommendation" if entry.severity is Severity.NOTE else entry.severity.value,
    }
    if entry.security_severity is not None:
        # GitHub reads a string, and takes every rule that has one for a security rule.
        properties["security-severity"] = f"{entry.security_severity:.1f}"
    return properties


def _tags(entry: Entry) -> tuple[str, ...]:
    """Return the tags, the ones that matter most first, since GitHub shows ten."""
    security = ("security",) if entry.security_severity is not None else ()
    family = (entry.family,) if entry.family else ()
    preview = ("preview",) if entry.status is Status.PREVIEW else ()
    weaknesses = (f"external/cwe/cwe-{number:03d}" for number in entry.cwe)
    return tuple(dict.fromkeys((*security, *family, *preview, *weaknesses)))[:_TAGS]
