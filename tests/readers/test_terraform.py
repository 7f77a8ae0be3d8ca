"""Terraform and plans: what is worked out, what stays unknown, and that nothing secret is shown."""

from __future__ import annotations

import json
import time

import pytest
from tests.readers.fragments import flows, the, told
from tests.readers.fragments import terraform as read

from buttress.model import Source
from buttress.readers import terraform


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("7", 7), ('var.env == "prod" ? 14 : 1', 14), ("var.weeks * 7", 14), ("local.kept", 3), ("max(2, var.weeks * 4)", 8),
        ("!var.short ? 30 : 1", 30), ('lookup({ prod = 21 }, var.env, 1)', 21), ('tonumber("5")', 5), ("(((4)))", 4),
        ("[1, 6][1]", 6), ('{ "prod" = 9 }[var.env]', 9), ("length(split(\",\", \"a,b,c\"))", 3), ('var.env == "prod" && var.short ? 1 : 12', 12),
    ],
)  # fmt: skip
def test_an_expression_of_literals_and_defaults_is_worked_out(expression: str, days: int) -> None:
    fragment = read(f"""
variable "env" {{ default = "prod" }}
variable "weeks" {{ default = 2 }}
variable "short" {{ default = false }}
locals {{ kept = 3 }}
resource "aws_db_instance" "orders" {{
  engine                  = "postgres"
  backup_retention_period = {expression}
}}
""")
    assert told(the(fragment, "orders-db"))["backup_retention"] == days * 86_400


@pytest.mark.parametrize(
    "expression",
    ["var.x", "data.aws_ssm_parameter.x.value", "timestamp()", "var.x ? true : false", "local.gone"],
)
def test_what_only_a_deployment_decides_is_unknown_not_absent(expression: str) -> None:
    fragment = read(f"""
variable "x" {{}}
resource "aws_db_instance" "orders" {{
  engine   = "postgres"
  multi_az = {expression}
}}
""")
    assert "multi_zone" not in told(the(fragment, "orders-db"))


@pytest.mark.parametrize(
    ("block", "name", "denied"),
    [
        ('resource "aws_db_instance" "orders" {\n  engine = "postgres"\n}', "orders-db",
         {"multi_zone", "backup", "deletion_protection", "encryption_at_rest", "exposed_to_internet"}),
        ('resource "aws_dynamodb_table" "carts" {}', "carts-table", {"backup", "point_in_time_recovery", "deletion_protection"}),
        ('resource "aws_sqs_queue" "jobs" {}', "jobs-queue", {"dead_letter_queue"}),
        ('resource "google_sql_database_instance" "orders" {}', "orders-db",
         {"multi_zone", "failover", "backup", "point_in_time_recovery"}),
        ('resource "azurerm_postgresql_flexible_server" "orders" {}', "orders-db", {"multi_zone", "failover", "geo_backup"}),
        ('resource "aws_elasticache_replication_group" "carts" {}', "carts-cache", {"failover", "encryption_in_transit", "encryption_at_rest"}),
    ],
)  # fmt: skip
def test_what_a_resource_leaves_out_has_the_providers_default(
    block: str, name: str, denied: set[str]
) -> None:
    component = the(read(block), name)
    assert {f.name for f in component.facts if f.absent} == denied
    assert all(f.evidence[0].line == 1 for f in component.facts if f.absent)


def test_a_replica_and_a_restored_copy_have_the_defaults_of_their_origin() -> None:
    fragment = read("""
resource "aws_db_instance" "orders" {
  engine   = "postgres"
  multi_az = true
}
resource "aws_db_instance" "reports" {
  replicate_source_db = aws_db_instance.orders.identifier
}
""")
    assert {"multi_zone", "backup", "encryption_at_rest"}.isdisjoint(told(the(fragment, "reports-db")))
    assert flows(fragment) == {"reports-db replicates orders-db"}


