"""AsyncAPI.

AsyncAPI 2 and 3, YAML and JSON.

- **Reads** the application, its servers (one broker a protocol) and operations: what it sends is published, what it receives consumed, replies
  too; secured protocols, security, the version, correlation ids, acknowledgements and guarantees of delivery. In version 2 `publish` is what
  *others* publish, so the application consumes it, as the specification says.
- **Complete about** nothing.
- **Doesn't read** schemas of messages, and operations over HTTP and WebSockets, which have no broker: of those the application is read.
"""

from __future__ import annotations

import re
from dataclasses import replace

from buttress.drawings import Drawing, Edge, Place, assemble
from buttress.drawings.kinds import technologies_in
from buttress.evidence.lines import Node as Value
from buttress.evidence.lines import documents
from buttress.model import Diagnostic, Evidence, Fact, Fragment, Source, Stance
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary.roles import role_of
from buttress.workloads.contracts import host_of, offered_by, short_name

_BROKERS = {
    "kafka": "Kafka", "kafka-secure": "Kafka", "amqp": "AMQP broker", "amqps": "AMQP broker", "amqp1": "AMQP broker", "mqtt": "MQTT broker",
    "mqtts": "MQTT broker", "secure-mqtt": "MQTT broker", "mqtt5": "MQTT broker", "nats": "NATS", "jms": "JMS broker", "sns": "Amazon SNS",
    "sqs": "Amazon SQS", "stomp": "STOMP broker", "stomps": "STOMP broker", "redis": "Redis", "pulsar": "Pulsar", "ibmmq": "IBM MQ",
    "anypointmq": "Anypoint MQ", "googlepubsub": "Google Pub/Sub", "solace": "Solace", "mercure": "Mercure",
}  # fmt: skip
_PROTOCOLS = {"amqp": "AMQP", "amqps": "AMQPS", "amqp1": "AMQP", "mqtt": "MQTT", "mqtts": "MQTT", "secure-mqtt": "MQTT", "mqtt5": "MQTT",
              "stomp": "STOMP", "stomps": "STOMP"}  # fmt: skip
_SECURE = frozenset(("kafka-secure", "amqps", "mqtts", "secure-mqtt", "stomps"))
_PLACEHOLDER = re.compile(r"[$%{}<>@]")
_GUARANTEES = {"0": "at_most_once", "1": "at_least_once", "2": "exactly_once"}
MAX_OPERATIONS = 2000
_Operation = tuple[Value | None, str, Value, Place]  # its channel, the kind of flow, what says it, and where


def read(sources: tuple[Source, ...]) -> Fragment:
    r'''Return the applications, brokers and flows of messages of all AsyncAPI documents of one system.

    >>> text = """asyncapi: 3.0.0
    ... info: {title: Orders}
    ... servers: {prod: {host: "kafka:9092", protocol: kafka}}
    ... operations: {placed: {action: send}}"""
    >>> [(f.source, f.kind, f.target) for f in read((Source("asyncapi.yaml", text),)).flows]
    [('orders', 'publishes', 'kafka')]
    '''
    diagnostics: list[Diagnostic] = []
    drawings = []
    stances = []
    for source in sources:
        found, problems = documents(source)
        diagnostics += problems
        for root in found[:1]:
            drawings.append(_Contract(root).run())
            here = Place.of(root.get("asyncapi"), root).evidence(source.path, "code")
            stances.append(Stance("service-contracts", "addressed", (here,)))
            if marked := _correlated(root):
                shown = Place.of(marked).evidence(source.path, "code")
                stances.append(Stance("correlation-id", "addressed", (shown,)))
    return replace(assemble(drawings, "asyncapi", diagnostics), stances=tuple(stances))


