"""The facts of one Compose service: what it says and, where Compose is complete, what it leaves out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from buttress import workloads
from buttress.evidence.lines import Node
from buttress.model import Evidence, Fact, Source
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.compose.volumes import defaulted, is_true, keeping
from buttress.vocabulary import load
from buttress.workloads import commands, developing, folders, processes, variables

_NEVER = re.compile(r"no|false")  # as a restart policy
# Who may write to it may start any container, so he is root on the host.
_SOCKET = re.compile(r"(?:^|/)(?:docker|podman|containerd)\.sock\b")
_PROXY = re.compile(rf"^{folders.PROXY_FOLDER}|/Caddyfile\b|/(?:nginx|envoy)[\w.-]*\.(?:conf|ya?ml|json)")


def facts_of(node: Node, here: Evidence, kind: str, services: Mapping[str, Node]) -> tuple[Fact, ...]:
    """Return the facts of one of the services; what is denied by being left out stands at the service's own line."""
    facts: list[Fact] = []

    def said(name: str, place: Node | None, value: object = True) -> None:
        if place is None:
            facts.append(Fact(name, None, "denied", (here,)))
        else:
            facts.append(Fact(name, value, "stated", (place.evidence(),)))  # type: ignore[arg-type]

    image, build = node.get("image"), node.get("build")
    if image is not None and image.raw:
        told = workloads.image_facts(defaulted(image.raw), image.evidence())
        # in the same file: the image is what is built here, its tag a name for it
        made = build or built_beside(node, services)
        built = made is not None and made.source.path == image.source.path
        facts += [f for f in told if not (built and f.name == "image_tag_pinned" and f.absent)]
    if build is not None:
        said("build_context", build, build.raw or build.text("context") or ".")
    check = node.get("healthcheck")
    off = check is not None and (is_true(check.get("disable")) or _none(check))
    facts.append(
        Fact("health_check", None if off or check is None else True, "denied" if off or check is None else "stated",
             ((check.evidence() if check is not None else here),))
    )  # fmt: skip
    driver = node.get("logging", "driver")
    if driver is not None and driver.raw:
        said("logging", driver, driver.raw)
    _restart(node, facts, here)
    said(
        "resource_limits", next((n for p in _LIMITS if (n := node.get(*p)) is not None), None), _limits(node)
    )
    ports = published(node)
    if ports:
        facts.append(
            Fact(
                "published_ports",
                tuple(dict.fromkeys(p for p, _ in ports)),
                "stated",
                tuple(e for _, e in ports),
            )
        )
    else:  # a port that is open to the host alone has a proxy before it, so its line is shown
        own = next((item.evidence() for item in node.list("ports")), here)
        facts.append(Fact("published_ports", None, "denied", (own,)))
    _replicas(node, facts, here)
    said_by = [n.raw for n in pieces_of(node)] + [k for k, _ in node.items("environment")]
    facts += keeping(node, here, said_by, stateful=kind in STORES | MESSAGING)
    if files := _configuration(node):
        paths = tuple(dict.fromkeys(path for path, _ in files))
        facts.append(Fact("configuration_files", paths, "stated", tuple(e for _, e in files)))
    for key, name in (("privileged", "privileged"), ("read_only", "read_only_root")):
        place = node.get(key)
        if place is not None and place.value is True:
            said(name, place)
    socket = next((n for n in node.list("volumes") if _SOCKET.search(n.raw or n.text("source"))), None)
    if socket is not None:
        said("engine_socket", socket)
    if (user := node.get("user")) is not None:
        root = user.raw.partition(":")[0] in ("root", "0")
        facts.append(
            Fact("non_root", None if root else True, "denied" if root else "stated", (user.evidence(),))
        )
    if (mode := node.get("network_mode")) is not None and mode.raw == "host":
        said("host_network", mode)
    if (grace := node.get("stop_grace_period")) is not None:
        said("graceful_shutdown", grace)
    if (update := node.get("deploy", "update_config")) is not None:
        said("rolling_update", update)
    if profiles := [n.raw for n in node.list("profiles")]:
        said("profile", node.get("profiles"), ", ".join(profiles))
    return tuple(facts)


_LIMITS = (("deploy", "resources", "limits"), ("mem_limit",), ("cpus",), ("cpu_quota",))


def _limits(node: Node) -> str:
    limits = node.get("deploy", "resources", "limits")
    if limits is not None:
        return ", ".join(f"{k} {v.raw}" for k, v in limits.items() if v.raw) or "set"
    return (
        ", ".join(f"{k} {node.text(k)}" for k in ("mem_limit", "cpus", "cpu_quota") if node.text(k)) or "set"
    )


