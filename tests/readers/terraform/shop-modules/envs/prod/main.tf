terraform {
  required_version = ">= 1.5"
  backend "s3" {
    bucket = "acme-tfstate"
    key    = "shop/prod.tfstate"
    region = "eu-west-1"
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = local.tags
  }
}

data "aws_caller_identity" "current" {}
data "aws_availability_zones" "available" {}

data "terraform_remote_state" "shared" {
  backend = "s3"
  config = {
    bucket = "acme-tfstate"
    key    = "shared/prod.tfstate"
    region = "eu-west-1"
  }
}

locals {
  name = "shop-${var.environment}"
  tags = {
    Project     = "shop"
    Environment = var.environment
  }

  services = {
    catalog = {
      cpu    = 256
      memory = 512
      port   = 8000
      count  = 2
      path   = "/catalog/*"
    }
    orders = {
      cpu    = 512
      memory = 1024
      port   = 8080
      count  = 3
      path   = "/orders/*"
    }
    payments = {
      cpu    = 512
      memory = 1024
      port   = 8080
      count  = 1
      path   = "/payments/*"
    }
  }

  queues = {
    emails   = { visibility = 60, dlq = true }
    invoices = { visibility = 300, dlq = true }
    exports  = { visibility = 30, dlq = false }
  }
}

module "network" {
  source = "../../modules/network"

  name = local.name
  cidr = "10.20.0.0/16"
  azs  = slice(data.aws_availability_zones.available.names, 0, 3)
}

module "database" {
  source = "../../modules/database"

  name               = "${local.name}-orders"
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.private_subnet_ids
  allowed_sg_ids     = [for s in module.service : s.security_group_id]
  multi_az           = true
  retention          = 14
  password           = random_password.db.result
}

resource "random_password" "db" {
  length = 32
}

resource "aws_secretsmanager_secret" "db" {
  name = "${local.name}/db"
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ password = random_password.db.result })
}

module "queue" {
  source   = "../../modules/queue"
  for_each = local.queues

  name       = "${local.name}-${each.key}"
  visibility = each.value.visibility
  with_dlq   = each.value.dlq
}

resource "aws_ecs_cluster" "this" {
  name = local.name
}

resource "aws_lb" "public" {
  name               = local.name
  load_balancer_type = "application"
  subnets            = module.network.public_subnet_ids
  security_groups    = [aws_security_group.alb.id]
}

