"""Terraform for Azure: what runs by its own types and by Azure's, its events, policies, name spaces and locks."""

from __future__ import annotations

import pytest
from tests.readers.fragments import flows, the, told
from tests.readers.fragments import terraform as read


def test_a_function_uses_the_storage_of_its_host_and_what_its_settings_name() -> None:
    fragment = read("""
resource "azurerm_storage_account" "state" {}
resource "azurerm_cognitive_account" "vision" { kind = "ComputerVision" }
resource "azurerm_cognitive_account" "chat" { kind = "OpenAI" }
resource "azurerm_linux_function_app" "tickets" {
  storage_account_name = azurerm_storage_account.state.name
  app_settings = {
    VISION_URL = azurerm_cognitive_account.vision.endpoint
    CHAT_URL   = azurerm_cognitive_account.chat.endpoint
  }
}
""")
    assert flows(fragment) == {
        "tickets calls state-storage",
        "tickets calls vision",
        "tickets calls chat",
    }
    assert (the(fragment, "vision").technology, the(fragment, "chat").technology) == (
        "azure-ai-services",
        "openai",
    )


def test_what_is_written_with_types_of_azure_is_read_like_the_providers_own() -> None:
    fragment = read("""
resource "azurerm_cosmosdb_account" "orders" {}
resource "azapi_resource" "orders_api" {
  type = "Microsoft.Web/sites@2023-12-01"
  name = "orders-api"
  body = jsonencode({
    kind = "app,linux"
    properties = {
      httpsOnly  = true
      siteConfig = { appSettings = [{ name = "DB", value = azurerm_cosmosdb_account.orders.endpoint }] }
    }
  })
}
data "azurerm_linux_web_app" "found" { name = azapi_resource.orders_api.name }
resource "azurerm_storage_account" "files" {}
resource "azurerm_role_assignment" "files" {
  scope                = azurerm_storage_account.files.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = data.azurerm_linux_web_app.found.identity[0].principal_id
}
""")
    service = the(fragment, "orders-api")
    assert (service.kind, service.technology) == ("service", "azure-app-service")
    assert told(service)["encryption_in_transit"] is True
    assert service.fact("exposed_to_internet") is None  # left out: the default is that of another interface
    assert flows(fragment) == {"orders-api calls orders-db", "orders-api writes files-storage"}


@pytest.mark.parametrize(
    ("endpoint", "flow"),
    [
        ("azure_function_endpoint { function_id = azurerm_linux_function_app.scan.id }", "scan consumes uploads-storage"),
        ('webhook_endpoint { url = "https://${azurerm_linux_function_app.scan.default_hostname}/hooks" }', "scan consumes uploads-storage"),
        ("service_bus_queue_endpoint_id = azurerm_servicebus_queue.scans.id", "uploads-storage publishes scans-queue"),
    ],
)  # fmt: skip
def test_events_of_a_store_reach_where_their_subscription_brings_them(endpoint: str, flow: str) -> None:
    fragment = read(f"""
resource "azurerm_storage_account" "uploads" {{}}
resource "azurerm_eventgrid_system_topic" "uploads" {{ source_arm_resource_id = azurerm_storage_account.uploads.id }}
resource "azurerm_linux_function_app" "scan" {{}}
resource "azurerm_servicebus_queue" "scans" {{}}
resource "azurerm_eventgrid_system_topic_event_subscription" "new" {{
  system_topic = azurerm_eventgrid_system_topic.uploads.name
  {endpoint}
}}
""")
    assert flows(fragment) == {flow}
    assert next(iter(fragment.flows)).facts[0].status == "denied"  # what can't be delivered is dropped


@pytest.mark.parametrize(
    ("queues", "names"),
    [
        (("orders",), {"orders-queue"}),
        (("orders", "mails"), {"orders-queue", "mails-queue", "shop-service-bus"}),
        ((), {"shop-service-bus"}),
    ],
)
def test_a_name_space_with_one_queue_is_that_queue(queues: tuple[str, ...], names: set[str]) -> None:
    made = "".join(
        f'resource "azurerm_servicebus_queue" "{q}" {{\n namespace_id = azurerm_servicebus_namespace.shop.id\n}}\n'
        for q in queues
    )
    fragment = read(f"""
resource "azurerm_servicebus_namespace" "shop" {{}}
{made}
resource "azurerm_linux_web_app" "till" {{
  app_settings = {{ BUS = azurerm_servicebus_namespace.shop.endpoint }}
}}
""")
    assert {c.name for c in fragment.components} == {*names, "till"}
    used = "orders-queue" if len(queues) == 1 else "shop-service-bus"
    assert flows(fragment) == {f"till calls {used}"}


