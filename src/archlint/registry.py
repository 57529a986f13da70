"""Finds the rules: one module for each entry of the catalogue, imported when it is selected.

The modules of packs are code of others: what goes wrong in them names the pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module

from archlint.catalogue import Entry, catalogue
from archlint.crash import survive
from archlint.errors import UsageError
from archlint.rule import Rule


def load(entry: Entry) -> Rule:
    """Return the rule of a catalogue entry; raises `ImportError` or `AttributeError` where the trees disagree.

    Raises `UsageError` where the module of a pack cannot be imported or has no such rule.
    """
    if entry.own is not None:
        from archlint.declared import rule_of

        return rule_of(entry, entry.own)
    return _of_pack(entry) if entry.pack else _imported(entry)


def rules_of(codes: Iterable[str], added: Sequence[Entry] = ()) -> tuple[Rule, ...]:
    """Return the rules with these codes, in the order of the catalogue; `added` are those of packs and projects."""
    wanted = frozenset(codes)
    return tuple(load(entry) for entry in (*catalogue(), *added) if entry.code in wanted)


def _imported(entry: Entry) -> Rule:
    rule: Rule = import_module(f"{entry.package}.{entry.family}.{entry.stem}").rule
    return rule


def _of_pack(entry: Entry) -> Rule:
    where = f"pack `{entry.pack}`: `{entry.package}.{entry.family}.{entry.stem}`"
    found = survive(lambda: _imported(entry), lambda line: _refuse(f"{where} cannot be imported ({line})"))
    code = getattr(found, "code", None)
    return found if code == entry.code else _refuse(f"{where} has no `rule = Rule({entry.code!r})`")


def _refuse(message: str) -> Rule:
    raise UsageError(message)
