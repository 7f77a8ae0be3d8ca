# The box office on AWS.
module "orders" {
  source   = "./modules/service"
  name     = "orders"
  image    = "registry.example.com/box-office/orders:1.4.2"
  replicas = 3
  environment = {
    DATABASE_HOST = aws_db_instance.orders.address
    KAFKA_BROKERS = aws_msk_cluster.order_events.bootstrap_brokers_tls
    SEATS_URL     = "http://seats:8000"
  }
}

module "seats" {
  source   = "./modules/service"
  name     = "seats"
  image    = "registry.example.com/box-office/seats:0.9.0"
  replicas = 2
  environment = {
    REDIS_HOST = aws_elasticache_replication_group.seats.primary_endpoint_address
  }
}

module "mailer" {
  source   = "./modules/service"
  name     = "ticket-mailer"
  image    = "registry.example.com/box-office/mailer:2.2.0"
  replicas = 1
  environment = {
    KAFKA_BROKERS = aws_msk_cluster.order_events.bootstrap_brokers_tls
  }
}

resource "aws_db_instance" "orders" {
  identifier              = "box-office-orders"
  engine                  = "postgres"
  engine_version          = "16"
  instance_class          = "db.t4g.medium"
  storage_encrypted       = true
  publicly_accessible     = false
  multi_az                = true
  backup_retention_period = 7
  deletion_protection     = true
}

resource "aws_elasticache_replication_group" "seats" {
  replication_group_id       = "seat-cache"
  description                = "free seats"
  engine                     = "redis"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  transit_encryption_enabled = true
}

resource "aws_msk_cluster" "order_events" {
  cluster_name           = "order-events"
  kafka_version          = "3.8.0"
  number_of_broker_nodes = 3
}
