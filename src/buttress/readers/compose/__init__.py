"""Compose.

`compose.yaml`, `docker-compose*.yml`, other YAML with `services:` of images or builds, and the `.env` files that they use or that stand beside
them.

- **Reads** services, `depends_on`, links and networks, addresses in `environment` and `env_file`, images, ports, volumes, health checks,
  deploy limits and replicas, restart policies, the server that a command starts; `extends`, `include`, anchors, merge keys, override files
  and variables are resolved among the files read.
- **Complete about** {complete}
- **Doesn't read** `build` contexts, `configs` and `secrets` files, files outside the reviewed folder. Values are never executed.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from buttress import workloads
from buttress.evidence.lines import Node
from buttress.model import (
    Boundary,
    Component,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Fragment,
    Source,
    flow_id,
    slug,
)
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.compose.asked import asked_for, unused
from buttress.readers.compose.buckets import opened
from buttress.readers.compose.building import started_by
from buttress.readers.compose.outward import addresses, called_from_outside, promised, proxy_label
from buttress.readers.compose.project import Project, environment, filled, projects, settings_of
from buttress.readers.compose.secrets import secrets_of
from buttress.readers.compose.service import (
    awaited,
    environment_of,
    facts_of,
    is_reached,
    line_of,
    openings,
    pieces_of,
    runs_once,
    told_of,
)
from buttress.readers.compose.volumes import store_of_folder
from buttress.workloads import addressed, hosts

__all__ = ["read"]

# What users don't reach by the gateway.
_OPERATIONS = frozenset(("admin", "monitor", "dashboard", "turbine", "hystrix"))
_GUARDED = STORES | MESSAGING | {"service_registry", "config_server"}
_ENV = re.compile(r"\.env(?:\.[\w-]+)?|[\w-]+\.env", re.IGNORECASE)


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the services of all Compose files of a system, joined by folder, with their flows, facts and networks.

    >>> text = "services:\n  web:\n    image: a/web:1\n    environment: {DB: 'db:5432'}\n  db:\n    image: postgres:16\n"
    >>> [(f.source, f.target) for f in read((Source("compose.yaml", text),)).flows]
    [('web', 'db')]
    """
    files = {s.path: s for s in sources if not s.language and _ENV.fullmatch(s.name)}
    found, diagnostics = projects(tuple(s for s in sources if s.path not in files or s.language))
    settings = {path: settings_of(source) for path, source in files.items()}
    reading = _Reading(diagnostics)
    for project, prefix in _told_apart(found):
        _fill(project, settings)
        reading.add(project, prefix, settings)
    taken = {path for project in found for path in _used(project)}
    beside = {project.folder for project in found}
    return Fragment(
        "compose",
        components=workloads.named_by_images(tuple(reading.components.values())),
        flows=tuple(reading.flows.values()),
        boundaries=tuple(reading.boundaries.values()),
        nested=tuple(
            replace(s, language="dotenv")
            for path, s in files.items()
            if path not in taken and posixpath.dirname(path) not in beside
        ),
        diagnostics=tuple(reading.diagnostics),
        tells_apart=True,
        offered=unused(reading.asked, reading.flows.values()),
    )


def _used(project: Project) -> list[str]:
    """Return the paths of the environment files that the services of a project name."""
    out = []
    for node in project.services.values():
        listed = node.get("env_file")
        for entry in [listed] if listed is not None and listed.raw else list(node.list("env_file")):
            folder = posixpath.dirname(entry.source.path)
            out.append(posixpath.normpath(posixpath.join(folder, entry.raw or entry.text("path"))))
    return out


def _told_apart(found: list[Project]) -> list[tuple[Project, str]]:
    """Return the projects with the prefix that keeps same-named services of different projects apart.

    Two folders describe one project when half of the smaller one's services are in both; else a name in both is two things.
    """
    out: list[tuple[Project, str]] = []
    for project in found:
        names = set(project.services)
        if not names:
            continue
        clash = any(
            0 < len(names & set(other.services)) < min(len(names), len(other.services)) / 2
            or (
                names & set(other.services)
                and min(len(names), len(other.services)) <= 2
                and names != set(other.services)
            )
            for other, _ in out
        )
        out.append((project, posixpath.basename(project.folder) if clash else ""))
    return out


