"""Terraform: who may use what by roles that are granted, and what everybody may."""

from __future__ import annotations

import pytest
from tests.readers.fragments import flows, the, told
from tests.readers.fragments import terraform as read

_SERVICE = """
variable "open" {}
variable "who" {}
resource "google_service_account" "till" {}
resource "google_cloud_run_v2_service" "prices" {}
resource "google_cloud_run_v2_service" "till" {
  template { service_account = google_service_account.till.email }
}
"""
_TO_TILL = '"serviceAccount:${google_service_account.till.email}"'


def _grant(members: str, more: str = "", name: str = "prices") -> str:
    return f"""
resource "google_cloud_run_v2_service_iam_binding" "{name}" {{
  name    = google_cloud_run_v2_service.prices.name
  role    = "roles/run.invoker"
  members = [{members}]
  {more}
}}
"""


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        ("", {}),
        (_grant('"allUsers"'), {"open_to_callers": True}),
        (_grant('"allUsers"', "count = var.open ? 1 : 0"), {}),
        (_grant(_TO_TILL), {"authentication": "IAM"}),
        (_grant("var.who"), {}),
        (_grant(_TO_TILL) + _grant('"allUsers"', "count = var.open ? 1 : 0", "all"), {}),
    ],
)
def test_who_may_call_a_service_is_what_its_grants_say(grants: str, said: dict[str, object]) -> None:
    facts = told(the(read(_SERVICE + grants), "prices"))
    assert {n: v for n, v in facts.items() if n in ("authentication", "open_to_callers")} == said


def test_a_policy_that_is_written_as_data_opens_a_service_too() -> None:
    fragment = read(_SERVICE + """
data "google_iam_policy" "everybody" {
  binding {
    role    = "roles/run.invoker"
    members = ["allUsers"]
  }
}
resource "google_cloud_run_v2_service_iam_policy" "prices" {
  name        = google_cloud_run_v2_service.prices.name
  policy_data = data.google_iam_policy.everybody.policy_data
}
""")  # fmt: skip
    assert told(the(fragment, "prices"))["open_to_callers"] is True


@pytest.mark.parametrize(
    ("stores", "found"),
    [
        ("", set()),
        ('resource "google_firestore_database" "orders" {}', {"till writes orders-db"}),
        ('resource "google_firestore_database" "orders" {}\nresource "google_firestore_database" "prices" {}', set()),
        ('resource "google_secret_manager_secret" "a" {}\nresource "google_secret_manager_secret" "b" {}', {"till reads google-secret-manager"}),
    ],
)  # fmt: skip
def test_a_role_on_a_project_is_about_the_one_store_of_its_sort(stores: str, found: set[str]) -> None:
    fragment = read(_SERVICE + stores + f"""
resource "google_project_iam_member" "till" {{
  for_each = toset(["roles/datastore.user", "roles/secretmanager.secretAccessor", "roles/logging.logWriter"])
  role     = each.value
  member   = {_TO_TILL}
}}
""")  # fmt: skip
    assert flows(fragment) == found


@pytest.mark.parametrize(
    ("grant", "wide"),
    [
        ('resource "google_project_iam_member" "a" {\n role = "roles/owner"\n member = MEMBER\n}', True),
        (
            'resource "google_project_iam_member" "a" {\n role = "roles/run.invoker"\n member = MEMBER\n}',
            None,
        ),
        (
            'resource "google_storage_bucket_iam_member" "a" {\n role = "roles/owner"\n bucket = "b"\n member = MEMBER\n}',
            None,
        ),
    ],
)
def test_a_service_that_owns_the_project_may_do_everything(grant: str, wide: bool | None) -> None:
    fragment = read(_SERVICE + grant.replace("MEMBER", _TO_TILL))
    assert told(the(fragment, "till")).get("wide_permissions") is wide


@pytest.mark.parametrize(
    ("scope", "wide"),
    [
        ("data.azurerm_subscription.here.id", True),
        ('"/subscriptions/1234"', True),
        ("azurerm_storage_account.files.id", None),
        ("azurerm_resource_group.shop.id", None),
    ],
)
def test_an_app_that_owns_the_subscription_may_do_everything(scope: str, wide: bool | None) -> None:
    fragment = read(f"""
data "azurerm_subscription" "here" {{}}
resource "azurerm_resource_group" "shop" {{}}
resource "azurerm_storage_account" "files" {{}}
resource "azurerm_user_assigned_identity" "till" {{}}
resource "azurerm_linux_web_app" "till" {{
  identity {{ identity_ids = [azurerm_user_assigned_identity.till.id] }}
}}
resource "azurerm_role_assignment" "till" {{
  scope                = {scope}
  role_definition_name = "Contributor"
  principal_id         = azurerm_user_assigned_identity.till.principal_id
}}
""")
    assert told(the(fragment, "till")).get("wide_permissions") is wide


