"""What a route promises to its clients, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archlint.project.endpoints.endpoint import Answer, Known
from archlint.project.routes.route import Guard, GuardKind, Route

_VERSION = re.compile(r"(?:^|/)\^?(v\d+(?:[._]\d+)*)(?=/|$)")
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "WEBSOCKET"})
_DECLARING = frozenset({"fastapi", "ninja"})
"""Frameworks of which archlint reads all declarations of models and statuses."""
_ERROR = 400


def version(route: Route) -> Known:
    """Return whether the path has a version; one in a header, or in front of the program, is not seen."""
    found = _VERSION.search(route.path)
    return Known(Answer.YES, f"`{found[1]}`") if found else Known(Answer.NONE_SEEN, "no version in the path")


def limit(guards: Iterable[Guard]) -> Known:
    """Return what limits the rate of requests."""
    return _guarded(guards, {GuardKind.RATE_LIMIT})


def authentication(guards: Iterable[Guard]) -> Known:
    """Return what asks who the client is, or what it may do."""
    return _guarded(guards, {GuardKind.AUTHENTICATION, GuardKind.PERMISSION})


def _guarded(guards: Iterable[Guard], kinds: set[GuardKind]) -> Known:
    names = _named(one.name for one in guards if one.kind in kinds)
    return Known(Answer.YES, f"by {names}") if names else Known(Answer.NONE_SEEN)


def validation(route: Route) -> Known:
    """Return what the body of a request must fit."""
    models = _named(one.row.name for one in route.request_models)
    if models:
        return Known(Answer.YES, f"fits {models}")
    has_body = not route.methods or not _WITHOUT_BODY.issuperset(route.methods)
    return Known(Answer.UNKNOWN) if has_body else Known(Answer.DOES_NOT_APPLY)


def errors(route: Route) -> Known:
    """Return which statuses of errors are declared."""
    declared = [str(one) for one in route.responses if one >= _ERROR]
    if declared:
        return Known(Answer.YES, ", ".join(declared))
    return Known(Answer.NONE_SEEN if route.framework in _DECLARING else Answer.UNKNOWN)


def documentation(route: Route) -> Known:
    """Return what tells clients the shape of the answer: its model."""
    if route.response_model is not None:
        return Known(Answer.YES, f"answers `{route.response_model.row.name}`")
    is_read = route.framework in _DECLARING
    return Known(Answer.NONE_SEEN, "no model of the answer") if is_read else Known(Answer.UNKNOWN)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))
