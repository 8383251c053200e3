"""Every page opens for every role, for nobody else, and shows what it is for."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from access.models import Token
from access.roles import Role, actor
from accounts.selectors import parse
from config.admin_site import SECTIONS
from provisioning.services.verify_access import verify_access
from tests.admin.fleet import Fleet
from tests.admin.people import person
from tests.people import token

OTTO = actor("otto", [Role.OPERATOR])
LISTS = [
    "accounts_account",
    "provisioning_drift",
    "provisioning_planrecord",
    "provisioning_run",
    "provisioning_accessverification",
    "iam_templates_baseline",
    "iam_templates_baselineversion",
    "iam_templates_assignment",
    "provisioning_desiredstate",
    "history_event",
    "provisioning_decision",
    "provisioning_snapshotrecord",
    "provisioning_ownership",
    "provisioning_attestation",
    "provisioning_budgetstatus",
    "provisioning_report",
    "access_token",
]


def page_urls(fleet: Fleet) -> dict[str, str]:
    """A page of every sort."""
    token("someone", "viewer", name="reports")
    records = {
        "accounts_account": fleet.dev,
        "provisioning_drift": fleet.guard_drift,
        "provisioning_planrecord": fleet.plan,
        "provisioning_run": fleet.apply,
        "provisioning_accessverification": verify_access(selector=parse({"all": True}), actor=OTTO),
        "iam_templates_baseline": fleet.version.baseline,
        "iam_templates_baselineversion": fleet.version,
        "iam_templates_assignment": fleet.assignment,
        "provisioning_desiredstate": fleet.state,
        "history_event": fleet.event,
        "provisioning_decision": fleet.apply.plan.decisions.get(),
        "provisioning_snapshotrecord": fleet.snapshot,
        "provisioning_ownership": fleet.owned,
        "provisioning_attestation": fleet.attestation,
        "access_token": Token.objects.get(),
    }
    pages = {name: reverse(f"admin:{name}_change", args=[record.pk]) for name, record in records.items()}
    return {"index": reverse("admin:index"), **pages}


def list_url(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


@pytest.mark.parametrize("role", ["viewer", "operator", "approver"])
@pytest.mark.django_db
def test_every_page_opens_for_every_role(role: str, client: Client, fleet: Fleet) -> None:
    client.force_login(person("someone", role))
    urls = [*page_urls(fleet).values(), *map(list_url, LISTS)]
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


@pytest.mark.django_db
def test_nobody_else_sees_a_page(client: Client, fleet: Fleet) -> None:
    urls = [*page_urls(fleet).values(), *map(list_url, LISTS)]
    for outsider in (None, person("api-only", "approver", is_staff=False)):
        if outsider:
            client.force_login(outsider)
        assert {client.get(url).status_code for url in urls} == {302}


def test_every_sort_of_record_is_on_the_menu_once() -> None:
    registered = sorted(model.__name__ for model in admin.site._registry)
    assert sorted(name for names in SECTIONS.values() for name in names) == registered
