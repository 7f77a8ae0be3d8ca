"""Who acts with which role or identity, and what Google's and Azure's grants let it do with which resource; what everybody may."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from buttress.cloud.access import ROLES, fits
from buttress.cloud.facts import Told
from buttress.cloud.inventory import Inventory
from buttress.cloud.values import Resource, Value
from buttress.model import Evidence, Fact
from buttress.model.kinds import STORES

_ACTING = ("scheduler", "gateway", "stream", "worker")
_IDENTITY = re.compile(r"iam_role$|service_account$|user_assigned_identity$")
_GRANTS = re.compile(
    r"^google_\w+_iam_(?:member|binding|policy)$|^azurerm_role_assignment$|^azurerm_cosmosdb_sql_role_assignment$"
)
_ABOVE = re.compile(r"^google_(?:project|folder|organization)_iam_|^azurerm_role_assignment$")
_MEMBERS = "member|members|principal_id"
_EVERYBODY = ("allUsers", "allAuthenticatedUsers")
_INVOKER = re.compile(r"(?:run|cloudfunctions)\.invoker")
_EVERYTHING = re.compile(r"^(?:roles/(?:owner|editor)|Owner|Contributor)$")
_SUBSCRIPTION = re.compile(
    r"^/subscriptions/[^/]{1,100}/?$|^/providers/Microsoft\.Management/", re.IGNORECASE
)
# What a role on a whole project is about, where the project has one of it.
_KEPT_IN_PROJECT = {
    "datastore": "google_firestore_database", "bigquery": "google_bigquery_dataset", "pubsub": "google_pubsub_topic",
    "storage": "google_storage_bucket", "cloudsql": "google_sql_database_instance", "secretmanager": "google_secret_manager_secret",
    "cloudtasks": "google_cloud_tasks_queue", "spanner": "google_spanner_instance", "bigtable": "google_bigtable_instance",
}  # fmt: skip
_CUSTOM_ROLES = ("google_project_iam_custom_role", "google_organization_iam_custom_role")
_PERMISSIONS = (
    (re.compile(r"^(?:pubsub\.topics\.publish|cloudtasks\.tasks\.create)$"), "publishes"),
    (re.compile(r"^pubsub\.subscriptions\.consume$"), "consumes"),
    (re.compile(r"^(?:datastore\.entities|storage\.objects)\.(?:create|update|delete)$|^bigquery\.tables\.updateData$"), "writes"),
    (re.compile(r"^(?:datastore\.entities|storage\.objects)\.(?:get|list)$|^bigquery\.tables\.getData$|^secretmanager\.versions\.access$"), "reads"),
)  # fmt: skip


class Use(NamedTuple):
    """What a grant lets one component do with another: the two, the kind of flow, and the lines."""

    holder: str
    target: str
    kind: str
    evidence: tuple[Evidence, ...]


class Grant(NamedTuple):
    """A role that some members have on some components, or on a whole project; `sure` says that it is made."""

    resource: Resource
    role: Value | None
    members: tuple[Value, ...]
    targets: tuple[str, ...]
    sure: bool

    @property
    def everybody(self) -> Value | None:
        """The member that stands for everybody on the internet."""
        return next((m for m in self.members if m.data in _EVERYBODY), None)

    @property
    def named(self) -> bool:
        """Whether all members are somebody's names; of a variable nobody knows whether it means everybody."""
        return bool(self.members) and all(m.refs or ":" in m.words() for m in self.members)


def holders_of(there: Inventory) -> dict[str, list[str]]:
    """Return the components that act with each role, service account or identity."""
    out: dict[str, dict[str, None]] = {}
    for address, row in there.rows.items():
        if row.role != "component" or not (row.runs or row.kind in _ACTING):
            continue
        for one in (address, *there.carries(address)):
            for key, ref, _ in there.refs.get(one, ()):
                if "execution" in key.lower() and "lambda" not in key.lower():
                    continue  # the role with which a task is started, not the one of its code
                for used in there.meant(ref):
                    if _IDENTITY.search(there.resources[used].type):
                        out.setdefault(used, {})[address] = None
    return {role: list(found) for role, found in out.items()}


def granted(there: Inventory, holders: Mapping[str, list[str]]) -> tuple[list[Use], list[tuple[str, Told]]]:
    """Return what Google's and Azure's grants let components do, and the facts that they say, by address."""
    grants = [g for r in there.resources.values() if _GRANTS.match(r.type) and r.count != 0 for g in _of(there, r)]  # fmt: skip
    return list(_uses(there, grants, holders)), [
        *_of_everybody(there, grants),
        *_wide(there, grants, holders),
    ]


def _of(there: Inventory, resource: Resource) -> Iterator[Grant]:
    targets = tuple(
        dict.fromkeys(
            o
            for key, ref, _ in there.refs[resource.address]
            if key not in ("member", "members", "principal_id", "project", "role_definition_id")
            for a in there.meant(ref)
            for o in there.owners(a)
        )
    )
    sure = resource.count is not None
    policy = resource.get("policy_data")
    bodies = [resource.body]
    if policy is not None:
        bodies = [b for a in there.meant_by(policy) for b in there.resources[a].body.each("binding")]
    for body in bodies:
        role = body.get("role|role_definition_name|role_definition_id")
        yield Grant(resource, role, tuple(body.each(_MEMBERS)), targets, sure)