MODULE = """
variable "name" {}
variable "database" { default = "" }
variable "others" { default = [] }
resource "aws_ecs_task_definition" "this" {
  family                = var.name
  container_definitions = jsonencode([{
    name        = var.name
    image       = "acme/${var.name}:1.2"
    environment = [{ name = "DB_HOST", value = var.database }]
  }])
}
resource "aws_security_group" "this" {}
resource "aws_ecs_service" "this" {
  task_definition = aws_ecs_task_definition.this.arn
}
output "group" { value = aws_security_group.this.id }
"""


@pytest.mark.parametrize(
    ("type_", "attached"),
    [
        ("v2_service", "volumes {\n cloud_sql_instance {\n instances = [DB.connection_name]\n }\n }"),
        (
            "v2_job",
            "template {\n volumes {\n cloud_sql_instance {\n instances = [DB.connection_name]\n }\n }\n }",
        ),
        (
            "service",
            'metadata {\n annotations = { "run.googleapis.com/cloudsql-instances" = DB.connection_name }\n }',
        ),
    ],
)
def test_a_database_that_is_attached_to_a_service_is_used_by_it(type_: str, attached: str) -> None:
    attached = attached.replace("DB", "google_sql_database_instance.orders")
    fragment = read(f"""
resource "google_sql_database_instance" "orders" {{}}
resource "google_cloud_run_{type_}" "checkout" {{
  template {{
    {attached}
  }}
}}
""")
    assert flows(fragment) == {"checkout calls orders-db"}


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("${var.registry}/till:latest", "denied"),
        ("${var.registry}/till:2.1", "stated"),
        ("${var.registry}/till", None),
        ("${var.registry}/till:${var.tag}", None),
        ("${var.registry}:latest", None),
    ],
)
def test_the_tag_of_an_image_is_read_where_it_is_written_whatever_registry_it_comes_from(
    image: str, said: str | None
) -> None:
    fragment = read(f"""
variable "registry" {{}}
variable "tag" {{}}
resource "google_cloud_run_v2_service" "till" {{
  template {{
    containers {{ image = "{image}" }}
  }}
}}
""")
    pinned = the(fragment, "till").fact("image_tag_pinned")
    assert (pinned.status if pinned is not None else None) == said


def test_a_job_is_a_worker_whatever_it_is_called() -> None:
    fragment = read("""
resource "google_cloud_run_v2_job" "tidy" {
  template {
    template {
      containers { image = "acme/checkout:1" }
    }
  }
}
resource "google_cloud_run_v2_service" "checkout" {
  template {
    containers { image = "acme/checkout:1" }
  }
}
""")
    assert {(c.name, c.kind) for c in fragment.components} == {("tidy", "worker"), ("checkout", "service")}


def test_two_modules_that_need_each_other_are_both_worked_out() -> None:
    fragment = read(
        """
module "service" {
  source   = "./service"
  for_each = toset(["orders", "billing"])
  name     = each.key
  database = each.key == "orders" ? module.store.address : ""
}
module "store" {
  source = "./store"
  groups = [for s in module.service : s.group]
}
""",
        service__main=MODULE,
        store__main="""
variable "groups" {}
resource "aws_db_instance" "orders" {
  engine = "postgres"
}
output "address" { value = aws_db_instance.orders.address }
""",
    )
    assert flows(fragment) == {"orders calls orders-db"}


def test_each_instance_of_a_module_has_its_own_store() -> None:
    from buttress.pipeline import read as graph

    text = """
module "service" {
  source   = "./service"
  for_each = toset(["orders", "billing"])
  name     = each.key
}
"""
    module = MODULE.replace("var.database }]", "aws_db_instance.this.address }]").replace(
        'variable "database" { default = "" }', ""
    )
    module += 'resource "aws_db_instance" "this" {\n  engine = "postgres"\n}\n'
    system = graph([Source("main.tf", text), Source("service/main.tf", module)])
    assert {f"{f.source} {f.target}" for f in system.flows} == {"orders orders-db", "billing billing-db"}


