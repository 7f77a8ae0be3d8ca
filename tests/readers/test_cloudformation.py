"""CloudFormation, SAM and the Serverless Framework: what templates, stacks and services say together."""

from __future__ import annotations

import time

import pytest
from tests.readers.fragments import flows, the, told

from buttress.merge import merge
from buttress.model import Fragment, Source
from buttress.readers import cloudformation


def read(text: str, **files: str) -> Fragment:
    named = [Source(path.replace("__", "/") + ".yaml", other) for path, other in files.items()]
    return cloudformation.read((Source("template.yaml", text), *named))


def service(text: str, **files: str) -> Fragment:
    named = [Source(path.replace("__", "/") + ".yml", other) for path, other in files.items()]
    return cloudformation.read((Source("serverless.yml", text), *named))


DATABASE = """
Parameters:
  MultiAz: {Type: String, Default: "false"}
Resources:
  OrdersDb:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, MultiAZ: !Ref MultiAz}
Outputs:
  Address: {Value: !GetAtt OrdersDb.Endpoint.Address}
"""


def stack(name: str, parameters: str) -> str:
    return f"  {name}:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: ./db.yaml, Parameters: {parameters}}}\n"


def test_a_parameter_has_its_default_where_no_stack_gives_another_value() -> None:
    assert told(the(read(DATABASE), "orders-db"))["multi_zone"] is None


def test_a_nested_stack_gets_the_parameters_of_the_one_around_it() -> None:
    outer = "Resources:\n" + stack("Store", '{MultiAz: "true"}')
    assert told(the(read(outer, db=DATABASE), "orders-db"))["multi_zone"] is True


def test_of_templates_with_one_name_the_one_in_the_folder_that_the_address_names_is_meant() -> None:
    outer = "Resources:\n" + stack("Store", '{MultiAz: "true"}').replace(
        "./db.yaml", "https://s3.amazonaws.com/acme-templates/v2/orders/db.yaml"
    )
    fragment = read(outer, orders__db=DATABASE, billing__db=DATABASE.replace("OrdersDb", "BillingDb"))
    assert told(the(fragment, "orders-db"))["multi_zone"] is True
    assert told(the(fragment, "billing-db"))["multi_zone"] is None


def test_what_two_stacks_give_differently_is_unknown() -> None:
    outer = "Resources:\n" + stack("One", '{MultiAz: "true"}') + stack("Two", '{MultiAz: "false"}')
    assert "multi_zone" not in told(the(read(outer, db=DATABASE), "orders-db"))


def test_the_output_of_a_nested_stack_is_a_flow_to_what_is_in_it() -> None:
    outer = (
        "Resources:\n"
        + stack("Store", "{}")
        + """
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      Environment: {Variables: {DB_HOST: !GetAtt Store.Outputs.Address}}
"""
    )
    assert flows(read(outer, db=DATABASE)) == {"orders calls orders-db"}


API = """
Resources:
  Shop:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      %s
  OrdersFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Get:
          Type: Api
          Properties: {RestApiId: !Ref Shop, Path: /orders, Method: get%s}
"""


@pytest.mark.parametrize(
    ("api", "event", "said"),
    [
        ("Auth: {DefaultAuthorizer: Pool}", "", {"authentication": "authorizer"}),
        (
            "Auth: {DefaultAuthorizer: Pool}",
            ", Auth: {Authorizer: NONE}",
            {"authentication": "authorizer", "open_to_callers": True},
        ),
        ("Name: shop", ", Auth: {Authorizer: NONE}", {"open_to_callers": True}),
        ("Name: shop", "", {"open_to_callers": True}),
        ("DefinitionUri: shop.yaml", "", {}),
        ("MethodSettings: [{ThrottlingRateLimit: 50}]", "", {"open_to_callers": True, "rate_limit": 50}),
        ("TracingEnabled: true", "", {"open_to_callers": True, "tracing": True}),
    ],
)
def test_an_api_says_how_callers_prove_themselves_and_how_many_may_come(
    api: str, event: str, said: dict[str, object]
) -> None:
    found = told(the(read(API % (api, event)), "shop-api"))
    asked = ("authentication", "open_to_callers", "rate_limit", "tracing")
    assert {n: found[n] for n in asked if n in found} == said


