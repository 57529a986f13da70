"""Print, as JSON, the routes that Django itself resolves; run it in the environment of the application.

    DJANGO_SETTINGS_MODULE=hc.settings python django_routes_truth.py PROJECT_FOLDER > truth.json

Each row: the path as the resolver shows it, the methods (none for all), and the qualified name of the view.
What a library includes as a whole (`admin.site.urls`, `include("social_django.urls")`) is one row, as is a route and
its variants with a format suffix.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VERBS = ("get", "post", "put", "patch", "delete", "trace")
SUFFIXES = ("<drf_format_suffix", "(?P<format>")


def main() -> None:
    """Print the routes of the application whose code is below the given folder."""
    root = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(root))
    importlib.import_module("django").setup()
    resolver = importlib.import_module("django.urls").get_resolver()
    rows = [row for one in resolver.url_patterns for row in rows_of(one, "", root)]
    json.dump(sorted(rows, key=lambda row: (row["path"], row["view"])), sys.stdout, indent=1)


def rows_of(pattern: Any, prefix: str, root: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a pattern, or of all patterns that it includes."""
    path = prefix + str(pattern.pattern)
    if not hasattr(pattern, "url_patterns"):
        if not any(suffix in path for suffix in SUFFIXES):
            yield row_of(pattern.callback, path)
        return
    module = pattern.urlconf_name
    is_library = hasattr(module, "__file__") and not Path(module.__file__).resolve().is_relative_to(root)
    if is_library or pattern.app_name == "admin":
        name = module.__name__ if is_library else "django.contrib.admin.site.urls"
        yield {"path": path, "methods": [], "view": name}
        return
    for one in pattern.url_patterns:
        yield from rows_of(one, path, root)


def row_of(callback: Any, path: str) -> dict[str, Any]:
    """Return the row of a view."""
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    actions = getattr(callback, "actions", None)
    if view is not None and view.__qualname__.endswith("WrappedAPIView"):  # a function with `@api_view`
        methods = [one for one in view.http_method_names if one != "options"]
        return row(path, methods, f"{view.__module__}.{view.__name__}")
    if view is None:
        inner, methods = unwrapped(callback)
        if not hasattr(inner, "__qualname__"):
            inner = type(inner)
        return row(path, methods, f"{inner.__module__}.{inner.__qualname__}")
    if actions is not None:
        methods = [one for one in actions if one != "head" and one in view.http_method_names]
        return row(path, methods, f"{view.__module__}.{view.__qualname__}")
    allowed = getattr(callback, "view_initkwargs", {}).get("http_method_names", view.http_method_names)
    methods = [verb for verb in VERBS if verb in allowed and hasattr(view, verb)]
    return row(path, methods, f"{view.__module__}.{view.__qualname__}")


def unwrapped(callback: Any) -> tuple[Any, list[str]]:
    """Return the function below all decorators, and the methods that `require_http_methods` lets through."""
    methods: list[str] = []
    while True:
        free = getattr(getattr(callback, "__code__", None), "co_freevars", ())
        cells = dict(zip(free, getattr(callback, "__closure__", None) or (), strict=False))
        if "request_method_list" in cells:
            methods = [one.lower() for one in cells["request_method_list"].cell_contents]
        if hasattr(callback, "__wrapped__"):
            callback = callback.__wrapped__
        elif hasattr(callback, "func"):  # a partial
            callback = callback.func
        else:
            return callback, methods


def row(path: str, methods: list[str], view: str) -> dict[str, Any]:
    """Return a row with its methods in upper case and in order."""
    return {"path": path, "methods": sorted(one.upper() for one in methods), "view": view}


if __name__ == "__main__":
    main()
