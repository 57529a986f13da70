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


class RowHolder(Type, frozen=True, kw_only=True):
    """Base classes of a package, its `name`, whose instances give rows of one model.

    `models` are the attributes of the class that say of which, the first that does counts: a query, a model, or
    `Meta.model`. `rows` and `row_methods` are attributes and methods that give a row, `queries` and `query_methods`
    those that give the query of all, `alike` methods that give the query that they are given.
    """

    models: tuple[str, ...]
    rows: frozenset[str] = frozenset()
    row_methods: frozenset[str] = frozenset()
    queries: frozenset[str] = frozenset()
    query_methods: frozenset[str] = frozenset()
    alike: frozenset[str] = frozenset()


class DjangoGuard(Members, frozen=True, kw_only=True):
    """Decorators, mixins, permissions, authenticators, throttles and middleware that refuse requests, by `form`.

    `protects` says what from: `authentication`, `permission`, `rate limit`, or `nothing` for what lifts a guard.
    """

    form: str
    protects: str
