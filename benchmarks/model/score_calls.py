"""Compare what archlint knows of calls and queries with a recording of what really ran.

    python benchmarks/model/score_calls.py CHECKOUT RECORDING.json [--json FILE] [--wrong]

The checkout must be of the commit that was recorded. README.md beside this file explains the counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from linked_folder import Ends, Linked, linked
from reasons import Reasons
from verdicts import Verdict, edges_share, reasons_table, sites_share, table

from archlint.ir import nodes as ir
from archlint.project.database import database_call
from archlint.project.effects.effect import EffectKind
from archlint.project.flow import CallSite
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import UNKNOWN, Instance, Items, ProjectClass, Query, Value

Name = tuple[str, str]
"""The path and the qualified name of a function or model; "" and the dotted name for a library's."""

CALLS = ("call", "construct", "instance", "wrapped")
"""Kinds of edges that a call expression names; properties, operators and callbacks are counted apart."""
_ORM = ("django.db.", "django.shortcuts:get_", "sqlalchemy.")
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_UNITS_OF_WORK = frozenset({"commit", "flush"})
_OVER_QUERIES = frozenset(
    {
        "all", "any", "bool", "dict", "enumerate", "get_list_or_404", "get_object_or_404", "len", "list", "max", "min",
        "next", "set", "sorted", "sum", "tuple", "zip",
    }
)  # fmt: skip
METHODS = "method call"
_ASKING = frozenset({EffectKind.QUERY, EffectKind.WRITE, EffectKind.LAZY_LOAD})


def callees(project: Project, site: CallSite) -> tuple[FunctionDefinition, ...]:
    """Return the functions of the project that a call may run."""
    start = site.offset + site.call.start
    return project.call_graph.callees_at(site.module, start, site.offset + site.call.end)


def queried(project: Project, site: CallSite) -> frozenset[str]:
    """Return the qualified models that a call asks, over all receivers that it has; "" for one that is not known.

    A call in a lambda is none of the function's own: there only what is known in general of the place says it.
    """
    start = site.offset + site.call.start
    effects = project.call_graph.effects_at(site.module, start, site.offset + site.call.end)
    found = frozenset(one.target for one in effects if one.kind in _ASKING)
    if found:
        return found
    call = database_call(project, site)
    if call is None:
        return frozenset()
    return frozenset({call.definition.name if call.definition is not None else call.model})


