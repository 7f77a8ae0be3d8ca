"""Templates of Azure's Resource Manager: expressions, references, resources in resources, deployments in deployments."""

from __future__ import annotations

import json
import time

import pytest
from tests.readers.fragments import flows, is_taken, the, told

from buttress.model import Fragment, Source
from buttress.readers import azure

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def read(*resources: object, **parts: object) -> Fragment:
    """Return what is read from a template of some resources."""
    return azure.read(
        (
            Source(
                "main.json", json.dumps({"$schema": SCHEMA, "resources": list(resources), **parts}, indent=1)
            ),
        )
    )


def app(name: str = "desk", **settings: str) -> dict[str, object]:
    """Return an app with settings."""
    listed = [{"name": k, "value": v} for k, v in settings.items()]
    return {
        "type": "Microsoft.Web/sites",
        "name": name,
        "properties": {"siteConfig": {"appSettings": listed}},
    }


SCANS = {
    "type": "Microsoft.Storage/storageAccounts",
    "name": "[variables('scans')]",
    "sku": {"name": "Standard_LRS"},
}
VARIABLES = {
    "scans": "[toLower(concat(parameters('harbour'), 'scans'))]",
    "id": "[resourceId('Microsoft.Storage/storageAccounts', variables('scans'))]",
}


@pytest.mark.parametrize(
    "value",
    [
        "[reference(resourceId('Microsoft.Storage/storageAccounts', variables('scans'))).primaryEndpoints.blob]",
        "[concat('AccountKey=', listKeys(variables('id'), '2022-09-01').keys[0].value)]",
        "[format('https://{0}.blob.core.windows.net/{1}', reference(variables('scans')).name, 'in')]",
        "[reference(variables('id'), '2022-09-01', 'Full').properties.x]",
    ],
)
def test_a_setting_uses_what_its_expression_names(value: str) -> None:
    fragment = read(app(SCANS=value), SCANS, variables=VARIABLES, parameters={"harbour": {"type": "string"}})
    assert flows(fragment) == {"desk calls scans-storage"}


@pytest.mark.parametrize(
    "value", ["[concat('a'", "[environment().portal]", "[[reference('x')]", "plain", "[parameters('gone')]"]
)
def test_a_setting_that_names_nothing_uses_nothing(value: str) -> None:
    assert flows(read(app(SCANS=value), SCANS, variables=VARIABLES)) == set()


@pytest.mark.parametrize("apart", [False, True])
def test_a_queue_lies_in_its_name_space_wherever_it_is_written(apart: bool) -> None:
    queue = {"type": "queues", "name": "arrivals", "properties": {"maxDeliveryCount": 3}}
    space: dict[str, object] = {
        "type": "Microsoft.ServiceBus/namespaces",
        "name": "bus",
        "sku": {"name": "Standard"},
    }
    resources = (
        (space, {**queue, "type": "Microsoft.ServiceBus/namespaces/queues", "name": "bus/arrivals"})
        if apart
        else ({**space, "resources": [queue]},)
    )
    fragment = read(*resources)
    assert [c.name for c in fragment.components] == ["arrivals-queue"]
    assert told(the(fragment, "arrivals-queue"))["max_deliveries"] == 3


def test_resources_under_names_are_read_and_what_is_there_already_is_not_made() -> None:
    resources = {
        "scans": {"type": "Microsoft.Storage/storageAccounts", "name": "scans"},
        "others": {"existing": True, "type": "Microsoft.Storage/storageAccounts", "name": "others"},
        "desk": app(SCANS="[reference('scans').primaryEndpoints.blob]"),
    }
    text = json.dumps({"$schema": SCHEMA, "languageVersion": "2.0", "resources": resources})
    fragment = azure.read((Source("main.json", text),))
    assert flows(fragment) == {"desk calls scans-storage"}
    assert len(fragment.components) == 2


@pytest.mark.parametrize("scope", ["inner", "outer"])
def test_a_deployment_in_the_file_is_read_with_what_it_is_given(scope: str) -> None:
    inside = {
        "$schema": SCHEMA, "parameters": {"account": {"type": "string"}},
        "resources": [{"type": "Microsoft.DocumentDB/databaseAccounts", "name": "[parameters('account')]"}],
        "outputs": {"url": {"value": "[reference(resourceId('Microsoft.DocumentDB/databaseAccounts', parameters('account'))).documentEndpoint]"}},
    }  # fmt: skip
    deployment = {
        "type": "Microsoft.Resources/deployments", "name": "tides",
        "properties": {
            "expressionEvaluationOptions": {"scope": scope}, "parameters": {"account": {"value": "tides"}} if scope == "inner" else {},
            "template": inside,
        },
    }  # fmt: skip
    desk = app(TIDES="[reference('tides').outputs.url.value]")
    fragment = read(desk, deployment, parameters={"account": {"defaultValue": "tides"}})
    assert flows(fragment) == {"desk calls tides-db"}


