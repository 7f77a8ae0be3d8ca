"""Services of the Serverless Framework: functions with their events and rights, and the template below `resources`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from buttress.cloud.cloudformation import Template
from buttress.cloud.values import HOLE, UNKNOWN, Place, Ref, Resource, Value
from buttress.evidence.lines import Node

_FILE = re.compile(r"file\(\s*([^()]{1,200}?)\s*\)(?::([\w.-]{1,200}))?")
_LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"|(true|false|\d{1,12})")
_FUNCTIONS = {
    "aws": "aws_lambda_function",
    "google": "google_cloudfunctions_function",
    "azure": "azurerm_function_app",
}
_HTTP = ("http", "httpApi", "websocket", "alb")
_DEFAULTS = {"timeout": 6, "memorySize": 1024}
_OWN_APIS = {"ApiGatewayRestApi": "rest", "HttpApi": "httpApi", "WebsocketsApi": "websocket"}
_STACK = re.compile(r"cf(?:\([\w-]{1,30}\)|\.[\w-]{1,30})?:([^:]{1,200})\.(\w{1,200})")
MAX_DEPTH = 12
MAX_STEPS = 20_000


class Service(Template):
    """A service: its functions, and the template below `resources`."""

    def __init__(self, node: Node, prefix: str, files: Mapping[str, Node]) -> None:
        """Name the node of the service, the beginning of its addresses, and what may be included, by path."""
        self.whole, self.files = node, files
        self._depth, self._left = 0, MAX_STEPS
        self.included: set[str] = set()  # the paths of the files that it includes
        self.handlers: dict[str, Node] = {}
        for part in self._parts("functions"):
            self.handlers.update((k, self._opened(n)) for k, n in part.items())
        parts = self._parts("resources")
        resources: dict[str, Node] = {}
        outputs: dict[str, Node] = {}
        for part in parts:
            resources.update(part.items("Resources"))
            outputs.update(part.items("Outputs"))
        top = Node(node.source, node.line, node.key_line, {
            "Resources": Node(node.source, node.line, node.key_line, resources),
            "Outputs": Node(node.source, node.line, node.key_line, outputs),
        })  # fmt: skip
        Template.__init__(self, top, prefix, set(resources))
        self.functions = {_logical(n): n for n in self.handlers}
        self.name = node.text("service", "name") or node.text("service")
        self.others: tuple[Service, ...] = ()  # the services beside it, whose outputs it may use

    def _parts(self, key: str) -> list[Node]:
        """Return the mappings below a key: one, or a list of them, each written there or in a file."""
        node = self.whole.get(key)
        if node is None:
            return []
        node = self._opened(node)
        return [self._opened(p) for p in node.list()] if isinstance(node.value, list) else [node]

    def _opened(self, node: Node) -> Node:
        """Return what a node includes (`${file(queues.yml)}`), itself when it includes nothing that is read."""
        if not isinstance(node.value, str) or not node.value.startswith("${file("):
            return node
        found = _FILE.search(node.value)
        return (self._file(found) if found is not None else None) or node

    def _file(self, found: re.Match[str]) -> Node | None:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.whole.source.path), found[1]))
        node = self.files.get(path)
        if node is None:
            return None
        self.included.add(path)
        return node.get(*found[2].split(".")) if found[2] else node

    def scalar(self, node: Node, place: tuple[Place, ...]) -> Value:
        """Return the value of a scalar, variables of the framework worked out."""
        if not isinstance(node.value, str) or "${" not in node.value:
            return Template.scalar(self, node, place)
        return self._variables(node.value, place)

    def _variables(self, text: str, place: tuple[Place, ...]) -> Value:
        """Return a text with its variables worked out; what leads back to itself, or too far, isn't known."""
        self._left -= 1
        if self._depth > MAX_DEPTH or self._left < 0:
            return Value(UNKNOWN, place, (), HOLE)
        self._depth += 1
        pieces: list[Value] = []
        at = 0
        text = text[:20_000]
        while (start := text.find("${", at)) >= 0:
            end = _closing(text, start)
            if end < 0:
                break
            pieces += [Value(text[at:start])] if start > at else []
            inner = text[start + 2 : end]
            if "${" in inner:
                inner = self._variables(inner, place).words()
            pieces.append(self._variable(inner, place))
            at = end + 1
        self._depth -= 1
        pieces += [Value(text[at:])] if at < len(text) else []
        if len(pieces) == 1:
            one = pieces[0]
            return Value(one.data, (*place, *one.places)[:3], one.refs, one.text, one.size)
        words = "".join(p.words() if p.known else p.text or HOLE for p in pieces)[:20_000]
        refs = tuple(dict.fromkeys(r for p in pieces for r, _ in p.all_refs()))[:20]
        if all(p.known and not isinstance(p.data, list | dict) for p in pieces):
            return Value(words, place, refs)
        return Value(UNKNOWN, place, refs, words)

    def _variable(self, inner: str, place: tuple[Place, ...]) -> Value:
        """Return the value of the first of several alternatives that is known here."""
        for one in inner.split(",")[:5]:
            found = self._alternative(one.strip(), place)
            if found.known or found.refs:
                return found
        return Value(UNKNOWN, place, (), HOLE)

    def _alternative(self, name: str, place: tuple[Place, ...]) -> Value:
        if (literal := _LITERAL.fullmatch(name)) is not None:
            return Value(literal[1] or literal[2] or literal[3] or "", place)
        node: Node | None = None
        if (file := _FILE.fullmatch(name)) is not None:
            node = self._file(file)
        elif (stack := _STACK.fullmatch(name)) is not None:
            return self._of_stack(stack[1], stack[2], place)
        elif name == "self:service.name" and self.name:
            return Value(self.name, place)
        elif name.startswith("self:"):
            node = self.whole
            for key in name.removeprefix("self:").split("."):
                node = self._opened(node).get(key) if node is not None and key else node
        if node is not None:
            if not isinstance(node.value, list | dict):
                if isinstance(node.value, str) and "${" in node.value and not node.tag:
                    return self._variables(node.value, (Place(node.source, node.key_line),))
                return self.value(node)
            if self._depth < 4:
                return self.value(node)
        if re.fullmatch(r"[A-Z]\w+(?:\.\w+)?", name) and name.partition(".")[0] in self.resources:
            return self.reference(name.partition(".")[0], name.partition(".")[2], place)
        return Value(UNKNOWN, place, (), HOLE)

    def _of_stack(self, stack: str, output: str, place: tuple[Place, ...]) -> Value:
        """Return an output of another service; its stack is called by the service and the stage (`orders-dev`)."""
        named = [
            o
            for o in self.others
            if o.name and re.fullmatch(re.escape(o.name) + r"(?:-[^-]*|-\$\{[^{}]*\})?", stack)
        ]
        node = named[0].node.get("Outputs", output, "Value") if len(named) == 1 else None
        return (
            named[0].elsewhere(output, node, place) if node is not None else Value(UNKNOWN, place, (), HOLE)
        )

    def reference(self, name: str, attribute: str, place: tuple[Place, ...]) -> Value:
        """Return what a name means: the framework's own resources too, like `OrdersLambdaFunction`."""
        if name in _OWN_APIS and name not in self.resources:
            return Value(UNKNOWN, place, (Ref(f"{self.prefix}api.{_OWN_APIS[name]}", attribute),), HOLE)
        function = self.functions.get(name.removesuffix("LambdaFunction"))
        if name.endswith("LambdaFunction") and function is not None:
            return Value(UNKNOWN, place, (Ref(f"{self.prefix}functions.{function}", attribute),), HOLE)
        return Template.reference(self, name, attribute, place)

    def made(self) -> Iterator[Resource]:
        """Yield the resources of the service."""
        provider = self.whole.get("provider")
        type_ = _FUNCTIONS.get(self.whole.text("provider", "name"))
        yield from self.all_resources()
        if type_ is None:
            return
        place = Place(self.whole.source, provider.key_line if provider is not None else self.whole.line)
        role = f"{self.prefix}provider.role"
        statements = [
            self.value(s)
            for path in (("iam", "role", "statements"), ("iamRoleStatements",))
            for s in (provider.list(*path) if provider is not None else ())
        ]
        managed = [
            self.value(p)
            for path in (("iam", "role", "managedPolicies"), ("iamManagedPolicies",))
            for p in (provider.list(*path) if provider is not None else ())
        ]
        if statements or managed:
            yield _new("aws_iam_role", role, place, managed_policy_arns=Value(managed, (place,)))
        if statements:
            document = Value({"Statement": Value(statements, (place,))}, (place,))
            yield _new(
                "aws_iam_role_policy",
                role + "/policy",
                place,
                role=Value(UNKNOWN, (place,), (Ref(role),)),
                policy=document,
            )
        apis: dict[str, Resource] = {}
        for name, node in self.handlers.items():
            function = self._function(name, node, type_)
            assert isinstance(function.body.data, dict)
            yield function
            own = [self.value(s) for s in node.list("iamRoleStatements")]
            mine = f"{function.address}.role"
            if own:
                yield _new("aws_iam_role", mine, function.place)
                document = Value({"Statement": Value(own, (function.place,))}, (function.place,))
                yield _new(
                    "aws_iam_role_policy",
                    mine + "/policy",
                    function.place,
                    role=Value(UNKNOWN, (function.place,), (Ref(mine),)),
                    policy=document,
                )
            roles = tuple(Ref(r) for r, there in ((role, statements or managed), (mine, own)) if there)
            if roles:
                function.body.data["role"] = Value(UNKNOWN, (function.place,), roles)
            for n, event in enumerate(node.list("events")):
                yield from self._event(function, f"{function.address}/{n}", event, apis)
            keeps = self.whole.get("provider", "logRetentionInDays")
            if keeps is not None:
                me = Value(UNKNOWN, (function.place,), (Ref(function.address),))
                kept = Place(keeps.source, keeps.key_line)
                yield _new(
                    "aws_cloudwatch_log_group",
                    f"{function.address}.logs",
                    kept,
                    name=me,
                    retention_in_days=self.value(keeps),
                )
        yield from apis.values()

    def _function(self, name: str, node: Node, type_: str) -> Resource:
        place = Place(node.source, node.key_line)
        data = {k: self.value(v) for k, v in node.items() if k not in ("events", "environment", "name")}
        shared = self.whole.get("provider")
        variables: dict[str, Value] = {}
        for holder in (shared, node):
            given = holder.get("environment") if holder is not None else None
            value = self.value(given) if given is not None else None
            if value is not None and isinstance(value.data, dict):
                variables.update(value.data)
        data["environment"] = Value({"variables": Value(variables, (place,))}, (place,))
        for key in ("timeout", "memorySize", "runtime", "tracing"):
            given = shared.get(key) if shared is not None else None
            if key in data or (given is None and key not in _DEFAULTS):
                continue
            data[key] = self.value(given) if given is not None else Value(_DEFAULTS[key], (place,))
        traced = self.whole.get("provider", "tracing", "lambda")
        if traced is not None and traced.value is True:
            data["tracing"] = Value("Active", (Place(traced.source, traced.key_line),))
        acting = [
            h.get(*path)
            for h, path in ((node, ("role",)), *((shared, p) for p in (("role",), ("iam", "role"))))
            if h is not None
        ]
        named = next((a for a in acting if a is not None and not isinstance(a.value, list | dict)), None)
        if named is not None and named.raw in self.resources:
            data["role"] = self.reference(named.raw, "", (Place(named.source, named.key_line),))
        failed = node.get("onError")
        if failed is not None:
            data["dead_letter_config"] = Value({"target_arn": self.value(failed)}, (place,))
        elif node.get("destinations", "onFailure") is not None:
            data["dead_letter_config"] = Value(
                {"target_arn": self.value(node.get("destinations", "onFailure") or node)}, (place,)
            )
        address = f"{self.prefix}functions.{name}"
        return Resource(
            type_,
            address,
            name,
            Value(data, (place,)),
            place,
            dialect="cloudformation",
            region=self._region(),
            group=self.name,
        )

    def _region(self) -> Value | None:
        node = self.whole.get("provider", "region")
        return self.value(node) if node is not None else None

    def _event(
        self, function: Resource, address: str, event: Node, apis: dict[str, Resource]
    ) -> Iterator[Resource]:
        me = Value(UNKNOWN, (function.place,), (Ref(function.address),))
        pairs = list(event.items())
        if len(pairs) != 1:
            return
        kind, node = pairs[0]
        place = Place(node.source, node.key_line)
        body = self.value(node)
        if kind in _HTTP:
            made = f"{self.prefix}api.{'rest' if kind == 'http' else kind}"
            type_ = (
                "aws_lb"
                if kind == "alb"
                else "aws_api_gateway_rest_api"
                if kind == "http"
                else "aws_apigatewayv2_api"
            )
            if made not in apis:
                label = f"{self.name or 'service'}-{'lb' if kind == 'alb' else 'api'}"
                apis[made] = Resource(
                    type_,
                    made,
                    label,
                    Value({}, (place,)),
                    place,
                    dialect="cloudformation",
                    group=function.group,
                )
            api = Value(UNKNOWN, (place,), (Ref(made),))
            yield _new("aws_lambda_permission", address, place, function_name=me, source_arn=api)
            if kind in ("http", "httpApi"):
                auth = body.get("authorizer")
                said = Value(
                    "CUSTOM" if auth is not None else "NONE", auth.places if auth is not None else (place,)
                )
                private = body.get("private")
                if auth is not None or private is None:
                    yield _new(
                        "aws_api_gateway_method",
                        address + "/auth",
                        place,
                        rest_api_id=api,
                        authorization=said,
                    )
        elif kind == "schedule":
            at = body.get("rate") or body
            first = next(iter(at.each()), at)
            yield _new(
                "aws_scheduler_schedule",
                address,
                place,
                target=Value({"arn": me}, (place,)),
                schedule_expression=first,
            )
        elif kind == "eventBridge":
            rule = {
                "targets": Value({"arn": me}, (place,)),
                "event_pattern": body.get("pattern") or Value({}, (place,)),
            }
            bus, at_ = body.get("eventBus"), body.get("schedule")
            more = {k: v for k, v in (("event_bus_name", bus), ("schedule_expression", at_)) if v is not None}
            yield _new("aws_cloudwatch_event_rule", address, place, **rule, **more)
        elif kind in (
            "sqs",
            "sns",
            "stream",
            "s3",
            "kafka",
            "msk",
            "activemq",
            "rabbitmq",
            "cognitoUserPool",
        ):
            source = body.get("arn|bucket|topicName|pool") or body
            if (
                kind in ("s3", "sns")
                and isinstance(source.data, str)
                and source.data
                and ":" not in source.data
            ):
                source = Value(
                    f"arn:aws:{kind}:::{source.data}", source.places
                )  # which the framework makes, or finds
            more = {k: v for k in ("batchSize",) if (v := body.get(k)) is not None}
            yield _new(
                "aws_lambda_event_source_mapping",
                address,
                place,
                function_name=me,
                event_source_arn=source,
                **more,
            )


def _logical(name: str) -> str:
    return (name[:1].upper() + name[1:]).replace("-", "Dash").replace("_", "Underscore")


def _new(type_: str, address: str, place: Place, **body: Value) -> Resource:
    return Resource(type_, address, "", Value(dict(body), (place,)), place, dialect="cloudformation")


def _closing(text: str, start: int) -> int:
    """Return where the braces that open at `start` close, -1 when they don't."""
    open_ = 0
    for at in range(start, len(text)):
        if text[at] == "{":
            open_ += 1
        elif text[at] == "}":
            open_ -= 1
            if open_ == 0:
                return at
    return -1
