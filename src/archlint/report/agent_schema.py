"""The envelope in which agents hand findings on, as types, and the JSON Schema that is published for it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from archlint.diagnostic import Confidence, Severity
from archlint.report.schema import JsonFix, Positive, Tool, Version, schema_of


class AgentPlace(Struct, frozen=True, omit_defaults=True):
    """A line that explains a finding."""

    path: str
    line: Positive
    message: str


class AgentFinding(Struct, frozen=True, omit_defaults=True):
    """One thing to change. `id` stays the same when the line moves, and names it in recommendations.

    `source` are the lines at which it was found, secret values masked by `*`; `chain` leads from entry to sink.
    """

    id: str
    code: str
    severity: Severity
    confidence: Confidence
    path: str
    line: Positive
    message: str
    end_line: Positive | None = None
    scope: str = ""
    source: tuple[str, ...] = ()
    chain: tuple[AgentPlace, ...] = ()
    related: tuple[AgentPlace, ...] = ()
    fix: JsonFix | None = None


class Recommendation(Struct, frozen=True):
    """What to do about the findings of one rule, why, and the command that says all that is known of it."""

    code: str
    name: str
    summary: str
    rationale: str
    instead: str
    explain: str
    findings: tuple[str, ...]


class Blocker(Struct, frozen=True, omit_defaults=True):
    """What kept archlint from checking all of the project."""

    kind: Literal["file-skipped", "rule-failed", "outside-repository"]
    reason: str
    path: str = ""


class AgentReport(Struct, frozen=True):
    """A run in the envelope of backend agents.

    `status` is `failure` where there is an error or a warning, else `partial` where something could not be checked.
    What a linter has nothing to say of is there and empty: decisions, endpoints and schemas.
    """

    version: Version
    agent: Literal["archlint"]
    tool: Tool
    status: Literal["success", "failure", "partial"]
    summary: str
    findings: tuple[AgentFinding, ...]
    recommendations: tuple[Recommendation, ...]
    blockers: tuple[Blocker, ...]
    architecture_decisions: tuple[str, ...] = ()
    endpoints_created: tuple[str, ...] = ()
    schemas_modified: tuple[str, ...] = ()


def agent_schema_text() -> str:
    """Return the schema as it is published in `docs/schemas/agent.json`."""
    return msgspec.json.format(msgspec.json.encode(agent_schema()), indent=2).decode() + "\n"


def agent_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the envelope."""
    return schema_of(AgentReport)
