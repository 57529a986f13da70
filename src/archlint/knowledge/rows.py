"""The rows of the knowledge tables, as they stand in `rules/knowledge/*.yaml` and as questions are answered."""

from __future__ import annotations

from enum import Enum

import msgspec

from archlint.diagnostic import Confidence, Severity

HTTP_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
STANDARD_LIBRARY = "python"
"""The distribution of what comes with the interpreter."""


class Blocks(str, Enum):
    """What a blocking call waits for."""

    NETWORK = "network"
    DATABASE = "database"
    DISK = "disk"
    CPU = "cpu"
    WAIT = "wait"


class Place(str, Enum):
    """Where a function runs."""

    LOOP = "loop"
    """On the event loop that serves all requests."""
    OWN_LOOP = "own_loop"
    """On an event loop of its own, in the thread that serves this one request."""
    THREAD = "thread"
    """In a thread of a pool that requests share."""
    WORKER = "worker"
    """In the worker (a process or a thread) that serves this one request."""
    PROCESS = "process"
    TASK = "task"
    COMMAND = "command"
    STARTUP = "startup"
    IMPORT = "import"
    """While a module is imported."""
    TEST = "test"
    MIGRATION = "migration"
    UNSUPPORTED = "unsupported"


class Form(str, Enum):
    """How something is applied to a callable or to a call."""

    CALL = "call"
    CONTEXT = "context"
    DECORATOR = "decorator"
    EITHER = "either"
    """A call with the callable as its argument, or a decorator of it."""
    GLOBAL = "global"
    """A setting for the whole process."""


def is_waiting(member: str, besides: frozenset[str]) -> bool:
    """Return whether a member (`get`, or `indices.create` of a part) of a class that waits as a whole does so too."""
    first, *_ = names = member.split(".")
    return first not in besides and not any(name.startswith("_") for name in names)


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every row says: which distribution it is about, in which versions (PEP 440), and how this is known."""

    source: str
    distribution: str
    versions: str = ""
    confidence: Confidence = Confidence.HIGH


class Members(Row, frozen=True, kw_only=True):
    """A row about callables: the `names` in the module or class `of`, also reachable as members of `aliases`."""

    of: str
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def qualified(self) -> tuple[str, ...]:
        """Return the qualified names of the members."""
        return tuple(f"{self.of}.{name}" for name in self.names)


class Type(Row, frozen=True, kw_only=True):
    """A row about a class: its qualified name, other names of it, and the callables that return an instance."""

    name: str
    aliases: tuple[str, ...] = ()
    factories: tuple[str, ...] = ()


class BlockingCall(Members, frozen=True, kw_only=True):
    """Callables that hold their thread. With `every`, all public methods of the class `of` but those in `besides`."""

    kind: Blocks
    instead: str
    severity: Severity = Severity.ERROR
    every: bool = False
    besides: frozenset[str] = frozenset()


class Offloader(Members, frozen=True, kw_only=True):
    """Callables that run another one elsewhere, and which argument that is.

    A `partial` only binds arguments: what it returns is to be judged like the callable itself.
    A `distinctive` name says enough where the receiver's type is unknown. Each call of an `own` one takes a thread or a
    process of its own, where others share a pool.
    """

    runs: Place
    form: Form = Form.CALL
    position: int | None = 0
    keyword: str | None = None
    partial: bool = False
    distinctive: bool = False
    own: bool = False


class Default(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The deadline in seconds of who sets none (None: no deadline), in some versions."""

    seconds: float | None
    versions: str = ""


class DeadlineCall(Members, frozen=True, kw_only=True):
    """Callables that wait for something outside.

    Any of `parameters` bounds the wait; `position` is the index of the first of them, where it can be positional.
    A parameter in `carriers` may bring a deadline in an object, or make the call return at once.
    A value in `unbounded` is no deadline.
    What is `for_events` waits until another thread, a process or another program does something: nobody owes an answer.
    What `raises` ends with an exception when its time is up, so that nobody takes the end of the wait for an answer.
    """

    parameters: tuple[str, ...]
    defaults: tuple[Default, ...]
    for_events: bool = False
    raises: bool = False
    position: int | None = None
    carriers: tuple[str, ...] = ()
    unbounded: tuple[float | None, ...] = (None,)
    milliseconds: bool = False
    is_async: bool = False


