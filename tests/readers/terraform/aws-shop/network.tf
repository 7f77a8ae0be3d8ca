resource "aws_lb" "public" {
  name               = "shop"
  load_balancer_type = "application"
  security_groups    = [aws_security_group.lb.id]
  subnets            = aws_subnet.private[*].id
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

resource "aws_lb_target_group" "web" {
  port     = 8000
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
  health_check {
    path = "/health"
  }
}

resource "aws_security_group" "lb" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "web" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port       = 8000
    to_port         = 8000
    protocol        = "tcp"
    security_groups = [aws_security_group.lb.id]
  }
}

resource "aws_security_group" "db" {
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = [5432, 6379]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_iam_role" "web" {
  name = "web"
}

resource "aws_iam_role" "starting" {
  name = "starting"
}

resource "aws_iam_role" "mailer" {
  name = "mailer"
}

data "aws_iam_policy_document" "web" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.order_placed.arn]
  }
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.covers.arn}/*"]
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.emails.arn]
  }
}

resource "aws_iam_policy" "web" {
  policy = data.aws_iam_policy_document.web.json
}

resource "aws_iam_role_policy_attachment" "web" {
  role       = aws_iam_role.web.name
  policy_arn = aws_iam_policy.web.arn
}

resource "aws_iam_role_policy" "mailer" {
  role   = aws_iam_role.mailer.id
  policy = <<-EOT
  {
    "Statement": [
      {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
      {
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
        "Resource": "${aws_sqs_queue.emails.arn}"
      }
    ]
  }
  EOT
}
