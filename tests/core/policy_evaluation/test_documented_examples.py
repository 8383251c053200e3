"""The worked examples of the IAM user guide, told with our own policies: what AWS says the decision is."""

import pytest

from provisioning.core.policy_evaluation import Why
from tests.core.policy_evaluation.questions import OURS, THEIRS, Json, allow, ask, decide, deny

CARLOS = f"arn:aws:iam::{OURS}:user/carlos"
CARLOS_POLICY = [
    allow(["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*", Sid="SeeBuckets"),
    allow("s3:*", ["arn:aws:s3:::carlos/*", "arn:aws:s3:::carlos"], Sid="OwnBucket"),
    deny("s3:*", "arn:aws:s3:::*log*", Sid="NoLogs"),
]
BUCKET_POLICY = [
    {
        "Effect": "Allow",
        "Principal": {"AWS": CARLOS},
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::carlos/*", "arn:aws:s3:::carlos"],
    }
]


def test_carlos_is_denied_the_log_bucket_by_name_and_allowed_his_own() -> None:
    logs = ask("s3:PutObject", "arn:aws:s3:::carlos-logs/x", who=CARLOS, identity=CARLOS_POLICY)
    assert logs.why is Why.EXPLICIT_DENY
    assert logs.deciding is not None
    assert logs.deciding.sid_or_number == "NoLogs"
    own = "arn:aws:s3:::carlos/x"
    assert decide("s3:PutObject", own, who=CARLOS, identity=CARLOS_POLICY, resource_policy=BUCKET_POLICY) == "allowed"
    # If only one of the two allows, he is still allowed.
    assert decide("s3:PutObject", own, who=CARLOS, identity=CARLOS_POLICY) == "allowed"
    assert decide("s3:PutObject", own, who=CARLOS, resource_policy=BUCKET_POLICY) == "allowed"


@pytest.mark.parametrize(
    ("action", "bucket", "expected"),
    [
        ("s3:PutObject", "Production/x", "allowed"),
        ("s3:GetObject", "Production/x", "allowed"),
        ("s3:DeleteObject", "Production/x", "denied"),
        ("s3:PutObject", "Production-logs/x", "denied"),
    ],
)
def test_carlos_reaches_a_bucket_of_another_account_where_both_accounts_allow(
    action: str, bucket: str, expected: str
) -> None:
    identity = [
        allow("s3:ListAllMyBuckets"),
        allow("s3:*Object*", "arn:aws:s3:::Production/*"),
        deny("s3:*", ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"]),
    ]
    policy = {**BUCKET_POLICY[0], "Action": ["s3:GetObject*", "s3:PutObject*"], "Resource": "arn:aws:s3:::Production/*"}
    resource_policy = [policy] if bucket.startswith("Production/") else None
    arn = f"arn:aws:s3:::{bucket}"
    answer = decide(action, arn, who=CARLOS, identity=identity, resource_policy=resource_policy, owner=THEIRS)
    assert answer == expected


def test_reports_are_denied_explicitly_and_other_writes_implicitly() -> None:
    statements = [allow(["iam:Get*", "iam:List*"]), deny("iam:*Report")]
    reports = ask("iam:GetOrganizationsAccessReport", identity=statements)
    assert (reports.decision, reports.why) == ("denied", Why.EXPLICIT_DENY)
    assert ask("iam:CreatePolicy", identity=statements).why is Why.NOT_ALLOWED
    assert decide("iam:ListUsers", identity=statements) == "allowed"
    # Somebody who adds an Allow for reports changes nothing.
    wider = [*statements, allow("iam:GenerateCredentialReport")]
    assert decide("iam:GenerateCredentialReport", identity=wider) == "denied"


def test_boundary_of_three_services_stops_iam_and_grants_nothing() -> None:
    boundary = [allow(["s3:*", "cloudwatch:*", "ec2:*"])]
    answer = ask("iam:CreateUser", identity=[allow("iam:CreateUser")], boundary=boundary)
    assert (answer.decision, answer.why) == ("denied", Why.BOUNDARY)
    assert decide("s3:GetObject", identity=[allow("iam:CreateUser")], boundary=boundary) == "denied"
    assert decide("s3:GetObject", identity=[allow("s3:Get*")], boundary=boundary) == "allowed"


def _mfa_guard() -> list[Json]:
    own = "arn:aws:iam::*:user/${aws:username}"
    listed = ["iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "sts:GetSessionToken"]
    return [
        allow("iam:ListVirtualMFADevices", Sid="ViewDevices"),
        allow(["iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices"], own, Sid="OwnDevice"),
        {
            "Sid": "DenyAllExceptListedWithoutMfa",
            "Effect": "Deny",
            "NotAction": listed,
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
    ]


@pytest.mark.parametrize(
    ("action", "mfa", "expected"),
    [
        ("s3:GetObject", None, "denied"),
        ("s3:GetObject", "false", "denied"),
        ("s3:GetObject", "true", "allowed"),
        ("iam:EnableMFADevice", None, "allowed"),
        ("iam:EnableMFADevice", "true", "allowed"),
        ("iam:DeleteVirtualMFADevice", None, "denied"),
    ],
)
def test_without_mfa_only_what_enrols_a_device_is_left(action: str, mfa: str | None, expected: str) -> None:
    context = {} if mfa is None else {"aws:MultiFactorAuthPresent": mfa}
    resource = CARLOS if action.startswith("iam") else "arn:aws:s3:::reports/x"
    statements = [*_mfa_guard(), allow("s3:*")]
    assert decide(action, resource, who=CARLOS, identity=statements, context=context) == expected


def test_own_device_only() -> None:
    other = f"arn:aws:iam::{OURS}:user/bob"
    assert decide("iam:EnableMFADevice", other, who=CARLOS, identity=_mfa_guard()) == "denied"


def test_condition_on_a_key_of_instances_stops_all_other_resources_of_a_launch_but_for_if_exists() -> None:
    kinds = {"ec2:InstanceType": ["t1.*", "t2.*", "m3.*"]}
    image = "arn:aws:ec2:eu-west-1::image/ami-1"
    instance = f"arn:aws:ec2:eu-west-1:{OURS}:instance/i-1"
    plain = [allow("ec2:RunInstances", Condition={"StringLike": kinds})]
    lenient = [allow("ec2:RunInstances", Condition={"StringLikeIfExists": kinds})]
    assert decide("ec2:RunInstances", image, identity=plain) == "denied"
    assert decide("ec2:RunInstances", image, identity=lenient) == "allowed"
    large = {"ec2:InstanceType": "c5.large"}
    assert decide("ec2:RunInstances", instance, identity=lenient, context=large) == "denied"


def test_home_directory_on_a_bucket_follows_the_user_name() -> None:
    prefixes = {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}}
    statements = [
        allow("s3:ListBucket", "arn:aws:s3:::bucket", Condition=prefixes),
        allow("s3:*", ["arn:aws:s3:::bucket/home/${aws:username}", "arn:aws:s3:::bucket/home/${aws:username}/*"]),
    ]
    for prefix, expected in (("", "allowed"), ("home/carlos/x", "allowed"), ("home/bob/x", "denied")):
        context = {"s3:prefix": prefix}
        bucket = "arn:aws:s3:::bucket"
        assert decide("s3:ListBucket", bucket, who=CARLOS, identity=statements, context=context) == expected
    assert decide("s3:PutObject", "arn:aws:s3:::bucket/home/carlos/x", who=CARLOS, identity=statements) == "allowed"
    assert decide("s3:PutObject", "arn:aws:s3:::bucket/home/bob/x", who=CARLOS, identity=statements) == "denied"


@pytest.mark.parametrize(
    ("region", "expected"), [("eu-central-1", "allowed"), ("us-east-1", "denied"), (None, "cannot_tell")]
)
def test_regions_of_an_scp(region: str | None, expected: str) -> None:
    outside = {
        "Effect": "Deny",
        "NotAction": ["iam:*", "organizations:*", "support:*"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}},
    }
    context = {"aws:RequestedRegion": region} if region else {}
    assert decide("ec2:RunInstances", identity=[allow()], scps=[[allow(), outside]], context=context) == expected
    assert decide("iam:ListUsers", identity=[allow()], scps=[[allow(), outside]], context=context) == "allowed"


def test_long_lived_credentials_have_no_token_issue_time() -> None:
    statement = allow("iam:*AccessKey*", Condition={"DateGreaterThan": {"aws:TokenIssueTime": "2030-01-01T00:00:01Z"}})
    assert decide("iam:ListAccessKeys", identity=[statement]) == "denied"
    issued = {"aws:TokenIssueTime": "2030-06-01T00:00:00Z"}
    assert decide("iam:ListAccessKeys", identity=[statement], context=issued) == "allowed"