class ClientClass(Type, frozen=True, kw_only=True):
    """A class whose instances talk to a service.

    `parameters` of the constructor bound every call, those in `partial` only a part of it (the connect),
    and `carriers` may bring a deadline in an object or in a URL. `call_parameters` bound one call.
    `position` is the index of the first of `parameters`, where the class can be given it positionally.
    With `every`, all public methods but those in `besides` use the network; else those in `methods` do.
    `context` marks clients that want to be used in a `with`.
    """

    defaults: tuple[Default, ...]
    parameters: tuple[str, ...] = ()
    position: int | None = None
    partial: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    call_parameters: tuple[str, ...] = ()
    methods: frozenset[str] = frozenset()
    every: bool = False
    besides: frozenset[str] = frozenset()
    connects: bool = False
    is_async: bool = False
    context: bool = False
    unbounded: tuple[float | None, ...] = (None,)
    milliseconds: bool = False

    def waits(self, method: str) -> bool:
        """Return whether a method of this name talks to the service."""
        return is_waiting(method, self.besides) if self.every else method in self.methods


class Deferred(str, Enum):
    """What work a task queue could do in place of a request."""

    MAIL = "mail"
    DOCUMENT = "document"
    FILE = "file"


class Deferrable(Members, frozen=True, kw_only=True):
    """Callables that do work for which no client has to wait; `in_loops` only where a loop over data repeats them.

    With one of the distributions in `besides`, somebody else does it already.
    """

    kind: Deferred
    in_loops: bool = False
    besides: frozenset[str] = frozenset()


class DeadlineGuard(Members, frozen=True, kw_only=True):
    """What bounds the calls inside it (`context`, `decorator`), the awaitable it is given (`call`), or all of them."""

    form: Form
    position: int | None = 0
    keyword: str | None = None


class RouteDecorator(Members, frozen=True, kw_only=True):
    """Decorators that make a function a handler. A name that is an HTTP verb is the method of the route."""

    framework: str
    kind: str
    sync_runs: Place
    async_runs: Place
    methods_keyword: str = ""


class HandlerClass(Type, frozen=True, kw_only=True):
    """A class whose subclasses serve requests by `methods`."""

    framework: str
    kind: str
    methods: frozenset[str]
    sync_runs: Place
    async_runs: Place


class Registration(Members, frozen=True, kw_only=True):
    """Callables that are given a handler, a dependency, a background task or a job, and which argument that is."""

    framework: str
    kind: str
    sync_runs: Place
    async_runs: Place
    position: int | None = 0
    keyword: str | None = None


class RouteCollector(Type, frozen=True, kw_only=True):
    """A class whose instances collect routes; `prefix` is the parameter (and its index) that stands before each path.

    An `is_application` one serves; the others serve what includes them.
    """

    framework: str
    sync_runs: Place
    async_runs: Place
    is_application: bool = False
    prefix: str = ""
    position: int | None = None


class RouteGuard(Members, frozen=True, kw_only=True):
    """Decorators, dependencies, classes and base classes that refuse requests, or, with `exempts`, lift that.

    `paths` is the parameter of middleware that maps patterns of paths to what is refused there, `paths_at` its index.
    """

    kind: str
    exempts: bool = False
    paths: str = ""
    paths_at: int | None = None


class TaskDecorator(Members, frozen=True, kw_only=True):
    """Decorators that make a function a task, or a command (`kind`), and the methods of the result that enqueue it."""

    framework: str
    kind: str = "task"
    sync_runs: Place = Place.TASK
    async_runs: Place = Place.TASK
    enqueue: frozenset[str] = frozenset()
    deadline_parameters: tuple[str, ...] = ()
    retry_parameters: tuple[str, ...] = ()


class LoggerType(Type, frozen=True, kw_only=True):
    """A class of loggers."""


class LogCall(Members, frozen=True, kw_only=True):
    """Callables that write a message out; `position` is the index of its first part."""

    kind: str = "log"
    position: int = 0


class Sleep(Members, frozen=True, kw_only=True):
    """Callables that wait for a number of seconds."""

    is_async: bool


class Decorator(Members, frozen=True, kw_only=True):
    """Decorators that leave alone what a function returns.

    `kind` is `plain`, `cache` (later calls do not run it), `retry`, or `transaction` (it runs in one).
    """

    kind: str = "plain"


class Factory(Members, frozen=True, kw_only=True):
    """Callables that return an instance of a class about which another row speaks."""

    returns: str