SERVICE = """
service: loans
custom:
  stage: ${opt:stage, 'prod'}
  limits: {slow: 45}
  shared: ${file(shared.yml):custom}
provider:
  name: aws
  region: eu-north-1
  environment: {TABLE: "${self:service}-${self:custom.stage}-loans"}
functions:
  apply:
    handler: a.b
    timeout: %s
resources:
  - ${file(tables.yml)}
"""
TABLES = """
Resources:
  Loans:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: "${self:service}-${self:custom.stage}-loans"}
"""
SHARED = "custom:\n  timeout: 12\n"


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        ("20", 20), ("${self:custom.limits.slow}", 45), ("${self:custom.none, 7}", 7), ("${opt:t, ${self:custom.limits.slow}}", 45),
        ("${self:custom.shared.timeout}", 12), ("${file(shared.yml):custom.timeout}", 12), ("${env:T, '9'}", 9),
    ],
)  # fmt: skip
def test_a_variable_of_a_service_is_worked_out(timeout: str, seconds: int) -> None:
    fragment = service(SERVICE % timeout, tables=TABLES, shared=SHARED)
    assert told(the(fragment, "apply"))["run_timeout"] == seconds


@pytest.mark.parametrize(
    "timeout", ["${env:T}", "${ssm:/loans/timeout}", "${self:custom.none}", "${file(gone.yml):x}"]
)
def test_a_variable_of_the_deployment_is_unknown(timeout: str) -> None:
    assert "run_timeout" not in told(the(service(SERVICE % timeout, tables=TABLES, shared=SHARED), "apply"))


def test_a_resource_in_an_included_file_is_used_by_its_name() -> None:
    fragment = service(SERVICE % 5, tables=TABLES, shared=SHARED)
    assert flows(fragment) == {"apply calls loans-table"}
    assert the(fragment, "loans-table").evidence[0].source == "tables.yml"
    assert the(fragment, "apply").boundaries == ("region-eu-north-1",)


STORE = """
service: carts-store
provider: {name: aws, stage: dev}
resources:
  Resources:
    Carts: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
  Outputs:
    Name: {Value: !Ref Carts}
    Changes: {Value: !GetAtt Carts.StreamArn}
"""


def test_the_output_of_another_service_is_what_that_service_makes() -> None:
    text = """
service: checkout
custom: {stage: "${opt:stage, self:provider.stage}"}
provider: {name: aws, stage: dev}
functions:
  pay:
    handler: a.b
    environment: {CARTS: "${cf:carts-store-${self:custom.stage}.Name}", OTHER: "${cf:carts-dev.Name}"}
  remind:
    handler: a.c
    events: [{stream: {arn: "${cf:carts-store-${opt:stage}.Changes}"}}]
"""
    fragment = service(text, store__serverless=STORE)
    assert flows(fragment) == {"pay calls carts-table", "remind consumes carts-table"}


def test_the_right_to_put_failed_messages_aside_makes_no_queue_of_its_own() -> None:
    text = """
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Orders: {Type: AWS::DynamoDB::Table}
  Index:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [{Statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Failed.Arn}}]
      Events:
        Changes:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Orders.StreamArn, DestinationConfig: {OnFailure: {Destination: !GetAtt Failed.Arn}}}
"""
    assert flows(read(text)) == {"index consumes orders-table"}
    assert {c.name for c in read(text).components} == {"index", "orders-table"}


PREPARED = """
Resources:
  Store: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql}}
  Machines:
    Type: AWS::EC2::LaunchTemplate
    Metadata:
      AWS::CloudFormation::Init:
        config:
          files: {/etc/shop.conf: {content: !Sub "host ${Store.Endpoint.Address}"}}
          commands: {join: {command: "echo COMMAND >> /etc/start"}}
  Shop:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: 2, LaunchTemplate: {LaunchTemplateId: !Ref Machines}}
"""


def test_what_sets_a_machine_up_names_what_it_uses() -> None:
    fragment = read(PREPARED)
    assert flows(fragment) == {"shop calls store"}
    assert the(fragment, "shop").kind == "service"


def test_who_shares_the_group_of_one_that_is_known_to_use_a_store_needs_not_use_it() -> None:
    grouped = (
        PREPARED.replace(
            "Properties: {Engine: mysql}", "Properties: {Engine: mysql, VPCSecurityGroups: [!Ref Inner]}"
        )
        + """
  Outer: {Type: AWS::EC2::SecurityGroup}
  Inner:
    Type: AWS::EC2::SecurityGroup
    Properties: {SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref Outer}]}
  Helper: {Type: AWS::EC2::Instance, Properties: {SecurityGroupIds: [!Ref Outer]}}
"""
    )
    grouped = grouped.replace(
        "    Type: AWS::EC2::LaunchTemplate",
        "    Type: AWS::EC2::LaunchTemplate\n    Properties: {SecurityGroupIds: [!Ref Outer]}",
    )
    assert flows(read(grouped)) == {"shop calls store"}
    assert flows(read(grouped.replace("${Store.Endpoint.Address}", "x"))) == {
        "shop calls store",
        "helper calls store",
    }


