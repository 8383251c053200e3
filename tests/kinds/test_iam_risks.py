"""A customer's own policy makes administrators by what it says in the account, whoever declared it."""

import pytest

from provisioning.core.snapshot import Snapshot
from provisioning.kinds import all_kinds
from tests.kinds.iam_model import ACCOUNT, snapshot_of
from tests.kinds.test_iam_group import CONTEXT
from tests.kinds.test_iam_group import document as allowing

ARN = f"arn:aws:iam::{ACCOUNT}:policy/teams/Mighty"
UNKNOWN = "arn:aws:iam::aws:policy/MadeByAwsYesterday"


def holding(action: str) -> Snapshot:
    """An account whose own policy allows this action on everything."""
    versions = [{"id": "v1", "document": '{"Version":"2012-10-17","Statement":[]}', "created_at": ""}]
    versions.append({"id": "v2", "document": as_text(action), "created_at": ""})
    row = {"name": "Mighty", "path": "/teams/", "arn": ARN, "id": "p", "default_version": "v2", "versions": versions}
    return snapshot_of(policies=[row])


def as_text(action: str) -> str:
    return '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"' + action + '","Resource":"*"}]}'


@pytest.mark.parametrize("kind", ["iam.group", "iam.role"])
@pytest.mark.parametrize(("action", "codes"), [("iam:*", ("admin_grant",)), ("s3:Get*", ())])
def test_an_attached_policy_is_judged_by_its_default_version(kind: str, action: str, codes: tuple[str, ...]) -> None:
    declared = {"attached_policies": [ARN]}
    found = all_kinds()[kind]
    spec = found.parse("Developers", declared, CONTEXT)
    assert found.risks("Developers", spec, None, holding(action)) == codes
    assert found.risks("Developers", spec, spec, holding(action)) == ()


@pytest.mark.parametrize("kind", ["iam.group", "iam.role"])
def test_an_aws_policy_nobody_knows_yet_waits_for_a_person(kind: str) -> None:
    found = all_kinds()[kind]
    spec = found.parse("Developers", {"attached_policies": [UNKNOWN]}, CONTEXT)
    assert found.risks("Developers", spec, None, holding("s3:Get*")) == ("unknown_policy",)


@pytest.mark.parametrize("name", ["PowerUserAccess", "IAMFullAccess", "AdministratorAccess-Amplify"])
def test_aws_policies_that_lead_to_administration_are_known_by_their_documents(name: str) -> None:
    found = all_kinds()["iam.group"]
    spec = found.parse("Developers", {"attached_policies": [name]}, CONTEXT)
    assert found.risks("Developers", spec, None, holding("s3:Get*")) == ("admin_grant",)


def test_a_document_of_an_inline_policy_counts_as_well() -> None:
    found = all_kinds()["iam.group"]
    spec = found.parse("Developers", {"inline_policies": {"All": allowing("iam:*")}}, CONTEXT)
    assert found.risks("Developers", spec, None, holding("s3:Get*")) == ("admin_grant",)
