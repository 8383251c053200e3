"""Buttons: who sees them, what they call, and what is left when the service refuses."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from history.models import Event
from provisioning.models import Decision, FleetPause, PlanRecord, Run
from tests import factories
from tests.admin.fleet import Fleet
from tests.admin.people import person

pytestmark = pytest.mark.django_db


def post(client: Client, user: User, name: str, /, *args: Any, **data: str) -> str:
    """Press a button and return the message it leaves."""
    client.force_login(user)
    answer = client.post(reverse(f"admin:{name}", args=args), data)
    assert answer.status_code == 302, answer.content
    return str(list(get_messages(answer.wsgi_request))[-1])


def page(client: Client, user: User, name: str, *args: Any) -> str:
    client.force_login(user)
    return client.get(reverse(f"admin:{name}", args=args)).content.decode()


def test_look_now_queues_a_look_by_who_pressed(client: Client, fleet: Fleet, operator: User) -> None:
    assert post(client, operator, "accounts_account_look", fleet.dev.pk) == "A look is queued."
    run = Run.objects.get(account=fleet.dev, state=Run.State.QUEUED)
    assert (run.kind, run.requested_by) == ("look", "oscar")
    assert "is open already" in post(client, operator, "accounts_account_look", fleet.dev.pk)


def test_access_check_is_queued_and_its_causes_are_shown(client: Client, fleet: Fleet, operator: User) -> None:
    assert "queued" in post(client, operator, "accounts_account_check", fleet.dev.pk)
    Run.objects.filter(kind=Run.Kind.CHECK).delete()
    causes = ["The role does not exist.", "The external id is another."]
    factories.run(fleet.dev, kind="check", state="unreachable", message="can't be entered", outcome={"causes": causes})
    shown = page(client, operator, "accounts_account_change", fleet.dev.pk)
    assert all(cause in shown for cause in causes)


def test_account_that_left_is_not_looked_at(client: Client, operator: User) -> None:
    left = factories.account(state="left")
    assert "is left" in post(client, operator, "accounts_account_look", left.pk)
    assert not Run.objects.exists()


def test_account_is_paused_with_a_reason_and_resumed(client: Client, fleet: Fleet, operator: User) -> None:
    post(client, operator, "accounts_account_pause", fleet.dev.pk, reason="incident 7")
    assert "incident 7" in page(client, operator, "accounts_account_change", fleet.dev.pk)
    post(client, operator, "accounts_account_resume", fleet.dev.pk)
    assert not Account.objects.get(pk=fleet.dev.pk).paused


@pytest.mark.parametrize("reason", ["", "   ", "two\nlines", "x" * 201])
def test_pause_without_a_good_reason_changes_nothing(client: Client, fleet: Fleet, operator: User, reason: str) -> None:
    assert post(client, operator, "accounts_account_pause", fleet.dev.pk, reason=reason).startswith("reason: ")
    assert post(client, operator, "fleet_pause", reason=reason).startswith("reason: ")
    assert not Account.objects.get(pk=fleet.dev.pk).paused
    assert not FleetPause.objects.exists()


def test_fleet_pause_shows_on_every_page_until_resumed(client: Client, fleet: Fleet, approver: User) -> None:
    post(client, approver, "fleet_pause", reason="change freeze")
    assert "change freeze" in page(client, approver, "provisioning_drift_changelist")
    post(client, approver, "fleet_resume")
    assert "change freeze" not in page(client, approver, "provisioning_drift_changelist")


def test_account_is_edited_under_the_rules_of_rest(client: Client, fleet: Fleet, operator: User) -> None:
    fields = {"name": "payments", "environment": "test", "ou_path": "/workloads/test", "owner_team": "core"}
    assert post(client, operator, "accounts_account_edit", fleet.dev.pk, **fields) == "Saved."
    account = Account.objects.get(pk=fleet.dev.pk)
    assert {name: getattr(account, name) for name in fields} == fields
    assert Event.objects.filter(verb="account.updated", actor="oscar").exists()


def test_wrong_ou_path_is_shown_beside_its_field(client: Client, fleet: Fleet, operator: User) -> None:
    client.force_login(operator)
    fields = {"name": "payments", "environment": "test", "ou_path": "workloads", "owner_team": ""}
    answer = client.post(reverse("admin:accounts_account_edit", args=[fleet.dev.pk]), fields)
    assert "Write the OU path from the root" in answer.content.decode()
    assert Account.objects.get(pk=fleet.dev.pk).name == "payments-dev"


def test_approver_approves_the_digest_on_the_page(client: Client, fleet: Fleet, approver: User) -> None:
    shown = page(client, approver, "provisioning_planrecord_change", fleet.plan.pk)
    assert f'name="digest" value="{fleet.plan.digest}"' in shown
    post(client, approver, "plan_approve", fleet.plan.pk, digest=fleet.plan.digest, comment="ok")
    assert PlanRecord.objects.get(pk=fleet.plan.pk).state == "approved"
    assert Run.objects.get(plan=fleet.plan).requested_by == "ada"
    assert "What happened" in page(client, approver, "provisioning_planrecord_change", fleet.plan.pk)


def test_approver_rejects_with_a_comment(client: Client, fleet: Fleet, approver: User) -> None:
    post(client, approver, "plan_reject", fleet.plan.pk, digest=fleet.plan.digest, comment="too wide")
    assert Decision.objects.get(plan=fleet.plan).comment == "too wide"


def test_plan_that_is_not_the_one_seen_stays_undecided(client: Client, fleet: Fleet, approver: User) -> None:
    message = post(client, approver, "plan_approve", fleet.plan.pk, digest="0" * 64)
    assert message.startswith("This is not the plan you saw")
    assert_undecided(fleet.plan)


def test_decision_without_a_digest_is_refused(client: Client, fleet: Fleet, approver: User) -> None:
    assert post(client, approver, "plan_approve", fleet.plan.pk).startswith("digest: ")
    assert_undecided(fleet.plan)


@pytest.mark.parametrize(("name", "why"), [("rita", "You asked for the look"), ("olga", "You wrote or assigned")])
@pytest.mark.parametrize("is_superuser", [False, True])
def test_who_asked_or_wrote_reads_why_and_cannot_approve(
    client: Client, fleet: Fleet, name: str, why: str, is_superuser: bool
) -> None:
    user = person(name, "approver")
    User.objects.filter(pk=user.pk).update(is_superuser=is_superuser)
    shown = page(client, user, "provisioning_planrecord_change", fleet.plan.pk)
    assert why in shown
    assert reverse("admin:plan_approve", args=[fleet.plan.pk]) not in shown
    assert why in post(client, user, "plan_approve", fleet.plan.pk, digest=fleet.plan.digest)
    assert_undecided(fleet.plan)


def test_nobody_can_approve_what_is_shown_only(client: Client, fleet: Fleet, approver: User) -> None:
    shown = page(client, approver, "provisioning_planrecord_change", fleet.shown_plan.pk)
    assert "nobody can approve it" in shown
    assert reverse("admin:plan_approve", args=[fleet.shown_plan.pk]) not in shown
    post(client, approver, "plan_approve", fleet.shown_plan.pk, digest=fleet.shown_plan.digest)
    assert_undecided(fleet.shown_plan)


def test_page_names_who_may_approve(client: Client, fleet: Fleet, approver: User) -> None:
    person("olga", "approver")
    person("token-only", "approver", is_staff=False)
    assert "May approve: ada." in page(client, approver, "provisioning_planrecord_change", fleet.plan.pk)


def test_viewer_sees_no_button_and_is_refused_each(client: Client, fleet: Fleet, viewer: User) -> None:
    account, plan = fleet.dev.pk, fleet.plan
    waiting = factories.run(fleet.dev, state=Run.State.QUEUED, finished_at=None)
    pages = [
        page(client, viewer, "index"),
        page(client, viewer, "accounts_account_change", account),
        page(client, viewer, "provisioning_planrecord_change", plan.pk),
        page(client, viewer, "provisioning_run_change", waiting.pk),
    ]
    assert {shown.count("<form") for shown in pages} == {1}, "only the one to log out"
    assert "It needs the role approver for this account; you are viewer on fleet." in pages[2]
    for refused in (
        post(client, viewer, "accounts_account_look", account),
        post(client, viewer, "accounts_account_check", account),
        post(client, viewer, "accounts_account_pause", account, reason="no"),
        post(client, viewer, "fleet_pause", reason="no"),
        post(client, viewer, "plan_approve", plan.pk, digest=plan.digest),
        post(client, viewer, "plan_reject", plan.pk, digest=plan.digest),
        post(client, viewer, "run_cancel", waiting.pk),
    ):
        assert "vera may not do this" in refused
    assert client.get(reverse("admin:accounts_account_edit", args=[account])).status_code == 404
    assert_undecided(plan)
    assert not FleetPause.objects.exists()


def test_operator_cancels_a_run_that_waits(client: Client, fleet: Fleet, operator: User) -> None:
    waiting = factories.run(fleet.dev, state=Run.State.QUEUED, finished_at=None)
    post(client, operator, "run_cancel", waiting.pk)
    assert Run.objects.get(pk=waiting.pk).state == Run.State.CANCELLED


def test_buttons_answer_to_post_only(client: Client, fleet: Fleet, operator: User) -> None:
    client.force_login(operator)
    urls = [
        reverse("admin:accounts_account_look", args=[fleet.dev.pk]),
        reverse("admin:plan_approve", args=[fleet.plan.pk]),
        reverse("admin:fleet_pause"),
        reverse("admin:run_cancel", args=[fleet.apply.pk]),
    ]
    assert [client.get(url).status_code for url in urls] == [405] * 4


def test_forged_button_press_is_refused(fleet: Fleet, approver: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(approver)
    answer = strict.post(reverse("admin:plan_approve", args=[fleet.plan.pk]), {"digest": fleet.plan.digest})
    assert answer.status_code == 403
    assert_undecided(fleet.plan)


def assert_undecided(plan: PlanRecord) -> None:
    assert PlanRecord.objects.get(pk=plan.pk).state == PlanRecord.State.PROPOSED
    assert not Decision.objects.filter(plan=plan).exists()
    assert not Run.objects.filter(plan=plan).exists()