def test_a_cluster_in_a_scaling_target_scales_only_the_service_that_it_names() -> None:
    fragment = read("""
resource "aws_ecs_cluster" "main" {}
resource "aws_ecs_service" "orders" { cluster = aws_ecs_cluster.main.id }
resource "aws_ecs_service" "mails" { cluster = aws_ecs_cluster.main.id }
resource "aws_appautoscaling_target" "orders" {
  resource_id  = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.orders.name}"
  max_capacity = 4
}
""")
    assert told(the(fragment, "orders"))["max_replicas"] == 4
    assert "max_replicas" not in told(the(fragment, "mails"))


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ('"http://billing.shop.local:8080"', "billing"), ('"http://billing.${var.zone}:8080/v1"', "billing"),
        ('"https://api.stripe.com/v1"', "api-stripe-com"), ('"https://api.stripe.com/${var.zone}"', "api-stripe-com"),
        ('"https://${var.zone}.stripe.com"', None), ('"billing"', None), ('"http://localhost:8080"', None),
    ],
)  # fmt: skip
def test_a_host_in_a_setting_is_a_flow_where_it_is_complete(value: str, target: str | None) -> None:
    fragment = read(f"""
variable "zone" {{}}
resource "aws_lambda_function" "orders" {{
  environment {{
    variables = {{ UPSTREAM_URL = {value} }}
  }}
}}
resource "aws_lambda_function" "billing" {{}}
""")
    assert flows(fragment) == ({f"orders calls {target}"} if target else set())


@pytest.mark.parametrize(
    "line",
    ['password = "hunter2-hunter2"', 'master_password = "hunter2-hunter2"'],
)
def test_a_password_is_told_of_but_never_shown(line: str) -> None:
    fragment = read(f'resource "aws_db_instance" "orders" {{\n  engine = "postgres"\n  {line}\n}}')
    assert told(the(fragment, "orders-db"))["secrets_in_plaintext"] is True
    assert "hunter2" not in repr(fragment)


def test_a_plan_shows_values_that_no_file_holds_so_they_are_no_plain_secrets() -> None:
    plan = {
        "format_version": "1.2", "terraform_version": "1.7.0",
        "planned_values": {"root_module": {"resources": [{
            "address": "aws_db_instance.orders", "mode": "managed", "type": "aws_db_instance", "name": "orders",
            "values": {"engine": "postgres", "password": "hunter2-hunter2"},
        }]}},
        "configuration": {"root_module": {"resources": [{
            "address": "aws_db_instance.orders", "expressions": {"password": {"references": ["var.password"]}}}]}},
    }  # fmt: skip
    fragment = terraform.read((Source("plan.json", json.dumps(plan)),))
    assert "secrets_in_plaintext" not in told(the(fragment, "orders-db"))
    assert "hunter2" not in repr(fragment)


def test_a_plan_of_google_names_what_is_there_by_its_link() -> None:
    link = "https://www.googleapis.com/compute/v1/projects/acme/global/"
    made = (
        ("global_forwarding_rule", {"name": "shop", "target": link + "targetHttpsProxies/shop"}),
        (
            "target_https_proxy",
            {"name": "shop", "self_link": link + "targetHttpsProxies/shop", "url_map": link + "urlMaps/shop"},
        ),
        (
            "url_map",
            {"name": "shop", "default_service": link + "backendServices/shop", "default_url_redirect": []},
        ),
        (
            "backend_service",
            {"name": "shop", "backend": [{"group": link + "networkEndpointGroups/shop-neg"}]},
        ),
        ("region_network_endpoint_group", {"name": "shop-neg", "cloud_run": [{"service": "checkout"}]}),
    )
    resources = [
        {
            "address": f"google_compute_{t}.a",
            "mode": "managed",
            "type": f"google_compute_{t}",
            "name": "a",
            "values": v,
        }
        for t, v in made
    ]
    resources.append({"address": "google_cloud_run_v2_service.checkout", "mode": "managed", "type": "google_cloud_run_v2_service",
                      "name": "checkout", "values": {"name": "checkout"}})  # fmt: skip
    expressions = {"cloud_run": [{"service": {"references": ["google_cloud_run_v2_service.checkout.name"]}}]}
    configured = {
        "resources": [
            {"address": "google_compute_region_network_endpoint_group.a", "expressions": expressions}
        ]
    }
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": resources}},
        "configuration": {"root_module": configured},
    }
    fragment = terraform.read((Source("plan.json", json.dumps(plan)),))
    (flow,) = fragment.flows
    assert (flow.kind, flow.target) == ("routes", "checkout")
    (balancer,) = (c for c in fragment.components if c.kind == "load_balancer")
    assert told(balancer)["encryption_in_transit"] is True


