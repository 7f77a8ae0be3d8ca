variable "name" { type = string }
variable "image" { type = string }
variable "replicas" { type = number }
variable "environment" { type = map(string) }

resource "aws_ecs_service" "this" {
  name            = var.name
  desired_count   = var.replicas
  task_definition = aws_ecs_task_definition.this.arn
}

resource "aws_ecs_task_definition" "this" {
  family = var.name
  container_definitions = jsonencode([{
    name        = var.name
    image       = var.image
    environment = [for key, value in var.environment : { name = key, value = value }]
  }])
}
