"""A hint that came while the account was held is not the last one for half a minute."""

import pytest

from provisioning.models import Run
from provisioning.services.apply_run import apply_run
from provisioning.services.dispatch import dispatch_round
from provisioning.services.leases import claim_apply, claim_looks, release
from provisioning.services.request_look import request_look
from tests.services.fleet import DEV, Fleet, group, operator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(fleet: Fleet) -> Run:
    """An apply that was queued by rule."""
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    run: Run = Run.objects.get(kind=Run.Kind.APPLY)
    return run


def test_apply_rung_while_a_look_holds_the_account_is_rung_again_after_it(waiting: Run) -> None:
    assert dispatch_round().applies == (waiting.pk,)
    request_look(account_id=DEV, actor=operator)
    (look,) = claim_looks(1)
    apply_run(run_id=waiting.pk)
    assert dispatch_round().applies == ()
    release(look)
    assert dispatch_round().applies == (waiting.pk,)


def test_look_rung_while_an_apply_holds_the_account_is_rung_again_after_it(waiting: Run) -> None:
    request_look(account_id=DEV, actor=operator)
    assert dispatch_round().looks == 1
    apply = claim_apply(waiting.pk)
    assert apply is not None
    assert claim_looks(1) == []
    assert dispatch_round().looks == 0
    release(apply)
    assert dispatch_round().looks == 1


def test_apply_that_was_rung_is_not_rung_again_every_round(waiting: Run) -> None:
    assert dispatch_round().applies == (waiting.pk,)
    assert dispatch_round().applies == ()
