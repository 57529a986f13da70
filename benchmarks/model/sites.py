"""The kinds of places of which is asked how much archlint knows, in any code base, and what it says of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linked_folder import Linked
from reasons import Reasons, root
from score_calls import callees, queried

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.database import database_call, wanted_names
from archlint.project.flow import CallSite
from archlint.project.handlers import handler
from archlint.project.inference.members import member
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition, Module
from archlint.project.values import UNKNOWN, External, Instance, Method, ProjectClass, Value

KINDS = ("calls", "orm", "http", "handlers", "routes")
"""Calls by a name that the project defines; calls that look like an ORM's; like HTTP; functions that serve requests,
with where they run; routes with their whole path.
"""

_REQUESTS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "request", "send", "stream"})
_CLIENTS = frozenset({"aiohttp", "client", "http", "httpx", "requests", "session", "urllib3"})
_QUERIES = frozenset({"db", "manager", "objects", "qs", "query", "queryset", "session", "set"})
_SHARED = frozenset(name for kind in (dict, list, set, str, bytes, tuple, int) for name in dir(kind))
_BUILT_IN = frozenset(dir(__builtins__)) if not isinstance(__builtins__, dict) else frozenset(__builtins__)


@dataclass(frozen=True, slots=True)
class Asked:
    """One place: where it is, what archlint says of it ("" for nothing), and why it says nothing."""

    kind: str
    path: str
    line: int
    column: int
    answer: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sites:
    """The places of one linked folder."""

    code: Linked

    def asked(self, kind: str) -> Iterator[Asked]:
        """Yield the places of a kind, file by file."""
        names = self._function_names() if kind == "calls" else wanted_names(self.code.project)
        for module in self.code.modules.values():
            if kind in ("handlers", "routes"):
                yield from self._handlers(module) if kind == "handlers" else self._routes(module)
                continue
            for site in self.code.sites(module):
                found = self._answer(kind, names, site)
                if found is not None:
                    yield self._at(kind, site, *found)

    def _function_names(self) -> frozenset[str]:
        """Return the names of the project's functions and methods that no built-in type and no library shares."""
        found = {one.row.name for module in self.code.modules.values() for one in module.functions.values()}
        return frozenset(found - _SHARED - _BUILT_IN)

    def _answer(self, kind: str, names: frozenset[str], site: CallSite) -> tuple[str, str] | None:
        """Return what archlint says of a call and why it says nothing, or None where the call is of another kind."""
        if kind == "calls":
            return self._call(site) if site.method in names else None
        if not isinstance(site.call.func, ir.Attribute):
            return None
        receiver = site.call.func.value
        if kind == "http":
            return self._http(site) if site.method in _REQUESTS and _has_word(receiver, _CLIENTS) else None
        if site.method not in names or (site.method in _SHARED and not _has_word(receiver, _QUERIES)):
            return None
        return self._orm(site)

    def _call(self, site: CallSite) -> tuple[str, str] | None:
        found = callees(self.code.project, site)
        if found:
            return ", ".join(sorted(f"{one.module.path}:{one.local_name}" for one in found)), ""
        if isinstance(root(site.callee), External) or _is_of_library(site.callee):
            return None  # a name that a library happens to share
        if isinstance(site.callee, ProjectClass):
            return None  # a class with no constructor of its own runs no function of the project
        if _is_inherited(self.code.project, site.callee) or database_call(self.code.project, site) is not None:
            return None
        return "", Reasons(self.code.project, site).callee()

    def _orm(self, site: CallSite) -> tuple[str, str] | None:
        found = database_call(self.code.project, site)
        if found is not None and found.model:
            return found.effect, ""
        models = queried(self.code.project, site)
        if models - {""}:
            return ", ".join(f"queries `{one.rpartition('.')[2]}`" for one in sorted(models) if one), ""
        if found is not None or models:
            return "", f"the model is not known: {self._statement(site)}"
        if not isinstance(site.callee, Method) or (site.callee.receiver != UNKNOWN and root(site.callee) != UNKNOWN):
            return None  # known to be something else
        return "", Reasons(self.code.project, site).receiver()

    def _statement(self, site: CallSite) -> str:
        """Return why nothing is known of what a session is given, or of what a method is called on."""
        reasons = Reasons(self.code.project, site)
        return reasons.argument() if site.call.args and root(site.callee) != UNKNOWN else reasons.receiver()

    def _http(self, site: CallSite) -> tuple[str, str]:
        callee = site.callee
        if isinstance(callee, External):
            return callee.name, ""
        receiver = callee.receiver if isinstance(callee, Method) else callee
        if receiver == UNKNOWN or root(receiver) == UNKNOWN:
            return "", Reasons(self.code.project, site).receiver()
        return f"{receiver.name}().{site.method}" if isinstance(receiver, Instance) else type(receiver).__name__, ""

    def _handlers(self, module: Module) -> Iterator[Asked]:
        """Yield what serves requests: by a route, or by its shape alone where no route is known to lead to it."""
        project = self.code.project
        for function in module.functions.values():
            served = project.routes.served_by(function)
            found = None if served else handler(project, function)
            if served or found is not None:
                places = [one.place.value for one in project.places.of(function)]
                framework = found.framework if found is not None else ""
                why = "" if places else f"only its shape says so ({framework}): no route leads to it"
                yield self._found(
                    "handlers", function, f"{function.local_name} {' '.join(places)}" if places else "", why
                )

    def _routes(self, module: Module) -> Iterator[Asked]:
        for route in self.code.project.routes.routes:
            own = route.mounted[-1]
            if own.module is module:
                line, column = self.code.position(module.path, own.start)
                why = "" if route.is_whole else f"nobody is known to mount it ({route.framework})"
                yield Asked("routes", module.path, line, column, route.label if route.is_whole else "", why)

    def _found(self, kind: str, function: FunctionDefinition, answer: str, why: str) -> Asked:
        line, column = self.code.position(function.module.path, function.row.start)
        return Asked(kind, function.module.path, line, column, answer, why)

    def _at(self, kind: str, site: CallSite, answer: str, why: str) -> Asked:
        line, column = self.code.position(site.module.path, site.offset + _named_at(site.call.func))
        return Asked(kind, site.module.path, line, column, answer, why)


def _named_at(func: ir.Expr) -> int:
    """Return where the last name of a callee begins: all calls of a chain begin at the same place."""
    return func.end - len(func.name) if isinstance(func, ir.Attribute) else func.start


def _has_word(receiver: ir.Expr, words: frozenset[str]) -> bool:
    """Return whether one of the names of a receiver has one of some words: `db.session`, `order_set`."""
    return not words.isdisjoint(dotted(receiver).lower().replace("_", ".").split("."))


def _is_inherited(project: Project, callee: Value) -> bool:
    """Return whether a method is none of the project's classes but may be one of the library's above them."""
    if not (isinstance(callee, Method) and isinstance(callee.receiver, Instance) and callee.receiver.definition):
        return False
    names = [one for one in project.symbols.ancestors(callee.receiver.definition) if isinstance(one, str)]
    found = member(project.inference, callee.receiver.definition, callee.name)
    return found is None and bool(names) and not any(one.startswith("?") for one in names)


def _is_of_library(callee: Value) -> bool:
    receiver = callee.receiver if isinstance(callee, Method) else callee
    return isinstance(receiver, Instance) and receiver.definition is None
