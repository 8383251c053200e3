"""Whatever is lost on the way, a request never makes two accounts; what nobody can tell, a person ends."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.account_request import AccountRequest
from provisioning.aws.session import AwsSession
from provisioning.core.errors import ConflictError, FencedError, NotAllowedError
from provisioning.services.vending import claims, create, place, vend
from provisioning.services.vending.claims import claim_request, move
from provisioning.services.vending.retry_request import resolve_request, retry_request
from tests.services.vending import MANAGEMENT, OTHER, Vending, organisation, otto, paula, vending

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["organisation", "vending"]
State = AccountRequest.State


class DeathError(BaseException):
    """The process is gone; what it had committed stays, and nothing else."""


class Points:
    """Counts what a worker passes, and dies at one of them: around each change of the row, and each call to AWS."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.deadly = 0
        self.passed: list[str] = []
        for module in (create, place, vend):
            self._around(monkeypatch, module, "move")
        self._around(monkeypatch, create, "note")
        self._around(monkeypatch, claims, "record")
        self._around(monkeypatch, AwsSession, "answer_to")

    def _around(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        inner: Callable[..., Any] = getattr(owner, name)

        def outer(*arguments: Any, **named: Any) -> Any:
            self._pass(f"before {name}")
            answer = inner(*arguments, **named)
            self._pass(f"after {name}")
            return answer

        monkeypatch.setattr(owner, name, outer)

    def _pass(self, point: str) -> None:
        self.passed.append(point)
        if len(self.passed) == self.deadly:
            raise DeathError(point)


def test_worker_that_dies_anywhere_before_the_roles_are_made_never_makes_two_accounts(
    vending: Vending, monkeypatch: pytest.MonkeyPatch
) -> None:
    vending.fleet.sandbox.account_creation(polls=0)
    monkeypatch.setattr(vend, "STEPS", {**vend.STEPS, State.BOOTSTRAPPING: lambda claim, row: create.Waits(1)})
    points = Points(monkeypatch)
    died: list[str] = []
    for number in range(1, 60):
        email = f"n{number}@example.com"
        row = vending.approved(email, name=f"n{number}")
        points.deadly, points.passed = number, []
        try:
            vending.until(row, "bootstrapping")
        except DeathError as death:
            died.append(str(death))
        points.deadly = 0
        vending.until(row, "bootstrapping")
        assert len(vending.accounts(email)) == 1 == vending.sent(email), died[-1:]
        vending.later()
        AccountRequest.objects.filter(pk=row.pk).update(state="done")
        if len(died) < number:
            break
    assert len(died) > 15 and {"before answer_to", "after answer_to", "after note"} <= set(died)


@pytest.mark.parametrize("kind", ["timeout", "cut_after", "cut", "server_error"])
def test_request_whose_answer_was_lost_is_searched_for_before_it_is_sent_again(vending: Vending, kind: str) -> None:
    vending.fleet.sandbox.fault(kind, operation="CreateAccount", count=1, seconds=3)
    row = vending.approved()
    vending.vend()
    row.refresh_from_db()
    assert (row.state, row.failure, row.status_id) == ("creating", "unknown_outcome", "")
    vending.until(row, "bootstrapping", "proving")
    assert len(vending.accounts()) == 1 == vending.sent()
    happened = kind in {"timeout", "cut_after"}
    assert vending.sent(applied=False) == (1 if happened else 2)


def test_failure_of_a_request_whose_answer_was_lost_is_found(vending: Vending) -> None:
    vending.fleet.sandbox.fault("cut_after", operation="CreateAccount", count=1)
    email = "x+fails-missing-payment-instrument@example.com"
    row = vending.until(vending.approved(email), "failed")
    assert (row.failure, vending.sent(email, applied=False)) == ("missing_payment_instrument", 1)
    retry_request(request_id=row.pk, actor=otto)
    vending.until(row, "failed")
    assert vending.sent(email) == 2


def test_while_aws_may_still_be_slow_to_show_it_nothing_is_sent(vending: Vending, settings: Any) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"vending_settle_seconds": 300.0})
    vending.fleet.sandbox.fault("cut", operation="CreateAccount", count=1)
    row = vending.approved()
    for _ in range(4):
        vending.later()
        vending.vend()
    row.refresh_from_db()
    assert (row.state, row.failure, vending.sent()) == ("creating", "searching", 0)