@pytest.mark.parametrize(
    ("definition", "flow"),
    [
        ('azurerm_cosmosdb_sql_role_definition.own.id', "till reads orders-db"),
        ('"${azurerm_cosmosdb_account.orders.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002"', "till writes orders-db"),
    ],
)  # fmt: skip
def test_a_role_of_cosmos_says_what_may_be_done_with_its_items(definition: str, flow: str) -> None:
    fragment = read(f"""
resource "azurerm_cosmosdb_account" "orders" {{}}
resource "azurerm_linux_web_app" "till" {{}}
resource "azurerm_cosmosdb_sql_role_definition" "own" {{
  account_name = azurerm_cosmosdb_account.orders.name
  permissions {{ data_actions = ["Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"] }}
}}
resource "azurerm_cosmosdb_sql_role_assignment" "till" {{
  account_name       = azurerm_cosmosdb_account.orders.name
  role_definition_id = {definition}
  principal_id       = azurerm_linux_web_app.till.identity[0].principal_id
  scope              = azurerm_cosmosdb_account.orders.id
}}
""")
    assert flows(fragment) == {flow}


def test_a_workflow_calls_what_it_may_and_starts_when_a_file_comes() -> None:
    fragment = read(_SERVICE + """
resource "google_storage_bucket" "scans" {}
resource "google_service_account" "flow" {}
resource "google_workflows_workflow" "intake" { service_account = google_service_account.flow.id }
resource "google_cloud_run_v2_service_iam_member" "flow" {
  name   = google_cloud_run_v2_service.prices.name
  role   = "roles/run.invoker"
  member = "serviceAccount:${google_service_account.flow.email}"
}
resource "google_eventarc_trigger" "scans" {
  matching_criteria {
    attribute = "type"
    value     = "google.cloud.storage.object.v1.finalized"
  }
  matching_criteria {
    attribute = "bucket"
    value     = google_storage_bucket.scans.name
  }
  destination { workflow = google_workflows_workflow.intake.id }
}
""")  # fmt: skip
    assert flows(fragment) == {
        "intake-workflow calls prices",
        "intake-workflow consumes scans-bucket",
    }


@pytest.mark.parametrize(
    ("bucket", "said"),
    [
        ('"google_storage_bucket" "files" {\n force_destroy = true\n}', False),
        ('"google_storage_bucket" "files" {}', None),
        ('"aws_s3_bucket" "files" {\n force_destroy = true\n}', False),
        ('"aws_s3_bucket" "files" {\n force_destroy = false\n}', None),
        ('"google_bigquery_dataset" "files" {\n delete_contents_on_destroy = true\n}', False),
    ],
)
def test_a_store_that_is_deleted_with_what_is_in_it_has_no_protection(bucket: str, said: bool | None) -> None:
    fact = read(f"resource {bucket}\n").components[0].fact("deletion_protection")
    assert (None if fact is None else fact.status == "stated") is said


_POLICY = "arn:aws:iam::aws:policy"


@pytest.mark.parametrize(
    ("name", "wide"),
    [
        ("AdministratorAccess", True),
        ("AmazonDynamoDBFullAccess", True),
        ("CloudWatchLogsFullAccess", None),
        ("AWSXrayFullAccess", None),
        ("AmazonS3ReadOnlyAccess", None),
        ("service-role/AWSLambdaBasicExecutionRole", None),
    ],
)
@pytest.mark.parametrize("attached", [True, False], ids=["attached", "of the role"])
def test_a_policy_of_the_provider_may_allow_everything(name: str, attached: bool, wide: bool | None) -> None:
    own = "" if attached else f'managed_policy_arns = ["{_POLICY}/{name}"]'
    other = f"""
resource "aws_iam_role_policy_attachment" "till" {{
  role       = aws_iam_role.till.name
  policy_arn = "{_POLICY}/{name}"
}}
"""
    fragment = read(f"""
resource "aws_iam_role" "till" {{
  {own}
}}
resource "aws_lambda_function" "till" {{ role = aws_iam_role.till.arn }}
{other if attached else ""}
""")
    assert told(the(fragment, "till")).get("wide_permissions") is wide


