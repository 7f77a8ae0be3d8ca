"""The facts of one workload: what its manifest says and, where manifests are complete, what it leaves out."""

from __future__ import annotations

import re

from buttress import workloads
from buttress.evidence.lines import Node
from buttress.model import Evidence, Fact, FactValue
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.kubernetes.objects import ONE_SHOT, Object, Workload
from buttress.readers.kubernetes.rules import shown
from buttress.workloads import commands, processes, variables
from buttress.workloads.data_folders import keeps_nothing

# Images of stores that start as a primary of their own, and what tells one of others.
_ALONE = re.compile(
    r"(?:docker\.io/)?(?:library/|valkey/)?(?:postgres|mysql|mariadb|mongo|redis|valkey)(?:[:@].*)?"
)
_TOLD_OF_OTHERS = re.compile(
    r"repl|slave|cluster|sentinel|wsrep|galera|group|standby|primary|master|repmgr|patroni|peer|\.(?:conf|cnf|sh)\b",
    re.IGNORECASE,
)
_TEMPORARY = ("emptyDir", "configMap", "secret", "downwardAPI", "projected")
_GRACE_S = 30  # what Kubernetes waits for by itself: no more than that says nothing of work in hand


def facts_of(workload: Workload, kind: str, here: Evidence, *, scaled: bool) -> tuple[Fact, ...]:
    """Return the facts of a workload; what is denied by being left out stands at `here`. `scaled`: an autoscaler sets the replicas."""
    facts: list[Fact] = []
    containers = list(workload.containers())
    spec, item = workload.spec, workload.object

    def said(name: str, place: Node, value: FactValue = True) -> None:
        facts.append(Fact(name, value, "stated", (place.evidence(),)))

    def complete(name: str, place: Node | None, value: FactValue = True, at: Evidence = here) -> None:
        if place is not None:
            said(name, place, value)
        else:
            facts.append(Fact(name, None, "denied", (at,)))

    for container in containers:
        image = container.get("image")
        if image is not None and image.raw:
            more = workloads.image_facts(image.raw, image.evidence())
            known = {f.name for f in facts}
            facts += [f for f in more if f.name not in known]
    main = here
    if item.kind == "Job":
        facts.append(Fact("runs_once", True, "stated", (here,)))
    if item.kind not in ONE_SHOT:
        for name, key in (("readiness", "readinessProbe"), ("liveness_probe", "livenessProbe")):
            complete(name, _first(containers, key), at=main)
        if (startup := _first(containers, "startupProbe")) is not None:
            said("startup_probe", startup)
        if item.kind not in ("DaemonSet",) and not scaled:
            written = (o.node.get("spec", "replicas") for o in (item, *workload.variants))
            count = next((n for n in written if n is not None), None)
            if count is not None and isinstance(count.value, int):
                said("replicas", count, count.value)
            elif count is None:
                facts.append(Fact("replicas", 1, "stated", (here,)))
    facts += _apart(workload, containers, facts)
    for name, key in (("resource_limits", "limits"), ("resource_requests", "requests")):
        place = next((n for c in containers if (n := c.get("resources", key)) is not None), None)
        value = ", ".join(f"{k} {v.raw}" for k, v in place.items()) if place is not None else None
        complete(name, place, value or "set", at=main)
    if kind in STORES | MESSAGING:
        pieces = [n for c in containers[:1] for key in ("command", "args") for n in c.list(key) if n.raw]
        beside = _beside_data(containers[:1], [n.raw for n in pieces])
        volume = _volume(workload)
        if volume is not None and beside is not None:
            facts.append(Fact("persistent_volume", None, "denied", (beside.evidence(),)))
        else:
            complete("persistent_volume", volume)
        started = [(n.raw, n.evidence()) for n in pieces]
        facts += [*variables.password_asked(started), *variables.evicted(started)]
    elif (volume := _volume(workload)) is not None:
        said("persistent_volume", volume)
    _security(facts, spec, containers, main)
    _started(facts, containers[:1])
    if spec is not None:
        facts += [f for first in spec.list("initContainers") for f in _prepared(first)]
        grace, stop = spec.get("terminationGracePeriodSeconds"), _first(containers, "lifecycle", "preStop")
        if stop is None and grace is not None and isinstance(grace.value, int) and grace.value > _GRACE_S:
            stop = grace
        if stop is not None:
            said("graceful_shutdown", stop)
        if (
            spread := spec.get("topologySpreadConstraints") or spec.get("affinity", "podAntiAffinity")
        ) is not None:
            said("topology_spread", spread)
        if (network := spec.get("hostNetwork")) is not None and network.value is True:
            said("host_network", network)
    if (strategy := item.node.get("spec", "strategy", "type")) is not None:
        facts.append(_yes_no("rolling_update", strategy, strategy.raw == "RollingUpdate"))
    if (schedule := item.node.get("spec", "schedule")) is not None and schedule.raw:
        said("schedule", schedule, schedule.raw)
    return tuple(facts)


