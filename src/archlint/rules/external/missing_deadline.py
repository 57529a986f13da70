"""ARC401: a call of a service may wait for ever."""

from __future__ import annotations

import msgspec

from archlint.diagnostic import Confidence, Diagnostic
from archlint.ir.render import render
from archlint.knowledge.tables import STANDARD_LIBRARY
from archlint.project.context import ProjectContext
from archlint.project.deadlines.unlimited import Unlimited, sets_default, unlimited, waits_for_events
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import Module
from archlint.project.values import External, Instance, Method
from archlint.project.views.call_edits import with_deadline
from archlint.project.views.flows import Entries
from archlint.project.waits.calling import Calling
from archlint.project.waits.handed import handed_call, handing_names, looked_up_call
from archlint.project.waits.injected import with_client
from archlint.project.waits.wrapped import left_to_callers
from archlint.rule import Found, Rule, Units

rule = Rule("ARC401")


class Options(msgspec.Struct, frozen=True):
    """The options of the rule."""

    deadline: str


@rule.units
def missing_deadline(project: Project, ctx: ProjectContext) -> Units:
    """Report calls and clients of services for which neither code nor library sets a deadline."""
    names = _Names(_wanted(project), handing_names(project), _open_modules(project))
    calling, has_default = Calling(project), sets_default(project)
    deadline = ctx.options(rule.code, Options).deadline
    return Units(_Waits(project, ctx, Entries(project, ctx), names, calling, has_default, deadline).at)


class _Names(msgspec.Struct, frozen=True):
    """The last names of calls that may wait, of those that hand them over, and the modules where all may."""

    wanted: frozenset[str]
    handing: frozenset[str]
    open_modules: frozenset[Module]

    def in_module(self, module: Module) -> frozenset[str]:
        """Return the names of calls to look at in a module.

        It may rename what it imports: `from kubernetes.stream import stream as k8s_stream`.
        """
        renamed = frozenset(bound for bound, target in module.imports.items() if _tail(target) in self.wanted)
        return self.wanted | self.handing | {""} | renamed


class _Waits(msgspec.Struct, frozen=True):
    """Finds the calls of a unit that may wait for ever."""

    project: Project
    ctx: ProjectContext
    entries: Entries
    names: _Names
    calling: Calling
    has_default: bool
    deadline: str

    def at(self, place: UnitPlace) -> Found:
        """Yield what is said of them."""
        project = self.project
        is_open = place.module in self.names.open_modules
        if not is_open and self.names.wanted.isdisjoint(project.unit_sites.mentioned(place.unit)):
            return
        names = None if is_open else self.names.in_module(place.module)
        for site in call_sites(project, place, names, unknown=True):
            known = _known(project, self.calling, site)
            found = self._unlimited(known) if known is not None else None
            if known is not None and found is not None:
                yield self._reported(site, known, found)

    def _unlimited(self, site: CallSite) -> Unlimited | None:
        name = _callee(site)
        if name is None or waits_for_events(self.project, site.callee):  # another rule's business
            return None
        if self.has_default and _is_standard(self.project, name):
            return None
        return unlimited(self.project, site) or left_to_callers(self.project, self.calling, site)

    def _reported(self, site: CallSite, known: CallSite, found: Unlimited) -> Diagnostic:
        ctx = self.ctx
        route = self.entries.before_unit(site.place)
        waits = ctx.related(site.module, site.offset, site.call, "the request waits here")
        return rule.at(
            ctx.span(site.module, site.offset, site.call),
            _message(known, found),
            confidence=found.confidence if _callee(site) is not None else _less(found.confidence),
            flow=(*route, waits) if route else (),
            fix=with_deadline(ctx, site, found, self.deadline) if known is site else None,
            scope=site.place.scope,
            anchor=render(site.call.func),
            in_request=bool(route),
        )


def _known(project: Project, calling: Calling, site: CallSite) -> CallSite | None:
    """Return the call that waits: the one that is written, or the one that comes of it."""
    handed = handed_call(project, site)
    if handed is not None:
        return handed
    return site if _callee(site) is not None else looked_up_call(site) or with_client(project, calling, site)


def _less(confidence: Confidence) -> Confidence:
    return min(confidence, Confidence.MEDIUM, key=lambda one: one.rank)


def _wanted(project: Project) -> frozenset[str]:
    """Return the last names of calls with a deadline, of clients and of their methods, in libraries that are used."""
    used = project.imported_roots
    known = (name for name in project.knowledge.deadline_names() if name.partition(".")[0] in used)
    names = {_tail(name) for name in known}
    for row in project.knowledge.tables.clients:
        if row.call_parameters and row.name.partition(".")[0] in used:
            names |= {_tail(method) for method in row.methods}
    return frozenset(names) | ({"getattr"} if names else frozenset())


def _open_modules(project: Project) -> frozenset[Module]:
    """Return the modules that import a library whose clients take a deadline in each method, with none by default."""
    rows = (row for row in project.knowledge.tables.clients if row.every and row.call_parameters)
    bare = (row for row in rows if any(one.seconds is None for one in row.defaults))
    roots = frozenset(row.name.partition(".")[0] for row in bare) & project.imported_roots
    modules = project.modules if roots else ()
    return frozenset(
        one for one in modules if any(target.partition(".")[0] in roots for target in one.imports.values())
    )


def _tail(name: str) -> str:
    return name.rpartition(".")[2]


def _callee(site: CallSite) -> str | None:
    if isinstance(site.callee, External):
        return site.callee.name
    if isinstance(site.callee, Method) and isinstance(site.callee.receiver, Instance):
        return f"{site.callee.receiver.name}.{site.callee.name}"
    return None


def _is_standard(project: Project, name: str) -> bool:
    row = project.knowledge.deadline_call(name)
    return row is not None and row.distribution == STANDARD_LIBRARY


def _message(site: CallSite, found: Unlimited) -> str:
    call = f"`{render(site.call.func)}(…)`"
    if found.is_off:
        return f"{call} may wait for ever: `{found.parameter}` is switched off"
    if not found.parameter:
        return f"{call} may wait for ever: it takes no deadline"
    return f"{call} may wait for ever: no `{found.parameter}` is set"