def _of_everybody(there: Inventory, grants: list[Grant]) -> Iterator[tuple[str, Told]]:
    """Yield what is open to everybody, and what only lets in those who are named."""
    unclear = {t for g in grants if g.everybody is not None or not g.named for t in g.targets}
    for grant in grants:
        who = grant.everybody
        for target in grant.targets:
            if who is not None and grant.sure:
                if there.rows[target].kind in STORES:
                    yield (
                        target,
                        Told(Fact("exposed_to_internet", True, "stated", who.evidence()), written=True),
                    )
                elif who.data == "allUsers":  # what runs there may check its callers by itself
                    yield target, Told(Fact("open_to_callers", True, "stated", who.evidence()), written=True)
            elif (
                target not in unclear
                and there.rows[target].runs
                and grant.role is not None
                and _INVOKER.search(grant.role.words())
            ):
                fact = Fact("authentication", "IAM", "stated", grant.members[0].evidence()[:1])
                yield target, Told(fact, written=True)


def _wide(
    there: Inventory, grants: list[Grant], holders: Mapping[str, list[str]]
) -> Iterator[tuple[str, Told]]:
    """Yield who may do everything in a whole project or subscription."""
    for grant in grants:
        role, type_ = grant.role, grant.resource.type
        if role is None or not _ABOVE.match(type_) or not _EVERYTHING.match(role.words()):
            continue
        scope = grant.resource.get("scope")
        if scope is not None and not (
            _SUBSCRIPTION.match(scope.words())
            or any("azurerm_subscription" in ref.address for ref, _ in scope.all_refs())
        ):
            continue
        for holder in _acting(there, grant, holders):
            yield holder, Told(Fact("wide_permissions", True, "stated", role.evidence()[:1]), written=True)


def _uses(there: Inventory, grants: list[Grant], holders: Mapping[str, list[str]]) -> Iterator[Use]:
    ones = _ones(there)
    permitted = _permitted(there, ones)
    for grant in grants:
        role = grant.role
        own = [a for a in there.meant_by(role) if a in permitted] if role is not None else []
        for address in own if grant.everybody is None else ():
            for holder in _acting(there, grant, holders):
                for (target, kind_), said in permitted[address].items():
                    yield Use(holder, target, kind_, (*said.evidence()[:1], grant.resource.here()))
        kind = _kind(there, role) if role is not None and grant.everybody is None else ""
        if role is None or not kind:
            continue
        targets = grant.targets or _in_project(grant, ones)
        for holder in _acting(there, grant, holders):
            if there.rows[holder].runs or there.rows[holder].kind == "scheduler":
                for target in targets:
                    if fits(kind, there.rows[target].kind):
                        yield Use(holder, target, kind, (*role.evidence()[:1], grant.resource.here()))


def _permitted(there: Inventory, ones: Mapping[str, str]) -> dict[str, dict[tuple[str, str], Value]]:
    """Return what the roles that a team makes of permissions allow: the stores, the kinds of flow, and what says so, by role."""
    out: dict[str, dict[tuple[str, str], Value]] = {}
    for role in there.of(*_CUSTOM_ROLES):
        found = out.setdefault(role.address, {})
        for permission in role.body.each("permissions"):
            words = permission.words()
            kind = next((k for pattern, k in _PERMISSIONS if pattern.search(words)), "")
            target = ones.get(words.partition(".")[0])
            if kind and target is not None and fits(kind, there.rows[target].kind):
                found.setdefault((target, kind), permission)
    return out


def _kind(there: Inventory, role: Value) -> str:
    """Return the kind of flow that a role means; of one that is defined by what it may do, by that."""
    found = next((k for pattern, k in ROLES if pattern.search(role.words())), "")
    if found or not role.refs:
        return found
    defined = "role_definition_id|permissions.data_actions|name"
    words = " ".join(v.words() for a in there.meant_by(role) for v in there.resources[a].body.each(defined))
    return next((k for pattern, k in ROLES if pattern.search(words)), "calls")


def _in_project(grant: Grant, ones: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a role on a whole project is about, where there is one of its sort."""
    if not _ABOVE.match(grant.resource.type) or grant.role is None:
        return ()
    sort = re.match(r"roles/(\w+)\.", grant.role.words())
    return (ones[sort[1]],) if sort and sort[1] in ones else ()


def _ones(there: Inventory) -> dict[str, str]:
    """Return the one thing of each sort that the code has, as roles and permissions call the sort; nothing where there are several."""
    found: dict[str, list[str]] = {}
    for address, row in there.rows.items():
        found.setdefault(there.resources[address].type, []).append(address)
        if row.single:
            del found[there.resources[address].type][1:]
    return {s: found[t][0] for s, t in _KEPT_IN_PROJECT.items() if len(found.get(t, ())) == 1}


def _acting(there: Inventory, grant: Grant, holders: Mapping[str, list[str]]) -> list[str]:
    """Return the components that act as the members of a grant."""
    accounts = dict.fromkeys(a for member in grant.members for a in there.meant_by(member))
    return list(dict.fromkeys(h for a in accounts for h in holders.get(a) or there.owners(a)))