def test_a_plan_keeps_the_instances_of_a_module_apart() -> None:
    def store(key: str) -> dict[str, object]:
        address = f'module.store["{key}"]'
        queue = {
            "address": f"{address}.aws_sqs_queue.this",
            "mode": "managed",
            "type": "aws_sqs_queue",
            "name": "this",
            "values": {},
        }
        return {"address": address, "resources": [queue]}

    plan = {
        "format_version": "1.2", "terraform_version": "1.7.0",
        "planned_values": {"root_module": {"child_modules": [store("orders"), store("mails")]}},
        "configuration": {"root_module": {"module_calls": {"store": {"module": {}}}}},
    }  # fmt: skip
    fragment = terraform.read((Source("plan.json", json.dumps(plan)),))
    assert {c.name for c in fragment.components} == {"orders-queue", "mails-queue"}


def test_a_resource_of_another_provider_lies_in_its_region() -> None:
    fragment = read("""
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_sqs_queue" "orders" {}
resource "aws_sqs_queue" "mails" { provider = aws.us }
""")
    assert {c.name: c.boundaries for c in fragment.components} == {
        "orders-queue": ("region-eu-west-1",),
        "mails-queue": ("region-us-east-1",),
    }


def test_what_a_data_source_looks_up_is_made_elsewhere_and_nothing_else_is_known_of_it() -> None:
    fragment = read("""
data "aws_sqs_queue" "bills" { name = "bills" }
data "aws_sqs_queue" "unused" { name = "unused" }
resource "aws_lambda_function" "orders" {
  environment {
    variables = { BILLS = data.aws_sqs_queue.bills.url }
  }
}
""")
    assert flows(fragment) == {"orders calls bills-queue"}
    assert told(the(fragment, "bills-queue")) == {"managed": True, "read_elsewhere": True}
    assert len(fragment.components) == 2


def test_a_firewall_of_google_opens_the_instances_with_its_tags() -> None:
    fragment = read("""
resource "google_compute_firewall" "ssh" {
  network       = google_compute_network.main.name
  source_ranges = ["0.0.0.0/0"]
  target_tags   = ["shell"]
  allow {
    protocol = "tcp"
    ports    = ["22", "8000-8080"]
  }
}
resource "google_compute_network" "main" {}
resource "google_compute_instance" "crawler" {
  tags = ["shell"]
  network_interface { network = google_compute_network.main.id }
}
resource "google_compute_instance" "indexer" {
  network_interface { network = google_compute_network.main.id }
}
""")
    assert told(the(fragment, "crawler"))["ports_open_to_all"] == ("22", "8000-8080")
    assert "ports_open_to_all" not in told(the(fragment, "indexer"))


@pytest.mark.parametrize(("source", "ports"), [("*", ("5432",)), ("10.0.0.0/8", None)])
def test_a_group_of_azure_opens_what_is_in_its_subnet(source: str, ports: tuple[str, ...] | None) -> None:
    fragment = read(f"""
resource "azurerm_subnet" "stores" {{}}
resource "azurerm_network_security_group" "stores" {{
  security_rule {{
    direction              = "Inbound"
    access                 = "Allow"
    destination_port_range = "5432"
    source_address_prefix  = "{source}"
  }}
}}
resource "azurerm_subnet_network_security_group_association" "stores" {{
  subnet_id                 = azurerm_subnet.stores.id
  network_security_group_id = azurerm_network_security_group.stores.id
}}
resource "azurerm_postgresql_flexible_server" "orders" {{
  delegated_subnet_id = azurerm_subnet.stores.id
}}
""")
    assert told(the(fragment, "orders-db")).get("ports_open_to_all") == ports


