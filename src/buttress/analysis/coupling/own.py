"""Which running parts are the system's own services: what a team writes, deploys and keeps running."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress import vocabulary
from buttress.model import Component, SystemGraph
from buttress.names import words_of

_ENDS = ("runs_once", "schedule")
_TEXT = ("prose", "list")
_OF_CODE = ("framework", "language", "build_context", "app_server")
_FUNCTIONS = re.compile(r"\b(?:lambda|functions?)\b", re.IGNORECASE)


def own_services(graph: SystemGraph, running: Sequence[str]) -> tuple[str, ...]:
    """Return those of the running parts that are services of the system's own.

    What ends when its work is done, functions that a provider starts, ingresses, and products that are only run here (a dashboard,
    a proxy) are none; nor is what is built for others to be built upon, or what a text only names while it tells what others do.

    >>> from buttress.model import Fact
    >>> parts = (Component("a", "a"), Component("b", "b", facts=(Fact("runs_once", True),)), Component("g", "g", "gateway", "nginx"))
    >>> own_services(SystemGraph(components=parts), ["a", "b", "g"])
    ('a',)
    """
    inner = frozenset(running)
    below = frozenset(
        str(f.value)
        for c in graph.components
        if (f := c.fact("base_image")) is not None and f.value is not None
    )

    def only_named(component: Component) -> bool:
        return bool(graph.flows and component.evidence) and all(e.form in _TEXT for e in component.evidence)

    def only_built(component: Component) -> bool:
        image, ports = component.fact("image"), component.fact("published_ports")
        return image is not None and str(image.value) in below and (ports is None or ports.absent)

    own = [c for c in graph.components if c.id in inner and _is_own(c)]
    doubtful = frozenset(c.id for c in own if only_named(c) or only_built(c))
    if doubtful:
        doubtful -= {end for f in graph.flows for end in (f.source, f.target)}
    return tuple(c.id for c in own if c.id not in doubtful)


def _is_own(component: Component) -> bool:
    if any((fact := component.fact(name)) is not None and fact.value for name in _ENDS):
        return False
    if component.kind == "gateway" and "ingress" in words_of(component.name):
        return False
    known = vocabulary.load().technologies.get(component.technology or "")
    if known is None or any(component.fact(name) is not None for name in _OF_CODE):
        return True
    return known.role != "server" and not (known.role == "hosted" and _FUNCTIONS.search(known.label))
