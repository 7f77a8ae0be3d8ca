"""Terraform: who may do and reach what, what is encrypted, and that no secret is shown."""

from __future__ import annotations

import time

import pytest
from tests.readers.fragments import terraform as read
from tests.readers.fragments import the, told


def test_thousands_of_firewall_rules_on_one_group_stay_cheap() -> None:
    text = 'resource "aws_security_group" "all" {}\n'
    for n in range(700):
        text += f'resource "aws_db_instance" "d{n}x" {{\n vpc_security_group_ids = [aws_security_group.all.id]\n}}\n'
        text += f'resource "aws_security_group_rule" "r{n}" {{\n type = "ingress"\n from_port = {n}\n to_port = {n}\n'
        text += ' security_group_id = aws_security_group.all.id\n cidr_blocks = ["0.0.0.0/0"]\n}\n'
    started = time.perf_counter()
    assert len(read(text).components) == 700
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ('http_method = "GET"\n  authorization = "NONE"', {"open_to_callers": True}),
        ('http_method = "GET"\n  authorization = "COGNITO_USER_POOLS"', {"authentication": "Cognito"}),
        (
            'http_method = "GET"\n  authorization = "NONE"\n  api_key_required = true',
            {"authentication": "API key", "open_to_callers": True},
        ),
        ('http_method = "OPTIONS"\n  authorization = "NONE"', {}),
    ],
)
def test_a_method_says_how_callers_prove_who_they_are_or_lets_everybody_in(
    method: str, said: dict[str, object]
) -> None:
    fragment = read(f"""
resource "aws_api_gateway_rest_api" "shop" {{}}
resource "aws_api_gateway_method" "orders" {{
  rest_api_id = aws_api_gateway_rest_api.shop.id
  {method}
}}
""")
    facts = told(the(fragment, "shop-api"))
    assert {n: v for n, v in facts.items() if n in ("authentication", "open_to_callers")} == said


@pytest.mark.parametrize(
    ("proxy", "redirect", "said"),
    [
        ("https", "", True),
        ("http", "", None),
        ("http", "default_url_redirect { https_redirect = true }", "unknown"),
    ],
)
def test_a_load_balancer_of_google_says_by_its_proxy_whether_traffic_is_encrypted(
    proxy: str, redirect: str, said: bool | str | None
) -> None:
    fragment = read(f"""
resource "google_compute_url_map" "shop" {{
  {redirect}
}}
resource "google_compute_target_{proxy}_proxy" "shop" {{
  url_map = google_compute_url_map.shop.id
}}
resource "google_compute_global_forwarding_rule" "shop" {{
  target = google_compute_target_{proxy}_proxy.shop.id
}}
""")
    assert told(the(fragment, "shop-load-balancer")).get("encryption_in_transit", "unknown") == said


def test_a_function_that_an_event_starts_is_open_to_nobody() -> None:
    fragment = read("""
resource "google_pubsub_topic" "scans" {}
resource "google_cloudfunctions2_function" "ingest" {
  event_trigger { pubsub_topic = google_pubsub_topic.scans.id }
}
resource "google_cloudfunctions2_function" "shop" {}
""")
    assert (the(fragment, "ingest").kind, the(fragment, "ingest").fact("exposed_to_internet")) == (
        "worker",
        None,
    )
    assert told(the(fragment, "shop"))["exposed_to_internet"] is True


@pytest.mark.parametrize(
    "value",
    ["var.other", "local.other", 'local.all["one"]', 'join("", ["hunter2", "-hunter2"])', '"hunter2-hunter2"', 'format("%s-hunter2", "hunter2")',
     'var.none != "" ? var.none : "hunter2-hunter2"', "module.keys.key"],
)  # fmt: skip
def test_a_secret_is_never_shown_wherever_it_stands(value: str) -> None:
    fragment = read(
        f"""
variable "other" {{ default = "hunter2-hunter2" }}
variable "none" {{ default = "" }}
locals {{
  other = "hunter2-hunter2"
  all   = {{ one = "hunter2-hunter2" }}
}}
module "keys" {{
  source = "./keys"
  key    = "hunter2-hunter2"
}}
resource "aws_db_instance" "orders" {{
  engine   = "postgres"
  password = {value}
}}
resource "aws_lambda_function" "orders" {{
  environment {{
    variables = {{
      API_TOKEN = {value}
    }}
  }}
}}
""",
        keys__main='variable "key" {}\noutput "key" { value = var.key }\n',
    )
    assert [told(c).get("secrets_in_plaintext") for c in fragment.components] == [True, True]
    assert "hunter2" not in repr(fragment)


