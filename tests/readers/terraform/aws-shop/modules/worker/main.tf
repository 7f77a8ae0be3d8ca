variable "name" {}
variable "queue_arn" {}
variable "queue_url" {}
variable "db_address" {}

variable "desired_count" {
  default = 1
}

resource "aws_iam_role" "this" {
  inline_policy {
    name = "queue"
    policy = jsonencode({
      Statement = [{
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
        Resource = var.queue_arn
      }]
    })
  }
}

resource "aws_ecs_task_definition" "this" {
  family        = var.name
  task_role_arn = aws_iam_role.this.arn
  container_definitions = jsonencode([{
    name    = var.name
    image   = "registry.example.org/shop/worker:2.3.1"
    command = ["celery", "-A", "shop", "worker"]
    environment = [
      { name = "QUEUE_URL", value = var.queue_url },
      { name = "DATABASE_HOST", value = var.db_address },
    ]
  }])
}

resource "aws_ecs_service" "this" {
  name            = var.name
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.desired_count
}
