"""Where texts are logged or printed: by calls of libraries, and by methods of what is called a logger."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference import wrappers
from archlint.project.project import Project, UnitPlace

_LEVELS = frozenset(
    {
        "critical", "debug", "error", "exception", "fatal", "info", "log", "notice", "success", "trace", "verbose",
        "warn", "warning",
    }
)  # fmt: skip
_LOGGERS = ("log", "logger", "logging")


class Logged(msgspec.Struct, frozen=True):
    """A call that writes its arguments where others read them; `prints` tells that it writes to the terminal."""

    site: CallSite
    prints: bool

    @property
    def arguments(self) -> Iterator[ir.Expr]:
        """Yield what is written out."""
        yield from self.site.call.args
        yield from (word.value for word in self.site.call.keywords)


def logged_names(project: Project) -> frozenset[str]:
    """Return the last names of calls that may log."""
    rows = project.knowledge.tables.log_calls
    return _LEVELS | frozenset(name.rpartition(".")[2] for row in rows for name in row.names)


def logged(project: Project, place: UnitPlace, names: frozenset[str]) -> Iterator[Logged]:
    """Yield the calls of a unit that log or print, in the order of execution; `names` are `logged_names`."""
    for site in call_sites(project, place, names, unknown=True):
        row = project.knowledge.log_call(wrappers.qualified(site.callee))
        if row is not None:
            yield Logged(site, prints=row.kind == "output")
        elif _is_logger(site.call):
            yield Logged(site, prints=False)


def is_logged(project: Project, site: CallSite) -> bool:
    """Return whether a call logs or prints its arguments itself."""
    return project.knowledge.log_call(wrappers.qualified(site.callee)) is not None or _is_logger(site.call)


def _is_logger(call: ir.Call) -> bool:
    """Return whether a call is a method of what is called a logger, whatever its class."""
    func = call.func
    if not isinstance(func, ir.Attribute) or func.name not in _LEVELS:
        return False
    last = dotted(func.value).rpartition(".")[2].lower().strip("_")
    return last.endswith(_LOGGERS)
