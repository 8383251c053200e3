"""The shipped baselines: in order, loadable, and what the workshop teaches."""

from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command

from iam_templates.declaration import Declaration, check_declaration, item_reasons, rows_of
from iam_templates.models import BaselineVersion
from iam_templates.reading import read_declaration
from iam_templates.render import render
from iam_templates.schema import schema
from iam_templates.services.load_library import LIBRARY
from iam_templates.services.publish_version import publish_version
from provisioning.core.merge import MergeConflictError
from provisioning.kinds import all_kinds
from tests.factories import account
from tests.iam_templates.cast import OLGA, assigned

WORKSHOP = LIBRARY / "first-line-of-defense.yaml"
SHIPPED = sorted(LIBRARY.glob("*.yaml"))


def content(path: Path = WORKSHOP) -> dict[str, Any]:
    return read_declaration(path.read_text(encoding="utf-8"), "yaml")


def workshop() -> Declaration:
    return check_declaration(content(), all_kinds())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_baseline_is_in_order(path: Path) -> None:
    assert check_declaration(content(path), all_kinds())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_baseline_fits_the_published_schema(path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(all_kinds()))
    jsonschema.Draft202012Validator(schema(all_kinds())).validate(content(path))


def test_the_published_schema_refuses_what_the_product_refuses() -> None:
    validator = jsonschema.Draft202012Validator(schema(all_kinds()))
    for broken in (
        content() | {"extras": 1},
        {"resources": {"iam.cat": {}}},
        {"resources": {"iam.group": {"A": {"membres": []}}}},
        {"resources": {"iam.role": {"A": {"instance_profile": "text"}}}},
        {"resources": {"budget": {"A": {"type": "cost", "limit": {"amount": [], "unit": "USD"}}}}},
    ):
        assert not validator.is_valid(broken)


def test_every_kinds_example_is_a_declaration_that_fits_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(schema(all_kinds()))
    for name, kind in all_kinds().items():
        example = kind.example[kind.only] if kind.only else dict(kind.example)
        declared = {"resources": {name: example}}
        assert check_declaration(declared, all_kinds())
        validator.validate(declared)


def test_the_workshop_declares_what_it_teaches() -> None:
    found = workshop()
    assert set(found.resources["iam.group"]) == {"Admins", "Developers", "Test", "Billing"}
    assert set(found.resources["budget"]) == {"s3-monthly", "zero-spend", "monthly-cost"}
    assert found.resources["iam.group"]["Admins"]["members"] == "{{ admins }}"
    assert found.resources["iam.role"]["EC2_S3ReadOnlyAccess"]["instance_profile"] is True
    assert found.resources["iam.user"]["{{ admin_user }}"]["groups"] == {"include": ["Admins"]}
    assert found.resources["billing_access"]["account"] == {"activated": True}
    assert found.closed["iam.role"].path == "/"


def test_the_workshop_keeps_what_people_sign_in_with_in_order() -> None:
    found = workshop().resources
    assert found["iam.user"]["{{ admin_user }}"]["console_access"] == "expected"
    assert set(found["iam.mfa"]) == {"*", "<root_account>"}
    assert found["iam.access_keys"]["*"]["at_most"] == 1
    assert found["iam.password_policy"]["account"]["minimum_length"] == 14
    assert found["iam.root"]["root"] == {"access_keys": False, "signing_certificates": False}
    assert set(found["access_analyzer"]) == {"{{ home_region }}/external_access"}


def test_every_group_of_the_workshop_stands_behind_the_mfa_guard() -> None:
    for group in workshop().resources["iam.group"].values():
        assert "MfaGuard" in group["attached_policies"]


def test_the_members_of_admins_are_exclusive_and_always_given() -> None:
    parameter = workshop().parameters["admins"]
    assert (parameter.type, parameter.required) == ("names", True)


def test_the_workshop_fits_a_partition_of_its_own() -> None:
    found = workshop()
    facts = {"account_id": "012345678901", "partition": "aws-cn"}
    given = {"alert_email": "a@example.com", "admins": ["ann"], "admin_user": "ann", "home_region": "cn-north-1"}
    values = {**facts, **given, "s3_limit": "5", "monthly_limit": "50"}
    resources = render(found.resources, values)
    statement = resources["iam.policy"]["MfaGuard"]["document"]["Statement"][2]
    assert statement["Resource"] == "arn:aws-cn:iam::*:user/${aws:username}"
    assert item_reasons(rows_of(resources), facts, all_kinds()) == ()


@pytest.mark.django_db
def test_loading_adds_drafts_and_loading_again_adds_nothing() -> None:
    for said in ("first-line-of-defense v1", "Nothing new"):
        out = StringIO()
        call_command("load_library", author="olga", stdout=out)
        assert said in out.getvalue()
    version = BaselineVersion.objects.get(baseline_id="first-line-of-defense")
    assert (version.number, version.author, version.published_at) == (1, "olga", None)


@pytest.mark.django_db
def test_the_workshop_reaches_an_account_with_the_limit_of_its_environment() -> None:
    dev, prod = account(), account(environment="prod")
    call_command("load_library", stdout=StringIO())
    version = publish_version(baseline="first-line-of-defense", number=1, actor=OLGA)
    given = {"alert_email": "a@example.com", "admins": ["ann", "ben"], "admin_user": "ann"}
    assigned(version, "ou", "/", parameters=given, mode={"default": "enforce"})
    for one, amount, whole in ((dev, "10", "200"), (prod, "100", "2000")):
        items = {(item["kind"], item["name"]): item["declared"] for item in one.desired.current.data["items"]}
        assert items["budget", "s3-monthly"]["limit"]["amount"] == amount
        assert items["budget", "monthly-cost"]["limit"]["amount"] == whole
        assert items["iam.group", "Admins"]["members"] == ["ann", "ben"]
        assert items["iam.user", "ann"]["groups"] == {"include": ["Admins"]}
        assert items["billing_access", "account"] == {"activated": True}
        assert items["access_analyzer", "us-east-1/external_access"] == {}
        assert one.desired.failure is None


@pytest.mark.django_db
def test_the_admin_user_of_the_workshop_must_be_one_of_its_admins() -> None:
    account()
    call_command("load_library", stdout=StringIO())
    version = publish_version(baseline="first-line-of-defense", number=1, actor=OLGA)
    given = {"alert_email": "a@example.com", "admins": ["ann"], "admin_user": "zoe"}
    with pytest.raises(MergeConflictError) as refused:
        assigned(version, "ou", "/", parameters=given)
    (reason,) = refused.value.reasons
    assert reason.pointer == "/resources/iam.user/zoe/groups" and "Add zoe there" in reason.message
