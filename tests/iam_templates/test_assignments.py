"""Assigning: who is reached, what is refused, and what the accounts then look like."""

from typing import Any

import pytest

from access.roles import Actor
from accounts.models import Account
from history.models import Event
from iam_templates.models import Assignment, RenderDue
from iam_templates.reach import LiveAssignments, accounts_reached, assignments_reaching
from iam_templates.services import render_reached as reached_module
from iam_templates.services.approve_for_production import approve_for_production
from iam_templates.services.assign import assign
from iam_templates.services.end_assignment import end_assignment
from iam_templates.services.move_assignment import move_assignment
from iam_templates.services.render_account import render_account
from iam_templates.services.render_stale import render_stale
from provisioning.core.desired import DesiredAccount, Mode
from provisioning.core.errors import ConflictError, DeclarationError, NotAllowedError, NotFoundError
from provisioning.core.merge import MergeConflictError
from provisioning.models import DesiredHead
from tests.factories import account
from tests.iam_templates.cast import ADA, OLGA, VERA, assigned, draft, group, published

pytestmark = pytest.mark.django_db

WITH_PARAMETERS: dict[str, Any] = group(members="{{ people }}", path="/{{ environment }}/") | {
    "parameters": {"people": {"type": "names", "required": True}}
}


def desired(of: Account) -> DesiredAccount:
    state = DesiredHead.objects.get(pk=of.pk).current
    assert state is not None
    return DesiredAccount.from_plain(state.data)


def reasons(kind: type[DeclarationError], **given: Any) -> dict[str, str]:
    wanted = {"baseline": "first", "version": 1, "selector": "environment", "value": "dev", "actor": OLGA, **given}
    with pytest.raises(kind) as refused:
        assign(**wanted)
    return {reason.pointer: reason.message for reason in refused.value.reasons}


def test_the_accounts_reached_get_their_desired_state_at_once() -> None:
    dev, prod = account(), account(environment="prod")
    row = assigned(published())
    (item,) = desired(dev).items
    assert (item.name, item.declared, item.mode) == ("Developers", {"members": {"include": ["ann"]}}, Mode.OBSERVE)
    assert [(o.baseline, o.version, o.assignment, o.author) for o in item.origins] == [
        ("first", 1, str(row.id), "olga")
    ]
    assert not DesiredHead.objects.filter(pk=prod.pk).exists()


@pytest.mark.parametrize(
    ("selector", "value", "names"),
    [
        ("environment", "dev", {"a", "b", "c"}),
        ("ou", "/shop", {"a", "b"}),
        ("ou", "/shop/dev", {"b"}),
        ("ou", "/", {"a", "b", "c", "p"}),
        ("ou", "/sh_p", set()),
        ("account", "111122223333", {"c"}),
        ("tag", "Team", {"a", "b", "c"}),
        ("tag", "Team=", {"c"}),
        ("tag", "Team=core", {"a"}),
        ("tag", "Team=Core", {"b"}),
        ("tag", "team", {"p"}),
        ("tag", "a", {"b"}),
        ("tag", "a=b=c", {"b"}),
    ],
)
def test_selectors_reach_whole_segments_and_exact_tags_of_present_accounts(
    selector: str, value: str, names: set[str]
) -> None:
    account(name="a", ou_path="/shop", tags={"Team": "core", "a=b": "c"})
    account(name="b", ou_path="/shop/dev", tags={"Team": "Core", "a": "b=c"})
    account("111122223333", name="c", ou_path="/shopping", tags={"Team": ""})
    account(name="p", environment="prod", ou_path="/", tags={"team": "core"})
    account(name="gone", ou_path="/shop", state="left", tags={"Team": "core"})
    assert set(accounts_reached(selector, value).values_list("name", flat=True)) == names
    row = assigned(published(content=group("X", path="/x/")), selector, value)
    back = {found.name for found in Account.objects.all() if row in assignments_reaching(found)}
    assert back == names
    live = LiveAssignments()
    assert {found.name for found in accounts_reached("ou", "/") if row in live.of(found)} == names


def test_parameters_and_facts_are_put_in() -> None:
    dev = account()
    assigned(published(content=WITH_PARAMETERS), parameters={"people": ["ann", "ben"]})
    assert desired(dev).items[0].declared == {"members": ["ann", "ben"], "path": "/dev/"}


