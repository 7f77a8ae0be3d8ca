"""What the services of a Compose project are called from outside: by the host names of a proxy's rules and by published ports."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from buttress.evidence.lines import Node
from buttress.model import Component, Evidence
from buttress.readers.compose.service import published
from buttress.workloads import addressed

_RULE = re.compile(r"traefik\.(?:\w+\.routers\.|frontend\.rule|enable)")
_HOST = re.compile(r"Host(?:SNI)?\(([^)]{1,300})\)")
_URL = re.compile(r"\b(?:https?|wss?)://([^\s/\"'`,;|]{1,200})")
_HERE = re.compile(r"localhost|host\.docker\.internal|127(?:\.\d{1,3}){3}|\d{1,3}(?:\.\d{1,3}){3}")
MAX_URLS = 20
_GIVEN = re.compile(r"\$\{?\w+(?::?\?[^{}]*)?\}?")  # a variable that has no value here


class Label(NamedTuple):
    """A label by which a proxy finds a service, and the host names in it."""

    hosts: tuple[str, ...]
    evidence: Evidence


def proxy_label(node: Node) -> Label | None:
    """Return the first label that puts a service behind Traefik, with the hosts of all its rules; None where none does.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> node = documents(Source("c.yaml", "labels: {traefik.http.routers.a.rule: 'Host(`a.shop.test`) || Host(`b.shop.test`)'}"))[0][0]
    >>> proxy_label(node).hosts
    ('a.shop.test', 'b.shop.test')
    """
    found = [(k, n) for k, n in node.items("labels") if _RULE.match(k)]
    if not found or any(k == "traefik.enable" and n.raw.lower() == "false" for k, n in found):
        return None
    rules = [n for k, n in found if k.endswith(".rule")]
    hosts = (
        _plain(h.strip(" `\"'")) for n in rules for inner in _HOST.findall(n.raw) for h in inner.split(",")
    )
    first = rules[0] if rules else found[0][1]
    return Label(tuple(dict.fromkeys(h for h in hosts if h)), first.evidence())


def addresses(services: Mapping[str, Node]) -> dict[str, str]:
    """Return the service that each outward address means: a proxy's host name, or a port that one service publishes."""
    out: dict[str, str | None] = {}
    for name, node in services.items():
        label = proxy_label(node)
        for address in (
            *(label.hosts if label is not None else ()),
            *(f":{p}" for p, _ in published(node) if p.isdigit()),
        ):
            out[address] = name if out.get(address, name) == name else None
    return {a: n for a, n in out.items() if n is not None}


def called_from_outside(
    name: str, node: Node, known: Mapping[str, str], *, pages: bool
) -> Iterator[tuple[str, Evidence]]:
    """Yield the services whose outward addresses a service is built or set up with, each with its place.

    `pages` says that the service gives pages to a browser, which reaches the others by the ports of the host.
    """
    settings = [*(n for _, n in node.items("build", "args")), *node.list("build", "args")]
    for value in (*settings, *(n for _, n in node.items("environment"))) if pages else settings:
        for authority in _URL.findall(_plain(value.raw))[:MAX_URLS]:
            host, _, port = authority.rpartition(":")
            local = pages and port.isdigit() and _HERE.fullmatch(host) is not None
            target = known.get(f":{port}") if local else known.get(authority)
            if target is not None and target != name:
                yield target, value.evidence()


def _plain(text: str) -> str:
    """Return a text with its variables by their names only: `${DOMAIN?not set}` and `$DOMAIN` are one."""
    return re.sub(r"\$\{(\w{1,80})[^}]{0,200}\}|\$(\w{1,80})", lambda m: f"${m[1] or m[2]}", text[:4000])


def promised(settings: Mapping[str, Node], here: Collection[str]) -> Iterator[Component]:
    """Yield the stores and brokers elsewhere whose address is to be given at the start (`REDIS_URL: ${REDIS_URL}`), but for kinds that are `here`.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = "{REDIS_URL: '${REDIS_URL:?set it}', QDRANT_HOST: $QDRANT, MONGO_URL: '${M:-}', REDIS_TTL: $TTL}"
    >>> [c.name for c in promised(dict(documents(Source("a.yaml", text))[0][0].items()), {"cache"})]
    ['Qdrant']
    """
    for key, value in settings.items():
        if _GIVEN.fullmatch(value.raw):
            yield from addressed.somewhere(key, value.evidence(), here)
