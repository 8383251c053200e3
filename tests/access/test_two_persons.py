"""Nobody decides alone: whoever asked, wrote or assigned does not approve, whatever they hold."""

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from access.roles import Permission
from access.services.standing import still_may
from provisioning.models import PlanRecord
from tests.access.test_tokens import bearer, session
from tests.access.world import World, build_world
from tests.people import bind, person, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def approve(client: APIClient, plan: PlanRecord) -> int:
    answer = client.post(f"/api/v1/plans/{plan.pk}/approve", {"digest": plan.digest}, HTTP_IF_MATCH="*")
    return answer.status_code


@pytest.mark.parametrize("role", ["approver", "security_admin", "owner"])
@pytest.mark.parametrize("part", ["requested_by", "authors"])
def test_who_asked_wrote_or_assigned_does_not_approve(world: World, role: str, part: str) -> None:
    plan, both = world.payments.plan, person("both", role)
    setattr(plan, part, "both" if part == "requested_by" else ["olga", "both"])
    plan.save()
    assert approve(session(both), plan) == 403
    assert approve(bearer(token("both", role)), plan) == 403
    assert approve(session(world.people[role, "own"]), plan) == 200


def test_superuser_is_not_exempt(world: World) -> None:
    root = User.objects.create_superuser("root")
    PlanRecord.objects.update(requested_by="root")
    assert approve(session(root), world.payments.plan) == 403


@pytest.mark.parametrize("part", ["author", "published_by"])
def test_who_wrote_or_published_does_not_approve_for_production(world: World, part: str) -> None:
    version = world.payments.baseline.versions.create(
        number=3,
        source="",
        content={},
        author="olga",
        published_by="oskar",
        published_at="2026-01-01T00:00Z",
        digest="x",
    )
    name = getattr(version, part)
    url = f"/api/v1/baselines/payments-baseline/versions/{version.number}/approve-production"
    assert session(person(name, "owner")).post(url, HTTP_IF_MATCH="*").status_code == 403
    assert session(world.people["security_admin", "own"]).post(url, HTTP_IF_MATCH="*").status_code == 200


def test_approver_does_not_approve_for_production(world: World) -> None:
    url = "/api/v1/baselines/payments-baseline/versions/1/approve-production"
    assert session(world.people["approver", "fleet"]).post(url, HTTP_IF_MATCH="*").status_code == 403


def test_role_given_to_oneself_through_another_scope_is_refused(world: World) -> None:
    lead = world.people["owner", "own"]
    for scope in ("team:payments", "fleet", "team:search"):
        body = {"user": lead.username, "role": "approver", "scope": scope}
        assert session(lead).post("/api/v1/role-bindings", body).status_code == 403


def test_approver_who_lost_their_role_on_the_account_no_longer_counts(world: World) -> None:
    ada = person("ada")
    bind(ada, "approver", "team:search")
    assert not still_may("ada", Permission.APPROVE, world.payments.account)
    assert still_may("ada", Permission.APPROVE, world.search.account)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not still_may("ada", Permission.APPROVE, world.search.account)
