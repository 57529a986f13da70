"""The rows about other systems: which are near enough to be no party of their own, what is sent, what tries again."""

from __future__ import annotations

from enum import Enum

from archlint.knowledge.rows import Members, Row


class Store(Row, frozen=True, kw_only=True):
    """A package or class, by its qualified name, of what a service has for itself: a database, a cache."""

    name: str


class Message(Members, frozen=True, kw_only=True):
    """Callables that hand a message to a queue or a broker, which others take up at once."""


class Counts(str, Enum):
    """What the number of a retry is about."""

    ATTEMPTS = "attempts"
    RETRIES = "retries"
    """The first attempt is not among them."""


class Retries(str, Enum):
    """How something is retried."""

    FUNCTION = "function"
    """A decorator, or an object that runs a block or a function again."""
    TRANSPORT = "transport"
    """An object that a client is given, which sends requests again."""
    TASK = "task"
    """A task that is queued again."""


class Retry(Members, frozen=True, kw_only=True):
    """Callables that make a retry, and what their parameters say.

    `attempts` count (`position`: index of the first), or are given a part (`stop=stop_after_attempt(3)`); `limits` end
    the retry in other ways. A value in `endless` is no end. `waits` set the pause. `exceptions` say after which errors
    (`exceptions_position`), `filters` turn errors down. `methods` say which HTTP methods a transport sends again.
    The defaults hold where nothing is given: an attempt number of null is no end; `waits_itself` says that there is a
    pause; without `default_exceptions` the library has a list of its own.
    """

    kind: Retries = Retries.FUNCTION
    attempts: tuple[str, ...] = ()
    position: int | None = None
    counts: Counts = Counts.ATTEMPTS
    default_attempts: int | None = None
    limits: tuple[str, ...] = ()
    endless: tuple[float | None, ...] = (None,)
    waits: tuple[str, ...] = ()
    waits_position: int | None = None
    waits_itself: bool = False
    exceptions: tuple[str, ...] = ()
    exceptions_position: int | None = None
    default_exceptions: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    hides: bool = False
    """After the last attempt another error is raised than the one that was met."""
    unless: tuple[str, ...] = ()
    """Parameters that change that."""
    deadlines: tuple[str, ...] = ()
    """Parameters that end each run of a task after so many seconds."""
    seconds: tuple[str, ...] = ()
    """Those of `limits` that are told in seconds."""
    milliseconds: bool = False
    """Whether pauses are told in milliseconds."""
    default_limit: float | None = None
    """Seconds after which no other attempt is made, where nothing is given."""


class PartKind(str, Enum):
    """What a part of a retry says."""

    ATTEMPTS = "attempts"
    LIMIT = "limit"
    ENDLESS = "endless"
    WAIT = "wait"
    FIXED_WAIT = "fixed wait"
    GROWING_WAIT = "growing wait"
    """One that has a least one, `min`."""
    NO_WAIT = "no wait"
    EXCEPTIONS = "exceptions"
    FILTER = "filter"


class RetryPart(Members, frozen=True, kw_only=True):
    """Callables that make a part of a retry: when it ends, how it waits, after which errors it tries again."""

    kind: PartKind


class RetryingClient(Row, frozen=True, kw_only=True):
    """A class of clients whose calls are sent again without being told to: how often, and what sets that."""

    name: str
    parameters: tuple[str, ...]
    default_retries: int
    carriers: tuple[str, ...] = ()
    """Parameters that may bring another number in an object."""


class RaisingClient(Row, frozen=True, kw_only=True):
    """A package whose clients raise an error for every answer that is none of success."""

    name: str


class UnsafeCall(Members, frozen=True, kw_only=True):
    """Callables that do something once more at the other end each time they are called."""
