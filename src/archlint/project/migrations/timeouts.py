"""Whether a project limits how long its migrations wait for locks, outside of the migrations themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.tree import nodes_in
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.project import Project

_SETTING = "lock_timeout"
_ROLES = frozenset({Role.COMMAND, Role.SETTINGS})


def sets_lock_timeout(project: Project) -> bool:
    """Return whether settings, or the code that runs migrations, mention the timeout of locks."""
    for module in project.modules:
        for unit in module.facts.units if module.role in _ROLES else ():
            for node, _ in nodes_in(project.body(unit)):
                if isinstance(node, ir.Text) and _SETTING in node.value:
                    return True
                if isinstance(node, ir.Keyword) and node.name == _SETTING:
                    return True
    return False
