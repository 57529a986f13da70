"""Keywords that a call takes from a mapping that is written out: `options = {"json": row}`, `post(**options)`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.project.flow import CallSite
from archlint.project.project import Project
from archlint.project.tree import nodes_in


def written_out(project: Project, site: CallSite) -> CallSite:
    """Return a call with the keywords of its mappings in their place, as far as these are known to be all."""
    if all(word.name is not None for word in site.call.keywords):
        return site
    words = tuple(one for word in site.call.keywords for one in _keywords(project, site, word))
    return replace(site, call=ir.Call(site.call.start, site.call.end, site.call.func, site.call.args, words))


def _keywords(project: Project, site: CallSite, word: ir.Keyword) -> Iterator[ir.Keyword]:
    mapping = _mapping(project, site, word.value) if word.name is None else None
    names = [key.value if isinstance(key, ir.Text) else None for key in mapping.keys] if mapping is not None else [None]
    if mapping is None or None in names:
        yield word
        return
    for name, value in zip(names, mapping.values, strict=True):
        yield ir.Keyword(word.start, word.end, name, value)


def _mapping(project: Project, site: CallSite, value: ir.Expr) -> ir.Mapping | None:
    """Return the display that an expression is, or that a name stands for which nothing else is done with."""
    if isinstance(value, ir.Mapping):
        return value
    if not isinstance(value, ir.Name):
        return None
    own = [project.body(site.place.unit)]
    if not _assignments(own, value.id) and not _is_parameter(site, value.id):
        facts = site.module.facts
        project.memo.read(("module", site.module))
        own = [project.body(one) for one in facts.units if not one.owner and not one.flags & Flag.FUNCTION]
    found = _assignments(own, value.id)
    is_only = len(found) == 1 and not _is_changed(own, value.id)
    return found[0] if is_only and isinstance(found[0], ir.Mapping) else None


def _is_parameter(site: CallSite, name: str) -> bool:
    return any(one.name == name for function in site.functions for one in function.parameters)


def _assignments(bodies: list[ir.Stmt], name: str) -> list[ir.Expr | None]:
    """Return what a name is assigned, None for what is not a plain assignment."""
    nodes = (node for body in bodies for node in (body, *(inner for inner, _ in nodes_in(body))))
    assigns = [node for node in nodes if isinstance(node, ir.Assign)]
    return [one.value for one in assigns if any(isinstance(to, ir.Name) and to.id == name for to in one.targets)]


def _is_changed(bodies: list[ir.Stmt], name: str) -> bool:
    """Return whether anything but unpacking is done with a name."""
    return any(
        isinstance(node, ir.Name) and node.id == name and not isinstance(around, ir.Keyword | ir.Assign)
        for body in bodies
        for node, around in nodes_in(body)
    )
