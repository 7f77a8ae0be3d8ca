resource "azurerm_resource_group" "clinic" {
  name     = "clinic"
  location = "westeurope"
}

resource "azurerm_postgresql_flexible_server" "patients" {
  name                  = "clinic-patients"
  resource_group_name   = azurerm_resource_group.clinic.name
  location              = azurerm_resource_group.clinic.location
  version               = "15"
  sku_name              = "GP_Standard_D4s_v3"
  backup_retention_days = 14

  high_availability {
    mode = "ZoneRedundant"
  }
}

resource "azurerm_redis_cache" "sessions" {
  name                 = "clinic-sessions"
  sku_name             = "Basic"
  capacity             = 1
  family               = "C"
  non_ssl_port_enabled = true
}

resource "azurerm_storage_account" "scans" {
  name                     = "clinicscans"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  min_tls_version          = "TLS1_0"
}

resource "azurerm_servicebus_namespace" "clinic" {
  name = "clinic"
  sku  = "Standard"
}

resource "azurerm_servicebus_queue" "letters" {
  name         = "letters"
  namespace_id = azurerm_servicebus_namespace.clinic.id
}

resource "azurerm_linux_web_app" "portal" {
  name            = "clinic-portal"
  service_plan_id = azurerm_service_plan.clinic.id
  https_only      = true

  site_config {
    health_check_path = "/health"
  }

  identity {
    type = "SystemAssigned"
  }

  app_settings = {
    DB_HOST    = azurerm_postgresql_flexible_server.patients.fqdn
    REDIS_HOST = azurerm_redis_cache.sessions.hostname
    REDIS_KEY  = azurerm_redis_cache.sessions.primary_access_key
  }
}

resource "azurerm_service_plan" "clinic" {
  name     = "clinic"
  sku_name = "P1v3"
}

resource "azurerm_role_assignment" "letters" {
  scope                = azurerm_servicebus_queue.letters.id
  role_definition_name = "Azure Service Bus Data Sender"
  principal_id         = azurerm_linux_web_app.portal.identity[0].principal_id
}

resource "azurerm_linux_function_app" "letters" {
  name                       = "clinic-letters"
  service_plan_id            = azurerm_service_plan.clinic.id
  storage_account_name       = azurerm_storage_account.scans.name
  app_settings = {
    "ServiceBusConnection" = azurerm_servicebus_namespace.clinic.default_primary_connection_string
    "SCANS"                = azurerm_storage_account.scans.primary_blob_endpoint
  }
}

resource "azurerm_application_gateway" "front" {
  name = "clinic-front"
  frontend_ip_configuration {
    name                 = "public"
    public_ip_address_id = azurerm_public_ip.front.id
  }
  backend_address_pool {
    name  = "portal"
    fqdns = [azurerm_linux_web_app.portal.default_hostname]
  }
}

resource "azurerm_public_ip" "front" {
  name = "front"
}