resource "aws_security_group" "alb" {
  name_prefix = "${local.name}-alb-"
  vpc_id      = module.network.vpc_id

  dynamic "ingress" {
    for_each = [80, 443]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.public.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = data.terraform_remote_state.shared.outputs.certificate_arn

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

module "service" {
  source   = "../../modules/service"
  for_each = local.services

  name         = each.key
  cluster_id   = aws_ecs_cluster.this.id
  listener_arn = aws_lb_listener.https.arn
  path         = each.value.path
  port         = each.value.port
  cpu          = each.value.cpu
  memory       = each.value.memory
  replicas     = each.value.count
  vpc_id       = module.network.vpc_id
  subnet_ids   = module.network.private_subnet_ids
  image        = "${data.aws_caller_identity.current.account_id}.dkr.ecr.eu-west-1.amazonaws.com/shop-${each.key}:${var.image_tag}"
  environment = merge(
    {
      LOG_LEVEL    = "info"
      REDIS_URL    = "rediss://${aws_elasticache_replication_group.sessions.primary_endpoint_address}:6379"
      DATABASE_URL = "postgresql://shop@${module.database.endpoint}/shop"
    },
    each.key == "orders" ? {
      INVOICE_QUEUE_URL = module.queue["invoices"].url
      EMAIL_QUEUE_URL   = module.queue["emails"].url
      PAYMENTS_URL      = "http://payments.shop.local:8080"
    } : {}
  )
  secrets = {
    DATABASE_PASSWORD = aws_secretsmanager_secret.db.arn
  }
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id       = "${local.name}-sessions"
  description                = "sessions"
  engine                     = "redis"
  node_type                  = "cache.t4g.small"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
}

# --- mailer

data "archive_file" "mailer" {
  type        = "zip"
  source_dir  = "${path.module}/../../src/mailer"
  output_path = "mailer.zip"
}

resource "aws_lambda_function" "mailer" {
  function_name    = "${local.name}-mailer"
  role             = aws_iam_role.mailer.arn
  handler          = "app.handler"
  runtime          = "python3.12"
  filename         = data.archive_file.mailer.output_path
  timeout          = 90
  environment {
    variables = {
      BUCKET       = aws_s3_bucket.documents.bucket
      SENDGRID_URL = "https://api.sendgrid.com/v3/mail/send"
    }
  }
}

resource "aws_lambda_event_source_mapping" "mailer" {
  event_source_arn = module.queue["emails"].arn
  function_name    = aws_lambda_function.mailer.arn
  batch_size       = 10
}

resource "aws_iam_role" "mailer" {
  name               = "${local.name}-mailer"
  assume_role_policy = data.aws_iam_policy_document.lambda_assume.json
}

data "aws_iam_policy_document" "lambda_assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "mailer" {
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [module.queue["emails"].arn]
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.documents.arn}/*"]
  }
}

resource "aws_iam_role_policy" "mailer" {
  role   = aws_iam_role.mailer.id
  policy = data.aws_iam_policy_document.mailer.json
}

resource "aws_iam_role_policy_attachment" "mailer_basic" {
  role       = aws_iam_role.mailer.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

# --- documents

resource "aws_s3_bucket" "documents" {
  bucket = "acme-${local.name}-documents"
}

resource "aws_s3_bucket_versioning" "documents" {
  bucket = aws_s3_bucket.documents.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "documents" {
  bucket                  = aws_s3_bucket.documents.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket" "assets" {
  bucket = "acme-${local.name}-assets"
}

resource "aws_s3_bucket_policy" "assets" {
  bucket = aws_s3_bucket.assets.id
  policy = <<POLICY
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::${aws_s3_bucket.assets.id}/*"
    }
  ]
}
POLICY
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true
  origin {
    domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    origin_id   = "assets"
  }
  origin {
    domain_name = aws_lb.public.dns_name
    origin_id   = "api"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  default_cache_behavior {
    target_origin_id       = "assets"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
  }
  viewer_certificate {
    acm_certificate_arn      = data.terraform_remote_state.shared.outputs.certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
}

# --- nightly export

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${local.name}-nightly"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_lambda_function.export.arn
}

resource "aws_lambda_function" "export" {
  function_name = "${local.name}-export"
  role          = aws_iam_role.export.arn
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/export:latest"
  timeout       = 900
  memory_size   = 1024
  vpc_config {
    subnet_ids         = module.network.private_subnet_ids
    security_group_ids = [aws_security_group.export.id]
  }
  environment {
    variables = {
      DB_HOST = module.database.reader_endpoint
      QUEUE   = module.queue["exports"].url
      API_KEY = "k-51-HxT8sKq0aBcDeF"
    }
  }
}

resource "aws_security_group" "export" {
  vpc_id = module.network.vpc_id
}

resource "aws_iam_role" "export" {
  assume_role_policy = data.aws_iam_policy_document.lambda_assume.json
  inline_policy {
    name = "export"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Effect   = "Allow"
          Action   = ["s3:PutObject"]
          Resource = "${aws_s3_bucket.documents.arn}/exports/*"
        },
        {
          Effect   = "Allow"
          Action   = "sqs:SendMessage"
          Resource = module.queue["exports"].arn
        },
      ]
    })
  }
}

resource "aws_cloudwatch_metric_alarm" "emails_dlq" {
  alarm_name  = "${local.name}-emails-dlq"
  namespace   = "AWS/SQS"
  metric_name = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = module.queue["emails"].dlq_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [data.terraform_remote_state.shared.outputs.alerts_topic_arn]
}