def test_the_mode_is_kept_per_item() -> None:
    dev = account()
    row = assigned(published(), mode={"items": {"iam.group/developers": "enforce"}})
    assert desired(dev).items[0].mode == Mode.ENFORCE
    assert row.mode == {"default": "observe", "kinds": {}, "items": {"iam.group/developers": "enforce"}}


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"version": 2}, "/version"),
        ({"baseline": "nobody"}, "/version"),
        ({"selector": "planet"}, "/selector"),
        ({"selector": "account", "value": "999999999999"}, "/value"),
        ({"value": "moon"}, "/value"),
        ({"selector": "ou", "value": "shop"}, "/value"),
        ({"selector": "ou", "value": "/shop/"}, "/value"),
        ({"selector": "tag", "value": "=core"}, "/value"),
        ({"selector": "tag", "value": "Team=a\u202eb"}, "/value"),
        ({"selector": "tag", "value": "k" * 129}, "/value"),
        ({"parameters": {}}, "/parameters/people"),
        ({"parameters": {"people": "ann"}}, "/parameters/people"),
        ({"parameters": {"people": ["*"]}}, "/parameters/people"),
        ({"parameters": {"people": [], "other": 1}}, "/parameters/other"),
        ({"parameters": {"people": ["a\x00"]}}, "/parameters/people/0"),
        ({"parameters": []}, "/parameters"),
        ({"parameters": {"people": []}, "mode": {"default": "enforce_and_prune"}}, "/mode/default"),
        ({"parameters": {"people": []}, "mode": {"items": {"iam.group/Nobody": "enforce"}}}, "/mode/items"),
    ],
)
def test_what_is_wrong_is_refused_with_its_pointer(given: dict[str, Any], pointer: str) -> None:
    published(content=WITH_PARAMETERS)
    assert any(where.startswith(pointer) for where in reasons(DeclarationError, **given))
    assert not Assignment.objects.exists()


def test_a_draft_is_not_assigned() -> None:
    draft()
    assert "publish it first" in reasons(DeclarationError)["/version"]


@pytest.mark.parametrize("actor", [VERA, ADA], ids=["viewer", "approver"])
def test_only_operators_assign_move_and_end(actor: Actor) -> None:
    row = assigned(published())
    for attempt in (
        lambda: assign(baseline="first", version=1, selector="ou", value="/", actor=actor),
        lambda: move_assignment(assignment_id=row.id, version=1, actor=actor),
        lambda: end_assignment(assignment_id=row.id, actor=actor),
    ):
        with pytest.raises(NotAllowedError):
            attempt()


def test_a_conflict_is_refused_with_both_names_and_the_accounts() -> None:
    dev = account()
    assigned(published(content=group(path="/a/")))
    published("second", group(path="/b/"))
    found = reasons(MergeConflictError, baseline="second", selector="ou", value="/")
    message = found["/resources/iam.group/Developers/path"]
    assert "first v1" in message
    assert "second v1" in message
    assert dev.account_id in message
    assert Assignment.objects.count() == 1
    assert desired(dev).items[0].declared == {"path": "/a/"}


def test_without_an_account_in_common_there_is_no_conflict() -> None:
    account()
    account(environment="prod")
    assigned(published(content=group(path="/a/")))
    assert assigned(published("second", group(path="/b/")), value="prod")


def test_shared_lists_of_two_baselines_unite_in_an_account() -> None:
    dev = account()
    assigned(published(), mode={"default": "enforce"})
    assigned(published("second", group(members={"include": ["ben"]})))
    (item,) = desired(dev).items
    assert item.declared == {"members": {"include": ["ann", "ben"]}}
    assert (item.mode, len(item.origins)) == (Mode.OBSERVE, 2)


def test_a_policy_of_another_baseline_does_not_make_a_name_known() -> None:
    with pytest.raises(DeclarationError):
        published("second", group(attached_policies=["Guard"]))


def test_moving_takes_all_accounts_along() -> None:
    dev = account()
    row = assigned(published())
    published(content=group("Testers"))
    move_assignment(assignment_id=row.id, version=2, actor=OLGA)
    (item,) = desired(dev).items
    assert (item.name, item.origins[0].version) == ("Testers", 2)
    assert dev.desired.current.generation == 2
    event = Event.objects.get(verb="assignment.moved")
    assert (event.before["version"], event.after["version"]) == ("first v1", "first v2")


def test_moving_changes_only_what_is_given() -> None:
    dev = account()
    row = assigned(published(content=WITH_PARAMETERS), parameters={"people": ["ann"]})
    moved = move_assignment(assignment_id=row.id, mode={"default": "enforce"}, actor=OLGA)
    assert moved.parameters == {"people": ["ann"]}
    assert desired(dev).items[0].mode == Mode.ENFORCE


def test_moving_to_a_version_that_needs_more_is_refused_and_changes_nothing() -> None:
    dev = account()
    row = assigned(published())
    published(content=WITH_PARAMETERS)
    with pytest.raises(DeclarationError) as refused:
        move_assignment(assignment_id=row.id, version=2, actor=OLGA)
    assert refused.value.reasons[0].pointer == "/parameters/people"
    assert desired(dev).items[0].origins[0].version == 1
    assert move_assignment(assignment_id=row.id, version=2, parameters={"people": []}, actor=OLGA)