def in_doubt(vending: Vending) -> AccountRequest:
    """Somebody makes two of the same name beside ours, and all fail."""
    email = "x+fails-internal-failure@example.com"
    vending.fleet.sandbox.fault("cut_after", operation="CreateAccount", count=1)
    row = vending.approved(email)
    vending.vend()
    vending.organizations.create_account(Email="y+fails-internal-failure@example.com", AccountName=row.name)
    return vending.until(row, "in_doubt")


def test_what_nobody_can_tell_waits_for_a_person_and_is_touched_by_no_worker(vending: Vending) -> None:
    row = in_doubt(vending)
    assert row.way_on == "person" and "resolve" in row.message
    sent = vending.sent(row.email, applied=False)
    vending.later()
    vending.vend()
    assert vending.sent(row.email, applied=False) == sent
    with pytest.raises(ConflictError, match="only a failed one"):
        retry_request(request_id=row.pk, actor=otto)
    with pytest.raises(NotAllowedError):
        resolve_request(request_id=row.pk, actor=otto, account_id="", comment="none")


def test_person_ends_the_doubt_either_way(vending: Vending) -> None:
    row = in_doubt(vending)
    row = resolve_request(request_id=row.pk, actor=paula, account_id="", comment="looked in the console")
    assert (row.state, row.failure, row.way_on) == ("failed", "not_created", "retry")
    AccountRequest.objects.filter(pk=row.pk).update(email=f"aws+{OTHER}@example.com", state="in_doubt")
    resolve_request(request_id=row.pk, actor=paula, account_id=OTHER, comment="it is there")
    row = vending.until(row, "proving")
    assert row.account_id == OTHER


def test_second_request_for_the_address_that_was_sent_late_finds_the_first_ones_account(vending: Vending) -> None:
    """Both arrived, because AWS showed the first too late: the second fails, and the account carries our tag."""
    vending.fleet.sandbox.account_creation(polls=0)
    row = vending.approved()
    tag = {"Key": "firstline:account-request", "Value": str(row.pk)}
    first = vending.organizations.create_account(Email=row.email, AccountName=row.name, Tags=[tag])
    vending.vend()
    vending.organizations.describe_create_account_status(CreateAccountRequestId=first["CreateAccountStatus"]["Id"])
    row = vending.until(row, "proving")
    assert [one["Id"] for one in vending.accounts()] == [row.account_id]


def test_worker_that_lost_its_lease_changes_nothing(vending: Vending) -> None:
    row = vending.approved()
    slow = claim_request()
    assert slow is not None
    vending.later()
    quick = claim_request()
    assert quick is not None and quick.fence == slow.fence + 1
    with pytest.raises(FencedError):
        move(slow, State.APPROVED, State.CREATING)
    row.refresh_from_db()
    assert row.state == "approved" and claim_request() is None


def test_call_is_held_back_when_too_little_of_the_lease_is_left(vending: Vending, settings: Any) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"lease_margin_seconds": 60.0})
    row = vending.approved()
    vending.vend()
    row.refresh_from_db()
    assert (row.state, row.intended_at, vending.sent(applied=False)) == ("approved", None, 0)


@pytest.mark.parametrize("operation", ["MoveAccount", "TagResource", "CreatePolicy", "CreateRole", "AttachRolePolicy"])
@pytest.mark.parametrize("kind", ["cut_after", "throttle"])
def test_every_later_step_may_run_twice(vending: Vending, operation: str, kind: str) -> None:
    vending.fleet.sandbox.fault(kind, operation=operation, count=4 if kind == "throttle" else 1)
    row = vending.until(vending.approved(), "proving")
    assert len(vending.accounts()) == 1
    assert "FirstlineApply" in vending.fleet.sandbox.state(row.account_id)["roles"]


def test_move_by_somebody_else_meanwhile_is_no_trouble(vending: Vending) -> None:
    row = vending.until(vending.approved(), "proving")
    (root,) = vending.organizations.list_roots()["Roots"]
    (here,) = vending.organizations.list_parents(ChildId=row.account_id)["Parents"]
    vending.organizations.move_account(
        AccountId=row.account_id, SourceParentId=here["Id"], DestinationParentId=root["Id"]
    )
    AccountRequest.objects.update(state="placing")
    vending.until(row, "proving")
    assert vending.organizations.list_parents(ChildId=row.account_id)["Parents"] == [here]
    moves = [one for one in vending.fleet.sandbox.calls(MANAGEMENT) if one["operation"] == "MoveAccount"]
    assert len([one for one in moves if one["caller"] != "tamper"]) == 2
