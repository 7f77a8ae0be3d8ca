"""What stands beside components and concerns them: alarms that tell people, filters that count requests, subscriptions of others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buttress.cloud.facts import Told
from buttress.cloud.inventory import Inventory
from buttress.cloud.values import Resource, Value
from buttress.model import Fact

_SCALING = ("aws_autoscaling_policy", "aws_appautoscaling_policy")
# Alarms about who does what in the account don't tell that a service fails.
_AUDITS = re.compile(r"cloudtrail|cis[-_ ]?benchmark|guardduty", re.IGNORECASE)
_CHANNELS = ("aws_sns_topic", "aws_sqs_queue", "aws_cloudwatch_event_bus", "aws_kinesis_stream")
_WINDOW_S = 300  # of a filter that doesn't say over which time it counts


def watched(there: Inventory) -> Iterator[tuple[str, Told]]:
    """Yield facts of components that alarms and filters of requests say, by address."""
    yield from _alarms(there)
    yield from _limits(there)
    yield from _read(there)


def _alarms(there: Inventory) -> Iterator[tuple[str, Told]]:
    """Yield that people are told: what the alarm measures, else the topic that it tells; one that only adds instances tells nobody."""
    for alarm in there.of("aws_cloudwatch_metric_alarm"):
        actions = [a for a in alarm.body.each("alarm_actions|ok_actions") if _tells(there, a)]
        if not actions:
            continue
        owners = there.owners(alarm.address)
        if not owners and not any(
            _AUDITS.search(v.words()) for v in alarm.body.each("namespace|metric_name")
        ):
            owners = tuple(
                dict.fromkeys(o for a in actions for x in there.meant_by(a) for o in there.owners(x))
            )
        for owner in owners:
            yield owner, Told(Fact("alerting", True, "stated", actions[0].evidence()), written=True)


def _tells(there: Inventory, action: Value) -> bool:
    named = [there.resources[a] for a in there.meant_by(action)]
    if named:
        return any(r.type not in _SCALING for r in named)
    return bool(action.refs or action.words()) and not re.search(r":autoscaling:|:automate:", action.words())


def _limits(there: Inventory) -> Iterator[tuple[str, Told]]:
    """Yield how many requests of one caller a filter lets through, for what it stands before."""
    for filter_ in there.of("aws_wafv2_web_acl"):
        limit = next((r for r in filter_.body.each("rule|rules") if _refuses(r)), None)
        if limit is None:
            continue
        counted = limit.get("statement.rate_based_statement.limit")
        window = limit.get("statement.rate_based_statement.evaluation_window_sec")
        assert counted is not None
        rate = _rate(counted.data, window.data if window is not None else _WINDOW_S)
        told = Told(Fact("rate_limit", rate, "stated", counted.evidence()), written=True)
        for owner in _behind(there, filter_):
            yield owner, told


def _read(there: Inventory) -> Iterator[tuple[str, Told]]:
    """Yield which topics, queues and buses are for somebody else: made elsewhere, with a subscription, or handed out by a parameter."""
    for channel in there.of(*(f"data.{c}" for c in _CHANNELS)):
        yield channel.address, Told(Fact("read_elsewhere", True, "stated", (channel.here(),)), written=True)
    for channel in there.of(*_CHANNELS):
        inside = channel.get("subscription")
        named = (there.resources[u] for u in there.users.get(channel.address, ()))
        where = next(
            (r.here() for r in named if r.type in ("aws_sns_topic_subscription", "aws_ssm_parameter")), None
        )
        if inside is not None and inside.data not in ([], None):
            where = next(iter(inside.evidence()), channel.here())
        if where is not None:
            yield channel.address, Told(Fact("read_elsewhere", True, "stated", (where,)), written=True)


def _behind(there: Inventory, filter_: Resource) -> list[str]:
    """Return the components that a filter stands before: those that name it, and those that an association names."""
    owners: dict[str, None] = {}
    for user in there.users.get(filter_.address, ()):
        row = there.rows.get(user)
        if row is not None and row.role in ("component", "part"):
            owners.update(dict.fromkeys(there.owners(user)))
    return list(owners)


def _refuses(rule: Value) -> bool:
    return rule.get("statement.rate_based_statement.limit") is not None and (
        rule.get("action.block") is not None or rule.get("action.captcha|action.challenge") is not None
    )


def _rate(limit: object, window: object) -> float | bool:
    """Return a limit as requests a second, true where it isn't known.

    >>> _rate(600, 300), _rate("var", 300)
    (2.0, True)
    """
    try:
        return round(float(str(limit)) / float(str(window)), 3) or True
    except (ValueError, ZeroDivisionError):
        return True
