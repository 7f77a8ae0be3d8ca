"""What the containers that prepare a store do to it: `mc anonymous set download store/uploads` opens a bucket to anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from buttress.evidence.lines import Node
from buttress.model import Fact

_OPENED = re.compile(
    r"\bmc\s+(?:--\S+\s+)*(?:anonymous|policy)\s+set(?:-json)?\s+(?P<to>download|upload|public)\s+[\"']?(?P<alias>[\w.-]+)/"
)
_ALIAS = re.compile(
    r"\bmc\s+(?:--\S+\s+)*(?:alias\s+set|config\s+host\s+add)\s+(?P<alias>[\w.-]+)\s+[\"']?https?://(?P<host>[\w.-]+)"
)


def opened(node: Node, services: Mapping[str, Node]) -> Iterator[tuple[str, Fact]]:
    """Yield the services whose buckets the command of a container opens to anybody, with the fact that says how.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = "{s3: {image: minio}, prepare: {entrypoint: 'mc alias set it http://s3:9000 a b; mc anonymous set download it/files'}}"
    >>> there = dict(documents(Source("c.yaml", text))[0][0].items())
    >>> [(name, fact.value) for name, fact in opened(there["prepare"], there)]
    [('s3', 'download')]
    """
    for key in ("entrypoint", "command"):
        place = node.get(key)
        if place is None:
            continue
        text = place.raw or " ".join(n.raw for n in node.list(key))
        hosts = {m["alias"]: m["host"] for m in _ALIAS.finditer(text)}
        for found in _OPENED.finditer(text):
            name = hosts.get(found["alias"], found["alias"])
            if name in services:
                yield name, Fact("anonymous_access", found["to"], "stated", (place.evidence(key_only=True),))
