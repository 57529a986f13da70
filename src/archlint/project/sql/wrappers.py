"""Which parameters of the project's own functions reach a call that sends SQL, one or more calls away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from archlint.project.flow import CallSite, call_sites
from archlint.project.project import UnitPlace
from archlint.project.sql.sinks import SENDING, arguments, function_of, known_sinks, passed_name, sql_call
from archlint.project.tree import assigned
from archlint.syntax.string_values import last_name

if TYPE_CHECKING:
    from archlint.ir import nodes as ir
    from archlint.project.project import Project
    from archlint.project.symbols import FunctionDefinition

_MAX_CALLS = 4
"""Functions that a text may be handed through before the one that sends it."""


class _Pass(msgspec.Struct, frozen=True):
    """A parameter that is handed on: to a library (`to` is None), or to a parameter of another function."""

    parameter: str
    dialect: str = ""
    to: FunctionDefinition | None = None
    as_parameter: str = ""


class Wrappers:
    """Answers which parameters are SQL.

    What a function hands on through at most n calls is told from what others hand on through at most n - 1:
    so functions that call each other in a circle are no special case, and no answer depends on the order of questions.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._passes: dict[FunctionDefinition, tuple[_Pass, ...]] = {}
        self._found: dict[tuple[FunctionDefinition, int], Mapping[str, str]] = {}

    def parameters(self, function: FunctionDefinition) -> Mapping[str, str]:
        """Return the parameters whose text is sent, with the dialect of who sends it ("" where that is not known)."""
        self._project.memo.read(("sends", function))
        found: Mapping[str, str] = self._project.memo.aside(lambda: self._within(function, _MAX_CALLS))
        return found

    def _within(self, function: FunctionDefinition, calls: int) -> Mapping[str, str]:
        key = (function, calls)
        if key not in self._found:
            dialects: dict[str, set[str]] = {}
            for one in self._passes_of(function):
                if one.to is None:
                    dialects.setdefault(one.parameter, set()).add(one.dialect)
                elif calls > 0:
                    further = self._within(one.to, calls - 1)
                    if one.as_parameter in further:
                        dialects.setdefault(one.parameter, set()).add(further[one.as_parameter])
            self._found[key] = {name: found.pop() if len(found) == 1 else "" for name, found in dialects.items()}
        return self._found[key]

    def _passes_of(self, function: FunctionDefinition) -> tuple[_Pass, ...]:
        if function not in self._passes:
            self._passes[function] = tuple(self._passes_in(function))
        return self._passes[function]

    def _passes_in(self, function: FunctionDefinition) -> Iterator[_Pass]:
        node = self._project.function_node(function)
        if node is None:
            return
        names = {parameter.name for parameter in node.parameters} - assigned(node.body)
        place = UnitPlace(function.module, function.unit)
        for site in call_sites(self._project, place):
            depth = _depth(site, node)
            if depth is not None:
                hidden = {parameter.name for one in site.functions[depth + 1 :] for parameter in one.parameters}
                yield from self._passed(site, frozenset(names - hidden))

    def _passed(self, site: CallSite, names: frozenset[str]) -> Iterator[_Pass]:
        """Yield what a call is handed of some parameters."""
        row = sql_call(self._project, site.callee)
        if row is not None:
            for sink in known_sinks(row, site.call) if not row.builds else ():
                if passed_name(sink.argument) in names:
                    yield _Pass(passed_name(sink.argument), sink.dialect)
            return
        callee = function_of(self._project, site.callee)
        if callee is not None:
            for parameter, node in arguments(callee, site.call).items():
                if passed_name(node) in names:
                    yield _Pass(passed_name(node), "", callee.definition, parameter)
        elif last_name(site.call.func) in SENDING and site.call.args and passed_name(site.call.args[0]) in names:
            yield _Pass(passed_name(site.call.args[0]))


def _depth(site: CallSite, node: ir.Function) -> int | None:
    """Return which of the functions around a call a function is, or None."""
    regions = [(one.start, one.end) for one in site.functions]
    region = (node.start, node.end)
    return regions.index(region) if region in regions else None