def test_machines_that_join_a_cluster_are_its_hosts() -> None:
    fragment = read(PREPARED.replace("COMMAND", "ECS_CLUSTER=shop"))
    assert the(fragment, "shop").kind == "compute_host"
    assert flows(fragment) == set()


@pytest.mark.parametrize(
    ("beside", "elsewhere"),
    [
        (
            "{Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Sold, Protocol: email, Endpoint: a@example.org}}",
            True,
        ),
        ("{Type: AWS::SSM::Parameter, Properties: {Name: /shop/sold, Value: !Ref Sold}}", True),
        ("{Type: AWS::SSM::Parameter, Properties: {Name: /shop/sold, Value: none}}", None),
    ],
)
def test_a_topic_that_others_are_told_of_is_read_elsewhere(beside: str, elsewhere: bool | None) -> None:
    fragment = read(f"Resources:\n  Sold: {{Type: AWS::SNS::Topic}}\n  Beside: {beside}\n")
    assert told(the(fragment, "sold-topic")).get("read_elsewhere") is elsewhere


def test_a_function_acts_with_the_role_of_the_template_that_it_names() -> None:
    text = """
service: checkout
provider: {name: aws, environment: {CARTS: !Ref Carts}, iam: {role: Acting}}
functions: {pay: {handler: a.b}, list: {handler: a.c}, help: {handler: a.d, role: Other}}
resources:
  Resources:
    Carts: {Type: AWS::DynamoDB::Table}
    Other: {Type: AWS::IAM::Role}
    Acting:
      Type: AWS::IAM::Role
      Properties:
        Policies:
          - PolicyDocument:
              Statement: {Effect: Allow, Action: "dynamodb:PutItem", Resource: !GetAtt Carts.Arn}
"""
    assert flows(service(text)) == {
        "pay writes carts-table",
        "list writes carts-table",
        "help calls carts-table",
    }


def test_the_gateway_that_the_framework_makes_is_known_by_its_name() -> None:
    text = """
service: {name: checkout}
provider: {name: aws}
functions: {pay: {handler: a.b, events: [{http: {path: pay, method: post, authorizer: aws_iam}}]}}
resources:
  Resources:
    Filter:
      Type: AWS::WAFv2::WebACLAssociation
      Properties:
        ResourceArn: !Sub "arn:aws:apigateway:eu-west-1::/restapis/${ApiGatewayRestApi}/stages/dev"
        WebACLArn: arn:aws:wafv2:eu-west-1:1:regional/webacl/a/1
"""
    assert told(the(service(text), "checkout-api"))["waf"] is True


def test_functions_may_stand_in_files_of_their_own() -> None:
    text = "service: a\nprovider: {name: aws}\nfunctions:\n  - ${file(one.yml)}\n  - ${file(two.yml)}\n"
    fragment = service(text, one="mails: {handler: x}\n", two="bills: {handler: y}\n")
    assert {c.name for c in fragment.components} == {"mails", "bills"}


def test_who_only_consumes_a_queue_doesnt_publish_to_it_by_a_shared_role() -> None:
    fragment = service("""
service: a
provider:
  name: aws
  iam: {role: {statements: [{Effect: Allow, Action: "sqs:*", Resource: !GetAtt Jobs.Arn}]}}
functions:
  take: {handler: x, events: [{sqs: !GetAtt Jobs.Arn}]}
  give: {handler: x, environment: {QUEUE: !Ref Jobs}}
resources:
  Resources:
    Jobs: {Type: AWS::SQS::Queue}
""")
    assert flows(fragment) == {"take consumes jobs-queue", "give publishes jobs-queue"}


def test_a_secret_beside_its_name_is_told_of_by_the_name() -> None:
    fragment = read("""
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: crm
      ContainerDefinitions:
        - Name: web
          Environment:
            - Name: DJANGO_SECRET_KEY
              Value: hunter2-hunter2
        - Name: helper
          Command: ["celery", "worker"]
  Service:
    Type: AWS::ECS::Service
    Properties: {TaskDefinition: !Ref Task}
""")
    fact = the(fragment, "crm").fact("secrets_in_plaintext")
    assert fact is not None and fact.evidence[0].quote == "DJANGO_SECRET_KEY"
    assert "hunter2" not in repr(fragment)