def test_settings_that_are_a_resource_of_their_own_are_the_apps() -> None:
    config = {
        "type": "Microsoft.Web/sites/config", "name": "[concat('desk', '/appsettings')]",
        "properties": {"SCANS": "[reference('scans').primaryEndpoints.blob]"},
    }  # fmt: skip
    fragment = read(app(STAGE="live"), config, {"type": "Microsoft.Storage/storageAccounts", "name": "scans"})
    assert flows(fragment) == {"desk calls scans-storage"}


def test_a_password_in_the_template_is_told_and_never_shown() -> None:
    server = {
        "type": "Microsoft.Sql/servers",
        "name": "berths",
        "properties": {"administratorLoginPassword": "hunter2-hunter2"},
    }
    fragment = read(server)
    assert told(the(fragment, "berths-db"))["secrets_in_plaintext"] is True
    assert "hunter2" not in repr(fragment)


@pytest.mark.parametrize(
    "text",
    [
        '{"$schema": "x/deploymentTemplate.json#", "variables": {"a": "[variables(\'b\')]", "b": "[variables(\'a\')]"}, "resources": '
        + '[{"type": "Microsoft.Web/sites", "name": "[variables(\'a\')]"}]}',
        '{"$schema": "x/deploymentTemplate.json#", "resources": [{"type": "Microsoft.Web/sites", "name": "['
        + "concat(" * 3_000
        + ']"}]}',
        '{"$schema": "x/deploymentTemplate.json#", "resources": [{"type": "Microsoft.Web/sites", "name": "'
        + "[" * 5_000
        + '"}]}',
        '{"$schema": "x/deploymentTemplate.json#", "variables": {'
        + ", ".join(
            f"\"v{n}\": \"[concat(variables('v{n + 1}'), variables('v{n + 1}'))]\"" for n in range(30)
        )
        + '}, "resources": [{"type": "Microsoft.Web/sites", "name": "[variables(\'v0\')]"}]}',
    ],
    ids=["a circle", "deep calls", "open brackets", "doubled thirty times"],
)
def test_a_hostile_template_is_read_in_little_time(text: str) -> None:
    started = time.perf_counter()
    azure.read((Source("main.json", text),))
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("within", [True, False])
def test_connection_strings_are_settings_of_the_app(within: bool) -> None:
    address = (
        "[concat('Server=', reference(concat('Microsoft.Sql/servers/', 'ledger')).fullyQualifiedDomainName)]"
    )
    server = {"type": "Microsoft.Sql/servers", "name": "ledger"}
    if within:
        listed = [{"name": "Main", "connectionString": address, "type": "SQLAzure"}]
        desk = {**app(), "properties": {"siteConfig": {"connectionStrings": listed}}}
    else:
        given = {"Main": {"value": address, "type": "SQLAzure"}}
        desk = {**app(), "resources": [{"type": "config", "name": "connectionstrings", "properties": given}]}
    assert flows(read(desk, server)) == {"desk calls ledger-db"}


def test_keys_of_a_rule_lead_to_what_it_is_a_rule_of() -> None:
    rule = "'Microsoft.ServiceBus/namespaces/queues/authorizationRules', 'port', 'calls', 'reader'"
    queues = [
        {"type": "Microsoft.ServiceBus/namespaces/queues", "name": f"port/{n}"} for n in ("calls", "bills")
    ]
    space = {"type": "Microsoft.ServiceBus/namespaces", "name": "port"}
    found = read(app(KEYS=f"[listKeys(resourceId({rule}), '2017').primaryConnectionString]"), space, *queues)
    assert flows(found) == {"desk calls calls-queue"}


def deployment(name: str, *resources: object) -> dict[str, object]:
    """Return a deployment of some resources, or of a template elsewhere where there are none."""
    given = {"template": {"resources": resources}} if resources else {"templateLink": {"uri": "x"}}
    return {"type": "Microsoft.Resources/deployments", "name": name, "properties": given}


def test_deployments_of_one_name_are_read_once_each_also_within_each_other() -> None:
    inner = deployment("quay", deployment("quay"), app("desk"))
    found = read(inner, deployment("quay", app("till")))
    assert sorted(c.name for c in found.components) == ["desk", "till"]


def test_many_deployments_of_one_name_do_not_multiply_what_is_in_one() -> None:
    one: dict[str, object] = app("desk")
    for _ in range(6):
        one = deployment("quay", *[deployment("quay")] * 30, one)
    assert [c.name for c in read(one).components] == ["desk"]


def test_many_references_by_name_are_found_in_little_time() -> None:
    apps = [app(f"[concat('desk{n}', '-app')]", NEXT=f"[reference('desk{n}-app').x]") for n in range(1_000)]
    started = time.perf_counter()
    assert len(read(*apps).components) > 500
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (f'{{\n "$schema": "{SCHEMA}",\n "resources": []\n}}', True),
        (f'{{\n "$schema": "{SCHEMA.replace("Template", "Parameters")}",\n "resources": []\n}}', False),
        ('{"resources": []}', False),
    ],
)
def test_a_template_is_known_by_its_schema(text: str, taken: bool) -> None:
    assert is_taken("azure", Source("main.json", text)) is taken
