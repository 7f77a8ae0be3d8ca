variable "size" {}

module "invoices" {
  source   = "../../modules/store"
  name     = "invoices"
  size     = var.size
  multi_az = true
  backup_days = 30
}

resource "aws_lambda_function" "billing" {
  function_name = "billing"
  environment {
    variables = { DB_HOST = module.invoices.address }
  }
}

resource "aws_sqs_queue" "per_region" {
  for_each = toset(["north", "south"])
  name     = "invoices-${each.key}"
}
