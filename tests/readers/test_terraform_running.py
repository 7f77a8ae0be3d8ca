"""Infrastructure code: tasks that no service keeps running, names in resource names, secrets looked up, addresses of one's own."""

from __future__ import annotations

import pytest
from tests.readers.fragments import flows, the, told
from tests.readers.fragments import terraform as read

from buttress.model import Source
from buttress.readers import cloudformation

TASK = """
resource "aws_ecs_task_definition" "rollup" {
  family                = "rollup"
  container_definitions = jsonencode([{
    name = "rollup", image = "acme/rollup:1"%s
    secrets = [{ name = "LEDGER_PASSWORD", valueFrom = data.aws_secretsmanager_secret.ledger.arn }]
  }])
}
data "aws_secretsmanager_secret" "ledger" { name = "ledger" }
"""


@pytest.mark.parametrize(
    ("ports", "kind"), [("", "worker"), (", portMappings = [{ containerPort = 80 }]", "service")]
)
def test_a_task_that_no_service_keeps_running_stands_for_itself(ports: str, kind: str) -> None:
    fragment = read(TASK % ports)
    assert the(fragment, "rollup").kind == kind
    assert flows(fragment) == {"rollup reads aws-secrets-manager"}


def test_a_task_of_a_service_is_the_service() -> None:
    fragment = read(
        (TASK % "")
        + 'resource "aws_ecs_service" "sums" { task_definition = aws_ecs_task_definition.rollup.arn }'
    )
    assert [c.name for c in fragment.components if c.technology == "ecs"] == ["sums"]


def test_a_task_runs_at_the_times_of_its_rule() -> None:
    fragment = read(
        (TASK % "")
        + """
resource "aws_ecs_cluster" "jobs" {}
resource "aws_cloudwatch_event_rule" "nightly" { schedule_expression = "cron(0 3 * * ? *)" }
resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_ecs_cluster.jobs.arn
  ecs_target { task_definition_arn = aws_ecs_task_definition.rollup.arn }
}
"""
    )
    assert told(the(fragment, "rollup"))["schedule"] == "cron(0 3 * * ? *)"


POLICY = """
resource "aws_lambda_function" "till" { role = aws_iam_role.till.arn }
resource "aws_iam_role" "till" {}
resource "aws_iam_role_policy" "till" {
  role   = aws_iam_role.till.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "%s", Resource = "%s" }] })
}
"""


@pytest.mark.parametrize(
    ("action", "resource", "found"),
    [
        ("s3:PutObject", "arn:aws:s3:::acme-receipts/*", {"till writes acme-receipts-bucket"}),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:${var.region}:${var.account}:receipts",
            {"till publishes receipts-queue"},
        ),
        ("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/Receipts", {"till reads receipts-table"}),
        ("s3:PutObject", "arn:aws:s3:::acme-*", set()),
        ("s3:PutObject", "arn:aws:s3:::${var.bucket}/*", set()),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::acme-receipts", set()),
    ],
)
def test_a_store_or_queue_that_a_right_names_in_full_lies_elsewhere(
    action: str, resource: str, found: set[str]
) -> None:
    fragment = read(POLICY % (action, resource))
    assert flows(fragment) == found
    assert len(fragment.components) == 1 + len(found)


def test_what_a_right_names_in_full_and_the_code_makes_is_one() -> None:
    fragment = read(
        (POLICY % ("sqs:SendMessage", "arn:aws:sqs:*:*:receipts"))
        + """
resource "aws_sqs_queue" "main" { name = "receipts" }
resource "aws_sns_topic" "main" { name = "receipts" }
"""
    )
    assert flows(fragment) == {"till publishes receipts-queue"}
    assert len(fragment.components) == 3


def test_a_workflow_calls_the_functions_that_its_text_names() -> None:
    template = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Weigh: {Type: AWS::Serverless::Function, Properties: {FunctionName: weigh_parcel}}
  Label: {Type: AWS::Serverless::Function, Properties: {FunctionName: label_parcel}}
  Parcels:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionString: !Sub |
        {"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
         "Resource": "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:weigh_parcel"}}}
"""
    assert flows(cloudformation.read((Source("template.yaml", template),))) == {
        "parcels-workflow calls weigh"
    }


@pytest.mark.parametrize("more", ["", "desk"])
def test_the_address_of_the_only_balancer_before_a_service_is_its_own(more: str) -> None:
    others = f"""
