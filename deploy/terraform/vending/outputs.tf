output "role_arn" {
  description = "What FIRSTLINE_VENDING_ROLE names by path and name."
  value       = aws_iam_role.vending.arn
}