def _fill(project: Project, settings: dict[str, dict[str, Node]]) -> None:
    """Fill the variables of the project's `.env` into its services; environments are filled where they are read."""
    variables = settings.get(posixpath.join(project.folder, ".env"), {})
    for name, node in project.services.items():
        if variables and isinstance(node.value, dict):
            parts = {k: n if k == "environment" else filled(n, variables) for k, n in node.value.items()}
            project.services[name] = Node(node.source, node.line, node.key_line, parts)


class _Reading:
    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.components: dict[str, Component] = {}
        self.flows: dict[tuple[str, str, str], Flow] = {}
        self.boundaries: dict[str, Boundary] = {}
        self.diagnostics = diagnostics
        self.asked: set[str] = set()

    def add(self, project: Project, prefix: str, settings: dict[str, dict[str, Node]]) -> None:
        ids = {name: slug(f"{prefix}-{name}" if prefix else name) for name in project.services}
        names = _names(project)
        self._elsewhere(project, ids, names)
        for name, node in project.services.items():
            variables = environment(project, node, settings)
            values = [(k, n) for k, n in variables.items()]
            kind, technology = workloads.kind_of(
                name, hosts.plain(node.text("image")), variables, line_of(node)
            )
            if (kind, technology) == ("service", None) and (kept := store_of_folder(node)) is not None:
                kind, technology = kept.kind, kept
            if kind == "worker" and workloads.may_answer(name) and is_reached(node):
                kind = "service"
            once = kind != "scheduler" and runs_once(name, project.services)
            if once:
                kind, technology = "worker", None  # it prepares what the others need, and ends
            here = _shown(node)
            new = Component(
                id=ids[name],
                name=f"{prefix}-{name}" if prefix else name,
                kind=kind,
                technology=technology.id if technology else None,
                aliases=tuple(a for a, n in names.items() if n == name and a != name),
                boundaries=tuple(self._networks(project, node)),
                facts=(
                    *facts_of(node, here, kind, project.services),
                    *started_by(node, project.services),
                    *secrets_of(
                        values, settings.get(posixpath.join(project.folder, ".env"), {}), pieces_of(node)
                    ),
                    *(openings(node, values) if kind in _GUARDED else ()),
                    *told_of(values, node, technology.id if technology else "", here),
                    *((Fact("runs_once", True, "stated", (here,)),) if once else ()),
                    *environment_of(node.source),
                ),
                evidence=(here,),
            )
            old = self.components.get(new.id)
            self.components[new.id] = new if old is None else _joined(old, new)
        kinds = {name: self.components[ids[name]].kind for name in ids}
        self.asked |= {ids[name] for name in asked_for(project, settings, kinds)}
        for name, node in project.services.items():
            for target, evidence, facts, protocol in _connections(project, name, node, names, settings):
                if target in ids and target != name:
                    ordering = bool(facts)
                    kind = "depends_on" if ordering else workloads.flow_kind(kinds[name], kinds[target])
                    self._flow(ids[name], ids[target], kind, evidence, facts, protocol)
            self._outside(ids[name], names, environment(project, node, settings))
            for store, fact in opened(node, project.services):
                there = self.components[ids[store]]
                self.components[ids[store]] = replace(there, facts=(*there.facts, fact))
        self._promised(project, ids, settings)
        self._routed(project, ids)
        self._called_by_browsers(project, ids)
        self._looked_up(set(ids.values()))

    def _elsewhere(self, project: Project, ids: dict[str, str], names: dict[str, str]) -> None:
        """Add what a service waits for and has the address of, and no file that was read describes: a service of another file."""
        for node in project.services.values():
            waits = {n: place for n, place in node.items("depends_on") if n and n not in names}
            settings = [(k, v.raw) for k, v in node.items("environment") if v.raw] if waits else []
            for name in dict.fromkeys(r.host for k, v in settings for r in hosts.references(k, v, waits)):
                if name in waits and name not in names:
                    ids[name], names[name] = slug(name), name
                    kind, found = workloads.kind_of(name, "")
                    here = (waits[name].evidence(),)
                    new = Component(ids[name], name, kind, found.id if found else None, evidence=here)
                    self.components.setdefault(ids[name], new)

    def _flow(
        self,
        source: str,
        target: str,
        kind: str,
        evidence: Evidence,
        facts: tuple[Fact, ...],
        protocol: str | None,
    ) -> None:
        key = (source, target, kind)
        old = self.flows.get(key)
        if old is None:
            id_ = flow_id(source, target, kind)
            self.flows[key] = Flow(id_, source, target, kind, None, protocol, facts, (evidence,))
        elif evidence not in old.evidence:
            known = {f.name for f in old.facts}
            more = tuple(f for f in facts if f.name not in known)
            seen, protocol = (*old.evidence, evidence), old.protocol or protocol
            self.flows[key] = replace(old, protocol=protocol, facts=(*old.facts, *more), evidence=seen)

    def _networks(self, project: Project, node: Node) -> list[str]:
        out = []
        for name, place in node.items("networks"):
            if name == "default":
                continue
            id_ = f"network-{slug(name)}"
            declared = project.networks.get(name, place)
            self.boundaries.setdefault(id_, Boundary(id_, name, "network", None, (declared.evidence(),)))
            out.append(id_)
        return out

    def _outside(self, source: str, names: dict[str, str], variables: dict[str, Node]) -> None:
        for key, value in variables.items():
            evidence = value.evidence(key_only=workloads.holds_secret(key, value.raw))
            if (found := addressed.store_at(key, value.raw, names, evidence)) is not None:
                store = self.components.setdefault(found[0].id, found[0])
                self._flow(source, store.id, "calls", evidence, (), found[1] or None)
            for reference in hosts.references(key, value.raw, ()):
                if reference.known:
                    continue
                target = slug(reference.host)
                if target not in self.components:
                    managed = hosts.managed_technology(reference.host)
                    self.components[target] = workloads.outside(
                        target, reference.host, reference.host, managed, evidence
                    )
                self._flow(source, target, "calls", evidence, (), reference.scheme or None)

    def _promised(self, project: Project, ids: dict[str, str], settings: dict[str, dict[str, Node]]) -> None:
        """Add the stores and brokers whose address somebody must give at the start, where none of the kind runs here."""
        here = {self.components[id_].kind for id_ in ids.values()}
        for name, node in project.services.items():
            for new in promised(environment(project, node, settings), here):
                self.components.setdefault(new.id, new)
                self._flow(ids[name], new.id, "calls", new.evidence[0], (), None)

    def _routed(self, project: Project, ids: dict[str, str]) -> None:
        """Add the routes that a proxy finds in the labels of the services behind it."""
        proxies = [ids[n] for n in ids if self.components[ids[n]].technology == "traefik"]
        labels = {n: label for n, node in project.services.items() if (label := proxy_label(node))}
        if not proxies and (named := [label for label in labels.values() if label.hosts]):
            proxies = ["traefik"]  # it runs elsewhere; the rules are written for it
            facts = (Fact("exposed_to_internet", True, "stated", (named[0].evidence,)),)
            line = (named[0].evidence,)
            new = Component("traefik", "traefik", "gateway", "traefik", facts=facts, evidence=line)
            self.components.setdefault("traefik", new)
        for name, label in labels.items():
            for proxy in proxies:
                if proxy != ids[name]:
                    self._flow(proxy, ids[name], "routes", label.evidence, (), None)

    def _called_by_browsers(self, project: Project, ids: dict[str, str]) -> None:
        """Add the calls of what is built or set up with the address that another service has outside."""
        known = addresses(project.services)
        for name, node in project.services.items() if known else ():
            pages = self.components[ids[name]].kind == "web_frontend"
            for target, evidence in called_from_outside(name, node, known, pages=pages):
                if self.components[ids[target]].kind in ("service", "gateway"):
                    self._flow(ids[name], ids[target], "calls", evidence, (), "http")

    def _looked_up(self, ids: set[str]) -> None:
        """Add the routes of a gateway to the services that register where it looks its upstreams up (Zuul with Eureka)."""
        kinds = {id_: self.components[id_].kind for id_ in ids}
        lines: dict[tuple[str, str], Evidence] = {}
        for flow in self.flows.values():
            if flow.source in ids and kinds.get(flow.target) == "service_registry":
                ordering = flow.fact("startup_order") is not None
                here = self.components[flow.source].evidence[0] if ordering else flow.evidence[0]
                if not ordering or (flow.source, flow.target) not in lines:
                    lines[(flow.source, flow.target)] = here
        for (gateway, registry), asked in lines.items():
            if kinds[gateway] != "gateway":
                continue
            for (service, other), registered in lines.items():
                apart = _OPERATIONS.intersection(re.split(r"[-_.]", service))
                if other == registry and kinds[service] == "service" and not apart:
                    found = Fact("service_discovery", True, "stated", (asked,))
                    self._flow(gateway, service, "routes", registered, (found,), None)
                    self._flow(gateway, registry, "calls", asked, (), None)


