"""Who uses what: flows from links, settings, listeners and origins, rights, and rules between security groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from buttress.cloud.access import fits, meaning, statements, too_wide
from buttress.cloud.containers import is_host, settings_of
from buttress.cloud.facts import Told, facts_of
from buttress.cloud.grants import granted, holders_of
from buttress.cloud.inventory import Inventory
from buttress.cloud.pruning import EDGE
from buttress.cloud.table import Row
from buttress.cloud.values import Resource, Value
from buttress.model import Evidence, Fact
from buttress.model.kinds import MESSAGING, STORES

_NO_UPSTREAM = re.compile(
    r"log|cert|subnet|security|acl|tags|name$|vpc_id|monitor|identity|policy", re.IGNORECASE
)
_NO_RIGHTS = re.compile(r"assume|trust|exec|resource|kms|key", re.IGNORECASE)
MAX_ALLOWED = 50_000
_ATTACHMENTS = ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
_SCHEDULES = ("aws_scheduler_schedule", "aws_glue_trigger")
# What reads from these has a name of its own for it, a subscription; who is given theirs sends to them.
_TOPICS = ("sns", "google-pubsub", "google-cloud-tasks", "azure-event-grid", "eventbridge")
_MANAGED = re.compile(
    r"(?:^|/)(?:AdministratorAccess|PowerUserAccess|(?!\w*(?:CloudWatch|XRay|Xray|Logs|ContainerRegistry))\w*FullAccess)$"
)
_RESOURCE_POLICIES = ("aws_s3_bucket_policy",)


@dataclass(frozen=True, slots=True)
class Use:
    """One reason to say that a component uses another: the lines, and the facts of the flow that they say."""

    evidence: tuple[Evidence, ...]
    told: tuple[Told, ...] = ()
    protocol: str | None = None


class Uses:
    """All uses of components by each other, by the addresses of the two and the kind of flow."""

    def __init__(self, there: Inventory) -> None:
        """Start without any."""
        self.there = there
        self.found: dict[tuple[str, str], dict[str, list[Use]]] = {}
        self.told: list[tuple[str, Told]] = []
        self._allowed: list[tuple[str, str, Value]] = []
        self._awaiting: set[str] = set()  # what an event starts, whichever bus it comes from
        self._dead: set[str] = set()
        # What one role lets several do with one broker: by the broker, who has the role, and the kind of flow.
        self._shared: dict[str, dict[str, dict[str, list[Use]]]] = {}
        self._called: set[str] | None = None
        self._driven: set[str] = set()

    def kind(self, address: str) -> str:
        """Return the kind of component that the row of an address says."""
        return self.there.rows[address].kind

    def allow(self, callers: Sequence[str], targets: Sequence[str], rule: Value) -> None:
        """Note that a rule lets some components reach others."""
        pairs = [(c, t, rule) for c in callers for t in targets]
        self._allowed += pairs[: MAX_ALLOWED - len(self._allowed)]

    def call(self, caller: str, target: str, value: Value, protocol: str | None) -> None:
        """Note that a setting names the host of another component."""
        self._use(caller, target, "calls", Use(value.evidence(), (), protocol))

    def is_dead_letter(self, address: str) -> bool:
        """Return whether a queue is the place for another one's failed messages."""
        return address in self._dead

    def is_driven_by_events(self, address: str, told: Mapping[str, Told]) -> bool:
        """Return whether something only runs when a message, a file or a time comes: nothing calls it, it isn't open."""
        opened = any(
            (t := told.get(n)) is not None and not t.fact.absent
            for n in ("exposed_to_internet", "authentication")
        )
        if not self.there.rows[address].runs or opened:
            return False
        if self._called is None:
            self._called = {t for (_, t), kinds in self.found.items() if kinds.keys() & {"calls", "routes"}}
            self._driven = {s for (s, _), kinds in self.found.items() if "consumes" in kinds}
        return address not in self._called and (
            address in self._driven or address in self._awaiting or "schedule" in told
        )

    def collect(self) -> None:
        """Find all uses."""
        for address, row in self.there.rows.items():
            for source, target, kind in row.links:
                if kind:
                    self._link(self.there.resources[address], row, source, target, kind)
            for value in self.there.resources[address].body.each(_DEAD_LETTERS):
                for _, node in value.walk():
                    for dead in self.there.meant_by(node):
                        self._dead.update(self.there.owners(dead))
        for address, row in self.there.rows.items():
            if row.role == "component" and self.there.resources[address].count != 0:
                self._settings(address, row)
                if row.kind in EDGE:
                    self._upstreams(address, address)
            elif row.role == "part":
                for owner in self.there.owners(address):
                    if self.kind(owner) in EDGE:
                        self._upstreams(owner, address)
        self._rights()
        self._grants()
        told = {
            (id(rule), target) for caller, target, rule in self._allowed if (caller, target) in self.found
        }
        for (
            caller,
            target,
            rule,
        ) in self._allowed:  # of several that share a group some may only be let in with the others
            if (caller, target) not in self.found and (id(rule), target) not in told:
                self._use(caller, target, "calls", Use(rule.evidence()[:1]))

    def _use(self, source: str, target: str, kind: str, use: Use) -> None:
        if source != target and use.evidence:
            self.found.setdefault((source, target), {}).setdefault(kind, []).append(use)

    def _link(self, resource: Resource, row: Row, source: str, target: str, kind: str) -> None:
        evidence: tuple[Evidence, ...] = (resource.here(),)
        told = facts_of(resource, row) if row.role in ("link", "part") else ()
        if kind == "event":
            self._event(resource, source, target)
            return
        sources, targets = self.there.owners_of(resource, source), self.there.owners_of(resource, target)
        for place in (source, target):
            value = resource.get(place) if place else None
            if value is not None:
                evidence = (*evidence, *value.evidence()[:1])
        for a in sources:
            for b in targets:
                if kind == "trigger":
                    if self.kind(b) in (*EDGE, "scheduler"):
                        self._use(b, a, "routes", Use(evidence))
                    elif source == "":
                        self._use(a, b, "publishes" if self.kind(b) in MESSAGING else "calls", Use(evidence))
                    else:
                        self._use(a, b, "consumes", Use(evidence))
                elif kind == "sink" and self.there.rows[b].runs and self.kind(a) in MESSAGING:
                    self._use(b, a, "consumes", Use(evidence, told))
                elif kind == "sink":
                    taken = (
                        "publishes"
                        if self.kind(b) in MESSAGING
                        else "writes"
                        if self.kind(b) in STORES
                        else "calls"
                    )
                    self._use(a, b, taken, Use(evidence, told))
                elif kind == "delivery" and self.kind(a) in MESSAGING:
                    self._use(b, a, "publishes", Use(evidence, told))
                else:
                    self._use(a, b, "consumes" if kind == "delivery" else kind, Use(evidence, told))

    def _event(self, resource: Resource, source: str, target: str) -> None:
        """Add what an event rule or schedule starts: the time at which it does, or the bus that its events come from."""
        started = self.there.owners_of(resource, source)
        own = resource.type in _SCHEDULES
        rules = [resource] if own else [self.there.resources[a] for a in self.there.named(resource, target)]
        for rule in rules:
            at = rule.get("schedule_expression|schedule")
            if at is not None and at.words():
                when = at.words()[:100] if at.known else "as a variable says"
                fact = Fact("schedule", when, "stated", at.evidence())
                self.told += [(s, Told(fact, written=True)) for s in started if self.there.rows[s].runs]
                continue
            if rule.get("event_pattern") is not None:
                self._awaiting.update(started)
            for bus in self.there.owners_of(rule, "event_bus_name"):
                for s in started:
                    kind = "consumes" if self.there.rows[s].runs or self.kind(s) in MESSAGING else "routes"
                    a, b = (s, bus) if kind == "consumes" else (bus, s)
                    self._use(a, b, kind, Use((rule.here(), resource.here())))
            for started_by in {o for v in rule.body.each("event_pattern") for _, n in v.walk() for x in self.there.meant_by(n)
                               for o in self.there.owners(x)}:  # fmt: skip
                for s in started:
                    self._use(s, started_by, "consumes", Use((rule.here(), resource.here())))

    def _settings(self, address: str, row: Row) -> None:
        """Add what the settings of a component name: other resources, and hosts outside."""
        if row.runs and is_host(self.there, address):
            return  # they name the cluster that it joins, of which others' services are the tasks
        for one, env in (
            (address, row.env),
            *((c, self.there.rows[c].env) for c in self.there.carries(address)),
        ):
            for _, value in settings_of(self.there.resources[one], env):
                for used in self.there.meant_by(value):
                    reading = self.there.rows[used].used_as if used in self.there.rows else ""
                    for owner in self.there.owners(used):
                        self._use(
                            address, owner, reading or self._usual(address, owner), Use(value.evidence())
                        )
                    for owner, kept in self.there.kept_in(used):
                        evidence = (*value.evidence()[:1], *kept.evidence()[:1])
                        self._use(address, owner, self._usual(address, owner), Use(evidence))

    def _usual(self, source: str, target: str) -> str:
        if self.kind(source) in EDGE and self.kind(target) not in STORES | MESSAGING:
            return "routes"
        if self.there.rows[target].technology in _TOPICS and self.kind(target) in MESSAGING:
            return "publishes"
        return "reads" if self.kind(target) in ("secret_store", "config_server") else "calls"

    def _upstreams(self, edge: str, address: str) -> None:
        """Add what a load balancer, gateway or CDN passes requests on to."""
        for key, ref, node in self.there.refs.get(address, ()):
            if _NO_UPSTREAM.search(key):
                continue
            for used in self.there.meant(ref):
                for owner in self.there.owners(used):
                    row = self.there.rows[owner]
                    if row.kind in MESSAGING and key == "xml_content":
                        self._use(edge, owner, "publishes", Use(node.evidence()[:1]))
                    if row.runs or row.kind in (*EDGE, "object_store"):
                        if row.kind in EDGE and owner == edge:
                            continue
                        self._use(edge, owner, "routes", Use(node.evidence()[:1]))

    def _rights(self) -> None:
        """Add what roles allow: which component may read, write, publish to or call which resource."""
        holders, handed = holders_of(self.there), self._handed()
        holders.update({address: [address] for address in handed})
        for role, policies in (self._policies() | handed).items():
            for policy in policies:
                for statement in statements(policy):
                    if not statement.allows:
                        continue
                    if wide := too_wide(statement):
                        fact = Fact("wide_permissions", True, "stated", _lines_of(statement.body, wide))
                        self.told += [(h, Told(fact, written=True)) for h in holders.get(role, ())]
                    for kind, action in meaning(statement.actions):
                        for resource in statement.resources:
                            for used in self.there.meant_by(resource):
                                for owner in self.there.owners(used):
                                    if fits(kind, self.kind(owner)):
                                        evidence = (*action.evidence()[:1], *resource.evidence()[:1])
                                        self._allowed_by_role(
                                            holders.get(role, []), owner, kind, Use(evidence)
                                        )
        self._share()
        for role, policy in self._managed():
            fact = Fact("wide_permissions", True, "stated", policy.evidence()[:1])
            self.told += [(h, Told(fact, written=True)) for h in holders.get(role, ())]

    def _managed(self) -> Iterator[tuple[str, Value]]:
        """Yield the roles that a policy of AWS's own lets do everything, or everything with one service, with the words for it."""
        for acting in self.there.of("aws_iam_role"):
            for policy in acting.body.each("managed_policy_arns"):
                if _MANAGED.search(policy.words()):
                    yield acting.address, policy
        for attachment in self.there.of(*_ATTACHMENTS):
            arn = attachment.get("policy_arn")
            if arn is not None and _MANAGED.search(arn.words()):
                for role in self.there.named(attachment, "role|roles"):
                    yield role, arn

    def _share(self) -> None:
        """Add who sends and who receives, of several with one role that may do both: requests come to those who send.

        Where requests come to none of them, or to all, nobody can tell.
        """
        asked = {t for (_, t), kinds in self.found.items() if kinds.keys() & {"routes", "calls"}}
        for target, allowed in self._shared.items():
            both = {h for h, kinds in allowed.items() if len(kinds) > 1}
            for holder, kinds in allowed.items():
                if holder in both and not 0 < len(both & asked) < len(both):
                    continue
                other = "consumes" if holder in asked else "publishes"
                for kind, uses in kinds.items():
                    for use in uses if holder not in both or kind != other else ():
                        self._use(holder, target, kind, use)

    def _allowed_by_role(self, holders: list[str], target: str, kind: str, use: Use) -> None:
        """Add what a role allows; a role that several share only tells how those use a thing of whom something else says that they do.

        A function gets its messages from an event source; that it may receive them makes no consumer of it. What puts failed
        messages aside needs the right to send them, too. A line of settings that several share tells no more than the role
        of who sends and who receives.
        """
        if kind == "publishes" and self.is_dead_letter(target):
            return
        shown = {
            h: {e for u in self.found.get((h, target), {}).get("calls", ()) for e in u.evidence}
            for h in holders
        }
        times = Counter(e for lines in shown.values() for e in lines)
        for holder in holders:
            known = self.found.get((holder, target), {})
            if (
                kind in ("publishes", "consumes")
                and shown[holder]
                and all(times[e] > 1 for e in shown[holder])
            ):
                continue
            polled = kind == "consumes" and self.there.rows[holder].technology == "lambda"
            if len(holders) > 1 and "calls" in known and kind in ("publishes", "consumes") and not polled:
                self._shared.setdefault(target, {}).setdefault(holder, {}).setdefault(kind, []).append(use)
            elif (len(holders) == 1 or "calls" in known) and not (polled and "consumes" not in known):
                self._use(holder, target, kind, use)

    def _handed(self) -> dict[str, list[Value]]:
        """Return the policy documents that modules elsewhere get for what they make, which acts with a role of its own."""
        out: dict[str, list[Value]] = {}
        for address, row in self.there.rows.items():
            if row.runs and not self.there.resources[address].strict:
                for key, ref, _ in self.there.refs.get(address, ()):
                    for used in self.there.meant(ref):
                        document = self.there.resources[used]
                        if document.type == "data.aws_iam_policy_document" and not _NO_RIGHTS.search(key):
                            out.setdefault(address, []).append(document.body)
        return out

    def _policies(self) -> dict[str, list[Value]]:
        """Return the policy documents of each role."""
        out: dict[str, list[Value]] = {}
        for item in self.there.of("aws_iam_role_policy", "aws_iam_policy"):
            for role in self.there.named(item, "role|roles"):
                out.setdefault(role, []).extend(self._documents(item))
        for acting in self.there.of("aws_iam_role"):
            for inline in acting.body.each("inline_policy|policies"):
                out.setdefault(acting.address, []).extend(
                    self._documents_in(inline.get("policy|policy_document"))
                )
        for attachment in self.there.of(*_ATTACHMENTS):
            for role in self.there.named(attachment, "role|roles"):
                for policy in self.there.named(attachment, "policy_arn"):
                    out.setdefault(role, []).extend(self._documents(self.there.resources[policy]))
        return out

    def _documents(self, item: Resource) -> list[Value]:
        return self._documents_in(item.get("policy|policy_document"))

    def _documents_in(self, value: Value | None) -> list[Value]:
        if value is None:
            return []
        if isinstance(value.data, dict):
            return [value]
        out = []
        for document in self.there.meant_by(value):
            resource = self.there.resources[document]
            out.append(resource.body)
            for other in self.there.named(resource, "source_policy_documents"):
                out.append(self.there.resources[other].body)
        return out

    def _grants(self) -> None:
        """Add what Google's and Azure's grants say, and who may read a bucket by its own policy."""
        uses, told = granted(self.there, holders_of(self.there))
        self.told += told
        for use in uses:
            self._use(use.holder, use.target, use.kind, Use(use.evidence))
        for resource in self.there.of(*_RESOURCE_POLICIES):
            self._bucket_policy(resource)

    def _bucket_policy(self, resource: Resource) -> None:
        for policy in self._documents(resource):
            for statement in statements(policy):
                if (
                    statement.allows
                    and statement.anybody
                    and not statement.conditional
                    and any(re.match(r"s3:(?:GetObject|\*)|\*$", a.words()) for a in statement.actions)
                ):
                    evidence = _lines_of(statement.body, statement.actions)
                    for bucket in self.there.owners_of(resource, "bucket"):
                        self.told.append(
                            (
                                bucket,
                                Told(Fact("exposed_to_internet", True, "stated", evidence), written=True),
                            )
                        )


_DEAD_LETTERS = (
    "redrive_policy.deadLetterTargetArn|dead_letter_config.target_arn|destination_config.on_failure|dead_letter_policy.dead_letter_topic"
    "|dead_letter_queue.target_arn|dead_letter_target_arn|dead_letter_queue_arn"
)


def _lines_of(*values: Value | tuple[Value, ...]) -> tuple[Evidence, ...]:
    flat = [v for value in values for v in (value if isinstance(value, tuple) else (value,))]
    return tuple(dict.fromkeys(e for v in flat[1:] or flat for e in v.evidence()[:1]))[:3]