class _Contract:
    def __init__(self, root: Value) -> None:
        self.root = root
        self.path = root.source.path
        self.out = Drawing(self.path, "model", root.line, form="code")
        self.brokers: dict[str, str] = {}  # the node of each server's broker, by the server's name

    def run(self) -> Drawing:
        root = self.root
        app = self.out.node("application", Place.of(root.get("info", "title"), root.get("asyncapi"), root))
        app.label = offered_by(root.text("info", "title"), self.path)
        named = {t.kind for t in technologies_in(app.label)}
        if (named | {role_of(app.label)}) & (STORES | MESSAGING):
            app.kind = "service"  # `Order events` are what it tells, not what it is
        version = root.get("info", "version")
        if version is not None and not _PLACEHOLDER.search(version.raw):
            app.facts = (Fact("api_version", version.raw, "stated", (self._here(version),)),)
        for name, server in root.items("servers"):
            self._server(name, server)
        three = root.text("asyncapi").startswith("3")
        for count, (channel, kind, operation, place) in enumerate(
            self._sent_and_received() if three else self._published()
        ):
            if count >= MAX_OPERATIONS:
                self.out.note(place.line, f"more than {MAX_OPERATIONS} operations; the rest was not read")
                break
            self._flow(channel, kind, place, _delivery(operation, self.path))
        return self.out

    def _here(self, value: Value | None) -> Evidence:
        return Place.of(value, self.root).evidence(self.path, "code")

    def _server(self, name: str, server: Value) -> None:
        protocol = server.text("protocol").lower()
        label = _BROKERS.get(protocol)
        if label is None:
            return
        place = Place.of(server.get("protocol"))
        node = self.out.node(f"broker {label}", place)
        node.label = _called(server.text("host") or server.text("url"), protocol) or label
        node.shape, node.kind = "queue", None if label not in ("Redis",) else "message_broker"
        host = short_name(host_of(server.text("host") or server.text("url")))
        if host:
            node.aliases = tuple(dict.fromkeys((*node.aliases, host)))
        self.brokers[name] = node.key

    def _sent_and_received(self) -> list[_Operation]:
        kinds = {"send": "publishes", "receive": "consumes"}
        channels = dict(self.root.items("channels"))
        out: list[_Operation] = []
        for _, operation in self.root.items("operations"):
            name = operation.text("channel", "$ref").rpartition("/")[2].replace("~1", "/")
            if kind := kinds.get(operation.text("action").lower()):
                out.append((channels.get(name), kind, operation, Place.of(operation.get("action"))))
                if reply := operation.get("reply"):
                    back = reply.text("channel", "$ref").rpartition("/")[2].replace("~1", "/")
                    answers = "consumes" if kind == "publishes" else "publishes"
                    out.append((channels.get(back), answers, reply, Place.of(reply)))
        return out

    def _published(self) -> list[_Operation]:
        out: list[_Operation] = []
        for _, channel in self.root.items("channels"):
            for key, kind in (("publish", "consumes"), ("subscribe", "publishes")):
                if operation := channel.get(key):
                    out.append((channel, kind, operation, Place.of(operation)))
        return out

    def _flow(self, channel: Value | None, kind: str, place: Place, more: list[Fact]) -> None:
        names = (
            []
            if channel is None
            else [s.raw or s.text("$ref").rpartition("/")[2] for s in channel.list("servers")]
        )
        servers = {
            n: s for n, s in self.root.items("servers") if (n in names or not names) and n in self.brokers
        }
        brokers: dict[str, list[Value]] = {}
        for name, server in servers.items():
            brokers.setdefault(self.brokers[name], []).append(server)
        if not brokers and channel is not None and not [*self.root.items("servers")]:
            bound = next((k for k, _ in channel.items("bindings") if k in _BROKERS), None)
            if bound:
                node = self.out.node(f"broker {_BROKERS[bound]}", Place.of(channel.get("bindings", bound)))
                node.label, node.shape = _BROKERS[bound], "queue"
                brokers[node.key] = []
        for key, offered in brokers.items():
            spoken = _PROTOCOLS.get(offered[0].text("protocol").lower(), "") if offered else ""
            self.out.edges.append(
                Edge("application", key, place, kind, spoken, facts=(*self._facts(offered), *more))
            )

    def _facts(self, servers: list[Value]) -> list[Fact]:
        """Return what all servers of a broker agree on."""
        facts = []
        if servers and all(s.text("protocol").lower() in _SECURE for s in servers):
            facts.append(
                Fact("encryption_in_transit", True, "stated", (self._here(servers[0].get("protocol")),))
            )
        if servers and all([*s.list("security")] for s in servers):
            kinds = dict.fromkeys(self._scheme(asked) for s in servers for asked in s.list("security"))
            said = self._here(servers[0].get("security"))
            facts.append(Fact("authentication", ", ".join(kinds), "stated", (said,)))
        return facts

    def _scheme(self, asked: Value) -> str:
        """Return the type of what a server asks for, else its name."""
        key = next((k for k, _ in asked.items()), "") or asked.raw
        name = key if key != "$ref" else asked.text("$ref").rpartition("/")[2]
        return self.root.text("components", "securitySchemes", name, "type") or name or "yes"


def _delivery(operation: Value, path: str) -> list[Fact]:
    """Return how messages are delivered, as the bindings of an operation say it."""
    facts = []
    quality = operation.get("bindings", "mqtt", "qos")
    if quality is not None and quality.raw in _GUARANTEES:
        here = Place.of(quality).evidence(path, "code")
        facts.append(Fact("delivery_guarantee", _GUARANTEES[quality.raw], "stated", (here,)))
    acknowledged = operation.get("bindings", "amqp", "ack")
    if acknowledged is not None and acknowledged.value is True:
        facts.append(
            Fact("acknowledgement", True, "stated", (Place.of(acknowledged).evidence(path, "code"),))
        )
    return facts


def _correlated(root: Value) -> Value | None:
    """Return where a message has an id by which it is found again."""
    channels = (m for _, channel in root.items("channels") for _, m in channel.items("messages"))
    messages = (*(m for _, m in root.items("components", "messages")), *channels)
    return next((found for m in messages[:MAX_OPERATIONS] if (found := m.get("correlationId"))), None)


def _called(address: str, protocol: str) -> str:
    """Return the broker that an address is called after, such as `rabbitmq.example.org`, empty when it says none."""
    found = technologies_in(re.sub(r"[^A-Za-z]+", " ", host_of(address) or ""))
    return next((t.label for t in found if t.kind in MESSAGING and _PROTOCOLS.get(protocol)), "")
