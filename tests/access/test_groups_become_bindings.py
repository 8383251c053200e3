"""Whoever held a role by the old groups, or by a token that lives, holds it on the whole fleet."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from access.models import RoleBinding, Token

THEN, PEOPLE = ("access", "0002_roles"), ("auth", "0012_alter_user_first_name_max_length")


@pytest.fixture
def old(transactional_db: None) -> Iterator[Any]:
    """The tables as they were while groups were roles, and their models."""
    migrate = MigrationExecutor(connection)
    migrate.migrate([THEN])
    yield migrate.loader.project_state([THEN, PEOPLE]).apps
    call_command("migrate", verbosity=0)


def test_groups_and_live_tokens_become_bindings_on_the_fleet(old: Any) -> None:
    user, group, token = (old.get_model(*name) for name in (("auth", "User"), ("auth", "Group"), ("access", "Token")))
    for name, roles in {"olga": ["operator", "viewer"], "ada": ["approver"], "nobody": []}.items():
        person = user.objects.create(username=name)
        person.groups.set([group.objects.get_or_create(name=role)[0] for role in roles])
    now = timezone.now()
    for name, role, days in (("robot", "operator", 1), ("gone", "viewer", -1)):
        given = {"key_id": name, "role": role, "name": "x", "digest": "", "expires_at": now + timedelta(days)}
        token.objects.create(user=user.objects.create(username=name), **given)
    call_command("migrate", verbosity=0)
    found = {(one.user.username, str(one.grant)) for one in RoleBinding.objects.all()}
    assert found == {
        ("olga", "operator on fleet"),
        ("olga", "baseline_author on fleet"),
        ("olga", "viewer on fleet"),
        ("ada", "approver on fleet"),
        ("robot", "operator on fleet"),
        ("robot", "baseline_author on fleet"),
    }
    held = {str(grant) for grant in Token.objects.get(key_id="robot").limit}
    assert held == {"operator on fleet", "baseline_author on fleet"}
