"""Discoveries that can't read everything change nothing, say why, and never say that an account has left."""

import json
import time

import pytest
from django.conf import LazySettings

from accounts.models import Account, DiscoveredAccount, Discovery
from history.models import Event
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.services import ask_organizations
from provisioning.services.discover import discover
from provisioning.services.discovery_claims import claim_discovery, hold_discovery
from provisioning.services.dispatch import dispatch_round
from provisioning.services.request_discovery import request_discovery
from sandbox.cloudformation.deploy import shipped
from tests.discovery.conftest import DEV, HUB, MANAGEMENT, TEST, Organisation, account, operator, verbs
from tests.services.fleet import viewer


def waiting() -> Discovery:
    """The open discovery, due now although it was put off."""
    Discovery.objects.filter(finished_at=None).update(next_at="2026-01-01T00:00:00Z")
    return Discovery.objects.get(finished_at=None)


def test_one_that_is_denied_a_read_changes_nothing_and_names_the_causes(organisation: Organisation) -> None:
    organisation.discovered()
    organisation.leave(TEST)
    organisation.sandbox.fault("denied", service="organizations", operation="ListTagsForResource")
    found = organisation.discover()
    assert (found.state, found.reason_code) == ("failed", "denied")
    assert any("delegated administrator" in cause for cause in found.causes)
    assert account(TEST).missed_in is None and verbs(TEST) == ["account.registered"]
    assert Event.objects.get(verb="discovery.failed").detail == {"reason": "denied"}
    assert DiscoveredAccount.objects.values("discovery").distinct().count() == 1, "the last complete one's rows stay"


def test_a_failed_one_between_does_not_make_two_in_a_row(organisation: Organisation) -> None:
    organisation.discovered()
    organisation.leave(TEST)
    organisation.discovered()
    organisation.sandbox.fault("denied", service="organizations", operation="ListRoots")
    assert organisation.discover().state == "failed"
    assert account(TEST).state == "registered"


def test_a_throttled_one_waits_and_goes_on_where_it_was(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    request_discovery(actor=operator)
    organisation.sandbox.fault("throttle", service="organizations", operation="ListTagsForResource", count=3)
    assert discover()
    found = Discovery.objects.get()
    assert (found.state, found.reason_code) == ("waiting", "throttled")
    assert found.next_at > found.created_at and not discover()
    roots = [call for call in organisation.sandbox.calls(MANAGEMENT) if call["operation"] == "ListRoots"]
    waiting()
    assert discover()
    found.refresh_from_db()
    assert (found.state, found.reason_code) == ("done", "")
    again = [call for call in organisation.sandbox.calls(MANAGEMENT) if call["operation"] == "ListRoots"]
    assert len(again) == len(roots) == 1


def test_one_slice_after_the_other_reads_it_all(organisation: Organisation) -> None:
    request_discovery(actor=operator)
    slices = 0
    while discover(slice_seconds=0.0):
        slices += 1
    assert Discovery.objects.get().state == "done" and slices > 8
    assert Account.objects.count() == 5


def test_a_worker_that_lost_its_lease_stores_nothing(organisation: Organisation) -> None:
    request_discovery(actor=operator)
    first = claim_discovery()
    assert first is not None and claim_discovery() is None
    Discovery.objects.update(lease_until="2026-01-01T00:00:00Z")
    second = claim_discovery()
    assert second is not None and second.fence == first.fence + 1
    with pytest.raises(Exception, match="lease of discovery"):
        hold_discovery(first)
    hold_discovery(second)


def test_another_organisation_is_refused(organisation: Organisation, settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"organization_id": "o-another0000"})
    found = organisation.discover()
    assert (found.state, found.reason_code) == ("failed", "another_organisation")
    assert not Account.objects.exists()


def test_a_role_that_does_not_ask_for_the_external_id_is_not_used(organisation: Organisation) -> None:
    role = organisation.sandbox.state(MANAGEMENT)["roles"]["FirstlineDiscovery"]
    statement = {**role["trust"]["Statement"][0]}
    del statement["Condition"]
    organisation.sandbox.client("iam", MANAGEMENT).update_assume_role_policy(
        RoleName="FirstlineDiscovery",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    found = organisation.discover()
    assert (found.state, found.reason_code) == ("failed", "external_id_not_required")


def test_a_delegated_administrator_may_read_and_another_member_may_not(
    organisation: Organisation, settings: LazySettings
) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"discovery_account_id": HUB})
    facts = organisation.sandbox.organisation()
    given = {"HubLookRoleArn": facts["look_worker"], "ExternalId": facts["external_id"]}
    template = shipped("firstline-discovery")
    organisation.sandbox.deploy(template, {**given, "OrganizationId": facts["org_id"]}, [HUB])
    assert organisation.discover().reason_code == "denied"
    organisation.aws.register_delegated_administrator(AccountId=HUB, ServicePrincipal="access-analyzer.amazonaws.com")
    assert organisation.discovered()["accounts"] == 5


def test_only_who_operates_the_fleet_asks_and_only_where_it_is_configured(
    organisation: Organisation, settings: LazySettings
) -> None:
    with pytest.raises(NotAllowedError):
        request_discovery(actor=viewer)
    first, made = request_discovery(actor=operator)
    assert made and request_discovery(actor=operator) == (first, False)
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"discovery_account_id": ""})
    with pytest.raises(ConflictError, match="FIRSTLINE_DISCOVERY_ACCOUNT_ID"):
        request_discovery(actor=operator)


def test_the_dispatcher_asks_for_one_an_interval_and_rings_for_it_once(organisation: Organisation) -> None:
    assert dispatch_round().discovery and not dispatch_round().discovery
    assert discover()
    assert not dispatch_round().discovery
    assert Discovery.objects.get().cause == "schedule"
    Discovery.objects.update(created_at="2026-01-01T00:00:00Z")
    assert dispatch_round().discovery and Discovery.objects.count() == 2


def test_requests_of_one_operation_are_spaced_as_its_rate_says() -> None:
    now, waited = [0.0], []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    buckets = ask_organizations.Buckets(clock=lambda: now[0], pause=pause)
    for _ in range(21):
        buckets.take("ListTagsForResource")
    assert now[0] == pytest.approx(2.1)
    now[0] += 100.0
    waited.clear()
    for _ in range(15):
        buckets.take("ListTagsForResource")
    assert waited == [], "so many were saved up"
    buckets.take("ListTagsForResource")
    assert waited


def test_calls_of_discovery_are_only_reads_by_its_role(organisation: Organisation) -> None:
    organisation.discovered()
    made = [call for call in organisation.sandbox.calls(MANAGEMENT) if call["service"] == "organizations"]
    assert made and not [call for call in made if call["is_write"] or "FirstlineDiscovery" not in call["role"]]
    assert DEV in {one.pk for one in Account.objects.all()}