HOSTILE = {
    "brackets": "locals {\n a = " + "(" * 20_000 + "1" + ")" * 20_000 + "\n}\n",
    "lists": "locals {\n a = " + "[" * 5_000 + "]" * 5_000 + "\n}\n",
    "blocks": "x {\n" * 3_000 + "}\n" * 3_000,
    "doubling": "locals {\n a0 = [1]\n" + "".join(f" a{n + 1} = [local.a{n}, local.a{n}]\n" for n in range(60)) + " a = local.a60\n}\n",
    "concat": "locals {\n a0 = [1, 2]\n" + "".join(f" a{n + 1} = concat(local.a{n}, local.a{n})\n" for n in range(60)) + " a = local.a60\n}\n",
    "texts": 'locals {\n a0 = "xxxxxxxx"\n' + "".join(f' a{n + 1} = "${{local.a{n}}}${{local.a{n}}}"\n' for n in range(60)) + " a = local.a60\n}\n",
    "chain": "locals {\n a0 = 1\n" + "".join(f" a{n + 1} = local.a{n}\n" for n in range(3_000)) + " a = local.a3000\n}\n",
    "loops": "locals {\n r = range(2000)\n a = [for x in local.r : [for y in local.r : [for z in local.r : x]]]\n}\n",
    "circle": "locals {\n a = local.b\n b = local.a\n}\n",
    "itself": 'module "m" {\n source = "./"\n a = module.m.a\n}\n',
}  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(t, id=n) for n, t in HOSTILE.items()])
def test_hostile_files_are_read_to_the_end_in_little_time(text: str) -> None:
    started = time.perf_counter()
    fragment = read(text + 'resource "aws_sqs_queue" "jobs" {\n  name = local.a\n}\n')
    assert "jobs-queue" in {c.name for c in fragment.components}
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    ("action", "dimensions", "told_of"),
    [
        ("aws_sns_topic.duty.arn", "{ FunctionName = aws_lambda_function.orders.function_name }", {"orders"}),
        ("aws_sns_topic.duty.arn", "{}", {"duty-topic"}),
        (
            "aws_appautoscaling_policy.more.arn",
            "{ FunctionName = aws_lambda_function.orders.function_name }",
            set(),
        ),
    ],
)
def test_an_alarm_tells_people_unless_it_only_adds_instances(
    action: str, dimensions: str, told_of: set[str]
) -> None:
    fragment = read(f"""
resource "aws_lambda_function" "orders" {{}}
resource "aws_sns_topic" "duty" {{}}
resource "aws_appautoscaling_policy" "more" {{}}
resource "aws_cloudwatch_metric_alarm" "errors" {{
  alarm_actions = [{action}]
  dimensions    = {dimensions}
}}
""")
    assert {c.name for c in fragment.components if c.fact("alerting")} == told_of


@pytest.mark.parametrize(("action", "rate"), [("block {}", 2.0), ("count {}", None)])
def test_a_filter_that_counts_requests_limits_what_stands_behind_it(action: str, rate: float | None) -> None:
    fragment = read(f"""
resource "aws_wafv2_web_acl" "shop" {{
  rule {{
    action {{
      {action}
    }}
    statement {{
      rate_based_statement {{
        limit = 600
      }}
    }}
  }}
}}
resource "aws_cloudfront_distribution" "shop" {{ web_acl_id = aws_wafv2_web_acl.shop.arn }}
resource "aws_lb" "orders" {{}}
resource "aws_wafv2_web_acl_association" "orders" {{
  resource_arn = aws_lb.orders.arn
  web_acl_arn  = aws_wafv2_web_acl.shop.arn
}}
""")
    assert [told(c).get("rate_limit") for c in fragment.components] == [rate, rate]


@pytest.mark.parametrize(
    ("block", "version", "supported"),
    [
        ('resource "aws_lambda_function" "orders" { runtime = "python3.8" }', "3.8", None),
        ('resource "aws_lambda_function" "orders" { runtime = "python3.14" }', "3.14", "2030-10"),
        ('resource "google_cloudfunctions_function" "orders" { runtime = "python37" }', "3.7", None),
        (
            'resource "google_cloudfunctions2_function" "orders" {\n build_config {\n runtime = "python313"\n }\n}',
            "3.13",
            "2029-10",
        ),
        (
            'resource "azurerm_linux_web_app" "orders" {\n site_config {\n application_stack {\n python_version = "3.9"\n }\n }\n}',
            "3.9",
            None,
        ),
    ],
)
def test_the_python_of_a_function_gets_fixes_or_not(block: str, version: str, supported: str | None) -> None:
    facts = told(the(read(block), "orders"))
    assert (facts["python_version"], facts["python_supported"]) == (version, supported)


