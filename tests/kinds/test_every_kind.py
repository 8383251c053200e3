"""The promises that all kinds share, on each kind's example, over HTTP. A new kind is held to them by being there."""

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from provisioning.core.change import Create, ResourceKey, Update
from provisioning.core.diff import differences
from provisioning.core.errors import DeclarationError
from provisioning.core.fields import UNMANAGED
from provisioning.core.kind import Context, Kind
from provisioning.core.plain import canonical
from provisioning.core.snapshot import Section
from provisioning.kinds import all_kinds, attested_kinds
from tests.architecture.sources import ROOT
from tests.kinds.conftest import Account, Accounts
from tests.kinds.iam_model import ACCOUNT
from tests.kinds.reconcile import calls_for, drift, seen

CONTEXT = Context(ACCOUNT)

ATTESTED = {name: kind for name, kind in all_kinds().items() if name in attested_kinds()}
WATCHED = {name: kind for name, kind in all_kinds().items() if kind.watched}
RULES = {name: kind for name, kind in all_kinds().items() if kind.is_rule}
CALLING = {name: kind for name, kind in all_kinds().items() if name not in {*ATTESTED, *WATCHED, *RULES}}

every_kind = pytest.mark.parametrize("kind", all_kinds().values(), ids=list(all_kinds()))
every_calling_kind = pytest.mark.parametrize("kind", CALLING.values(), ids=list(CALLING))
every_watched_kind = pytest.mark.parametrize("kind", WATCHED.values(), ids=list(WATCHED))
every_rule = pytest.mark.parametrize("kind", RULES.values(), ids=list(RULES))
every_attested_kind = pytest.mark.parametrize("kind", ATTESTED.values(), ids=list(ATTESTED))


def example(kind: Kind[Any]) -> tuple[str, dict[str, Any]]:
    """Name and fields of its example."""
    ((name, declared),) = kind.example.items()
    return name, dict(declared)


