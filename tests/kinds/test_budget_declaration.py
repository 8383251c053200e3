"""What a declared budget may say, and what is answered where it may not."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from provisioning.core.errors import DeclarationError
from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Shared
from provisioning.core.kind import Context
from provisioning.core.plain import canonical, plain
from provisioning.kinds import all_kinds
from tests.kinds.budget_model import ACCOUNT, CONTEXT, KIND

EXAMPLE = dict(next(iter(KIND.example.values())))
SMALL = {"type": "cost", "limit": {"amount": "10", "unit": "USD"}, "period": "monthly"}
EMAIL = {"email": "ann@example.com"}


def alert(**fields: Any) -> dict[str, Any]:
    threshold = {} if {"above", "below", "equals"} & fields.keys() else {"above": 70}
    return {"when": "actual", "subscribers": [EMAIL], **threshold, **fields}


def refused(declared: Any, name: str = "s3", context: Context = CONTEXT) -> dict[str, str]:
    with pytest.raises(DeclarationError) as refusal:
        KIND.parse(name, declared, context)
    return {reason.pointer: reason.message for reason in refusal.value.reasons}


def test_kind_is_found_once_by_being_there() -> None:
    assert isinstance(all_kinds()["budget"], type(KIND))


def test_example_is_read_whole() -> None:
    spec = KIND.parse("s3-monthly", EXAMPLE, CONTEXT)

    assert UNMANAGED not in vars(spec).values()
    assert plain(spec) == {
        "type": "cost",
        "limit": {"amount": "10", "unit": "USD"},
        "period": "monthly",
        "filter": {"service": ["Amazon Simple Storage Service"]},
        "cost_types": {"include": {"include_credit": False, "include_refund": False}},
        "start": "2026-01-01",
        "notifications": {
            "actual above 70 percent": [
                {"email": "costs@example.com"},
                {"sns": f"arn:aws:sns:us-east-1:{ACCOUNT}:budget-alerts"},
            ],
            "forecasted above 100 percent": [{"email": "costs@example.com"}],
        },
    }


def test_fields_left_out_are_not_managed() -> None:
    spec = KIND.parse("s3", SMALL, CONTEXT)

    assert {name for name, value in vars(spec).items() if value is UNMANAGED} == {
        "filter",
        "cost_types",
        "start",
        "notifications",
    }


def test_empty_filter_means_no_filter_and_empty_list_means_no_notification() -> None:
    spec = KIND.parse("s3", SMALL | {"filter": {}, "notifications": []}, CONTEXT)

    assert spec.filter == Exclusive(FrozenMap())
    assert spec.notifications == Exclusive(FrozenMap())


def test_include_shares_the_notifications_with_others() -> None:
    spec = KIND.parse("s3", SMALL | {"notifications": {"include": [alert()]}}, CONTEXT)

    assert isinstance(spec.notifications, Shared)


def test_tags_are_stored_as_aws_spells_them() -> None:
    declared = SMALL | {"filter": {"tag": {"team": ["core", "ops"], "aws:createdBy": ["root"]}}}

    assert plain(KIND.parse("s3", declared, CONTEXT).filter) == {
        "tag": ["aws:createdBy$root", "user:team$core", "user:team$ops"]
    }


@pytest.mark.parametrize("amount", ["10", "10.0", "10.00", 10, 10.0])
def test_amounts_that_are_the_same_number_are_the_same_limit(amount: Any) -> None:
    spec = KIND.parse("s3", SMALL | {"limit": {"amount": amount, "unit": "USD"}}, CONTEXT)

    assert spec == KIND.parse("s3", SMALL, CONTEXT)
    assert canonical(spec) == canonical(KIND.parse("s3", SMALL, CONTEXT))


def test_threshold_is_as_exact_as_the_double_aws_keeps() -> None:
    spec = KIND.parse("s3", SMALL | {"notifications": [alert(above="0.1234567890123456789")]}, CONTEXT)

    assert isinstance(spec.notifications, Exclusive)
    assert [key.threshold for key in spec.notifications.items] == [Decimal("0.12345678901234568")]


def test_order_of_lists_does_not_matter() -> None:
    turned = deepcopy(EXAMPLE)
    turned["notifications"].reverse()
    turned["notifications"][1]["subscribers"].reverse()

    assert KIND.parse("s3", turned, CONTEXT) == KIND.parse("s3", EXAMPLE, CONTEXT)


def test_addresses_do_not_show_in_a_repr() -> None:
    assert "costs@example.com" not in repr(KIND.parse("s3", EXAMPLE, CONTEXT))


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("", "1 to 100"),
        ("n" * 101, "1 to 100"),
        ("a:b", "without colons"),
        ("a\\b", "without colons"),
        ("my/action/it", "/action/"),
        ("<SCRIPT>x</script>", "<script>"),
    ],
)
def test_names_that_aws_refuses_are_refused(name: str, advice: str) -> None:
    assert advice in refused(SMALL, name)[""]


def test_names_with_spaces_and_dashes_are_fine() -> None:
    assert KIND.parse("My Zero-Spend Budget" + "x" * 80, SMALL, CONTEXT)


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"limit": {"amount": "-1", "unit": "USD"}}, {"/limit/amount"}),
        ({"limit": {"amount": "1E3", "unit": "USD"}}, {"/limit/amount"}),
        ({"limit": {"amount": True, "unit": "USD"}}, {"/limit/amount"}),
        ({"limit": {"amount": "", "unit": "dollars"}}, {"/limit/amount", "/limit/unit"}),
        ({"limit": None}, {"/limit"}),
        ({"type": "savings"}, {"/type"}),
        ({"period": "weekly"}, {"/period"}),
        ({"start": "01.01.2026"}, {"/start"}),
        ({"filter": {"Service": ["x"], "region": []}}, {"/filter/Service", "/filter/region"}),
        ({"filter": {"tag": {"a/b": [1]}}}, {"/filter/tag/a~1b/0"}),
        ({"cost_types": {"include_tax": "yes", "use_x": True}}, {"/cost_types/include_tax", "/cost_types/use_x"}),
        ({"type": "usage", "cost_types": {"include_tax": True}}, {"/cost_types"}),
        ({"notifications": None}, {"/notifications"}),
        ({"notifications": {"include": [alert(when="late")]}}, {"/notifications/include/0/when"}),
        ({"notifications": {"include": [], "only": 1}}, {"/notifications/only"}),
        ({"notifications": [alert(), alert(above="70.0", unit="percent")]}, {"/notifications/1"}),
        ({"notifications": [alert(above=1, below=2)]}, {"/notifications/0"}),
        ({"notifications": [alert(above=-1)]}, {"/notifications/0/above"}),
        ({"notifications": [alert(above=15_000_000_000_001)]}, {"/notifications/0/above"}),
        ({"notifications": [alert(subscribers=[])]}, {"/notifications/0/subscribers"}),
        ({"notifications": [alert(subscribers=[{}])]}, {"/notifications/0/subscribers/0"}),
        ({"notifications": [alert(subscribers=[EMAIL, EMAIL])]}, {"/notifications/0/subscribers/1"}),
        ({"notifications": [alert(subscribers=[{"email": "a b@x.org"}])]}, {"/notifications/0/subscribers/0/email"}),
        ({"notifications": [alert(subscribers=[{"email": "a@x.org\n"}])]}, {"/notifications/0/subscribers/0/email"}),
        ({"notifications": [alert(subscribers=[{"sns": "my topic"}])]}, {"/notifications/0/subscribers/0/sns"}),
        ({"period": "daily", "notifications": [alert(when="forecasted")]}, {"/notifications/0/when"}),
        ({"notifications": [alert(above=number) for number in range(11)]}, {"/notifications"}),
        ({"naem": 1}, {"/naem"}),
    ],
)
def test_what_aws_would_refuse_is_refused_where_it_stands(change: dict[str, Any], pointers: set[str]) -> None:
    assert refused(SMALL | change).keys() == pointers


def test_topic_must_be_in_the_same_account_and_partition() -> None:
    def declared(topic: str) -> dict[str, Any]:
        return SMALL | {"notifications": [alert(subscribers=[{"sns": topic}])]}

    assert KIND.parse("s3", declared(f"arn:aws:sns:eu-west-1:{ACCOUNT}:costs"), CONTEXT)
    for topic in ("arn:aws:sns:eu-west-1:999999999999:costs", f"arn:aws-cn:sns:cn-north-1:{ACCOUNT}:costs"):
        assert ACCOUNT in refused(declared(topic))["/notifications/0/subscribers/0/sns"]


def test_limits_of_subscribers_are_ten_addresses_and_one_topic() -> None:
    emails = [{"email": f"n{number}@example.com"} for number in range(11)]
    topics = [{"sns": "us-east-1:a"}, {"sns": "us-east-1:b"}]

    assert KIND.parse("s3", SMALL | {"notifications": [alert(subscribers=emails[1:] + topics[1:])]}, CONTEXT)
    assert (
        "10 e-mail" in refused(SMALL | {"notifications": [alert(subscribers=emails)]})["/notifications/0/subscribers"]
    )
    assert "1 SNS" in refused(SMALL | {"notifications": [alert(subscribers=topics)]})["/notifications/0/subscribers"]


def test_every_reason_comes_at_once_and_none_repeats_an_address() -> None:
    declared = {
        "type": "cost",
        "limit": {"amount": "ten", "unit": "usd"},
        "period": "daily",
        "notifications": [alert(when="forecasted", subscribers=[{"email": "ann at example"}, {}])],
    }

    reasons = refused(declared, "a:b")

    assert reasons.keys() == {
        "",
        "/limit/amount",
        "/limit/unit",
        "/notifications/0/when",
        "/notifications/0/subscribers/0/email",
        "/notifications/0/subscribers/1",
    }
    assert not any("ann at" in message for message in reasons.values())


@pytest.mark.parametrize("declared", [{}, {"notifications": [3, {"subscribers": 4}]}, {"limit": 1, "filter": []}])
def test_nonsense_gives_reasons_and_no_crash(declared: dict[str, Any]) -> None:
    assert {"/period", "/type"} <= refused(declared).keys()


def test_schema_forbids_unknown_fields_and_offers_no_null() -> None:
    text = canonical(KIND.schema())

    assert [form["additionalProperties"] for form in KIND.schema()["anyOf"]] == [False, False]
    assert '"default":null' not in text
