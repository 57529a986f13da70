"""ARC901: a service that others rely on has no health check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence, Related
from archlint.rule import Rule
from archlint.source import Kind
from archlint.syntax.config import is_compose, kubernetes_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.rule import Found
    from archlint.syntax.config import ConfigContext, ConfigFile, ConfigNode

WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
DATASTORE = re.compile(
    r"(?:^|/)(?:postgres(?:ql)?|postgis|pgvector|timescaledb(?:-ha)?|mysql|mariadb|percona|redis(?:-stack(?:-server)?)?"
    r"|valkey|keydb|rabbitmq|mongo(?:db)?|memcached|elasticsearch|opensearch|kafka|cassandra)(?:[:@]|$)"
)
"""Images that answer seconds after they start, and bring no HEALTHCHECK of their own."""

SIDECAR = re.compile(
    r"istio|envoy|linkerd|proxy|exporter|fluent|vector|datadog|otel|opentelemetry|vault|statsd|metrics"
)
MONITORING_PORT = re.compile(r"metric|prom|debug|admin|pprof|jmx")
ONE_SHOT = re.compile(r"(?i)migrat|\binit\b|init_|_init|setup|seed|create|bootstrap|\bcli\b|\btests?\b|\bjob\b|builder")
DEVELOPMENT = re.compile(
    r"(?i)\brunserver\b|--reload\b|\bflask\b.{0,80}\brun\b|\b(?:npm|pnpm|yarn|bun)\b.{0,80}\b(?:dev|watch)\b"
    r"|watchmedo|debugpy|nodemon"
)
DEVELOPMENT_NAME = re.compile(r"(?:^|[-_])(?:dev|devel|local|tests?)$")
WAITER = re.compile(
    r"(?i)wait[-_]?for(?:[-_]?it)?\b|wait-on\b|wait4x|dockerize\b.{0,80}-wait|\bpg_isready\b|until\s+nc\b"
)
"""Commands that wait until a service answers, before they start what is theirs."""

LAYER = re.compile(
    r"compose[.-](?!prod|stag|deploy)[\w.-]+\.ya?ml$|(?:^|/)\.\w|(?:^|[/._-])(?:dev|local|tests?|ci)(?:[/._-])"
)
"""Files that change another one, or serve a developer: the base may hold the health check."""

rule = Rule("ARC901")


@rule.config(Kind.YAML, Kind.JSON)
def unprobed_container(file: ConfigFile, context: ConfigContext) -> Found:
    """Report each container of a Kubernetes workload that serves a port and has no readiness probe."""
    for workload in kubernetes_documents(file):
        kind = workload.get("kind")
        if kind is None or kind.value not in WORKLOADS:
            continue
        name = workload.first("metadata", "name")
        owner = f"{kind.value} `{name.value}`" if name is not None and name.value else f"the {kind.value}"
        for container in workload.find("spec", "template", "spec", "containers", "*"):
            if not _serves(container) or container.get("readinessProbe") is not None:
                continue
            label = container.get("name") or container
            yield rule.at(
                context.entry_span(label),
                f"container `{label.value}` of {owner} has no readinessProbe: it gets traffic before it can answer",
                confidence=Confidence.MEDIUM if _is_sidecar(container) else Confidence.HIGH,
                anchor=f"{owner} {label.value}",
            )


@rule.config(Kind.YAML)
def unchecked_service(file: ConfigFile, context: ConfigContext) -> Found:
    """Report each long-running service of a Compose file that others wait for, or that serves, without healthcheck."""
    if not is_compose(file) or LAYER.search(file.source.path) or _is_development(file):
        return
    dependants = _dependants(file)
    for service in file.find("services", "*"):
        waiting = [entry for entry in dependants.get(service.key, []) if not _waits_itself(file, entry, service.key)]
        if _is_checked(service) or _is_one_shot(service, waiting):
            continue
        why = _reason(service, waiting)
        if why is not None:
            yield rule.at(
                context.key_span(service),
                f"service `{service.key}` has no healthcheck: {why}",
                confidence=Confidence.LOW if service.get("build") is not None else Confidence.MEDIUM,
                related=tuple(_waits(node, service.key, context) for node in waiting[:1]),
                anchor=service.key,
            )


def _serves(container: ConfigNode) -> bool:
    """Return whether a container has an image (a patch has none) and a port that is not there for monitoring only."""
    ports = list(container.find("ports", "*"))
    names = [port.get("name") for port in ports]
    return container.get("image") is not None and any(
        name is None or not MONITORING_PORT.search(name.value) for name in names
    )


def _is_sidecar(container: ConfigNode) -> bool:
    texts = [node.value for node in (container.get("name"), container.get("image")) if node is not None]
    return any(SIDECAR.search(text) for text in texts)


def _dependants(file: ConfigFile) -> dict[str, list[ConfigNode]]:
    """Return, by the name of a service, where others name it in `depends_on`."""
    found: dict[str, list[ConfigNode]] = {}
    for entry in file.find("services", "*", "depends_on", "*"):
        name = entry.value if entry.kind == "scalar" and entry.value else entry.key
        found.setdefault(name, []).append(entry)
    return found


def _waits_itself(file: ConfigFile, entry: ConfigNode, name: str) -> bool:
    """Return whether the command of a dependant waits for the service by its name."""
    word = re.compile(rf"(?<!\w)(?<!\w-){re.escape(name)}(?![\w-])")
    texts = [text for service in file.find("services", entry.path[1]) for text in _commands(service)]
    return any(WAITER.search(text) and word.search(text) for text in texts)


def _condition(entry: ConfigNode) -> str:
    condition = entry.get("condition")
    return condition.value if condition is not None else "service_started"


def _is_checked(service: ConfigNode) -> bool:
    """Return whether a health check is there, switched off on purpose, or possibly in what this file only extends."""
    decided = any(service.get(key) is not None for key in ("healthcheck", "extends"))
    return decided or (service.get("image") is None and service.get("build") is None)


def _is_one_shot(service: ConfigNode, waiting: list[ConfigNode]) -> bool:
    """Return whether a service ends by itself, or is started only when somebody asks for it."""
    restart = service.get("restart")
    if service.get("profiles") is not None or (restart is not None and restart.value in {"no", "on-failure"}):
        return True
    if any(_condition(entry) == "service_completed_successfully" for entry in waiting):
        return True
    return ONE_SHOT.search(service.key) is not None or any(ONE_SHOT.search(text) for text in _commands(service))


def _commands(service: ConfigNode) -> Iterator[str]:
    """Yield the command and the entrypoint, their words joined."""
    for key in ("command", "entrypoint"):
        node = service.get(key)
        if node is not None:
            yield node.value or " ".join(word.value for word in node.elements())


def _reason(service: ConfigNode, waiting: list[ConfigNode]) -> str | None:
    """Return why the lack of a health check matters, or None where it does not, or where the image may bring one.

    What is built here may have a HEALTHCHECK in its Dockerfile: such a diagnostic is a guess, and marked as one.
    """
    image, is_own = service.get("image"), service.get("build") is not None
    if waiting and (is_own or (image is not None and DATASTORE.search(image.value))):
        name = waiting[0].path[1]
        if _condition(waiting[0]) == "service_healthy":
            return f"`{name}` waits for it to become healthy"
        return f"`{name}` starts before it can answer"
    if is_own and service.get("ports") is not None:
        return "it publishes ports, and nothing notices when it stops answering"
    return None


def _waits(entry: ConfigNode, name: str, context: ConfigContext) -> Related:
    span = context.span(entry) if entry.kind == "scalar" and entry.value == name else context.key_span(entry)
    return Related(span, f"`{entry.path[1]}` depends on it")


def _is_development(file: ConfigFile) -> bool:
    """Return whether a service reloads its code, or is named for it: such a file is for a developer's machine."""
    for service in file.find("services", "*"):
        if DEVELOPMENT_NAME.search(service.key) or any(DEVELOPMENT.search(text) for text in _commands(service)):
            return True
    return False
