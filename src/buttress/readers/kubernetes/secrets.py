"""What Secrets keep: their values, decoded where manifests encode them, who uses them, and whether the manifests write them out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping

from buttress.evidence.lines import Node
from buttress.model import Evidence
from buttress.readers.kubernetes.objects import Object

MAX_ENCODED = 40_000
# Keys of what is kept beside a secret: whose login it is, and where it counts.
_BESIDE = re.compile(
    r"(?:^|[-_.])(?:user(?:[-_]?name)?|db|db[-_]?name|database|host|hostname|port|region|bucket|schema|email|realm|type|engine|dialect)$",
    re.IGNORECASE,
)
_STAND_IN = re.compile(
    r"(?:change|replace)[-_ ]?(?:me|this|it)\b.*|(?:your|my)[-_ ].*|x{3,}|placeholder|todo|\.{3,}",
    re.IGNORECASE,
)


def kept(secret: Object) -> Iterator[tuple[str, Node]]:
    r"""Yield what a Secret keeps, by key, as a program gets it; nothing for keys whose value is no line of text.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = "kind: Secret\nstringData: {A: plain}\ndata: {B: aHR0cDovL3Rvcg==, C: '%%', D: AAE=}"
    >>> [(k, n.raw) for k, n in kept(Object("Secret", "s", "", documents(Source("s.yaml", text))[0][0]))]
    [('A', 'plain'), ('B', 'http://tor')]
    """
    plain = dict(secret.node.items("stringData"))
    for key, node in plain.items():
        if node.raw and "\n" not in node.raw:
            yield key, node
    for key, node in secret.node.items("data"):
        text = _decoded(node.raw) if key not in plain else ""
        if text:
            yield key, Node(node.source, node.line, node.key_line, text, text)


def _decoded(raw: str) -> str:
    """Return what stands encoded, nothing if it isn't one line of text."""
    if not raw or len(raw) > MAX_ENCODED:
        return ""
    try:
        text = base64.b64decode("".join(raw.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    text = text.removesuffix("\n")
    return text if text.isprintable() else ""


def named_secrets(container: Node, spec: Node | None) -> list[Node]:
    """Return the places where a container names the Secrets that it uses, as variables or as mounted files."""
    places = [e.get("valueFrom", "secretKeyRef", "name") for e in container.list("env")]
    places += [e.get("secretRef", "name") for e in container.list("envFrom")]
    mounted = {m.text("name") for m in container.list("volumeMounts")}
    for volume in spec.list("volumes") if spec is not None else ():
        if volume.text("name") in mounted:
            places.append(volume.get("secret", "secretName"))
    return [p for p in places if p is not None]


def written_out(container: Node, spec: Node | None, secrets: Mapping[str, Object]) -> list[Evidence]:
    """Return where the Secrets that a container uses write out what they keep, in the manifests themselves; of each the key alone.

    A user's name, the name of a database and what only stands for a secret are none.
    """
    used = (secrets[n] for n in dict.fromkeys(p.raw for p in named_secrets(container, spec)) if n in secrets)
    nodes = [(k, n) for one in used for part in ("data", "stringData") for k, n in one.node.items(part)]
    return [n.evidence(key_only=True) for k, n in nodes if n.raw and _is_secret(k, n.raw)]


def _is_secret(key: str, raw: str) -> bool:
    value = _decoded(raw) or raw
    if re.match(r"[$<{]", raw) or re.match(r"[$<{]", value) or _STAND_IN.fullmatch(value):
        return False
    return _BESIDE.search(key) is None
