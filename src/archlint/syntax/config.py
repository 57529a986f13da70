"""Configuration files as nodes with positions: YAML and JSON alike, aliases and merge keys followed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from archlint.source import Kind
from archlint.syntax.config_events import BrokenConfigError, TooMuchError, json_events, yaml_events
from archlint.syntax.config_graph import Entry, Value, documents, entries
from archlint.syntax.toml import check_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archlint.diagnostic import Span
    from archlint.source import Role, SourceFile

Options = TypeVar("Options")
Answer = TypeVar("Answer")
MAX_TEXT = 2_000_000
MAX_FOUND = 100_000
_TEMPLATE = re.compile(r"^[ \t]*(?:- +)*\{[{%]|:[ \t]+\{[{%]|^[ \t]*<%", re.MULTILINE)
_TEMPLATE_MARK = re.compile(r"\{[{%]|<%")
_COMPOSE_NAME = re.compile(r"(?:^|/)(?:docker-)?compose(?:[.-][\w.-]*)?\.ya?ml$")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, eq=False)
class ConfigNode:
    """A mapping, a sequence or a scalar at one place of a document.

    `path` are the keys (and indices of sequences) that lead to it; offsets are code points in the file.
    An aliased node stands where the alias stands.
    """

    path: tuple[str, ...]
    start: int
    end: int
    _value: Value = field(repr=False)
    _key: Value | None = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        """Return `mapping`, `sequence` or `scalar`."""
        return self._value.kind

    @property
    def value(self) -> str:
        """Return a scalar as it is written, without quotes; the empty text for anything else."""
        return self._value.text

    @property
    def is_null(self) -> bool:
        """Return whether nothing stands here."""
        return self.kind == "scalar" and self._value.is_plain and self._value.text in _NULLS

    @property
    def key(self) -> str:
        """Return the last step of the path."""
        return self.path[-1] if self.path else ""

    @property
    def key_region(self) -> tuple[int, int]:
        """Return the offsets of the key, or of the node itself where it has none."""
        return (self._key.start, self._key.end) if self._key is not None else (self.start, self.end)

    def items(self) -> Iterator[tuple[str, ConfigNode]]:
        """Yield the keys and values of a mapping, each key once; those of merged mappings come last."""
        if self.kind == "mapping":
            for entry in entries(self._value):
                name = entry.key.text if entry.key is not None else ""
                yield name, self._child(name, entry)

    def elements(self) -> Iterator[ConfigNode]:
        """Yield the elements of a sequence."""
        if self.kind == "sequence":
            for index, entry in enumerate(self._value.entries):
                yield self._child(str(index), entry)

    def get(self, key: str) -> ConfigNode | None:
        """Return the value of a key, or None; a key that is given twice has its last value."""
        if self.kind == "mapping":
            for entry in entries(self._value):
                if entry.key is not None and entry.key.text == key:
                    return self._child(key, entry)
        return None

    def find(self, *steps: str) -> Iterator[ConfigNode]:
        """Yield the nodes that keys lead to; `*` is any key, or any element of a sequence. The count is bounded."""
        return islice(_found(self, steps), MAX_FOUND)

    def first(self, *steps: str) -> ConfigNode | None:
        """Return the first node that keys lead to, or None."""
        return next(_found(self, steps), None)

    def step(self, step: str) -> Iterable[ConfigNode]:
        """Return the nodes one step below: of a key, or all of them for `*`."""
        if step == "*":
            return self.elements() if self.kind == "sequence" else (node for _, node in self.items())
        node = self.get(step)
        return () if node is None else (node,)

    def _child(self, step: str, entry: Entry) -> ConfigNode:
        return ConfigNode((*self.path, step), entry.start, entry.end, entry.value, entry.key)


def _found(node: ConfigNode, steps: tuple[str, ...]) -> Iterator[ConfigNode]:
    if not steps:
        yield node
        return
    for below in node.step(steps[0]):
        yield from _found(below, steps[1:])


class ConfigProblem(msgspec.Struct, frozen=True):
    """Why a file could not be read, and at which offset; the message holds no value of the file."""

    message: str
    offset: int


class ConfigFile(msgspec.Struct, frozen=True, eq=False):
    """A file's documents. There are none in a file with a problem, in a template, and in one that is skipped.

    `skipped` is the reason why a file that may be well formed was not read: its size or its depth.
    `is_code` tells that the file is code that others visit: what is left of it are its comments.
    """

    source: SourceFile
    documents: tuple[ConfigNode, ...] = ()
    problem: ConfigProblem | None = None
    is_template: bool = False
    skipped: str = ""
    is_code: bool = False

    def find(self, *steps: str) -> Iterator[ConfigNode]:
        """Yield the nodes that keys lead to, in all documents."""
        for document in self.documents:
            yield from document.find(*steps)


@dataclass(frozen=True, slots=True, eq=False)
class ConfigContext:
    """What a check of a configuration file may ask."""

    source: SourceFile
    options_of: Callable[[str, type[Any]], Any]
    _known: dict[object, Any] = field(default_factory=dict, repr=False)

    def once(self, question: Callable[[ConfigFile], Answer], file: ConfigFile) -> Answer:
        """Return the answer to a question about the file of this context; several rules ask the same."""
        if question not in self._known:
            self._known[question] = question(file)
        answer: Answer = self._known[question]
        return answer

    @property
    def role(self) -> Role:
        """Return the role of the file."""
        return self.source.role

    def options(self, code: str, shape: type[Options]) -> Options:
        """Return the options of a rule as a value of the given type."""
        chosen: Options = self.options_of(code, shape)
        return chosen

    def span(self, node: ConfigNode) -> Span:
        """Return where a node stands."""
        return self.source.span(node.start, node.end)

    def key_span(self, node: ConfigNode) -> Span:
        """Return where the key of a node stands; the node itself where it is an element."""
        return self.source.span(*node.key_region)

    def entry_span(self, node: ConfigNode) -> Span:
        """Return where a key and its value stand, as far as the first line goes."""
        start, end = node.key_region[0], max(node.key_region[1], node.end)
        line = self.source.line_at(start)
        line_end = self.source.starts[line - 1] + len(self.source.line_text(line))
        return self.source.span(start, min(end, max(line_end, start)))


def parse_config(source: SourceFile) -> ConfigFile:
    """Return the nodes of a YAML or JSON file, of a TOML file only what is wrong with it.

    Never raises on what the file holds.
    """
    text = source.text
    if len(text) > MAX_TEXT:
        return ConfigFile(source, skipped=f"longer than {MAX_TEXT} characters")
    if source.kind is Kind.YAML and _TEMPLATE.search(text):
        return ConfigFile(source, is_template=True)
    try:
        roots = _roots(source)
    except TooMuchError as error:
        return ConfigFile(source, skipped=str(error))
    except BrokenConfigError as error:
        if _TEMPLATE_MARK.search(text):
            return ConfigFile(source, is_template=True)
        return ConfigFile(source, problem=ConfigProblem(error.message, error.offset))
    return ConfigFile(source, tuple(ConfigNode((), each.start, each.end, each) for each in roots))


def _roots(source: SourceFile) -> list[Value]:
    """Return the documents of a file; raises `BrokenConfigError` and `TooMuchError`."""
    if source.kind is Kind.TOML:
        check_toml(source.text)
        return []
    return list(documents(source.text, (json_events if source.kind is Kind.JSON else yaml_events)(source.text)))


def is_compose(file: ConfigFile) -> bool:
    """Return whether a file is a Compose file: by its name, or by services that have an image or a build."""
    root = file.documents[0] if len(file.documents) == 1 else None
    services = root.get("services") if root is not None else None
    if root is None or services is None or services.kind != "mapping" or root.get("apiVersion") is not None:
        return False
    if _COMPOSE_NAME.search(file.source.path):
        return True
    found = [service for _, service in services.items()]
    return bool(found) and all(service.get("image") or service.get("build") for service in found)


def kubernetes_documents(file: ConfigFile) -> Iterator[ConfigNode]:
    """Yield the Kubernetes objects of a file; those of a `List` one by one."""
    for document in file.documents:
        kind = document.get("kind")
        if kind is None or document.get("apiVersion") is None:
            continue
        if kind.value == "List":
            yield from (item for item in document.find("items", "*") if item.get("kind"))
        else:
            yield document
