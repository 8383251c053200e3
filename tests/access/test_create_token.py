"""`manage.py grant_role`, `create_token` and `revoke_token`."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.models import Token
from access.roles import Grant, Role
from access.services.authenticate_token import authenticate_token
from history.models import Event

ARGUMENTS = {"user": "ann", "role": ["operator"], "name": "laptop"}


@pytest.fixture(autouse=True)
def ann(db: None) -> None:
    """Ann operates the fleet."""
    grant()


def grant(*arguments: str) -> str:
    out = StringIO()
    call_command("grant_role", "--user=ann", "--role=operator", *arguments, stdout=out)
    return out.getvalue().strip()


def create(**arguments: Any) -> str:
    out = StringIO()
    call_command("create_token", stdout=out, stderr=StringIO(), **{**ARGUMENTS, **arguments})
    return out.getvalue().strip()


def test_token_is_printed_once_and_works(db: None) -> None:
    token = authenticate_token(create())
    assert token is not None
    assert (token.user.get_username(), token.limit, token.name) == ("ann", {Grant(Role.OPERATOR)}, "laptop")
    assert not token.user.has_usable_password()
    assert 89 <= (token.expires_at - token.created_at).days <= 90


def test_making_a_token_is_recorded_without_it(db: None) -> None:
    text = create()
    event = Event.objects.get(verb="token.created")
    assert event.subject == f"ann/{Token.objects.get().key_id}"
    assert text.partition(".")[2] not in str(vars(event))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"days": 0}, "--days: a token lives 1 to 90 days"),
        ({"days": 91}, "--days: a token lives 1 to 90 days"),
        ({"name": " "}, "--name: say"),
        ({"user": "bob"}, "--user: there is no such person"),
        ({"role": ["owner"]}, "--grants: a token gives no more than its person and its maker hold: not owner on fleet"),
        ({"cidr": ["10.0.0.1/8"]}, "--allowed_cidrs: .*write networks like 192.0.2.0/24"),
    ],
)
def test_wrong_argument_is_named_and_nothing_is_made(db: None, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        create(**wrong)
    assert not Token.objects.exists()


def test_granting_twice_says_so_and_changes_nothing(db: None) -> None:
    assert "already" in grant()
    assert grant("--scope=ou:/workloads/dev") == "ann is operator on ou:/workloads/dev."
    assert Event.objects.filter(verb="role.granted", actor="command line").count() == 2


@pytest.mark.parametrize("scope", ["ou:dev", "team:nobody", "environment:live"])
def test_scope_that_names_nothing_is_not_granted(db: None, scope: str) -> None:
    with pytest.raises(CommandError, match="scope"):
        grant(f"--scope={scope}")


def test_person_whose_name_can_not_be_one_is_not_made(db: None) -> None:
    with pytest.raises(CommandError, match="--username"):
        call_command("grant_role", "--user=a b\n", "--role=viewer")


def test_unknown_role_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="role"):
        call_command("create_token", "--user=ann", "--role=admin", "--name=laptop")


def test_no_token_for_someone_switched_off(db: None, django_user_model: Any) -> None:
    django_user_model.objects.update(is_active=False)
    with pytest.raises(CommandError, match="switched off"):
        create()


def test_revoked_token_is_refused_from_then_on(db: None) -> None:
    text = create()
    key_id = Token.objects.get().key_id
    for _ in range(2):
        call_command("revoke_token", key_id, stdout=StringIO())
    assert authenticate_token(text) is None
    assert Event.objects.filter(verb="token.revoked").count() == 1


def test_revoking_an_unknown_token_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="no such token"):
        call_command("revoke_token", "0" * 12)
