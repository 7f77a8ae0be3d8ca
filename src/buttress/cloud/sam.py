"""The Serverless Application Model: functions with their events and policies as the resources that they stand for."""

from __future__ import annotations

from collections.abc import Iterator

from buttress.cloud.cloudformation import Template
from buttress.cloud.values import UNKNOWN, Place, Ref, Resource, Value
from buttress.evidence.lines import Node

_TYPES = {
    "Function": "aws_lambda_function", "Api": "aws_api_gateway_rest_api", "HttpApi": "aws_apigatewayv2_api",
    "SimpleTable": "aws_dynamodb_table", "StateMachine": "aws_sfn_state_machine", "GraphQLApi": "aws_appsync_graphql_api",
}  # fmt: skip
_SOURCES = ("Queue", "Stream", "Topic", "Bucket", "Broker", "Cluster", "UserPool")
# What the policies of the model allow, by the end of their names.
_POLICIES = (
    ("SQSSendMessagePolicy", "sqs:SendMessage"), ("SQSPollerPolicy", "sqs:ReceiveMessage"), ("SNSPublishMessagePolicy", "sns:Publish"),
    ("DynamoDBReadPolicy", "dynamodb:GetItem"), ("DynamoDBWritePolicy", "dynamodb:PutItem"), ("S3ReadPolicy", "s3:GetObject"),
    ("S3WritePolicy", "s3:PutObject"), ("LambdaInvokePolicy", "lambda:InvokeFunction"), ("StepFunctionsExecutionPolicy", "states:StartExecution"),
    ("EventBridgePutEventsPolicy", "events:PutEvents"), ("KinesisStreamReadPolicy", "kinesis:GetRecords"), ("KinesisCrudPolicy", "kinesis:PutRecord"),
    ("AWSSecretsManagerGetSecretValuePolicy", "secretsmanager:GetSecretValue"), ("SSMParameterReadPolicy", "ssm:GetParameter"),
    ("FirehoseWritePolicy", "firehose:PutRecord"),
)  # fmt: skip
_BOTH = {
    "DynamoDBCrudPolicy": ("dynamodb:GetItem", "dynamodb:PutItem"),
    "S3CrudPolicy": ("s3:GetObject", "s3:PutObject"),
}


def resources_of(template: Template) -> Iterator[Resource]:
    """Yield the resources of the model in a template, and those that their events and policies stand for."""
    implicit: dict[str, Resource] = {}
    helpers = template.helpers()
    for name, node in template.node.items("Resources"):
        kind = node.text("Type").removeprefix("AWS::Serverless::")
        if node.text("Type") == "AWS::Serverless::Connector":
            yield from _connector(template, name, node)
            continue
        if not node.text("Type").startswith("AWS::Serverless::") or kind not in _TYPES or name in helpers:
            continue
        resource = template.resource(name, node, _TYPES[kind])
        _defaults(template, resource, kind)
        yield resource
        if kind in ("Api", "HttpApi"):
            yield from _api(resource)
        if kind in ("Function", "StateMachine"):
            yield from _policies(template, resource)
            events = resource.get("Events")
            if events is not None and isinstance(events.data, dict):
                for event, body in events.data.items():
                    yield from _event(template, resource, event, body, implicit)
    for api in implicit.values():
        _defaults(template, api, "HttpApi" if api.type == "aws_apigatewayv2_api" else "Api")
        yield api
        yield from _api(api)


def _defaults(template: Template, resource: Resource, kind: str) -> None:
    """Fill in what `Globals` says."""
    shared = template.node.get("Globals", kind)
    if shared is None or not isinstance(resource.body.data, dict):
        return
    for key, node in shared.items():
        value, own = template.value(node), resource.body.data.get(key)
        if own is None:
            resource.body.data[key] = value
        elif key == "Environment" and isinstance(own.data, dict) and isinstance(value.data, dict):
            old, new = own.data.get("Variables"), value.data.get("Variables")
            if (
                old is not None
                and new is not None
                and isinstance(old.data, dict)
                and isinstance(new.data, dict)
            ):
                own.data["Variables"] = Value({**new.data, **old.data}, old.places)
            elif new is not None:
                own.data.setdefault("Variables", new)


def _api(api: Resource) -> Iterator[Resource]:
    """Yield the stage of an API, and who its callers prove themselves to."""
    me = Value(UNKNOWN, (api.place,), (Ref(api.address),))
    body = {
        k: v
        for k in ("AccessLogSetting", "TracingEnabled", "MethodSettings", "DefaultRouteSettings")
        if (v := api.get(k)) is not None
    }
    yield _made("aws_apigatewayv2_stage", f"{api.address}/stage", api.place, api, api_id=me, **body)
    pools = api.get("Auth.Authorizers")
    if pools is not None:
        yield _made(
            "aws_api_gateway_authorizer",
            f"{api.address}/pools",
            api.place,
            api,
            rest_api_id=me,
            provider_arns=Value([v for _, v in pools.walk()], pools.places),
        )
    usual = api.get("Auth.DefaultAuthorizer|Auth.ApiKeyRequired")
    if usual is None and api.get("DefinitionBody|DefinitionUri") is not None:
        return  # a contract of its own may say it
    said = Value(
        "CUSTOM" if usual is not None else "NONE", usual.places if usual is not None else (api.place,)
    )
    yield _made(
        "aws_api_gateway_method", f"{api.address}/auth", api.place, api, rest_api_id=me, authorization=said
    )


