# The roles by which Firstline enters the management account: the same as deploy/cloudformation/firstline-payer.yaml. What
# they may do stands in deploy/policies/, which `make permissions WRITE=1` writes.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  folder = "${path.module}/../../policies"
  names = {
    look        = "FirstlineLook"
    payer-apply = "FirstlineApply"
  }
  purposes = {
    look        = "Reads what a look compares; it can write nothing."
    payer-apply = "Writes the budgets that members keep at the payer; it can write nothing else."
  }
  hub_roles = {
    look        = var.hub_role_arns.look
    payer-apply = var.hub_role_arns.apply
  }
  files = merge([
    for role in keys(local.names) : {
      for file in fileset(local.folder, "${role}-*.json") : trimsuffix(file, ".json") => role
    }
  ]...)
  place = {
    partition  = data.aws_partition.current.partition
    account_id = data.aws_caller_identity.current.account_id
    role_path  = var.role_path
  }
  # Both are bounded by what they may do, so nothing that is attached to them later widens them.
  boundaries = { for role in keys(local.names) : role => aws_iam_policy.permissions["${role}-1"].arn }
}

resource "aws_iam_policy" "permissions" {
  for_each = local.files

  name        = "${local.names[each.value]}-${trimprefix(each.key, "${each.value}-")}"
  path        = var.role_path
  description = local.purposes[each.value]
  policy      = templatefile("${local.folder}/${each.key}.json", local.place)
}

resource "aws_iam_role" "access" {
  for_each = local.names

  name                 = each.value
  path                 = var.role_path
  description          = local.purposes[each.key]
  max_session_duration = 3600
  permissions_boundary = local.boundaries[each.key]
  assume_role_policy = templatefile("${local.folder}/trust.json", {
    role_arn        = local.hub_roles[each.key]
    external_id     = var.external_id
    organization_id = var.organization_id
  })
}

resource "aws_iam_role_policy_attachment" "permissions" {
  for_each = local.files

  role       = aws_iam_role.access[each.value].name
  policy_arn = aws_iam_policy.permissions[each.key].arn
}