def test_the_policies_of_an_api_say_how_callers_are_checked_and_limited() -> None:
    fragment = read("""
resource "azurerm_api_management" "shop" {}
resource "azurerm_servicebus_queue" "orders" {}
resource "azurerm_api_management_api" "orders" {
  api_management_name   = azurerm_api_management.shop.name
  subscription_required = false
}
resource "azurerm_api_management_api_policy" "orders" {
  api_management_name = azurerm_api_management.shop.name
  xml_content         = <<XML
<policies><inbound>
  <validate-jwt header-name="Authorization" />
  <rate-limit calls="20" renewal-period="60" />
  <set-backend-service base-url="https://${azurerm_servicebus_queue.orders.name}" />
</inbound></policies>
XML
}
""")
    facts = told(the(fragment, "shop-api"))
    assert (facts["authentication"], facts["rate_limit"]) == ("JWT", True)
    assert flows(fragment) == {"shop-api publishes orders-queue"}


@pytest.mark.parametrize(
    ("stack", "image"),
    [
        ('docker_image_name = "acme/till:2.1"', "acme/till:2.1"),
        ('docker {\n image_name = "acme/till"\n image_tag = "latest"\n}', "acme/till:latest"),
    ],
)
def test_the_image_of_an_app_is_read_however_it_is_written(stack: str, image: str) -> None:
    fragment = read(f"""
resource "azurerm_linux_web_app" "till" {{
  site_config {{
    application_stack {{
      {stack}
    }}
  }}
}}
""")
    assert told(the(fragment, "till"))["image"] == image


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", None),
        ('resource "azurerm_management_lock" "keep" {\n scope = azurerm_mssql_server.orders.id\n lock_level = "CanNotDelete"\n}', True),
        ('resource "azurerm_mssql_database" "orders" {\n server_id = azurerm_mssql_server.orders.id\n lifecycle {\n prevent_destroy = true\n }\n}', True),
        ('resource "azurerm_mssql_database" "orders" {\n server_id = azurerm_mssql_server.orders.id\n lifecycle {\n prevent_destroy = var.x\n }\n}', None),
    ],
)  # fmt: skip
def test_a_lock_keeps_a_store_from_being_deleted(more: str, said: bool | None) -> None:
    fragment = read(f'resource "azurerm_mssql_server" "orders" {{}}\n{more}\n')
    assert told(the(fragment, "orders-db")).get("deletion_protection") is said


def test_a_name_that_is_made_of_a_word_names_what_the_code_only_calls_main() -> None:
    fragment = read("""
resource "azurecaf_name" "app" {
  name          = "ledger"
  resource_type = "azurerm_app_service"
}
resource "azurerm_linux_web_app" "main" { name = azurecaf_name.app.result }
""")
    assert [c.name for c in fragment.components] == ["ledger"]


@pytest.mark.parametrize("days", ["var.days", "14"])
def test_a_flexible_server_always_has_backups(days: str) -> None:
    fragment = read(
        f'variable "days" {{}}\nresource "azurerm_postgresql_flexible_server" "orders" {{\n backup_retention_days = {days}\n}}\n'
    )
    assert told(the(fragment, "orders-db"))["backup"] is True


def test_a_hub_of_devices_brings_their_messages_to_its_endpoints() -> None:
    fragment = read("""
resource "azurerm_iothub" "meters" {}
resource "azurerm_eventhub" "readings" {}
resource "azurerm_cosmosdb_account" "readings" {}
resource "azurerm_iothub_endpoint_eventhub" "live" {
  iothub_name       = azurerm_iothub.meters.name
  connection_string = azurerm_eventhub.readings.default_primary_connection_string
}
resource "azurerm_iothub_endpoint_cosmosdb_account" "kept" {
  iothub_name  = azurerm_iothub.meters.name
  endpoint_uri = azurerm_cosmosdb_account.readings.endpoint
}
""")
    assert flows(fragment) == {
        "meters-iot-hub publishes readings-stream",
        "meters-iot-hub writes readings-db",
    }


