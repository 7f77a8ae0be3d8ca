"""What a known module of a registry makes beside the one resource that it stands for, from mappings among its inputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from buttress.cloud.values import UNKNOWN, Ref, Resource, Value

_KNOWN = re.compile(r"^(?:registry\.terraform\.io/)?terraform-aws-modules/([\w-]{1,40})/aws(?://|$)")
# Rules that the module of security groups knows by name, and the ports that they are about.
_PORTS = {
    "http-80-tcp": (80, 80), "https-443-tcp": (443, 443), "http-8080-tcp": (8080, 8080), "ssh-tcp": (22, 22), "rdp-tcp": (3389, 3389),
    "postgresql-tcp": (5432, 5432), "mysql-tcp": (3306, 3306), "redis-tcp": (6379, 6379), "mongodb-27017-tcp": (27017, 27017),
    "elasticsearch-rest-tcp": (9200, 9200), "kafka-broker-tcp": (9092, 9092), "all-all": (0, 0), "all-tcp": (0, 65535),
}  # fmt: skip


def expanded(resource: Resource, source: str) -> Iterator[Resource]:
    """Yield the resource that a module stands for, its inputs as the resource has them, and what the module makes beside it."""
    known = _KNOWN.match(source)
    more = _MODULES.get(known[1]) if known is not None else None
    if more is None or not isinstance(resource.body.data, dict):
        yield resource
        return
    data = dict(resource.body.data)
    parts = list(more(resource, data))
    yield replace(resource, body=Value(data, resource.body.places, resource.body.refs))
    yield from parts


def _entries(value: Value | None) -> list[tuple[str, Value]]:
    """Return the entries of a mapping, or the elements of a list, that are mappings themselves."""
    if value is None or not isinstance(value.data, dict | list):
        return []
    pairs = list(value.data.items()) if isinstance(value.data, dict) else [("", v) for v in value.data]
    return [(k, v) for k, v in pairs if isinstance(v.data, dict)]


def _made(owner: Resource, n: int, type_: str, **body: Value) -> Resource:
    return replace(
        owner, type=type_, address=f"{owner.address}/{type_}-{n}", label="", body=Value(dict(body), (owner.place,)), strict=False
    )  # fmt: skip


def _itself(owner: Resource) -> Value:
    return Value(UNKNOWN, (owner.place,), (Ref(owner.address),))


def _service(owner: Resource, data: dict[str, Value]) -> Iterator[Resource]:
    """Read containers and balancers by name as lists, the container that requests come to first."""
    balancers = _entries(data.get("load_balancer"))
    first = [b.get("container_name") for _, b in balancers] + [data.get("name")]
    wanted = {v.words() for v in first if v is not None}
    containers = _entries(data.get("container_definitions"))
    if containers:
        ordered = sorted(containers, key=lambda pair: pair[0] not in wanted)
        data["container_definitions"] = Value([c for _, c in ordered], data["container_definitions"].places)
        data["environment_of_containers"] = Value(
            [v for _, c in ordered for v in c.each("environment|secrets")]
        )
    if balancers:
        named = [
            Value({"elb_name": t}, b.places)
            for _, b in balancers
            if (t := b.get("target_group_arn")) is not None
        ]
        data["load_balancer"] = Value(named, data["load_balancer"].places)
    for fact, own in (
        ("min_replicas", "autoscaling_min_capacity"),
        ("max_replicas", "autoscaling_max_capacity"),
    ):
        if own in data:
            data[fact] = data[own]
    yield from ()


def _balancer(owner: Resource, data: dict[str, Value]) -> Iterator[Resource]:
    """Yield the listeners; a balancer faces the internet unless it is said to be internal."""
    data.setdefault("internal", Value(False, (owner.place,)))
    listeners = _entries(data.get("listeners")) + _entries(data.get("http_tcp_listeners"))
    secure = Value("HTTPS", (owner.place,))
    listeners += [
        ("", Value({"protocol": secure, **dict(_fields(v))}, v.places))
        for _, v in _entries(data.get("https_listeners"))
    ]
    for n, (_, listener) in enumerate(listeners):
        protocol, action = listener.get("protocol"), listener.get("action_type")
        kind = action.words() if action is not None else "forward"
        kind = "redirect" if listener.get("redirect") is not None else kind
        if protocol is not None:
            yield _made(
                owner, n, "aws_lb_listener", load_balancer_arn=_itself(owner), protocol=protocol,
                default_action=Value({"type": Value(kind, listener.places)}, listener.places),
            )  # fmt: skip


def _fields(value: Value) -> list[tuple[str, Value]]:
    return list(value.data.items()) if isinstance(value.data, dict) else []


def _group(owner: Resource, data: dict[str, Value]) -> Iterator[Resource]:
    """Read rules by name, by address and by group as those of a security group."""
    rules: list[Value] = []
    blocks = data.get("ingress_cidr_blocks")
    for named in data["ingress_rules"].each() if "ingress_rules" in data and blocks is not None else ():
        ports = _PORTS.get(named.words())
        if ports is not None:
            rules.append(_rule(named, *ports, cidr_blocks=blocks))
    for key in (
        "ingress_with_cidr_blocks",
        "ingress_with_source_security_group_id",
        "computed_ingress_with_source_security_group_id",
    ):
        for _, rule in _entries(data.get(key)):
            fields = dict(_fields(rule))
            ports = _PORTS.get(fields["rule"].words()) if "rule" in fields else None
            low, high = fields.get("from_port"), fields.get("to_port")
            if ports is not None:
                fields |= {"from_port": Value(ports[0], rule.places), "to_port": Value(ports[1], rule.places)}
            elif low is None or high is None:
                continue
            if "cidr_blocks" in fields:  # one text with commas
                written = fields["cidr_blocks"]
                fields["cidr_blocks"] = Value(
                    [Value(b.strip(), written.places) for b in written.words().split(",")[:50]],
                    written.places,
                )
            rules.append(Value(fields, rule.places))
    if rules:
        data["ingress"] = Value(rules, rules[0].places)
    yield from ()


def _rule(named: Value, low: int, high: int, **more: Value | None) -> Value:
    fields = {"from_port": Value(low, named.places), "to_port": Value(high, named.places)}
    return Value({**fields, **{k: v for k, v in more.items() if v is not None}}, named.places)


def _function(owner: Resource, data: dict[str, Value]) -> Iterator[Resource]:
    """Yield the event sources and triggers of a function, and the rights that it is given."""
    me = _itself(owner)
    for n, (_, source) in enumerate(_entries(data.get("event_source_mapping"))):
        arn = source.get("event_source_arn")
        if arn is not None:
            yield _made(owner, n, "aws_lambda_event_source_mapping", function_name=me, event_source_arn=arn)
    for n, (_, trigger) in enumerate(_entries(data.get("allowed_triggers"))):
        arn = trigger.get("source_arn")
        if arn is not None:
            yield _made(owner, n, "aws_lambda_permission", function_name=me, source_arn=arn)
    given = [v for _, v in _entries(data.get("policy_statements"))]
    if given:
        role = _made(owner, 0, "aws_iam_role")
        acting = Value(UNKNOWN, (owner.place,), (Ref(role.address),))
        data.setdefault("lambda_role", acting)
        yield role
        yield _made(
            owner,
            0,
            "aws_iam_role_policy",
            role=acting,
            policy=Value({"Statement": Value(given)}, (owner.place,)),
        )


def _topic(owner: Resource, data: dict[str, Value]) -> Iterator[Resource]:
    """Yield the subscriptions of a topic."""
    for n, (_, one) in enumerate(_entries(data.get("subscriptions"))):
        end = one.get("endpoint")
        if end is not None:
            yield _made(owner, n, "aws_sns_topic_subscription", topic_arn=_itself(owner), endpoint=end)


def _queue(owner: Resource, data: dict[str, Value]) -> Iterator[Resource]:
    """Read a queue for failed messages that the module makes as one."""
    own = data.get("create_dlq")
    if own is not None and own.data is True:
        data.setdefault("redrive_policy", Value(True, own.places))
    yield from ()


_MODULES: dict[str, Callable[[Resource, dict[str, Value]], Iterator[Resource]]] = {
    "ecs": _service, "alb": _balancer, "security-group": _group, "lambda": _function, "sns": _topic, "sqs": _queue,
}  # fmt: skip