class Scorer:
    """A linked checkout beside a recording of the same commit."""

    def __init__(self, code: Linked, recording: dict[str, Any]) -> None:
        self._code = code
        self._recording = recording
        self._sites: dict[Ends, CallSite] = {}
        self._loops: dict[tuple[str, int, int, int, int], Value] = {}
        """What loops iterate over, by the region of the loop and by that of what it iterates over."""
        rows = [*recording["calls"], *recording["queries"]]
        for path in sorted({row["site"][0] for row in rows} & code.modules.keys()):
            for site in code.sites(code.modules[path]):
                self._sites[code.ends(site.place, site.call)] = site
            for place, one in code.loops(code.modules[path]):
                for node in (one.loop.node, one.loop.iterable):
                    if node is not None:
                        self._loops[code.region(place, node)] = one.loop.value

    def calls(self) -> Iterator[Verdict]:
        """Yield a verdict for every call edge between functions of production code."""
        edges = [row for row in self._recording["calls"] if self._counts(row["site"][0], row["callee"][0])]
        truths: defaultdict[Ends, set[Name]] = defaultdict(set)
        for row in edges:
            truths[_ends(row["site"])].update(_names(row))
        for row in edges:
            yield self._edge(row, truths[_ends(row["site"])])

    def queries(self) -> Iterator[Verdict]:
        """Yield a verdict for every place in production code at which a query was executed."""
        for row in self._recording["queries"]:
            if not self._counts(row["site"][0]):
                continue
            if not row["by"].startswith(_ORM):
                yield self._verdict(row, "inside another library's call", "not scored")
            elif row["models"] and all(action == "relation" for _, action in row["models"]):
                yield self._verdict(row, "relations loaded with a query or on access", "not scored")
            else:
                yield self._query(row)

    def _counts(self, *paths: str) -> bool:
        return all(path in self._code.modules for path in paths)

    def _edge(self, row: dict[str, Any], truths: set[Name]) -> Verdict:
        site = self._sites.get(_ends(row["site"]))
        group = row["kind"]
        if site is None or self._is_decorator(row):
            leaves_with = site is None and _names(row)[0][1].endswith(("__exit__", "__aexit__"))
            is_call = group in CALLS and not self._is_decorator(row) and not leaves_with
            why = "a call in a place that the walk over a unit leaves out" if is_call else ""
            group = "operator" if leaves_with else "decorator" if group in CALLS and not is_call else group
            return self._verdict(row, group, "unknown" if is_call else "not scored", why=why)
        answers = {(one.module.path, one.local_name) for one in callees(self._code.project, site)}
        if answers & set(_names(row)):
            return self._verdict(row, group, "right", answers)
        if not answers:
            return self._verdict(row, group, "unknown", why=Reasons(self._code.project, site).callee())
        if answers & truths:
            return self._verdict(row, group, "another callee of the same call", answers)
        return self._verdict(row, group, "declared" if self._is_declared(answers, row) else "wrong", answers)

    def _is_decorator(self, row: dict[str, Any]) -> bool:
        path, _, line, column = row["site"][:4]
        return self._code.source(path).line_text(line).encode()[:column].strip() == b"@"

    def _is_declared(self, answers: set[Name], row: dict[str, Any]) -> bool:
        """Return whether an answer is the method that the true callee overrides, or one of a protocol."""
        owner, _, name = _names(row)[0][1].rpartition(".")
        symbols = self._code.project.symbols
        definition = self._code.modules[row["callee"][0]].classes.get(owner)
        ancestors = list(symbols.ancestors(definition)) if definition is not None else []
        above = {(one.module.path, f"{one.row.name}.{name}") for one in ancestors if isinstance(one, ClassDefinition)}
        owners = [self._code.modules[path].classes.get(full.rpartition(".")[0]) for path, full in answers]
        promised = [one for one in owners if one is not None and _PROTOCOLS & set(map(_qualified, symbols.bases(one)))]
        return bool(above & answers or promised)

    def _query(self, row: dict[str, Any]) -> Verdict:
        region, site = (row["site"][0], *row["site"][2:]), self._sites.get(_ends(row["site"]))
        is_whole_loop = region in self._loops and (site is None or self._code.region(site.place, site.call) != region)
        if is_whole_loop:
            return self._judged(row, "loop over a query", _model_of(self._loops[region]), "what is iterated over")
        if site is None:
            return self._verdict(row, "attribute or operator", "not scored")
        if not row["models"]:
            return self._verdict(row, "text of SQL", "not scored")
        if site.method in _UNITS_OF_WORK or all(action.startswith("flush") for _, action in row["models"]):
            return self._verdict(row, "unit of work (flush, commit, delete)", "not scored")
        if isinstance(site.call.func, ir.Name):
            return self._function(row, site)
        return self._method(row, site)

    def _function(self, row: dict[str, Any], site: CallSite) -> Verdict:
        if site.method not in _OVER_QUERIES:
            return self._verdict(row, "inside another call", "not scored")
        value = site.arguments[0] if site.arguments else UNKNOWN
        reason = Reasons(self._code.project, site).argument()
        return self._judged(row, "function over a query (list, len, get_object_or_404)", _model_of(value), reason)

    def _method(self, row: dict[str, Any], site: CallSite) -> Verdict:
        named = {one.rpartition(".")[2] for one in queried(self._code.project, site)} - {""}
        truths = {name.rpartition(".")[2] for _, name in _models(row)}
        if not named or not truths:
            return self._unnamed(row, site)
        group = f"{METHODS}, several models" if len(truths) > 1 else METHODS
        outcome = "right" if truths <= named else "some of the models" if truths & named else "wrong"
        if outcome == "right" and named != truths:
            outcome = "right, among others"
        return self._verdict(row, group, outcome, {("", name) for name in named})

    def _unnamed(self, row: dict[str, Any], site: CallSite) -> Verdict:
        reasons = Reasons(self._code.project, site)
        if database_call(self._code.project, site) is None:
            return self._judged(row, METHODS, None, reasons.receiver(), "not seen as a database call")
        takes_statement = site.method in ("execute", "scalars", "scalar")
        why = f"statement: {reasons.argument()}" if takes_statement else reasons.receiver()
        return self._judged(row, METHODS, None, why)

    def _judged(
        self, row: dict[str, Any], group: str, answer: Name | None, why: str = "", unknown: str = "model unknown"
    ) -> Verdict:
        truths = _models(row)
        if len(truths) > 1:
            group = f"{group}, several models"
        if answer is None:
            return self._verdict(row, group, unknown, why=why)
        short = {("", name.rpartition(".")[2]) for path, name in truths if not path or not answer[0]}
        return self._verdict(row, group, "right" if answer in truths or answer in short else "wrong", {answer})

    def _verdict(
        self, row: dict[str, Any], group: str, outcome: str, answers: Iterable[Name] = (), why: str = ""
    ) -> Verdict:
        path, _, line = row["site"][:3]
        truth = _names(row) if "callee" in row else sorted(_models(row))
        text = self._code.source(path).line_text(line).strip()
        return Verdict(group, outcome, tuple(row["site"]), text, _listed(truth), _listed(sorted(answers)), why)


