"""Calls that others make: of a callable that is handed over with its arguments, or looked up by a name."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.knowledge.tables import Form
from archlint.project.deadlines.unlimited import is_guarded
from archlint.project.flow import CallSite
from archlint.project.inference import wrappers
from archlint.project.project import Project
from archlint.project.tree import keyword, nodes_in
from archlint.project.values import External, Instance, Method, Value

_LOOK_UP = "getattr"
_LOOKED_UP_ARGUMENTS = 2
_ANY_VERB = "request"
_MODULES = frozenset({"requests", "requests.api"})


def handing_names(project: Project) -> frozenset[str]:
    """Return the last names of the callables that are given another one with its arguments."""
    rows = (row for row in project.knowledge.tables.offloaders if row.form is not Form.EITHER)
    return frozenset(name.rpartition(".")[2] for row in rows for name in row.names)


def handed_call(project: Project, site: CallSite) -> CallSite | None:
    """Return the call that comes of a callable that is handed over: `to_thread(requests.get, url)`, or None.

    None as well where something around bounds how long anybody waits for it.
    """
    name = wrappers.qualified(site.callee)
    row = project.knowledge.offloader(name or f"?.{site.method}")
    if row is None or row.form is Form.EITHER or row.position is None or len(site.call.args) <= row.position:
        return None
    target = site.call.args[row.position]
    if not isinstance(target, ir.Name | ir.Attribute) or is_guarded(project, site):
        return None
    if row.partial and _is_completed(project, site):
        return None
    call = ir.Call(site.call.start, site.call.end, target, site.call.args[row.position + 1 :], site.call.keywords)
    return replace(site, call=call, callee=site.evaluator.value(target, site.scope))


def looked_up_call(site: CallSite) -> CallSite | None:
    """Return the call of a method that is looked up by a name: `getattr(requests, verb)(url)`, or None."""
    func = site.call.func
    is_look_up = isinstance(func, ir.Call) and isinstance(func.func, ir.Name) and func.func.id == _LOOK_UP
    if not isinstance(func, ir.Call) or not is_look_up or len(func.args) != _LOOKED_UP_ARGUMENTS:
        return None
    if isinstance(func.args[1], ir.Text):
        return None
    callee = _any_verb(site.evaluator.value(func.args[0], site.scope))
    return replace(site, callee=callee) if callee is not None else None


def _any_verb(owner: Value) -> Value | None:
    if isinstance(owner, External) and owner.name in _MODULES:
        return External(f"{owner.name}.{_ANY_VERB}")
    return Method(owner, _ANY_VERB) if isinstance(owner, Instance) else None


def _is_completed(project: Project, site: CallSite) -> bool:
    """Return whether what a partial is bound to is called with a deadline in its unit, or may be elsewhere."""
    statement = site.statement
    if not isinstance(statement, ir.Assign) or statement.value is not site.call:
        return False
    names = {one.id for one in statement.targets if isinstance(one, ir.Name)}
    is_local = bool(names) and bool(site.functions)
    calls = (node for node, _ in nodes_in(project.body(site.place.unit)) if isinstance(node, ir.Call))
    own = [one for one in calls if isinstance(one.func, ir.Name) and one.func.id in names]
    return not is_local or any(keyword(one, "timeout") is not None for one in own)