HOSTILE = {
    "circle": "service: a\nprovider: {name: aws}\ncustom:\n  a: ${self:custom.b}${self:custom.b}\n  b: ${self:custom.a}${self:custom.a}\n"
    '  c: ${self:custom}\nfunctions:\n  f: {handler: x, environment: {A: "${self:custom.c}", B: "${self:}", C: "${self:custom.a}"}}\n',
    "nested": 'service: a\nprovider: {name: aws}\nfunctions:\n  f: {handler: x, environment: {A: "' + "${self:a." * 3_000 + "}" * 3_000 + '"}}\n',
    "itself": "Parameters: {P: {Type: String}}\nResources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
    "      TemplateURL: template.yaml\n      Parameters: {P: !GetAtt S.Outputs.O}\n  Q:\n    Type: AWS::SQS::Queue\n"
    "    Properties: {QueueName: !Ref P}\nOutputs: {O: {Value: !GetAtt S.Outputs.O}}\n",
    "deep": "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: " + '{"Fn::Join": ["", [' * 200 + '"x"' + "]]}" * 200,
    "aliases": "Resources:\n  A: &a0\n    Type: AWS::SQS::Queue\n"
    + "".join(f"  B{n}: &a{n + 1}\n    Type: AWS::SQS::Queue\n    Properties: {{X: [*a{n}, *a{n}, *a{n}]}}\n" for n in range(30)),
}  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(t, id=n) for n, t in HOSTILE.items()])
def test_hostile_templates_end_in_little_time(text: str) -> None:
    started = time.perf_counter()
    cloudformation.read((Source("serverless.yml", text),))
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    "value", ["!Ref Key", "!FindInMap [A, B, C]", '!Join ["-", [hunter2, hunter2]]', "hunter2-hunter2"]
)
def test_a_secret_is_never_shown_wherever_it_stands(value: str) -> None:
    fragment = read(f"""
Parameters:
  Key: {{Type: String, Default: hunter2-hunter2}}
Mappings:
  A: {{B: {{C: hunter2-hunter2}}}}
Resources:
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          API_TOKEN: {value}
""")
    assert told(the(fragment, "orders"))["secrets_in_plaintext"] is True
    assert "hunter2" not in repr(fragment)


SHARED_ROLES = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Environment: {Variables: {TABLE_NAME: !Ref SQSLoansTable}}}
Resources:
  LendRole: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  WritePolicy:
    Type: AWS::IAM::Policy
    Properties:
      PolicyDocument:
        Statement:
          - Effect: Allow
            Action: [
              "dynamodb:PutItem"
            ]
            Resource: !GetAtt SQSLoansTable.Arn
          - Effect: Allow
            Action: [
              "sqs:SendMessage*"
            ]
            Resource: !GetAtt ReturnsQueue.Arn
      Roles: [!Ref LendRole]
  LendFunction:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Role: !GetAtt LendRole.Arn, Handler: lend.run}
  ExtendFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Role: !GetAtt LendRole.Arn
      Handler: extend.run
      Environment: {Variables: {RETURNS: !Ref ReturnsQueue}}
  SQSLoansTable: {Type: AWS::DynamoDB::Table, Properties: {}}
  ReturnsQueue: {Type: AWS::SQS::Queue}
"""


def test_functions_that_share_a_role_use_what_their_settings_name_and_the_role_allows() -> None:
    graph = merge([read(SHARED_ROLES)])
    assert {f"{f.source} {f.kind} {f.target}" for f in graph.flows} == {
        "lend-function writes sqs-loans-table",
        "extend-function writes sqs-loans-table",
        "extend-function publishes returns-queue",
    }


def test_a_function_that_events_of_a_bus_elsewhere_start_is_a_worker() -> None:
    text = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Bus: {Type: String}
Resources:
  OnReturned:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Returned: {Type: EventBridgeRule, Properties: {EventBusName: !Ref Bus, Pattern: {source: [library.returns]}}}
  Lend: {Type: AWS::Serverless::Function, Properties: {Handler: lend.run}}
"""
    kinds = {c.name: c.kind for c in read(text).components}
    assert kinds == {"on-returned": "worker", "lend": "service"}
