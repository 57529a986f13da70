"""Questions about the program, each answered once: with cycles, with what each answer was read from, and over runs.

An answer that depends on itself is the least fixed point: the questions of a cycle start from "nothing", and are
computed in the order of their names until nothing changes. So an answer depends on the program alone,
not on which question was asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

Key = tuple[Hashable, ...]
"""A kind of question, and what it is about."""

MAX_ROUNDS = 12
"""Rounds after which what still changes in a cycle is given up as unknown."""
MAX_OPEN = 1000
"""Questions that may wait for each other; what lies deeper is unknown."""
MOST_KEPT = 100_000
"""Answers that are remembered, which take some 80 MB; of a project of a million lines all are."""
_FREE = 1 << 60
_STATE = ("computed", "finished", "reads", "past", "_stack", "_open", "_tentative", "_held")


class Kind(msgspec.Struct, frozen=True):
    """A kind of question: how it is answered, what holds before anything is known, and what when nothing can be."""

    name: str
    compute: Callable[..., Any]
    nothing: Any
    unknown: Any


class Past(Protocol):
    """What an earlier run found out, as far as it still holds."""

    def recall(self, key: Key) -> tuple[bool, Any]:
        """Return whether the answer to a question is known to hold still, and the answer."""


@dataclass(slots=True)
class _Frame:
    key: Key
    position: int
    lowest: int = _FREE
    reads: dict[Key, None] = field(default_factory=dict)
    value: Any = None


class Memo:
    """Answers by key; a key is the kind of a question and its subjects.

    What each answer was read from is kept only where `keeps_reads` says that a later run will ask for it. Elsewhere
    all is forgotten once there are too many answers: who asks again is told the same, and neighbours ask for the same.
    """

    def __init__(self, name_of: Callable[[Key], tuple[str, ...]]) -> None:
        self.past: Past | None = None
        self.keeps_reads = True
        self.computed: dict[str, int] = {}
        self.finished: dict[Key, Any] = {}
        self.reads: dict[Key, tuple[Key, ...]] = {}
        self._name_of = name_of
        self._kinds: dict[str, Kind] = {}
        self._stack: list[_Frame] = []
        self._open: dict[Key, _Frame] = {}
        self._tentative: dict[Key, Any] = {}
        self._held: dict[Key, tuple[dict[Key, None], int]] = {}

    def register(self, kind: Kind) -> None:
        """Make a kind of question known."""
        self._kinds[kind.name] = kind

    def read(self, key: Key) -> None:
        """Note that the question being answered looked at an input: a body, what a file declares, a name."""
        if self._stack:
            self._stack[-1].reads[key] = None

    def ask(self, name: str, *subjects: Hashable) -> Any:
        """Return the answer to a question, computed where it is not known."""
        key = (name, *subjects)
        if self._stack:
            self._stack[-1].reads[key] = None
        if key in self.finished:
            return self.finished[key]
        if key in self._tentative:
            self._depend_on(key)
            return self._tentative[key]
        if self.past is not None:
            holds, value = self.past.recall(key)
            if holds:
                self.finished[key] = value
                return value
        if len(self._stack) >= MAX_OPEN:
            return self._kinds[name].unknown
        return self._answer(key)

    def look(self, key: Key) -> tuple[Any, bool]:
        """Return the answer to a question without noting that it was asked, and whether it is final."""
        frame = _Frame(("look", key), len(self._stack))
        self._stack.append(frame)
        try:
            value = self.ask(str(key[0]), *key[1:])
        finally:
            self._stack.pop()
        return value, key in self.finished

    def aside(self, compute: Callable[[], Any]) -> Any:
        """Return what is computed apart from all open questions, none of which it may rest on.

        What is found on the way is forgotten: an index over the whole project must not depend on who asked first.
        """
        kept = {name: getattr(self, name) for name in _STATE}
        for name, value in kept.items():
            setattr(self, name, None if name == "past" else type(value)())
        try:
            return compute()
        finally:
            for name, value in kept.items():
                setattr(self, name, value)

    def _depend_on(self, key: Key) -> None:
        frame = self._open.get(key)
        position = frame.position if frame is not None else self._held[key][1]
        self._stack[-1].lowest = min(self._stack[-1].lowest, position)

    def _answer(self, key: Key) -> Any:
        if len(self.finished) >= MOST_KEPT and not self._stack and not self.keeps_reads:
            self.finished.clear()
        kind = self._kinds[str(key[0])]
        self._tentative[key] = kind.nothing
        frame = self._push(key, len(self._stack))
        try:
            value = self._compute(kind, key)
        except BaseException:
            self._abandon(frame)
            raise
        self._pop(frame)
        if frame.lowest < frame.position:
            self._hold({key: value}, frame.reads, frame.lowest)
            return value
        members = [one for one, (_, lowest) in self._held.items() if lowest >= frame.position]
        if members or key in frame.reads:
            return self._solve(frame, {*members, key})
        del self._tentative[key]
        self.finished[key] = value
        if self.keeps_reads:
            self.reads[key] = tuple(frame.reads)
        return value

    def _hold(self, values: dict[Key, Any], reads: dict[Key, None], lowest: int) -> None:
        """Keep values that rest on an unfinished one, until that is finished."""
        for key, value in values.items():
            self._tentative[key] = value
            self._held[key] = (reads, lowest)
        self._stack[-1].lowest = min(self._stack[-1].lowest, lowest)

    def _solve(self, root: _Frame, component: set[Key]) -> Any:
        """Answer the questions of a cycle together; return the answer to its root."""
        reads: dict[Key, None] = {}
        while True:
            lowest, found = self._approach(root, component, reads)
            component |= found
            if lowest < root.position:  # what is known by now shows that an unfinished question has a part in it
                self._hold({key: self._tentative[key] for key in component}, reads, lowest)
                return self._tentative[root.key]
            if not found:
                return self._settle(root, component, reads)

    def _settle(self, root: _Frame, component: set[Key], reads: dict[Key, None]) -> Any:
        outside = tuple(key for key in reads if key not in component)
        for key in component:
            value = self._tentative.pop(key)
            self._held.pop(key, None)
            kind = self._kinds[str(key[0])]
            self.finished[key] = kind.unknown if value == kind.nothing else value
            if self.keeps_reads:
                self.reads[key] = outside
        return self.finished[root.key]

    def _approach(self, root: _Frame, component: set[Key], reads: dict[Key, None]) -> tuple[int, set[Key]]:
        """Compute the members from nothing, in the order of their names, until nothing changes.

        Return the lowest unfinished question that they rest on, and those that belong to them as well.
        """
        ordered = sorted(component, key=self._name_of)
        for key in ordered:
            self._tentative[key] = self._kinds[str(key[0])].nothing
            self._held[key] = (reads, root.position)
        changes = dict.fromkeys(ordered, 0)
        used: dict[Key, list[tuple[Key, int]]] = {}
        for number in range(MAX_ROUNDS + 1):
            waiting = [
                key for key in ordered if key not in used or any(changes[one] != seen for one, seen in used[key])
            ]
            if not waiting:
                break
            for key in waiting:
                frame = self._step(root, key)
                reads.update(frame.reads)
                used[key] = [(one, changes[one]) for one in frame.reads if one in component]
                self._take(key, frame.value, changes, give_up=number == MAX_ROUNDS)
                lowest = min(frame.lowest, root.position)
                found = {one for one, row in self._held.items() if row[1] >= lowest and one not in component}
                if lowest < root.position or found:
                    return lowest, found
        return root.position, set()

    def _step(self, root: _Frame, key: Key) -> _Frame:
        """Compute one member with what is known of the others."""
        kind = self._kinds[str(key[0])]
        frame = self._push(key, root.position)
        try:
            frame.value = self._compute(kind, key)
        except BaseException:
            self._abandon(frame)
            raise
        self._pop(frame)
        return frame

    def _take(self, key: Key, value: Any, changes: dict[Key, int], *, give_up: bool) -> None:
        if value != self._tentative[key]:
            self._tentative[key] = self._kinds[str(key[0])].unknown if give_up else value
            changes[key] += 1

    def _abandon(self, frame: _Frame) -> None:
        """Forget what is unfinished: a crash passes through, and the next question starts afresh."""
        self._pop(frame)
        self._tentative.pop(frame.key, None)
        if not self._stack:
            self._tentative.clear()
            self._held.clear()

    def _compute(self, kind: Kind, key: Key) -> Any:
        self.computed[kind.name] = self.computed.get(kind.name, 0) + 1
        return kind.compute(*key[1:])

    def _push(self, key: Key, position: int) -> _Frame:
        frame = _Frame(key, position)
        self._stack.append(frame)
        self._open[key] = frame
        return frame

    def _pop(self, frame: _Frame) -> None:
        self._stack.pop()
        del self._open[frame.key]
