# The role by which Firstline makes accounts, in the management account: the same as
# deploy/cloudformation/firstline-vending.yaml. What it may do stands in deploy/policies/, which
# `make permissions WRITE=1` writes.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  folder  = "${path.module}/../../policies"
  purpose = "Makes accounts that were asked for, places them, and enters them as AWS left them."
  place = {
    partition  = data.aws_partition.current.partition
    account_id = data.aws_caller_identity.current.account_id
    role_path  = var.role_path
  }
}

resource "aws_iam_policy" "vending" {
  name        = "FirstlineVending-1"
  path        = var.role_path
  description = local.purpose
  policy      = templatefile("${local.folder}/vending-1.json", local.place)
}

resource "aws_iam_role" "vending" {
  name                 = "FirstlineVending"
  path                 = var.role_path
  description          = local.purpose
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.vending.arn
  assume_role_policy = templatefile("${local.folder}/trust.json", {
    role_arn        = var.hub_vend_role_arn
    external_id     = var.external_id
    organization_id = var.organization_id
  })
}

resource "aws_iam_role_policy_attachment" "vending" {
  role       = aws_iam_role.vending.name
  policy_arn = aws_iam_policy.vending.arn
}
