"""Stores and brokers that an operator runs: one object describes what a StatefulSet with its Services would."""

from __future__ import annotations

from dataclasses import dataclass

from buttress.evidence.lines import Node
from buttress.model import Component, Evidence, Fact, slug
from buttress.readers.kubernetes.objects import Object
from buttress.readers.kubernetes.rules import shown
from buttress.vocabulary import load
from buttress.workloads import lifetimes


@dataclass(frozen=True, slots=True)
class Operated:
    """What an operator makes of one kind of object.

    `count` is where the number of instances stands, `storage` where their volumes do, `services` the names by which it is reached
    (`*` is the object's own), `version` where its version stands, `logins` the Secrets that the operator keeps its logins in.
    """

    technology: str
    count: tuple[str, ...]
    storage: tuple[str, ...] = ()
    services: tuple[str, ...] = ("*",)
    version: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()


_OPERATED = {
    ("postgresql.cnpg.io", "Cluster"): Operated("postgresql", ("instances",), ("storage",), ("*-rw", "*-r", "*-ro"), ("imageName",), ("*-app", "*-superuser")),
    ("acid.zalan.do", "postgresql"): Operated(
        "postgresql", ("numberOfInstances",), ("volume",), ("*", "*-repl"), ("postgresql", "version")
    ),
    ("postgres-operator.crunchydata.com", "PostgresCluster"): Operated("postgresql", ("instances", "0", "replicas"), ("instances",), (
        "*-primary", "*-replicas", "*-pgbouncer"), ("postgresVersion",)),
    ("mysql.oracle.com", "InnoDBCluster"): Operated("mysql", ("instances",), ("datadirVolumeClaimTemplate",), ("*",), ("version",)),
    ("k8s.mariadb.com", "MariaDB"): Operated("mariadb", ("replicas",), ("storage",), ("*", "*-primary", "*-secondary")),
    ("mongodbcommunity.mongodb.com", "MongoDBCommunity"): Operated("mongodb", ("members",), (), ("*-svc",), ("version",)),
    ("psmdb.percona.com", "PerconaServerMongoDB"): Operated("mongodb", ("replsets", "0", "size"), ("replsets",), ("*-rs0", "*-mongos")),
    ("kafka.strimzi.io", "Kafka"): Operated("kafka", ("kafka", "replicas"), ("kafka", "storage"), ("*-kafka-bootstrap", "*-kafka-brokers")),
    ("rabbitmq.com", "RabbitmqCluster"): Operated("rabbitmq", ("replicas",), ("persistence",), logins=("*-default-user",)),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): Operated("elasticsearch", ("nodeSets", "0", "count"), (), ("*-es-http",), logins=("*-es-elastic-user",)),
    ("databases.spotahome.com", "RedisFailover"): Operated("redis", ("redis", "replicas"), ("redis", "storage"), ("rfs-*", "rfrm-*", "rfr-*")),
    ("redis.redis.opstreelabs.in", "Redis"): Operated("redis", (), ("storage",)),
    ("redis.redis.opstreelabs.in", "RedisCluster"): Operated("redis", ("clusterSize",), ("storage",), ("*", "*-leader", "*-follower")),
    ("redis.redis.opstreelabs.in", "RedisReplication"): Operated("redis", ("clusterSize",), ("storage",)),
}  # fmt: skip
_ENGINES = {"postgresql": "postgres", "mysql": "mysql", "mongodb": "mongo"}


def operated(item: Object) -> tuple[Component, tuple[str, ...]] | None:
    r"""Return the store or broker that an operator makes of an object, and its names in the cluster; None for other objects.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: tills}\nspec: {instances: 3, storage: {size: 1Gi}}"
    >>> node = documents(Source("a.yaml", text))[0][0]
    >>> made, names = operated(Object("Cluster", "tills", "", node))
    >>> made.kind, [(f.name, f.value) for f in made.facts], names
    ('relational_db', [('replicas', 3), ('failover', True), ('persistent_volume', True)], ('tills-rw', 'tills-r', 'tills-ro'))
    """
    group = item.node.text("apiVersion").partition("/")[0]
    kind = _OPERATED.get((group, item.kind))
    spec = item.node.get("spec")
    if kind is None or spec is None:
        return None
    here = shown(item)
    technology = load().technologies[kind.technology]
    made = Component(
        slug(item.name), item.name, technology.kind, technology.id, facts=_facts(kind, spec), evidence=(here,)
    )
    return made, tuple(name.replace("*", item.name) for name in kind.services)


def credentials_of(item: Object) -> tuple[str, ...]:
    """Return the names of the Secrets in which an operator keeps the logins of what it makes of an object.

    >>> from buttress.model import Source
    >>> node = Node(Source("a.yaml", ""), 1, 1, {"apiVersion": Node(Source("a.yaml", ""), 1, 1, "", "rabbitmq.com/v1beta1")})
    >>> credentials_of(Object("RabbitmqCluster", "tills", "", node))
    ('tills-default-user',)
    """
    kind = _OPERATED.get((item.node.text("apiVersion").partition("/")[0], item.kind))
    return tuple(name.replace("*", item.name) for name in kind.logins) if kind is not None else ()


def _facts(kind: Operated, spec: Node) -> tuple[Fact, ...]:
    facts = []
    count = _under(spec, kind.count) if kind.count else None
    if count is not None and isinstance(count.value, int):
        facts.append(Fact("replicas", count.value, "stated", (count.evidence(),)))
        if count.value > 1:
            facts.append(Fact("failover", True, "stated", (count.evidence(),)))
    storage = _under(spec, kind.storage) if kind.storage else None
    if storage is not None:
        kept = storage.text("type") != "ephemeral"
        place: tuple[Evidence, ...] = ((storage.get("type") or storage).evidence(),)
        facts.append(Fact("persistent_volume", True if kept else None, "stated" if kept else "denied", place))
    backup = spec.get("backup") or spec.get("backups")
    if backup is not None and backup.value:
        facts.append(Fact("backup", True, "stated", (backup.evidence(),)))
    version = _under(spec, kind.version) if kind.version else None
    if version is not None and version.raw and kind.technology in _ENGINES:
        tag = version.raw.partition("@")[0].rpartition(":")[2]
        facts += lifetimes.facts_of(f"{_ENGINES[kind.technology]}:{tag}", version.evidence())
    return tuple(facts)


def _under(node: Node | None, path: tuple[str, ...]) -> Node | None:
    """Return the node under a path of keys, in which `0` is the first item of a list."""
    for key in path:
        if node is None:
            return None
        node = next(iter(node.list()), None) if key == "0" else node.get(key)
    return node
