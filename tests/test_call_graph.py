"""Who calls whom: small projects whose lines say `# calls: …` behind them.

A callee stands by its name below `app`, with its confidence where that is not high. `offloads f` is run in a thread
and waited for, `hands f task` runs elsewhere and later, `wraps f` runs with the function that is decorated.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from call_cases import CASES as OF_CALLS
from linking import linked
from receiver_cases import CASES as OF_RECEIVERS

from archlint.diagnostic import Confidence
from archlint.project.effects.effect import Action
from archlint.project.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.project.effects.effect import Edge, Step, Target
    from archlint.project.project import UnitPlace
    from archlint.project.symbols import FunctionDefinition, Module

_MARKER = re.compile(r"# calls: (.+)$")
CASES = OF_CALLS | OF_RECEIVERS
Region = tuple["Module", int, int]


def expected(texts: dict[str, str]) -> dict[tuple[str, int], list[str]]:
    return {
        (path, number): sorted(marker.group(1).split(", "))
        for path, text in texts.items()
        for number, line in enumerate(text.split("\n"), start=1)
        if (marker := _MARKER.search(line))
    }


def calls_of(project: Project, texts: dict[str, str]) -> dict[tuple[str, int], list[str]]:
    found: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    graph = project.call_graph
    marks = {
        (*_region(edge.step), target.function): _mark(edge, target)
        for edge in _edges(project)
        for target in sorted(edge.targets, key=lambda one: one.confidence is Confidence.HIGH)
    }
    for module in project.modules:
        for start, end in regions(texts[module.path]):
            for callee in graph.callees_at(module, start, end):
                mark = marks.get((module, start, end, callee), "{}")
                found[_line(texts, module, start)].add(mark.format(_name(callee)))
    for body in graph.bodies.values():
        for one in body.handed:
            found[_place(texts, one.step)].add(f"hands {_name(one.function)} {one.runs.value}")
    for function in graph.functions:
        for edge in graph.edges(function):
            if _is_decorator(function, edge):
                found[_place(texts, edge.step)] |= {f"wraps {_name(one.function)}" for one in edge.targets}
    return {place: sorted(names) for place, names in found.items()}


def regions(text: str) -> set[tuple[int, int]]:
    """Return where the expressions of a text start and end, as Python itself sees them."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return {
        (starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.expr) and node.end_lineno is not None and node.end_col_offset is not None
    }


def _edges(project: Project) -> Iterator[Edge]:
    for body in project.call_graph.bodies.values():
        yield from body.edges


def _mark(edge: Edge, target: Target) -> str:
    offloads = "offloads " if edge.action is Action.OFFLOAD else ""
    sureness = "" if target.confidence is Confidence.HIGH else f" {target.confidence.value}"
    return f"{offloads}{{}}{sureness}"


def _is_decorator(function: FunctionDefinition, edge: Edge) -> bool:
    offset = function.module.facts.units[function.row.unit].start
    regions = [(offset + one.start, offset + one.end) for one in function.row.decorators]
    return edge.step.module is function.module and _region(edge.step)[1:] in regions


def _region(step: Step) -> Region:
    return step.module, step.offset + step.start, step.offset + step.end


def _name(function: FunctionDefinition) -> str:
    return function.name.removeprefix("app.")


def _place(texts: dict[str, str], step: Step) -> tuple[str, int]:
    return _line(texts, step.module, step.offset + step.start)


def _line(texts: dict[str, str], module: Module, start: int) -> tuple[str, int]:
    return module.path, texts[module.path].count("\n", 0, start) + 1


@pytest.mark.parametrize("name", CASES)
def test_what_calls_lead_to(name: str) -> None:
    texts = {path: dedent(text) for path, text in CASES[name].items()}

    assert calls_of(linked(texts), texts) == expected(texts)


@pytest.mark.parametrize("name", CASES)
def test_callers_are_the_other_side_of_calls(name: str) -> None:
    graph = linked(CASES[name]).call_graph
    calls = {
        (caller, edge.step, target.function)
        for (caller, _, _), body in graph.bodies.items()
        for edge in body.edges
        for target in edge.targets
    }

    assert {
        (one.function, one.edge.step, function) for function in graph.functions for one in graph.callers(function)
    } == calls
    for function in graph.functions:
        orders = [one.edge.step.order for one in graph.callers(function)]
        assert orders == sorted(orders)


def test_what_is_handed_over_is_not_called() -> None:
    text = dedent("""
        import threading

        def work(): ...

        def start():
            threading.Thread(target=work)
    """)
    graph = linked({"app.py": text}).call_graph
    (module,) = {function.module for function in graph.functions}

    assert all(graph.callees_at(module, *region) == () for region in regions(text))
    assert graph.callers(module.functions["work"]) == ()


def test_effects_stand_where_they_happen() -> None:
    text = dedent("""
        import time

        import requests

        def inner():
            time.sleep(1)

        def outer(rows):
            inner()
            requests.get("https://example.org", timeout=1)
            rows.sort(key=lambda row: time.sleep(row))
    """)
    graph = linked({"app.py": text}).call_graph
    (module,) = {function.module for function in graph.functions}
    found = {
        (text[start:end], f"{effect.kind.value} {effect.target}")
        for start, end in regions(text)
        for effect in graph.effects_at(module, start, end)
    }

    assert found == {
        ("time.sleep(1)", "blocking call time.sleep"),
        ("time.sleep(row)", "blocking call time.sleep"),
        ('requests.get("https://example.org", timeout=1)', "blocking call requests.get"),
        ('requests.get("https://example.org", timeout=1)', "external call requests.get"),
    }


def test_callers_of_a_name_that_many_share_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = """
        class Shop{0}:
            def close(self): ...

            def leave(self):
                self.close()
                self.close()

        def closed(shop: Shop{0}):
            shop.close()
    """
    project = linked({f"shop{number}.py": shop.format(number) for number in range(20)})
    looked: list[UnitPlace] = []
    functions_at = Project.functions_at

    def watched(self: Project, place: UnitPlace) -> Iterator[FunctionDefinition]:
        looked.append(place)
        return functions_at(self, place)

    monkeypatch.setattr(Project, "functions_at", watched)
    for module in project.modules:
        found = project.callers.of(module.functions[f"Shop{module.path[4:-3]}.close"])
        assert [one.function.row.name for one in found] == ["leave", "closed"]
        assert found[0].step.start < found[0].function.row.end
    assert len(looked) == 2 * len(project.modules)
