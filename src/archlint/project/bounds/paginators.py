"""How views of Django REST framework and of Django page their lists."""

from __future__ import annotations

import msgspec

from archlint.ir import nodes as ir
from archlint.project.project import Project
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Given
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.rest.mixins import LISTING
from archlint.project.symbols import ClassDefinition
from archlint.project.values import External, ProjectClass

_SETTINGS = "REST_FRAMEWORK"
_PAGE_NUMBER = "rest_framework.pagination.PageNumberPagination"
_LIMIT_OFFSET = "rest_framework.pagination.LimitOffsetPagination"
_CURSOR = "rest_framework.pagination.CursorPagination"
_SIZES = {_PAGE_NUMBER: "page_size", _LIMIT_OFFSET: "default_limit", _CURSOR: "page_size"}
"""Paginators with the attribute that has the size of their pages, which is `PAGE_SIZE` of the settings by default."""


class Uncapped(msgspec.Struct, frozen=True):
    """What lets the client of a paginator choose the size of a page, without a maximum."""

    given: Given
    name: str


class Paginators:
    """Tells which list views page."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.reader = Reader(project)
        self.classes = ClassReader(self.reader)

    def lists_all(self, view: ClassDefinition) -> bool:
        """Return whether the list of a view of Django REST framework comes whole; what cannot be told pages."""
        if LISTING.isdisjoint(self.classes.library_bases(view)):
            return False
        if any(self.classes.functions(view, name) for name in ("list", "paginate_queryset", "paginator")):
            return False
        paginator = self.classes.attribute(view, "paginator")
        if paginator is not None:
            return _is_none(paginator.node)
        given = self.classes.attribute(view, "pagination_class")
        return self._is_none(given) if given is not None else self._pages_nothing_by_default()

    def name_of(self, view: ClassDefinition) -> str:
        """Return the name of the paginator of a list view of Django REST framework, "" where none is known."""
        if LISTING.isdisjoint(self.classes.library_bases(view)) or self.lists_all(view):
            return ""
        given = self.classes.attribute(view, "pagination_class")
        given = given or self.reader.settings.entry(_SETTINGS, "DEFAULT_PAGINATION_CLASS")
        value = self._class_of(self.reader.origin(given)) if given is not None else None
        return (
            value.name.rpartition(".")[2]
            if isinstance(value, External)
            else (value.definition.row.name if isinstance(value, ProjectClass) else "")
        )

    def _pages_nothing_by_default(self) -> bool:
        """Return whether the settings name no paginator."""
        settings = self.reader.settings
        written = [self.reader.origin(one) for one in settings.given(_SETTINGS)]
        if not settings.modules or not all(_is_readable(one.node) for one in written):
            return False
        given = settings.entry(_SETTINGS, "DEFAULT_PAGINATION_CLASS")
        return given is None or self._is_none(given)

    def _is_none(self, given: Given) -> bool:
        """Return whether a paginator is None, or has no size of its pages."""
        found = self.reader.origin(given)
        if _is_none(found.node):
            return True
        value = self._class_of(found)
        if isinstance(value, External):
            return value.name in (_PAGE_NUMBER, _LIMIT_OFFSET) and self._has_no_page_size()
        if not isinstance(value, ProjectClass):
            return False
        base = self._base(value.definition)
        own = self.classes.attribute(value.definition, _SIZES.get(base, ""))
        if base not in (_PAGE_NUMBER, _LIMIT_OFFSET) or self._is_custom(value.definition):
            return False
        return _is_none(own.node) if own is not None else self._has_no_page_size()

    def _has_no_page_size(self) -> bool:
        settings = self.reader.settings
        written = [self.reader.origin(one) for one in settings.given(_SETTINGS)]
        is_known = bool(settings.modules) and all(_is_readable(one.node) for one in written)
        given = settings.entry(_SETTINGS, "PAGE_SIZE")
        return is_known and (given is None or _is_none(given.node))

    def _class_of(self, given: Given) -> object:
        if isinstance(given.node, ir.Text):
            found = self._project.symbols.find(given.node.value, given.frame.module)
            return ProjectClass(found) if isinstance(found, ClassDefinition) else External(given.node.value)
        return self.reader.value(given.node, given.frame)

    def _base(self, definition: ClassDefinition) -> str:
        return next((one for one in self.classes.library_bases(definition) if one in _SIZES), "")

    def _is_custom(self, definition: ClassDefinition) -> bool:
        """Return whether a paginator finds the size of a page itself."""
        names = ("get_page_size", "get_limit", "paginate_queryset")
        return any(self.classes.functions(definition, name) for name in names)

    def uncapped(self, definition: ClassDefinition) -> Uncapped | None:
        """Return what lets the client of a paginator of the project choose the size of a page without a maximum."""
        base = self._base(definition)
        if not base or self._is_custom(definition):
            return None
        is_by_offset = base == _LIMIT_OFFSET
        cap = self.classes.attribute(definition, "max_limit" if is_by_offset else "max_page_size")
        if cap is not None and not _is_none(cap.node):
            return None
        own = self.classes.attribute(definition, "default_limit" if is_by_offset else "page_size_query_param")
        if own is None or _is_none(own.node):
            return None
        name = "limit" if is_by_offset else self.reader.text(own.node, own.frame) or "page_size"
        return Uncapped(own, name)


def _is_none(node: ir.Expr) -> bool:
    return isinstance(node, ir.Constant) and node.value is None


def _is_readable(node: ir.Expr) -> bool:
    """Return whether a dict of settings is written out: with nothing that is spread into it."""
    return isinstance(node, ir.Mapping) and None not in node.keys
