"""Users and the groups they are in: one plan makes both, whichever side says so; an existing one is adopted."""

import json
from typing import Any

import pytest

from provisioning.core.desired import ClosedScope, DesiredItem, Origin
from provisioning.models import Drift, Run
from provisioning.services.observe import own_access
from provisioning.services.verdicts import verdicts_of
from tests.kinds.iam_model import ACCOUNT, snapshot_of
from tests.kinds.reconcile import trust
from tests.services.fleet import DEV, Fleet, group, item

pytestmark = pytest.mark.django_db(transaction=True)


def user(name: str = "dora", **declared: Any) -> DesiredItem:
    """A user with nothing of its own."""
    return item("iam.user", name, {"attached_policies": [], **declared})


def test_a_user_and_the_group_that_lists_it_are_made_by_one_apply(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=["dora"]), user())
    fleet.look()
    fleet.apply_all()
    assert fleet.writes() == ["CreateUser", "CreateGroup", "AttachGroupPolicy", "AddUserToGroup"]
    fleet.look()
    assert fleet.drift() == {}


def test_a_user_joins_the_open_group_that_it_names_in_the_same_apply(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(), user(groups=["Developers"]))
    fleet.look()
    fleet.apply_all()
    assert fleet.writes() == ["CreateGroup", "AttachGroupPolicy", "CreateUser", "AddUserToGroup"]
    fleet.look()
    assert fleet.drift() == {}


def test_what_the_group_repairs_is_not_left_to_a_person_on_the_users_side(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=["dora"]), user(groups=["Developers"]))
    fleet.look()
    fleet.apply_all()
    fleet.sandbox.client("iam", DEV).remove_user_from_group(GroupName="Developers", UserName="dora")
    fleet.look()
    assert fleet.drift() == {
        "iam.group/Developers members[dora]": "missing",
        "iam.user/dora groups[Developers]": "missing",
    }
    assert set(Drift.objects.open().values_list("remedy", flat=True)) == {"auto"}
    fleet.apply_all()
    fleet.look()
    assert fleet.drift() == {}


def test_an_existing_user_waits_to_be_adopted_and_so_does_the_group_that_lists_it(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=["ann"]), user("ann"))
    fleet.look()
    plan = fleet.plan(DEV, "approval")
    assert [(change["action"], change["key"]["name"]) for change in plan.data["changes"]] == [
        ("adopt", "ann"),
        ("create", "Developers"),
    ]
    fleet.approve()
    fleet.apply_all()
    fleet.look()
    assert fleet.drift() == {}


def test_making_and_changing_a_user_leaves_its_password_and_keys_alone(fleet: Fleet) -> None:
    iam = fleet.sandbox.client("iam", DEV)
    iam.create_login_profile(UserName="ann", Password="Sandbox-1!")
    key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    fleet.register()
    fleet.declare(DEV, user("ann", path="/people/", tags={"team": "x"}, boundary="PowerUserAccess"))
    fleet.look()
    fleet.approve()
    fleet.apply_all()
    assert fleet.writes()[-3:] == ["UpdateUser", "TagUser", "PutUserPermissionsBoundary"]
    assert iam.get_login_profile(UserName="ann")["LoginProfile"]["UserName"] == "ann"
    assert [one["AccessKeyId"] for one in iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]] == [key]
    fleet.look()
    assert fleet.drift() == {}


def test_undeclared_users_in_a_closed_scope_are_extra(fleet: Fleet) -> None:
    fleet.register()
    closed = ClosedScope("iam.user", "/", (Origin("first-line", 1, "a", "ann"),))
    fleet.declare(DEV, user("ann"), closed=(closed,))
    fleet.look()
    assert {name: kind for name, kind in fleet.drift().items() if kind == "extra"} == {
        "iam.user/ben": "extra",
        "iam.user/carla": "extra",
    }
    assert verdicts_of([DEV])[DEV].kinds["iam.user"].verdict.value == "attention"


def test_a_user_by_whom_firstline_enters_is_part_of_its_access_path() -> None:
    own = f"arn:aws:iam::{ACCOUNT}:role/firstline/FirstlineLook"
    worker = f"arn:aws:iam::{ACCOUNT}:user/firstline-look"
    role = {"name": "FirstlineLook", "arn": own, "attached": [], "boundary": None}
    snapshot = snapshot_of(roles=[{**role, "trust": json.dumps(trust(worker))}])
    assert own_access(snapshot, frozenset({own})) == {own, worker}


def test_counts_of_an_apply_add_up(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=["dora"]), user())
    fleet.look()
    fleet.apply_all()
    run = Run.objects.get(kind="apply")
    assert (run.state, run.outcome["not_yet_visible"]) == ("done", [])