def without_one(kind: Kind[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The example with each field that may be left out left out."""
    name, declared = example(kind)
    for field in declared:
        less = {key: value for key, value in declared.items() if key != field}
        try:
            kind.parse(name, less, CONTEXT)
        except DeclarationError:
            continue
        yield field, less


EACH_FIELD = [
    pytest.param(kind, field, id=f"{kind.name}-{field}") for kind in CALLING.values() for field, _ in without_one(kind)
]


@every_kind
def test_example_is_read_and_fits_the_schema(kind: Kind[Any]) -> None:
    name, declared = example(kind)
    kind.parse(name, declared, CONTEXT)
    jsonschema.Draft202012Validator.check_schema(kind.schema())
    jsonschema.validate(declared, kind.schema())


@every_kind
def test_schema_knows_every_field_of_the_spec(kind: Kind[Any]) -> None:
    name, declared = example(kind)
    spec = kind.parse(name, declared, CONTEXT)
    written = [form["properties"] for form in kind.schema().get("anyOf", [kind.schema()])]
    known = {field.name for field in fields(spec)}
    # Where there are several forms, some fields say what others say too.
    assert known == set(written[0]) if len(written) == 1 else known <= set(written[0])


@every_kind
def test_an_accounts_only_item_bears_the_name_that_its_kind_gives_it(kind: Kind[Any]) -> None:
    name, _ = example(kind)
    assert not kind.only or kind.only == name == kind.identity(name)


@every_kind
def test_identity_of_an_identity_is_itself(kind: Kind[Any]) -> None:
    name, _ = example(kind)
    assert kind.identity(kind.identity(name)) == kind.identity(name)


@every_kind
def test_every_reason_is_told_at_once_with_its_pointer(kind: Kind[Any]) -> None:
    name, declared = example(kind)
    with pytest.raises(DeclarationError) as refused:
        kind.parse(name, {**declared, "no_such_field": 1, "nor/this": 2}, CONTEXT)
    assert {"/no_such_field", "/nor~1this"} == {reason.pointer for reason in refused.value.reasons}


@every_kind
def test_reading_a_declaration_twice_gives_equal_specs_of_equal_text(kind: Kind[Any]) -> None:
    name, declared = example(kind)
    first, second = (kind.parse(name, declared, CONTEXT) for _ in range(2))
    assert first == second
    assert canonical(first) == canonical(second)


@every_kind
def test_kind_has_tests_of_its_own(kind: Kind[Any]) -> None:
    assert [*Path(__file__).parent.glob(f"test_{kind.name.replace('.', '_')}*.py")]


@every_attested_kind
def test_what_people_attest_is_shown_by_no_call_and_never_called_for(kind: Kind[Any], account: Account) -> None:
    """The one way to be let off the promises about calls: AWS says nothing of it but that it was changed."""
    name, declared = example(kind)
    desired = kind.parse(name, declared, account.context)
    assert Section.ATTESTATIONS in kind.sections <= {Section.ATTESTATIONS, Section.BILLING_EVENTS}
    assert list(kind.reread(name, account.context)) == []
    nothing = replace(desired, **{field.name: UNMANAGED for field in fields(desired)})
    key, there = ResourceKey(kind.name, name), account.look(kind, name)
    for change in (Create(key, desired), Update(key, nothing, desired, frozenset({"any"}))):
        assert kind.calls(change, there) == ()
    (missing,) = differences(desired, None)
    assert kind.person(name, missing, there)
    assert (ROOT / kind.runbook).is_file()


@every_watched_kind
def test_what_is_only_observed_is_never_called_for_and_left_to_a_person(kind: Kind[Any], account: Account) -> None:
    """The other way to be let off the promises about calls: it may not write anything, whatever differs."""
    name, declared = example(kind)
    desired = kind.parse(name, declared, account.context)
    assert kind.writes == kind.rereads == frozenset()
    assert list(kind.reread(name, account.context)) == []
    there = account.look(kind, name)
    other = replace(desired, **{field.name: None for field in fields(desired)})
    assert differences(other, seen(kind, name, there)[1])
    for difference in differences(other, seen(kind, name, there)[1]):
        assert kind.person(name, difference, there)
    for change in (Create(key := ResourceKey(kind.name, name), other), Update(key, desired, other, frozenset({"any"}))):
        assert kind.calls(change, there) == ()
    assert (ROOT / kind.runbook).is_file()


@every_rule
def test_a_rule_makes_nothing_and_leaves_to_a_person_what_it_can_not_call_for(
    kind: Kind[Any], account: Account
) -> None:
    name, declared = example(kind)
    desired = kind.parse(name, declared, account.context)
    there = account.look(kind, name)
    assert kind.calls(Create(ResourceKey(kind.name, name), desired), there) == ()
    (missing,) = differences(desired, None)
    assert kind.person(name, missing, there)
    assert (ROOT / kind.runbook).is_file()


@every_calling_kind
def test_a_kind_that_people_do_not_attest_calls_aws_to_be_made(kind: Kind[Any], account: Account) -> None:
    name, declared = example(kind)
    assert account.plan(kind, name, kind.parse(name, declared, account.context))


@every_kind
def test_what_was_created_shows_no_drift_and_needs_nothing_more(kind: Kind[Any], account: Account) -> None:
    name, declared = example(kind)
    desired = account.apply(kind, name, declared)
    snapshot = account.look(kind, name)
    assert drift(kind, name, desired, snapshot) == []
    assert calls_for(kind, name, desired, snapshot) == ()
    assert name in kind.inventory(snapshot)


@every_kind
def test_same_snapshot_shows_the_same_twice(kind: Kind[Any], account: Account) -> None:
    name, declared = example(kind)
    account.apply(kind, name, declared)
    snapshot = account.look(kind, name)
    assert kind.observed(snapshot) == kind.observed(snapshot)
    assert canonical(kind.observed(snapshot)) == canonical(kind.observed(account.look(kind, name)))


@every_calling_kind
def test_re_read_shows_what_the_bulk_read_shows(kind: Kind[Any], account: Account) -> None:
    name, declared = example(kind)
    desired = kind.parse(name, declared, account.context)
    before = seen(kind, name, account.reread(kind, name))[1]
    # An account always has its only one; then nobody made anything of it yet.
    assert before is None if not kind.only else not kind.is_there(before)
    account.apply(kind, name, declared)
    bulk, again = account.look(kind, name), account.reread(kind, name)
    assert seen(kind, name, again) == seen(kind, name, bulk)
    assert canonical(kind.observed(account.seen_again(kind, name))) == canonical(kind.observed(bulk))
    assert drift(kind, name, desired, again) == []


@every_kind
def test_nothing_declared_means_nothing_managed(kind: Kind[Any], account: Account) -> None:
    name, declared = example(kind)
    desired = account.apply(kind, name, declared)
    nothing = replace(desired, **{field.name: UNMANAGED for field in fields(desired)})
    assert differences(nothing, seen(kind, name, account.look(kind, name))[1]) == ()


@every_calling_kind
def test_create_that_stops_after_any_call_goes_on_to_the_end(kind: Kind[Any], accounts: Accounts) -> None:
    name, declared = example(kind)
    for done, account in enumerate(untouched(kind, accounts, 8)):
        desired = kind.parse(name, declared, account.context)
        calls = account.plan(kind, name, desired)
        stops_and_goes_on(kind, name, desired, calls, done, account)
        if done == len(calls):
            return
    pytest.fail("the example takes more calls than there are accounts to stop in")


@pytest.mark.parametrize(("kind", "field"), EACH_FIELD)
def test_update_that_stops_after_any_call_goes_on_to_the_end(kind: Kind[Any], field: str, accounts: Accounts) -> None:
    name, declared = example(kind)
    for done, account in enumerate(untouched(kind, accounts, 6)):
        account.apply(kind, name, dict(without_one(kind))[field])
        desired = kind.parse(name, declared, account.context)
        calls = account.plan(kind, name, desired)
        stops_and_goes_on(kind, name, desired, calls, done, account)
        if done == len(calls):
            return
    pytest.fail("this update takes more calls than there are accounts to stop in")


@pytest.mark.parametrize(("kind", "field"), EACH_FIELD)
def test_field_that_is_not_declared_survives_an_update(kind: Kind[Any], field: str, account: Account) -> None:
    name, declared = example(kind)
    others = [other for other, _ in without_one(kind) if other not in {field, *kind.immutable}]
    for other in others[:3]:
        mine = another(kind, name, other, declared)
        account.apply(kind, mine, {key: value for key, value in declared.items() if key != other})
        before = seen(kind, mine, account.look(kind, mine))[1]
        account.apply(kind, mine, {key: value for key, value in declared.items() if key != field})
        after = seen(kind, mine, account.look(kind, mine))[1]
        # Without some fields (a role's trust) nothing can be made that could be updated.
        assert before is None or getattr(after, field) == getattr(before, field)


def untouched(kind: Kind[Any], accounts: Accounts, most: int) -> Iterator[Account]:
    """Accounts that nobody has touched. Where an account has one of the kind, each is alone in its world: an alias is
    unique over all of AWS."""
    return (accounts(1)[0] for _ in range(most)) if kind.only else iter(accounts(most))


def another(kind: Kind[Any], name: str, suffix: str, declared: dict[str, Any]) -> str:
    """Another item's name; the same where an account has one, or where the kind says how items are named."""
    if kind.only:
        return name
    try:
        kind.parse(f"{name}-{suffix}", declared, CONTEXT)
    except DeclarationError:
        return name
    return f"{name}-{suffix}"


def stops_and_goes_on(
    kind: Kind[Any], name: str, desired: Any, calls: tuple[Any, ...], done: int, account: Account
) -> None:
    """Send the first `done` calls, then plan anew and send that: nothing differs, and no call is a new one."""
    account.send(calls[:done])
    again = calls_for(kind, name, desired, account.seen_again(kind, name))
    assert set(again) <= set(calls), "a call that nobody approved"
    account.send(again)
    left = differences(desired, seen(kind, name, account.look(kind, name))[1])
    assert {found.field for found in left} <= kind.immutable
