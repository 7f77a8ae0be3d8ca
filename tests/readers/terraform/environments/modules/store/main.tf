variable "name" {}
variable "multi_az" {}
variable "backup_days" {
  default = 1
}
variable "size" {}

resource "aws_db_instance" "this" {
  identifier              = var.name
  engine                  = "mysql"
  multi_az                = var.multi_az
  backup_retention_period = var.backup_days
  instance_class          = var.size
  storage_encrypted       = true
}

output "address" {
  value = aws_db_instance.this.address
}