def _restart(node: Node, facts: list[Fact], here: Evidence) -> None:
    place = node.get("deploy", "restart_policy") or node.get("restart")
    value = (
        (node.text("deploy", "restart_policy", "condition") or "any")
        if node.get("deploy", "restart_policy")
        else node.text("restart")
    )
    if place is None or value in ("no", "none", "false"):
        facts.append(
            Fact("restart_policy", None, "denied", (place.evidence() if place is not None else here,))
        )
    else:
        facts.append(Fact("restart_policy", value, "stated", (place.evidence(),)))


def openings(node: Node, values: list[tuple[str, Node]]) -> tuple[Fact, ...]:
    """Return that a store asks for a password, where its command or its settings give one, or lets everybody in, where they say so."""
    if asked := variables.password_asked([(n.raw, n.evidence()) for n in pieces_of(node)]):
        return asked
    return variables.guarded(_shown(values))


def told_of(
    values: Sequence[tuple[str, Node]], node: Node, technology: str, here: Evidence
) -> tuple[Fact, ...]:
    """Return what the names of a service's settings say of it, and of a console whether it asks who comes; of a secret only the name is shown."""
    command = " ".join(n.raw for n in pieces_of(node))[: workloads.MAX_VALUE]
    complete = node.get("env_file") is None
    open_ = variables.lets_administer(technology, _shown(values), command, here, complete=complete)
    pieces = [(n.raw, n.evidence()) for n in pieces_of(node)]
    started = (*commands.saved_by(pieces), *variables.evicted(pieces))
    return (*variables.told_by_settings(_shown(values)), *open_, *started)


def _shown(values: Sequence[tuple[str, Node]]) -> list[tuple[str, str, Evidence]]:
    return [(k, n.raw, n.evidence(key_only=workloads.is_told_by_name(k, n.raw))) for k, n in values]


def pieces_of(node: Node) -> list[Node]:
    """Return the pieces of what a service starts, those of its entry point before those of its command."""
    parts = (part for key in ("entrypoint", "command") if (part := node.get(key)) is not None)
    return [p for part in parts for p in ((part,) if part.raw else part.list()) if p.raw]


def built_beside(node: Node, services: Mapping[str, Node]) -> Node | None:
    """Return the build of the service beside it that makes and names the image that this one runs."""
    image = node.text("image")
    beside = (other.get("build") for other in services.values() if image and other.text("image") == image)
    return next((build for build in beside if build is not None), None)


def line_of(node: Node) -> str:
    """Return what a service starts as one line; an empty text if neither entry point nor command stands there."""
    return " ".join(p.raw for p in pieces_of(node))


def runs_once(name: str, services: Mapping[str, Node]) -> bool:
    """Return whether a service ends when its work is done.

    Others await its end, its command says so, or its restart policy does where none that goes on has the same; or of many that are
    restarted it alone isn't.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = "{a: {restart: always}, b: {restart: always}, c: {restart: always}, keys: {command: ./make-keys.sh}}"
    >>> services = dict(documents(Source("c.yaml", text))[0][0].items())
    >>> runs_once("keys", services), runs_once("a", services)
    (True, False)
    """
    node = services.get(name)
    for other in services.values():
        if other.text("depends_on", name, "condition") == "service_completed_successfully":
            return True
    if node is None or _restarts(node) or _answers(node):
        return False
    if processes.ends_by_itself(line_of(node)):
        return True
    if _goes_on(node):
        return False
    if _NEVER.fullmatch(node.text("restart")) and not any(
        _NEVER.fullmatch(other.text("restart")) and _answers(other) for other in services.values()
    ):
        return True  # who writes down for it alone what Compose does anyway wants it to end
    others = [
        _restarts(other) for key, other in services.items() if key != name and not other.get("profiles")
    ]
    return len(others) >= 3 and sum(others) >= 0.8 * len(others)


