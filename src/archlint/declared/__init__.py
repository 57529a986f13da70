"""How the rules are found that a project declares in its configuration: `archlint.own_rule` says what these may say.

`calls` finds forbidden ones, `needs` those that lack something, `imports` forbidden imports, `missing` names that stand
for nothing; `matching` says which calls and modules names stand for.
"""

from __future__ import annotations

from functools import partial

from archlint.catalogue import Entry
from archlint.own_rule import OwnRule
from archlint.rule import Rule


def rule_of(entry: Entry, own: OwnRule) -> Rule:
    """Return the rule that a project declares."""
    from archlint.declared.calls import forbidden_calls
    from archlint.declared.imports import forbidden_imports
    from archlint.declared.missing import missing_names
    from archlint.declared.needs import lacking_calls

    rule = Rule(entry.code)
    check = forbidden_imports if own.imports else lacking_calls if own.require is not None else forbidden_calls
    rule.project(partial(check, rule, entry, own))
    rule.project(partial(missing_names, rule, entry, own))
    return rule
