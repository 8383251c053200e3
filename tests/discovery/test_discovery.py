"""What a discovery reads of the organisation, and what it makes of each account."""

from accounts.models import Account, DiscoveredAccount, Discovery, OrganisationalUnit
from accounts.services.register_accounts import NewAccount, register_accounts
from history.models import Event
from provisioning.models import Run
from provisioning.services.request_look import open_run
from provisioning.services.verdicts import verdicts_of
from tests import factories
from tests.discovery.conftest import DEV, HUB, MANAGEMENT, PROD, TEST, Organisation, account, operator, verbs


def test_new_accounts_are_registered_with_what_aws_says_of_them(organisation: Organisation) -> None:
    counts = organisation.discovered()
    assert (counts["registered"], counts["accounts"], counts["units"]) == (5, 5, 6)
    found = account(DEV)
    assert (found.name, found.ou_path, found.environment, found.tags) == (
        "dev",
        "/workloads/dev",
        "dev",
        {"team": "payments"},
    )
    assert (found.state, found.registered_by, found.joined_method) == ("registered", "firstline", "CREATED")
    assert found.joined_at and found.check_due_at and found.in_organisation and found.aws_state == "ACTIVE"
    assert verbs(DEV) == ["account.registered"]
    assert Event.objects.filter(verb="discovery.done").exists()


def test_an_account_whose_unit_has_no_environment_waits_for_a_person(organisation: Organisation) -> None:
    organisation.discover()
    assert account(TEST).environment == ""
    assert Discovery.objects.get().told["environment_undecided"] == [TEST, MANAGEMENT, HUB]


def test_the_management_account_is_marked(organisation: Organisation) -> None:
    organisation.discover()
    assert list(Account.objects.filter(is_management_account=True).values_list("pk", flat=True)) == [MANAGEMENT]


def test_a_second_discovery_of_the_same_changes_nothing_and_tells_nothing(organisation: Organisation) -> None:
    organisation.discover()
    before = {one.pk: one.updated_at for one in Account.objects.all()}
    organisation.discovered()
    assert before == {one.pk: one.updated_at for one in Account.objects.all()}
    told = Event.objects.filter(verb__startswith="account.").exclude(verb="account.marked_as_management")
    assert told.count() == 5
    assert DiscoveredAccount.objects.count() == 5 and OrganisationalUnit.objects.count() == 6


def test_a_moved_account_follows_with_its_environment_and_is_rendered_anew(organisation: Organisation) -> None:
    organisation.discover()
    before = account(DEV).updated_at
    organisation.move(DEV, "prod")
    organisation.discovered()
    found = account(DEV)
    assert (found.ou_path, found.environment) == ("/workloads/prod", "prod")
    assert found.updated_at > before
    event = Event.objects.get(account_id=DEV, verb="account.moved")
    assert event.before == {"ou_path": "/workloads/dev", "environment": "dev"}
    assert event.actor == "firstline" and event.cause == "request"


def test_production_is_left_only_by_a_persons_word(organisation: Organisation) -> None:
    organisation.discover()
    organisation.move(PROD, "dev")
    organisation.discovered()
    assert (account(PROD).ou_path, account(PROD).environment) == ("/workloads/dev", "prod")
    assert Event.objects.get(account_id=PROD, verb="account.moved").detail == {"environment_kept": "prod"}


def test_tags_of_aws_follow_aws_and_those_people_set_stay(organisation: Organisation) -> None:
    organisation.discover()
    Account.objects.filter(pk=DEV).update(tags={"team": "payments", "tier": "gold"})
    organisation.aws.tag_resource(
        ResourceId=DEV, Tags=[{"Key": "team", "Value": "shop"}, {"Key": "tier", "Value": "x"}]
    )
    organisation.discovered()
    assert account(DEV).tags == {"team": "shop", "tier": "gold"}
    assert account(DEV).aws_tags == {"team": "shop", "tier": "x"}
    organisation.aws.untag_resource(ResourceId=DEV, TagKeys=["team", "tier"])
    organisation.discovered()
    assert account(DEV).tags == {"tier": "gold"}
    assert verbs(DEV)[1:] == ["account.tags_changed", "account.tags_changed"]


def test_a_suspended_account_is_set_aside_and_comes_back_with_aws(organisation: Organisation) -> None:
    organisation.discover()
    Account.objects.filter(pk=DEV).update(state="managed")
    open_run(account_id=DEV, kind=Run.Kind.LOOK, by="otto", cause="request")
    organisation.sandbox.set_status(DEV, "SUSPENDED")
    organisation.discovered()
    assert (account(DEV).state, account(DEV).state_reason) == ("suspended", "aws_suspended")
    assert Run.objects.get(account_id=DEV).state == "cancelled"
    verdict = verdicts_of([DEV])[DEV].overall
    assert (verdict.verdict, verdict.reason) == ("unknown", "suspended")
    organisation.sandbox.set_status(DEV, "CLOSED")
    organisation.discovered()
    assert (account(DEV).state_reason, account(DEV).aws_state) == ("aws_closed", "CLOSED")
    organisation.sandbox.set_status(DEV, "ACTIVE")
    organisation.discovered()
    assert (account(DEV).state, account(DEV).state_reason) == ("registered", "aws_active")
    assert verbs(DEV)[1:] == [
        "look.requested",
        "look.cancelled",
        "account.suspended",
        "account.aws_state_changed",
        "account.returned",
    ]


def test_what_a_person_suspended_stays_so_although_aws_calls_it_active(organisation: Organisation) -> None:
    organisation.discover()
    Account.objects.filter(pk=DEV).update(state="suspended", state_reason="under investigation")
    organisation.discovered()
    assert account(DEV).state == "suspended"
    assert Discovery.objects.first().told["set_aside_by_a_person"] == [DEV]


def test_an_account_has_left_only_when_two_discoveries_in_a_row_did_not_find_it(organisation: Organisation) -> None:
    organisation.discover()
    organisation.leave(TEST)
    organisation.discovered()
    assert account(TEST).state == "registered" and Discovery.objects.first().told["missing"] == [TEST]
    organisation.discovered()
    assert (account(TEST).state, account(TEST).state_reason) == ("left", "left_organisation")
    assert verbs(TEST)[1:] == ["account.missing", "account.left"]


def test_accounts_registered_by_hand_are_told_when_the_organisation_does_not_hold_them(
    organisation: Organisation,
) -> None:
    stranger = NewAccount("444444444444", "bought", "prod", tags={"from": "a merger"})
    known = NewAccount(DEV, "ours", "test", ou_path="/old", tags={"tier": "gold"})
    register_accounts(rows=[stranger, known], actor=operator)
    organisation.discovered()
    organisation.discovered()
    assert (account(stranger.account_id).state, account(stranger.account_id).in_organisation) == ("registered", False)
    assert verbs(stranger.account_id) == ["account.registered", "account.not_in_organisation"]
    assert Discovery.objects.first().told["not_in_organisation"] == [stranger.account_id]
    found = account(DEV)
    assert (found.name, found.ou_path, found.tags) == ("dev", "/workloads/dev", {"team": "payments", "tier": "gold"})


def test_many_accounts_gone_at_once_are_doubted(organisation: Organisation) -> None:
    organisation.discover()
    for number in range(10):
        factories.account(f"5555555555{number:02}", in_organisation=True)
    organisation.discovered()
    organisation.discovered()
    assert not Account.objects.filter(state="left").exists()
    assert Discovery.objects.first().counts["held_back"] == 10
