"""Tasks, scheduled jobs, background tasks and commands: functions that a worker, the clock or a shell runs."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.knowledge.rows import Registration as Row
from archlint.knowledge.tables import Place, TaskDecorator
from archlint.project.inference.sites import Defined
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.frames import ROLES
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located, home_of
from archlint.project.routes.registered.routers import Routers
from archlint.project.routes.route import EntryKind, EntryPoint
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, uncalled
from archlint.project.values import Bound, External, Instance, Method, ProjectFunction, Value

_KINDS = {"background": EntryKind.BACKGROUND, "command": EntryKind.COMMAND, "task": EntryKind.TASK}
_HANDING = frozenset({"BackgroundTask", "add_job", "add_task", "enqueue", "enqueue_at", "enqueue_in"})
_TASK_BASES = frozenset({"celery.Task", "celery.app.task.Task"})
_LISTS = ("cron_jobs", "functions", "on_job_end", "on_job_start", "on_shutdown", "on_startup")


class Jobs:
    """Answers what runs apart from requests."""

    def __init__(self, project: Project, routers: Routers) -> None:
        self._project = project
        self._routers = routers

    def all(self) -> Iterator[EntryPoint]:
        """Yield the entry points of workers, schedulers and shells."""
        yield from self._decorated()
        yield from self._handed()
        yield from self._classes()

    def _decorated(self) -> Iterator[EntryPoint]:
        for module in self._project.modules:
            for function in module.functions.values() if module.role in ROLES else ():
                home = home_of(function)
                for decorator in function.row.decorators:
                    yield from self._task(function, Located(decorator, home))
        for place in self._project.units(ROLES, attributes=_DECORATORS):
            outer = self._project.function_at(place)
            if outer is not None and self._project.nested_functions(outer):
                yield from self._nested(place, outer)

    def _nested(self, place: UnitPlace, outer: FunctionDefinition) -> Iterator[EntryPoint]:
        for site in self._routers.frames.sites(place, None, frozenset()):
            function = self._project.nested_functions(outer).get(site.node.name) if isinstance(site, Defined) else None
            if isinstance(site, Defined) and function is not None:
                for decorator in site.node.decorators:
                    yield from self._task(function, Located(decorator, site.scope))

    def _task(self, function: FunctionDefinition, place: Located) -> Iterator[EntryPoint]:
        node = uncalled(place.node)
        value = self._project.inference.value(node, place.scope)
        row = self._project.knowledge.task_decorator(_qualified(self._project, value)) or self._wrapped(value)
        is_command = isinstance(node, ir.Attribute) and node.name in ("command", "group") and row is None
        if is_command and self._is_group(place.at(node.value) if isinstance(node, ir.Attribute) else place):
            yield EntryPoint(EntryKind.COMMAND, function.local_name, function, Place.COMMAND)
        elif row is not None and row.kind in _KINDS:
            yield EntryPoint(_KINDS[row.kind], _named(function, place), function, _runs(function, row))

    def _wrapped(self, value: Value) -> TaskDecorator | None:
        """Return the row of the decorator that a decorator of the project applies: `return dramatiq.actor(f)`."""
        function = value.definition if isinstance(value, ProjectFunction | Bound) else None
        calls = function.unit.calls if function is not None else ()
        rows = (self._project.knowledge.task_decorator(name) for name in calls)
        return next((row for row in rows if row is not None and row.kind == "task"), None)

    def _is_group(self, place: Located, depth: int = 0) -> bool:
        """Return whether something is a group of commands: a function made one, or `app.cli` of Flask."""
        value = self._project.inference.value(place.node, place.scope)
        function = self._routers.frames.called(value)
        if function is None:
            is_cli = isinstance(place.node, ir.Attribute) and place.node.name == "cli"
            return (
                is_cli
                and isinstance(place.node, ir.Attribute)
                and (self._routers.of(place.at(place.node.value)) is not None)
            )
        scope = home_of(function)
        for decorator in function.row.decorators if depth < _MAX_DEPTH else ():
            node = uncalled(decorator)
            found = self._project.inference.value(node, scope)
            row = self._project.knowledge.task_decorator(_qualified(self._project, found))
            if row is not None and row.kind == "command":
                return True
            if isinstance(node, ir.Attribute) and node.name == "group":
                return self._is_group(Located(node.value, scope), depth + 1)
        return False

    def _handed(self) -> Iterator[EntryPoint]:
        for place in self._routers.frames.places_calling(_HANDING):
            for name in _HANDING.intersection({one.rpartition(".")[2] for one in place.unit.calls}):
                for call in self._routers.frames.calls(place, name):
                    yield from self._given(call)

    def _given(self, call: Located) -> Iterator[EntryPoint]:
        node = call.node
        value = self._project.inference.value(node.func, call.scope) if isinstance(node, ir.Call) else None
        row = self._project.knowledge.registration(_qualified(self._project, value)) if value is not None else None
        if not isinstance(node, ir.Call) or row is None or row.kind not in _KINDS:
            return
        given = argument(node, row.position, row.keyword or "")
        function = self._function(call.at(given)) if given is not None else None
        if function is not None:
            yield EntryPoint(_KINDS[row.kind], function.local_name, function, _runs(function, row))

    def _function(self, place: Located) -> FunctionDefinition | None:
        """Return the function that is handed over, by reference or by its dotted name."""
        if isinstance(place.node, ir.Text):
            found = self._project.symbols.find(place.node.value.replace(":", "."), place.scope.module)
            return found if isinstance(found, FunctionDefinition) else None
        return responders.function_of(self._routers, place)

    def _classes(self) -> Iterator[EntryPoint]:
        roots = self._project.imported_roots
        for module in self._project.modules:
            for definition in module.classes.values() if module.role in ROLES else ():
                if "celery" in roots and self._is_task(definition):
                    run = module.functions.get(f"{definition.row.name}.run")
                    if run is not None:
                        yield EntryPoint(EntryKind.TASK, definition.row.name, run, Place.TASK, definition)
                if "arq" in roots and f"{definition.row.name}.functions" in module.variables:
                    yield from self._settings(definition)

    def _is_task(self, definition: ClassDefinition) -> bool:
        """Return whether a class is a task of Celery: `celery.Task`, or `app.Task` of an application."""
        for ancestor in self._project.symbols.ancestors(definition):
            if isinstance(ancestor, str) and (ancestor in _TASK_BASES or ancestor.endswith(".Task")):
                return True
        return False

    def _settings(self, definition: ClassDefinition) -> Iterator[EntryPoint]:
        """Yield what the settings of an arq worker name."""
        for name in _LISTS:
            given = self._routers.assigned(definition.module.variables.get(f"{definition.row.name}.{name}"))
            for item in display(self._routers, given) or (given,) if given is not None else ():
                function = responders.function_of(self._routers, item)
                if function is not None:
                    kind = EntryKind.STARTUP if name.startswith("on_") and "job" not in name else EntryKind.TASK
                    yield EntryPoint(kind, function.local_name, function, Place.TASK)


_DECORATORS = frozenset({"command", "group", "job", "periodic_task", "scheduled_job", "task"})
_MAX_DEPTH = 6


def _qualified(project: Project, value: Value) -> str:
    """Return the name of a library's callable, `flask.Flask.cli.command` for a method of an attribute."""
    if isinstance(value, External):
        return value.name
    if not isinstance(value, Method):
        return ""
    receiver = value.receiver
    if isinstance(receiver, Instance):
        ancestors = project.symbols.ancestors(receiver.definition) if receiver.definition is not None else ()
        names = [one for one in ancestors if isinstance(one, str)]
        return f"{names[0] if names else receiver.name}.{value.name}"
    inner = _qualified(project, receiver)
    return f"{inner}.{value.name}" if inner else ""


def _named(function: FunctionDefinition, place: Located) -> str:
    name = argument(place.node, None, "name") if isinstance(place.node, ir.Call) else None
    return name.value if isinstance(name, ir.Text) else function.local_name


def _runs(function: FunctionDefinition, row: TaskDecorator | Row) -> Place:
    """Return where a task runs; what else decorates a coroutine that the library cannot run makes it a function."""
    is_helped = row.async_runs is Place.UNSUPPORTED and len(function.row.decorators) > 1
    return row.async_runs if function.row.is_async and not is_helped else row.sync_runs
