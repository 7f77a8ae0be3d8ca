"""What a resource is called: the name that its code gives it, or the one that it has at the provider where the code only says "main"."""

from __future__ import annotations

import re

from buttress.cloud.table import Row
from buttress.cloud.values import Resource, without_holes
from buttress.names import words_of
from buttress.workloads import label_of

_SAYS_NOTHING = frozenset(
    """
        this main default primary self resource instance example master server node nodes app application
        my the module standard internal external public private fn function lambda handler runtime service svc item items task tasks aws
        ca cae func fa asp st stg sto rg psql evhns sbns kv
        google gcp azure azurerm ecs eks ec2 rds fargate sqs sns s3 new all common core infra infrastructure stack template resources
        cloudformation cfn terraform iac deploy deployment templates modules
    """.split()
)
_ENVIRONMENTS = frozenset(
    "dev development test testing tst qa staging stage stg prod production prd live uat sandbox demo eu us ap env environment".split()
)
_ASIDE = frozenset(("dlq", "deadletter", "deadletters"))
_TASK = re.compile(r"[-_]?task(?:[-_]?def(?:inition)?)?$", re.IGNORECASE)
_NOUNS = {
    "db": "db database postgres postgresql pg mysql mariadb mssql rds aurora sql store data mongo mongodb documentdb docdb neptune"
    " spanner firestore cosmosdb cosmos",
    "queue": "queue sqs dlq deadletter fifo",
    "topic": "topic sns pubsub",
    "bucket": "bucket s3 gcs",
    "storage": "storage bucket blob blobs",
    "cache": "cache redis memcached elasticache valkey memorystore",
    "table": "table dynamodb dynamo",
    "load-balancer": "lb alb nlb elb balancer loadbalancer ingress",
    "api": "api gateway apigw apigateway",
    "gateway": "gateway agw appgw",
    "front-door": "frontdoor door cdn",
    "cdn": "cdn cloudfront distribution",
    "stream": "stream kinesis kafka events eventhub",
    "kafka": "kafka msk",
    "broker": "broker mq rabbitmq activemq",
    "event-bus": "bus eventbridge",
    "cluster": "cluster eks gke aks kubernetes k8s",
    "workflow": "workflow stepfunctions sfn statemachine machine pipeline",
    "user-pool": "pool cognito users",
    "search": "search opensearch elasticsearch elastic es",
    "warehouse": "warehouse redshift synapse",
    "files": "files efs filestore",
    "vault": "vault keyvault kv",
    "delivery": "firehose delivery",
    "iot-hub": "hub iothub iot",
    "proxy": "proxy",
    "schedule": "schedule cron job scheduler",
    "dataset": "dataset bigquery",
    "tasks": "queue tasks",
    "service-bus": "bus servicebus",
    "airflow": "airflow mwaa",
    "pipe": "pipe",
}  # fmt: skip


def name_of(resource: Resource, row: Row, other: str = "") -> str:
    """Return the name of a component, with a noun for what it is unless it runs code or the name says it.

    `other` is the name at the provider of what it is made of, for one that has none.

    >>> from buttress.cloud.rows import rows
    >>> from buttress.cloud.values import Place, Value
    >>> from buttress.model import Source
    >>> def named(type_, label, **attributes):
    ...     body = Value({k: Value(v) for k, v in attributes.items()})
    ...     return name_of(Resource(type_, "x", label, body, Place(Source("a.tf", ""), 1)), rows()[type_])
    >>> named("aws_sqs_queue", "orders"), named("aws_db_instance", "this", identifier="shop-prod-db"), named("aws_lambda_function", "mailer")
    ('orders-queue', 'shop-db', 'mailer')
    """
    if row.single:
        return row.single
    nouns = set(_NOUNS.get(row.noun, row.noun).split()) if row.noun else set()
    label = _words(resource.label)
    label = (
        label[1:] if len(label) > 1 and len(label[0]) == 1 else label
    )  # `rQueue`, as some templates write it
    physical = [
        w for w in _words(physical_name(resource, row) or _TASK.sub("", other)) if w not in _ENVIRONMENTS
    ]
    around = [m for m in reversed(resource.modules) if _telling(_words(m), nouns)]
    if _telling(label, nouns):
        words = label
    elif around:
        words = _words(around[0])
    elif _telling(physical, nouns):
        words = physical
    elif label and set(label) & nouns:
        words = label
    elif physical and (set(physical) & nouns or (row.runs and not _SAYS_NOTHING.issuperset(physical))):
        words = physical
    elif row.runs and label and label != ["this"]:
        words = label
    else:
        return label_of(row.technology) if row.technology else resource.type
    if row.noun == "queue" and not set(words) & _ASIDE and (aside := set(label) & _ASIDE):
        return "-".join([*words, *sorted(aside)])[:120]
    if row.noun and not set(words) & nouns and not any(n in w for w in words for n in nouns if len(n) > 3):
        words = [*words, row.noun]
    return "-".join(words)[:120]


def alias_of(resource: Resource, row: Row, name: str) -> str:
    """Return the name at the provider where it is fully known and isn't the component's name, else nothing."""
    physical = physical_name(resource, row) or ""
    if row.single or not physical or "${" in physical or len(physical) > 120 or physical == name:
        return ""
    words = words_of(physical)
    if "".join(words) == "".join(words_of(name)) or not words:
        return ""
    nouns = set(_NOUNS.get(row.noun, row.noun).split()) if row.noun else set()
    if not row.runs and not set(words) & nouns and len(words) < 2:
        return ""  # `orders` alone would be taken for the service of that name
    return physical


def physical_name(resource: Resource, row: Row) -> str | None:
    """Return the name that a resource has at the provider, with holes for what isn't known; None when none is given."""
    found = resource.get(row.names)
    if found is None:
        return None
    words = found.words()
    return words if re.search(r"[A-Za-z]", without_holes(words)) else None


def provided_names(resource: Resource, row: Row) -> tuple[str, ...]:
    """Return the name at the provider, where it is fully known, and that name without the environment that it ends with."""
    name = physical_name(resource, row) or ""
    if not name or "${" in name or len(name) < 4:
        return ()
    base, _, last = name.rpartition("-")
    return (name, base) if last.lower() in _ENVIRONMENTS and len(base) > 3 else (name,)


def _telling(words: list[str], nouns: set[str]) -> bool:
    rest = [w for w in words if w not in _SAYS_NOTHING and w not in nouns and not w.isdigit() and len(w) > 1]
    return bool(rest)


def _words(name: str) -> list[str]:
    return list(words_of(without_holes(name)))
