"""Guards: what no plan may do."""

from dataclasses import replace

from provisioning.core.change import Action, Call, ResourceKey
from provisioning.core.guard import Limits, guard
from tests.core.test_plan import change, key, plan

OWN = "arn:aws:iam::111111111111:role/firstline/FirstlineApply"


def test_nothing_touches_the_roles_we_enter_by() -> None:
    call = Call("iam", "PutRolePolicy", {}, frozenset({("iam:PutRolePolicy", OWN)}))
    (violation,) = guard(plan(change("a", calls=(call,)), change("b")), Limits(own_access=frozenset({OWN})))
    assert (violation.rule, violation.key) == ("own_access_path", key("a"))


def test_no_call_names_a_break_glass_user() -> None:
    call = Call("iam", "RemoveUserFromGroup", {"GroupName": "Admins", "UserName": "Glass"}, frozenset())
    (violation,) = guard(plan(change("a", calls=(call,))), Limits(break_glass=frozenset({"glass"})))
    assert (violation.rule, violation.key) == ("break_glass", key("a"))


def test_protected_resources_are_not_changed() -> None:
    (violation,) = guard(plan(change("a")), Limits(protected={key("a"): "service-linked role"}))
    assert (violation.rule, violation.reason) == ("protected", "service-linked role")


def test_more_attachments_than_the_account_allows_are_refused_at_plan_time() -> None:
    wide = replace(
        change(), key=ResourceKey("iam.role", "r"), after={"attached_policies": [f"arn:{n}" for n in range(11)]}
    )
    limits = Limits(quotas={"AttachedPoliciesPerRoleQuota": 10})
    assert [violation.rule for violation in guard(plan(wide), limits)] == ["quota"]
    assert guard(plan(wide), Limits(quotas={"AttachedPoliciesPerRoleQuota": 20})) == ()
    assert guard(plan(wide), Limits()) == ()


def test_creates_beyond_the_accounts_quota_are_refused() -> None:
    creates = [replace(change(), key=ResourceKey("iam.group", f"g{n}"), action=Action.CREATE) for n in range(3)]
    limits = Limits(quotas={"GroupsQuota": 10}, counts={"Groups": 8})
    assert [violation.key.name for violation in guard(plan(*creates), limits)] == ["g2"]


def test_a_harmless_plan_passes() -> None:
    assert guard(plan(change("a"), change("b")), Limits(own_access=frozenset({OWN}))) == ()
