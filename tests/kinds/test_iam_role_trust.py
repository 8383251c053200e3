"""Trust shortcuts: each is exactly the document that AWS's guides give for the case, and its dangers are named."""

from typing import Any

import pytest

from provisioning.core.change import ResourceKey
from provisioning.core.kind import Context
from provisioning.core.plain import plain
from provisioning.kinds.iam_role import RoleKind
from tests.kinds.iam_model import ACCOUNT, Iam
from tests.kinds.reconcile import CONTEXT, refusals

KIND = RoleKind()
GITHUB = "token.actions.githubusercontent.com"
ANCHOR = "0123abcd-0123-4123-8123-0123456789ab"
ANCHOR_ARN = f"arn:aws:rolesanywhere:eu-central-1:{ACCOUNT}:trust-anchor/{ANCHOR}"
WEB = "sts:AssumeRoleWithWebIdentity"


def wanted(trust: Any, context: Context = CONTEXT) -> Any:
    return KIND.parse("App", {"trust": trust}, context)


def iam(name: str, partition: str = "aws") -> str:
    return f"arn:{partition}:iam::{ACCOUNT}:{name}"


def allow(principal: Any, action: Any, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return statement | ({"Condition": condition} if condition else {})


def whole(*statements: Any) -> dict[str, Any]:
    return {"document": {"Version": "2012-10-17", "Statement": list(statements)}}


# IAM user guide: "Creating a role to delegate permissions to an IAM user", "external ID", "MFA-protected API access",
# "Create a role for SAML 2.0 federation", "… for OpenID Connect federation"; Roles Anywhere guide: "Role trusting".
DOCUMENTED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"service": "ec2"}, allow({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole")),
    ({"account": "444455556666"}, allow({"AWS": "arn:aws:iam::444455556666:root"}, "sts:AssumeRole")),
    (
        {"account": "444455556666", "external_id": "12345", "require_mfa": True},
        allow(
            {"AWS": "arn:aws:iam::444455556666:root"},
            "sts:AssumeRole",
            StringEquals={"sts:ExternalId": "12345"},
            Bool={"aws:MultiFactorAuthPresent": "true"},
        ),
    ),
    (
        {"account": "444455556666", "require_mfa": False},
        allow({"AWS": "arn:aws:iam::444455556666:root"}, "sts:AssumeRole"),
    ),
    (
        {"saml": "corp"},
        allow(
            {"Federated": iam("saml-provider/corp")},
            "sts:AssumeRoleWithSAML",
            StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"},
        ),
    ),
    (
        {"oidc": GITHUB, "subject": "repo:octo-org/octo-repo:ref:refs/heads/octo-branch"},
        allow(
            {"Federated": iam(f"oidc-provider/{GITHUB}")},
            WEB,
            StringEquals={
                f"{GITHUB}:aud": "sts.amazonaws.com",
                f"{GITHUB}:sub": "repo:octo-org/octo-repo:ref:refs/heads/octo-branch",
            },
        ),
    ),
    (
        {"oidc": f"https://{GITHUB}", "audience": "ours", "subject": ["repo:octo-org/*", "repo:octo-org/app:*"]},
        allow(
            {"Federated": iam(f"oidc-provider/{GITHUB}")},
            WEB,
            StringEquals={f"{GITHUB}:aud": "ours"},
            StringLike={f"{GITHUB}:sub": ["repo:octo-org/*", "repo:octo-org/app:*"]},
        ),
    ),
    (
        {"roles_anywhere": f"eu-central-1:{ANCHOR}", "certificate": {"x509Subject/OU": "Security"}},
        allow(
            {"Service": "rolesanywhere.amazonaws.com"},
            ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            StringEquals={"aws:PrincipalTag/x509Subject/OU": "Security"},
            ArnEquals={"aws:SourceArn": ANCHOR_ARN},
        ),
    ),
]


@pytest.mark.parametrize(("shortcut", "statement"), DOCUMENTED)
def test_shortcut_is_the_statement_of_the_guide(shortcut: Any, statement: Any) -> None:
    assert wanted([shortcut]) == wanted(whole(statement))


def test_several_shortcuts_stand_in_one_list_and_equal_ones_are_one() -> None:
    shortcuts = [shortcut for shortcut, _ in DOCUMENTED]
    assert wanted(shortcuts) == wanted(whole(*(statement for _, statement in DOCUMENTED)))
    assert wanted([shortcuts[1], shortcuts[1]]) == wanted([shortcuts[1]])


@pytest.mark.parametrize(
    ("partition", "audience"),
    [("aws-cn", "https://signin.amazonaws.cn/saml"), ("aws-us-gov", "https://signin.amazonaws-us-gov.com/saml")],
)
def test_saml_audience_is_the_sign_in_page_of_the_partition(partition: str, audience: str) -> None:
    trust = plain(wanted([{"saml": "corp"}], Context(ACCOUNT, partition=partition)))["trust"]
    assert trust["Statement"][0]["Condition"] == {"StringEquals": {"SAML:aud": audience}}
    assert trust["Statement"][0]["Principal"] == {"Federated": iam("saml-provider/corp", partition)}


@pytest.mark.parametrize(
    ("shortcut", "pointer", "told"),
    [
        ({"account": 444455556666}, "/account", "in quotes"),
        ({"account": "444455556666", "external_id": "a b"}, "/external_id", "2 to 1,224"),
        ({"account": "444455556666", "require_mfa": "yes"}, "/require_mfa", "true or false"),
        ({"account": "444455556666", "mfa": True}, "/mfa", "external_id, require_mfa"),
        ({"saml": "no spaces"}, "/saml", "SAML provider"),
        ({"oidc": GITHUB}, "/subject", "needs subject"),
        ({"oidc": GITHUB, "subject": []}, "/subject", "or a list of them"),
        ({"oidc": GITHUB, "subject": ["repo:octo-org/app", "*"]}, "/subject", "leaves open whose"),
        ({"oidc": GITHUB, "subject": "repo:*"}, "/subject", "document"),
        ({"oidc": "not an issuer", "subject": "me"}, "/oidc", "issuer"),
        ({"roles_anywhere": []}, "/roles_anywhere", "trust anchors"),
        ({"roles_anywhere": "eu-central-1:short"}, "/roles_anywhere", "trust anchors"),
        ({"roles_anywhere": ANCHOR_ARN, "certificate": {"OU": "x"}}, "/certificate", "x509Subject"),
        ({"roles_anywhere": ANCHOR_ARN, "certificate": {}}, "/certificate", "map"),
        ({"service": "ec2", "account": "444455556666"}, "", "service and account"),
    ],
)
def test_shortcut_that_cannot_be_names_its_field_and_what_to_write(shortcut: Any, pointer: str, told: str) -> None:
    assert told in refusals(KIND, "App", {"trust": [{"service": "ec2"}, shortcut]})[f"/trust/1{pointer}"]


def test_trust_longer_than_aws_takes_is_refused() -> None:
    many = [{"account": f"{number:012}", "external_id": "x" * 40} for number in range(20)]
    assert "2048" in refusals(KIND, "App", {"trust": many})["/trust"]


FEDERATED = "trusts_federated"


@pytest.mark.parametrize(
    ("trust", "codes"),
    [
        ([{"service": "ec2"}], ()),
        ([{"account": ACCOUNT}], ()),
        ([{"account": "444455556666", "external_id": "12345"}], ("trusts_other_account",)),
        ([{"saml": "corp"}], (FEDERATED,)),
        ([{"oidc": GITHUB, "subject": "repo:octo-org/*"}], (FEDERATED,)),
        ([{"roles_anywhere": ANCHOR_ARN}], (FEDERATED,)),
        (whole(allow({"Federated": iam(f"oidc-provider/{GITHUB}")}, WEB)), ("trusts_anyone", FEDERATED)),
        (
            whole(
                allow(
                    {"Federated": iam(f"oidc-provider/{GITHUB}")},
                    WEB,
                    StringEquals={f"{GITHUB}:aud": "sts.amazonaws.com"},
                )
            ),
            ("trusts_anyone", FEDERATED),
        ),
        (
            whole(
                allow({"Federated": iam(f"oidc-provider/{GITHUB}")}, WEB, StringLike={f"{GITHUB}:sub": "repo:*"}),
            ),
            ("trusts_anyone", FEDERATED),
        ),
        (
            whole(
                allow(
                    {"Federated": iam(f"oidc-provider/{GITHUB}")},
                    WEB,
                    StringLikeIfExists={f"{GITHUB}:sub": "repo:octo-org/*"},
                )
            ),
            ("trusts_anyone", FEDERATED),
        ),
        (
            whole(
                allow(
                    {"Federated": "cognito-identity.amazonaws.com"},
                    WEB,
                    StringEquals={"cognito-identity.amazonaws.com:aud": "us-east-1:pool"},
                )
            ),
            (FEDERATED,),
        ),
    ],
)
def test_whoever_is_let_in_from_outside_is_a_risk(trust: Any, codes: tuple[str, ...]) -> None:
    assert KIND.risks("App", wanted(trust), None, Iam().snapshot()) == codes
    assert KIND.risks("App", wanted(trust), wanted(trust), Iam().snapshot()) == ()


def test_role_comes_after_the_identity_providers_of_its_account() -> None:
    trust = [
        {"saml": "corp"},
        {"oidc": GITHUB, "subject": "repo:octo-org/*"},
        {"saml": "arn:aws:iam::444455556666:saml-provider/theirs"},
    ]
    assert KIND.references("App", wanted(trust), CONTEXT) == {
        ResourceKey("iam.saml_provider", "corp"),
        ResourceKey("iam.oidc_provider", GITHUB),
    }
