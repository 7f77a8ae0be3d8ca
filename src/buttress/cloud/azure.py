"""Azure. Defaults are those of the provider's documentation (hashicorp/azurerm 3 and 4)."""

from __future__ import annotations

from buttress.cloud.table import (
    DAY,
    Row,
    amount,
    carried,
    component,
    contains,
    flag,
    given,
    jobs,
    link,
    negated,
    part,
    path,
    runs,
    some,
    text,
    word,
)

_CLOSED = word("exposed_to_internet", "site_config.ip_restriction_default_action", Deny=False)
_LOGIN = word(
    "authentication", "auth_settings_v2.auth_enabled|auth_settings.enabled", true="App Service authentication"
)
_APP = (
    flag("exposed_to_internet", "public_network_access_enabled", True),
    flag("https_only", "https_only", False),
    word("encryption_in_transit", "https_only", true=True),
    text("tls_policy", "site_config.minimum_tls_version"),
    given("health_check", "site_config.health_check_path"),
    given("persistent_volume", "storage_account"),
    text("python_version", "site_config.application_stack.python_version|site_config.linux_fx_version"),
)
# A function has a public address too, but only an HTTP trigger, which isn't told here, answers there.
_FUNCTION = (
    _CLOSED,
    word("exposed_to_internet", "public_network_access_enabled", false=False),
    _LOGIN,
    *_APP[3:],
)
_APP_ENV = "app_settings|connection_string|site_config.application_insights_connection_string|site_config.application_insights_key"
# The storage in which the host of functions keeps its state is a setting of its own.
_FUNCTION_ENV = _APP_ENV + "|storage_account_name|storage_account_access_key|storage_container_endpoint"
_VM_SCALE = (amount("replicas", "instances"), text("instance_class", "sku"))
_FLEXIBLE = (
    word("failover", "high_availability.mode", False, ZoneRedundant=True, SameZone=True),
    word("multi_zone", "high_availability.mode", False, ZoneRedundant=True, SameZone=False),
    some("backup", "backup_retention_days"),
    # Backed up for a week at least, whatever a variable says: nobody can switch it off.
    flag("backup", "backed_up", True),
    amount("backup_retention", "backup_retention_days", 7 * DAY, DAY),
    flag("geo_backup", "geo_redundant_backup_enabled", False),
    flag("encryption_at_rest", "encrypted", True),
    text("instance_class", "sku_name"),
    text("version", "version"),
)
# Where a subscription of Event Grid brings its events.
_SENT_TO = (
    "azure_function_endpoint.function_id|webhook_endpoint.url|service_bus_queue_endpoint_id|service_bus_topic_endpoint_id|eventhub_endpoint_id"
    "|storage_queue_endpoint.storage_account_id"
)

