"""YAML files of a project that its configuration names: read without trust, with the lines of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archlint.errors import UsageError
from archlint.settings.loading import Layer
from archlint.settings.suggestions import quoted

if TYPE_CHECKING:
    import yaml

_MAX_NODES = 100_000
_MAX_DEPTH = 50
_STEPS = re.compile(r"[^.\[\]]+")


def inside(name: str, layer: Layer, key: str, root: Path) -> Path:
    """Return the path of a file that a key of a layer names; raises `UsageError` where it is none below the root."""
    label = f"{layer.named(key)}: {quoted(name)}"
    try:
        path = (root / layer.base / name).resolve()
        if not path.is_relative_to(root.resolve()):
            raise UsageError(f"{label} lies outside of the project: move it below the project's root")
        if not path.is_file():
            raise UsageError(f"{label} is no file: its path is relative to the configuration's folder")
    except (OSError, RuntimeError, ValueError):
        raise UsageError(f"{label} is not a path") from None
    return path


def document(data: bytes, name: str, example: str) -> Mapping[str, Any]:
    """Return a YAML document; aliases are refused, since a short text may stand for any number of rows.

    Raises `UsageError` where it cannot be read or is no table; `example` says what is one.
    """
    import yaml

    try:
        text = data.decode("utf-8-sig")
        _refuse_excess(text, name)
        found = yaml.load(text, Loader=_loader())  # noqa: S506 - a safe loader
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: not UTF-8 at byte {error.start}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
        raise UsageError(f"{name}{place}: not YAML: {error.problem or 'it cannot be read'}") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UsageError(f"{name}: not YAML that can be read") from None
    if not isinstance(found, dict):
        raise UsageError(f"{name}: must be a table of sections, as in {example}")
    return {str(key): value for key, value in found.items()}


def line_of(data: bytes, place: str) -> int:
    """Return the line of a place in a document that was read, such as `sleeps[0].is_async`, or of what it is in."""
    import yaml

    node = yaml.compose(data.decode("utf-8-sig"), Loader=_loader())
    for step in _STEPS.findall(place):
        inner = None
        if isinstance(node, yaml.MappingNode):
            inner = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            inner = node.value[int(step)]
        if inner is None:
            break
        node = inner
    return node.start_mark.line + 1 if node is not None else 1


def _loader() -> type[yaml.SafeLoader]:
    import yaml

    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return loader


def _refuse_excess(text: str, name: str) -> None:
    import yaml

    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_loader())):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            raise UsageError(f"{name}:{line}: an alias: write the row out")
        if count > _MAX_NODES or depth > _MAX_DEPTH:
            raise UsageError(f"{name}: larger or deeper than knowledge is")