resource "aws_ecs_service" "{more}" {{ load_balancer {{ target_group_arn = aws_lb_target_group.till.arn }} }}
"""
    fragment = read(
        """
resource "aws_lb" "front" {}
resource "aws_lb_target_group" "till" {}
resource "aws_lb_listener" "front" {
  load_balancer_arn = aws_lb.front.arn
  default_action { target_group_arn = aws_lb_target_group.till.arn }
}
resource "aws_ecs_task_definition" "till" {
  container_definitions = jsonencode([{
    name = "till", environment = [{ name = "PUBLIC_URL", value = "http://${aws_lb.front.dns_name}/" }]
  }])
}
resource "aws_ecs_service" "till" {
  task_definition = aws_ecs_task_definition.till.arn
  load_balancer { target_group_arn = aws_lb_target_group.till.arn }
}
"""
        + (others if more else "")
    )
    assert ("till calls front-load-balancer" in flows(fragment)) is bool(more)


def test_a_setting_that_several_share_tells_no_more_than_the_role_of_who_sends() -> None:
    service = """
service: parcels
provider:
  name: aws
  environment: {QUEUE: !Ref Labels}
  iamRoleStatements: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Labels.Arn}]
functions: {weigh: {handler: a.b}, list: {handler: a.c}}
resources: {Resources: {Labels: {Type: AWS::SQS::Queue}}}
"""
    found = flows(cloudformation.read((Source("serverless.yml", service),)))
    assert not any("publishes" in f for f in found)


def test_a_bucket_that_starts_a_function_is_made_by_the_framework() -> None:
    service = """
service: parcels
provider: {name: aws}
functions: {scan: {handler: a.b, events: [{s3: {bucket: parcel-photos}}]}}
"""
    assert flows(cloudformation.read((Source("serverless.yml", service),))) == {
        "scan consumes parcel-photos-bucket"
    }


@pytest.mark.parametrize(
    ("target", "destination", "flow"),
    [
        ('"google_storage_bucket" "archive"', "storage.googleapis.com/${google_storage_bucket.archive.name}", "writes archive-bucket"),
        ('"google_pubsub_topic" "audit"', "pubsub.googleapis.com/${google_pubsub_topic.audit.id}", "publishes audit-topic"),
    ],
)  # fmt: skip
def test_a_sink_brings_the_logs_of_a_project_where_it_says(target: str, destination: str, flow: str) -> None:
    fragment = read(f"""
resource {target} {{}}
resource "google_logging_project_sink" "all" {{ destination = "{destination}" }}
""")
    assert flows(fragment) == {f"google-cloud-logging {flow}"}


def test_a_filter_brings_the_logs_of_a_function_to_a_stream() -> None:
    fragment = read("""
resource "aws_lambda_function" "till" {}
resource "aws_cloudwatch_log_group" "till" { name = "/aws/lambda/${aws_lambda_function.till.function_name}" }
resource "aws_kinesis_firehose_delivery_stream" "logs" {}
resource "aws_cloudwatch_log_subscription_filter" "till" {
  log_group_name  = aws_cloudwatch_log_group.till.name
  destination_arn = aws_kinesis_firehose_delivery_stream.logs.arn
}
""")
    assert flows(fragment) == {"till publishes logs-delivery"}


def test_a_topic_that_only_a_right_names_is_read_elsewhere() -> None:
    fragment = read(POLICY % ("sns:Publish", "arn:aws:sns:*:*:news"))
    assert told(the(fragment, "news-topic"))["read_elsewhere"] is True


@pytest.mark.parametrize(
    ("target", "action", "flow"),
    [
        (
            '"aws_lambda_function" "till"',
            "lambda {\n function_arn = aws_lambda_function.till.arn\n }",
            "till consumes aws-iot-core",
        ),
        (
            '"aws_timestreamwrite_table" "weights"',
            "timestream {\n table_name = aws_timestreamwrite_table.weights.table_name\n }",
            "aws-iot-core writes weights-table",
        ),
        (
            '"aws_sqs_queue" "scans"',
            "sqs {\n queue_url = aws_sqs_queue.scans.url\n }",
            "aws-iot-core publishes scans-queue",
        ),
    ],
)
def test_a_rule_for_what_devices_send_brings_it_on(target: str, action: str, flow: str) -> None:
    fragment = read(
        f'resource {target} {{}}\nresource "aws_iot_topic_rule" "all" {{\n name = "all"\n {action}\n}}'
    )
    assert flows(fragment) == {flow}
