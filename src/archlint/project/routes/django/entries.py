"""Django's entry points that are no routes: commands, middleware, receivers of signals, admin, feeds, start-up."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.knowledge.tables import HandlerClass
from archlint.project.flow import call_sites
from archlint.project.project import Project
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Given, module_statements
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.views import runs
from archlint.project.routes.route import EntryKind, EntryPoint
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import External, Instance, Method, Value
from archlint.source import Role
from archlint.syntax.string_values import last_name

_KINDS = {
    "admin": EntryKind.ADMIN,
    "command": EntryKind.COMMAND,
    "consumer": EntryKind.CONSUMER,
    "feed": EntryKind.FEED,
    "startup": EntryKind.STARTUP,
}
_ADMIN_LISTS = ("actions", "list_display", "list_filter", "readonly_fields")
_ADMIN_DECORATORS = ("django.contrib.admin.action", "django.contrib.admin.display")
_MIDDLEWARE = (
    "__call__", "process_exception", "process_request", "process_response", "process_template_response", "process_view",
)  # fmt: skip
_RECEIVERS = frozenset({"django.dispatch.receiver", "django.dispatch.dispatcher.receiver"})
_SIGNALS = frozenset(
    {"django.dispatch.Signal", "django.dispatch.dispatcher.Signal", "django.db.models.signals.ModelSignal"}
)
_ERRORS = ("handler400", "handler403", "handler404", "handler500")
_LIVE = frozenset({Role.PRODUCTION, Role.SETTINGS, Role.COMMAND, Role.MIGRATION})


class EntryReader:
    """Finds the functions that Django calls, apart from views."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._reader = Reader(project)
        self._classes = ClassReader(self._reader)

    def all(self) -> Iterator[EntryPoint]:
        """Yield the entry points, each function once for each kind."""
        seen: set[tuple[FunctionDefinition, EntryKind]] = set()
        for found in (self._of_classes(), self._middleware(), self._decorated(), self._connected(), self._errors()):
            for point in found:
                if (point.function, point.kind) not in seen:
                    seen.add((point.function, point.kind))
                    yield point

    def _of_classes(self) -> Iterator[EntryPoint]:
        """Yield the methods that Django calls on classes of the project: `Command.handle`, `ShopAdmin.save_model`."""
        for module in self._project.modules:
            for definition in module.classes.values() if module.role in _LIVE else ():
                names = self._classes.library_bases(definition)
                rows = [row for name in names if (row := self._project.knowledge.handler_class(name)) is not None]
                row = next((one for one in rows if one.kind in _KINDS), None)
                if row is not None:
                    yield from self._methods(definition, row)

    def _methods(self, definition: ClassDefinition, row: HandlerClass) -> Iterator[EntryPoint]:
        kind = _KINDS[row.kind]
        names = sorted(row.methods)
        if kind is EntryKind.ADMIN:
            names += [name for name in self._shown(definition) if name not in names]
        for name in names:
            found = self._classes.method(definition, name)
            if isinstance(found, FunctionDefinition):
                is_command = kind is EntryKind.COMMAND
                label = definition.module.name.rpartition(".")[2] if is_command else f"{definition.row.name}.{name}"
                place = row.async_runs if found.row.is_async else row.sync_runs
                yield EntryPoint(kind, label, found, place, definition)

    def _shown(self, definition: ClassDefinition) -> Iterator[str]:
        """Yield the names of methods that an admin lists, or that a decorator marks as a column or an action."""
        for attribute in _ADMIN_LISTS:
            given = self._classes.attribute(definition, attribute)
            for item in self._classes.items(given) if given is not None else ():
                name = self._reader.text(item.node, item.frame)
                if name is not None:
                    yield name
        for base in self._classes.order(definition):
            for function in base.methods if isinstance(base, ClassDefinition) else ():
                if self._is_marked(function):
                    yield function.row.name

    def _is_marked(self, function: FunctionDefinition) -> bool:
        return any(name in _ADMIN_DECORATORS for name, _ in self._reader.decorators(function))

    def _middleware(self) -> Iterator[EntryPoint]:
        """Yield what `MIDDLEWARE` names: the methods of a class, or the function that a factory returns."""
        for given in self._reader.settings.items("MIDDLEWARE"):
            name = self._reader.text(given.node, given.frame)
            found = self._project.symbols.find(name, given.frame.module) if name is not None else None
            if isinstance(found, ClassDefinition):
                for method in _MIDDLEWARE:
                    function = self._classes.method(found, method)
                    if isinstance(function, FunctionDefinition):
                        label = f"{found.row.name}.{method}"
                        yield EntryPoint(EntryKind.MIDDLEWARE, label, function, runs(function), found)
            elif isinstance(found, FunctionDefinition):
                for function in self._project.nested_functions(found).values():
                    yield EntryPoint(EntryKind.MIDDLEWARE, found.row.name, function, runs(function))

    def _decorated(self) -> Iterator[EntryPoint]:
        """Yield the functions with `@receiver(…)`.

        A receiver runs where the signal is sent from; with nothing known of that, this is the worker of a request.
        """
        for module in self._project.modules:
            for function in module.functions.values() if module.role in _LIVE else ():
                for name, given in self._reader.decorators(function):
                    if isinstance(given.node, ir.Call) and name in _RECEIVERS:
                        label = ", ".join(_signal(one) for one in given.node.args[:1])
                        yield EntryPoint(EntryKind.SIGNAL, label, function, runs(function))

    def _connected(self) -> Iterator[EntryPoint]:
        """Yield the functions that `signal.connect(function)` registers."""
        for place in self._project.units(_LIVE, attributes=frozenset({"connect"})):
            for site in call_sites(self._project, place, frozenset({"connect"})):
                if site.arguments and _is_signal(site.callee):
                    function = self._classes.function(site.arguments[0])
                    func = site.call.func
                    if function is not None and isinstance(func, ir.Attribute):
                        yield EntryPoint(EntryKind.SIGNAL, _signal(func.value), function, runs(function))

    def _errors(self) -> Iterator[EntryPoint]:
        """Yield what `handler404` and its like name in the root urlconfs."""
        for given in self._reader.settings.given("ROOT_URLCONF"):
            name = self._reader.text(given.node, given.frame)
            module = self._project.symbols.module(name, given.frame.module) if name is not None else None
            if module is None:
                continue
            for handler in _ERRORS:
                value = self._reader.last_assigned(handler, module_statements(self._project, module))
                function = self._named(value) if value is not None else None
                if function is not None:
                    yield EntryPoint(EntryKind.ERROR, handler, function, runs(function))

    def _named(self, given: Given) -> FunctionDefinition | None:
        name = self._reader.text(given.node, given.frame)
        if name is not None:
            found = self._project.symbols.find(name, given.frame.module)
            return found if isinstance(found, FunctionDefinition) else None
        return self._classes.function(self._reader.value(given.node, given.frame))


def _is_signal(value: Value) -> bool:
    if isinstance(value, External):
        return value.name.startswith("django.") and ".signals." in value.name
    receiver = value.receiver if isinstance(value, Method) else None
    return isinstance(receiver, Instance) and receiver.name in _SIGNALS


def _signal(node: ir.Expr) -> str:
    """Return the last name of a signal, or of several, as it is written."""
    if isinstance(node, ir.Collection):
        return ", ".join(_signal(one) for one in node.items)
    return last_name(node)
