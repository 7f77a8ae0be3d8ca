variable "name" {}
variable "vpc_id" {}
variable "subnet_ids" { type = list(string) }
variable "allowed_sg_ids" { type = list(string) }
variable "multi_az" {
  type    = bool
  default = false
}
variable "retention" {
  type    = number
  default = 1
}
variable "password" { sensitive = true }

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name   = "${var.name}-db"
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "ingress" {
  count                    = length(var.allowed_sg_ids)
  type                     = "ingress"
  from_port                = 5432
  to_port                  = 5432
  protocol                 = "tcp"
  security_group_id        = aws_security_group.this.id
  source_security_group_id = var.allowed_sg_ids[count.index]
}

resource "aws_db_instance" "this" {
  identifier              = var.name
  engine                  = "postgres"
  engine_version          = "16.3"
  instance_class          = "db.m6g.large"
  allocated_storage       = 100
  db_subnet_group_name    = aws_db_subnet_group.this.name
  vpc_security_group_ids  = [aws_security_group.this.id]
  username                = "shop"
  password                = var.password
  multi_az                = var.multi_az
  backup_retention_period = var.retention
  storage_encrypted       = true
  skip_final_snapshot     = false
}

resource "aws_db_instance" "replica" {
  identifier          = "${var.name}-replica"
  replicate_source_db = aws_db_instance.this.identifier
  instance_class      = "db.m6g.large"
}

output "endpoint" { value = aws_db_instance.this.endpoint }
output "reader_endpoint" { value = aws_db_instance.replica.address }
