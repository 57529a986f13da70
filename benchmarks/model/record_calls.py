"""Record which functions of an application call which while its tests run, and which models they query.

It runs a program in the application's own virtual environment (Python 3.12 or later) and watches it:

    VENV/bin/python record_calls.py --root CHECKOUT --folder PACKAGE --orm django --out FILE -- manage.py test
    VENV/bin/python record_calls.py --root CHECKOUT --folder PACKAGE --orm sqlalchemy --out FILE -- -m pytest tests

README.md beside this file says what is recorded.
"""

from __future__ import annotations

import argparse
import functools
import inspect
import json
import platform
import runpy
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

from recorded_code import INSIDE, TESTS, Production, Site

monitoring: Any = getattr(sys, "monitoring", None)
"""Python 3.12 has it; mypy looks at older versions."""

_GENERATORS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_CALLS = frozenset({"CALL", "CALL_FUNCTION_EX", "CALL_KW"})
_ATTRIBUTES = frozenset({"DELETE_ATTR", "LOAD_ATTR", "LOAD_SUPER_ATTR", "STORE_ATTR"})
_CONSTRUCTORS = frozenset({"__call__", "__init__", "__new__"})
_WRAPPERS = (functools.partial, type(functools.lru_cache(len)), classmethod, staticmethod)

Function = tuple[str, str, int]
"""The path, the qualified name and the first line, that of the first decorator."""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A call that happened; `kind` says by which means, `wrapped` what a decorator put the callee around."""

    site: Site
    callee: Function
    kind: str
    wrapped: tuple[Function, ...] = ()


class Recorder:
    """Listens to the interpreter: the start of every function, and the calls that production code makes."""

    def __init__(self, production: Production) -> None:
        self._production = production
        self._alive: dict[int, CodeType] = {}
        """Code that was seen; it stays referenced, so that its identity is not given away again."""
        self._made: dict[tuple[int, int], object] = {}
        """What the call at an instruction called last: a code object, a class, or the type of another callable."""
        self._started_at: set[tuple[int, int, int]] = set()
        self._called_at: set[tuple[int, int, int]] = set()
        self._wrapped: dict[int, tuple[Function, ...]] = {}
        self._edges: set[Edge] = set()
        self._entered: defaultdict[Function, set[str]] = defaultdict(set)

    def start(self) -> None:
        """Begin to listen."""
        monitoring.use_tool_id(monitoring.PROFILER_ID, "record_calls")
        events = monitoring.events
        monitoring.register_callback(monitoring.PROFILER_ID, events.PY_START, self.on_start)
        monitoring.register_callback(monitoring.PROFILER_ID, events.CALL, self.on_call)
        monitoring.set_events(monitoring.PROFILER_ID, events.PY_START)

    def stop(self) -> None:
        """Listen no longer."""
        monitoring.set_events(monitoring.PROFILER_ID, 0)
        for code in self._alive.values():
            monitoring.set_local_events(monitoring.PROFILER_ID, code, 0)
        monitoring.free_tool_id(monitoring.PROFILER_ID)

    def rows(self) -> dict[str, Any]:
        """Return what was recorded, in an order that does not depend on the run."""
        named = {(edge.site[:2], edge.callee) for edge in self._edges if edge.kind != "operator"}
        # To go on with a generator is no second call of it.
        edges = [edge for edge in self._edges if edge.kind != "operator" or (edge.site[:2], edge.callee) not in named]
        entered = [{"callee": callee, "by": sorted(by)} for callee, by in sorted(self._entered.items())]
        return {"calls": [_row(edge) for edge in sorted(edges)], "entered": entered}

    def on_start(self, code: CodeType, _offset: int) -> object:
        """Note who called a function that starts."""
        path = self._production.path(code)
        if not path:
            return monitoring.DISABLE
        self._watch(code)
        if not code.co_flags & inspect.CO_OPTIMIZED or code.co_name in INSIDE:
            return monitoring.DISABLE  # modules, class bodies and comprehensions are part of what is around them
        caller = sys._getframe(1).f_back  # noqa: SLF001 - the frame that starts
        if caller is not None:
            self._started(code, caller)
        return None

    def on_call(self, code: CodeType, offset: int, called: object, _first: object) -> None:
        """Note what a call of production code calls; generators and wrapped functions are known by this alone."""
        function = called.__func__ if isinstance(called, MethodType) else called
        made: object = function.__code__ if isinstance(function, FunctionType) else function
        if not isinstance(function, FunctionType | type):
            made = type(called)
        self._made[id(code), offset] = made
        if isinstance(function, type):
            return
        key = (id(code), offset, id(made))
        if key not in self._called_at:
            self._called_at.add(key)
            self._called(code, offset, function)

    def _watch(self, code: CodeType) -> None:
        if id(code) in self._alive:
            return
        self._alive[id(code)] = code
        monitoring.set_local_events(monitoring.PROFILER_ID, code, monitoring.events.CALL)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._watch(constant)

    def _started(self, code: CodeType, caller: FrameType) -> None:
        above = caller.f_code
        key = (id(above), caller.f_lasti, id(code))
        if key in self._started_at and id(above) in self._alive:
            return
        path = self._production.path(above)
        if path:
            self._started_at.add(key)
            offset = _instruction(above, caller.f_lasti)
            kind = self._kind(code, above, offset)
            if not (code.co_flags & _GENERATORS and kind != "operator"):
                self._add(above, offset, code, kind)
        elif path is None:
            self._from_library(code, caller)

    def _from_library(self, code: CodeType, library: FrameType) -> None:
        """Note a function that a library called: a property where the library only hands on an attribute."""
        caller = library.f_back
        is_descriptor = library.f_code.co_name == "__get__" and caller is not None
        if is_descriptor and caller is not None and self._production.path(caller.f_code):
            self._add(caller.f_code, caller.f_lasti, code, "attribute")
            return
        by = f"{library.f_globals.get('__name__', '')}:{library.f_code.co_qualname}"
        self._entered[self._function(code)].add(by)

    def _kind(self, code: CodeType, above: CodeType, offset: int) -> str:
        """Return by which means a function was called."""
        operation = _operation(above, offset)
        if operation not in _CALLS:
            return "attribute" if operation in _ATTRIBUTES else "operator"
        made = self._made.get((id(above), offset))
        if made is code or (made is None and operation == "CALL_FUNCTION_EX"):
            return "call"  # of `f(*args)` Python 3.12 tells only when it starts
        if isinstance(made, type) and issubclass(made, _WRAPPERS):
            return "wrapped"
        if isinstance(made, type) and code.co_name in _CONSTRUCTORS:
            return "instance" if code.co_name == "__call__" else "construct"
        return "callback"

    def _called(self, code: CodeType, offset: int, called: object) -> None:
        """Note a call of a generator, of a coroutine, and of a function that a library's decorator wraps."""
        wrapped = _unwrapped(called)
        inner = [one for one in wrapped if self._production.path(one.__code__)]
        if isinstance(called, FunctionType) and self._production.path(called.__code__):
            self._wrapped[id(called.__code__)] = tuple(self._function(one.__code__) for one in inner)
            if called.__code__.co_flags & _GENERATORS and called.__code__.co_name not in INSIDE:
                self._add(code, offset, called.__code__, "call")
        elif inner:
            self._add(code, offset, inner[0].__code__, "wrapped")

    def _add(self, above: CodeType, offset: int, code: CodeType, kind: str) -> None:
        site = self._production.site(above, offset)
        self._edges.add(Edge(site, self._function(code), kind, self._wrapped.get(id(code), ())))

    def _function(self, code: CodeType) -> Function:
        return (self._production.path(code) or "", code.co_qualname, code.co_firstlineno)


