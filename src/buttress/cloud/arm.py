"""Azure's own types and attributes, in which `azapi_resource` writes a resource, as those of the tables."""

from __future__ import annotations

from dataclasses import replace

from buttress.cloud.values import Resource, Value

# What a type is in the tables, and where its attributes stand there: under `properties` but for those that begin with a slash.
_TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "web/sites": ("azurerm_linux_web_app", {
        "app_settings": "siteConfig.appSettings", "connection_string": "siteConfig.connectionStrings",
        "https_only": "httpsOnly", "site_config.minimum_tls_version": "siteConfig.minTlsVersion",
        "site_config.health_check_path": "siteConfig.healthCheckPath", "public_network_access_enabled": "publicNetworkAccess",
        "service_plan_id": "serverFarmId", "site_config.linux_fx_version": "siteConfig.linuxFxVersion",
        "storage_container_endpoint": "functionAppConfig.deployment.storage.value"}),
    "web/serverfarms": ("azurerm_service_plan", {"sku_name": "/sku.name", "worker_count": "/sku.capacity"}),
    "web/staticsites": ("azurerm_static_web_app", {}),
    "app/containerapps": ("azurerm_container_app", {
        "template.container": "template.containers", "ingress.external_enabled": "configuration.ingress.external",
        "template.min_replicas": "template.scale.minReplicas", "template.max_replicas": "template.scale.maxReplicas",
        "container_app_environment_id": "managedEnvironmentId|environmentId"}),
    "app/jobs": ("azurerm_container_app_job", {"template.container": "template.containers"}),
    "app/managedenvironments": ("azurerm_container_app_environment", {}),
    "logic/workflows": ("azurerm_logic_app_workflow", {}),
    "containerservice/managedclusters": ("azurerm_kubernetes_cluster", {"kubernetes_version": "kubernetesVersion"}),
    "storage/storageaccounts": ("azurerm_storage_account", {
        "min_tls_version": "minimumTlsVersion", "https_traffic_only_enabled": "supportsHttpsTrafficOnly",
        "allow_nested_items_to_be_public": "allowBlobPublicAccess", "account_replication_type": "/sku.name"}),
    "documentdb/databaseaccounts": ("azurerm_cosmosdb_account", {"public_network_access_enabled": "publicNetworkAccess"}),
    "dbforpostgresql/flexibleservers": ("azurerm_postgresql_flexible_server", {
        "high_availability.mode": "highAvailability.mode", "backup_retention_days": "backup.backupRetentionDays", "sku_name": "/sku.name",
        "version": "version", "public_network_access_enabled": "network.publicNetworkAccess",
        "administrator_login_password": "administratorLoginPassword"}),
    "sql/servers": ("azurerm_mssql_server", {
        "minimum_tls_version": "minimalTlsVersion", "public_network_access_enabled": "publicNetworkAccess",
        "administrator_login_password": "administratorLoginPassword"}),
    "sql/servers/firewallrules": ("azurerm_mssql_firewall_rule", {"server_id": "/parent_id", "end_ip_address": "endIpAddress"}),
    "dbformysql/flexibleservers": ("azurerm_mysql_flexible_server", {
        "high_availability.mode": "highAvailability.mode", "backup_retention_days": "backup.backupRetentionDays", "sku_name": "/sku.name",
        "version": "version", "public_network_access_enabled": "network.publicNetworkAccess",
        "administrator_login_password": "administratorLoginPassword"}),
    "sql/servers/databases": ("azurerm_mssql_database", {"server_id": "/parent_id", "zone_redundant": "zoneRedundant"}),
    "cache/redis": ("azurerm_redis_cache", {
        "sku_name": "sku.name|/sku.name", "minimum_tls_version": "minimumTlsVersion", "non_ssl_port_enabled": "enableNonSslPort"}),
    "search/searchservices": ("azurerm_search_service", {"replica_count": "replicaCount"}),
    "cognitiveservices/accounts": ("azurerm_cognitive_account", {"kind": "/kind"}),
    "servicebus/namespaces": ("azurerm_servicebus_namespace", {"sku": "/sku.name"}),
    "servicebus/namespaces/queues": ("azurerm_servicebus_queue", {
        "namespace_id": "/parent_id", "max_delivery_count": "maxDeliveryCount"}),
    "servicebus/namespaces/topics": ("azurerm_servicebus_topic", {"namespace_id": "/parent_id"}),
    "eventhub/namespaces": ("azurerm_eventhub_namespace", {}),
    "eventhub/namespaces/eventhubs": ("azurerm_eventhub", {"namespace_id": "/parent_id", "partition_count": "partitionCount"}),
    "eventgrid/topics": ("azurerm_eventgrid_topic", {}),
    "keyvault/vaults": ("azurerm_key_vault", {"purge_protection_enabled": "enablePurgeProtection"}),
    "apimanagement/service": ("azurerm_api_management", {}),
    "insights/components": ("azurerm_application_insights", {}),
    "managedidentity/userassignedidentities": ("azurerm_user_assigned_identity", {}),
}  # fmt: skip


def plain(resource: Resource) -> Resource:
    """Return a resource as one of the tables where its type is Azure's own; what it leaves out isn't known then.

    >>> from buttress.cloud.values import Place
    >>> from buttress.model import Source
    >>> body = Value({"properties": Value({"httpsOnly": Value(True)}), "kind": Value("functionapp,linux")})
    >>> written = Value({"type": Value("Microsoft.Web/sites@2023-12-01"), "name": Value("mail"), "body": body})
    >>> made = plain(Resource("azapi_resource", "azapi_resource.mail", "mail", written, Place(Source("a.tf", ""), 1)))
    >>> made.type, made.get("https_only").data, made.get("name").data
    ('azurerm_linux_function_app', True, 'mail')
    """
    named = resource.get("type") if resource.type == "azapi_resource" else None
    sort = named.words().partition("@")[0].lower().removeprefix("microsoft.") if named is not None else ""
    if sort not in _TYPES or not isinstance(resource.body.data, dict):
        return resource
    type_, paths = _TYPES[sort]
    body = resource.get("body") or Value({})
    data = dict(resource.body.data)
    for path, where in paths.items():
        found = next((v for w in where.split("|") if (v := _at(resource, body, w)) is not None), None)
        if found is not None and path == "account_replication_type":  # `Standard_LRS`
            found = Value(found.words().rpartition("_")[2], found.places)
        if found is not None:
            _put(data, path.split("."), found)
    kind = body.get("kind") or resource.get("kind")
    if sort == "web/sites" and kind is not None and "functionapp" in kind.words():
        type_ = "azurerm_linux_function_app"
    return replace(resource, type=type_, body=Value(data, resource.body.places), strict=False)


def _at(resource: Resource, body: Value, where: str) -> Value | None:
    if where.startswith("/"):
        return body.get(where[1:]) or resource.get(where[1:])
    return body.get(f"properties.{where}")


def _put(data: dict[str, Value], keys: list[str], value: Value) -> None:
    """Set a value under a path of keys, with the mappings on the way."""
    for key in keys[:-1]:
        inner = data.get(key)
        if inner is None or not isinstance(inner.data, dict):
            inner = data[key] = Value({}, value.places)
        assert isinstance(inner.data, dict)
        data = inner.data
    data[keys[-1]] = value
