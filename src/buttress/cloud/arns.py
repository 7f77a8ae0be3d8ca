"""Names in Amazon's resource names: what they mean in the code, and what lies outside it but is named in full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from buttress.cloud.values import HOLE, Resource, Value

MAX_TEXT = 30_000
MAX_OUTSIDE = 200
_PIECE = r"(?:[\w.@*?-]|\$\{[^{}]{0,100}\})"
_ARN = re.compile(
    rf"\barn:{_PIECE}{{1,20}}:(s3|sqs|sns|dynamodb|lambda|states|kinesis|firehose|secretsmanager|events)"
    rf":{_PIECE}{{0,20}}:{_PIECE}{{0,20}}:"
    rf"(?:(function|table|stateMachine|secret|stream|deliverystream|event-bus)[:/])?({_PIECE}{{1,130}})"
)
_TYPES = {
    "s3": "aws_s3_bucket", "sqs": "aws_sqs_queue", "sns": "aws_sns_topic", "dynamodb": "aws_dynamodb_table", "lambda": "aws_lambda_function",
    "states": "aws_sfn_state_machine", "kinesis": "aws_kinesis_stream", "firehose": "aws_kinesis_firehose_delivery_stream",
    "secretsmanager": "aws_secretsmanager_secret", "events": "aws_cloudwatch_event_bus",
}  # fmt: skip
# Of these one is made elsewhere where only its name stands here, and the attribute that holds its name.
_ELSEWHERE = {
    "aws_s3_bucket": "bucket", "aws_sqs_queue": "name", "aws_sns_topic": "name", "aws_dynamodb_table": "name", "aws_kinesis_stream": "name",
}  # fmt: skip
_BARE = ("s3", "sqs", "sns")  # whose names follow without a word for what they are
OUTSIDE = "outside."  # what the addresses of such resources begin with


class Named(NamedTuple):
    """A resource that a text names: its type, and its name at the provider, which may have holes of which each is one thing."""

    type: str
    name: str


def named_in(text: str) -> Iterator[Named]:
    """Yield what the resource names in a text mean; a name that only a pattern or an unknown part makes is none.

    >>> list(named_in("arn:aws:sqs:eu-west-1:111122223333:orders, arn:aws:s3:::files/*, arn:aws:sqs:*:*:jobs-*"))
    [Named(type='aws_sqs_queue', name='orders'), Named(type='aws_s3_bucket', name='files')]
    >>> list(named_in("arn:aws:states:::lambda:invoke, arn:aws:lambda:eu-west-1:111122223333:layer:tools:7"))
    []
    >>> list(named_in("arn:aws:dynamodb:${}:${}:table/Orders/index/*")), list(named_in("arn:aws:s3:::${}"))
    ([Named(type='aws_dynamodb_table', name='Orders')], [])
    """
    if "arn:" not in text:
        return
    for found in _ARN.finditer(text[:MAX_TEXT]):
        name = found[3]
        if (found[2] is None) is not (found[1] in _BARE):  # a layer, a rule, a call to a service
            continue
        if not re.search(r"[*?]", name) and HOLE not in name and len(name) > 1:
            yield Named(_TYPES[found[1]], name)


def outside(resources: Sequence[Resource]) -> list[Resource]:
    """Return the buckets, queues, topics and tables that the code names in full and doesn't make: somebody else's, or made by hand."""
    made = {r.type.removeprefix("data.") + "/" + _name(r) for r in resources}
    out: dict[Named, Resource] = {}
    for resource in resources:
        for _, value in resource.body.walk():
            for named in named_in(value.words()):
                if named.type not in _ELSEWHERE or "${" in named.name or len(out) >= MAX_OUTSIDE:
                    continue
                if named not in out and f"{named.type}/{named.name}" not in made:
                    place = (value.places or (resource.place,))[0]
                    body = Value({_ELSEWHERE[named.type]: Value(named.name, (place,))}, (place,))
                    address = f"{OUTSIDE}{named.type}.{named.name}"
                    out[named] = Resource(
                        f"data.{named.type}", address, named.name, body, place, strict=False, dialect=resource.dialect,
                        group=resource.group,
                    )  # fmt: skip
    return list(out.values())


def _name(resource: Resource) -> str:
    found = resource.get("bucket|bucket_name|queue_name|topic_name|table_name|name")
    return found.words() if found is not None else ""
