output "role_arns" {
  description = "The workers' roles: variable hub_role_arns of the module roles."
  value       = { for worker, made in aws_iam_role.worker : worker => made.arn }
}
