"""The rows about Django and its libraries: views, routers, and what refuses requests."""

from __future__ import annotations

from archlint.knowledge.rows import Members, Type


class ViewClass(Type, frozen=True, kw_only=True):
    """A class of Django or one of its libraries that answers requests by `methods`, verbs or actions of a viewset.

    `kind` is `view`, `api` (Django REST framework), `viewset`, `mixin`, `graphql` or `callable` (the instance answers).
    `protects` marks views that refuse strangers themselves; `lookup` is the key in the paths of a viewset.
    """

    kind: str
    methods: frozenset[str]
    protects: str = ""
    lookup: str = ""


class RestRouter(Type, frozen=True, kw_only=True):
    """A class of routers of Django REST framework; one with a root lists its routes at its own path."""

    has_root: bool
    is_nested: bool


class DjangoGuard(Members, frozen=True, kw_only=True):
    """Decorators, mixins, permissions, authenticators, throttles and middleware that refuse requests, by `form`.

    `protects` says what from: `authentication`, `permission`, `rate limit`, or `nothing` for what lifts a guard.
    """

    form: str
    protects: str
