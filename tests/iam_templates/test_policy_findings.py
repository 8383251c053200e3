"""Every policy of a declaration is looked at, under the place where it is written."""

from typing import Any

from iam_templates.policy_findings import declaration_findings

ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ANYONE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
}
CONTENT: dict[str, Any] = {
    "resources": {
        "iam.policy": {"All": {"document": ALL}},
        "iam.group": {"Admins": {"inline_policies": {"a/b": ALL}}},
        "iam.user": {"ann": {"inline_policies": {"include": {"Own": ALL}}}},
        "iam.role": {"Open": {"trust": {"document": ANYONE}}, "Runner": {"trust": [{"service": "ec2"}]}},
        "iam.root": {"mfa": True},
    }
}


def test_managed_inline_and_trust_policies_are_found_where_they_stand() -> None:
    assert [(one.pointer, one.code) for one in declaration_findings(CONTENT)] == [
        ("/resources/iam.policy/All/document/Statement/0", "allow_everything"),
        ("/resources/iam.group/Admins/inline_policies/a~1b/Statement/0", "allow_everything"),
        ("/resources/iam.role/Open/trust/document/Statement/0/Principal", "trusts_anyone"),
        ("/resources/iam.user/ann/inline_policies/include/Own/Statement/0", "allow_everything"),
    ]


def test_a_declaration_of_odd_shapes_has_none() -> None:
    for odd in ({}, {"resources": None}, {"resources": {"iam.policy": []}}, {"resources": {"iam.policy": {"A": 1}}}):
        assert declaration_findings(odd) == ()
