"""What IAM shows: names and ids in the bulk read, paging everywhere, AWS managed policies from one table."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.documents import policy, trust
from tests.sandbox.refusals import refused

ACCOUNT, OTHER = "111111111111", "222222222222"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALL = ["User", "Role", "Group", "LocalManagedPolicy"]


def details(iam: Any, *kinds: str, size: int = 100) -> dict[str, list[dict[str, Any]]]:
    pages = iam.get_paginator("get_account_authorization_details").paginate(
        Filter=list(kinds), PaginationConfig={"PageSize": size}
    )
    found: dict[str, Any] = pages.build_full_result()
    return found


def test_bulk_read_names_its_policies(iam: Any) -> None:
    made = iam.create_policy(PolicyName="Guard", Path="/firstline/", PolicyDocument=policy())["Policy"]
    (found,) = [one for one in details(iam, "LocalManagedPolicy")["Policies"] if one["Arn"] == made["Arn"]]
    assert (found["PolicyName"], found["PolicyId"]) == ("Guard", made["PolicyId"])
    assert found["PolicyVersionList"][0]["Document"]["Statement"][0]["Action"] == "s3:GetObject"
    assert found["PolicyId"].startswith("ANPA")


def test_bulk_read_pages_over_all_kinds_together(iam: Any) -> None:
    for number in range(5):
        iam.create_group(GroupName=f"g{number}")
    first = iam.get_account_authorization_details(Filter=ALL, MaxItems=3)
    assert sum(len(v) for v in first.values() if isinstance(v, list)) == 3
    assert first["IsTruncated"] is True
    whole, in_pages = details(iam, *ALL), details(iam, *ALL, size=2)
    for member in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
        assert in_pages.get(member, []) == whole.get(member, [])


def test_bulk_read_shows_aws_managed_policies_in_use_only_when_asked(iam: Any) -> None:
    iam.create_group(GroupName="G")
    iam.attach_group_policy(GroupName="G", PolicyArn=READ_ONLY)
    assert all(found["Arn"].split(":")[4] == ACCOUNT for found in details(iam, *ALL)["Policies"])
    shown = {found["PolicyName"] for found in details(iam, "AWSManagedPolicy")["Policies"]}
    assert "ReadOnlyAccess" in shown and "IAMFullAccess" not in shown


def test_bulk_read_holds_boundaries_groups_tags_and_no_description(iam: Any) -> None:
    iam.create_group(GroupName="G")
    iam.add_user_to_group(GroupName="G", UserName="ann")
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=READ_ONLY)
    iam.create_role(
        RoleName="R", AssumeRolePolicyDocument=trust(), Description="said", Tags=[{"Key": "k", "Value": "v"}]
    )
    found = details(iam, *ALL)
    ann = next(user for user in found["UserDetailList"] if user["UserName"] == "ann")
    role = next(role for role in found["RoleDetailList"] if role["RoleName"] == "R")
    assert (ann["GroupList"], ann["PermissionsBoundary"]["PermissionsBoundaryArn"]) == (["G"], READ_ONLY)
    assert "UserPolicyList" not in ann
    assert role["Tags"] == [{"Key": "k", "Value": "v"}] and not {"Description", "MaxSessionDuration"} & set(role)


def test_role_list_holds_description_and_session_length_but_no_boundary_or_tags(iam: Any) -> None:
    iam.create_role(
        RoleName="R",
        AssumeRolePolicyDocument=trust(),
        Description="said",
        MaxSessionDuration=7200,
        PermissionsBoundary=READ_ONLY,
        Tags=[{"Key": "k", "Value": "v"}],
    )
    role = next(role for role in iam.list_roles()["Roles"] if role["RoleName"] == "R")
    assert (role["Description"], role["MaxSessionDuration"]) == ("said", 7200)
    assert not {"PermissionsBoundary", "Tags", "RoleLastUsed"} & set(role)


PAGED = ["list_roles", "list_groups", "list_users", "list_policies", "list_instance_profiles"]


@pytest.mark.parametrize("operation", PAGED)
def test_every_list_pages_without_loss(iam: Any, operation: str) -> None:
    for number in range(3):
        iam.create_group(GroupName=f"x{number}")
        iam.create_role(RoleName=f"x{number}", AssumeRolePolicyDocument=trust())
        iam.create_policy(PolicyName=f"x{number}", PolicyDocument=policy())
        iam.create_instance_profile(InstanceProfileName=f"x{number}")
    scope = {"Scope": "Local"} if operation == "list_policies" else {}
    pager = iam.get_paginator(operation)
    (member,) = (key for key in getattr(iam, operation)(**scope) if key not in ("IsTruncated", "ResponseMetadata"))
    whole = getattr(iam, operation)(**scope)[member]
    pages = [page[member] for page in pager.paginate(**scope, PaginationConfig={"PageSize": 1})]
    assert [item for page in pages for item in page] == whole
    assert all(len(page) == 1 for page in pages)


def test_members_inline_and_attached_lists_page(iam: Any) -> None:
    iam.create_group(GroupName="G")
    for number in range(3):
        iam.create_user(UserName=f"u{number}")
        iam.add_user_to_group(GroupName="G", UserName=f"u{number}")
        iam.put_group_policy(GroupName="G", PolicyName=f"p{number}", PolicyDocument=policy())
    first = iam.get_group(GroupName="G", MaxItems=2)
    rest = iam.get_group(GroupName="G", MaxItems=2, Marker=first["Marker"])
    assert [u["UserName"] for u in first["Users"] + rest["Users"]] == ["u0", "u1", "u2"]
    assert iam.list_group_policies(GroupName="G", MaxItems=2)["PolicyNames"] == ["p0", "p1"]


def test_pages_may_be_shorter_than_asked_for(sandbox: Sandbox, iam: Any) -> None:
    for number in range(4):
        iam.create_group(GroupName=f"g{number}")
    sandbox.limit_pages(3)
    page = iam.get_account_authorization_details(MaxItems=1000)
    assert page["IsTruncated"] is True
    assert len(details(iam, "Group", size=1000)["GroupDetailList"]) == 4


def test_marker_from_nowhere_is_refused(iam: Any) -> None:
    with refused("ValidationError"):
        iam.list_roles(Marker="nowhere")


def test_entities_of_a_policy_page_beyond_a_hundred_and_tell_boundaries_apart(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="P", PolicyDocument=policy())["Policy"]["Arn"]
    for number in range(101):
        iam.create_role(RoleName=f"r{number:03}", AssumeRolePolicyDocument=trust())
        iam.attach_role_policy(RoleName=f"r{number:03}", PolicyArn=arn)
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=arn)
    found = iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=arn).build_full_result()
    assert (len(found["PolicyRoles"]), [u["UserName"] for u in found["PolicyUsers"]]) == (101, ["ann"])
    bounded = iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")
    assert (bounded["PolicyRoles"], len(bounded["PolicyUsers"])) == ([], 1)


def test_aws_managed_policies_are_attachable_and_readable_in_every_account(sandbox: Sandbox) -> None:
    for account in (ACCOUNT, OTHER):
        iam = sandbox.client("iam", account)
        iam.create_group(GroupName="G")
        for arn in (READ_ONLY, "arn:aws:iam::aws:policy/job-function/Billing"):
            iam.attach_group_policy(GroupName="G", PolicyArn=arn)
            found = iam.get_policy(PolicyArn=arn)["Policy"]
            version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])
            assert found["AttachmentCount"] == 1
            assert version["PolicyVersion"]["Document"]["Statement"]


def test_one_aws_managed_policy_has_one_id_everywhere(sandbox: Sandbox) -> None:
    ids = {sandbox.client("iam", a).get_policy(PolicyArn=READ_ONLY)["Policy"]["PolicyId"] for a in (ACCOUNT, OTHER)}
    assert len(ids) == 1


def test_aws_managed_policies_cannot_be_changed(iam: Any) -> None:
    with refused("AccessDenied"):
        iam.create_policy_version(PolicyArn=READ_ONLY, PolicyDocument=policy())
    with refused("NoSuchEntity"):
        iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/NoSuchThing")


def test_scope_tells_our_policies_from_awss(iam: Any) -> None:
    iam.create_policy(PolicyName="Ours", PolicyDocument=policy())
    local = iam.list_policies(Scope="Local")["Policies"]
    aws = iam.get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 1000})
    names = {found["PolicyName"] for page in aws for found in page["Policies"]}
    assert [found["PolicyName"] for found in local if found["Path"] == "/"] == ["Ours"]
    assert all(found["Arn"].split(":")[4] == ACCOUNT for found in local)
    assert {"AdministratorAccess", "Billing"} <= names and "Ours" not in names


def test_summary_counts_and_tells_quotas(sandbox: Sandbox, iam: Any) -> None:
    sandbox.set_root_mfa(ACCOUNT, False)
    summary = iam.get_account_summary()["SummaryMap"]
    assert (summary["Users"], summary["GroupsPerUserQuota"], summary["AccountMFAEnabled"]) == (2, 10, 0)
    sandbox.set_root_mfa(ACCOUNT, True)
    assert iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 1


def test_password_policy_can_be_sent_back_as_it_was_read(iam: Any) -> None:
    with refused("NoSuchEntity"):
        iam.get_account_password_policy()
    iam.update_account_password_policy(MinimumPasswordLength=14)
    read = iam.get_account_password_policy()["PasswordPolicy"]
    read.pop("ExpirePasswords")
    iam.update_account_password_policy(**read)


def test_alias_is_unique_over_all_accounts(sandbox: Sandbox, iam: Any) -> None:
    iam.create_account_alias(AccountAlias="acme-dev")
    with refused("EntityAlreadyExists"):
        sandbox.client("iam", OTHER).create_account_alias(AccountAlias="acme-dev")
    iam.create_account_alias(AccountAlias="acme-dev-2")
    assert iam.list_account_aliases()["AccountAliases"] == ["acme-dev-2"]
