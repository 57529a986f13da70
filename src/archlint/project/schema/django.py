"""Models of Django: their fields and tables."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.knowledge.orm_rows import LibraryModel
from archlint.project.schema.apps import Apps
from archlint.project.schema.declarations import Declaration, Declarations
from archlint.project.schema.django_managers import Managers
from archlint.project.schema.django_options import constraints_of, indexes_of
from archlint.project.schema.django_relations import local_relations, reversed_relation
from archlint.project.schema.django_targets import Targets
from archlint.project.schema.meta import Metas, Options
from archlint.project.schema.model import Field, Model, Relation
from archlint.project.schema.names import Names, lower_name
from archlint.project.symbols import ClassDefinition

_ONE_TO_ONE = "django.db.models.OneToOneField"
_WITHOUT_COLUMN = frozenset({"many_to_many", "generic_foreign_key", "generic_relation"})
_POINTING = frozenset({"foreign_key", "one_to_one"})
_MAX_DEPTH = 20


class Django:
    """Reads models of Django."""

    orm = "django"

    def __init__(self, names: Names) -> None:
        self.names = names
        self.metas = Metas(names)
        self.apps = Apps(names)
        self.declarations = Declarations(names, names.project.knowledge.orm(self.orm))
        self.targets = Targets(self)
        self._models: dict[ClassDefinition, Model] = {}
        self._local: dict[ClassDefinition, tuple[Declaration, ...]] = {}

    def is_model(self, definition: ClassDefinition) -> bool:
        """Return whether a class is a model of this ORM."""
        verbs = self.names.project.orm_of(definition)
        return verbs is not None and verbs.name == self.orm

    def is_abstract(self, definition: ClassDefinition) -> bool:
        """Return whether a model has no table and is only there to inherit from."""
        return self.metas.of(definition).own_flag("abstract")

    def concrete(self, definition: ClassDefinition, depth: int = 0) -> ClassDefinition:
        """Return the model that a proxy stands for, another one itself."""
        if depth > _MAX_DEPTH or self.metas.of(definition).flag("proxy") is not True:
            return definition
        parents = [one for one in self._bases(definition) if not self.is_abstract(one)]
        return self.concrete(parents[0], depth + 1) if parents else definition

    def label(self, definition: ClassDefinition) -> str:
        """Return the label of the app of a model."""
        given = self.metas.text(self.metas.of(definition), "app_label")
        return given or self.apps.label(definition.module)

    def table(self, definition: ClassDefinition) -> str:
        """Return the name of a model's table, "" for an abstract one."""
        definition = self.concrete(definition)
        if self.is_abstract(definition):
            return ""
        given = self.metas.text(self.metas.of(definition), "db_table")
        return given or f"{self.label(definition)}_{lower_name(definition)}"

    def model(self, definition: ClassDefinition) -> Model:
        """Return what is known of a model."""
        if definition not in self._models:
            self._models[definition] = self._model(definition)
        return self._models[definition]

    def _model(self, definition: ClassDefinition) -> Model:
        options = self.metas.of(definition)
        managers = Managers(self.names).of(definition)
        default = self.metas.text(options, "default_manager_name")
        fields = tuple(self._fields(definition, 0))
        columns = {one.name: one.column for one in fields}
        return Model(
            definition,
            self.orm,
            self.table(definition),
            self.label(definition),
            self.is_abstract(definition),
            options.flag("proxy") is True,
            options.flag("managed") is not False,
            tuple(self._parents(definition)),
            self.names.texts(options.all["ordering"].value, options.all["ordering"].module)
            if "ordering" in options.all
            else (),
            managers,
            default or (managers[0].name if managers else "objects"),
            fields,
            indexes_of(self, definition, options, columns),
            constraints_of(self, definition, options, columns),
        )

    def local(self, definition: ClassDefinition, depth: int = 0) -> tuple[Declaration, ...]:
        """Return the fields of a model's own table: of its body, of its abstract ancestors, links to parents."""
        if definition not in self._local:
            self._local[definition] = self._collected(definition, depth)
        return self._local[definition]

    def _collected(self, definition: ClassDefinition, depth: int) -> tuple[Declaration, ...]:
        own = {one.name: one for one in self.declarations.own(definition)}
        taken = self._body_names(definition)
        inherited: dict[str, Declaration] = {}
        is_linked = any(one.flag("parent_link") for one in own.values())
        is_linked = is_linked or self.metas.of(definition).flag("proxy") is True
        for base in self.names.symbols.bases(definition) if depth < _MAX_DEPTH else ():
            for one in self._from_base(base, is_linked, depth):
                if one.name not in taken and one.name not in inherited:
                    inherited[one.name] = one
        return (*inherited.values(), *own.values())

    def _from_base(self, base: ClassDefinition | str, is_linked: bool, depth: int) -> tuple[Declaration, ...]:
        """Return what a base brings: its fields where it is abstract, else a link to its table unless there is one."""
        if isinstance(base, str):
            row = self.declarations.library.get(base)
            if row is not None and not row.label:
                return self.declarations.of_library(row)
            return () if is_linked else self._link(base, row)
        if not self.is_model(base):
            return ()
        if self.is_abstract(base):
            return self.local(base, depth + 1)
        parent = self.concrete(base)
        return () if is_linked else (_parent_link(lower_name(parent), parent.name),)

    def _link(self, base: str, row: LibraryModel | None) -> tuple[Declaration, ...]:
        return (_parent_link(base.rpartition(".")[2].lower(), row.label),) if row is not None else ()

    def _body_names(self, definition: ClassDefinition) -> frozenset[str]:
        """Return all that a class body binds: it hides what abstract ancestors declare."""
        found = {one.row.name for one in definition.module.methods.get(definition.row.name, ())}
        for _, statement in self.names.statements(definition):
            if isinstance(statement, ir.Assign):
                found |= {target.id for target in statement.targets if isinstance(target, ir.Name)}
        return frozenset(found)

    def _bases(self, definition: ClassDefinition) -> Iterator[ClassDefinition]:
        for base in self.names.symbols.bases(definition):
            if isinstance(base, ClassDefinition) and self.is_model(base):
                yield base

    def _parents(self, definition: ClassDefinition, depth: int = 0) -> Iterator[ClassDefinition]:
        """Yield the models whose tables hold inherited columns: the concrete ones nearest above."""
        for base in self._bases(definition) if depth < _MAX_DEPTH else ():
            if self.is_abstract(base):
                yield from self._parents(base, depth + 1)
            else:
                yield self.concrete(base)

    def _fields(self, definition: ClassDefinition, depth: int) -> Iterator[Field]:
        seen: set[str] = set()
        for parent in self._parents(definition) if depth < _MAX_DEPTH else ():
            for one in self._fields(parent, depth + 1):
                if one.name not in seen:
                    seen.add(one.name)
                    yield one
        yield from self._library_fields(definition)
        if self.metas.of(definition).flag("proxy") is True:
            return
        table = self.table(definition)
        local = [self._field(one, definition, table) for one in self.local(definition)]
        columns = [one for one in local if one is not None]
        if not self.is_abstract(definition) and not any(one.primary_key for one in columns):
            yield self._implicit_key(definition, table)
        yield from columns

    def _library_fields(self, definition: ClassDefinition) -> Iterator[Field]:
        """Yield the fields of a model of a library that a model inherits from, and whose table it shares."""
        for base in self.names.symbols.bases(definition):
            row = self.declarations.library.get(base) if isinstance(base, str) else None
            if row is not None and row.label:
                found = (self._field(one, definition, row.table) for one in self.declarations.of_library(row))
                yield from (one for one in found if one is not None)

    def _implicit_key(self, definition: ClassDefinition, table: str) -> Field:
        kind = self.apps.key_kind(definition.module)
        known = self.declarations.classes.get(kind)
        kept = known.type if known is not None else ""
        return Field("id", "id", kind, table, unique=True, primary_key=True, type=kept)

    def _field(self, one: Declaration, definition: ClassDefinition, table: str) -> Field | None:
        row = self.declarations.relations.get(one.base)
        known = self.declarations.classes.get(one.base)
        is_virtual = one.is_private or (known is not None and known.virtual)
        if is_virtual or (row is not None and row.kind in _WITHOUT_COLUMN):
            return None
        points = row is not None and row.kind in _POINTING
        key = one.flag("primary_key") is True
        unique = one.flag("unique") is True or key or (row is not None and row.kind == "one_to_one")
        indexed = one.flag("db_index")
        default = points or (known is not None and known.indexed)
        length = self.declarations.number(one, "max_length")
        return Field(
            one.name,
            self.declarations.text(one, "db_column") or (f"{one.name}_id" if points else one.name),
            one.kind,
            table,
            one.flag("null") is True,
            unique,
            default if indexed is None else indexed,
            key,
            "default" in one.words or "db_default" in one.words,
            max_length=length if length is not None else known.max_length if known is not None else None,
            references=self._referenced(one, definition) if points else "",
            owner=one.owner,
            place=one.place,
            type=self.declarations.type_of(one),
        )

    def _referenced(self, one: Declaration, definition: ClassDefinition) -> str:
        target, name = self.targets.of(one, definition)
        return target.name if target is not None else name

    def local_relations(self, definition: ClassDefinition) -> tuple[Relation, ...]:
        """Return the relations that a model declares in its own table."""
        return local_relations(self, definition)

    def reversed(self, relation: Relation, definition: ClassDefinition) -> Relation:
        """Return what the other end of a relation of a model is."""
        return reversed_relation(relation, definition)

    def options(self, definition: ClassDefinition) -> Options:
        """Return the options of a model."""
        return self.metas.of(definition)


def _parent_link(name: str, target: str) -> Declaration:
    words: dict[str, ir.Expr] = {
        "to": ir.Text(0, 0, target),
        "primary_key": ir.Constant(0, 0, True),
        "parent_link": ir.Constant(0, 0, True),
    }
    return replace(Declaration(f"{name}_ptr", _ONE_TO_ONE, _ONE_TO_ONE), words=words)
