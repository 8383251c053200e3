# The identities of Firstline's own workers, in the hub account: the same as deploy/cloudformation/firstline-hub.yaml.
# What they may do stands in deploy/policies/, which `make permissions WRITE=1` writes.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  folder = "${path.module}/../../policies"
  names = {
    look      = "firstline-look-worker"
    apply     = "firstline-apply-worker"
    hand-over = "firstline-hand-over"
    vend      = "firstline-vend-worker"
  }
  place = {
    partition  = data.aws_partition.current.partition
    account_id = data.aws_caller_identity.current.account_id
    role_path  = var.role_path
  }
}

resource "aws_iam_role" "worker" {
  for_each = local.names

  name                 = each.value
  path                 = var.role_path
  description          = "Firstline's ${each.key} worker; it may assume one kind of role."
  max_session_duration = 3600
  assume_role_policy = templatefile("${local.folder}/hub-trust-${var.platform}.json", {
    account_id        = data.aws_caller_identity.current.account_id
    oidc_provider_arn = var.oidc_provider_arn
    oidc_issuer       = var.oidc_issuer
    oidc_subject      = "system:serviceaccount:${var.namespace}:${each.value}"
  })

  lifecycle {
    precondition {
      condition     = var.platform != "eks-irsa" || (var.oidc_provider_arn != "" && var.oidc_issuer != "")
      error_message = "eks-irsa needs oidc_provider_arn and oidc_issuer."
    }
    # A role made anew under the same name is not the one that the accounts trust.
    prevent_destroy = true
  }
}

resource "aws_iam_role_policy" "assume" {
  for_each = local.names

  name   = "assume"
  role   = aws_iam_role.worker[each.key].name
  policy = templatefile("${local.folder}/hub-${each.key}.json", local.place)
}

resource "aws_iam_instance_profile" "worker" {
  for_each = { for worker, name in local.names : worker => name if var.platform == "ec2" }

  name = each.value
  path = var.role_path
  role = aws_iam_role.worker[each.key].name
}
