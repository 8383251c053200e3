"""What the cross-account roles of the demo may do. The product prints its own; these are the widest it may need."""

from __future__ import annotations

READS = [
    *("iam:" + name for name in ("GetAccountAuthorizationDetails", "GetAccountSummary", "GetAccountPasswordPolicy")),
    *("iam:" + name for name in ("ListAccountAliases", "GenerateCredentialReport", "GetCredentialReport")),
    *("iam:" + name for name in ("ListRoles", "ListUsers", "ListGroups", "ListPolicies", "ListVirtualMFADevices")),
    *("iam:" + name for name in ("GetUser", "GetRole", "GetGroup", "GetPolicy", "GetPolicyVersion")),
    *("iam:" + name for name in ("ListPolicyVersions", "ListPolicyTags", "ListUserTags", "ListRoleTags")),
    *("iam:" + name for name in ("ListMFADevices", "ListAccessKeys", "GetAccessKeyLastUsed", "GetLoginProfile")),
    *("iam:" + name for name in ("ListEntitiesForPolicy", "ListGroupsForUser", "ListInstanceProfilesForRole")),
    *("iam:" + name for name in ("GetInstanceProfile", "ListInstanceProfiles", "ListInstanceProfileTags")),
    *(f"iam:Get{kind}Policy" for kind in ("User", "Role", "Group")),
    *(f"iam:List{kind}Policies" for kind in ("User", "Role", "Group")),
    *(f"iam:ListAttached{kind}Policies" for kind in ("User", "Role", "Group")),
    "budgets:ViewBudget",
    "budgets:ListTagsForResource",
    "budgets:DescribeBudgetActionsForAccount",
]

WRITES = [
    *("iam:" + name for name in ("CreateGroup", "UpdateGroup", "DeleteGroup", "AddUserToGroup", "RemoveUserFromGroup")),
    *("iam:" + name for name in ("CreateRole", "UpdateRole", "DeleteRole", "UpdateAssumeRolePolicy")),
    *("iam:" + name for name in ("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary")),
    *("iam:" + name for name in ("CreateInstanceProfile", "DeleteInstanceProfile", "AddRoleToInstanceProfile")),
    *("iam:" + name for name in ("RemoveRoleFromInstanceProfile", "PassRole", "UpdateRoleDescription")),
    *("iam:" + name for name in ("CreatePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion")),
    *("iam:" + name for name in ("DeletePolicyVersion", "DeletePolicy")),
    *("iam:" + name for name in ("CreateUser", "UpdateUser", "DeleteUser")),
    *("iam:" + name for name in ("PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary")),
    *(
        f"iam:{verb}{kind}Policy"
        for kind in ("User", "Role", "Group")
        for verb in ("Put", "Delete", "Attach", "Detach")
    ),
    *(f"iam:{verb}{kind}" for kind in ("User", "Role", "Policy", "InstanceProfile") for verb in ("Tag", "Untag")),
    *("iam:" + name for name in ("UpdateAccountPasswordPolicy", "DeleteAccountPasswordPolicy")),
    *("iam:" + name for name in ("CreateAccountAlias", "DeleteAccountAlias")),
    "budgets:ModifyBudget",
    "budgets:TagResource",
    "budgets:UntagResource",
]

# The apply role is nearly an administrator: the way in, and what AWS owns, stay out of its reach.
OUT_OF_REACH = [
    "arn:aws:iam::*:role/firstline/*",
    "arn:aws:iam::*:role/aws-reserved/*",
    "arn:aws:iam::*:role/aws-service-role/*",
    "arn:aws:iam::*:role/OrganizationAccountAccessRole",
]


def allow(actions: list[str], resource: str = "*") -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def document(*statements: dict[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


LOOK_POLICY = document(allow(READS))
APPLY_POLICY = document(
    allow(READS),
    allow(WRITES),
    {"Effect": "Deny", "NotAction": ["iam:Get*", "iam:List*"], "Resource": OUT_OF_REACH},
)
