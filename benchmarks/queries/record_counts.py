"""Record how many SQL statements each line of an application sends while its tests run, and how often loops turn.

It runs a program in the application's own virtual environment (Python 3.12 or 3.13) and watches it:

    VENV/bin/python record_counts.py --root CHECKOUT --folder PACKAGE --orm django --out FILE -- manage.py test
    VENV/bin/python record_counts.py --root CHECKOUT --folder PACKAGE --orm sqlalchemy --out FILE -- -m pytest tests

README.md beside this file says what is recorded.
"""

from __future__ import annotations

import argparse
import functools
import json
import platform
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "model"))

from record_calls import run_program
from recorded_code import TESTS, Production, Site
from statements import listen, shape_of

monitoring: Any = getattr(sys, "monitoring", None)
"""Python 3.12 has it; mypy looks at older versions."""

UNRECORDED = ("migrations", "alembic")
"""Folders that run once, when the tables are made."""

Place = tuple[int, int]
"""The identity of a code object and the offset of an instruction."""


@dataclass(slots=True)
class Activation:
    """What one run of a function did: statements beneath its instructions, lines run, turns of its loops."""

    code: CodeType
    number: int
    statements: Counter[tuple[int, str]] = field(default_factory=Counter)
    children: defaultdict[tuple[int, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    """Who below an instruction sent a shape: activations of the functions called there, or statements of its own."""
    moments: defaultdict[tuple[int, str], set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    """When an instruction sent a shape: the turns of all loops so far, and the runs of its line."""
    stacks: dict[tuple[int, str], tuple[Place, ...]] = field(default_factory=dict)
    lines: Counter[int] = field(default_factory=Counter)
    turns: Counter[int] = field(default_factory=Counter)
    turned: int = 0


@dataclass(slots=True)
class Sent:
    """What the instruction at a place sent over all activations."""

    code: CodeType
    statements: int = 0
    most: int = 0
    children: int = 0
    turns: int = 0
    counts: Counter[int] = field(default_factory=Counter)
    """How many activations sent a statement of one shape in how many turns."""
    shape: str = ""
    stack: tuple[Place, ...] = ()
    by: set[str] = field(default_factory=set)


class Recorder:
    """Listens to lines and loops of production code, and adds up the statements of each activation."""

    def __init__(self, production: Production) -> None:
        self._production = production
        self._alive: dict[int, CodeType] = {}
        """Code that was seen; it stays referenced, so that its identity is not given away again."""
        self._active: dict[int, Activation] = {}
        """The activations by the identity of their frame, until another frame takes it."""
        self._numbers = count(1)
        self._sent: dict[Place, Sent] = {}
        self._lines: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._turns: defaultdict[int, Counter[int]] = defaultdict(Counter)

    def start(self) -> None:
        """Begin to listen."""
        events, tool = monitoring.events, monitoring.PROFILER_ID
        monitoring.use_tool_id(tool, "record_counts")
        monitoring.register_callback(tool, events.PY_START, self.on_start)
        monitoring.register_callback(tool, events.LINE, self.on_line)
        monitoring.register_callback(tool, events.BRANCH, self.on_branch)
        monitoring.set_events(tool, events.PY_START)

    def stop(self) -> None:
        """Listen no longer, and add up what is still active."""
        monitoring.set_events(monitoring.PROFILER_ID, 0)
        for code in self._alive.values():
            monitoring.set_local_events(monitoring.PROFILER_ID, code, 0)
        monitoring.free_tool_id(monitoring.PROFILER_ID)
        for activation in list(self._active.values()):
            self._add_up(activation)
        self._active.clear()

    def on_start(self, code: CodeType, _offset: int) -> object:
        """Begin an activation; code outside of production is not listened to again."""
        if not self._production.path(code):
            return monitoring.DISABLE
        if id(code) not in self._alive:
            self._alive[id(code)] = code
            events = monitoring.events
            monitoring.set_local_events(monitoring.PROFILER_ID, code, events.LINE | events.BRANCH)
        self._begin(sys._getframe(1))  # noqa: SLF001 - the frame that starts
        return None

    def on_line(self, code: CodeType, line: int) -> None:
        """Count a line that runs."""
        self._of(sys._getframe(1), code).lines[line] += 1  # noqa: SLF001 - the frame that runs

    def on_branch(self, code: CodeType, offset: int, destination: int) -> object:
        """Count a turn of a loop; other branches are not listened to again."""
        if not _is_loop(code, offset):
            return monitoring.DISABLE
        if destination <= offset + 4:  # behind the instruction and its cache; the end of the loop lies further
            activation = self._of(sys._getframe(1), code)  # noqa: SLF001 - the frame that runs
            activation.turns[offset] += 1
            activation.turned += 1
        return None

    def on_statement(self, sql: str) -> None:
        """Add a statement to all activations of production code on the stack."""
        shape = shape_of(sql)
        if not shape:
            return
        child, by = -next(self._numbers), ""
        stack: tuple[Place, ...] = ()
        for frame in _frames():
            path = self._production.path(frame.f_code)
            if path:
                activation = self._of(frame, frame.f_code)
                place = (id(frame.f_code), frame.f_lasti)
                _count(activation, frame, shape, child, stack)
                self._sent.setdefault(place, Sent(frame.f_code)).by.add(by)
                child, by, stack = activation.number, "", (*stack, place)
            elif path is None:
                by = f"{frame.f_globals.get('__name__', '')}:{frame.f_code.co_qualname}"

    def rows(self) -> dict[str, Any]:
        """Return what was recorded, in an order that does not depend on the run."""
        sent = sorted((self._row(offset, one) for (_, offset), one in self._sent.items()), key=lambda row: row["site"])
        lines: defaultdict[str, Counter[int]] = defaultdict(Counter)
        loops: dict[Site, int] = {}
        for key, code in self._alive.items():
            path = self._production.path(code) or ""
            for line, most in self._lines[key].items():
                lines[path][line] = max(lines[path][line], most)
            for offset, most in self._turns[key].items():
                site = self._production.site(code, offset)
                loops[site] = max(loops.get(site, 0), most)
        return {
            "sent": sent,
            "lines": [[path, sorted(found.items())] for path, found in sorted(lines.items())],
            "loops": [[site, most] for site, most in sorted(loops.items())],
        }

    def _begin(self, frame: FrameType) -> Activation:
        """Return the activation of a frame that is new; it takes the identity of one that has ended."""
        ended = self._active.pop(id(frame), None)
        if ended is not None:
            self._add_up(ended)
        self._active[id(frame)] = begun = Activation(frame.f_code, next(self._numbers))
        self._alive.setdefault(id(frame.f_code), frame.f_code)
        return begun

    def _of(self, frame: FrameType, code: CodeType) -> Activation:
        found = self._active.get(id(frame))
        return found if found is not None and found.code is code else self._begin(frame)

    def _add_up(self, activation: Activation) -> None:
        _keep_most(self._lines[id(activation.code)], activation.lines)
        _keep_most(self._turns[id(activation.code)], activation.turns)
        most: Counter[int] = Counter()
        for (offset, shape), statements in activation.statements.items():
            sent = self._sent[id(activation.code), offset]
            children, turns = len(activation.children[offset, shape]), len(activation.moments[offset, shape])
            most[offset] = max(most[offset], turns)
            sent.statements += statements
            sent.most = max(sent.most, statements)
            if (turns, children, shape) > (sent.turns, sent.children, sent.shape):
                sent.shape, sent.stack = shape, activation.stacks.get((offset, shape), ())
            sent.turns, sent.children = max(sent.turns, turns), max(sent.children, children)
        for offset, turns in most.items():
            self._sent[id(activation.code), offset].counts[turns] += 1

    def _row(self, offset: int, sent: Sent) -> dict[str, Any]:
        return {
            "site": self._production.site(sent.code, offset),
            "activations": sum(sent.counts.values()),
            "statements": sent.statements,
            "most": sent.most,
            "children": sent.children,
            "turns": sent.turns,
            "counts": sorted(sent.counts.items()),
            "shape": sent.shape,
            "stack": [self._production.site(self._sent[place].code, place[1]) for place in sent.stack],
            "by": sorted(sent.by),
        }


def _frames() -> Iterator[FrameType]:
    """Yield the frames on the stack, innermost first, and then those of whoever switched to this greenlet."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - who sends stands on the stack
    greenlets = sys.modules.get("greenlet")
    green = greenlets.getcurrent() if greenlets else None
    while frame is not None:
        yield frame
        frame = frame.f_back
        while frame is None and green is not None:
            green = green.parent
            frame = green.gr_frame if green is not None else None


@functools.cache
def _is_loop(code: CodeType, offset: int) -> bool:
    import dis

    return dis.opname[code.co_code[offset]] == "FOR_ITER"


def _count(activation: Activation, frame: FrameType, shape: str, child: int, stack: tuple[Place, ...]) -> None:
    key = (frame.f_lasti, shape)
    activation.statements[key] += 1
    activation.children[key].add(child)
    activation.moments[key].add((activation.turned, activation.lines[frame.f_lineno or 0]))
    if len(activation.children[key]) == 2:  # noqa: PLR2004 - the one that makes it a repeat is the example
        activation.stacks[key] = stack


def _keep_most(most: Counter[int], counts: Counter[int]) -> None:
    for key, times in counts.items():
        most[key] = max(most[key], times)


def main() -> int:
    """Run a program, write what was recorded, and return the program's exit code."""
    options = _parser().parse_args()
    production = Production(options.root.resolve(), tuple(options.folder), (*TESTS, *UNRECORDED, *options.exclude))
    recorder = Recorder(production)
    listen(options.orm, recorder.on_statement)
    recorder.start()
    try:
        code = run_program(options.program)
    finally:
        recorder.stop()
        head = {"commit": options.commit, "python": platform.python_version(), "program": options.program}
        options.out.write_text(_dumped({**head, "folders": options.folder, **recorder.rows()}), encoding="utf-8")
    return code


def _dumped(found: dict[str, Any]) -> str:
    """Return JSON with a row a line, so that two recordings can be compared."""
    parts = []
    for key, value in found.items():
        rows = ",\n".join(json.dumps(row) for row in value) if key in ("sent", "lines", "loops") else ""
        parts.append(f"{json.dumps(key)}: [\n{rows}\n]" if rows else f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, help="the checkout; paths are relative to it")
    parser.add_argument("--folder", action="append", required=True, help="a folder with production code")
    parser.add_argument("--exclude", action="append", default=[], help="a name of files or folders to leave out")
    parser.add_argument("--orm", choices=["django", "sqlalchemy"], required=True, help="the library that sends")
    parser.add_argument("--commit", default="", help="the commit of the checkout, to note it")
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("program", nargs="+", help="behind `--`: FILE or -m MODULE, with arguments")
    return parser


if __name__ == "__main__":
    sys.exit(main())
