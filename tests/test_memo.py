"""Questions that depend on each other: what is answered is the least fixed point, whoever asks first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.project.questions.memo import Key, Kind, Memo

SIZE = 7
Graph = list[tuple[int, int]]
GRAPHS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=20)


def words(key: Key) -> tuple[str, ...]:
    return tuple(map(str, key))


def reaching(graph: Graph) -> Memo:
    """Return questions for what can be reached from a number: the number, and all that its successors reach."""
    memo = Memo(words)

    def compute(number: int) -> frozenset[int]:
        memo.read(("input", number))
        found = {number}
        for start, end in graph:
            if start == number:
                found |= memo.ask("reached", end)
        return frozenset(found)

    memo.register(Kind("reached", compute, frozenset(), frozenset({-1})))
    return memo


def reached(graph: Graph, number: int) -> frozenset[int]:
    found, pending = {number}, [number]
    while pending:
        current = pending.pop()
        for start, end in graph:
            if start == current and end not in found:
                found.add(end)
                pending.append(end)
    return frozenset(found)


@settings(deadline=None)
@given(GRAPHS, st.permutations(range(SIZE)))
def test_answers_are_the_least_fixed_point_in_any_order(graph: Graph, order: list[int]) -> None:
    memo = reaching(graph)

    assert {one: memo.ask("reached", one) for one in order} == {one: reached(graph, one) for one in range(SIZE)}


@settings(deadline=None)
@given(GRAPHS, st.integers(0, SIZE - 1))
def test_an_answer_knows_all_that_it_rests_on(graph: Graph, number: int) -> None:
    memo = reaching(graph)
    memo.ask("reached", number)

    inputs, pending, seen = set(), [("reached", number)], set()
    while pending:
        key = pending.pop()
        for read in memo.reads[key]:
            if read[0] == "input":
                inputs.add(read[1])
            elif read not in seen:
                seen.add(read)
                pending.append(read)  # type: ignore[arg-type]
    assert inputs == reached(graph, number)


def test_each_question_of_a_tree_is_computed_once() -> None:
    memo = reaching([(0, 1), (0, 2), (1, 2), (2, 3)])
    memo.ask("reached", 0)
    memo.ask("reached", 2)

    assert memo.computed == {"reached": 4}


def test_what_never_settles_is_unknown() -> None:
    memo = Memo(words)
    memo.register(Kind("next", lambda number: memo.ask("next", number) + 1, 0, -1))

    assert memo.ask("next", 5) == -1


def test_a_crash_leaves_no_half_answer() -> None:
    memo = Memo(words)
    broken = [True]

    def compute(number: int) -> int:
        if number and broken:
            raise ValueError
        return number + memo.ask("sum", 1 - number) if number == 0 else 1

    memo.register(Kind("sum", compute, 0, -1))
    with pytest.raises(ValueError, match=r"^$"):
        memo.ask("sum", 0)
    broken.clear()

    assert memo.ask("sum", 0) == 1


def test_what_is_computed_aside_rests_on_no_open_question() -> None:
    memo = Memo(words)
    seen: list[int] = []

    def compute(number: int) -> int:
        if number == 0 and not seen:
            seen.append(memo.aside(lambda: memo.ask("open", 1)))
        return number + 1

    memo.register(Kind("open", compute, 0, -1))

    assert memo.ask("open", 0) == 1
    assert seen == [2]
    assert ("open", 1) not in memo.finished


@settings(deadline=None)
@given(GRAPHS, st.integers(0, SIZE - 1))
def test_without_what_they_rest_on_answers_are_the_same(graph: Graph, number: int) -> None:
    memo = reaching(graph)
    memo.keeps_reads = False

    assert memo.ask("reached", number) == reached(graph, number)
    assert memo.reads == {}


def test_too_many_answers_are_forgotten_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archlint.project.questions.memo.MOST_KEPT", 3)
    graph = [(number, number + 1) for number in range(SIZE - 1)]
    memo = reaching(graph)
    memo.keeps_reads = False

    for _ in range(2):
        for number in reversed(range(SIZE)):
            assert memo.ask("reached", number) == reached(graph, number)
            assert len(memo.finished) <= SIZE
    assert memo.computed["reached"] > SIZE
