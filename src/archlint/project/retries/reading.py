"""How the call that makes a retry is read."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.external_rows import Counts, PartKind
from archlint.knowledge.tables import Retry, RetryPart
from archlint.project.inference import wrappers
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.retries.policy import Pause, Policy
from archlint.project.tree import argument, keyword, uncalled
from archlint.project.values import External, Literal, Parts, ProjectClass

_UNIONS = frozenset({"|"})
_MILLISECONDS = 1000


def policy_of(project: Project, row: Retry, node: ir.Expr, scope: Scope) -> Policy | None:
    """Return what a retry says of itself, None where its arguments are passed through."""
    call = node if isinstance(node, ir.Call) else None
    if call is not None and _passes_on(call):
        return None
    reader = _Reader(project, row, call, scope)
    attempts, is_endless = reader.attempts()
    errors, is_filtered = reader.errors()
    pause, seconds = reader.pause()
    hides = row.hides and not any(reader.given(None, name) is not None for name in row.unless)
    name = dotted(uncalled(node))
    return Policy(
        row, name, attempts, is_endless, pause, errors, is_filtered, hides, seconds, reader.limit(), reader.methods()
    )


def _passes_on(call: ir.Call) -> bool:
    return any(word.name is None for word in call.keywords) or any(isinstance(one, ir.Starred) for one in call.args)


class _Reader:
    """Reads the arguments of one call."""

    def __init__(self, project: Project, row: Retry, call: ir.Call | None, scope: Scope) -> None:
        self._project = project
        self._row = row
        self._call = call
        self._scope = scope

    def given(self, position: int | None, *names: str) -> ir.Expr | None:
        """Return an argument, None where it is not given."""
        return argument(self._call, position, *names) if self._call is not None else None

    def attempts(self) -> tuple[int | None, bool]:
        """Return the number of attempts, None where it is not known, and whether there is no end."""
        row = self._row
        node = self.given(row.position, *row.attempts)
        is_limited = any(self._is_set(keyword(self._call, name)) for name in row.limits) if self._call else False
        if node is None:
            if row.default_attempts is None or is_limited:
                return None, not is_limited
            return self._counted(row.default_attempts), False
        found, is_endless = self._number(node)
        return (self._counted(found) if found is not None else None), is_endless and not is_limited

    def limit(self) -> float | None:
        """Return the seconds after which no other attempt is made, None where that is no constant."""
        row = self._row
        given = [one for one in (self.given(None, name) for name in row.seconds) if one is not None]
        if given:
            return self._literal(given[0])
        stop = self.given(row.position, *row.attempts)
        if stop is None:
            return row.default_limit
        parts = [stop.left, stop.right] if isinstance(stop, ir.Binary) and stop.op in _UNIONS else [stop]
        found = [self._seconds_of(one) for one in parts]
        return min((one for one in found if one is not None), default=row.default_limit)

    def _seconds_of(self, node: ir.Expr) -> float | None:
        part = self._part(node)
        is_limit = part is not None and part.kind is PartKind.LIMIT and isinstance(node, ir.Call)
        return self._literal(argument(node, 0, "max_delay")) if is_limit and isinstance(node, ir.Call) else None

    def pause(self) -> tuple[Pause, float | None]:
        """Return what lies between two attempts, and its seconds where they are a constant."""
        row = self._row
        node = self.given(row.waits_position, *row.waits)
        if node is None:
            return (Pause.SOME if row.waits_itself else Pause.NONE), (None if row.waits_itself else 0)
        value = self._project.inference.value(node, self._scope)
        if isinstance(value, Literal) and isinstance(value.value, int | float):
            unit = _MILLISECONDS if row.milliseconds else 1
            return (Pause.FIXED, value.value / unit) if value.value else (Pause.NONE, 0)
        part = self._part(node)
        if part is not None and part.kind is PartKind.NO_WAIT:
            return Pause.NONE, 0
        if part is not None and part.kind is PartKind.FIXED_WAIT and isinstance(node, ir.Call):
            seconds = self._literal(argument(node, 0, "wait"))
            return (Pause.FIXED, seconds) if seconds else (Pause.NONE if seconds == 0 else Pause.SOME, seconds)
        if part is not None and part.kind is PartKind.GROWING_WAIT and isinstance(node, ir.Call):
            return Pause.SOME, self._literal(keyword(node, "min"))
        return Pause.SOME, None

    def errors(self) -> tuple[tuple[str, ...], bool]:
        """Return the errors after which it is tried again, and whether some of them may be turned down."""
        row = self._row
        is_filtered = any(self._is_set(self.given(None, name)) for name in row.filters)
        node = self.given(row.exceptions_position, *row.exceptions)
        if node is None:
            return row.default_exceptions, is_filtered
        found = list(self._errors(node))
        return tuple(one for one in found if one), is_filtered or "" in found

    def methods(self) -> tuple[str, ...] | None:
        """Return the HTTP methods that are named, None where all are meant."""
        node = self.given(None, *self._row.methods)
        if isinstance(node, ir.Constant) and not node.value:
            return None
        items = node.args[0] if isinstance(node, ir.Call) and node.args else node
        texts = items.items if isinstance(items, ir.Collection) else ()
        return tuple(one.value.upper() for one in texts if isinstance(one, ir.Text))

    def _counted(self, number: int) -> int:
        return number + 1 if self._row.counts is Counts.RETRIES else number

    def _is_set(self, node: ir.Expr | None) -> bool:
        return node is not None and not (isinstance(node, ir.Constant) and node.value is None)

    def _literal(self, node: ir.Expr | None) -> float | None:
        value = self._project.inference.value(node, self._scope) if node is not None else None
        return value.value if isinstance(value, Literal) and isinstance(value.value, int | float) else None

    def _number(self, node: ir.Expr) -> tuple[int | None, bool]:
        if isinstance(node, ir.Binary):
            return self._either(node)
        part = self._part(node)
        if part is not None:
            number = self._literal(argument(node, 0, "max_attempt_number")) if isinstance(node, ir.Call) else None
            is_count = part.kind is PartKind.ATTEMPTS and number is not None
            return (int(number or 0) if is_count else None), part.kind is PartKind.ENDLESS
        value = self._project.inference.value(node, self._scope)
        if not isinstance(value, Literal) or isinstance(value.value, str | bool):
            return None, False
        if value.value in self._row.endless:
            return None, True
        return (int(value.value), False) if value.value is not None else (None, False)

    def _either(self, node: ir.Binary) -> tuple[int | None, bool]:
        """Return the number of `stop_after_attempt(3) | stop_after_delay(10)`: what ends first counts."""
        left, right = self._number(node.left), self._number(node.right)
        if node.op not in _UNIONS:
            return None, left[1] or right[1]
        numbers = [one for one, _ in (left, right) if one is not None]
        return min(numbers, default=None), left[1] and right[1]

    def _part(self, node: ir.Expr) -> RetryPart | None:
        value = self._project.inference.value(uncalled(node), self._scope)
        return self._project.knowledge.retry_part(wrappers.qualified(value))

    def _errors(self, node: ir.Expr) -> Iterator[str]:
        """Yield the names of errors, "" for what may turn some of them down or is not known."""
        if isinstance(node, ir.Collection):
            for item in node.items:
                yield from self._errors(item)
            return
        if isinstance(node, ir.Binary):
            yield from self._errors(node.left)
            yield from self._errors(node.right)
            if node.op not in _UNIONS:
                yield ""
            return
        part = self._part(node) if isinstance(node, ir.Call) else None
        if part is not None and part.kind is PartKind.EXCEPTIONS and isinstance(node, ir.Call):
            given = argument(node, 0, "exception_types")
            yield from self._errors(given) if given is not None else self._row.default_exceptions
            return
        yield from self._named(node)

    def _named(self, node: ir.Expr) -> Iterator[str]:
        value = self._project.inference.value(node, self._scope)
        for one in value.values if isinstance(value, Parts) else (value,):
            is_known = not isinstance(node, ir.Call) and isinstance(one, External | ProjectClass)
            yield self._project.effects.exception_name(one) if is_known else ""
