provider "google" {
  project = "tickets"
  region  = "europe-west1"
}

resource "google_sql_database_instance" "tickets" {
  name             = "tickets"
  database_version = "POSTGRES_15"

  settings {
    tier              = "db-custom-2-7680"
    availability_type = "ZONAL"

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
    }

    ip_configuration {
      authorized_networks {
        value = "0.0.0.0/0"
      }
    }
  }

  deletion_protection = false
}

resource "google_redis_instance" "sessions" {
  name = "sessions"
  tier = "STANDARD_HA"
}

resource "google_storage_bucket" "posters" {
  name     = "ticket-posters"
  location = "EU"
}

resource "google_storage_bucket_iam_member" "everybody" {
  bucket = google_storage_bucket.posters.name
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}

resource "google_pubsub_topic" "sold" {
  name = "tickets-sold"
}

resource "google_pubsub_topic" "sold_dead" {
  name = "tickets-sold-dead"
}

resource "google_pubsub_subscription" "mails" {
  name  = "mails"
  topic = google_pubsub_topic.sold.id

  push_config {
    push_endpoint = google_cloud_run_v2_service.mails.uri
  }

  dead_letter_policy {
    dead_letter_topic = google_pubsub_topic.sold_dead.id
  }
}

resource "google_service_account" "booking" {
  account_id = "booking"
}

resource "google_pubsub_topic_iam_member" "booking" {
  topic  = google_pubsub_topic.sold.name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:${google_service_account.booking.email}"
}

resource "google_cloud_run_v2_service" "booking" {
  name     = "booking"
  location = "europe-west1"

  template {
    service_account = google_service_account.booking.email
    scaling {
      min_instance_count = 1
      max_instance_count = 20
    }
    containers {
      image = "europe-docker.pkg.dev/tickets/app/booking:1.4.0"
      env {
        name  = "DB_HOST"
        value = google_sql_database_instance.tickets.private_ip_address
      }
      env {
        name  = "REDIS_HOST"
        value = google_redis_instance.sessions.host
      }
      env {
        name = "DB_PASSWORD"
        value_source {
          secret_key_ref {
            secret = google_secret_manager_secret.db.secret_id
          }
        }
      }
    }
  }
}

resource "google_cloud_run_v2_service_iam_member" "open" {
  name   = google_cloud_run_v2_service.booking.name
  role   = "roles/run.invoker"
  member = "allUsers"
}

resource "google_cloud_run_v2_service" "mails" {
  name    = "mails"
  ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  template {
    containers {
      image = "europe-docker.pkg.dev/tickets/app/mails:1.4.0"
    }
  }
}

resource "google_secret_manager_secret" "db" {
  secret_id = "db-password"
}

resource "google_compute_region_network_endpoint_group" "booking" {
  name = "booking"
  cloud_run {
    service = google_cloud_run_v2_service.booking.name
  }
}

resource "google_compute_backend_service" "booking" {
  name = "booking"
  backend {
    group = google_compute_region_network_endpoint_group.booking.id
  }
}

resource "google_compute_url_map" "web" {
  name            = "web"
  default_service = google_compute_backend_service.booking.id
}

resource "google_compute_target_https_proxy" "web" {
  name    = "web"
  url_map = google_compute_url_map.web.id
}

resource "google_compute_global_forwarding_rule" "web" {
  name       = "web"
  target     = google_compute_target_https_proxy.web.id
  port_range = "443"
}