def _ends(site: list[Any]) -> Ends:
    return (site[0], site[4], site[5])


def _names(row: dict[str, Any]) -> list[Name]:
    """Return the true callee of an edge, and the functions that a decorator put it around."""
    return [(path, name.replace(".<locals>", "")) for path, name, _ in (row["callee"], *row.get("wrapped", ()))]


def _models(row: dict[str, Any]) -> set[Name]:
    """Return the models that a query is about: those it was asked of, else those it was executed for."""
    if row["receivers"]:
        return {(path, name) for path, name in row["receivers"]}
    asked = {(path, name) for (path, name), action in row["models"] if not action.startswith("flush")}
    return asked or {(path, name) for (path, name), _ in row["models"]}


def _model_of(value: Value) -> Name | None:
    query = value.source if isinstance(value, Items) else value
    if isinstance(query, ProjectClass) or (isinstance(query, Query | Instance) and query.definition is not None):
        definition = query.definition
        return (definition.module.path, definition.row.name) if definition is not None else None
    return ("", query.model.rpartition(".")[2]) if isinstance(query, Query) and query.model else None


def _qualified(base: ClassDefinition | str) -> str:
    return base if isinstance(base, str) else base.name


def _listed(names: Iterable[Name]) -> str:
    return ", ".join(f"{path}:{name}" if path else name for path, name in names)


def main() -> int:
    """Print the scores of one application."""
    options = _parser().parse_args()
    scorer = Scorer(linked(options.checkout), json.loads(options.recording.read_text(encoding="utf-8")))
    calls, queries = list(scorer.calls()), list(scorer.queries())
    print(f"edges between project functions: {edges_share(calls, CALLS)}")
    print(f"call expressions: {sites_share(calls, CALLS)}\n\n{table(calls)}\n")
    print(f"not known, by shape:\n{reasons_table(calls)}\n")
    print(f"ORM calls with their model: {edges_share(queries, [METHODS])}\n")
    print(f"{table(queries)}\n\nnot known, by shape:\n{reasons_table(queries)}")
    for title, outcome in (("wrong", options.wrong), ("unknown", options.unknown)):
        for one in [*calls, *queries] if outcome else []:
            if one.outcome == title or (title == "unknown" and one.why):
                print(f"{title}: {one.group}: {one.place}\n    truth {one.truth}\n    says {one.answer or one.why}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, help="the folder that was recorded")
    parser.add_argument("recording", type=Path, help="what record_calls.py wrote")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong, one by one")
    parser.add_argument("--unknown", action="store_true", help="list what is not known, one by one")
    return parser


if __name__ == "__main__":
    sys.exit(main())
