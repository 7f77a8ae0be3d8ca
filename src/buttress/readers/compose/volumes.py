"""The volumes of one Compose service: which of them keep data, and whether a store's lie where it writes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.evidence.lines import Node
from buttress.model import Evidence, Fact
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import Technology, load
from buttress.workloads.data_folders import keeps_nothing

_CONFIG = re.compile(
    r"(?:^|/)(?:etc|initdb|init|conf|config|certs?|ssl|run|sock|docker-entrypoint-initdb\.d)(?:/|\.|$)|\.[A-Za-z]{2,5}$|localtime"
)
# Where a server keeps its data: "/var/lib/mysql", "/var/solr/data".
_DATA = re.compile(r":/var/(?:lib/)?([a-z]+)(?:/(?:data|db|store))?/?(?::\w+)?$")


def keeping(node: Node, here: Evidence, said: Sequence[str], *, stateful: bool) -> tuple[Fact, ...]:
    r"""Return whether a service keeps what it writes; `said` are the pieces of its command and the names of its settings.

    Of a store (`stateful`) no volume, one without a name and one that is mounted beside its data are denials.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> node = documents(Source("c.yaml", "image: mysql:8.4\nvolumes: ['data:/data']"))[0][0]
    >>> [(f.status, f.evidence[0].line) for f in keeping(node, node.evidence(), (), stateful=True)]
    [('denied', 2)]
    """
    mounts = volumes_of(node)
    if not stateful:
        named = mounts and ":" in mounts[0].raw and not mounts[0].raw.startswith((".", "/", "~", "$"))
        return (Fact("persistent_volume", True, "stated", (mounts[0].evidence(),)),) if named else ()
    nameless = next((n for n in node.list("volumes") if n.raw[:1] == "/" and ":" not in n.raw), None)
    place = mounts[0] if mounts else nameless
    where = place.evidence() if place is not None else here
    missed = keeps_nothing(defaulted(node.text("image")), [_target(n) for n in node.list("volumes")], said)
    if not mounts or missed:
        return (Fact("persistent_volume", None, "denied", (where,)),)
    return (Fact("persistent_volume", True, "stated", (where,)),)


def _target(item: Node) -> str:
    """Return where something is mounted in the container."""
    if not item.raw:
        return item.text("target")
    parts = _without_options(_parts(item))
    return parts[-1] if parts else ""


def _parts(item: Node) -> list[str]:
    """Return what the colons of a mount in one line part: from where, where to, options."""
    return [p for p in defaulted(item.raw).split(":") if p]


def _without_options(parts: list[str]) -> list[str]:
    while len(parts) > 1 and not parts[-1].startswith("/"):
        parts = parts[:-1]
    return parts


def volumes_of(node: Node) -> list[Node]:
    """Return the mounts of a service that keep data: volumes and folders, not single configuration files, nor volumes without a name.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = 'volumes: ["data:/var/lib/postgresql/data", "./init.sql:/docker-entrypoint-initdb.d/init.sql"]'
    >>> [n.raw for n in volumes_of(documents(Source("c.yaml", text))[0][0])]
    ['data:/var/lib/postgresql/data']
    >>> volumes_of(documents(Source("c.yaml", "volumes: [/var/lib/postgresql/data]"))[0][0])
    []
    """
    out = []
    for item in node.list("volumes"):
        if item.raw:
            parts = _parts(item)
            if parts and parts[-1] in ("ro", "ro,z", "ro,Z"):
                continue
            parts = _without_options(parts)
            target = parts[-1] if len(parts) > 1 or "$" in item.raw else ""
        else:
            target = item.text("target")
            nameless = item.text("type") == "volume" and not item.text("source")
            if item.text("type") == "tmpfs" or nameless or is_true(item.get("read_only")):
                continue
        if target and not _CONFIG.search(target):
            out.append(item if item.raw else item.get("target") or item)
    return out


def store_of_folder(node: Node) -> Technology | None:
    r"""Return the store or broker whose own folder of data a container of a foreign image keeps, None for all others.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = 'image: acme/accounts-sample\nvolumes: ["accounts:/var/lib/mysql"]'
    >>> store_of_folder(documents(Source("c.yaml", text))[0][0]).id
    'mysql'
    """
    if node.get("build") is not None:
        return None
    folders = (_DATA.search(v.raw) for v in volumes_of(node))
    found = {load().technology(folder[1]) for folder in folders if folder is not None}
    named = {t for t in found if t is not None and t.kind in STORES | MESSAGING and not t.ambiguous}
    return next(iter(named)) if len(named) == 1 else None


def is_true(node: Node | None) -> bool:
    """Return whether something is set to true.

    >>> is_true(None)
    False
    """
    return node is not None and node.value is True


def defaulted(text: str) -> str:
    """Return a value with the defaults of its variables filled in; variables without one stay, without their message.

    >>> defaulted("${PORT:-80}:${INNER:?set it}")
    '80:${INNER}'
    """
    return re.sub(r"\$\{(\w+):?\?[^{}]*\}", r"${\1}", re.sub(r"\$\{\w+:?-([^${}]*)\}", r"\1", text))
