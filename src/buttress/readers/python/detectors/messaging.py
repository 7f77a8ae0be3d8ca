"""Messages: which brokers the code publishes to and consumes from, and when it confirms what it took."""

from __future__ import annotations

import ast
import re

from buttress.readers.python import targets
from buttress.readers.python.found import Ledger, Link, Target
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call, Function
from buttress.readers.python.values import resolve

# What opens a connection: technology, and what it is for when the call itself says it.
_OPENERS = {
    "kafka.KafkaProducer": ("kafka", "publishes"), "kafka.KafkaConsumer": ("kafka", "consumes"),
    "aiokafka.AIOKafkaProducer": ("kafka", "publishes"), "aiokafka.AIOKafkaConsumer": ("kafka", "consumes"),
    "confluent_kafka.Producer": ("kafka", "publishes"), "confluent_kafka.Consumer": ("kafka", "consumes"),
    "confluent_kafka.SerializingProducer": ("kafka", "publishes"), "confluent_kafka.DeserializingConsumer": ("kafka", "consumes"),
    "faust.App": ("kafka", "consumes"),
    "pika.BlockingConnection": ("rabbitmq", ""), "pika.SelectConnection": ("rabbitmq", ""), "aio_pika.connect_robust": ("rabbitmq", ""),
    "aio_pika.connect": ("rabbitmq", ""), "kombu.Connection": ("", ""), "fedora_messaging.api.publish": ("rabbitmq", "publishes"),
    "fedora_messaging.api.consume": ("rabbitmq", "consumes"), "fedora_messaging.api.twisted_consume": ("rabbitmq", "consumes"), "nats.connect": ("nats", ""), "stomp.Connection": ("activemq", ""),
    "paho.mqtt.client.Client": ("mosquitto", ""), "pulsar.Client": ("pulsar", ""), "azure.servicebus.aio.ServiceBusClient": ("azure-service-bus", ""),
}  # fmt: skip
_ADDRESS = ("bootstrap_servers", "broker", "url", "hostname", "servers", "parameters", "host")
# How a consumer tells a message that has come before, or keeps it from coming again at once.
_COUNTS = re.compile(r"x-death|redeliver|delivery.?count|attempt|retries|retry_count|sleep\(", re.IGNORECASE)
_PUBLISHES = frozenset("publish basic_publish send_and_wait produce send_message send_messages xadd".split())
_CONSUMES = frozenset(
    "subscribe basic_consume consume poll receive_message basic_get xreadgroup xread iterator".split()
)


def detect(project: Project, ledger: Ledger) -> None:
    """Link the project to its brokers, as producer, consumer or both."""
    for name, (technology, kind) in _OPENERS.items():
        for call in project.called(name):
            target = _target(call, technology, project)
            if target is None:
                continue
            kinds = (kind,) if kind else _directions(call, project, technology)
            for flow in kinds:
                link = ledger.link(ledger.role_of(call), target, call.evidence(), flow)
                link.say("driver", name.partition(".")[0], call.evidence())
                _settings(call, link)
    _acknowledgements(project, ledger)
    _redis_streams(project, ledger)


def _target(call: Call, technology: str, project: Project) -> Target | None:
    node = call.argument(0, *_ADDRESS) if technology != "kafka" else call.keyword(*_ADDRESS)
    if technology == "kafka" and node is None and call.node.args:
        node = _kafka_servers(call.node.args[0], call, project)
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        node = node.elts[0]
    if (isinstance(node, ast.Call) and node.keywords) or (isinstance(node, ast.Call) and node.args):
        host = next((k.value for k in node.keywords if k.arg == "host"), node.args[0] if node.args else None)
        node = host if host is not None else node
    value = resolve(node, call.module, project)
    if value is not None and "://" in value.text:
        found = targets.store_of_url(value.text)
        if found is not None:
            return (
                found
                if not technology or technology in ("rabbitmq", "nats")
                else targets.store(technology, found.host)
            )
    if not technology:
        return None
    written = value.text.partition("://")[2] or value.text if value is not None else ""
    named = re.match(r"[A-Za-z][\w.-]*", written)
    return targets.store(technology, named[0] if named else "")


def _kafka_servers(node: ast.expr, call: Call, project: Project) -> ast.expr | None:
    """Return the value of `bootstrap.servers` in a dictionary of settings."""
    if isinstance(node, ast.Name):
        entry = call.module.value(node.id)
        if entry is None or entry.value is None:
            return None
        node = entry.value
    if isinstance(node, ast.Dict):
        return next(
            (v for k, v in zip(node.keys, node.values, strict=True) if constant(k) == "bootstrap.servers"),
            None,
        )
    return None


