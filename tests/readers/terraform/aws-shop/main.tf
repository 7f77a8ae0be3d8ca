# A shop on Fargate: one service behind a load balancer, a worker, two functions.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  default = "eu-central-1"
}

variable "db_instance_class" {
  type = string
}

variable "database_password" {
  sensitive = true
}

locals {
  name = "shop-${var.region}"
  zones = 2
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  count             = local.zones
  vpc_id            = aws_vpc.main.id
  availability_zone = data.aws_availability_zones.all.names[count.index]
}

data "aws_availability_zones" "all" {}

# --- data

resource "aws_db_instance" "orders" {
  identifier             = "shop-orders"
  engine                 = "postgres"
  engine_version         = "15.4"
  instance_class         = var.db_instance_class
  username               = "shop"
  password               = var.database_password
  backup_retention_period = 0
  vpc_security_group_ids = [aws_security_group.db.id]
  skip_final_snapshot    = true
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id       = "sessions"
  description                = "sessions of the shop"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  transit_encryption_enabled = true
  security_group_ids         = [aws_security_group.db.id]
}

resource "aws_s3_bucket" "covers" {
  bucket = "shop-covers"
}

resource "aws_s3_bucket_versioning" "covers" {
  bucket = aws_s3_bucket.covers.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_policy" "covers" {
  bucket = aws_s3_bucket.covers.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.covers.arn}/*"
    }]
  })
}

# --- messages

resource "aws_sqs_queue" "emails" {
  name                       = "emails"
  visibility_timeout_seconds = 10
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.orders_dead.arn
    maxReceiveCount     = 3
  })
}

resource "aws_sqs_queue" "orders_dead" {
  name                      = "orders-dead"
  message_retention_seconds = 1209600
}

resource "aws_sns_topic" "order_placed" {}

resource "aws_sns_topic_subscription" "orders" {
  topic_arn = aws_sns_topic.order_placed.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.orders.arn
}

# --- what runs

resource "aws_ecs_cluster" "main" {
  name = "shop"
}

resource "aws_ecs_task_definition" "web" {
  family             = "web"
  task_role_arn      = aws_iam_role.web.arn
  execution_role_arn = aws_iam_role.starting.arn
  container_definitions = jsonencode([
    {
      name  = "web"
      image = "registry.example.org/shop/web:latest"
      environment = [
        { name = "DATABASE_HOST", value = aws_db_instance.orders.address },
        { name = "REDIS_HOST", value = aws_elasticache_replication_group.sessions.primary_endpoint_address },
        { name = "TOPIC_ARN", value = aws_sns_topic.order_placed.arn },
        { name = "STRIPE_API_KEY", value = "sk_live_4242424242424242" },
      ]
      portMappings = [{ containerPort = 8000 }]
      logConfiguration = { logDriver = "awslogs" }
    }
  ])
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 2

  network_configuration {
    subnets         = aws_subnet.private[*].id
    security_groups = [aws_security_group.web.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "web"
    container_port   = 8000
  }
}

resource "aws_appautoscaling_target" "web" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.web.name}"
  min_capacity       = 2
  max_capacity       = 8
}

module "fulfilment" {
  source     = "./modules/worker"
  name       = "fulfilment"
  queue_arn  = aws_sqs_queue.orders.arn
  queue_url  = aws_sqs_queue.orders.url
  db_address = aws_db_instance.orders.address
}

resource "aws_lambda_function" "mailer" {
  function_name = "mailer"
  role          = aws_iam_role.mailer.arn
  runtime       = "python3.12"
  handler       = "mailer.handle"
  timeout       = 60
  memory_size   = 256

  environment {
    variables = {
      SENDER = "shop@example.org"
    }
  }
}

resource "aws_lambda_event_source_mapping" "mailer" {
  function_name    = aws_lambda_function.mailer.arn
  event_source_arn = aws_sqs_queue.emails.arn
  batch_size       = 5
}

resource "aws_lambda_function" "report" {
  function_name = "report"
  role          = aws_iam_role.mailer.arn
  runtime       = "python3.12"
  timeout       = 900
}

resource "aws_cloudwatch_event_rule" "nightly" {
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_lambda_function.report.arn
}

resource "aws_cloudwatch_log_group" "mailer" {
  name              = "/aws/lambda/${aws_lambda_function.mailer.function_name}"
  retention_in_days = 0
}

resource "aws_cloudwatch_metric_alarm" "orders_age" {
  alarm_name    = "orders-age"
  dimensions    = { QueueName = aws_sqs_queue.orders.name }
  alarm_actions = [aws_sns_topic.order_placed.arn]
}