def test_moving_into_a_conflict_is_refused() -> None:
    account()
    assigned(published("other", group(path="/a/")))
    row = assigned(published())
    published(content=group(path="/b/"))
    with pytest.raises(MergeConflictError):
        move_assignment(assignment_id=row.id, version=2, actor=OLGA)
    row.refresh_from_db()
    assert row.version.number == 1


def test_ending_the_last_assignment_leaves_an_empty_desired_state() -> None:
    dev = account()
    row = assigned(published())
    ended = end_assignment(assignment_id=row.id, actor=OLGA)
    assert ended.ended_by == "olga"
    assert desired(dev) == DesiredAccount(())
    with pytest.raises(ConflictError):
        end_assignment(assignment_id=row.id, actor=OLGA)
    with pytest.raises(NotFoundError):
        end_assignment(assignment_id="00000000-0000-4000-8000-000000000000", actor=OLGA)  # type: ignore[arg-type]


def test_history_names_parameters_and_never_their_values() -> None:
    account()
    assigned(published(content=WITH_PARAMETERS), parameters={"people": ["secretive"]})
    events = Event.objects.filter(verb__startswith="assignment.")
    assert events.get().after["parameters"] == ["people"]


# -- accounts that change, and accounts in great number --------------------------------------------------------------


def test_an_account_without_assignments_has_an_empty_desired_state() -> None:
    one = account()
    assert render_account(account_id=one.pk, by="olga") == DesiredAccount(())


def test_an_account_that_moves_is_rendered_for_its_new_place() -> None:
    one = account(environment="prod")
    assigned(published())
    Account.objects.filter(pk=one.pk).update(environment="dev")
    render_account(account_id=one.pk, by="olga")
    assert len(desired(one).items) == 1


def test_an_account_that_moves_into_a_conflict_keeps_its_last_good_state() -> None:
    one = account()
    assigned(published(content=group(path="/a/")))
    assigned(published("second", group(path="/b/")), "ou", "/elsewhere")
    Account.objects.filter(pk=one.pk).update(ou_path="/elsewhere/x")
    outcome = render_account(account_id=one.pk, by="olga")
    assert isinstance(outcome, tuple)
    head = DesiredHead.objects.get(pk=one.pk)
    assert head.failure[0]["pointer"] == "/resources/iam.group/Developers/path"
    assert desired(one).items[0].declared == {"path": "/a/"}


def test_an_account_that_fails_already_does_not_keep_others_from_being_assigned() -> None:
    broken = account(ou_path="/elsewhere")
    Account.objects.filter(pk=broken.pk).update(environment="prod")
    assigned(published(content=group(path="/a/")))
    assigned(published("second", group(path="/b/")), "ou", "/elsewhere")
    Account.objects.filter(pk=broken.pk).update(environment="dev")
    assert assigned(published("third", group("Others")), "ou", "/")


def test_an_environment_without_a_value_keeps_the_assignment_from_being_made() -> None:
    account(environment="test")
    content = group(path="/{{ p }}/") | {"parameters": {"p": {"type": "string", "by_environment": {"dev": "x"}}}}
    published(content=content)
    assert "environment test" in reasons(MergeConflictError, selector="ou", value="/")["/parameters/p"]


def test_many_accounts_are_marked_and_rendered_by_the_dispatcher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reached_module, "AT_ONCE", 2)
    fleet = [account() for _ in range(3)]
    row = assigned(published())
    assert RenderDue.objects.count() == 3
    assert not DesiredHead.objects.exists()
    assert render_stale(limit=2) == 2
    assert render_stale() >= 1
    assert not RenderDue.objects.exists()
    assert all(len(desired(one).items) == 1 for one in fleet)
    end_assignment(assignment_id=row.id, actor=OLGA)
    assert RenderDue.objects.count() == 3
    assert render_stale() == 3
    assert all(desired(one) == DesiredAccount(()) for one in fleet)


def test_what_is_rendered_and_unchanged_is_not_due() -> None:
    one = account()
    assert render_stale() == 1
    Account.objects.filter(pk=one.pk).update(updated_at="2020-01-01T00:00Z")
    assert render_stale() == 0
    one.refresh_from_db()
    one.environment = "prod"
    one.save()
    assert render_stale() == 1


def test_accounts_learn_that_their_version_was_approved_for_production() -> None:
    one = account(environment="prod")
    version = published()
    assigned(version, value="prod")
    approve_for_production(baseline="first", number=version.number, actor=ADA)
    assert desired(one).items[0].origins[0].approved_for_production