@pytest.mark.parametrize("runtime", ["nodejs20.x", "provided.al2023", "java21"])
def test_another_runtime_says_nothing_of_python(runtime: str) -> None:
    fragment = read(f'resource "aws_lambda_function" "orders" {{ runtime = "{runtime}" }}')
    assert "python_version" not in told(the(fragment, "orders"))


@pytest.mark.parametrize(
    "source",
    ["github.com/acme/modules?ref=v5//lambda", "github.com/acme/modules//lambda?ref=v5", "git@github.com:acme/terraform-aws-lambda.git",
     "app.terraform.io/acme/lambda/aws", "../../shared/lambda"],
)  # fmt: skip
def test_a_module_elsewhere_that_is_called_like_a_service_makes_one(source: str) -> None:
    fragment = read(f"""
module "shorten" {{
  source  = "{source}"
  timeout = 300
}}
resource "aws_lambda_function_url" "open" {{
  function_name      = module.shorten.function_name
  authorization_type = "NONE"
}}
""")
    facts = told(the(fragment, "shorten"))
    assert (facts["run_timeout"], facts["exposed_to_internet"], facts["open_to_callers"]) == (300, True, True)
    assert "memory" not in facts


@pytest.mark.parametrize(
    "source",
    [
        "github.com/acme/lambda-modules//vpc",
        "./modules/orders",
        "acme/lambda-alarms/aws",
        "terraform-aws-modules/lambda/aws//modules/alias",
    ],
)
def test_a_module_elsewhere_of_another_name_makes_nothing_that_is_known(source: str) -> None:
    assert not [
        c for c in read(f'module "shorten" {{ source = "{source}" }}').components if c.name == "shorten"
    ]


def test_the_rights_that_a_module_elsewhere_is_given_are_those_of_what_it_makes() -> None:
    fragment = read("""
resource "aws_dynamodb_table" "links" {}
resource "aws_sns_topic" "failed" {}
data "aws_iam_policy_document" "shorten" {
  statement {
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.links.arn]
  }
}
module "shorten" {
  source                = "github.com/acme/modules//lambda"
  policies              = [data.aws_iam_policy_document.shorten.json]
  dead_letter_queue_arn = aws_sns_topic.failed.arn
}
""")
    assert flows(fragment) == {"shorten writes links-table"}
    assert told(the(fragment, "shorten"))["dead_letter_queue"] is True
    assert {c.name for c in fragment.components} == {"shorten", "links-table"}


def test_folders_deployed_one_after_the_other_hand_on_what_has_one_name() -> None:
    table = """
resource "aws_dynamodb_table" "links" {}
output "links_table" { value = aws_dynamodb_table.links.name }
output "name" { value = aws_dynamodb_table.links.name }
"""
    function = """
variable "links_table" {}
variable "name" {}
resource "aws_lambda_function" "shorten" {
  environment {
    variables = { TABLE = var.links_table }
  }
}
resource "aws_lambda_function" "expand" {
  environment {
    variables = { TABLE = var.name }
  }
}
"""
    beside = terraform.read((Source("aws/store/main.tf", table), Source("aws/api/main.tf", function)))
    assert flows(beside) == {"shorten calls links-table"}
    apart = terraform.read((Source("aws/store/main.tf", table), Source("other/api/main.tf", function)))
    assert flows(apart) == set()


def test_the_machine_through_which_people_log_in_is_no_gateway_of_requests() -> None:
    fragment = read('resource "aws_instance" "bastion" {\n associate_public_ip_address = true\n}')
    assert the(fragment, "bastion").kind not in ("gateway", "load_balancer")
