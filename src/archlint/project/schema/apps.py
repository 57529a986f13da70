"""What Django's settings and app configurations say of models: labels, kinds of keys, the class of users."""

from __future__ import annotations

from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.versions import admits
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, Module, Variable

_CONFIG = "django.apps.AppConfig"
_CONFIGS = frozenset({_CONFIG, "django.apps.config.AppConfig"})
_AUTO = "django.db.models.AutoField"
_BIG_AUTO = "django.db.models.BigAutoField"
_LIBRARY_USER = "auth.User"


class App(msgspec.Struct, frozen=True):
    """An app: the package of its modules, its label, and the kind of the keys that it gives its models, or ""."""

    package: str
    label: str
    key: str = ""


class Apps:
    """Finds the app of a module."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def label(self, module: Module) -> str:
        """Return the label of the app that a module belongs to."""
        named = self._migrations.get(module.name.rpartition(".")[0], "")
        if named:
            return named
        app = self._app(module)
        return app.label if app is not None else _conventional(module)

    def holds_migrations(self, module: Module) -> bool:
        """Return whether the settings say that a module lies where the migrations of an app are."""
        return module.name.rpartition(".")[0] in self._migrations

    def key_kind(self, module: Module) -> str:
        """Return the class of the primary keys that models of a module get where they declare none, or ""."""
        app = self._app(module)
        return (app.key if app is not None else "") or self._default_key

    @cached_property
    def user(self) -> str | None:
        """Return what the settings call the model of users, `app.Model`; None where they differ."""
        return self._setting("AUTH_USER_MODEL", _LIBRARY_USER)

    @cached_property
    def _migrations(self) -> dict[str, str]:
        """Return the labels of the apps whose migrations the settings put elsewhere, by the package of these."""
        found: dict[str, str] = {}
        for module in self._names.project.modules:
            variable = module.variables.get("MIGRATION_MODULES")
            for value in self._values(variable) if variable is not None else ():
                pairs = zip(value.keys, value.values, strict=True) if isinstance(value, ir.Mapping) else ()
                for label, package in pairs:
                    if isinstance(label, ir.Text) and isinstance(package, ir.Text):
                        found[package.value] = label.value
        return found

    @cached_property
    def _default_key(self) -> str:
        pin = self._names.project.versions.get("django")
        # Django 6.0 changed the default; where the version is open, so is the kind.
        old, new = admits("<6.0", pin), admits(">=6.0", pin)
        default = "" if old and new else _AUTO if old else _BIG_AUTO
        return self._setting("DEFAULT_AUTO_FIELD", default) or ""

    def _setting(self, name: str, default: str) -> str | None:
        """Return the text that the settings give a name: the default where none does, None where they differ."""
        found: set[str] = set()
        for module in self._names.project.modules:
            variable = module.variables.get(name)
            for value in self._values(variable) if variable is not None else ():
                found.update(filter(None, [self._names.text(value, module)]))
        return default if not found else found.pop() if len(found) == 1 else None

    def _values(self, variable: Variable) -> list[ir.Expr]:
        bodies = (self._names.project.body(unit) for unit in variable.units)
        return [body.value for body in bodies if isinstance(body, ir.Assign) and body.value is not None]

    def _app(self, module: Module) -> App | None:
        name = module.name
        while name:
            if name in self._by_package:
                return self._by_package[name]
            name = name.rpartition(".")[0]
        return None

    @cached_property
    def _by_package(self) -> dict[str, App]:
        found: dict[str, App] = {}
        for module in self._names.project.modules:
            if any(row.target in _CONFIGS or row.target == "django.apps" for row in module.facts.imports):
                for definition in module.classes.values():
                    if _CONFIGS.intersection(one for one in self._names.line(definition) if isinstance(one, str)):
                        app = self._configured(definition)
                        found.setdefault(app.package, app)
        return found

    def _configured(self, definition: ClassDefinition) -> App:
        module = definition.module
        package = module.name if module.facts.is_package else module.name.rpartition(".")[0]
        name = self._text(definition, "name") or package
        label = self._text(definition, "label") or name.rpartition(".")[2]
        return App(package, label, self._text(definition, "default_auto_field") or "")

    def _text(self, definition: ClassDefinition, name: str) -> str | None:
        variable = definition.module.variables.get(f"{definition.row.name}.{name}")
        return self._names.text(self._names.value_of(variable), definition.module) if variable is not None else None


def _conventional(module: Module) -> str:
    """Return the name of the package that `models` lies in, else of the package of the module."""
    parts = module.name.split(".")
    for folder in ("models", "migrations"):
        if folder in parts[1:]:
            return parts[len(parts) - 1 - parts[::-1].index(folder) - 1]
    above = parts if module.facts.is_package else parts[:-1]
    return above[-1] if above else ""