def awaited(node: Node, services: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
    """Yield what a service waits for and may call: not what ends when its work is done, nor what shares no network with it.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = "{a: {networks: {x: }, depends_on: {b: , c: }}, b: {image: d}, c: {networks: {x: }}}"
    >>> services = dict(documents(Source("a.yaml", text))[0][0].items())
    >>> [name for name, _ in awaited(services["a"], services)]
    ['c']
    """
    for name, condition in node.items("depends_on"):
        if not runs_once(name, services) and not _cut_off(node, services.get(name)):
            yield name, condition


def _cut_off(one: Node, other: Node | None) -> bool:
    if other is None or one.text("network_mode") or other.text("network_mode"):
        return False
    here, there = ({k for k, _ in n.items("networks")} or {"default"} for n in (one, other))
    return not here & there


def _restarts(node: Node) -> bool:
    if node.get("deploy", "restart_policy") is not None:
        return node.text("deploy", "restart_policy", "condition") != "none"
    return node.text("restart") != "" and not _NEVER.fullmatch(node.text("restart"))


def _goes_on(node: Node) -> bool:
    """Return whether the command of a service starts a server or worker, or the store or broker that its image is."""
    line, image = line_of(node), node.text("image")
    if processes.role_of_command(line) is not None or commands.serves(line):
        return True
    product = load().technology_of_image(image) if image else None
    if product is None or product.kind not in STORES | MESSAGING:
        return False
    first = line.partition(" ")[0].rpartition("/")[2]
    called = (first, first.removesuffix("d"), first.removesuffix("-server"))
    return first.startswith(("-", "docker-entrypoint")) or product in map(load().technology, called)


def _answers(node: Node) -> bool:
    """Return whether a service is there for others: they reach it at a port or ask how it is, or it starts what its image is for."""
    return any(node.get(key) is not None for key in ("ports", "expose", "healthcheck")) or not (
        node.get("command") or node.get("entrypoint")
    )


def is_reached(node: Node) -> bool:
    """Return whether a service has an address at which others reach it: a port, or one that its own check of health asks at.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> is_reached(documents(Source("c.yaml", "healthcheck: {test: [CMD, curl, 'http://localhost:80/health']}"))[0][0])
    True
    """
    check = node.get("healthcheck")
    asked = [check.text("test"), *(n.raw for n in check.list("test"))] if check is not None else []
    return (
        node.get("ports") is not None or node.get("expose") is not None or any("http://" in a for a in asked)
    )


def _replicas(node: Node, facts: list[Fact], here: Evidence) -> None:
    for path in (("deploy", "replicas"), ("scale",)):
        place = node.get(*path)
        if place is not None:
            if re.fullmatch(r"\d{1,9}", written := defaulted(place.raw)):
                facts.append(Fact("replicas", int(written), "stated", (place.evidence(),)))
            return
    if node.text("deploy", "mode") not in ("global", "global-job"):
        facts.append(Fact("replicas", 1, "stated", (here,)))


def published(node: Node) -> list[tuple[str, Evidence]]:
    """Return the ports that are open on the host's outer addresses, as `host port`, each with its place."""
    out = []
    for item in node.list("ports"):
        written = defaulted(item.raw) if item.raw else item.text("published")
        address, place = item.text("host_ip"), item.get("published") or item
        if item.raw:
            parts = written.rpartition("/")[0].split(":") if "/" in written else written.split(":")
            if len(parts) > 2:
                address = ":".join(parts[:-2])
            written = parts[-2] if len(parts) > 1 else parts[-1]
        if address.startswith("127.") or address in ("localhost", "::1", "[::1]") or not written:
            continue
        out.append((written, place.evidence()))
    return out


def _configuration(node: Node) -> list[tuple[str, Evidence]]:
    """Return the files and folders that a proxy is configured by, from the top of what is reviewed, each with its place."""
    out = []
    for item in node.list("volumes"):
        source, _, rest = (
            defaulted(item.raw).partition(":") if item.raw else (item.text("source"), "", item.text("target"))
        )
        if source.startswith((".", "/")) and _PROXY.search(rest.partition(":")[0]):
            folder = posixpath.dirname(item.source.path)
            path = posixpath.normpath(posixpath.join(folder, source)) if source.startswith(".") else source
            out.append((path, item.evidence() if item.raw else (item.get("source") or item).evidence()))
    return out


def environment_of(source: Source) -> tuple[Fact, ...]:
    """Return the fact that a file is for developing, when its first comments say so."""
    found = developing.written_for(source.text, source.name)
    if found is None:
        return ()
    line = source.first_line + found[0]
    return (
        Fact(
            "environment", "development", "stated", (Evidence(source.path, line, line, found[1], "config"),)
        ),
    )


def _none(check: Node) -> bool:
    first = next(check.list("test"), None)
    return (first is not None and first.raw == "NONE") or check.text("test") == "NONE"
