"""The service control policies of an account, level by level, for checks that consider them."""

import json
from datetime import timedelta

from django.conf import LazySettings
from django.utils import timezone

from accounts.models import Discovery
from accounts.scps import scps_of
from tests import factories
from tests.discovery.conftest import DEV, MANAGEMENT, PROD, Organisation, account

DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})


def attach(organisation: Organisation, name: str, target: str) -> None:
    made = organisation.aws.create_policy(Name=name, Description="", Type="SERVICE_CONTROL_POLICY", Content=DENY)
    organisation.aws.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


def test_levels_go_from_the_root_to_the_account(organisation: Organisation) -> None:
    attach(organisation, "NoBuckets", organisation.unit("workloads"))
    attach(organisation, "OnlyHere", DEV)
    organisation.discovered()
    levels = scps_of(account(DEV))
    assert levels is not None
    assert [[one.source for one in level] for level in levels] == [
        ["SCP FullAWSAccess on /"],
        ["SCP FullAWSAccess on /workloads", "SCP NoBuckets on /workloads"],
        ["SCP FullAWSAccess on /workloads/dev"],
        ["SCP FullAWSAccess on the account", "SCP OnlyHere on the account"],
    ]
    assert json.loads(levels[3][1].document)["Statement"][0]["Effect"] == "Deny"
    assert [one.source for level in scps_of(account(PROD)) or () for one in level if "NoBuckets" in one.source]


def test_the_management_account_is_bound_by_none(organisation: Organisation) -> None:
    organisation.discovered()
    assert scps_of(account(MANAGEMENT)) == ()


def test_nothing_binds_where_the_organisation_has_them_switched_off(organisation: Organisation) -> None:
    (root,) = organisation.aws.list_roots()["Roots"]
    organisation.aws.disable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    organisation.discovered()
    assert scps_of(account(DEV)) == ()


def test_they_are_not_known_before_a_discovery_after_a_long_time_or_outside_the_organisation(
    organisation: Organisation, settings: LazySettings
) -> None:
    assert scps_of(factories.account("444444444444")) is None
    organisation.discovered()
    assert scps_of(account("444444444444")) is None
    late = timezone.now() - timedelta(minutes=2 * settings.FIRSTLINE.discovery_interval_minutes + 1)
    Discovery.objects.update(finished_at=late)
    assert scps_of(account(DEV)) is None