def _names(project: Project) -> dict[str, str]:
    """Return every host name of the project's services and the service that it belongs to."""
    out = {name: name for name in project.services}
    for name, node in project.services.items():
        others = [node.text("hostname"), node.text("container_name")]
        for _, place in node.items("networks"):
            others += [n.raw for n in place.list("aliases")]
        for other in others:
            if other and "$" not in other:
                out.setdefault(other, name)
    return out


def _shown(node: Node) -> Evidence:
    """Return the line that says what a service is: its image or build, else its name."""
    for key in ("image", "build"):
        place = node.get(key)
        if place is not None and place.source is node.source:
            return place.evidence()
    return node.evidence()


def _connections(
    project: Project, name: str, node: Node, names: dict[str, str], settings: dict[str, dict[str, Node]]
) -> list[tuple[str, Evidence, tuple[Fact, ...], str | None]]:
    out: list[tuple[str, Evidence, tuple[Fact, ...], str | None]] = []
    linked = {
        b: names[a] for n in node.list("links") for a, _, b in [n.raw.partition(":")] if b and a in names
    }
    names = {**names, **linked}
    for key, value in environment(project, node, settings).items():
        secret = workloads.holds_secret(key, value.raw)
        for reference in hosts.references(key, value.raw, names):
            if reference.known:
                target, scheme = names[reference.host], reference.scheme or None
                out.append((target, value.evidence(key_only=secret), (), scheme))
                own = dict(node.items("environment")).get(key)
                if own is not None and (own.source, own.line) != (value.source, value.line):
                    out.append((target, own.evidence(key_only=secret), (), scheme))
    for key in ("command", "entrypoint"):
        part = node.get(key)
        if part is None:
            continue
        pieces = [part] if part.raw else list(node.list(key))
        whole = " ".join(p.raw for p in pieces)
        for reference in hosts.references(key, whole, names, command=True):
            if reference.known:
                place = next((p for p in pieces if reference.host in p.raw), part)
                secret = workloads.holds_secret("", place.raw)
                evidence = place.evidence(key_only=secret)
                if reference.host in evidence.quote or "$" in evidence.quote:
                    out.append((names[reference.host], evidence, (), reference.scheme or None))
    for part in node.list("links"):
        out.append((names.get(part.raw.partition(":")[0], ""), part.evidence(), (), None))
    for target, condition in awaited(node, project.services):
        evidence = condition.evidence()
        facts = [Fact("startup_order", True, "stated", (evidence,))]
        if condition.text("condition") == "service_healthy":
            written = condition.get("condition")
            where = written.evidence() if written is not None else evidence
            facts.append(Fact("depends_healthy", True, "stated", (where,)))
        out.append((target, evidence, tuple(facts), None))
    return out


def _joined(old: Component, new: Component) -> Component:
    """Return one component of two files' service of the same name; what the first file says counts."""
    known = {f.name for f in old.facts}
    return Component(
        old.id,
        old.name,
        old.kind if old.technology or not new.technology else new.kind,
        old.technology or new.technology,
        tuple(dict.fromkeys((*old.aliases, *new.aliases))),
        tuple(dict.fromkeys((*old.boundaries, *new.boundaries))),
        (*old.facts, *(f for f in new.facts if f.name not in known)),
        tuple(dict.fromkeys((*old.evidence, *new.evidence))),
    )
