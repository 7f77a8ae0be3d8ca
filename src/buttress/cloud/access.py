"""Who may do what: statements of policies, and what an allowed action means between a component and a resource."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from buttress.cloud.values import Value
from buttress.model.kinds import MESSAGING, STORES

# Actions in the order in which they are tried; an action that names nothing here (Describe, List, Tag …) means no use.
_MEANT: tuple[tuple[str, str], ...] = (
    (r"sqs:(?:SendMessage\w*|\*)$|sns:(?:Publish\w*|\*)$|kinesis:PutRecords?$|firehose:PutRecord\w*$|events:PutEvents$", "publishes"),
    (r"sqs:(?:ReceiveMessage|DeleteMessage)\w*$|kinesis:(?:GetRecords|SubscribeToShard|GetShardIterator)$", "consumes"),
    (r"dynamodb:(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|\*|\w*Write\w*)$|s3:(?:PutObject\w*|DeleteObject\w*|\*|Put\*)$", "writes"),
    (r"dynamodb:(?:GetItem|BatchGetItem|Query|Scan|Get\*)$|s3:(?:GetObject\w*|Get\*)$|secretsmanager:(?:GetSecretValue|\*|Get\*)$"
     r"|ssm:GetParameters?\w*$|ssm:Get\*$", "reads"),
    (r"lambda:Invoke\w*\*?$|states:Start\w*$|execute-api:\w+|sagemaker:InvokeEndpoint$|bedrock:InvokeModel\w*$|ses:Send\w+$|ses:\*$", "calls"),
    (r"rds-db:connect$|elasticache:Connect$|es:ESHttp\w*\*?$|aoss:APIAccessAll$", "calls"),
    (r"dynamodb:(?:GetRecords|GetShardIterator|DescribeStream)$", "consumes"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(p, re.IGNORECASE), kind) for p, kind in _MEANT)
ROLES = (
    (re.compile(r"pubsub\.publisher|Service Bus Data Sender|Event Hubs Data Sender|Storage Queue Data Message Sender|EventGrid Data Sender"), "publishes"),
    (re.compile(r"pubsub\.subscriber|Service Bus Data Receiver|Event Hubs Data Receiver|Storage Queue Data Message Processor"), "consumes"),
    (re.compile(r"cloudtasks\.enqueuer"), "publishes"),
    (re.compile(r"storage\.objectViewer|Storage (?:Blob|Table) Data Reader|secretmanager\.secretAccessor|bigquery\.dataViewer|datastore\.viewer"
                r"|spanner\.databaseReader|bigtable\.reader|Key Vault (?:Secrets User|Secrets Officer|Administrator)"
                r"|App Configuration Data (?:Reader|Owner)"), "reads"),
    (re.compile(r"storage\.(?:objectAdmin|objectCreator|objectUser|admin)|Storage (?:Blob|Table) Data (?:Contributor|Owner)|bigquery\.dataEditor"
                r"|datastore\.(?:user|owner)|spanner\.databaseUser|bigtable\.user"), "writes"),
    # Cosmos DB's own roles, and those that a team defines, by what they may do with its items.
    (re.compile(r"Built-in Data Contributor|0{8}-(?:0{4}-){3}0{11}2\b|/containers/items/(?:\*|create|replace|upsert)"), "writes"),
    (re.compile(r"Built-in Data Reader|0{8}-(?:0{4}-){3}0{11}1\b|/containers/items/read"), "reads"),
    (re.compile(r"run\.invoker|cloudfunctions\.invoker|cloudsql\.client|workflows\.invoker|Cognitive Services|Storage Queue Data Contributor"
                r"|(?:Service Bus|Event Hubs) Data Owner"), "calls"),
)  # fmt: skip
_WIDE = re.compile(r"^(?:\*|(?!(?:logs|xray|cloudwatch|ecr|ssmmessages|ec2messages):)\w+:\*)$")


class Statement(NamedTuple):
    """A statement of a policy: whether it allows, its actions, resources and principals, and the whole of it for its lines."""

    allows: bool
    actions: tuple[Value, ...]
    resources: tuple[Value, ...]
    anybody: bool
    conditional: bool
    body: Value


def statements(policy: Value) -> Iterator[Statement]:
    """Yield the statements of a policy document, however it is written."""
    for body in policy.each("statement"):
        if not isinstance(body.data, dict):
            continue
        effect = body.get("effect")
        principal = [v for v in body.each("principals.identifiers|principal.AWS|principal")]
        yield Statement(
            effect is None or effect.words() != "Deny",
            tuple(body.each("action|actions")),
            tuple(body.each("resource|resources")),
            any(v.data == "*" for v in principal),
            body.get("condition") is not None,
            body,
        )


def meaning(actions: tuple[Value, ...]) -> list[tuple[str, Value]]:
    """Return the kinds of flow that actions mean, each with the action that says it.

    >>> [kind for kind, _ in meaning((Value("sqs:SendMessage"), Value("sqs:GetQueueUrl")))]
    ['publishes']
    >>> [kind for kind, _ in meaning((Value("sqs:SendMessage*"),))]
    ['publishes']
    """
    found: dict[str, Value] = {}
    for action in actions:
        words = action.words()
        named = re.sub(r"(?<=\w)\*$", "", words)  # `sqs:SendMessage*`: the action and what begins like it
        for pattern, kind in _PATTERNS:
            if pattern.match(words) or pattern.match(named):
                found.setdefault(kind, action)
    return list(found.items())


def too_wide(statement: Statement) -> tuple[Value, ...]:
    """Return the actions by which a statement allows everything, or everything with one service, on all that there is.

    >>> policy = Value({"Statement": Value([Value({"Action": Value("*"), "Resource": Value("*")})])})
    >>> [[a.data for a in too_wide(s)] for s in statements(policy)]
    [['*']]
    """
    if not statement.allows or statement.conditional:
        return ()
    everything = any(v.data == "*" for v in statement.resources)
    return tuple(a for a in statement.actions if _WIDE.match(a.words())) if everything else ()


def fits(kind: str, target: str) -> bool:
    """Return whether a kind of flow can go to a kind of component.

    >>> fits("publishes", "message_broker"), fits("writes", "gateway")
    (True, False)
    """
    if kind in ("publishes", "consumes"):
        return target in MESSAGING or (kind == "consumes" and target in STORES)
    if kind in ("reads", "writes"):
        return target in STORES | {"secret_store", "config_server"}
    return True
