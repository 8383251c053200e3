"""An account that was asked for is made, placed, entered and proven; what stands in the way is said with the way on."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.db.models.functions import Now

from access.roles import Role, actor
from access.scopes import parse_scope
from accounts.account_request import AccountRequest
from accounts.models import Account
from accounts.services.register_accounts import NewAccount, register_vended
from history.models import Event
from provisioning.core.errors import ConflictError, DeclarationError, NotAllowedError, NotFoundError
from provisioning.models import Attestation
from provisioning.services.attested import kinds_attested_in
from provisioning.services.pause_fleet import pause_fleet
from provisioning.services.vending import create
from provisioning.services.vending.decide_request import approve_request, cancel_request, reject_request
from provisioning.services.vending.request_account import WantedAccount, request_account
from provisioning.services.vending.retry_request import resolve_request, retry_request
from sandbox.cloudformation.deploy import shipped
from tests.services.vending import MANAGEMENT, OTHER, Vending, organisation, otto, paula, vending

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["organisation", "vending"]


def test_account_is_made_placed_bootstrapped_and_proven(vending: Vending) -> None:
    row = vending.until(vending.approved(tags={"cost": "7"}), "proving")
    account = Account.objects.get(pk=row.account_id)
    assert (account.environment, account.ou_path, account.owner_team) == ("dev", "/workloads/dev", "payments")
    assert account.tags["cost"] == "7" and account.paused
    (known,) = (one for one in vending.fleet.sandbox.organisation()["accounts"] if one["id"] == row.account_id)
    assert (known["ou"], known["name"]) == ("/workloads/dev", "payments-dev")
    tags = vending.organizations.list_tags_for_resource(ResourceId=row.account_id)["Tags"]
    assert {tag["Key"] for tag in tags} == {"cost", "firstline:account-request"}
    vending.check_and_look()
    row = vending.until(row, "done")
    account.refresh_from_db()
    assert (account.state, account.apply_role, row.way_on) == ("managed", "proven", "")
    assert vending.sent() == 1


def test_account_that_discovery_registered_first_is_paused_too_and_once() -> None:
    account = Account.objects.create(pk="777788889999", name="found", registered_by="firstline")
    new = NewAccount(account.pk, "payments-dev", "dev", "/workloads/dev", owner_team="payments")

    def register() -> Account:
        with transaction.atomic():
            return register_vended(new, by="firstline", requested_by="otto", pause_reason="held back")

    assert (register().paused, register().owner_team, register().registered_by) == (True, "payments", "otto")
    Account.objects.update(paused=False)
    assert not register().paused, "a person let it go on"


def test_roles_made_by_calls_are_those_of_the_template(vending: Vending) -> None:
    row = vending.until(vending.approved(), "proving")
    sandbox = vending.fleet.sandbox
    organisation = sandbox.organisation()
    hub = f"arn:aws:iam::{organisation['hub_account']}:role/firstline/"
    parameters = {
        "HubLookRoleArn": f"{hub}firstline-look-worker",
        "HubApplyRoleArn": f"{hub}firstline-apply-worker",
        "HubHandOverRoleArn": f"{hub}firstline-hand-over",
        "ExternalId": organisation["external_id"],
        "OrganizationId": organisation["org_id"],
    }
    by_calls = without_ids(sandbox.state(row.account_id))
    assert {"FirstlineLook", "FirstlineApply", "FirstlineHandOver"} <= set(by_calls["roles"])
    sandbox.deploy(shipped("firstline-roles"), parameters, [row.account_id])
    assert without_ids(sandbox.state(row.account_id)) == by_calls


def without_ids(state: dict[str, Any]) -> dict[str, Any]:
    """The roles and policies of an account; of a policy only the version in force."""
    in_force = {name: one["versions"][one["default_version"]] for name, one in state["policies"].items()}
    dull = {"versions": {}, "default_version": "", "id": ""}
    policies = {name: {**one, **dull, "document": in_force[name]} for name, one in state["policies"].items()}
    return {"roles": {name: {**one, "id": ""} for name, one in state["roles"].items()}, "policies": policies}


def test_what_was_changed_meanwhile_is_set_right_when_the_step_runs_again(vending: Vending) -> None:
    row = vending.until(vending.approved(), "proving")
    sandbox = vending.fleet.sandbox
    before = without_ids(sandbox.state(row.account_id))
    iam = sandbox.client("iam", row.account_id)
    policy = f"arn:aws:iam::{row.account_id}:policy/firstline/FirstlineLook-1"
    nothing = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=nothing, SetAsDefault=True)
    iam.update_role(RoleName="FirstlineLook", Description="", MaxSessionDuration=7200)
    AccountRequest.objects.update(state="bootstrapping")
    vending.until(row, "proving")
    assert without_ids(sandbox.state(row.account_id)) == before


def test_billing_access_is_known_because_it_was_set(vending: Vending) -> None:
    row = vending.until(vending.approved(billing_access="deny"), "proving")
    (sent,) = (one["params"] for one in vending.fleet.sandbox.calls(MANAGEMENT) if one["operation"] == "CreateAccount")
    assert sent["IamUserAccessToBilling"] == "DENY"
    made = Attestation.objects.get(account_id=row.account_id)
    assert (made.kind, made.value, made.source) == ("billing_access", {"activated": False}, "set_at_creation")
    assert row.status_id in made.evidence and made.review_on is None and made.state == "in_force"
    assert kinds_attested_in([row.account_id]) == {(row.account_id, "billing_access")}


def test_role_that_is_not_known_at_once_is_waited_for(vending: Vending) -> None:
    vending.fleet.sandbox.account_creation(role_after=3600)
    row = vending.until(vending.approved(), "bootstrapping")
    vending.later()
    vending.vend()
    row.refresh_from_db()
    assert (row.state, row.failure, row.way_on) == ("bootstrapping", "role_not_assumable", "wait")
    assert row.next_at > row.state_since
    AccountRequest.objects.update(state_since=Now() - timedelta(hours=2))
    row = vending.until(row, "failed")
    assert (row.failure, row.way_on) == ("role_not_assumable", "retry")


def test_nobody_approves_what_they_asked_for(vending: Vending) -> None:
    both = actor("otto", [Role.OPERATOR, Role.APPROVER])
    row = vending.ask()
    with pytest.raises(NotAllowedError, match="somebody else"):
        approve_request(request_id=row.pk, actor=both)
    vending.vend()
    assert vending.sent(applied=False) == 0
    assert reject_request(request_id=row.pk, actor=paula, comment="no").state == "rejected"
    assert vending.ask().state == "requested"


def test_place_decides_who_may_ask_and_approve(vending: Vending) -> None:
    ben = actor("ben", [Role.OPERATOR], parse_scope("environment:prod"))
    with pytest.raises(NotAllowedError, match="OU path"):
        request_account(wanted=WantedAccount("n", "n@example.com", "dev"), actor=ben)
    row = vending.ask()
    with pytest.raises(NotFoundError):
        approve_request(request_id=row.pk, actor=actor("pia", [Role.APPROVER], parse_scope("environment:prod")))
    approve_request(request_id=row.pk, actor=actor("pia", [Role.APPROVER], parse_scope("ou:/workloads")))


def test_without_approval_configured_it_is_made_at_once(vending: Vending, settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"account_request_approval": False})
    assert vending.ask().state == "approved"


def test_without_a_management_account_nothing_is_taken(vending: Vending, settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"management_account_id": ""})
    with pytest.raises(ConflictError) as refused:
        vending.ask()
    assert refused.value.code == "not_set_up"


@pytest.mark.parametrize(
    ("reason", "way_on"), [("email-already-exists", "correct"), ("account-limit-exceeded", "retry")]
)
def test_failure_of_aws_ends_in_a_sentence_and_a_way_on(vending: Vending, reason: str, way_on: str) -> None:
    email = f"x+fails-{reason}@example.com"
    row = vending.until(vending.approved(email), "failed")
    assert (row.failure, row.way_on) == (reason.replace("-", "_"), way_on) and row.message
    again = retry_request(request_id=row.pk, actor=otto)
    assert again.state == "approved"
    row = vending.until(row, "failed")
    assert vending.sent(email) == 2


def test_corrected_request_is_approved_anew_and_goes_on(vending: Vending) -> None:
    row = vending.until(vending.approved("x+fails-invalid-email@example.com"), "failed")
    both = actor("otto", [Role.OPERATOR, Role.APPROVER])
    again = retry_request(request_id=row.pk, actor=both, corrections={"email": "good@example.com"})
    assert (again.state, again.decided_by) == ("requested", "")
    with pytest.raises(NotAllowedError):
        approve_request(request_id=row.pk, actor=both)
    approve_request(request_id=row.pk, actor=paula)
    assert vending.until(row, "proving").account_id
    assert "good@example.com" not in str(list(Event.objects.values()))


def test_ou_that_is_not_there_is_found_out_before_anything_is_sent(vending: Vending) -> None:
    row = vending.until(vending.approved(ou_path="/workloads/nowhere"), "failed")
    assert (row.failure, row.way_on, vending.sent(applied=False)) == ("no_such_ou", "correct", 0)
    with pytest.raises(ConflictError, match="already"):
        vending.ask()
    assert cancel_request(request_id=row.pk, actor=otto).state == "cancelled"
    assert vending.ask().state == "requested"


def test_address_of_an_account_that_is_there_is_never_sent(vending: Vending) -> None:
    row = vending.until(vending.approved(f"AWS+{OTHER}@example.com"), "failed")
    assert (row.failure, vending.sent(applied=False)) == ("email_already_exists", 0)


@pytest.mark.parametrize(
    ("code", "state", "failure"),
    [
        ("FinalizingOrganizationException", "approved", "organization_not_ready"),
        ("TooManyRequestsException", "approved", "throttled"),
        ("ConcurrentModificationException", "approved", "concurrent_change"),
        ("ConstraintViolationException", "failed", "constraint_violation"),
        ("AccessDeniedException", "failed", "access_denied"),
        ("UnsupportedAPIEndpointException", "failed", "unsupported_endpoint"),
    ],
)
def test_refused_request_waits_or_fails_by_its_code(vending: Vending, code: str, state: str, failure: str) -> None:
    vending.fleet.sandbox.fault("error", operation="CreateAccount", code=code, status=400)
    row = vending.approved()
    for _ in range(3):
        vending.vend()
        row.refresh_from_db()
        if row.failure:
            break
        vending.later()  # its patience with a throttle may outlast the short lease of a test
    assert (row.state, row.failure, row.intended_at) == (state, failure, None)
    vending.fleet.sandbox.clear_faults()
    if state == "failed":
        retry_request(request_id=row.pk, actor=otto)
    assert vending.until(row, "proving") and vending.sent() == 1


def test_no_more_than_five_are_asked_for_at_once(vending: Vending) -> None:
    vending.fleet.sandbox.account_creation(polls=1000)
    rows = [vending.approved(f"n{n}@example.com", name=f"n{n}") for n in range(6)]
    vending.vend()
    states = sorted(AccountRequest.objects.filter(pk__in=[row.pk for row in rows]).values_list("state", flat=True))
    assert states == ["approved", *["creating"] * 5]
    waits = AccountRequest.objects.get(state="approved")
    assert (waits.failure, waits.way_on) == ("five_in_progress", "wait")


def test_requests_are_sent_no_faster_than_aws_takes_them(vending: Vending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(create, "APART_SECONDS", 10)
    for n in range(2):
        vending.approved(f"n{n}@example.com", name=f"n{n}")
    vending.vend()
    assert AccountRequest.objects.get(state="approved").failure == "one_at_a_time"


def test_paused_fleet_makes_no_account(vending: Vending) -> None:
    pause_fleet(actor=actor("rosa", [Role.OWNER]), reason="stop")
    row = vending.approved()
    vending.vend()
    row.refresh_from_db()
    assert (row.state, row.fence) == ("approved", 1)


def test_what_was_sent_can_be_neither_cancelled_nor_corrected(vending: Vending) -> None:
    vending.fleet.sandbox.account_creation(polls=1000)
    row = vending.approved()
    vending.vend()
    with pytest.raises(ConflictError, match="creating"):
        cancel_request(request_id=row.pk, actor=otto)
    AccountRequest.objects.update(state="failed")
    with pytest.raises(ConflictError, match="Nobody knows"):
        cancel_request(request_id=row.pk, actor=otto)
    with pytest.raises(DeclarationError, match="sent to AWS"):
        retry_request(request_id=row.pk, actor=otto, corrections={"email": "other@example.com"})
    assert retry_request(request_id=row.pk, actor=otto).state == "creating"


def test_account_that_is_not_the_requests_is_never_touched(vending: Vending) -> None:
    row = vending.until(vending.approved(), "proving")
    AccountRequest.objects.update(state="in_doubt", account_id="")
    resolve_request(request_id=row.pk, actor=paula, account_id=OTHER, comment="this one")
    row = vending.until(row, "failed")
    assert (row.failure, row.way_on) == ("another_account", "person")
    assert not vending.organizations.list_tags_for_resource(ResourceId=OTHER)["Tags"]