POINTED = """
resource "google_cloud_run_service" "api" {
  name = "api"
  template {
    spec {
      containers {
        image = "acme/api:1"
        env {
          name = "DB_PASSWORD"
          %s
        }
      }
    }
  }
}
"""


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ('value = "hunter2-and-more"', True),
        ('value_from {\n secret_key_ref {\n name = "db_password"\n key = "latest"\n }\n }', False),
    ],
)
def test_the_name_of_a_secret_is_no_secret(line: str, written: bool) -> None:
    assert ("secrets_in_plaintext" in told(the(read(POINTED % line), "api"))) is written


def test_the_plain_half_of_a_balancer_that_only_redirects_is_no_part_of_its_own() -> None:
    fragment = read("""
resource "google_cloud_run_v2_service" "till" {}
resource "google_compute_region_network_endpoint_group" "till" {
  cloud_run { service = google_cloud_run_v2_service.till.name }
}
resource "google_compute_backend_service" "till" {
  backend { group = google_compute_region_network_endpoint_group.till.id }
}
resource "google_compute_url_map" "secure" { default_service = google_compute_backend_service.till.id }
resource "google_compute_url_map" "plain" {
  default_url_redirect { https_redirect = true }
}
resource "google_compute_target_https_proxy" "front" { url_map = google_compute_url_map.secure.id }
resource "google_compute_target_http_proxy" "front" { url_map = google_compute_url_map.plain.id }
resource "google_compute_global_forwarding_rule" "front" { target = google_compute_target_https_proxy.front.id }
resource "google_compute_global_forwarding_rule" "plain" { target = google_compute_target_http_proxy.front.id }
""")
    assert {c.name for c in fragment.components} == {"till", "front-load-balancer"}


def test_a_group_that_lets_others_in_to_a_pooler_of_connections_is_used_by_them() -> None:
    fragment = read("""
resource "aws_security_group" "till" {}
resource "aws_security_group" "pool" {
  ingress {
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.till.id]
  }
}
resource "aws_instance" "pgbouncer" { vpc_security_group_ids = [aws_security_group.pool.id] }
resource "aws_lambda_function" "till" {
  vpc_config { security_group_ids = [aws_security_group.till.id] }
}
""")
    assert {f"{f.source} {f.kind} {f.target}" for f in fragment.flows} == {"till calls pgbouncer"}


@pytest.mark.parametrize(
    ("plain", "only", "encrypted"),
    [
        ('type = "forward"', False, None),
        ('type = "redirect"', True, True),
    ],
)
def test_a_balancer_with_both_listeners_sends_browsers_on_or_serves_them_in_the_clear(
    plain: str, only: bool, encrypted: bool | None
) -> None:
    fragment = read(f"""
resource "aws_lb" "front" {{}}
resource "aws_lb_listener" "tls" {{
  load_balancer_arn = aws_lb.front.arn
  protocol          = "HTTPS"
  default_action {{ type = "forward" }}
}}
resource "aws_lb_listener" "plain" {{
  load_balancer_arn = aws_lb.front.arn
  protocol          = "HTTP"
  default_action {{ {plain} }}
}}
""")
    front = the(fragment, "front-load-balancer")
    fact = front.fact("https_only")
    assert fact is not None
    assert (fact.status == "stated") is only
    assert told(front).get("encryption_in_transit") is encrypted


@pytest.mark.parametrize(
    ("secret", "given"),
    [
        (
            'resource "aws_secretsmanager_secret" "db" {}\nresource "aws_secretsmanager_secret_version" "db" {\n'
            "  secret_id     = aws_secretsmanager_secret.db.id\n"
            "  secret_string = jsonencode({ host = aws_db_instance.orders.address, port = 5432 })\n}",
            "aws_secretsmanager_secret.db.arn",
        ),
        (
            'resource "aws_ssm_parameter" "db" {\n  value = "postgres://${aws_db_instance.orders.endpoint}/shop"\n}',
            "aws_ssm_parameter.db.name",
        ),
    ],
)
def test_who_is_given_a_secret_uses_what_its_value_names(secret: str, given: str) -> None:
    fragment = read(f"""
resource "aws_db_instance" "orders" {{ engine = "postgres" }}
{secret}
resource "aws_lambda_function" "till" {{
  environment {{ variables = {{ DB = {given} }} }}
}}
""")
    found = {(f.source, f.kind, f.target) for f in fragment.flows}
    assert ("till", "calls", "orders-db") in found
    assert {k for s, k, t in found if t != "orders-db"} == {"reads"}


def test_a_secret_that_names_nothing_uses_nothing() -> None:
    fragment = read("""
resource "random_password" "db" {}
resource "aws_ssm_parameter" "db" { value = random_password.db.result }
resource "aws_lambda_function" "till" {
  environment { variables = { DB = aws_ssm_parameter.db.name } }
}
""")
    assert [(f.source, f.kind) for f in fragment.flows] == [("till", "reads")]
