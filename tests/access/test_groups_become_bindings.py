"""Whoever held a role by the old groups, or by a token that lives, holds it on the whole fleet."""

import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.utils import timezone

from access.models import RoleBinding, Token

bind_groups: Any = importlib.import_module("access.migrations.0003_teams_and_bindings").bind_groups


@pytest.mark.django_db
def test_groups_and_live_tokens_become_bindings_on_the_fleet() -> None:
    tomorrow, yesterday = timezone.now() + timedelta(1), timezone.now() - timedelta(1)
    for name, roles in {"olga": ["operator", "viewer"], "ada": ["approver"], "nobody": []}.items():
        person = User.objects.create(username=name)
        person.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    for key_id, name, expires_at in (("1", "robot", tomorrow), ("2", "gone", yesterday)):
        user = User.objects.create(username=name)
        Token.objects.create(key_id=key_id, user=user, role="viewer", name="x", digest="", expires_at=expires_at)
    bind_groups(apps, None)
    bind_groups(apps, None)
    found = {(one.user.username, one.role, one.scope_kind, one.scope_value) for one in RoleBinding.objects.all()}
    assert found == {
        ("olga", "operator", "fleet", ""),
        ("olga", "baseline_author", "fleet", ""),
        ("olga", "viewer", "fleet", ""),
        ("ada", "approver", "fleet", ""),
        ("robot", "viewer", "fleet", ""),
    }
    assert not Group.objects.exists()