ROWS: tuple[Row, ...] = (
    *(runs(t, "azure-app-service", _CLOSED, _LOGIN, *_APP, env=_APP_ENV) for t in ("azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_app_service")),
    *(runs(t, "azure-functions", *_FUNCTION, env=_FUNCTION_ENV) for t in (
        "azurerm_linux_function_app", "azurerm_windows_function_app", "azurerm_function_app", "azurerm_function_app_flex_consumption")),
    runs("azurerm_logic_app_standard", "azure-logic-apps", *_FUNCTION, env=_FUNCTION_ENV),
    component("azurerm_logic_app_workflow", "worker", "azure-logic-apps", "workflow"),
    component("azurerm_data_factory", "scheduler", "azure-data-factory"),
    *(component(t, "web_frontend", None, "site", flag("exposed_to_internet", "public_network_access_enabled", True))
      for t in ("azurerm_static_web_app", "azurerm_static_site")),
    runs("azurerm_container_app", "azure-container-apps",
         flag("exposed_to_internet", "ingress.external_enabled"), amount("min_replicas", "template.min_replicas"),
         amount("max_replicas", "template.max_replicas"), given("health_check", "template.container.liveness_probe"),
         word("shared_volume", "template.volume.storage_type", AzureFile=True, NfsAzureFile=True),
         env="template.container.env|secret"),
    jobs("azurerm_container_app_job", "azure-container-apps", env="template.container.env"),
    runs("azurerm_container_group", "azure-container-apps", word("exposed_to_internet", "ip_address_type", True, Public=True, Private=False, rest=False),
         env="container.environment_variables|container.secure_environment_variables"),
    *(runs(t, "azure-vm", *_VM_SCALE, env="custom_data|user_data")
      for t in ("azurerm_linux_virtual_machine_scale_set", "azurerm_windows_virtual_machine_scale_set")),
    *(runs(t, "azure-vm", text("instance_class", "size|vm_size"), text("zone", "zone"), env="custom_data|user_data", counts=True)
      for t in ("azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine", "azurerm_virtual_machine")),
    component("azurerm_kubernetes_cluster", "compute_host", "aks", "cluster",
              flag("private_endpoint", "private_cluster_enabled", False), text("version", "kubernetes_version"),
              amount("min_replicas", "default_node_pool.min_count"), amount("max_replicas", "default_node_pool.max_count"),
              amount("replicas", "default_node_pool.node_count"), given("multi_zone", "default_node_pool.zones")),
    part("azurerm_monitor_autoscale_setting", "target_resource_id", amount("min_replicas", "profile.capacity.minimum"),
         amount("max_replicas", "profile.capacity.maximum"), given("autoscaling", "profile")),
    part("azurerm_monitor_metric_alert", "scopes", given("alerting", "action")),
    component("azurerm_application_insights", "monitoring", "azure-monitor", single="Azure Monitor"),
    part("azurerm_management_lock", "scope", word("deletion_protection", "lock_level", CanNotDelete=True, ReadOnly=True)),
    part("azurerm_monitor_diagnostic_setting", "target_resource_id", given("logging", "log|enabled_log|metric")),
    *carried("azurerm_service_plan", says=(amount("replicas", "worker_count"), flag("multi_zone", "zone_balancing_enabled"),
                                            text("instance_class", "sku_name"))),
    *carried("azurerm_app_service_plan", "azurerm_container_app_environment", "azurerm_user_assigned_identity"),
    # --- stores
    component("azurerm_postgresql_flexible_server", "relational_db", "azure-postgresql", "db", *_FLEXIBLE,
              word("exposed_to_internet", "public_network_access_enabled", false=False)),
    component("azurerm_mysql_flexible_server", "relational_db", "azure-mysql", "db", *_FLEXIBLE,
              word("exposed_to_internet", "public_network_access_enabled", false=False)),
    *(component(t, "relational_db", technology, "db", flag("encryption_in_transit", "ssl_enforcement_enabled"), text("version", "version"),
                some("backup", "backup_retention_days", True), word("exposed_to_internet", "public_network_access_enabled", false=False))
      for t, technology in (("azurerm_postgresql_server", "azure-postgresql"), ("azurerm_mysql_server", "azure-mysql"))),
    *(part(t, "server_id|server_name") for t in (
        "azurerm_postgresql_flexible_server_database", "azurerm_mysql_flexible_server_database", "azurerm_postgresql_database")),
    *(part(t, "server_id|server_name", word("exposed_to_internet", "end_ip_address", **{"255_255_255_255": True})) for t in (
        "azurerm_postgresql_flexible_server_firewall_rule", "azurerm_mysql_flexible_server_firewall_rule", "azurerm_mssql_firewall_rule",
        "azurerm_postgresql_firewall_rule")),
    component("azurerm_mssql_server", "relational_db", "azure-sql", "db",
              word("tls_policy", "minimum_tls_version", "1.2", **{"1_0": "1.0", "1_1": "1.1", "1_2": "1.2", "1_3": "1.3", "Disabled": "none"}),
              word("exposed_to_internet", "public_network_access_enabled", false=False)),
    part("azurerm_mssql_database", "server_id", flag("multi_zone", "zone_redundant", False), text("instance_class", "sku_name"),
         amount("backup_retention", "short_term_retention_policy.retention_days", 7 * DAY, DAY), flag("backup", "backed_up", True),
         flag("encryption_at_rest", "transparent_data_encryption_enabled", True)),
    component("azurerm_cosmosdb_account", "document_db", "cosmosdb", "db",
              flag("multi_zone", "geo_location.zone_redundant"),
              given("backup", "backup", True), word("exposed_to_internet", "public_network_access_enabled", false=False),
              flag("encryption_at_rest", "encrypted", True), text("consistency", "consistency_policy.consistency_level")),
    *(part(t, "account_name") for t in ("azurerm_cosmosdb_sql_database", "azurerm_cosmosdb_mongo_database", "azurerm_cosmosdb_sql_container")),
    component("azurerm_redis_cache", "cache", "azure-cache-redis", "cache",
              word("replicated", "sku_name", Basic=False, Standard=True, Premium=True),
              word("failover", "sku_name", Basic=False, Standard=True, Premium=True),
              negated("encryption_in_transit", "non_ssl_port_enabled|enable_non_ssl_port", True),
              text("tls_policy", "minimum_tls_version"), given("multi_zone", "zones"), word("multi_zone", "sku_name", Basic=False),
              text("instance_class", "sku_name")),
    component("azurerm_storage_account", "object_store", "azure-blob-storage", "storage",
              word("multi_zone", "account_replication_type", ZRS=True, GZRS=True, RAGZRS=True, LRS=False, GRS=None, RAGRS=None),
              word("multi_region", "account_replication_type", GRS=True, RAGRS=True, GZRS=True, RAGZRS=True, LRS=False, ZRS=False),
              flag("encryption_in_transit", "https_traffic_only_enabled|enable_https_traffic_only", True),
              text("tls_policy", "min_tls_version"), flag("object_versioning", "blob_properties.versioning_enabled", False),
              flag("encryption_at_rest", "encrypted", True),
              negated("public_access_block", "allow_nested_items_to_be_public|allow_blob_public_access")),
    part("azurerm_storage_container", "storage_account_name|storage_account_id",
         word("exposed_to_internet", "container_access_type", blob=True, container=True)),
    *(part(t, "storage_account_name|storage_account_id") for t in (
        "azurerm_storage_share", "azurerm_storage_table", "azurerm_storage_data_lake_gen2_filesystem")),
    component("azurerm_search_service", "search_index", "azure-search", "search", amount("replicas", "replica_count")),
    component("azurerm_synapse_workspace", "data_store", "azure-synapse", "warehouse"),
    component("azurerm_databricks_workspace", "data_store", "databricks", "databricks"),
    # --- models of others
    *(component(t, "external_service", "azure-ai-services", engine="kind", engines={"openai": "openai"}, names="name")
      for t in ("azurerm_cognitive_account", "azurerm_ai_services")),
    part("azurerm_cognitive_deployment", "cognitive_account_id"),
    # --- messages
    component("azurerm_servicebus_namespace", "message_broker", "azure-service-bus", "service-bus",
              text("tls_policy", "minimum_tls_version"), text("instance_class", "sku")),
    component("azurerm_servicebus_queue", "message_broker", "azure-service-bus", "queue",
              flag("dead_letter_queue", "built_in", True), amount("max_deliveries", "max_delivery_count", 10)),
    component("azurerm_servicebus_topic", "message_broker", "azure-service-bus", "topic"),
    component("azurerm_eventhub", "stream", "azure-event-hubs", "stream", amount("retention", "message_retention", None, DAY),
              amount("partitions", "partition_count")),
    component("azurerm_iothub", "message_broker", "azure-iot-hub", "iot-hub", flag("exposed_to_internet", "public_network_access_enabled", True)),
    part("azurerm_iothub_consumer_group", "iothub_name", used_as="consumes"),
    *(link(f"azurerm_iothub_endpoint_{sort}", "iothub_id|iothub_name", to, flow) for sort, to, flow in (
        ("eventhub", "connection_string|endpoint_uri|entity_path", "publishes"),
        ("servicebus_queue", "connection_string|endpoint_uri|entity_path", "publishes"),
        ("servicebus_topic", "connection_string|endpoint_uri|entity_path", "publishes"),
        ("storage_container", "connection_string|endpoint_uri|container_name", "writes"),
        ("cosmosdb_account", "primary_key|secondary_key|connection_string|endpoint_uri|database_name", "writes"))),
    component("azurerm_storage_queue", "message_broker", "azure-queue-storage", "queue"),
    component("azurerm_eventgrid_topic", "message_broker", "azure-event-grid", "topic"),
    *carried("azurerm_eventhub_namespace"),
    part("azurerm_servicebus_subscription", "topic_id", flag("dead_letter_queue", "built_in", True), amount("max_deliveries", "max_delivery_count"),
         used_as="consumes", links=(("topic_id", "forward_to", "publishes"),)),
    part("azurerm_eventhub_consumer_group", "eventhub_name", used_as="consumes"),
    *path("azurerm_eventgrid_system_topic"),
    *(Row(t, "link", links=((_SENT_TO, source, "delivery"),), says=(given("dead_letter_queue", "storage_blob_dead_letter_destination", False),))
      for t, source in (("azurerm_eventgrid_event_subscription", "scope"), ("azurerm_eventgrid_system_topic_event_subscription", "system_topic"))),
    # --- in front
    component("azurerm_application_gateway", "load_balancer", "azure-application-gateway", "gateway",
              given("multi_zone", "zones"), given("waf", "waf_configuration|firewall_policy_id"),
              given("exposed_to_internet", "frontend_ip_configuration.public_ip_address_id"),
              amount("min_replicas", "autoscale_configuration.min_capacity"), env="backend_address_pool"),
    component("azurerm_lb", "load_balancer", "azure-load-balancer", "load-balancer",
              given("exposed_to_internet", "frontend_ip_configuration.public_ip_address_id")),
    *carried("azurerm_lb_backend_address_pool", "azurerm_public_ip"),
    *carried("azurerm_network_interface", says=(given("exposed_to_internet", "ip_configuration.public_ip_address_id"),)),
    link("azurerm_network_interface_backend_address_pool_association", "backend_address_pool_id", "network_interface_id", ""),
    component("azurerm_cdn_frontdoor_profile", "gateway", "azure-front-door", "front-door", flag("exposed_to_internet", "exposed", True)),
    component("azurerm_frontdoor", "gateway", "azure-front-door", "front-door", flag("exposed_to_internet", "exposed", True), env="backend_pool"),
    part("azurerm_cdn_frontdoor_endpoint", "cdn_frontdoor_profile_id"),
    part("azurerm_cdn_frontdoor_origin_group", "cdn_frontdoor_profile_id"),
    link("azurerm_cdn_frontdoor_origin", "cdn_frontdoor_origin_group_id", "host_name", "routes"),
    component("azurerm_cdn_endpoint", "cdn", "azure-cdn", "cdn", flag("exposed_to_internet", "exposed", True), env="origin"),
    component("azurerm_api_management", "gateway", "azure-api-management", "api", flag("exposed_to_internet", "public_network_access_enabled", True),
              given("multi_zone", "zones")),
    link("azurerm_api_management_backend", "api_management_name", "url", "routes"),
    part("azurerm_api_management_api", "api_management_name",
         word("authentication", "subscription_required", "subscription key", true="subscription key")),
    *(part(t, of, contains("authentication", "xml_content", **{"<validate-jwt": "JWT", "<validate-azure-ad-token": "JWT"}),
           contains("rate_limit", "xml_content", **{"<rate-limit": True, "<quota": True}))
      for t, of in (("azurerm_api_management_policy", "api_management_id"), ("azurerm_api_management_api_policy", "api_management_name"),
                    ("azurerm_api_management_api_operation_policy", "api_management_name"))),
    component("azurerm_key_vault", "secret_store", "azure-key-vault", "vault",
              flag("deletion_protection", "purge_protection_enabled", False)),
    *(part(t, "key_vault_id") for t in ("azurerm_key_vault_secret", "azurerm_key_vault_key", "azurerm_key_vault_access_policy")),
    component("azurerm_app_configuration", "config_server", "azure-app-configuration", "configuration"),
    component("azurerm_dns_zone", "dns", "azure-dns", single="Azure DNS"),
)  # fmt: skip
