"""Finds the rules: one module for each entry of the catalogue, imported when it is selected."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from archlint.catalogue import Entry, catalogue
from archlint.rule import Rule


def load(entry: Entry) -> Rule:
    """Return the rule of a catalogue entry; raises `ImportError` or `AttributeError` where the trees disagree."""
    rule: Rule = import_module(f"archlint.rules.{entry.family}.{entry.stem}").rule
    return rule


def rules_of(codes: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules with these codes, in the order of their codes."""
    wanted = frozenset(codes)
    return tuple(load(entry) for entry in catalogue() if entry.code in wanted)
