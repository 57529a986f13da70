"""What a framework's own route table says, and how archlint's compares.

    python routes_truth.py dump mealie.app:app > truth.json       in the environment of the application
    python routes_truth.py compare truth.json path/to/project     in archlint's environment

An import string that ends in `()` is called. The application is imported: only for code that is trusted.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

Row = tuple[str, str, str, str]
"""Method, path, module and qualified name of the handler."""
_IMPLIED = frozenset({"HEAD", "OPTIONS"})


def application(target: str) -> Any:
    """Return what an import string names: `package.module:app`, `package.module:create_app()`."""
    module, _, name = target.partition(":")
    value: Any = importlib.import_module(module)
    for part in name.removesuffix("()").split("."):
        value = getattr(value, part)
    return value() if name.endswith("()") else value


def rows_of(app: Any) -> list[Row]:
    """Return the rows of an application of FastAPI, Starlette or Flask."""
    return sorted(set(_flask_rows(app) if hasattr(app, "url_map") else _asgi_rows(app, "")))


def _asgi_rows(app: Any, prefix: str) -> list[Row]:
    found: list[Row] = []
    for route in getattr(app, "routes", ()):
        endpoint = getattr(route, "endpoint", None)
        path = prefix + getattr(route, "path", "")
        if endpoint is None:
            found += _asgi_rows(getattr(route, "app", None), path)
            continue
        methods = getattr(route, "methods", None)
        if methods is None and not inspect.isclass(endpoint):
            methods = {"WEBSOCKET"}
        found += _rows(endpoint, path, methods)
    return found


def _flask_rows(app: Any) -> list[Row]:
    found: list[Row] = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        view = getattr(view, "view_class", view)
        found += _rows(view, rule.rule, rule.methods)
    return found


def _rows(endpoint: Any, path: str, methods: Any) -> list[Row]:
    while hasattr(endpoint, "func"):
        endpoint = endpoint.func
    if not inspect.isclass(endpoint):
        plain = inspect.unwrap(endpoint)
        names = set(methods) - ({"HEAD", "OPTIONS"} if len(methods) > 1 else set())
        return [(one, path, plain.__module__, plain.__qualname__) for one in sorted(names)]
    found = []
    for name in ("delete", "get", "head", "patch", "post", "put"):
        method = getattr(endpoint, name, None)
        if method is not None and (methods is None or name.upper() in methods):
            plain = inspect.unwrap(method)
            found.append((name.upper(), path, plain.__module__, plain.__qualname__))
    return found


def own_rows(root: Path) -> tuple[list[Row], float]:
    """Return archlint's rows of a project, and the seconds that they took after linking."""
    from archlint.knowledge import locked_versions
    from archlint.pipeline import Request, resolve
    from archlint.settings import Overrides
    from archlint.stages.analyse import analyse, plan_of
    from archlint.stages.caching import cache_of
    from archlint.stages.files import RunFiles
    from archlint.stages.finding import find_files
    from archlint.stages.link import link

    request = Request((root,), cwd=root, overrides=Overrides(no_cache=True, select=("ALL",)))
    registry, resolver = resolve(request)
    settings = resolver.run_settings()
    found, context = find_files(request, registry, settings)
    files = RunFiles(found, context, {}, settings)
    plan = plan_of(files.entries, resolver.settings_for, {})
    analysed = analyse(plan, cache_of(settings)[0], registry, jobs=2, progress=lambda *_: None)
    files.analysed(analysed.results)
    project = link(analysed.results, locked_versions(files.pins()))
    start = time.perf_counter()
    rows: list[Row] = []
    for route in project.routes.routes:
        function = route.handler.function
        module = function.module.name if function is not None else ""
        rows += [(method, route.path, module, route.handler.name) for method in route.methods or ("",)]
    return sorted(set(rows)), time.perf_counter() - start


def compare(truth: list[Row], own: list[Row]) -> dict[str, list[Row]]:
    """Return which rows agree, which are missing and which nobody registers; modules agree by their last parts."""
    left = Counter(_key(row) for row in own)
    modules = {_key(row): row[2] for row in own}
    result: dict[str, list[Row]] = {"same": [], "missing": [], "invented": []}
    for row in truth:
        key = _key(row)
        ours = modules.get(key, "")
        is_same = left[key] > 0 and (f".{ours}".endswith(f".{row[2]}") or f".{row[2]}".endswith(f".{ours}"))
        result["same" if is_same else "missing"].append(row)
    known = {_key(row) for row in truth}
    result["invented"] = [row for row in own if _key(row) not in known]
    return result


def _key(row: Row) -> tuple[str, str, str]:
    return row[0], row[1], row[3].replace("<locals>.", "")


def main(arguments: list[str]) -> None:
    """Dump or compare."""
    if arguments[0] == "dump":
        sys.path.insert(0, str(Path.cwd()))
        with contextlib.redirect_stdout(sys.stderr):  # applications print when they start
            rows = rows_of(application(arguments[1]))
        json.dump(rows, sys.stdout, indent=0)
        return
    ignored = tuple(arguments[3:])
    truth = [tuple(row) for row in json.loads(Path(arguments[1]).read_text(encoding="utf-8"))]
    truth = [row for row in truth if not row[2].startswith(ignored)] if ignored else truth
    own, seconds = own_rows(Path(arguments[2]).resolve())
    result = compare(truth, own)
    for kind in ("missing", "invented"):
        for row in result[kind]:
            print(kind, *row)
    counts = ", ".join(f"{len(rows)} {kind}" for kind, rows in result.items())
    print(f"{len(truth)} in the framework's table: {counts}; {seconds:.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
