"""What a project may declare of a rule of its own: which calls or imports it is about, and what is wrong with them."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec


class Scene(str, Enum):
    """What a call happens in, over any number of calls."""

    REQUEST = "request"
    """A client waits for what the call leads to."""
    EVENT_LOOP = "event-loop"
    """The call is made by what runs on a loop, and is not awaited."""
    TRANSACTION = "transaction"
    LOOP = "loop"


class Need(str, Enum):
    """What calls must have."""

    ARGUMENT = "argument"
    DEADLINE = "deadline"
    """An argument that is not None, or a guard around the call."""
    HANDLER = "handler"
    """A `try` around the call, in the function or in those that call it."""


class OwnRule(msgspec.Struct, frozen=True):
    """What a rule looks for: calls that are forbidden, in a scene or by modules, or must have something; or imports.

    `calls` are qualified names, with `*` for any part of one; `imports` and `modules` stand for what is below them too.
    `arguments` are constants that a call must be given to be meant. `modules` are where the scene is, `except_modules`
    where it may be. `directly` leaves out what happens over other functions or modules.
    `argument` and `position` are those of `require`, `exceptions` what a handler must catch (one of them).
    """

    calls: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    arguments: dict[str, bool | int | float | str] = {}
    within: Scene | None = None
    modules: tuple[str, ...] = ()
    except_modules: tuple[str, ...] = ()
    directly: bool = False
    require: Need | None = None
    argument: str = ""
    position: Annotated[int, msgspec.Meta(ge=0)] | None = None
    exceptions: tuple[str, ...] = ()