def place_of(item: Object, containers: list[Node]) -> Evidence:
    """Return the line that says what a workload runs: its image, the container's name where an overlay says the image, else its kind."""
    image = containers[0].get("image") if containers else None
    if image is not None and image.source is not containers[0].source:
        image = containers[0].get("name") or image
    return image.evidence() if image is not None and image.raw else shown(item)


def _apart(workload: Workload, containers: list[Node], facts: list[Fact]) -> list[Fact]:
    """Return that several copies of a store run of which nothing tells one of the others; nothing where that isn't sure."""
    count = next(
        (f for f in facts if f.name == "replicas" and isinstance(f.value, int) and f.value > 1), None
    )
    spec = workload.spec
    if (
        count is None
        or spec is None
        or len(containers) != 1
        or not _ALONE.fullmatch(containers[0].text("image"))
    ):
        return []
    configured = any(
        v.get(key) is not None for v in spec.list("volumes") for key in ("configMap", "secret", "projected")
    )
    said = " ".join(
        n.raw
        for key in ("command", "args", "env", "envFrom")
        if (at := containers[0].get(key))
        for _, n in at.walk()
    )
    if configured or any(True for _ in spec.list("initContainers")) or _TOLD_OF_OTHERS.search(said):
        return []
    return [Fact("copies_apart", count.value, "stated", count.evidence)]


def _started(facts: list[Fact], containers: list[Node]) -> None:
    """Tell by what the main container is started, when its manifest says it and not its image."""
    pieces = [n for c in containers for key in ("command", "args") for n in c.list(key) if n.raw]
    command = next((n for c in containers if (n := c.get("command")) is not None), None)
    if command is not None and command.value:
        facts.append(Fact("start_command", True, "stated", (command.evidence(),)))
    if pieces:
        facts += processes.process_of(" ".join(n.raw for n in pieces), pieces[0].evidence())
    facts += commands.facts_of([(n.raw, n.evidence()) for n in pieces])
    facts += commands.saved_by([(n.raw, n.evidence()) for n in pieces])


def _prepared(first: Node) -> list[Fact]:
    """Return what is known of a pod by what runs before it: that it migrates the schema of its database."""
    pieces = [n for key in ("command", "args") for n in first.list(key) if n.raw]
    told = processes.process_of(" ".join(n.raw for n in pieces), pieces[-1].evidence()) if pieces else ()
    return [f for f in told if f.name == "migrations"]


def _security(facts: list[Fact], spec: Node | None, containers: list[Node], main: Evidence) -> None:
    def setting(*path: str) -> Node | None:
        own = _first(containers, "securityContext", *path)
        return own if own is not None or spec is None else spec.get("securityContext", *path)

    user, non_root = setting("runAsUser"), setting("runAsNonRoot")
    if non_root is not None and non_root.value is True:
        facts.append(_yes_no("non_root", non_root, yes=True))
    elif user is not None and isinstance(user.value, int):
        facts.append(_yes_no("non_root", user, user.value > 0))
    else:
        facts.append(Fact("non_root", None, "denied", (main,)))
    read_only = setting("readOnlyRootFilesystem")
    if read_only is not None:
        facts.append(_yes_no("read_only_root", read_only, read_only.value is True))
    else:
        facts.append(Fact("read_only_root", None, "denied", (main,)))
    if (privileged := setting("privileged")) is not None and privileged.value is True:
        facts.append(_yes_no("privileged", privileged, yes=True))
    if (escalation := setting("allowPrivilegeEscalation")) is not None:
        facts.append(_yes_no("privilege_escalation", escalation, escalation.value is True))


def _yes_no(name: str, place: Node, yes: bool) -> Fact:
    return Fact(name, True if yes else None, "stated" if yes else "denied", (place.evidence(),))


def _first(containers: list[Node], *path: str) -> Node | None:
    return next((n for c in containers if (n := c.get(*path)) is not None), None)


def _beside_data(containers: list[Node], started: list[str]) -> Node | None:
    """Return the first place where a store's volumes are mounted, when all of them are beside its data."""
    for container in containers:
        mounts = [n for m in container.list("volumeMounts") if (n := m.get("mountPath")) is not None]
        said = [*started, *(e.text("name") for e in container.list("env"))]
        if keeps_nothing(container.text("image"), [n.raw for n in mounts], said):
            return mounts[0]
    return None


def _volume(workload: Workload) -> Node | None:
    claim = workload.object.node.get("spec", "volumeClaimTemplates")
    if (
        claim is not None
        and next(iter(workload.object.node.list("spec", "volumeClaimTemplates")), None) is not None
    ):
        return claim
    if workload.spec is None:
        return None
    for volume in workload.spec.list("volumes"):
        for key, node in volume.items():
            if key not in ("name", *_TEMPORARY):
                return node
    return None
