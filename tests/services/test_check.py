"""An access check: whether an account can be entered, and if not, what it may be."""

import pytest

from accounts.models import Account
from provisioning.models import Run
from provisioning.services.look_accounts import look_accounts
from provisioning.services.request_check import request_check
from tests.services.fleet import DEV, Fleet, operator

pytestmark = pytest.mark.django_db(transaction=True)


def check(fleet: Fleet) -> Run:
    run, _ = request_check(account_id=DEV, actor=operator)
    fleet.work_as("look", look_accounts)
    return Run.objects.get(pk=run.pk)


def test_a_check_that_gets_in_says_as_whom_and_makes_the_account_managed(fleet: Fleet) -> None:
    fleet.register()
    run = check(fleet)
    assert run.state == "done" and ":assumed-role/FirstlineLook/" in run.outcome["identity"]
    assert Account.objects.get(pk=DEV).state == "managed"


def test_a_check_that_does_not_get_in_lists_what_it_may_be(fleet: Fleet) -> None:
    fleet.register()
    Account.objects.filter(pk=DEV).update(external_id="not-the-one")
    run = check(fleet)
    assert run.state == "unreachable" and "external id" in " ".join(run.outcome["causes"]).lower()
    assert "not-the-one" not in run.message + str(run.outcome)


def test_an_open_check_answers_a_second_request(fleet: Fleet) -> None:
    fleet.register()
    first, made = request_check(account_id=DEV, actor=operator)
    second, again = request_check(account_id=DEV, actor=operator)
    assert (made, again) == (True, False) and first.pk == second.pk
