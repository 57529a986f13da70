"""What the migrations of an app of Django make of its models, as `makemigrations` replays them: fields by their names.

An app of which anything cannot be read, or whose migrations end in several heads, has no such state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.migrations.migration import Migration, Tool
from archlint.project.migrations.reading import Arguments, Reader, Surroundings
from archlint.project.symbols import ClassDefinition

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.symbols import Module

Fields = Mapping[str, frozenset[str]]
"""From the name of a model in lower case to the names of its fields."""
_Operation = tuple[str, ir.Call, Surroundings]
"""An operation with the last name of its class, "" where it may do anything."""

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "AddField": ("model_name", "name"),
    "CreateModel": ("name", "fields"),
    "DeleteModel": ("name",),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "RenameModel": ("old_name", "new_name"),
}
_STATELESS = frozenset(
    {
        "AddConstraint", "AddConstraintNotValid", "AddIndex", "AddIndexConcurrently", "AlterConstraint", "AlterField",
        "AlterIndexTogether", "AlterModelManagers", "AlterModelOptions", "AlterModelTable", "AlterModelTableComment",
        "AlterOrderWithRespectTo", "AlterUniqueTogether", "BloomExtension", "BtreeGinExtension", "BtreeGistExtension",
        "CITextExtension", "CreateCollation", "CreateExtension", "CryptoExtension", "HStoreExtension",
        "RemoveCollation", "RemoveConstraint", "RemoveIndex", "RemoveIndexConcurrently", "RenameIndex", "RunPython",
        "TrigramExtension", "UnaccentExtension", "ValidateConstraint",
    }
)  # fmt: skip
"""Operations of Django after which models have the fields that they had before."""
_SPLIT = ("database_operations", "state_operations")
_SQL = ("sql", "reverse_sql", "state_operations")
_LIBRARY = "django."


def states(project: Project) -> Mapping[str, Fields]:
    """Return the models of each app whose migrations can be read as a whole, by the app's label."""
    found: dict[str, Fields | None] = {}
    for key, members in project.migrations.lines.items():
        modules = [one.module for one in members if one.module is not None]
        if key[0] is Tool.DJANGO and modules:
            label = project.schema.app_label(modules[0])
            is_told_once = label not in found
            found[label] = _state(project, members, len(project.migrations.heads(key))) if is_told_once else None
    return {label: state for label, state in found.items() if state is not None}


def _state(project: Project, members: tuple[Migration, ...], heads: int) -> Fields | None:
    names = {one.identity for one in members}
    replay = _Replay(project, Reader(project))
    # A squashed migration runs where those that it stands for are gone.
    is_clear = all(names.issuperset(one.replaces) or names.isdisjoint(one.replaces) for one in members)
    running = [one.module for one in members if not one.replaces or names.isdisjoint(one.replaces)]
    is_read = heads == 1 and is_clear and all(one is not None and replay.migrate(one) for one in running)
    return {name: frozenset(fields) for name, fields in replay.models.items()} if is_read else None


@dataclass(slots=True)
class _Replay:
    """The models as they are behind the migrations so far."""

    project: Project
    reader: Reader
    models: dict[str, set[str]] = field(default_factory=dict)

    def migrate(self, module: Module) -> bool:
        """Run a migration; return False where something in it cannot be read."""
        if "Migration.operations" not in module.variables:
            return True
        found = self.reader.value_of("Migration.operations", module)
        return found is not None and all(one is not None and self._run(*one) for one in self._operations(*found))

    def _operations(self, node: ir.Expr | None, here: Surroundings) -> Iterator[_Operation | None]:
        """Yield the operations on the state, None for what cannot be read."""
        if not isinstance(node, ir.Collection):
            yield None
            return
        for one in node.items:
            if not isinstance(one, ir.Call):
                yield None
                continue
            name = self._kind(one, here)
            parameters = {"SeparateDatabaseAndState": _SPLIT, "RunSQL": _SQL}.get(name)
            if parameters is None:
                yield name, one, here
                continue
            inner = Arguments(one, parameters, here, self.reader).node("state_operations")
            if inner is not None:
                yield from self._operations(inner, here)

    def _kind(self, call: ir.Call, here: Surroundings) -> str:
        """Return the last name of the operation of Django that a call makes, "" where it may do something else."""
        name = dotted(call.func)
        found = self.project.symbols.member(here.module, name.split("."), at=here.offset)
        if not isinstance(found, ClassDefinition):
            full = self.reader.callee(call, here)
            return full.rpartition(".")[2] if full.startswith(_LIBRARY) else ""
        for one in self.project.symbols.mro(found):
            if isinstance(one, str):
                kind = one.rpartition(".")[2] if one.startswith(_LIBRARY) else ""
                return kind if kind in _STATELESS else ""
            if f"{one.row.name}.state_forwards" in one.module.functions:
                return ""
        return ""

    def _run(self, kind: str, call: ir.Call, here: Surroundings) -> bool:
        if kind not in _PARAMETERS:
            return kind in _STATELESS
        given = Arguments(call, _PARAMETERS[kind], here, self.reader)
        texts = [given.text(one) for one in given.names if one != "fields"]
        return all(texts) and self._applied(kind, texts[0].lower(), texts[1:], given)

    def _applied(self, kind: str, model: str, rest: list[str], given: Arguments) -> bool:
        if kind == "CreateModel":
            names = _field_names(given)
            self.models[model] = set(names or ())
            return names is not None
        if model not in self.models:
            return False
        fields = self.models[model]
        match kind:
            case "DeleteModel":
                del self.models[model]
            case "RenameModel":
                self.models[rest[0].lower()] = self.models.pop(model)
            case "AddField":
                fields.add(rest[0])
            case "RemoveField":
                fields.discard(rest[0])
            case "RenameField":
                fields.discard(rest[0])
                fields.add(rest[1])
        return True


def _field_names(given: Arguments) -> list[str] | None:
    """Return the names of the fields of a `CreateModel`, None where one cannot be read."""
    node = given.node("fields")
    if not isinstance(node, ir.Collection):
        return None
    pairs = [one.items if isinstance(one, ir.Collection) else () for one in node.items]
    names = [given.reader.text(pair[0], given.here) if pair else "" for pair in pairs]
    return names if all(names) else None
