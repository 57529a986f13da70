"""Which errors of the project answer that somebody may not: by what they derive from, and by `EXCEPTION_HANDLER`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.routes.django.frames import Frame
from archlint.project.routes.refusing import status_of
from archlint.project.routes.route import REFUSING, GuardKind
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import called_name, expressions_in, expressions_of, statements_in, uncalled
from archlint.project.values import ProjectClass

if TYPE_CHECKING:
    from archlint.project.routes.django.reader import Reader


def kind_of(reader: Reader, error: ClassDefinition, handled: Mapping[ClassDefinition, GuardKind]) -> GuardKind | None:
    """Return what an error of the project refuses for, or None; the nearest class that says it counts."""
    for one in reader.project.symbols.ancestors(error):
        if isinstance(one, ClassDefinition):
            if one in handled:
                return handled[one]
            continue
        row = reader.project.knowledge.django_guard(one)
        if row is not None and row.form == "refusal":
            return GuardKind(row.protects)
    return None


def handled_errors(reader: Reader) -> dict[ClassDefinition, GuardKind]:
    """Return the errors that the handler of the settings of DRF answers as refusals."""
    given = reader.settings.entry("REST_FRAMEWORK", "EXCEPTION_HANDLER")
    name = reader.text(given.node, given.frame) if given is not None else None
    handler = reader.project.symbols.find(name, given.frame.module) if given is not None and name is not None else None
    node = reader.project.function_node(handler) if isinstance(handler, FunctionDefinition) else None
    found: dict[ClassDefinition, GuardKind] = {}
    if node is None or not isinstance(handler, FunctionDefinition):
        return found
    frame = reader.frame_of(handler)
    for one in statements_in(node.body):
        kind = _answered(reader, one.body, frame) if isinstance(one, ir.If) else None
        if isinstance(one, ir.If) and kind is not None:
            found |= dict.fromkeys(_asked(reader, one.test, frame), kind)
    return found


def _asked(reader: Reader, test: ir.Expr, frame: Frame) -> Iterator[ClassDefinition]:
    """Yield the classes of the project that a condition asks for: `isinstance(error, NotAllowed)`."""
    for one in expressions_in(test):
        if isinstance(one, ir.Call) and called_name(one) == "isinstance" and len(one.args) == 2:  # noqa: PLR2004
            classes = one.args[1].items if isinstance(one.args[1], ir.Collection) else (one.args[1],)
            values = (reader.value(each, frame) for each in classes)
            yield from (value.definition for value in values if isinstance(value, ProjectClass))


def _answered(reader: Reader, body: tuple[ir.Stmt, ...], frame: Frame) -> GuardKind | None:
    """Return what the errors and answers that a block makes refuse for."""
    made = (part for one in statements_in(body) for each in expressions_of(one) for part in expressions_in(each))
    for call in made:
        row = reader.project.knowledge.django_guard(reader.external(uncalled(call), frame))
        if row is not None and row.form == "refusal":
            return GuardKind(row.protects)
        for value in (one.value for one in call.keywords if one.name == "status") if isinstance(call, ir.Call) else ():
            if status_of(value) in REFUSING:
                return REFUSING[status_of(value)]
    return None
