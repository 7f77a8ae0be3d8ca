"""All resources of a deployment and how they hang together: which component a reference to any of them means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from buttress.cloud.arns import OUTSIDE, named_in
from buttress.cloud.rows import rows
from buttress.cloud.table import Row
from buttress.cloud.values import HOLE, Ref, Resource, Value
from buttress.model.kinds import MESSAGING, STORES

MAX_STEPS = 40
_FORWARDING = ("google_compute_global_forwarding_rule", "google_compute_forwarding_rule")
_SECRETS = (
    "_key_vault_secret",
    "_secretsmanager_secret",
    "_secret_manager_secret",
    "_ssm_parameter",
    "_secret_version",
)
_SECRET_VALUES = "value|secret_string|secret_data|target_id"
# Whose look-up gives an address, not what is kept there: who is given that reads it when it runs.
_LOOKED_UP_SECRETS = ("aws_secretsmanager_secret", "google_secret_manager_secret")
_TASK = "aws_ecs_task_definition"
_KEEP_RUNNING = ("aws_ecs_service", "aws_ecs_task_set", "aws_codedeploy_deployment_group")
_NAME_SPACES = ("azurerm_servicebus_namespace",)
_LINK = re.compile(
    r"https://(?:www|compute)\.googleapis\.com/[\w./:-]{1,300}/([a-zA-Z]{3,50})/([\w-]{1,100})$"
)


def _row_of(type_: str, table: Mapping[str, Row]) -> Row | None:
    """Return the row of a type; of a data source that of the store or broker that it looks up, of which it says no facts.

    One that looks up what runs leads to what its name refers to: what is deployed in the same code.
    """
    row = table.get(type_.removeprefix("data."))
    if row is None or not type_.startswith("data."):
        return row
    if type_.removeprefix("data.") in _LOOKED_UP_SECRETS:
        return row
    looked_up = row.role == "component" and row.kind in STORES | MESSAGING and not row.single
    if row.runs:
        return Row(type_, "path")
    return replace(row, says=(), links=()) if looked_up else table.get(type_)


def _tells_nobody(resource: Resource) -> bool:
    """Return whether a resource is an alert that has no channel by which anybody learns of it."""
    if resource.type != "google_monitoring_alert_policy":
        return False
    channels = resource.get("notification_channels")
    return channels is None or channels.data == []


class Inventory:
    """Resources by address, what refers to what, and who owns the parts."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        """Index the resources; of two with one address the first counts."""
        self.resources: dict[str, Resource] = {}
        for resource in resources:
            self.resources.setdefault(resource.address, resource)
        table = rows()
        self.rows: dict[str, Row] = {
            a: row for a, r in self.resources.items() if (row := _row_of(r.type, table)) is not None
        }
        self.refs: dict[str, list[tuple[str, Ref, Value]]] = {}
        self.users: dict[str, list[str]] = {}
        self._instances: dict[str, list[str]] = {}
        for address in self.resources:
            if address.endswith("]"):
                self._instances.setdefault(address.rpartition("[")[0], []).append(address)
        for address, resource in self.resources.items():
            found = self.refs.setdefault(address, [])
            if isinstance(resource.body.data, dict):
                for key, value in resource.body.data.items():
                    if key in ("depends_on", "lifecycle", "provider", "tags", "DependsOn", "Tags"):
                        continue
                    found += [(key, ref, node) for ref, node in value.all_refs()]
            for used in dict.fromkeys(a for _, ref, _ in found for a in self.meant(ref)):
                if used != address:
                    self.users.setdefault(used, []).append(address)
        for address in [a for a in self.rows if self.resources[a].type.startswith("data.")]:
            if address not in self.users and not address.startswith(OUTSIDE):
                del self.rows[address]
        for address in [a for a in self.rows if _tells_nobody(self.resources[a])]:
            del self.rows[address]
        rules = [a for a in self.rows if self.resources[a].type in _FORWARDING]
        plain = [a for a in rules if self._only_redirects(self.resources[a])]
        for address in plain if len(plain) < len(rules) else ():
            del self.rows[address]
        self._inside: dict[str, list[str]] = {}
        self.contents: dict[str, list[str]] = {}  # the queues and topics of each name space
        self._name_spaces()
        self._tasks_of_their_own()
        self._physical: dict[str, list[str]] = {}
        self._members: dict[str, list[str]] = {}
        self._owned: dict[str, tuple[str, ...]] = {}
        for address, row in self.rows.items():
            found_name = self.resources[address].get(row.names)
            name = found_name.words() if found_name is not None else ""
            if len(name) > 1 and HOLE not in name:
                self._physical.setdefault(name, []).append(address)
        self._follow_links()
        for address, row in self.rows.items():
            for source, target, kind in row.links:
                if not kind:
                    for whole in self.named(self.resources[address], source):
                        self._members.setdefault(whole, []).extend(
                            self.named(self.resources[address], target)
                        )

    def _only_redirects(self, rule: Resource) -> bool:
        """Return whether a forwarding rule only sends browsers to another address: it is the plain half of a balancer."""
        proxies = [r for ref, _ in rule.body.all_refs() for r in self._at(ref) if "_http_proxy" in r.type]
        maps = [
            r for p in proxies for ref, _ in p.body.all_refs() for r in self._at(ref) if "url_map" in r.type
        ]
        return bool(maps) and all(m.get("default_url_redirect.https_redirect") is not None for m in maps)

    def _at(self, ref: Ref) -> list[Resource]:
        return [self.resources[a] for a in self.meant(ref)]

    def _name_spaces(self) -> None:
        """Let a name space of queues stand for its queue where it has one, and for nothing where only its queues name it."""
        for address, row in list(self.rows.items()):
            if self.resources[address].type not in _NAME_SPACES:
                continue
            users = [(u, self.rows[u]) for u in self.users.get(address, ()) if u in self.rows]
            inside = [u for u, r in users if r.role == "component" and r.kind in MESSAGING]
            if len(inside) == 1 or (inside and len(inside) == len(users)):
                self.rows[address] = replace(row, role="part")
                self._inside[address] = inside
            self.contents[address] = inside

    def _tasks_of_their_own(self) -> None:
        """Let a task that no service keeps running stand for itself: a job, unless others reach a port of it."""
        for task in self.of(_TASK):
            services = [
                u for u in self.users.get(task.address, ()) if self.resources[u].type in _KEEP_RUNNING
            ]
            if not services and task.count != 0:
                ports = task.get("container_definitions.port_mappings")
                row = replace(self.rows[task.address], role="component", technology="ecs", runs=True)
                self.rows[task.address] = replace(row, kind="worker" if ports is None else "service")

    def _follow_links(self) -> None:
        """Add what plans and states of Google name by its link as references."""
        for address, resource in self.resources.items():
            if not resource.type.startswith("google_") or not isinstance(resource.body.data, dict):
                continue
            for key, value in resource.body.data.items():
                for _, node in value.walk():
                    linked = [] if node.refs else self._linked(node.words())
                    for other in linked:
                        if other != address:
                            self.refs[address].append((key, Ref(other), node))
                            self.users.setdefault(other, []).append(address)

    def _linked(self, words: str) -> list[str]:
        """Return what a link of Google names (`https://www.googleapis.com/…/urlMaps/shop`), by its sort and name."""
        link = _LINK.match(words)
        if link is None:
            return []
        sort = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", link[1]).lower()
        sort = sort[:-3] + "y" if sort.endswith("ies") else sort.removesuffix("s")
        named = [a for a in self._physical.get(link[2], ()) if self.resources[a].type.endswith(sort)]
        return named if len(named) == 1 else []

    def of(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types, in the order of the files."""
        yield from (r for r in self.resources.values() if r.type in types)

    def meant(self, ref: Ref) -> tuple[str, ...]:
        """Return the addresses that a reference means: one, or all instances where it names them all."""
        if ref.address in self.resources:
            return (ref.address,)
        base, _, key = ref.address.rpartition("[")
        if base and key in ("*]", "?]"):
            if base in self.resources:
                return (base,)
            found = self._instances.get(base, [])
            return tuple(found) if key == "*]" or len(found) == 1 else ()
        if base and base in self.resources:
            return (base,)
        if ref.address.endswith("]"):
            return ()
        return tuple(self._instances.get(ref.address, ()))[:20]

    def named(self, resource: Resource, path: str) -> list[str]:
        """Return the addresses that an attribute names, by reference or by a name at the provider; itself for no path."""
        if not path:
            return [resource.address]
        out: dict[str, None] = {}
        for value in resource.body.each(path):
            out.update(dict.fromkeys(self.meant_by(value)))
        return list(out)

    def meant_by(self, value: Value) -> list[str]:
        """Return the addresses that a value names, by reference or by a name at the provider."""
        found = [a for ref, _ in value.all_refs() for a in self.meant(ref)]
        words = value.words()
        for named in named_in(words):
            known = [
                a for a in self._physical.get(named.name, ()) if self.resources[a].type.endswith(named.type)
            ]
            found += known if len(known) == 1 else []
        if found:
            return list(dict.fromkeys(found))
        if not words or len(words) > 500:
            return []
        if linked := self._linked(words):
            return linked
        last = words.rpartition("/")[2] if "/" in words else words.rpartition(":")[2]
        for name in (words, last.partition("?")[0], last.rpartition(":")[2]):
            known = self._physical.get(name, [])
            if len(known) == 1:
                return list(known)
        return []

    def kept_in(self, address: str) -> Iterator[tuple[str, Value]]:
        """Yield the components that the value of a secret names, with the words that do: who is given the secret uses them."""
        versions = [
            u for u in self.users.get(address, ()) if self.resources[u].type.endswith("_secret_version")
        ]
        for one in (address, *versions[:5]) if self.resources[address].type.endswith(_SECRETS) else ():
            for value in self.resources[one].body.each(_SECRET_VALUES):
                for ref, node in value.all_refs():
                    for used in self.meant(ref):
                        yield from ((o, node) for o in self.owners(used))

    def owners(self, address: str) -> tuple[str, ...]:
        """Return the components that a resource is, belongs to or leads to."""
        if address not in self._owned:
            self._owned[address] = ()
            self._owned[address] = tuple(dict.fromkeys(self._owners(address, set())))
        return self._owned[address]

    def _owners(self, address: str, seen: set[str]) -> Iterator[str]:
        if address in seen or len(seen) > MAX_STEPS:
            return
        seen.add(address)
        row = self.rows.get(address)
        if row is None:
            return
        resource = self.resources[address]
        if row.role == "component":
            yield address
        elif address in self._inside:
            yield from self._inside[address]
        elif row.role == "part":
            named = self.named(resource, row.of)
            plain = [a for a in named if (r := self.rows.get(a)) is not None and r.role == "component"]
            for whole in plain or named:  # `service/<cluster>/<service>` means the service
                yield from self._owners(whole, seen)
        elif row.role == "carried":
            for member in self._members.get(address, ()):
                yield from self._owners(member, seen)
            for user in self.users.get(address, ()):
                if (used_by := self.rows.get(user)) is not None and used_by.role in ("component", "carried"):
                    yield from self._owners(user, seen)
        elif row.role == "path":
            for _, ref, _ in self.refs.get(address, ()):
                for further in self.meant(ref):
                    yield from self._owners(further, seen)
            for member in self._members.get(address, ()):
                yield from self._owners(member, seen)

    def owners_of(self, resource: Resource, path: str) -> list[str]:
        """Return the components that an attribute leads to."""
        return list(dict.fromkeys(o for a in self.named(resource, path) for o in self.owners(a)))

    def carries(self, address: str) -> list[str]:
        """Return what a component has of its own: task definitions, launch templates, security groups …, by reference."""
        out: dict[str, None] = {}
        todo = [address]
        for one in todo:
            for _, ref, _ in self.refs.get(one, ()):
                for used in self.meant(ref):
                    row = self.rows.get(used)
                    if row is not None and row.role == "carried" and used not in out and len(out) < 50:
                        out[used] = None
                        todo.append(used)
        return list(out)
