"""What a Compose service is built from and started by: its Dockerfile and stage, its command."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from buttress.evidence.lines import Node
from buttress.model import Fact
from buttress.readers.compose.service import built_beside, line_of, pieces_of
from buttress.workloads import commands, processes

_PYTHON = re.compile(r"(?:^|/)python(?::|$)")


def started_by(node: Node, services: Mapping[str, Node]) -> tuple[Fact, ...]:
    r"""Return the Dockerfile that a service is built from, by its path among what is reviewed, and what its command says.

    A service that runs the image which another of the `services` builds is built from the same file.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> node = documents(Source("deploy/c.yaml", "build: {context: ../shop, target: web}\ncommand: gunicorn -w 2 shop.wsgi"))[0][0]
    >>> [(f.name, f.value) for f in started_by(node, {})][:3]
    [('dockerfile', 'shop/Dockerfile'), ('build_target', 'web'), ('start_command', True)]
    """
    facts: list[Fact] = []
    build = node.get("build") or built_beside(node, services)
    if build is not None and (path := _dockerfile(build)):
        place = build.get("dockerfile") or build.get("context") or build
        facts.append(Fact("dockerfile", path, "stated", (place.evidence(),)))
        if (target := build.get("target")) is not None and target.raw:
            facts.append(Fact("build_target", target.raw, "stated", (target.evidence(),)))
    parts = (part for key in ("entrypoint", "command") if (part := node.get(key)) is not None)
    started = next((part for part in parts if part.raw or part.value), None)
    if started is not None:
        here = started.evidence(key_only=bool(started.raw))
        facts.append(Fact("start_command", True, "stated", (here,)))
        if line := line_of(node):
            facts += processes.process_of(line, here)
            facts += _mounted(node) if build is None else ()
    return (*facts, *commands.facts_of([(p.raw, p.evidence()) for p in pieces_of(node)]))


def _mounted(node: Node) -> tuple[Fact, ...]:
    """Return the folder of the code that a container of bare Python gets as a mount, where it starts it from there."""
    if not _PYTHON.search(node.text("image")):
        return ()
    for item in node.list("volumes"):
        source = item.raw.partition(":")[0] if item.raw else item.text("source")
        if re.match(r"\.{1,2}(?:/|$)", source) and "." not in posixpath.basename(source.rstrip("./")):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(item.source.path), source))
            return () if path.startswith("..") else (Fact("code_folder", path, "stated", (item.evidence(),)),)
    return ()


def _dockerfile(build: Node) -> str:
    """Return the path of the Dockerfile, nothing when it lies elsewhere or stands in the file itself."""
    context = build.raw or build.text("context") or "."
    file = build.text("dockerfile") or "Dockerfile"
    if build.get("dockerfile_inline") is not None or "$" in context + file:
        return ""
    if re.match(r"\w[\w+.-]*://|git@|/", context) or context.endswith(".git"):
        return ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(build.source.path), context, file))
    return "" if path.startswith("..") else path
