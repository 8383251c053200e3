"""Verifying the access of many accounts: a row per account, each refusal with all it may be."""

import io
import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Account
from accounts.selectors import AccountSelector, parse
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.management.commands.verify_access import table_text
from provisioning.models import AccessVerification, Run
from provisioning.services.access_table import AccessRow, Outcome, access_row, rows_of, summary_of
from provisioning.services.apply_run import apply_run
from provisioning.services.look_accounts import look_accounts
from provisioning.services.request_check import request_check
from provisioning.services.verify_access import verify_access
from tests.services.fleet import DEV, PROD, TEST, Fleet, operator, viewer
from tests.services.test_check import trust_without_external_id

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = AccountSelector(all=True)


@pytest.fixture
def three(fleet: Fleet) -> Fleet:
    """One account as it should be, one that is suspended at AWS, one whose look role asks for no external id."""
    for account_id, environment in ((DEV, "dev"), (TEST, "test"), (PROD, "prod")):
        fleet.register(account_id, environment)
    Account.objects.update(state="registered", apply_role="untested")
    fleet.sandbox.set_status(TEST, "SUSPENDED")
    trust_without_external_id(fleet, "FirstlineLook", account_id=PROD)
    return fleet


def work(fleet: Fleet) -> None:
    fleet.work_as("look", look_accounts)
    for run in Run.objects.filter(kind="check_apply", state="queued"):
        fleet.work_as("apply", lambda run=run: apply_run(run_id=run.pk))  # type: ignore[misc]


def rows(verification: AccessVerification) -> dict[str, AccessRow]:
    return {row.account_id: access_row(row) for row in rows_of(verification, operator)}


def test_the_table_says_of_each_account_and_role_whether_it_was_entered_and_what_else_it_may_be(three: Fleet) -> None:
    asked = verify_access(selector=EVERYTHING, actor=operator)
    assert summary_of(asked).waiting == 3
    work(three)
    found, summary = rows(asked), summary_of(asked)
    assert {one: (row.look_role.outcome, row.apply_role.outcome) for one, row in found.items()} == {
        DEV: (Outcome.ENTERED, Outcome.ENTERED),
        TEST: (Outcome.REFUSED, Outcome.REFUSED),
        PROD: (Outcome.CARELESS, Outcome.ENTERED),
    }
    assert [found[one].entered for one in (DEV, TEST, PROD)] == [True, False, False]
    causes = " ".join(found[TEST].look_role.causes)
    for may_be in ("does not exist", "worker's identity", "external id", "suspended or closed", "simulate-principal"):
        assert may_be in causes
    assert causes.count("Test") >= 5 and "service control policy" not in causes
    assert (summary.waiting, summary.look_role["entered"], summary.apply_role["entered"]) == (0, 1, 2)
    assert summary.reasons == {"cannot_enter": 2, "external_id_not_required": 1}


def test_checks_that_are_open_already_are_shared(three: Fleet) -> None:
    run, _ = request_check(account_id=DEV, actor=operator)
    first, second = (verify_access(selector=EVERYTHING, actor=operator) for _ in range(2))
    assert Run.objects.count() == 6
    assert rows(first)[DEV].look_role.run == rows(second)[DEV].look_role.run == run


def test_accounts_that_were_set_aside_are_counted_and_left_out(three: Fleet) -> None:
    Account.objects.filter(pk=TEST).update(state="suspended")
    asked = verify_access(selector=EVERYTHING, actor=operator)
    assert asked.left_out == 1 and set(rows(asked)) == {DEV, PROD}
    with pytest.raises(ConflictError, match="None of the 1"):
        verify_access(selector=parse({"state": "suspended"}), actor=operator)


def test_a_viewer_may_not(three: Fleet) -> None:
    with pytest.raises(NotAllowedError):
        verify_access(selector=EVERYTHING, actor=viewer)


def test_the_command_waits_for_the_workers_prints_the_table_and_fails_for_who_can_not_be_entered(three: Fleet) -> None:
    out, err = io.StringIO(), io.StringIO()
    failures: list[str] = []

    def command() -> None:
        try:
            call_command("verify_access", environment="test", wait=60, stdout=out, stderr=err)
        except CommandError as error:
            failures.append(str(error))
        finally:
            connection.close()

    asking = threading.Thread(target=command)
    asking.start()
    while not Run.objects.filter(kind="check_apply").exists():
        asking.join(0.05)
    work(three)
    asking.join(30)
    assert failures == ["1 of 1 accounts can't be entered by both roles."]
    assert f"{TEST}  test  awaiting_role  refused    refused" in out.getvalue()
    assert "1. The role does not exist" in out.getvalue() and "1 of 1 accounts checked" in err.getvalue()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "Select something"),
        ({"ou": "workloads"}, "--ou: Write the OU path"),
        ({"all": True, "owner_team": "x"}, "--all: Leave it out"),
        ({"account_ids": ["999999999999"]}, "None of the 0"),
    ],
)
def test_the_command_says_which_option_is_wrong(options: dict[str, Any], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        call_command("verify_access", **options)


def test_names_can_not_act_in_the_terminal(three: Fleet) -> None:
    Account.objects.filter(pk=DEV).update(name="a\x1b[2Jb")
    asked = verify_access(selector=parse({"account_ids": [DEV]}), actor=operator)
    assert "\x1b" not in table_text(list(rows(asked).values()))
