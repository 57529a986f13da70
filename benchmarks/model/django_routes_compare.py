"""Compare the routes that archlint reads with those that Django resolves.

python benchmarks/model/django_routes_compare.py PROJECT_FOLDER truth.json [PREFIX]
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from archlint.knowledge import locked_versions
from archlint.pipeline import Request, resolve
from archlint.project.project import Project
from archlint.project.routes import graphql
from archlint.project.routes.django import routes as django
from archlint.project.routes.django.ninja import routes as ninja
from archlint.project.routes.django.rest import routes as rest
from archlint.project.routes.route import Route
from archlint.settings import Overrides
from archlint.stages.analyse import analyse, plan_of
from archlint.stages.caching import cache_of
from archlint.stages.files import RunFiles
from archlint.stages.finding import find_files
from archlint.stages.link import link

Row = tuple[str, tuple[str, ...], str]


def main() -> None:
    """Print the numbers, and every row that only one side has."""
    root, truth = Path(sys.argv[1]).resolve(), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    wanted = {(one["path"], tuple(one["methods"]), one["view"]) for one in truth}
    prefix = sys.argv[3] if len(sys.argv) > 3 else ""  # noqa: PLR2004 - the folders above the import root, dotted
    project = project_of(root)
    found = [one for each in (django, rest, ninja, graphql) for one in each.routes(project)]
    read = {
        (path, methods, view.removeprefix(prefix))
        for path, methods, view in rows_of(one for one in found if one.is_whole)
    }
    missing, extra = matched(wanted - read, read - wanted)
    print(f"resolved {len(wanted)}, read {len(read)}, right {len(wanted) - len(missing)}, only read {len(extra)}")
    print(f"routes {len(found)}, of which without their beginning {sum(not one.is_whole for one in found)}")
    for label, rows in (("missing", missing), ("only read", extra)):
        for path, methods, view in sorted(rows):
            print(f"{label}: {'|'.join(methods) or '*'} {path} {view}")


def matched(missing: set[Row], extra: set[Row]) -> tuple[set[Row], set[Row]]:
    """Return both sets without pairs that differ only in the module a library's class is imported from."""
    short = {(path, methods, view.rpartition(".")[2]): (path, methods, view) for path, methods, view in extra}
    same = {row: short[key] for row in missing if (key := (row[0], row[1], row[2].rpartition(".")[2])) in short}
    return missing - same.keys(), extra - set(same.values())


def rows_of(routes: Iterable[Route]) -> set[Row]:
    """Return one row a path and view, with all methods; archlint has a route a function that answers."""
    methods: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for route in routes:
        methods[route.path, view_of(route)].update(one for one in route.methods if one not in ("HEAD", "OPTIONS"))
    return {(path, tuple(sorted(found)), view) for (path, view), found in methods.items()}


def view_of(route: Route) -> str:
    """Return the qualified name of the class or function that the resolver would show."""
    handler = route.handler
    if handler.view is not None:
        return handler.view.name
    return handler.function.name if handler.function is not None else handler.name


def project_of(root: Path) -> Project:
    """Return the linked project of a folder."""
    request = Request((root,), cwd=root, overrides=Overrides(no_cache=True, select=("ALL",)))
    rules, resolver = resolve(request)
    settings = resolver.run_settings()
    found, others = find_files(request, rules, settings)
    files = RunFiles(found, others, {}, settings)
    cache, _ = cache_of(settings)
    plan = plan_of(files.entries, resolver.settings_for, {})
    analysis = analyse(plan, cache, rules, jobs=2, progress=lambda *_: None)
    files.analysed(analysis.results)
    return link(analysis.results, locked_versions(files.pins()))


if __name__ == "__main__":
    main()
