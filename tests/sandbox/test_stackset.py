"""Templates deployed into accounts: the product's own, their parameters, and what a template may say."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox, SandboxError
from sandbox.cloudformation.deploy import shipped
from tests.sandbox.refusals import refused

ACCOUNT, OTHER, HUB, MANAGEMENT = "111111111111", "222222222222", "999988887777", "777766665555"
EXTERNAL_ID = "a-random-external-id-of-ours"
HUB_ROLE = f"arn:aws:iam::{HUB}:role/firstline/"


def parameters(sandbox: Sandbox, **other: str) -> dict[str, str]:
    return {
        "HubLookRoleArn": f"{HUB_ROLE}firstline-look-worker",
        "HubApplyRoleArn": f"{HUB_ROLE}firstline-apply-worker",
        "HubHandOverRoleArn": f"{HUB_ROLE}firstline-hand-over",
        "ExternalId": EXTERNAL_ID,
        "OrganizationId": sandbox.organisation()["org_id"],
        **other,
    }


def enter(sandbox: Sandbox, account: str, worker: str, role: str, **more: Any) -> dict[str, Any]:
    sts = sandbox.client_with("sts", sandbox.hub_credentials(worker))
    given = {"RoleSessionName": "run-1.1", "ExternalId": EXTERNAL_ID, **more}
    entered: dict[str, Any] = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/firstline/{role}", **given)
    return entered


@pytest.fixture
def bare(server: Sandbox) -> Sandbox:
    """An organisation that has never heard of Firstline."""
    server.organisation(hub_roles=False, firstline_roles=False, accounts=[{"id": ACCOUNT}, {"id": OTHER}])
    return server


def test_organisation_is_entered_once_hub_and_stackset_are_deployed(bare: Sandbox) -> None:
    with pytest.raises(SandboxError, match=r"deploy firstline-hub\.yaml"):
        bare.hub_credentials("look")
    outputs = bare.deploy(shipped("firstline-hub"), {"Platform": "ecs"}, [HUB])[HUB]
    assert outputs["LookRoleArn"] == f"{HUB_ROLE}firstline-look-worker"
    with refused("AccessDenied"):
        enter(bare, ACCOUNT, "look", "FirstlineLook")
    made = bare.deploy(shipped("firstline-roles"), parameters(bare))
    assert set(made) == {ACCOUNT, OTHER, HUB} and MANAGEMENT not in made
    for worker, role in (("look", "FirstlineLook"), ("apply", "FirstlineApply"), ("hand-over", "FirstlineHandOver")):
        assert f":assumed-role/{role}/" in enter(bare, OTHER, worker, role)["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(
    ("worker", "role", "more"),
    [
        ("look", "FirstlineApply", {}),
        ("apply", "FirstlineLook", {}),
        ("apply", "FirstlineHandOver", {}),
        ("hand-over", "FirstlineApply", {}),
        ("look", "FirstlineLook", {"ExternalId": "somebody-elses-id"}),
    ],
)
def test_each_worker_enters_by_its_own_role_and_external_id_only(
    bare: Sandbox, worker: str, role: str, more: dict[str, str]
) -> None:
    bare.deploy(shipped("firstline-hub"), {"Platform": "ecs"}, [HUB])
    bare.deploy(shipped("firstline-roles"), parameters(bare))
    with refused("AccessDenied"):
        enter(bare, ACCOUNT, worker, role, **more)


def test_organisation_in_the_trust_is_checked(bare: Sandbox) -> None:
    bare.deploy(shipped("firstline-hub"), {"Platform": "ecs"}, [HUB])
    bare.deploy(shipped("firstline-roles"), parameters(bare, OrganizationId="o-somebodyelse1"))
    with refused("AccessDenied"):
        enter(bare, ACCOUNT, "look", "FirstlineLook")


def test_deploying_again_updates_what_is_there(sandbox: Sandbox) -> None:
    before = sandbox.state(ACCOUNT)["roles"]["FirstlineLook"]
    sandbox.deploy(shipped("firstline-roles"), parameters(sandbox), [ACCOUNT])
    after = sandbox.state(ACCOUNT)["roles"]["FirstlineLook"]
    assert (after["id"], after["attached_policies"]) == (before["id"], before["attached_policies"])
    enter(sandbox, ACCOUNT, "look", "FirstlineLook")
    narrower = shipped("firstline-roles").replace("              - iam:ListRoles\n", "")
    sandbox.deploy(narrower, parameters(sandbox), [ACCOUNT])
    versions = sandbox.state(ACCOUNT)["policies"]["FirstlineLook-1"]["versions"]
    assert "iam:ListRoles" not in versions["v2"]["Statement"][0]["Action"]


def test_wrong_parameters_are_all_named_and_never_shown(sandbox: Sandbox) -> None:
    wrong = parameters(sandbox, ExternalId="short-secret", RolePath="/", Colour="blue")
    del wrong["HubLookRoleArn"]
    with pytest.raises(SandboxError) as told:
        sandbox.deploy(shipped("firstline-roles"), wrong, [ACCOUNT])
    assert all(name in str(told.value) for name in ("ExternalId", "RolePath", "Colour", "HubLookRoleArn"))
    assert "short-secret" not in str(told.value)


def test_hub_that_does_not_exist_yet_can_not_be_trusted(bare: Sandbox) -> None:
    with pytest.raises(SandboxError, match="Invalid principal"):
        bare.deploy(shipped("firstline-roles"), parameters(bare), [ACCOUNT])


PROVIDER = {
    "OidcProviderArn": f"arn:aws:iam::{HUB}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC",
    "OidcIssuer": "oidc.eks.eu-central-1.amazonaws.com/id/abc",
}


@pytest.mark.parametrize(
    ("platform", "more", "principal"),
    [
        ("ecs", {}, {"Service": "ecs-tasks.amazonaws.com"}),
        ("ec2", {}, {"Service": "ec2.amazonaws.com"}),
        ("eks-pod-identity", {}, {"Service": "pods.eks.amazonaws.com"}),
        ("eks-irsa", PROVIDER, {"Federated": PROVIDER["OidcProviderArn"]}),
    ],
)
def test_hub_trusts_the_platform_its_workers_run_on(
    bare: Sandbox, platform: str, more: dict[str, str], principal: dict[str, str]
) -> None:
    bare.deploy(shipped("firstline-hub"), {"Platform": platform, **more}, [HUB])
    role = bare.state(HUB)["roles"]["firstline-apply-worker"]
    (statement,) = role["trust"]["Statement"]
    assert statement["Principal"] == principal
    assert role["instance_profiles"] == (["firstline-apply-worker"] if platform == "ec2" else [])
    if more:
        wanted = "system:serviceaccount:firstline:firstline-apply-worker"
        assert statement["Condition"]["StringEquals"][f"{more['OidcIssuer']}:sub"] == wanted


def test_irsa_without_its_provider_is_refused(bare: Sandbox) -> None:
    with pytest.raises(SandboxError, match="eks-irsa needs OidcProviderArn and OidcIssuer"):
        bare.deploy(shipped("firstline-hub"), {"Platform": "eks-irsa"}, [HUB])


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("Resources: [", "template"),
        ("Parameters: {}", "no Resources"),
        ("Resources: {A: {Type: 'AWS::S3::Bucket'}}", "makes no AWS::S3::Bucket"),
        ("Resources: {A: {Type: 'AWS::IAM::Role', Properties: {RoleName: !Base64 x}}}", "does not know Fn::Base64"),
        ("Resources: {A: {Type: 'AWS::IAM::Role', Properties: {RoleName: !Ref Nobody}}}", "no resource or parameter"),
    ],
)
def test_what_the_sandbox_can_not_deploy_it_says(bare: Sandbox, template: str, told: str) -> None:
    with pytest.raises(SandboxError, match=told):
        bare.deploy(template, {}, [ACCOUNT])


@pytest.mark.parametrize("how", ["no_role", "wrong_trust", "wrong_external_id", "suspended", "denied_by_scp"])
def test_broken_account_can_not_be_entered_and_its_neighbour_can(server: Sandbox, how: str) -> None:
    server.organisation(
        external_id=EXTERNAL_ID, accounts=[{"id": ACCOUNT, "broken": how}, {"id": OTHER}, {"id": "333333333333"}]
    )
    server.break_access("333333333333", how)
    for account in (ACCOUNT, "333333333333"):
        for worker, role in (("look", "FirstlineLook"), ("apply", "FirstlineApply")):
            with refused("AccessDenied") as caught:
                enter(server, account, worker, role)
            assert ("explicit deny in a service control policy" in str(caught[0])) is (how == "denied_by_scp")
    enter(server, OTHER, "look", "FirstlineLook")


def test_unknown_way_to_break_names_the_known_ones(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="no_role, wrong_trust, wrong_external_id, suspended, denied_by_scp"):
        sandbox.break_access(ACCOUNT, "politely")
