"""First passwords and access keys: made by the hand-over worker alone, read once by their reader."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from access.roles import Role, actor
from history.models import Event
from provisioning.core.errors import ConflictError, DeclarationError, GoneError, NotAllowedError
from provisioning.models import HandOver, Ownership, Run
from provisioning.services.decide_hand_over import approve_hand_over, reject_hand_over, withdraw_hand_over
from provisioning.services.read_hand_over import read_hand_over
from tests.people import person
from tests.services.fleet import DEV, PROD, Fleet, item
from tests.services.handing import READER, USER, ask, fresh, made, paula, prepare, read, rita, sam, user_of, work


def verbs() -> list[str]:
    rows = Event.objects.filter(verb__startswith="hand_over.").order_by("id")
    return [verb.partition(".")[2] for verb in rows.values_list("verb", flat=True)]


def test_first_password_is_made_with_a_reset_and_read_once(fleet: Fleet) -> None:
    prepare(fleet)
    row = made(fleet)
    assert (row.state, user_of(fleet)["console"]) == ("made", True)
    shown = read(row)
    iam = fleet.sandbox.client("iam", DEV)
    assert iam.get_login_profile(UserName=USER)["LoginProfile"]["PasswordResetRequired"]
    assert len(shown.secret.reveal()) >= 24 and shown.sign_in_url == f"https://{DEV}.signin.aws.amazon.com/console"
    with pytest.raises(GoneError, match=f"read once, by {READER} at"):
        read(row)
    assert fresh(row).secret is None
    assert verbs() == ["requested", "intended", "made", "read"]


def test_present_password_is_replaced_by_one_that_must_be_changed(fleet: Fleet) -> None:
    prepare(fleet)
    fleet.sandbox.client("iam", DEV).create_login_profile(UserName=USER, Password="An-old-1-password")
    made(fleet)
    assert fleet.writes() == ["UpdateLoginProfile"]
    profile = fleet.sandbox.client("iam", DEV).get_login_profile(UserName=USER)["LoginProfile"]
    assert profile["PasswordResetRequired"]


def test_password_keeps_the_account_s_own_rules(fleet: Fleet) -> None:
    prepare(fleet)
    fleet.sandbox.client("iam", DEV).update_account_password_policy(
        MinimumPasswordLength=60, RequireSymbols=True, RequireNumbers=True, RequireUppercaseCharacters=True
    )
    assert len(read(made(fleet)).secret.reveal()) == 60


def test_key_works_and_only_its_id_is_known_to_others(fleet: Fleet) -> None:
    prepare(fleet)
    row = made(fleet, "access_key")
    assert user_of(fleet)["access_keys"] == {row.key_id: "Active"}
    shown = read(row)
    keys = {"aws_access_key_id": row.key_id, "aws_secret_access_key": shown.secret.reveal()}
    assert fleet.sandbox.client_with("sts", keys).get_caller_identity()["Arn"].endswith(f":user/{USER}")


def test_worker_of_a_hand_over_runs_under_an_identity_and_a_role_of_its_own(fleet: Fleet) -> None:
    prepare(fleet)
    made(fleet, "access_key")
    (call,) = (one for one in fleet.sandbox.calls(DEV) if one["operation"] == "CreateAccessKey")
    assert call["role"].endswith(":role/firstline/FirstlineHandOver")


@pytest.mark.parametrize("name", ["sam", "olga"])
def test_nobody_but_the_reader_reads(fleet: Fleet, name: str) -> None:
    prepare(fleet)
    row = made(fleet)
    person("olga", Role.OWNER)
    with pytest.raises(NotAllowedError, match=f"for {READER}"):
        read_hand_over(hand_over_id=row.pk, actor=actor(name, [Role.OWNER]))
    assert read(row)


def test_production_waits_for_somebody_who_neither_asked_nor_reads(fleet: Fleet) -> None:
    prepare(fleet, PROD, "prod")
    row = ask(account_id=PROD)
    work(fleet)
    assert (fresh(row).state, fleet.writes(PROD)) == ("proposed", [])
    for who in (sam, actor(READER, [Role.APPROVER])):
        with pytest.raises(NotAllowedError, match="somebody else"):
            approve_hand_over(hand_over_id=row.pk, actor=who)
    approve_hand_over(hand_over_id=row.pk, actor=paula)
    work(fleet)
    assert fresh(row).state == "made"


def test_rejected_and_withdrawn_ones_are_not_made(fleet: Fleet) -> None:
    prepare(fleet, PROD, "prod")
    reject_hand_over(hand_over_id=ask(account_id=PROD).pk, actor=paula)
    withdraw_hand_over(hand_over_id=ask(account_id=PROD).pk, actor=sam)
    work(fleet)
    assert fleet.writes(PROD) == []


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"user": "ben"}, "/user"),
        ({"user": "ANN"}, "/user"),
        ({"reader": "nobody"}, "/for"),
        ({"replaces": "AKIAIOSFODNN7EXAMPLE"}, "/replaces"),
        ({"public_key": "ssh-rsa AAAA"}, "/public_key"),
    ],
)
def test_wrong_request_says_what_to_do(fleet: Fleet, more: dict[str, Any], pointer: str) -> None:
    prepare(fleet)
    with pytest.raises(DeclarationError) as refused:
        ask(**more)
    assert [reason.pointer for reason in refused.value.reasons] == [pointer]


def test_user_who_is_not_ours_gets_nothing(fleet: Fleet) -> None:
    prepare(fleet)
    Ownership.objects.all().delete()
    with pytest.raises(DeclarationError, match="not yet ours"):
        ask()


def test_break_glass_user_gets_nothing(fleet: Fleet, settings: Any) -> None:
    prepare(fleet)
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"break_glass": [USER]})
    with pytest.raises(DeclarationError, match="break glass"):
        ask()


def test_who_lost_the_right_meanwhile_gets_nothing(fleet: Fleet) -> None:
    from access.models import RoleBinding

    prepare(fleet)
    row = ask()
    RoleBinding.objects.filter(user__username="sam").delete()
    work(fleet)
    assert (fresh(row).state, fresh(row).reason_code, fleet.writes()) == ("failed", "rights_withdrawn", [])


def test_one_of_a_sort_is_open_at_a_time(fleet: Fleet) -> None:
    prepare(fleet)
    ask()
    with pytest.raises(ConflictError, match="is open"):
        ask()


def test_paused_account_makes_it_wait(fleet: Fleet) -> None:
    prepare(fleet)
    row = ask()
    row.account.paused = True
    row.account.save()
    work(fleet)
    assert (fresh(row).state, fleet.writes()) == ("queued", [])


def test_two_keys_are_the_most(fleet: Fleet) -> None:
    prepare(fleet)
    iam = fleet.sandbox.client("iam", DEV)
    for _ in range(2):
        iam.create_access_key(UserName=USER)
    row = made(fleet, "access_key")
    assert (row.state, row.reason_code, fleet.writes()) == ("failed", "too_many_keys", [])


def test_missing_user_is_told(fleet: Fleet) -> None:
    prepare(fleet)
    fleet.sandbox.client("iam", DEV).delete_user(UserName=USER)
    assert made(fleet).reason_code == "no_user"


@pytest.mark.parametrize("what", ["password", "access_key"])
def test_what_nobody_reads_in_time_is_wiped_and_taken_back(fleet: Fleet, what: str) -> None:
    prepare(fleet)
    row = made(fleet, what)
    HandOver.objects.filter(pk=row.pk).update(expires_at=Now())
    with pytest.raises(GoneError, match="not read in time"):
        read(row)
    work(fleet)
    assert (fresh(row).state, fresh(row).secret, bool(fresh(row).taken_back_at)) == ("expired", None, True)
    ann = user_of(fleet)
    assert (ann["console"], ann["access_keys"]) == (False, {})
    assert verbs()[-1] == "taken_back"


def test_unread_password_of_a_user_who_had_one_stays_unknown_to_all(fleet: Fleet) -> None:
    prepare(fleet)
    fleet.sandbox.client("iam", DEV).create_login_profile(UserName=USER, Password="An-old-1-password")
    row = made(fleet)
    withdraw_hand_over(hand_over_id=row.pk, actor=rita)
    work(fleet)
    assert "DeleteLoginProfile" not in fleet.writes()
    assert Event.objects.get(verb="hand_over.taken_back").detail["how"] == "left_unknown_to_all"


def test_what_is_not_approved_in_time_ends(fleet: Fleet) -> None:
    prepare(fleet, PROD, "prod")
    row = ask(account_id=PROD)
    HandOver.objects.filter(pk=row.pk).update(make_until=Now() - timedelta(seconds=1))
    work(fleet)
    assert (fresh(row).state, fresh(row).reason_code) == ("failed", "too_late")


def test_role_that_asks_for_no_external_id_is_not_used(fleet: Fleet) -> None:
    prepare(fleet)
    fleet.sandbox.break_access(DEV, "no_role")
    row = made(fleet)
    run = Run.objects.get(kind="hand_over")
    assert (run.state, fresh(row).state, bool(run.outcome["causes"])) == ("blocked", "queued", True)


def test_answered_refusal_fails_and_one_that_passes_is_tried_again(fleet: Fleet) -> None:
    prepare(fleet)
    fleet.sandbox.fault(
        "error", operation="CreateLoginProfile", count=1, code="EntityTemporarilyUnmodifiable", status=409
    )
    row = made(fleet)
    assert (row.state, row.reason_code) == ("queued", "consistency")
    HandOver.objects.update(next_at=Now())
    work(fleet)
    assert fresh(row).state == "made"
    fleet.sandbox.fault("error", operation="CreateAccessKey", count=1, code="AccessDenied", status=403)
    assert made(fleet, "access_key").reason_code == "AccessDenied"


def test_several_of_one_account_are_made_in_one_pass(fleet: Fleet) -> None:
    prepare(fleet)
    fleet.declare(DEV, item("iam.user", USER, {}), item("iam.user", "ben", {}))
    Ownership.objects.create(account_id=DEV, kind="iam.user", identity="ben", name="ben", how="created")
    ask(), ask("access_key"), ask(user="ben")
    work(fleet)
    assert set(HandOver.objects.values_list("state", flat=True)) == {"made"}
    assert Run.objects.filter(kind="hand_over").count() == 1