def _two_with_one_role(more: str = "") -> str:
    tasks = "".join(
        f"""
resource "aws_ecs_task_definition" "{name}" {{
  task_role_arn         = aws_iam_role.both.arn
  container_definitions = jsonencode([{{
    name = "{name}", image = "acme/{name}", environment = [{{ name = "QUEUE", value = aws_sqs_queue.orders.url }}]
  }}])
}}
resource "aws_ecs_service" "{name}" {{
  task_definition = aws_ecs_task_definition.{name}.arn
  {more if name == "till" else ""}
}}
"""
        for name in ("till", "packer")
    )
    return (
        tasks
        + """
resource "aws_lb" "front" {}
resource "aws_lb_target_group" "till" {}
resource "aws_lb_listener" "front" {
  load_balancer_arn = aws_lb.front.arn
  default_action { target_group_arn = aws_lb_target_group.till.arn }
}
resource "aws_sqs_queue" "orders" {}
resource "aws_iam_role" "both" {}
resource "aws_iam_role_policy" "both" {
  role   = aws_iam_role.both.id
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = ["sqs:SendMessage", "sqs:ReceiveMessage"], Resource = aws_sqs_queue.orders.arn
  }] })
}
"""
    )


def test_of_two_with_one_role_the_one_that_gets_requests_sends_and_the_other_receives() -> None:
    fragment = read(_two_with_one_role("load_balancer { target_group_arn = aws_lb_target_group.till.arn }"))
    assert flows(fragment) == {
        "front-load-balancer routes till",
        "till publishes orders-queue",
        "packer consumes orders-queue",
    }


def test_of_two_with_one_role_nobody_can_tell_who_sends_where_requests_come_to_neither() -> None:
    assert flows(read(_two_with_one_role())) == {"till calls orders-queue", "packer calls orders-queue"}


@pytest.mark.parametrize(
    ("channel", "attribute", "kind"),
    [("aws_sns_topic", "arn", "publishes"), ("google_pubsub_topic", "id", "publishes"), ("aws_sqs_queue", "url", "calls")],
)  # fmt: skip
def test_a_topic_is_given_to_those_who_send_to_it(channel: str, attribute: str, kind: str) -> None:
    fragment = read(f"""
resource "{channel}" "orders" {{}}
resource "aws_lambda_function" "till" {{
  environment {{ variables = {{ ORDERS = {channel}.orders.{attribute} }} }}
}}
""")
    assert {f.kind for f in fragment.flows} == {kind}


def test_a_trigger_starts_a_job_at_its_times() -> None:
    fragment = read("""
resource "aws_glue_job" "rollup" {}
resource "aws_glue_trigger" "nightly" {
  schedule = "cron(0 3 * * ? *)"
  actions { job_name = aws_glue_job.rollup.name }
}
""")
    assert told(the(fragment, "rollup"))["schedule"] == "cron(0 3 * * ? *)"


@pytest.mark.parametrize(
    ("channels", "found"),
    [
        ("", []),
        ("notification_channels = []", []),
        ("notification_channels = [var.duty]", ["Google Cloud Monitoring"]),
    ],
)
def test_an_alert_watches_where_somebody_learns_of_it(channels: str, found: list[str]) -> None:
    fragment = read(f"""
variable "duty" {{}}
resource "google_monitoring_alert_policy" "late" {{
  display_name = "late"
  {channels}
}}
""")
    assert [c.name for c in fragment.components] == found


def test_a_role_made_of_permissions_lets_do_what_they_say() -> None:
    fragment = read(_SERVICE + f"""
resource "google_bigquery_dataset" "sales" {{}}
resource "google_pubsub_topic" "orders" {{}}
resource "google_storage_bucket" "a" {{}}
resource "google_storage_bucket" "b" {{}}
resource "google_project_iam_custom_role" "own" {{
  permissions = ["bigquery.tables.getData", "bigquery.tables.updateData", "pubsub.topics.publish", "storage.objects.get", "logging.logEntries.create"]
}}
resource "google_project_iam_member" "till" {{
  role   = google_project_iam_custom_role.own.id
  member = {_TO_TILL}
}}
""")  # fmt: skip
    assert flows(fragment) == {
        "till reads sales-dataset",
        "till writes sales-dataset",
        "till publishes orders-topic",
    }
