"""What a route is: how it is reached, who answers it, and what guards it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

import msgspec

from archlint.knowledge.tables import Place
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.values import Value


class Mention(msgspec.Struct, frozen=True):
    """A region of a file that explains something; offsets are those of the file."""

    module: Module
    start: int
    end: int


class GuardKind(str, Enum):
    """What a guard protects from."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    RATE_LIMIT = "rate limit"


REFUSING = {401: GuardKind.AUTHENTICATION, 403: GuardKind.PERMISSION, 429: GuardKind.RATE_LIMIT}
"""The statuses with which guards refuse."""


class Level(str, Enum):
    """Where a guard stands, nearest first."""

    HANDLER = "handler"
    DECORATOR = "decorator"
    CLASS = "class"
    ROUTER = "router"
    INCLUDE = "include"
    APPLICATION = "application"
    MIDDLEWARE = "middleware"
    SETTINGS = "settings"


class Guard(msgspec.Struct, frozen=True):
    """Something that refuses requests; `name` is what stands in the code: `login_required`, `IsAuthenticated`."""

    kind: GuardKind
    name: str
    level: Level
    mention: Mention | None = None


class Handler(msgspec.Struct, frozen=True):
    """The function that answers; `view` is the class that a method is called on, which may inherit it.

    A handler of a library (`generics.ListAPIView.get` that the project does not override) has no `function`.
    """

    name: str
    function: FunctionDefinition | None
    view: ClassDefinition | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One way into the program over HTTP (or a web socket, with the method `WEBSOCKET`).

    `methods` are upper-case and sorted; () stands for all. `path` is as the framework writes it (`/orders/{id}`,
    `/orders/<int:id>/`), from the root where `is_whole`: a router that nobody mounts has only its own part.
    `mounted` are the places that made the path, outermost first; the last is the route's own.
    `response_arguments` are what the variables of a generic response model stand for.
    `judge` finds the guards, which takes a look at bodies that only those who ask for guards need.
    """

    framework: str
    methods: tuple[str, ...]
    path: str
    is_whole: bool
    handler: Handler
    runs: Place
    mounted: tuple[Mention, ...]
    judge: Callable[[], tuple[Guard, ...]] = field(default=tuple, compare=False, repr=False)
    dependencies: tuple[FunctionDefinition | ClassDefinition, ...] = ()
    request_models: tuple[ClassDefinition, ...] = ()
    response_model: ClassDefinition | None = None
    response_arguments: tuple[tuple[str, Value], ...] = ()
    responses: tuple[int, ...] = ()
    name: str = ""

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Return what refuses requests, wherever it stands, nearest first."""
        return self.judge()

    @property
    def label(self) -> str:
        """Return how a person names the route: `GET /orders`."""
        methods = "|".join(self.methods)
        path = self.path or ("/" if self.is_whole else "")
        return f"{methods} {path}".strip() or self.handler.name


class EntryKind(str, Enum):
    """What calls an entry point."""

    ROUTE = "route"
    RESOLVER = "resolver"
    CONSUMER = "consumer"
    MIDDLEWARE = "middleware"
    ERROR = "error handler"
    DEPENDENCY = "dependency"
    TASK = "task"
    BACKGROUND = "background task"
    COMMAND = "command"
    STARTUP = "start-up"
    SIGNAL = "signal receiver"
    ADMIN = "admin"
    FEED = "feed"


class EntryPoint(msgspec.Struct, frozen=True):
    """A function that something outside the program calls, and where it runs then; `label` is for people.

    `guards` are those of resolvers, which the route of a GraphQL endpoint cannot have.
    """

    kind: EntryKind
    label: str
    function: FunctionDefinition
    runs: Place
    view: ClassDefinition | None = None
    guards: tuple[Guard, ...] = ()
