"""Terraform: what modules of the registry make beside the one resource that they stand for."""

from __future__ import annotations

import pytest
from tests.readers.fragments import flows, the, told
from tests.readers.fragments import terraform as read

SOURCE = "terraform-aws-modules"


def _service(balancer: str = "") -> str:
    return f"""
module "front" {{
  source = "{SOURCE}/alb/aws"
  {balancer}
}}
resource "aws_sqs_queue" "jobs" {{}}
module "till" {{
  source = "{SOURCE}/ecs/aws//modules/service"
  container_definitions = {{
    logs = {{ image = "acme/logs:3" }}
    till = {{
      image       = "acme/till:1.2"
      environment = [{{ name = "JOBS", value = aws_sqs_queue.jobs.url }}]
    }}
  }}
  load_balancer = {{
    service = {{
      target_group_arn = module.front.target_groups["till"].arn
      container_name   = "till"
    }}
  }}
  autoscaling_max_capacity = 4
}}
"""


def test_a_service_of_a_module_has_its_containers_settings_and_balancer() -> None:
    fragment = read(_service())
    assert flows(fragment) == {"front-load-balancer routes till", "till calls jobs-queue"}
    assert (told(the(fragment, "till"))["image"], told(the(fragment, "till"))["max_replicas"]) == (
        "acme/till:1.2",
        4,
    )
    assert told(the(fragment, "front-load-balancer"))["exposed_to_internet"] is True


@pytest.mark.parametrize(
    ("listeners", "said"),
    [
        ('http_tcp_listeners = [{ port = 80, protocol = "HTTP" }]', None),
        ('http_tcp_listeners = [{ port = 80, protocol = "HTTP", action_type = "redirect" }]\n  https_listeners = [{ port = 443 }]', True),
        ('listeners = { plain = { port = 80, protocol = "HTTP", forward = { target_group_key = "till" } } }', None),
        ('listeners = { plain = { protocol = "HTTP", redirect = { protocol = "HTTPS" } }, tls = { protocol = "HTTPS" } }', True),
        ("listeners = var.listeners", "unknown"),
    ],
)  # fmt: skip
def test_the_listeners_of_a_module_say_whether_traffic_is_encrypted(
    listeners: str, said: bool | str | None
) -> None:
    fragment = read(_service(listeners))
    assert told(the(fragment, "front-load-balancer")).get("encryption_in_transit", "unknown") == said


@pytest.mark.parametrize(
    ("rules", "ports"),
    [
        ('ingress_rules = ["postgresql-tcp"]\n  ingress_cidr_blocks = ["0.0.0.0/0"]', ("5432",)),
        ('ingress_rules = ["postgresql-tcp"]\n  ingress_cidr_blocks = ["10.0.0.0/16"]', None),
        ('ingress_with_cidr_blocks = [{ from_port = 5432, to_port = 5433, cidr_blocks = "10.0.0.0/8, 0.0.0.0/0" }]', ("5432-5433",)),
        ('ingress_with_cidr_blocks = [{ rule = "mysql-tcp", cidr_blocks = "0.0.0.0/0" }]', ("3306",)),
        ('ingress_with_cidr_blocks = [{ rule = "no-such-rule", cidr_blocks = "0.0.0.0/0" }]', None),
    ],
)  # fmt: skip
def test_the_rules_of_a_module_open_what_has_the_group(rules: str, ports: tuple[str, ...] | None) -> None:
    fragment = read(f"""
module "group" {{
  source = "{SOURCE}/security-group/aws"
  {rules}
}}
resource "aws_db_instance" "orders" {{
  engine                 = "postgres"
  vpc_security_group_ids = [module.group.security_group_id]
}}
""")
    assert told(the(fragment, "orders-db")).get("ports_open_to_all") == ports


def test_a_function_of_a_module_has_its_sources_triggers_and_rights() -> None:
    fragment = read(f"""
resource "aws_sqs_queue" "jobs" {{}}
resource "aws_dynamodb_table" "carts" {{}}
resource "aws_apigatewayv2_api" "shop" {{}}
module "packer" {{
  source               = "{SOURCE}/lambda/aws"
  event_source_mapping = {{ jobs = {{ event_source_arn = aws_sqs_queue.jobs.arn }} }}
  allowed_triggers     = {{ api = {{ source_arn = "${{aws_apigatewayv2_api.shop.execution_arn}}/*" }} }}
  policy_statements = {{
    carts = {{ effect = "Allow", actions = ["dynamodb:PutItem"], resources = [aws_dynamodb_table.carts.arn] }}
  }}
}}
""")
    assert flows(fragment) == {
        "packer consumes jobs-queue",
        "packer writes carts-table",
        "shop-api routes packer",
    }


def test_a_topic_and_a_queue_of_modules_hang_together() -> None:
    fragment = read(f"""
module "orders" {{
  source        = "{SOURCE}/sns/aws"
  subscriptions = {{ mails = {{ protocol = "sqs", endpoint = module.mails.queue_arn }} }}
}}
module "mails" {{
  source     = "{SOURCE}/sqs/aws"
  create_dlq = true
}}
""")
    assert flows(fragment) == {"mails-queue consumes orders-topic"}
    assert told(the(fragment, "mails-queue"))["dead_letter_queue"] is True


def test_inputs_of_another_shape_are_passed_over() -> None:
    made = "".join(
        f'module "{name}" {{\n  source = "{SOURCE}/{name}/aws"\n  {rest}\n}}\n'
        for name, rest in (
            ("alb", 'listeners = "x"\n  http_tcp_listeners = [1, "a", null]'),
            ("lambda", "event_source_mapping = [[]]\n  policy_statements = { a = 1 }\n  allowed_triggers = 3"),
            ("security-group", 'ingress_with_cidr_blocks = { a = { from_port = "x" } }\n  ingress_rules = { b = [] }'),
            ("sns", "subscriptions = [{}]"),
            ("sqs", 'create_dlq = "maybe"'),
        )
    )  # fmt: skip
    assert len(read(made).components) == 4
    assert read(made).flows == ()
