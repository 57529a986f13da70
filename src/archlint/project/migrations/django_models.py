"""The models of an app of Django as its migrations know them so far: their tables, and the columns of their fields."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.migrations.django_fields import column_of, is_many_to_many
from archlint.project.migrations.reading import Arguments, Reader, Surroundings

_UNKNOWN = "?"
"""A name that is given, and that nobody can read."""


class Kept(msgspec.Struct, frozen=True):
    """What a field keeps in the database: a column, that a `db_column` or else the field names, or a table between two.

    `own` is what `db_column`, or `db_table` of a table between, says; "" where it says nothing.
    """

    own: str = ""
    suffix: str = ""
    is_many: bool = False
    is_through: bool = False
    """The table between is that of a model."""


class Known(msgspec.Struct, frozen=True):
    """A model: its `db_table`, "" where it has none, and whether Django changes its table at all."""

    own: str = ""
    is_there: bool = True
    is_proxy: bool = False
    fields: Mapping[str, Kept] = msgspec.field(default_factory=dict)


class Models:
    """The models of one app, by their names in lower case."""

    def __init__(self, app: str, known: Mapping[str, Known] | None = None) -> None:
        self._app = app
        self._known = dict(known or {})

    def copy(self) -> Models:
        """Return the same models; what happens to them there does not happen here."""
        return Models(self._app, self._known)

    def table(self, model: str) -> str:
        """Return the table of a model, "" where it has none that Django changes, or its name is not known."""
        known = self._of(model)
        return self._table(model, known.own) if known.is_there and not known.is_proxy else ""

    def table_named(self, model: str, name: str) -> str:
        """Return the table that a model has by another name of its class."""
        return self.table(model) if self._of(model).own else self.table(model) and self._table(name, "")

    def table_given(self, model: str, given: Arguments) -> str:
        """Return the table that a model has by another `db_table`."""
        return self.table(model) and self._table(model, _told(given, "table"))

    def field(self, model: str, name: str) -> Kept:
        """Return what is known of a field; one that nobody knows has a column of its name."""
        return self._of(model).fields.get(name, Kept())

    def knows(self, model: str, name: str) -> bool:
        """Return whether migrations have made a field."""
        return name in self._of(model).fields

    def column(self, model: str, name: str) -> str:
        """Return the column of a field."""
        kept = self.field(model, name)
        return name if kept.is_many else "" if kept.own == _UNKNOWN else kept.own or f"{name}{kept.suffix}"

    def between(self, model: str, name: str) -> str:
        """Return the table that a field keeps beside that of its model, "" where it has none of its own."""
        kept, table = self.field(model, name), self.table(model)
        if not kept.is_many or kept.is_through or kept.own == _UNKNOWN or not table:
            return ""
        return kept.own or f"{table}_{name}"

    def apply(self, name: str, given: Arguments) -> None:
        """Take note of what an operation makes of its model."""
        model = given.text(given.names[0]).lower() if given.names else ""
        known = self._of(model)
        match name:
            case "CreateModel":
                self._known[model] = _created(given)
            case "DeleteModel":
                self._known.pop(model, None)
            case "RenameModel":
                self._known[given.text("new_name").lower()] = self._known.pop(model, known)
            case "AlterModelTable":
                self._known[model] = replace(known, own=_told(given, "table"))
            case "AlterModelOptions":
                self._known[model] = replace(known, is_there=_is_managed(given))
            case "AddField" | "AlterField" | "RemoveField" | "RenameField":
                self._known[model] = replace(known, fields=_fields(name, given, known.fields))

    def _of(self, model: str) -> Known:
        return self._known.get(model.lower(), Known())

    def _table(self, model: str, own: str) -> str:
        return "" if own == _UNKNOWN else own or f"{self._app}_{model.lower()}"


def _created(given: Arguments) -> Known:
    fields = {}
    for item, there in given.reader.items(given.node("fields"), given.here):
        if isinstance(item, ir.Collection) and len(item.items) == 2:  # noqa: PLR2004 - a name and a field
            name = given.reader.text(item.items[0], there)
            fields[name] = _kept(name, item.items[1], there, given.reader)
    options = _options(given)
    table, proxy = options.get("db_table"), options.get("proxy")
    own = given.reader.text(table, given.here) or ("" if table is None else _UNKNOWN)
    return Known(own, _is_managed(given), isinstance(proxy, ir.Constant) and proxy.value is True, fields)


def _fields(name: str, given: Arguments, fields: Mapping[str, Kept]) -> Mapping[str, Kept]:
    """Return the fields of a model behind an operation on one."""
    found = dict(fields)
    if name == "RenameField":
        old = given.text("old_name")
        return found | ({given.text("new_name"): found.pop(old)} if old in found else {})
    if name == "RemoveField":
        found.pop(given.text("name"), None)
        return found
    return found | {given.text("name"): _kept(given.text("name"), given.node("field"), given.here, given.reader)}


def _kept(name: str, node: ir.Expr | None, here: Surroundings, reader: Reader) -> Kept:
    if not isinstance(node, ir.Call):
        return Kept(_UNKNOWN)
    given = Arguments(node, (), here, reader)
    if is_many_to_many(node, here, reader):
        return Kept(_told(given, "db_table"), is_many=True, is_through=not given.is_none("through"))
    own, column = _told(given, "db_column"), column_of(name, node, here, reader)
    return Kept(own, "" if own or column is None else column.name.removeprefix(name))


def _told(given: Arguments, name: str) -> str:
    """Return the name that an argument gives, "" where it gives none."""
    return "" if given.is_none(name) else given.text(name) or _UNKNOWN


def _is_managed(given: Arguments) -> bool:
    managed = _options(given).get("managed")
    return not (isinstance(managed, ir.Constant) and managed.value is False)


def _options(given: Arguments) -> Mapping[str, ir.Expr]:
    """Return the options of a model by name."""
    node = given.node("options")
    if not isinstance(node, ir.Mapping):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {key.value: value for key, value in pairs if isinstance(key, ir.Text)}
