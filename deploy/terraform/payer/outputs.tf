output "role_arns" {
  description = "The roles of this account by what they are for."
  value       = { for role, made in aws_iam_role.access : role => made.arn }
}
