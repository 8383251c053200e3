output "role_arn" {
  description = "The role; name its account in FIRSTLINE_DISCOVERY_ACCOUNT_ID."
  value       = aws_iam_role.discovery.arn
}
