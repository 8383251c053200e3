"""Baselines and versions: drafted by one, frozen when published, approved for production by another."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from access.roles import Actor, Role, actor
from history.models import Event
from iam_templates.models import Baseline, BaselineVersion
from iam_templates.services.approve_for_production import approve_for_production
from iam_templates.services.create_baseline import create_baseline
from iam_templates.services.create_version import create_version
from iam_templates.services.publish_version import publish_version
from iam_templates.services.update_draft import update_draft
from provisioning.core.errors import ConflictError, DeclarationError, NotAllowedError, NotFoundError
from provisioning.core.plain import digest
from tests.iam_templates.cast import ADA, OLGA, OSKAR, ROOT, VERA, draft, group, published, source

pytestmark = pytest.mark.django_db


def approve(version: BaselineVersion, by: Actor) -> BaselineVersion:
    return approve_for_production(baseline=version.baseline_id, number=version.number, actor=by)


def verbs() -> list[str]:
    return list(Event.objects.order_by("id").values_list("verb", flat=True))


def test_a_baseline_is_made_once() -> None:
    assert create_baseline(name="first", actor=OLGA).created_by == "olga"
    with pytest.raises(ConflictError):
        create_baseline(name="first", actor=OSKAR)
    assert verbs() == ["baseline.created"]


@pytest.mark.parametrize("name", ["", "First", "a_b", "-a", "a-", "a" * 101, "a/b", "validate", "é", "a\n"])
def test_a_baseline_has_a_name_that_addresses_can_hold(name: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        create_baseline(name=name, actor=OLGA)
    assert refused.value.reasons[0].pointer == "/name"


@pytest.mark.parametrize("actor", [VERA, ADA], ids=["viewer", "approver"])
def test_only_operators_make_and_change(actor: Actor) -> None:
    version = draft()
    for attempt in (
        lambda: create_baseline(name="other", actor=actor),
        lambda: create_version(baseline="first", source=source(), actor=actor),
        lambda: update_draft(baseline="first", number=version.number, source=source(), actor=actor),
        lambda: publish_version(baseline="first", number=version.number, actor=actor),
    ):
        with pytest.raises(NotAllowedError):
            attempt()
    assert Baseline.objects.count() == BaselineVersion.objects.count() == 1


def test_versions_are_numbered_in_turn_and_belong_to_their_author() -> None:
    first, second = draft(), draft(by=OSKAR)
    assert [(row.number, row.author, row.digest) for row in (first, second)] == [(1, "olga", ""), (2, "oskar", "")]


def test_a_version_of_an_unknown_baseline_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        create_version(baseline="nobody", source=source(), actor=OLGA)
    with pytest.raises(NotFoundError):
        publish_version(baseline="nobody", number=1, actor=OLGA)


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (group(membres=["ann"]), "/resources/iam.group/Developers/membres"),
        (group("De/velopers"), "/resources/iam.group/De~1velopers"),
        (group(attached_policies=["NoSuchPolicy"]), "/resources/iam.group/Developers/attached_policies/0"),
        (group(attached_policies=["{{ x }}"]), "/resources/iam.group/Developers/attached_policies/0"),
        (
            {"resources": {"iam.policy": {"P": {"document": {"Statement": [{"Effect": "Maybe"}]}}}}},
            "/resources/iam.policy/P/document/Statement/0",
        ),
        ({"resources": {"budget": {"b": {"type": "cost"}}}}, "/resources/budget/b/limit"),
    ],
)
def test_what_aws_would_refuse_is_refused_when_it_is_saved(content: dict[str, Any], pointer: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        draft(content=content)
    assert any(reason.pointer.startswith(pointer) for reason in refused.value.reasons)
    assert not BaselineVersion.objects.exists()


def test_a_policy_is_attached_by_name_when_the_same_baseline_declares_it() -> None:
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    content = group(attached_policies=["Guard"]) | {}
    content["resources"]["iam.policy"] = {
        "Guard": {"path": "/g/", "document": {"Version": "2012-10-17", "Statement": [statement]}}
    }
    assert draft(content=content).number == 1


def test_an_author_changes_their_draft() -> None:
    version = draft()
    update_draft(baseline="first", number=1, source=source(group("Test")), actor=OLGA)
    version.refresh_from_db()
    assert version.content == group("Test")
    assert verbs() == ["version.created", "version.changed"]


def test_nobody_changes_the_draft_of_another() -> None:
    draft()
    with pytest.raises(NotAllowedError):
        update_draft(baseline="first", number=1, source=source(group("Test")), actor=OSKAR)


def test_publishing_freezes_a_version_under_its_digest() -> None:
    version = published()
    assert version.digest == digest(version.content)
    assert version.published_by == "olga"
    for attempt in (
        lambda: publish_version(baseline="first", number=1, actor=OLGA),
        lambda: update_draft(baseline="first", number=1, source=source(), actor=OLGA),
    ):
        with pytest.raises(ConflictError):
            attempt()


def test_equal_declarations_have_equal_digests_whatever_their_order() -> None:
    one = published(content={"resources": {"iam.group": {"A": {"path": "/"}, "B": {"path": "/"}}}})
    two = published(content={"resources": {"iam.group": {"B": {"path": "/"}, "A": {"path": "/"}}}})
    assert one.digest == two.digest


@pytest.mark.parametrize(
    "change",
    [
        {"content": {}},
        {"source": "x"},
        {"digest": "0" * 64},
        {"author": "ada"},
        {"published_by": "ada"},
        {"published_at": None},
        {"number": 7},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_refuses_to_change_what_is_published(change: dict[str, Any]) -> None:
    version = published()
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        BaselineVersion.objects.filter(pk=version.pk).update(**change)


def test_the_database_refuses_to_delete_what_is_published() -> None:
    version = published()
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        version.delete()
    draft().delete()


def test_another_approver_approves_for_production() -> None:
    version = approve(published(), ADA)
    assert version.approved_for_production_by == "ada"
    assert verbs()[-1] == "version.approved_for_production"
    with pytest.raises(ConflictError):
        approve(version, ADA)


def test_a_draft_is_not_approved() -> None:
    with pytest.raises(ConflictError):
        approve(draft(), ADA)


@pytest.mark.parametrize("actor", [VERA, OSKAR], ids=["viewer", "operator"])
def test_only_approvers_approve(actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        approve(published(), actor)


def test_nobody_approves_what_they_wrote_or_published() -> None:
    with pytest.raises(NotAllowedError):
        approve(published(by=ROOT), ROOT)
    by_another = draft(by=actor("otto", [Role.BASELINE_AUTHOR]))
    publish_version(baseline="first", number=by_another.number, actor=ROOT)
    with pytest.raises(NotAllowedError):
        approve(by_another, ROOT)