def _directions(call: Call, project: Project, technology: str) -> tuple[str, ...]:
    """Return whether the module of a connection publishes, consumes or both; publishing when nothing tells."""
    names = {c.last for c in call.module.calls} | {
        c.rpartition(".")[2] for f in call.module.functions for c, _ in f.called
    }
    out = [kind for kind, words in (("publishes", _PUBLISHES), ("consumes", _CONSUMES)) if names & words]
    if not out:
        every = {
            c.last
            for c in project.calls
            if technology.startswith("rabbit") or c.name.startswith(call.name.partition(".")[0])
        }
        out = [kind for kind, words in (("publishes", _PUBLISHES), ("consumes", _CONSUMES)) if every & words]
    elif call.name.startswith("pika.") and sum(1 for n in _OPENERS for _ in project.called(n)) == 1:
        handed = {
            c.last for c in project.calls
        }  # of the only connection, channels are handed to other modules
        out = [
            k
            for k, word in (("publishes", "basic_publish"), ("consumes", "basic_consume"))
            if k in out or word in handed
        ]
    return tuple(out) or ("publishes",)


def _settings(call: Call, link: Link) -> None:
    given: dict[str, ast.expr] = {(k.arg or "").replace("_", "."): k.value for k in call.node.keywords}
    first = call.node.args[0] if call.node.args else None
    if isinstance(first, ast.Name) and (entry := call.module.value(first.id)) is not None:
        first = entry.value
    if isinstance(first, ast.Dict):
        given |= {str(constant(k)): v for k, v in zip(first.keys, first.values, strict=True)}
    at = call.module.text.at
    commit = constant(given.get("enable.auto.commit"))
    if link.kind == "consumes" and isinstance(commit, bool):
        link.say(
            "acknowledgement",
            "automatic" if commit else "after processing",
            at(given["enable.auto.commit"].lineno),
        )
    acks = given.get("acks")
    if link.kind == "publishes" and acks is not None and constant(acks) is not None:
        value = str(constant(acks))
        link.say(
            "delivery_guarantee",
            "at_least_once" if value in ("all", "-1") else "at_most_once" if value == "0" else "leader",
            at(acks.lineno),
        )
    idempotent = constant(given.get("enable.idempotence"))
    if link.kind == "publishes" and isinstance(idempotent, bool):
        link.say("idempotent", True, at(given["enable.idempotence"].lineno), denied=not idempotent)


def _acknowledgements(project: Project, ledger: Ledger) -> None:
    consuming = [
        link
        for link in ledger.links.values()
        if link.kind == "consumes" and link.target.technology == "rabbitmq"
    ]
    for call in project.ending("basic_consume", "consume"):
        node = call.keyword("auto_ack", "no_ack")
        if node is None or constant(node) is not True:
            continue
        here = call.module.text.at(node.lineno)
        ledger.say("acknowledgement", here, "without processing", role=ledger.role_of(call))
        for link in consuming:
            link.say("acknowledgement", "without processing", here)
    counts: dict[Function | None, bool] = {None: False}
    for call in project.ending("basic_nack", "basic_reject"):
        again = call.argument(1 if call.last == "basic_reject" else 2, "requeue")
        function = call.function
        if function not in counts:
            counts[function] = function is not None and _COUNTS.search(function.text) is not None
        if (again is None or constant(again) is True) and not call.open_ended and not counts[function]:
            ledger.count("unlimited_retries", call.evidence(), role=ledger.role_of(call))
    for call in project.ending("queue_declare", "declare_queue"):
        arguments = call.keyword("arguments")
        if arguments is not None and any(
            constant(n) == "x-dead-letter-exchange" for n in ast.walk(arguments)
        ):
            here = call.module.text.at(arguments.lineno)
            ledger.say("dead_letter_queue", here, role=ledger.role_of(call))
            for link in consuming:
                link.say("dead_letter_queue", True, here)
        durable = call.keyword("durable")
        if durable is not None and constant(durable) is False:
            ledger.count("queues_not_durable", call.evidence(), role=ledger.role_of(call))


def _redis_streams(project: Project, ledger: Ledger) -> None:
    target = next((link.target for link in ledger.links.values() if link.target.technology == "redis"), None)
    if target is None:
        return
    for call in project.calls:
        if call.name.startswith(("redis.", "aioredis.")):
            if call.last in ("xadd", "publish"):
                ledger.link(ledger.role_of(call), target, call.evidence(), "publishes")
            elif call.last in ("xreadgroup", "xread", "subscribe", "psubscribe"):
                ledger.link(ledger.role_of(call), target, call.evidence(), "consumes")
