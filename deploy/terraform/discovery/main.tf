# The role by which Firstline reads the organisation: the same as deploy/cloudformation/firstline-discovery.yaml. It stands
# in the management account or in a delegated administrator only.

locals {
  folder  = "${path.module}/../../policies"
  purpose = "Reads accounts, units, tags and policies of the organisation; it can write nothing."
}

resource "aws_iam_policy" "discovery" {
  name        = "FirstlineDiscovery"
  path        = var.role_path
  description = local.purpose
  policy      = file("${local.folder}/discovery.json")
}

resource "aws_iam_role" "discovery" {
  name                 = "FirstlineDiscovery"
  path                 = var.role_path
  description          = local.purpose
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.discovery.arn
  assume_role_policy = templatefile("${local.folder}/trust.json", {
    role_arn        = var.hub_look_role_arn
    external_id     = var.external_id
    organization_id = var.organization_id
  })
}

resource "aws_iam_role_policy_attachment" "discovery" {
  role       = aws_iam_role.discovery.name
  policy_arn = aws_iam_policy.discovery.arn
}
