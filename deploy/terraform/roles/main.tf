# The roles by which Firstline enters one account: the same as deploy/cloudformation/firstline-roles.yaml. What they may
# do stands in deploy/policies/, which `make permissions WRITE=1` writes.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  folder = "${path.module}/../../policies"
  names = {
    look      = "FirstlineLook"
    apply     = "FirstlineApply"
    hand-over = "FirstlineHandOver"
  }
  purposes = {
    look      = "Reads what a look compares; it can write nothing."
    apply     = "Makes the calls of approved plans, each session narrowed to its calls."
    hand-over = "Makes a first password or an access key, and takes it back."
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
  look      = jsondecode(templatefile("${local.folder}/look-1.json", local.place))
  simulator = jsondecode(file("${local.folder}/simulator.json"))
  # In the same policy, because that one bounds the role as well.
  look_and_ask = jsonencode(merge(local.look, { Statement = concat(local.look.Statement, local.simulator.Statement) }))
  # Look and hand-over are bounded by what they may do, so nothing that is attached to them later widens them.
  boundaries = {
    look      = aws_iam_policy.permissions["look-1"].arn
    apply     = aws_iam_policy.apply_boundary.arn
    hand-over = aws_iam_policy.permissions["hand-over-1"].arn
  }
}

resource "aws_iam_policy" "permissions" {
  for_each = local.files

  name        = "${local.names[each.value]}-${trimprefix(each.key, "${each.value}-")}"
  path        = var.role_path
  description = local.purposes[each.value]
  policy      = each.key == "look-1" && var.ask_simulator ? local.look_and_ask : templatefile("${local.folder}/${each.key}.json", local.place)
}

resource "aws_iam_policy" "apply_boundary" {
  name        = "FirstlineApplyBoundary"
  path        = var.role_path
  description = "The most that apply can do."
  policy      = templatefile("${local.folder}/boundary-apply.json", local.place)
}

resource "aws_iam_role" "access" {
  for_each = local.names

  name                 = each.value
  path                 = var.role_path
  description          = local.purposes[each.key]
  max_session_duration = 3600
  permissions_boundary = local.boundaries[each.key]
  assume_role_policy = templatefile("${local.folder}/trust.json", {
    role_arn        = var.hub_role_arns[each.key]
    external_id     = var.external_id
    organization_id = var.organization_id
  })
}

resource "aws_iam_role_policy_attachment" "permissions" {
  for_each = local.files

  role       = aws_iam_role.access[each.value].name
  policy_arn = aws_iam_policy.permissions[each.key].arn
}
