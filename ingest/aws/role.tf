# The role with which "inroad collect aws --organization" reads an account: reads only, no secret's value.
# Printed by "inroad policy aws --terraform". Apply it in each account that is to be read.

variable "collector_principal" {
  type        = string
  description = "ARN of the role or user that collects"
}

variable "external_id" {
  type        = string
  sensitive   = true
  description = "External id that the collector gives; at least 8 characters"

  validation {
    condition     = length(var.external_id) >= 8
    error_message = "The external id needs at least 8 characters."
  }
}

variable "role_name" {
  type    = string
  default = "{{.Role}}"
}

locals {
  reads = [
{{- range .Parts}}
    {{json .}},
{{- end}}
  ]
}

resource "aws_iam_role" "inroad" {
  name                 = var.role_name
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = var.collector_principal }
        Action    = ["sts:AssumeRole"]
        Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
      },
      {
        Effect    = "Allow"
        Principal = { AWS = var.collector_principal }
        Action    = ["sts:TagSession"]
      },
    ]
  })
}

resource "aws_iam_policy" "inroad" {
  count = length(local.reads)
  name  = "${var.role_name}-${count.index + 1}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "InroadReads"
      Effect   = "Allow"
      Resource = "*"
      Action   = local.reads[count.index]
    }]
  })
}

resource "aws_iam_role_policy_attachment" "inroad" {
  count      = length(local.reads)
  role       = aws_iam_role.inroad.name
  policy_arn = aws_iam_policy.inroad[count.index].arn
}

output "role_arn" {
  value = aws_iam_role.inroad.arn
}