@pytest.mark.parametrize(
    ("settings", "facts"),
    [
        ("https_only = true", {"https_only": True, "encryption_in_transit": True, "exposed_to_internet": True}),
        ("", {"https_only": None, "exposed_to_internet": True}),
        ('site_config { ip_restriction_default_action = "Deny" }', {"https_only": None, "exposed_to_internet": None}),
        ("auth_settings_v2 { auth_enabled = true }", {"https_only": None, "exposed_to_internet": True, "authentication": "App Service authentication"}),
    ],
)  # fmt: skip
def test_an_app_takes_plain_requests_from_everybody_unless_it_is_told_not_to(
    settings: str, facts: dict[str, object]
) -> None:
    said = told(the(read(f'resource "azurerm_linux_web_app" "till" {{\n{settings}\n}}\n'), "till"))
    names = ("https_only", "encryption_in_transit", "exposed_to_internet", "authentication")
    assert {n: said[n] for n in names if n in said} == facts


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://shop-till.azurewebsites.net/v1", "till"),
        ("https://shop-till-prod.azurewebsites.net", "till"),
        ("https://shop-till.blue-1234.westeurope.azurecontainerapps.io", "till"),
        ("https://other.azurewebsites.net", "other-azurewebsites-net"),
    ],
)
def test_the_public_name_of_an_app_is_the_app(url: str, target: str) -> None:
    fragment = read(f"""
resource "azurerm_linux_web_app" "till" {{ name = "shop-till-prod" }}
resource "azurerm_linux_web_app" "desk" {{
  app_settings = {{ TILL_URL = "{url}" }}
}}
""")
    assert flows(fragment) == {f"desk calls {target}"}


def test_the_hosts_that_take_measurements_are_one_service_that_watches() -> None:
    fragment = read("""
resource "azurerm_linux_web_app" "till" {
  app_settings = {
    INGESTION_ENDPOINT = "https://west-0.in.applicationinsights.azure.com/"
    LIVE_ENDPOINT      = "https://west.livediagnostics.monitor.azure.com/"
  }
}
""")
    assert {c.name: c.kind for c in fragment.components} == {"till": "service", "Azure Monitor": "monitoring"}


def test_a_runtime_of_the_providers_own_is_no_image() -> None:
    fragment = read(
        'resource "azurerm_app_service" "till" { site_config { linux_fx_version = "PYTHON|3.13" } }'
    )
    assert [c.fact(name) for c in fragment.components for name in ("image", "image_tag_pinned")] == [
        None,
        None,
    ]


NAME_SPACE = """
resource "azurerm_servicebus_namespace" "bus" { name = "parcels-bus" }
resource "azurerm_servicebus_topic" "labels" {
  name         = "labels"
  namespace_id = azurerm_servicebus_namespace.bus.id
}
resource "azurerm_servicebus_queue" "scans" {
  name         = "scans"
  namespace_id = azurerm_servicebus_namespace.bus.id
}
resource "azurerm_servicebus_subscription" "scans" {
  topic_id   = azurerm_servicebus_topic.labels.id
  forward_to = azurerm_servicebus_queue.scans.name
}
resource "azurerm_linux_function_app" "weigh" {
  storage_account_name       = azurerm_storage_account.host.name
  storage_account_access_key = azurerm_storage_account.host.primary_access_key
  app_settings = {
    BUS_URL = "sb://${azurerm_servicebus_namespace.bus.name}.servicebus.windows.net"
    %s
  }
}
resource "azurerm_storage_account" "host" { account_replication_type = "LRS" }
"""


@pytest.mark.parametrize(
    ("setting", "used"),
    [
        ("SCANS = azurerm_servicebus_queue.scans.name", "consumes scans-queue"),
        ("STAGE = 1", "calls parcels-bus"),
    ],
)
def test_who_names_a_queue_uses_it_and_not_its_name_space(setting: str, used: str) -> None:
    found = {f for f in flows(read(NAME_SPACE % setting)) if "storage" not in f}
    assert found == {
        f"weigh {used}",
        "labels-topic publishes scans-queue",
    }


def test_storage_that_only_the_host_of_functions_needs_lies_in_one_zone_without_harm() -> None:
    assert "multi_zone" not in told(the(read(NAME_SPACE % ""), "host-storage"))
    alone = 'resource "azurerm_storage_account" "files" { account_replication_type = "LRS" }'
    assert told(the(read(alone), "files-storage"))["multi_zone"] is None
