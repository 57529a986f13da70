"""How long a call of something outside may take: what its arguments, its client and its surroundings say."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.ir.builder import dotted, resolved
from archlint.knowledge import possible_defaults
from archlint.knowledge.tables import ClientClass, DeadlineCall, DeadlineGuard, Form
from archlint.project.deadlines.customised import is_customised, library_class
from archlint.project.deadlines.unpacked import written_out
from archlint.project.flow import CallSite
from archlint.project.holding import holding_callee, holds_its_loop
from archlint.project.inference import wrappers
from archlint.project.project import Project
from archlint.project.tree import argument, assigned_attributes, called_name, uncalled
from archlint.project.values import External, Instance, Method, Value

_ADDRESSES = frozenset({"url", "dsn", "conninfo", "host"})
_LIMITS = frozenset({"ClientTimeout", "Timeout"})
_COOPERATIVE = frozenset({"anyio", "async-timeout", "python", "trio"})
"""Where guards come from that cancel a coroutine: a call that is not awaited never lets them."""
STREAMS = frozenset({"stream", "ws_connect", "subscribe"})
"""Methods that open a stream of events: who switches its deadline off there waits for events on purpose."""


class Given(Enum):
    """What the arguments of a call say about its deadline."""

    SET = "set"
    NOTHING = "nothing"
    OFF = "off"
    """Explicitly none."""
    UNKNOWN = "unknown"
    """Arguments that are passed through, or an object that may carry one."""


class Unlimited(msgspec.Struct, frozen=True):
    """A call that may wait for ever.

    `parameter` is what would bound it ("" where nothing can) and `is_in_milliseconds` how it is told; `is_off` tells
    that it is switched off on purpose.
    The confidence is medium where only some versions of the library wait for ever and the project does not say which
    one it has, and where what is known of the library was not seen.
    """

    parameter: str
    is_off: bool
    confidence: Confidence
    is_in_milliseconds: bool = False


def given(call: ir.Call, row: DeadlineCall | ClientClass, parameters: tuple[str, ...]) -> Given:
    """Return what a call says about its deadline."""
    if any(word.name is None for word in call.keywords) or any(isinstance(one, ir.Starred) for one in call.args):
        return Given.UNKNOWN
    words = {word.name: word.value for word in call.keywords}
    for name in parameters:
        if name in words:
            return _judged(words[name], row.unbounded)
    is_made = isinstance(row, ClientClass) and called_name(call) in _names(row)
    position = row.position if is_made or isinstance(row, DeadlineCall) else None
    if position is not None and len(call.args) > position:
        return _judged(call.args[position], row.unbounded)
    if any(name in words and not isinstance(words[name], ir.Text) for name in row.carriers):
        return Given.UNKNOWN
    # Where others make the client of a URL, its class is given the name of a host.
    takes_address = bool(_ADDRESSES.intersection(row.carriers)) and not (is_made and _has_factories(row))
    first = call.args[0] if call.args else None
    return Given.UNKNOWN if first is not None and takes_address and not _is_plain_address(first) else Given.NOTHING


def _has_factories(row: DeadlineCall | ClientClass) -> bool:
    return isinstance(row, ClientClass) and bool(row.factories)


def _names(row: ClientClass) -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in (row.name, *row.aliases))


def _judged(value: ir.Expr, off: Iterable[float | None]) -> Given:
    if isinstance(value, ir.Constant):
        return Given.OFF if value.value in tuple(off) else Given.SET
    return Given.OFF if isinstance(value, ir.Call) and _is_empty_limit(value) else Given.SET


def _is_empty_limit(call: ir.Call) -> bool:
    """Return whether a call makes a limit without one: `httpx.Timeout(None)`, `aiohttp.ClientTimeout(total=None)`."""
    told = [*call.args, *(word.value for word in call.keywords)]
    is_empty = bool(told) and all(isinstance(one, ir.Constant) and one.value is None for one in told)
    return is_empty and called_name(call) in _LIMITS


def _is_plain_address(value: ir.Expr) -> bool:
    return isinstance(value, ir.Text) and "timeout" not in value.value.lower()


def waits_for_events(project: Project, callee: Value) -> bool:
    """Return whether a callable waits until another thread, process or program does something, not for an answer."""
    row = project.knowledge.deadline_call(wrappers.qualified(callee))
    return row is not None and row.for_events


def unlimited(project: Project, site: CallSite) -> Unlimited | None:
    """Return why a call may wait for ever, or None where it cannot or nothing is known."""
    site = written_out(project, site)
    if isinstance(site.callee, External):
        found = _function(project, site, site.callee.name)
    elif isinstance(site.callee, Method) and isinstance(site.callee.receiver, Instance):
        found = _client_method(project, site, site.callee.receiver, site.callee.name)
    else:
        return None
    if found is None or is_guarded(project, site) or (found.is_off and site.method in STREAMS):
        return None
    return found


def _function(project: Project, site: CallSite, name: str) -> Unlimited | None:
    row = project.knowledge.deadline_call(name)
    if row is not None:
        return _verdict(project, given(site.call, row, row.parameters), row, row.parameters)
    client = project.knowledge.client_class(name)
    if client is None or not (client.parameters or not client.call_parameters):
        return None
    said = given(site.call, client, client.parameters)
    if not client.parameters and "timeout" in assigned_attributes(project.body(site.place.unit)):
        return None  # `mails.client.timeout = 5`
    if said is Given.NOTHING and client.call_parameters:
        return None  # each call of this client may still set its own
    return _verdict(project, said, client, client.parameters)


def _client_method(project: Project, site: CallSite, receiver: Instance, method: str) -> Unlimited | None:
    owner = library_class(project, receiver)
    row = project.knowledge.deadline_call(f"{owner}.{method}")
    if row is not None:
        return _verdict(project, given(site.call, row, row.parameters), row, row.parameters)
    client = project.knowledge.client_class(owner)
    if client is None or not client.waits(method) or not client.call_parameters:
        return None
    said = given(site.call, client, client.call_parameters)
    if said is Given.NOTHING and client.parameters:
        if receiver.creation is None or receiver.definition is not None:
            return None
        said = given(receiver.creation.call, client, client.parameters)
        if said is Given.OFF:
            return None  # reported where the client is made
    if said is Given.NOTHING and is_customised(project, site.module, receiver, client):
        return None
    return _verdict(project, said, client, client.call_parameters)


def _verdict(
    project: Project, said: Given, row: DeadlineCall | ClientClass, parameters: tuple[str, ...]
) -> Unlimited | None:
    parameter = parameters[0] if parameters else ""
    if said is Given.OFF:
        return Unlimited(parameter, is_off=True, confidence=row.confidence, is_in_milliseconds=row.milliseconds)
    if said is not Given.NOTHING:
        return None
    seconds = possible_defaults(row.defaults, project.versions.get(row.distribution))
    if None not in seconds:
        return None
    confidence = row.confidence if len(seconds) == 1 else Confidence.MEDIUM
    return Unlimited(parameter, is_off=False, confidence=confidence, is_in_milliseconds=row.milliseconds)


def is_guarded(project: Project, site: CallSite) -> bool:
    """Return whether something around the call bounds it: a context, a call it is handed to, a decorator."""
    imports = site.module.imports
    around = [*site.guards, *(parent for parent in site.parents if isinstance(parent, ir.Call))]
    for function in site.functions:
        around += function.decorators if isinstance(function, ir.Function) else ()
    is_sync = holds_its_loop(site) and holding_callee(project, site.callee) is not None
    for one in around:
        row = project.knowledge.deadline_guard(resolved(dotted(uncalled(one)), imports))
        if row is not None and not _is_open(one, row) and not (is_sync and row.distribution in _COOPERATIVE):
            return True
    return False


def _is_open(guard: ir.Expr, row: DeadlineGuard) -> bool:
    """Return whether a guard is told to wait for ever: `asyncio.timeout(None)`."""
    value = argument(guard, row.position, row.keyword or "") if isinstance(guard, ir.Call) else None
    return isinstance(value, ir.Constant) and value.value is None


def sets_default(project: Project) -> bool:
    """Return whether the project sets a deadline for every socket: `socket.setdefaulttimeout`."""
    guards = project.knowledge.tables.deadline_guards
    names = frozenset(name for row in guards if row.form is Form.GLOBAL for name in row.qualified)
    return any(not names.isdisjoint(unit.calls) for module in project.modules for unit in module.facts.units)
