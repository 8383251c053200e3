"""AWS managed policies are found by their short names, and a doubtful name is refused with advice."""

import json

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from provisioning.kinds.managed_policies import (
    ManagedPolicyTable,
    UnknownManagedPolicyError,
    known_names,
    managed_policies,
    managed_policy_arn,
)
from tools.managed_policies import TABLE, managed_policy_table

SAME_NAME_TWICE = ManagedPolicyTable("a test", "2026-01-01", {"Twin": ("/", "/job-function/")}, frozenset())


@pytest.mark.parametrize(
    ("name", "partition", "arn"),
    [
        ("ReadOnlyAccess", "aws", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("AdministratorAccess", "aws-cn", "arn:aws-cn:iam::aws:policy/AdministratorAccess"),
        ("Billing", "aws", "arn:aws:iam::aws:policy/job-function/Billing"),
        ("AmazonS3ReadOnlyAccess", "aws-us-gov", "arn:aws-us-gov:iam::aws:policy/AmazonS3ReadOnlyAccess"),
        ("AWSConfigRulesExecutionRole", "aws", "arn:aws:iam::aws:policy/service-role/AWSConfigRulesExecutionRole"),
    ],
)
def test_short_name_becomes_the_arn_with_its_path(name: str, partition: str, arn: str) -> None:
    assert managed_policy_arn(name, partition) == arn


def test_unknown_name_is_refused_and_asks_for_the_arn() -> None:
    with pytest.raises(UnknownManagedPolicyError, match="give the full ARN"):
        managed_policy_arn("NobodyEverMadeThis", "aws")


def test_name_in_another_case_is_refused_with_the_right_spelling() -> None:
    with pytest.raises(UnknownManagedPolicyError, match="Did you mean ReadOnlyAccess"):
        managed_policy_arn("readonlyaccess", "aws")


def test_ambiguous_name_is_refused_with_both_arns() -> None:
    with pytest.raises(UnknownManagedPolicyError) as refused:
        SAME_NAME_TWICE.arn("Twin", "aws")
    assert "arn:aws:iam::aws:policy/Twin or arn:aws:iam::aws:policy/job-function/Twin" in str(refused.value)


@pytest.mark.parametrize("name", ["AWSSupportServiceRolePolicy", "IAMAuditRootUserCredentials"])
def test_policy_that_aws_attaches_itself_is_refused(name: str) -> None:
    assert name in known_names()
    with pytest.raises(UnknownManagedPolicyError, match="Choose another policy"):
        managed_policy_arn(name, "aws")


def test_unknown_name_can_be_caught_as_a_failed_lookup() -> None:
    with pytest.raises(LookupError):
        managed_policy_arn("", "aws")


def test_table_is_read_once() -> None:
    assert managed_policies() is managed_policies()


def test_table_says_where_it_is_from_and_how_old_it_is() -> None:
    table = managed_policies()
    assert table.source.startswith("moto ")
    assert table.data_date >= "2026-01-01"


def test_generator_groups_names_by_path_marks_administrators_and_dates_the_newest() -> None:
    old = "2015-02-06T18:39:48+00:00"
    reads, rules = ({"Version": "2012-10-17", "Statement": [_allow(action)]} for action in ("s3:Get*", "*"))
    table = managed_policy_table(
        {
            "B": {"Path": "/", "CreateDate": old, "Document": rules},
            "A": {"Path": "/", "CreateDate": old, "UpdateDate": "2024-05-06T00:00:00+00:00", "Document": reads},
            "C": {"Path": "/job-function/", "CreateDate": old, "Document": reads},
        },
        "a test",
    )
    assert table == {
        "source": "a test",
        "data_date": "2024-05-06",
        "administrators": ["B"],
        "paths": {"/": ["A", "B"], "/job-function/": ["C"]},
    }


def _allow(action: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": "*"}


def test_shipped_table_is_what_the_generator_makes_of_its_source() -> None:
    shipped = json.loads(TABLE.read_text(encoding="utf-8"))
    assert managed_policy_table(json.loads(aws_managed_policies_data), shipped["source"]) == shipped
