"""Google Cloud. Defaults are those of the provider's documentation (hashicorp/google 5 and 6)."""

from __future__ import annotations

from dataclasses import replace

from buttress.cloud.table import (
    DAY,
    MB,
    Row,
    amount,
    carried,
    component,
    flag,
    given,
    jobs,
    link,
    part,
    path,
    runs,
    some,
    text,
    word,
)

_INGRESS = word(
    "exposed_to_internet",
    "ingress|ingress_settings|service_config.ingress_settings",
    True,
    INGRESS_TRAFFIC_ALL=True,
    ALLOW_ALL=True,
    rest=False,
)
_CR_ENV = "template.spec.containers.env|template.containers.env|template.template.containers.env"
# The way to a Cloud SQL instance is a setting too, though no variable.
_CR_ENV += (
    "|template.volumes.cloud_sql_instance.instances|template.template.volumes.cloud_sql_instance.instances"
    "|template.metadata.annotations.run_googleapis_com_cloudsql_instances"
)
_RUNTIME = (text("language", "runtime"), text("python_version", "runtime"))
# What an event triggers isn't called by anybody.
_TRIGGERED = replace(_INGRESS, unless="event_trigger")

ROWS: tuple[Row, ...] = (
    runs("google_cloud_run_service", "cloud-run", word(
             "exposed_to_internet", "metadata.annotations.run_googleapis_com_ingress", True, all=True, internal=False, rest=False),
         amount("min_replicas", "template.metadata.annotations.autoscaling_knative_dev_minScale"),
         amount("max_replicas", "template.metadata.annotations.autoscaling_knative_dev_maxScale"),
         amount("concurrency", "template.spec.container_concurrency"), amount("run_timeout", "template.spec.timeout_seconds", 300), env=_CR_ENV),
    runs("google_cloud_run_v2_service", "cloud-run", _INGRESS,
         amount("min_replicas", "template.scaling.min_instance_count"), amount("max_replicas", "template.scaling.max_instance_count"),
         amount("concurrency", "template.max_instance_request_concurrency"),
         flag("deletion_protection", "deletion_protection"), given("health_check", "template.containers.liveness_probe"),
         word("open_to_callers", "invoker_iam_disabled", true=True), given("shared_volume", "template.volumes.nfs"), env=_CR_ENV),
    jobs("google_cloud_run_v2_job", "cloud-run", env=_CR_ENV),
    runs("google_cloudfunctions_function", "google-cloud-functions", _TRIGGERED, amount("run_timeout", "timeout", 60),
         amount("memory", "available_memory_mb", 256 * MB, MB), amount("max_replicas", "max_instances"), *_RUNTIME,
         env="environment_variables|secret_environment_variables", links=(("", "event_trigger.resource", "consumes"),)),
    runs("google_cloudfunctions2_function", "google-cloud-functions", _TRIGGERED, amount("run_timeout", "service_config.timeout_seconds", 60),
         amount("max_replicas", "service_config.max_instance_count"), text("language", "build_config.runtime"), text("python_version", "build_config.runtime"),
         env="service_config.environment_variables|service_config.secret_environment_variables",
         links=(("", "event_trigger.pubsub_topic|event_trigger.event_filters.value", "consumes"),)),
    runs("google_app_engine_standard_app_version", "app-engine", *_RUNTIME, env="env_variables", names="service"),
    runs("google_app_engine_flexible_app_version", "app-engine", *_RUNTIME, env="env_variables", names="service"),
    runs("google_compute_instance", "compute-engine", text("instance_class", "machine_type"), text("zone", "zone"),
         given("exposed_to_internet", "network_interface.access_config", False), env="metadata|metadata_startup_script", counts=True),
    runs("google_compute_instance_group_manager", "compute-engine", amount("replicas", "target_size"),
         given("health_check", "auto_healing_policies"), names="base_instance_name|name"),
    runs("google_compute_region_instance_group_manager", "compute-engine", amount("replicas", "target_size"), flag("multi_zone", "spread", True),
         given("health_check", "auto_healing_policies"), names="base_instance_name|name"),
    *carried("google_compute_instance_template", env="metadata|metadata_startup_script"),
    *(part(t, "target", amount("min_replicas", "autoscaling_policy.min_replicas"), amount("max_replicas", "autoscaling_policy.max_replicas"),
           given("autoscaling", "autoscaling_policy")) for t in ("google_compute_autoscaler", "google_compute_region_autoscaler")),
    component("google_container_cluster", "compute_host", "gke", "cluster",
              flag("private_endpoint", "private_cluster_config.enable_private_endpoint", False),
              flag("deletion_protection", "deletion_protection", True)),
    part("google_container_node_pool", "cluster", text("instance_class", "node_config.machine_type"),
         amount("min_replicas", "autoscaling.min_node_count"), amount("max_replicas", "autoscaling.max_node_count"),
         amount("replicas", "node_count")),
    # --- stores
    component("google_sql_database_instance", "relational_db", "cloud-sql", "db",
              word("multi_zone", "settings.availability_type|availability_type", False, REGIONAL=True, ZONAL=False),
              word("failover", "settings.availability_type|availability_type", False, REGIONAL=True, ZONAL=False),
              flag("backup", "settings.backup_configuration.enabled|backup_configuration.enabled", False,
                   unless="master_instance_name|clone|restore_backup_context"),
              flag("point_in_time_recovery", "settings.backup_configuration.point_in_time_recovery_enabled|settings.backup_configuration.binary_log_enabled",
                   False, unless="master_instance_name|clone"),
              amount("backup_retention", "settings.backup_configuration.backup_retention_settings.retained_backups", None, DAY),
              flag("deletion_protection", "deletion_protection", True),
              flag("encryption_at_rest", "encrypted", True),
              word("encryption_in_transit", "settings.ip_configuration.ssl_mode|settings.ip_configuration.require_ssl|ip_configuration.ssl_mode", None,
                   ENCRYPTED_ONLY=True, TRUSTED_CLIENT_CERTIFICATE_REQUIRED=True, ALLOW_UNENCRYPTED_AND_ENCRYPTED=False, true=True, false=False),
              word("exposed_to_internet", "settings.ip_configuration.authorized_networks.value", **{"0_0_0_0_0": True}),
              text("instance_class", "settings.tier|tier"), text("version", "database_version"),
              given("monitoring", "settings.insights_config"),
              links=(("", "master_instance_name", "replicates"),)),
    *(part(t, "instance") for t in ("google_sql_database", "google_sql_user")),
    component("google_spanner_instance", "relational_db", "spanner", "db", amount("replicas", "num_nodes")),
    component("google_alloydb_cluster", "relational_db", "alloydb", "db",
              flag("backup", "automated_backup_policy.enabled", True), names="cluster_id"),
    part("google_alloydb_instance", "cluster", word("multi_zone", "availability_type", REGIONAL=True, ZONAL=False)),
    component("google_firestore_database", "document_db", "firestore", "db",
              word("point_in_time_recovery", "point_in_time_recovery_enablement", False, POINT_IN_TIME_RECOVERY_ENABLED=True, rest=False),
              word("deletion_protection", "delete_protection_state", False, DELETE_PROTECTION_ENABLED=True, rest=False)),
    part("google_firestore_backup_schedule", "database", given("backup", "retention")),
    component("google_bigtable_instance", "key_value_db", "bigtable", "db", amount("replicas", "cluster.num_nodes"),
              flag("deletion_protection", "deletion_protection", True)),
    component("google_redis_instance", "cache", "memorystore", "cache",
              word("failover", "tier", False, STANDARD_HA=True, BASIC=False), word("multi_zone", "tier", False, STANDARD_HA=True, BASIC=False),
              word("encryption_in_transit", "transit_encryption_mode", False, SERVER_AUTHENTICATION=True, DISABLED=False),
              flag("authentication", "auth_enabled", False), text("version", "redis_version")),
    component("google_memcache_instance", "cache", "memorystore", "cache", amount("replicas", "node_count")),
    component("google_bigquery_dataset", "data_store", "bigquery", "dataset", word("deletion_protection", "delete_contents_on_destroy", true=False),
              names="dataset_id"),
    component("google_filestore_instance", "object_store", "gcs", "files"),
    # Where a sink brings the logs of a project; who reads them there is none of the system's programs.
    *(component(t, "monitoring", "google-cloud-logging", single="Google Cloud Logging", links=(("", "destination", "sink"),))
      for t in ("google_logging_project_sink", "google_logging_folder_sink", "google_logging_organization_sink")),
    component("google_storage_bucket", "object_store", "gcs", "bucket", flag("object_versioning", "versioning.enabled", False),
              given("expiry", "lifecycle_rule"), word("public_access_block", "public_access_prevention", enforced=True),
              given("access_log", "logging"), flag("encryption_at_rest", "encrypted", True),
              word("deletion_protection", "force_destroy", true=False)),
    # --- messages
    component("google_pubsub_topic", "message_broker", "google-pubsub", "topic"),
    component("google_cloud_tasks_queue", "message_broker", "google-cloud-tasks", "tasks"),
    part("google_pubsub_subscription", "topic", given("dead_letter_queue", "dead_letter_policy", False), used_as="consumes",
         links=(("push_config.push_endpoint", "topic", "consumes"),)),
    link("google_eventarc_trigger", "destination.cloud_run_service.service|destination.cloud_function|destination.workflow",
         "transport.pubsub.topic|matching_criteria.value", "consumes"),
    link("google_storage_notification", "bucket", "topic", "publishes"),
    component("google_workflows_workflow", "scheduler", "google-workflows", "workflow", env="user_env_vars|source_contents"),
    component("google_cloud_scheduler_job", "scheduler", "google-cloud-scheduler", "schedule", text("schedule", "schedule"),
              some("retry", "retry_config.retry_count"), env="http_target|app_engine_http_target",
              links=(("", "pubsub_target.topic_name", "publishes"),)),
    # --- in front
    component("google_compute_global_forwarding_rule", "load_balancer", "google-cloud-load-balancing", "load-balancer",
              word("exposed_to_internet", "load_balancing_scheme", True, INTERNAL_SELF_MANAGED=False, INTERNAL_MANAGED=False, rest=True)),
    component("google_compute_forwarding_rule", "load_balancer", "google-cloud-load-balancing", "load-balancer",
              word("exposed_to_internet", "load_balancing_scheme", True, INTERNAL=False, INTERNAL_MANAGED=False, rest=True)),
    *path("google_compute_target_http_proxy", "google_compute_target_https_proxy", "google_compute_url_map", "google_compute_region_url_map",
             "google_compute_backend_service", "google_compute_region_backend_service", "google_compute_target_tcp_proxy",
             "google_compute_region_target_https_proxy", "google_compute_region_target_http_proxy", "google_compute_backend_bucket",
             "google_compute_region_network_endpoint_group", "google_compute_target_pool", "google_api_gateway_api_config"),
    component("google_api_gateway_gateway", "gateway", "apigee", "api", flag("exposed_to_internet", "exposed", True), names="gateway_id"),
    component("google_dns_managed_zone", "dns", "google-cloud-dns", single="Google Cloud DNS"),
    component("google_secret_manager_secret", "secret_store", "google-secret-manager", single="Google Secret Manager", names="secret_id"),
    # --- models of others, and who watches
    component("google_document_ai_processor", "external_service", None, single="Google Document AI"),
    component("google_vertex_ai_endpoint", "service", "vertex-ai", "endpoint", names="display_name|name"),
    *(component(t, "monitoring", "google-cloud-monitoring", single="Google Cloud Monitoring")
      for t in ("google_monitoring_alert_policy", "google_monitoring_uptime_check_config")),
    component("google_identity_platform_config", "identity_provider", "firebase-auth", "identity"),
)  # fmt: skip