def _event(
    template: Template, function: Resource, name: str, body: Value, implicit: dict[str, Resource]
) -> Iterator[Resource]:
    kind, properties = body.get("Type"), body.get("Properties") or Value({}, body.places)
    if kind is None:
        return
    place = body.places[0] if body.places else function.place
    me = Value(UNKNOWN, (place,), (Ref(function.address),))
    address = f"{function.address}/{name}"
    words = kind.words()
    if words in ("Api", "HttpApi", "WebSocket"):
        api = properties.get("RestApiId|ApiId")
        if api is None:
            made = f"{template.prefix}Serverless{'RestApi' if words == 'Api' else 'HttpApi'}"
            type_ = "aws_api_gateway_rest_api" if words == "Api" else "aws_apigatewayv2_api"
            if made not in implicit:
                implicit[made] = Resource(
                    type_,
                    made,
                    "api",
                    Value({}, (place,)),
                    place,
                    dialect="cloudformation",
                    group=function.group,
                )
            api = Value(UNKNOWN, (place,), (Ref(made),))
        yield _made("aws_lambda_permission", address, place, function, function_name=me, source_arn=api)
        auth = properties.get("Auth.Authorizer")
        if auth is not None and auth.known:
            none = auth.words() == "NONE"
            kind_ = Value("NONE" if none else "CUSTOM", auth.places)
            yield _made(
                "aws_api_gateway_method",
                address + "/auth",
                place,
                function,
                rest_api_id=api,
                authorization=kind_,
            )
    elif words in ("Schedule", "ScheduleV2"):
        at = properties.get("Schedule|ScheduleExpression")
        if at is not None:
            target = Value({"arn": me}, (place,))
            yield _made(
                "aws_scheduler_schedule", address, place, function, target=target, schedule_expression=at
            )
    elif words in ("EventBridgeRule", "CloudWatchEvent"):
        pattern = properties.get("Pattern") or Value({}, (place,))
        bus = properties.get("EventBusName")
        rule = {"targets": Value({"arn": me}, (place,)), "event_pattern": pattern}
        yield _made(
            "aws_cloudwatch_event_rule",
            address,
            place,
            function,
            **rule,
            **({"event_bus_name": bus} if bus is not None else {}),
        )
    else:
        source = properties.get("|".join(_SOURCES))
        if source is not None:
            more = {k: v for k in ("BatchSize", "DestinationConfig") if (v := properties.get(k)) is not None}
            yield _made(
                "aws_lambda_event_source_mapping",
                address,
                place,
                function,
                function_name=me,
                event_source_arn=source,
                **more,
            )


def _policies(template: Template, function: Resource) -> Iterator[Resource]:
    policies = function.get("Policies")
    if policies is None or not isinstance(function.body.data, dict):
        return
    statements: list[Value] = []
    managed = [p for p in policies.each() if not isinstance(p.data, dict)]
    for policy in policies.each():
        if not isinstance(policy.data, dict):
            continue
        statements += list(policy.each("Statement"))
        for name, body in policy.data.items():
            actions = _BOTH.get(name) or tuple(a for n, a in _POLICIES if n == name)
            if not actions:
                continue
            used = [v for _, v in body.walk()]
            allowed = Value([Value(a, body.places) for a in actions], body.places)
            statements.append(Value({"Action": allowed, "Resource": Value(used, body.places)}, body.places))
    if not statements and not managed:
        return
    place = policies.places[0] if policies.places else function.place
    role = f"{function.address}/role"
    yield _made("aws_iam_role", role, place, function, managed_policy_arns=Value(managed, policies.places))
    function.body.data["Role"] = Value(UNKNOWN, (place,), (Ref(role),))
    document = Value({"Statement": Value(statements, (place,))}, (place,))
    yield _made(
        "aws_iam_role_policy",
        f"{role}/policy",
        place,
        function,
        role=Value(UNKNOWN, (place,), (Ref(role),)),
        policy=document,
    )


def _connector(template: Template, name: str, node: Node) -> Iterator[Resource]:
    properties = node.get("Properties")
    if properties is None:
        return
    place = Place(node.source, node.key_line)
    ends = [template.reference(properties.text(k, "Id"), "", (place,)) for k in ("Source", "Destination")]
    wanted = [p.raw for p in properties.list("Permissions")]
    flow = "writes" if "Write" in wanted else "reads"
    body = Value({"source": ends[0], "target": ends[1]}, (place,))
    yield Resource(f"connector_{flow}", template.prefix + name, name, body, place, dialect="cloudformation")


def _made(type_: str, address: str, place: Place, owner: Resource, **body: Value) -> Resource:
    return Resource(
        type_, address, "", Value(dict(body), (place,)), place, dialect="cloudformation", group=owner.group
    )
