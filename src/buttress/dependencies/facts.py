"""What the facts of one component or flow say about waiting, copies and place."""

from __future__ import annotations

import re
from functools import lru_cache

from buttress.model import Component, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import load

EDGE = frozenset(("gateway", "load_balancer", "cdn", "web_frontend"))
PASSIVE = STORES | MESSAGING
PROSE = frozenset(("prose", "list", "table", "heading"))
AT_START = frozenset(("config_server", "service_registry", "secret_store"))  # read at start, and remembered
OFF_PATH = frozenset(
    ("actor", "monitoring", "library_or_module", "other")
)  # no request of a user waits for these
ASKED = frozenset(("calls", "reads", "writes", "routes", "depends_on"))
WAITING = frozenset(("calls", "reads", "writes", "routes"))
_DEVICES = frozenset("mobile ios android iphone ipad native desktop phone tablet tv smartphone".split())
_ON_DEVICES = (
    frozenset("app apps application applications client clients device devices phones ios android".split())
    | _DEVICES
)


# Tools that let whoever reaches them see or change everything behind them.
_ADMIN_TOOLS = frozenset(
    "pgadmin phpmyadmin adminer mongo-express redis-commander redisinsight kafka-ui flower portainer kibana "
    "rabbitmq-management spring-boot-admin dbeaver cloudbeaver".split()
)


def administers(component: Component) -> bool:
    """Return whether a component is a tool of those who run the system, which no request of a user waits for.

    >>> administers(Component("d", "desk", technology="adminer")), administers(Component("s", "shop"))
    (True, False)
    """
    words = {component.technology or "", component.name.lower().replace(" ", "-").replace("_", "-")}
    return bool(words & _ADMIN_TOOLS)


def waits(kind: str, sync: bool | None) -> bool:
    """Return whether a flow of that kind is waited for: calls, reads, writes and routes are unless a source says otherwise.

    >>> waits("calls", None), waits("calls", False), waits("publishes", None)
    (True, False, False)
    """
    return kind in WAITING if sync is None else sync


def is_synchronous(flow: Flow) -> bool:
    """Return whether the source waits for the target, as `waits`.

    >>> is_synchronous(Flow("f", "a", "b", "calls")), is_synchronous(Flow("f", "a", "b", "publishes"))
    (True, False)
    """
    return waits(flow.kind, flow.sync)


def states(item: Component | Flow, *names: str) -> bool:
    """Return whether a source states one of these facts (and doesn't deny it).

    >>> states(Flow("f", "a", "b"), "timeout")
    False
    """
    for fact in item.facts:  # noqa: SIM110 (a million flows are asked; a generator costs twice as much)
        if fact.name in names and fact.status == "stated" and fact.value is not False:
            return True
    return False


def denies(item: Component | Flow, *names: str) -> bool:
    """Return whether a source denies one of these facts.

    >>> denies(Flow("f", "a", "b"), "timeout")
    False
    """
    return any(f.name in names and f.absent for f in item.facts)


def number(item: Component | Flow, name: str) -> float | None:
    """Return a stated fact's number, or None.

    >>> from buttress.model import Fact
    >>> number(Component("a", "a", facts=(Fact("replicas", 3),)), "replicas")
    3.0
    """
    if not item.facts:
        return None
    fact = item.fact(name)
    if fact is None or fact.status != "stated" or isinstance(fact.value, bool):
        return None
    return float(fact.value) if isinstance(fact.value, int | float) else None


def instances(component: Component) -> str:
    """Return `one`, `several`, `managed` (a provider keeps it redundant, as it does by nature with S3) or `unknown`.

    >>> from buttress.model import Fact
    >>> instances(Component("a", "a", facts=(Fact("replicas", 1),))), instances(Component("b", "b"))
    ('one', 'unknown')
    """
    if component.facts:
        counts = [
            n for n in (number(component, "min_replicas"), number(component, "replicas")) if n is not None
        ]
        if counts and max(counts) >= 2:
            return "several"
        scaled = (number(component, "max_replicas") or 0) >= 2 and number(component, "replicas") is None
        if scaled and not states(component, "single_instance") and _is_managed(component.technology or ""):
            return "managed"  # a platform that starts instances by itself starts the next one too
        if states(component, "single_instance") or (counts and max(counts) <= 1):
            return "one"
        if states(component, "replicated", "multi_zone", "multi_region", "failover") or denies(
            component, "single_instance"
        ):
            return "several"
        if states(component, "managed"):
            return "managed"
    if component.kind in ("external_service", "cdn", "dns"):
        return "managed"
    if component.technology and _is_managed(component.technology) and not denies(component, "managed"):
        return "managed"
    return "unknown"


@lru_cache(maxsize=4096)
def _is_managed(technology: str) -> bool:
    known = load().technologies.get(technology)
    return known is not None and ("managed", True) in known.known


def is_outside(component: Component) -> bool:
    """Return whether a component is a person, a browser or an app on somebody's device: it asks, and never stops with the system.

    >>> is_outside(Component("m", "Mobile app", "web_frontend")), is_outside(Component("b", "Mobile backend", "service"))
    (True, False)
    """
    if component.kind == "actor":
        return True
    if component.kind not in ("web_frontend", "service", "other", "external_service"):
        return False
    if any(e.form == "config" for e in component.evidence):
        return False
    words = re.findall(r"[a-z0-9]+", component.name.lower())
    if not words:
        return False
    if words[-1] in ("browser", "browsers") or words[-2:] in (["client", "app"], ["client", "apps"]):
        return True
    return words[-1] in _ON_DEVICES and bool(_DEVICES & set(words))


def is_text_alone(graph: SystemGraph) -> bool:
    """Return whether all components are known from running text: no diagram, configuration or graph shows one.

    >>> is_text_alone(SystemGraph())
    False
    """
    found = False
    for component in graph.components:
        for evidence in component.evidence:
            if evidence.form not in PROSE:
                return False
            found = True
    return found
