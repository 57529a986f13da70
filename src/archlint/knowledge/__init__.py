"""What archlint knows about libraries: data from `rules/knowledge/`, and the questions that rules ask of it."""

from __future__ import annotations

from archlint.knowledge.locked import locked_versions
from archlint.knowledge.questions import Knowledge, knowledge, knowledge_with
from archlint.knowledge.versions import Pin, admits, possible_defaults

__all__ = [
    "Knowledge",
    "Pin",
    "admits",
    "knowledge",
    "knowledge_with",
    "locked_versions",
    "possible_defaults",
]
