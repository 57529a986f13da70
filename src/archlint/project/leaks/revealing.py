"""Functions of the project that log, print or raise what they are given, and the calls that give them a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.ir.bodies import StoredBody
from archlint.ir.module import Unit
from archlint.project.effects.effect import Step
from archlint.project.flow import Called, CallSite, call_sites
from archlint.project.leaks.exposed import Exposed
from archlint.project.leaks.handed import given_to
from archlint.project.leaks.logged import is_logged, logged, logged_names
from archlint.project.leaks.raised import raised
from archlint.project.leaks.traced import traced
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import binding, nodes_in
from archlint.project.values import Method, ProjectClass
from archlint.secrets.names import HINT, promised, words_of

_MAX_CALLS = 3
"""Functions that hand a text on before it is written."""
RAISES = "raises"
VERBS = frozenset({"logs", "prints", RAISES})
_LOCATING = frozenset({"field", "id", "ids", "key", "keys", "label", "name", "names", "path", "prefix", "uri", "url"})
"""Last words of parameters that take where something is kept: `get_secret(secret_name)`."""
_RECEIVERS = frozenset({"cls", "self"})


class Revealed(msgspec.Struct, frozen=True):
    """What a function does with a parameter: `logs`, `prints` or `raises` it, there or in what it calls at `steps`."""

    verb: str
    steps: tuple[Step, ...]


class Handed(msgspec.Struct, frozen=True):
    """A call that gives a function a secret under a harmless name, the argument, its part, and what becomes of it."""

    site: CallSite
    function: FunctionDefinition
    parameter: str
    argument: ir.Expr
    part: Exposed
    revealed: Revealed


class Revealing:
    """Answers which parameters a function shows to others in some ways; each function is looked at once."""

    def __init__(self, project: Project, verbs: frozenset[str] = VERBS) -> None:
        self._project = project
        self._verbs = verbs
        self._names = logged_names(project)
        self._callees = project.effects.callees
        self._known: dict[tuple[FunctionDefinition, int], Mapping[str, Revealed]] = {}

    def handed(self, place: UnitPlace) -> Iterator[Handed]:
        """Yield the calls of a unit that give a secret to a parameter which its function shows to others."""
        if not _mentions_secret(self._project.body(place.unit)):
            return
        for site in call_sites(self._project, place, self._callees.names, _gives_secret):
            if is_logged(self._project, site) or (isinstance(site.statement, ir.Raise) and not site.parents):
                continue
            for function, name, given in self._given(site):
                revealed = self.of(function).get(name)
                for one in traced(site.function, given) if revealed is not None else ():
                    if one.kind and revealed is not None:
                        yield Handed(site, function, name, given, one, revealed)

    def of(self, function: FunctionDefinition, left: int = _MAX_CALLS) -> Mapping[str, Revealed]:
        """Return the parameters with harmless names that a function shows; those with others its own lines tell.

        `left` is how many functions it may hand them on to.
        """
        key = function, left
        if key not in self._known:
            names = frozenset(one.name for one in function.row.parameters if _is_harmless(one.name)) - _RECEIVERS
            node = self._project.function_node(function)
            is_asked = node is not None and bool(names)
            self._known[key] = dict(self._shown(function, node, names, left)) if is_asked and node is not None else {}
        return self._known[key]

    def _shown(
        self, function: FunctionDefinition, node: ir.Function, names: frozenset[str], left: int
    ) -> Iterator[tuple[str, Revealed]]:
        place = UnitPlace(function.module, function.unit)
        if left:
            yield from self._handed_on(place, node, names, left)
        for verb, site, arguments in self._sinks(place):
            if verb in self._verbs and _stands_in(site, node) and (verb != RAISES or _is_certain(site, node)):
                for own in [own for one in arguments for own in _own(node, names, one)]:
                    yield own, Revealed(verb, (_step(site),))

    def _handed_on(
        self, place: UnitPlace, node: ir.Function, names: frozenset[str], left: int
    ) -> Iterator[tuple[str, Revealed]]:
        for site in call_sites(self._project, place, self._callees.names, lambda one: _stands_in(one, node)):
            for called, name, given in self._given(site):
                own = tuple(_own(node, names, given))
                inner = self.of(called, left - 1).get(name) if own else None
                for one in own if inner is not None else ():
                    if inner is not None and (inner.verb != RAISES or _is_certain(site, node)):
                        yield one, Revealed(inner.verb, (_step(site), *inner.steps))

    def _sinks(self, place: UnitPlace) -> Iterator[tuple[str, CallSite, tuple[ir.Expr, ...]]]:
        for one in logged(self._project, place, self._names):
            yield "prints" if one.prints else "logs", one.site, tuple(one.arguments)
        for found in raised(self._project, place) if RAISES in self._verbs else ():
            yield RAISES, found.site, found.arguments

    def _given(self, site: CallSite) -> Iterator[tuple[FunctionDefinition, str, ir.Expr]]:
        """Yield the parameters of the only function that a call leads to, each with what it is given."""
        targets = self._callees.targets(site.callee)
        if len(targets) == 1 and targets[0].confidence is Confidence.HIGH:
            function = targets[0].function
            first = function.row.parameters[0].name if function.row.parameters else ""
            is_unbound = isinstance(site.callee, Method) and isinstance(site.callee.receiver, ProjectClass)
            is_bound = first in _RECEIVERS and not (first == "self" and is_unbound)
            for name, given in given_to(function, site.call, is_bound=is_bound):
                yield function, name, given


def _own(node: ir.Function, names: frozenset[str], argument: ir.Expr) -> Iterator[str]:
    """Yield the parameters of a function that an argument in it shows as they were given."""
    for one in traced(node, argument):
        if isinstance(one.node, ir.Name) and one.name in names and not _is_rebound(node, one.name, one.node.start):
            yield one.name


def _is_rebound(node: ir.Function, name: str, at: int) -> bool:
    return any(one.start < at for statement in node.body for one in binding(statement, name))


def _is_harmless(name: str) -> bool:
    """Return whether a parameter may be given a secret that its own function does not know of."""
    return not promised(name) and _LOCATING.isdisjoint(words_of(name)[-1:])


def _is_certain(site: CallSite, node: ir.Function) -> bool:
    """Return whether a function does something whatever it is given: most that raise a value have looked at it."""
    return any(one.start == site.statement.start for one in node.body)


def _stands_in(site: Called | CallSite, node: ir.Function) -> bool:
    """Return whether a call stands in a function itself, and not in one that is defined in it."""
    return bool(site.functions) and site.functions[-1].start == node.start


def _gives_secret(called: Called) -> bool:
    function = called.functions[-1] if called.functions else None
    given = (*called.call.args, *[word.value for word in called.call.keywords])
    return any(one.kind for argument in given for one in traced(function, argument))


def may_mention_secret(unit: Unit) -> bool:
    """Return whether a unit may mention a secret, by the strings that are stored of it: few need be decoded."""
    body = unit.body
    if not isinstance(body, StoredBody):
        return True
    texts = b"\n".join(dict.fromkeys(body.strings())).decode("utf-8", "replace")
    if HINT.search(texts.lower()) is None:
        return False
    return any("\\" in one or promised(one) for one in texts.split("\n"))


def _mentions_secret(body: ir.Stmt) -> bool:
    for node, _ in nodes_in(body):
        name = node.id if isinstance(node, ir.Name) else node.name if isinstance(node, ir.Attribute) else ""
        text = node.value if isinstance(node, ir.Text) else ""
        if (name and promised(name)) or (text and promised(text)):
            return True
    return False


def _step(site: CallSite) -> Step:
    return Step(site.module, site.offset, site.call.start, site.call.end)
