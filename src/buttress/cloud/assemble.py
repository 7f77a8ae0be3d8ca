"""From resources to a fragment: components with their facts, the flows between them, the networks and regions that they lie in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from buttress import workloads
from buttress.cloud import arm, arns, containers, using
from buttress.cloud.addresses import hosts_in
from buttress.cloud.facts import DIFFERS, Told, facts_of, joined
from buttress.cloud.firewall import openings
from buttress.cloud.inventory import Inventory
from buttress.cloud.naming import alias_of, name_of, provided_names
from buttress.cloud.outgoing import single_ways_out
from buttress.cloud.places import network_of, region_of
from buttress.cloud.pruning import drop_name_spaces, drop_own_addresses, host_storage, name_readers
from buttress.cloud.table import Row
from buttress.cloud.traffic import arriving
from buttress.cloud.values import Resource
from buttress.cloud.watching import watched
from buttress.model import Boundary, Component, Diagnostic, Evidence, Fact, Flow, Fragment, flow_id, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import load
from buttress.workloads import hosts, label_of

_VAGUE = ("calls", "depends_on")
_PASSWORDS = (
    "password|master_password|administrator_login_password|master_user_password|auth_token|admin_password|administrator_password"
    "|user.password|users.password"
)


def assemble(reader: str, resources: Sequence[Resource], diagnostics: Sequence[Diagnostic] = ()) -> Fragment:
    """Return the fragment of all resources of a system: what runs, stores and carries messages, and who uses what."""
    plain = [arm.plain(r) for r in resources]
    building = _Building(Inventory([*plain, *arns.outside(plain)]))
    building.run()
    return Fragment(
        reader,
        components=tuple(building.finished()),
        flows=tuple(building.flows()),
        boundaries=tuple(building.boundaries.values()),
        diagnostics=tuple(diagnostics),
        tells_apart=True,
    )


class _Building:
    def __init__(self, there: Inventory) -> None:
        self.there = there
        self.components: dict[str, Component] = {}
        self.told: dict[str, dict[str, Told]] = {}
        self.boundaries: dict[str, Boundary] = {}
        self.ids: dict[str, str] = {}
        self.names: set[str] = set()
        self._taken: set[str] = set()
        self.use = using.Uses(there)

    def run(self) -> None:
        for address, row in self.there.rows.items():
            if row.role == "component" and self.there.resources[address].count != 0:
                self._component(address, row)
        for address, row in self.there.rows.items():
            if row.role == "part" or (row.role == "carried" and row.says):
                method = self.there.resources[address].get("http_method")
                if method is not None and method.words() == "OPTIONS":
                    continue  # browsers ask it before they send what proves who they are
                told = facts_of(self.there.resources[address], row)
                for owner in self.there.owners(address):
                    self._tell(owner, told)
                    self._password(address, owner)
        for address in list(self.components):
            self._contents(address)
        self._copies()
        for address in host_storage(self.there, self.components):
            self.told[address].pop("multi_zone", None)
        self._openings()
        self.use.collect()
        self._hosts()
        drop_own_addresses(self.there, self.use.found)
        for space in drop_name_spaces(self.there, self.use.found):
            self.components.pop(space, None)
        name_readers(self.there, self.use.found)
        self._ways_out()
        for address, one in (*self.use.told, *arriving(self.there), *watched(self.there)):
            self._tell(address, [one])
        self._places()

    # --- components

    def _component(self, address: str, row: Row) -> None:
        resource = self.there.resources[address]
        here = resource.here()
        family = next(containers.names_of(self.there, address), "") if row.runs else ""
        name = name_of(resource, row, family)
        if row.single:
            self.ids[address] = id_ = slug(name)
            self._taken.add(id_)
            twin = next((a for a, i in self.ids.items() if i == id_ and a in self.components), None)
            if twin is not None:
                evidence = self.components[twin].evidence
                if len(evidence) < 5:
                    self.components[twin] = replace(self.components[twin], evidence=(*evidence, here))
                return
        technology, kind = row.technology, row.kind
        if row.engine and (engine := resource.get(row.engine)) is not None:
            engines = row.engines or {}
            technology = next((t for k, t in engines.items() if k in engine.words().lower()), technology)
        if not row.single:
            name = self._unique(name, resource)
            self.names.add(name)
            self.ids[address] = id_ = self._new_id(name)
            self._taken.add(id_)
        alias = alias_of(resource, row, name)
        told = list(facts_of(resource, row))
        known = load().technologies.get(technology or "")
        if (
            known is not None
            and ("managed", True) in known.known
            and (not row.runs or known.id in _SERVERLESS)
        ):
            told.append(Told(Fact("managed", True, "stated", (here,)), written=False))
        if row.counts and resource.count is not None and row.runs:
            told.append(Told(Fact("replicas", resource.count, "stated", (here,)), written=True))
        self.components[address] = Component(
            self.ids[address], name, kind, technology, (alias,) if alias else (), (), (), (here,)
        )
        self.told[address] = joined(told, ())

    def _unique(self, name: str, resource: Resource) -> str:
        """Return a name that no other component of the fragment has: with its module, its group, or a number."""
        if name not in self.names:
            return name
        for word in (*reversed(resource.modules), *reversed(resource.group.split("/"))):
            plain = slug(word)
            if plain != "unnamed" and plain not in name and f"{plain}-{name}" not in self.names:
                return f"{plain}-{name}"
        return next(n for k in range(2, 10_000) if (n := f"{name}-{k}") not in self.names)

    def _new_id(self, name: str) -> str:
        base = slug(name)
        return (
            base
            if base not in self._taken
            else next(i for k in range(2, 10_000) if (i := f"{base}-{k}") not in self._taken)
        )

    def _tell(self, address: str, told: Sequence[Told]) -> None:
        if address in self.components:
            self.told[address] = joined(self.told[address].values(), told)

    def _contents(self, address: str) -> None:
        """Add what the containers and settings of something that runs say: its kind, image, secrets, checks."""
        row = self.there.rows[address]
        self._password(address, address)
        if not row.runs:
            return
        found = containers.contents_of(self.there, address)
        component = self.components[address]
        if containers.is_host(self.there, address):
            self.components[address] = replace(component, kind="compute_host")
            self._tell(address, found.told)
            return
        name = re.sub(r"-(?:function|lambda|handler|fn)$", "", component.name)
        kind, technology = workloads.kind_of(name, found.image, found.settings, found.command)
        if kind == "service" and row.kind == "worker":
            kind = row.kind  # a job: started, and never called
        if component.technology in _SERVERLESS and not found.image:
            kind, technology = (kind if kind in ("worker", "scheduler", "web_frontend") else "service"), None
        if technology is None or technology.kind not in STORES | MESSAGING | {"gateway", "identity_provider"}:
            self.components[address] = replace(
                component, kind=kind if kind not in STORES | MESSAGING else "service"
            )
            if technology is not None and technology.kind == kind:
                self.components[address] = replace(component, kind=kind, technology=technology.id)
        else:
            self.components[address] = replace(component, kind=kind, technology=technology.id)
            if component.technology != technology.id and row.technology != "lambda":
                self.told[address].pop("managed", None)  # a database in a container of one's own
        self._tell(address, found.told)

    def _password(self, address: str, owner: str) -> None:
        resource = self.there.resources[address]
        value = resource.get(_PASSWORDS)
        if (
            value is not None
            and isinstance(value.data, str)
            and value.data
            and not value.data.startswith("{{")
        ):
            shown = value.keys(resource.place)
            self._tell(owner, [Told(Fact("secrets_in_plaintext", True, "stated", shown), written=True)])

    def _copies(self) -> None:
        """Say how many instances there are where a type of resource of its own counts them, and where one is all there is."""
        counts: dict[str, list[Resource]] = {}
        for address, row in self.there.rows.items():
            if row.role == "part" and row.counts:
                for owner in self.there.owners(address):
                    counts.setdefault(owner, []).append(self.there.resources[address])
        for owner, parts in counts.items():
            if all(p.count is not None for p in parts):
                total = sum(p.count or 0 for p in parts)
                evidence = tuple(dict.fromkeys(p.here() for p in parts))[:5]
                self._tell(owner, [Told(Fact("replicas", total, "stated", evidence), written=True)])
        for address in self.components:
            told = self.told.get(address)
            if told is None:
                continue
            type_ = self.there.resources[address].type
            zone, over = told.get("multi_zone"), told.get("failover")
            if "replicas" in told or "min_replicas" in told:
                continue
            if type_ == "aws_db_instance" and zone is not None:
                over = zone
            if over is not None and over.fact.absent and type_ in _ONE_WITHOUT_STANDBY:
                told["single_instance"] = Told(
                    Fact("single_instance", True, "stated", over.fact.evidence), over.written
                )

    def _openings(self) -> None:
        """Add the ports that security groups open to everybody, and connections that one group allows another."""
        holders: dict[str, list[str]] = {}
        for address in self.components:
            for one in (address, *self.there.carries(address)):
                for _, ref, _ in self.there.refs.get(one, ()):
                    for used in self.there.meant(ref):
                        if used not in self.components and address not in holders.setdefault(used, []):
                            holders[used].append(address)
        opened: dict[str, dict[str, Evidence]] = {}  # by group and ports, with the line that says it first
        for opening in openings(self.there):
            ports = opened.setdefault(opening.group, {})
            if opening.everybody and opening.ports and opening.ports not in ports:
                ports[opening.ports] = opening.body.evidence()[0]
            stores = [
                h
                for h in holders.get(opening.group, ())
                if self.components[h].kind in STORES | MESSAGING
                or self.components[h].technology in _BEFORE_STORES
            ]
            for group in opening.groups if stores else ():
                callers = [c for c in holders.get(group, ()) if self.there.rows[c].runs]
                if len(callers) <= 3:
                    self.use.allow(callers, stores, opening.body)
        told: dict[str, dict[str, Evidence]] = {}
        for group, ports in opened.items():
            for holder in (
                (holders.get(group) or ([group] if group in self.components else ())) if ports else ()
            ):
                told.setdefault(holder, {}).update(ports)
        for holder, ports in told.items():
            fact = Fact("ports_open_to_all", tuple(ports), "stated", tuple(dict.fromkeys(ports.values()))[:5])
            self._tell(holder, [Told(fact, written=True)])

    def _hosts(self) -> None:
        """Add the flows to hosts that settings write out, and what stands behind public ones."""
        running = [a for a in self.components if self.there.rows[a].runs]
        names: dict[str, str] = {}
        for address in running:
            given = provided_names(self.there.resources[address], self.there.rows[address])
            for name in (self.components[address].name, *containers.names_of(self.there, address), *given):
                names.setdefault(name, address)
        for address in running:
            for reference, value in hosts_in(self.there, address, names):
                managed = hosts.managed_technology(reference.host)
                watching = managed is not None and load().technologies[managed].kind == "monitoring"
                target = names.get(
                    reference.host, label_of(managed) if managed and watching else reference.host
                )
                if not reference.known and target not in self.components:
                    id_ = self._new_id(target)
                    self._taken.add(id_)
                    self.ids[target] = id_
                    told = [e for e in value.evidence() if reference.host in e.quote] or value.evidence()
                    where = told[:1]
                    self.components[target] = workloads.outside(id_, target, target, managed, *where)
                    self.told[target] = joined(
                        [Told(f, written=True) for f in self.components[target].facts], ()
                    )
                self.use.call(address, target, value, reference.scheme or None)

    def _ways_out(self) -> None:
        """Add NAT gateways that are the only one of their network: nobody names them, and all that goes out needs them."""
        for resource, setting in single_ways_out(self.there):
            name = self._unique("nat-gateway", resource)
            self.names.add(name)
            evidence = setting.evidence() if setting is not None else (resource.here(),)
            address = f"{resource.address}/nat"
            self.ids[address] = self._new_id(name)
            self._taken.add(self.ids[address])
            self.components[address] = Component(
                self.ids[address], name, "other", None, (), (), (), evidence[:1]
            )
            self.told[address] = joined(
                [Told(Fact("single_way_out", True, "stated", evidence[:1]), written=True)], ()
            )

    def _places(self) -> None:
        for address, component in self.components.items():
            if address not in self.there.resources:
                continue
            resource = self.there.resources[address]
            places: dict[str, None] = {}
            region = None if component.kind in ("cdn", "dns") else region_of(resource)
            if region is not None:
                name, evidence = region
                id_ = f"region-{slug(name)}"
                self.boundaries.setdefault(id_, Boundary(id_, name, "region", None, (evidence,)))
                places[id_] = None
            network = network_of(self.there, address)
            if network is not None:
                vpc = self.there.resources[network]
                label = "vpc" if vpc.label in ("this", "main", "vpc", "default") else vpc.label
                id_ = f"network-{slug(network)}"
                name = label if "vpc" in label.lower() or "net" in label.lower() else f"{label}-vpc"
                self.boundaries.setdefault(
                    id_, Boundary(id_, name.replace("_", "-"), "network", None, (vpc.here(),))
                )
                places[id_] = None
            self.components[address] = replace(component, boundaries=tuple(places))

    # --- the result

    def finished(self) -> Sequence[Component]:
        """Return the components with their facts; queues that only take what others couldn't process aren't told of."""
        spare = self._dead_letters()
        used = {a for pair in self.use.found for a in pair}
        out = []
        for address, component in self.components.items():
            if address in spare or (address.startswith(arns.OUTSIDE) and address not in used):
                continue
            told = self.told.get(address, {})
            facts = tuple(told[n].fact for n in sorted(told) if told[n].fact.value != DIFFERS)
            kind = component.kind
            if kind == "service" and self.use.is_driven_by_events(address, self.told.get(address, {})):
                kind = "worker"
            out.append(replace(component, kind=kind, facts=facts))
        return out

    def _dead_letters(self) -> set[str]:
        """Return the queues that are only the place for others' failed messages."""
        used = {a for pair in self.use.found for a in pair}
        out = set()
        for address, component in self.components.items():
            if component.kind in MESSAGING and self.use.is_dead_letter(address):
                if address not in used:
                    out.add(address)
                else:
                    self.told[address].pop("dead_letter_queue", None)
        return out

    def flows(self) -> Sequence[Flow]:
        """Return one flow a pair and kind; what is vague beside something definite is evidence for that."""
        out: dict[str, Flow] = {}
        for (source, target), kinds in self.use.found.items():
            if source == target or source not in self.components or target not in self.ids:
                continue
            a, b = self.ids[source], self.ids[target]
            if a == b:
                continue
            for vague in _VAGUE:
                definite = [k for k in kinds if k not in _VAGUE and k != "replicates"]
                if vague in kinds and definite:
                    kinds[definite[0]] += kinds.pop(vague)
            for kind, uses in kinds.items():
                id_ = flow_id(a, b, kind)
                evidence = tuple(dict.fromkeys(e for u in uses for e in u.evidence))[:5]
                facts = joined((), [t for u in uses for t in u.told])
                known = [t.fact for t in facts.values() if t.fact.value != DIFFERS]
                old = out.get(id_)
                sync = False if kind in ("publishes", "consumes") else None
                protocol = next((u.protocol for u in uses if u.protocol), None)
                out[id_] = (
                    replace(old, evidence=(*old.evidence, *evidence))
                    if old is not None
                    else Flow(id_, a, b, kind, sync, protocol, tuple(known), evidence)
                )
        gone = {self.components[a].id for a in self._dead_letters()}
        return [out[i] for i in sorted(out) if out[i].source not in gone and out[i].target not in gone]


# What lets its callers share the connections of a database, and is let in like one.
_BEFORE_STORES = ("pgbouncer", "pgpool", "rds-proxy", "proxysql")
_ONE_WITHOUT_STANDBY = frozenset(
    ("aws_db_instance", "google_sql_database_instance", "google_redis_instance", "azurerm_postgresql_flexible_server",
     "azurerm_mysql_flexible_server", "azurerm_redis_cache")
)  # fmt: skip
# What runs code without instances of the team's own; elsewhere the provider runs the machine room, not the team's service.
_SERVERLESS = frozenset(
    ("lambda", "cloud-run", "google-cloud-functions", "azure-functions", "aws-app-runner", "app-engine", "aws-glue", "aws-batch")
)  # fmt: skip