@functools.cache
def _names() -> dict[int, str]:
    import dis

    return {number: name for name, number in dis.opmap.items()}


def _instruction(code: CodeType, offset: int) -> int:
    """Return the offset of the instruction whose cache an offset may lie in."""
    while offset > 0 and _names().get(code.co_code[offset]) == "CACHE":
        offset -= 2
    return offset


def _operation(code: CodeType, offset: int) -> str:
    return _names().get(code.co_code[offset], "")


def _unwrapped(called: object) -> list[FunctionType]:
    """Return the functions that decorators put a callable around, outermost first."""
    found: list[FunctionType] = []
    inner = getattr(called, "__wrapped__", None) if isinstance(called, FunctionType) else None
    while isinstance(inner, FunctionType) and inner not in found:
        found.append(inner)
        inner = getattr(inner, "__wrapped__", None)
    return found


def _row(edge: Edge) -> dict[str, Any]:
    row: dict[str, Any] = {"site": edge.site, "callee": edge.callee, "kind": edge.kind}
    return {**row, "wrapped": edge.wrapped} if edge.wrapped else row


def main() -> int:
    """Run a program, write what was recorded, and return the program's exit code."""
    options = _parser().parse_args()
    root = options.root.resolve()
    production = Production(root, tuple(options.folder), (*TESTS, *options.exclude))
    recorder, queries = Recorder(production), None
    if options.orm:
        import record_queries

        queries = record_queries.listen(options.orm, production)
    recorder.start()
    try:
        code = run_program(options.program)
    finally:
        recorder.stop()
        found = {**recorder.rows(), "queries": queries.rows() if queries else []}
        head = {"commit": options.commit, "python": platform.python_version(), "program": options.program}
        options.out.write_text(_dumped({**head, "folders": options.folder, **found}), encoding="utf-8")
    return code


def run_program(program: list[str]) -> int:
    """Run `FILE arguments` or `-m MODULE arguments` as Python would; return its exit code."""
    is_module = program[0] == "-m"
    sys.argv = program[1:] if is_module else program
    sys.path[0] = str(Path.cwd() if is_module else Path(program[0]).resolve().parent)
    try:
        if is_module:
            runpy.run_module(program[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(program[0], run_name="__main__")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def _dumped(found: dict[str, Any]) -> str:
    """Return JSON with a row a line, so that two recordings can be compared."""
    parts = []
    for key, value in found.items():
        rows = ",\n".join(json.dumps(row) for row in value) if key in ("calls", "entered", "queries") else ""
        parts.append(f"{json.dumps(key)}: [\n{rows}\n]" if rows else f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, help="the checkout; paths are relative to it")
    parser.add_argument("--folder", action="append", required=True, help="a folder with production code")
    parser.add_argument("--exclude", action="append", default=[], help="a name of files or folders to leave out")
    parser.add_argument("--orm", choices=["django", "sqlalchemy"], help="record the queries of this library too")
    parser.add_argument("--commit", default="", help="the commit of the checkout, to note it")
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("program", nargs="+", help="behind `--`: FILE or -m MODULE, with arguments")
    return parser


if __name__ == "__main__":
    sys.exit(main())
