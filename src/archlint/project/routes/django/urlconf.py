"""The URL patterns of a Django project, from its root through everything that it includes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.project import Project
from archlint.project.routes.django.frames import Given
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.rest.routers import RouterReader
from archlint.project.routes.django.views import View, ViewReader
from archlint.project.routes.route import Mention
from archlint.project.symbols import ClassDefinition, Module
from archlint.project.tree import argument
from archlint.project.values import External, Instance, ProjectClass, ProjectModule
from archlint.source import Role

_PATTERNS = frozenset({"path", "re_path", "url"})
_PATTERN_MODULES = ("django.urls", "django.conf.urls")
_SITES = frozenset({"django.contrib.admin.AdminSite", "django.contrib.admin.sites.AdminSite"})
_ADMIN = ("django.contrib.admin.site", "django.contrib.admin.sites.site")
_API_ROOT = "rest_framework.routers.APIRootView"
_MAX_INCLUDES = 20
_NO_ROUTES = frozenset({Role.TEST, Role.EXAMPLE, Role.VENDORED, Role.GENERATED})


class Leaf(msgspec.Struct, frozen=True):
    """One URL pattern: its path from the root (where `is_whole`), its view, and the places that made it."""

    path: str
    is_whole: bool
    view: View
    name: str
    mounted: tuple[Mention, ...]
    wrappers: tuple[Given, ...] = ()
    actions: tuple[tuple[str, str], ...] = ()
    """The methods and actions that a router maps a viewset to."""
    detail: Given | None = None
    """The `NinjaAPI` that is mounted here, or what a family of a library stands in."""


class Above(msgspec.Struct, frozen=True):
    """What stands above a pattern: the path so far, whether it is known from the root, and the places that made it."""

    path: str = ""
    is_whole: bool = True
    mounted: tuple[Mention, ...] = ()
    wrappers: tuple[Given, ...] = ()
    name: str = ""
    modules: tuple[Module, ...] = ()
    """The urlconfs on the way here: one that includes itself is not followed."""

    def below(self, text: str | None, mention: Mention, name: str = "") -> Above:
        """Return what stands above what is mounted at a path; where that is not known, the path starts anew."""
        mounted = (*self.mounted, mention)
        if text is None:
            return replace(self, path="", is_whole=False, mounted=mounted, name=name)
        return replace(self, path=self.path + text, mounted=mounted, name=name)


class UrlTable:
    """All URL patterns of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.reader = Reader(project)
        self.views = ViewReader(self.reader)
        self.routers = RouterReader(self.reader, self.views.classes)
        self.unknown: list[Mention] = []
        self._included: set[Module] = set()

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return the patterns of all root urlconfs; then, without their beginning, those that nobody includes."""
        return tuple(self._leaves())

    def _leaves(self) -> Iterator[Leaf]:
        for given in self.reader.settings.given("ROOT_URLCONF"):
            name = self.reader.text(given.node, given.frame)
            module = self.project.symbols.module(name, given.frame.module) if name is not None else None
            if module is not None and module not in self._included:
                yield from self._module(module, Above())
        others = [one for one in self.project.modules if self._is_urlconf(one) and one not in self._included]
        included = {below for one in others for below in self._modules_in(one)}
        for module in others:
            if module not in included and module not in self.reader.lists.taken_from:
                yield from self._module(module, Above(is_whole=False))

    def _is_urlconf(self, module: Module) -> bool:
        return "urlpatterns" in module.variables and module.role not in _NO_ROUTES

    def _modules_in(self, module: Module) -> Iterator[Module]:
        """Yield the modules whose patterns those of another one include."""
        for given in self.reader.lists.of_module(module, "urlpatterns"):
            view = argument(given.node, 1, "view") if isinstance(given.node, ir.Call) else None
            if isinstance(view, ir.Call) and view.args and isinstance(view.args[0], ir.Text):
                found = self.project.symbols.module(view.args[0].value, given.frame.module)
                if found is not None:
                    yield found

    def _module(self, module: Module, above: Above) -> Iterator[Leaf]:
        if len(above.mounted) > _MAX_INCLUDES or module in above.modules:
            return
        self._included.add(module)
        inside = replace(above, modules=(*above.modules, module))
        for given in self.reader.lists.of_module(module, "urlpatterns"):
            yield from self._pattern(given, inside)

    def _all(self, given: Given, above: Above) -> Iterator[Leaf]:
        if len(above.mounted) > _MAX_INCLUDES:
            return
        for item in self.reader.items(given):
            yield from self._pattern(item, above)

    def _pattern(self, given: Given, above: Above) -> Iterator[Leaf]:
        """Yield what one item of a list of patterns stands for."""
        origin = self.reader.origin(given)
        node = origin.node
        if isinstance(node, ir.Attribute):
            yield from self._mounted(origin, above)
        elif not isinstance(node, ir.Call):
            self.unknown.append(given.mention)
        elif self._is_pattern(origin, node):
            yield from self._path(origin, node, above)
        else:
            yield from self._other(origin, node, above)

    def _is_pattern(self, given: Given, node: ir.Call) -> bool:
        module, _, name = self.reader.external(node.func, given.frame).rpartition(".")
        return name in _PATTERNS and module.startswith(_PATTERN_MODULES)

    def _other(self, given: Given, node: ir.Call, above: Above) -> Iterator[Leaf]:
        name = (self.reader.external(node.func, given.frame) or dotted(node.func)).rpartition(".")[2]
        if name == "i18n_patterns":
            yield from self._translated(given, node, above)
        elif name == "patterns":
            for one in node.args[1:]:
                yield from self._pattern(given.at(one), above)
        elif name == "static" and node.args:
            yield from self._static(given, node, above)
        elif name == "get_urls":
            yield from self._mounted(given.at(node.func), above)
        else:
            results = list(self.reader.results(given))
            for result in results:
                yield from self._pattern(result, above)
            if not results:
                self.unknown.append(given.mention)

    def _translated(self, given: Given, node: ir.Call, above: Above) -> Iterator[Leaf]:
        language = self.reader.settings.text("LANGUAGE_CODE") or "en-us"
        prefixes = [one.value for one in node.keywords if one.name == "prefix_default_language"]
        bare = any(isinstance(one, ir.Constant) and one.value is False for one in prefixes)
        below = above.below("" if bare else f"{language}/", given.mention)
        for one in node.args:
            if isinstance(one, ir.Starred):
                yield from self._all(given.at(one.value), below)
            else:
                yield from self._pattern(given.at(one), below)

    def _static(self, given: Given, node: ir.Call, above: Above) -> Iterator[Leaf]:
        """Yield the route that `static()` makes while debugging."""
        prefix = self.reader.text(node.args[0], given.frame)
        is_local = prefix is not None and "//" not in prefix and prefix.strip("/")
        if is_local and self.reader.settings.fixed_truth("DEBUG") is not False:
            below = above.below(f"^{prefix.lstrip('/')}(?P<path>.*)$" if prefix else None, given.mention)
            own = argument(node, 1, "view")
            view = self.views.view(self.reader.origin(given.at(own))) if own is not None else None
            yield self._leaf(view or View("django.views.static.serve"), below)

    def _path(self, given: Given, node: ir.Call, above: Above) -> Iterator[Leaf]:
        route = argument(node, 0, "route", "regex", "pattern")
        view = argument(node, 1, "view")
        if route is None or view is None:
            self.unknown.append(given.mention)
            return
        named = argument(node, 3, "name")
        name = self.reader.text(named, given.frame) if named is not None else None
        below = above.below(self.reader.text(route, given.frame), given.mention, name or "")
        yield from self._target(given.at(view), below)

    def _target(self, given: Given, above: Above) -> Iterator[Leaf]:
        """Yield what the second argument of a pattern stands for: patterns that it includes, or a view."""
        origin = self.reader.origin(given)
        node = origin.node
        if isinstance(node, ir.Collection):
            yield from self._included_list(origin, above)
        elif isinstance(node, ir.Call) and dotted(node.func).rpartition(".")[2] == "include" and node.args:
            yield from self._include(origin.at(node.args[0]), above)
        elif isinstance(node, ir.Call) and dotted(node.func).rpartition(".")[2] == "decorator_include":
            if len(node.args) > 1:
                wrapped = replace(above, wrappers=(*above.wrappers, origin.at(node.args[0])))
                yield from self._include(origin.at(node.args[1]), wrapped)
        elif isinstance(node, ir.Attribute) and node.name == "urls" and self._is_mount(origin):
            yield from self._mounted(origin, above)
        else:
            view = self.views.view(origin)
            if view is None:
                self.unknown.append(given.mention)
            else:
                yield self._leaf(view, above)

    def _include(self, given: Given, above: Above) -> Iterator[Leaf]:
        origin = self.reader.origin(given)
        name = self.reader.text(origin.node, origin.frame)
        if name is not None:
            module = self.project.symbols.module(name, origin.frame.module)
            yield from self._module(module, above) if module is not None else [self._family(name, origin, above)]
            return
        value = self.reader.value(origin.node, origin.frame)
        if isinstance(value, ProjectModule):
            yield from self._module(value.module, above)
        elif isinstance(value, External) and not value.name.startswith(_ADMIN):
            yield self._family(value.name, origin, above)
        elif isinstance(origin.node, ir.Collection):
            yield from self._included_list(origin, above)
        elif isinstance(origin.node, ir.Attribute) and self._is_mount(origin):
            yield from self._mounted(origin, above)
        else:
            yield from self._all(origin, above)

    def _included_list(self, given: Given, above: Above) -> Iterator[Leaf]:
        """Yield the patterns of a list, or of `(patterns, "namespace")`."""
        items = given.node.items if isinstance(given.node, ir.Collection) else ()
        if given.node.kind == "tuple" and items and self._is_namespaced(given):  # type: ignore[union-attr]
            yield from self._include(given.at(items[0]), above)
        else:
            yield from self._all(given, above)

    def _is_namespaced(self, given: Given) -> bool:
        items = given.node.items if isinstance(given.node, ir.Collection) else ()
        rest = [self.reader.text(one, given.frame) is not None or isinstance(one, ir.Constant) for one in items[1:]]
        return bool(rest) and all(rest)

    def _is_mount(self, given: Given) -> bool:
        """Return whether `x.urls` is that of an admin site, of a router or of an API of Django Ninja."""
        base = given.node.value if isinstance(given.node, ir.Attribute) else given.node
        value = self.reader.value(base, given.frame)
        if isinstance(value, External):
            return value.name.startswith(_ADMIN)
        return isinstance(value, Instance) and not isinstance(value, ProjectClass)

    def _mounted(self, given: Given, above: Above) -> Iterator[Leaf]:
        base = given.at(given.node.value) if isinstance(given.node, ir.Attribute) else given
        value = self.reader.value(base.node, base.frame)
        if isinstance(value, External) and value.name.startswith(_ADMIN):
            yield self._family("django.contrib.admin.site.urls", base, above)
        elif not isinstance(value, Instance):
            self.unknown.append(given.mention)
        elif self._derives(value, _SITES):
            yield self._family("django.contrib.admin.site.urls", base, above)
        elif self.routers.is_router(value):
            for made in self.routers.routes(base, value):
                below = above.below(made.path, made.mention, made.name)
                view = self.views.view(made.view) if made.view is not None else View(_API_ROOT, is_class=True)
                if view is not None:
                    yield replace(self._leaf(view, below), actions=made.actions)
                else:
                    self.unknown.append(made.mention)
        elif value.name.rpartition(".")[2].startswith("Ninja") or self._derives(value, frozenset({"ninja.NinjaAPI"})):
            yield replace(self._leaf(View("ninja.NinjaAPI"), above), detail=base)
        else:
            yield from self._own_urls(given, value, above)

    def _own_urls(self, given: Given, value: Instance, above: Above) -> Iterator[Leaf]:
        """Yield the patterns of an object of the project with `urls` or `get_urls`."""
        definition = value.definition
        found = None
        if isinstance(definition, ClassDefinition):
            names = [given.node.name if isinstance(given.node, ir.Attribute) else "urls", "get_urls"]
            found = next((one for name in names if (one := self._results_of(definition, name, given))), None)
        for result in found or ():
            yield from self._all(result, above)
        if not found:
            self.unknown.append(given.mention)

    def _results_of(self, definition: ClassDefinition, name: str, given: Given) -> list[Given]:
        function = next(iter(self.views.classes.functions(definition, name)), None)
        return list(self.reader.body_results(function, given)) if function is not None else []

    def _derives(self, value: Instance, names: frozenset[str]) -> bool:
        if value.definition is None:
            return value.name in names
        return any(one in names for one in self.views.classes.library_bases(value.definition))

    def _family(self, name: str, given: Given, above: Above) -> Leaf:
        """Return the one leaf that stands for all patterns of a library."""
        return replace(self._leaf(View(name), above), detail=given)

    def _leaf(self, view: View, above: Above) -> Leaf:
        return Leaf(above.path, above.is_whole, view, above.name, above.mounted, above.wrappers)
