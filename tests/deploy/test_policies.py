"""The printed policies, and what AWS itself says about their actions (Service Authorization Reference)."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from policy_sentry.querying.actions import get_action_data

from provisioning.core.access_path import AccessPath
from provisioning.services.print_permissions import HubFacts, printed_policies

POLICIES = printed_policies(AccessPath(account_id="111111111111"), HubFacts())
LONGEST_SCP = 5120


def statements() -> list[tuple[str, dict[str, Any]]]:
    return [(name, one) for name, policy in POLICIES.items() for one in policy["Statement"]]


def actions(statement: dict[str, Any]) -> list[str]:
    given = statement.get("Action", [])
    return [given] if isinstance(given, str) else given


def known(action: str) -> list[dict[str, Any]]:
    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    return found[service] if found else []


@pytest.mark.parametrize("action", sorted({a for _, one in statements() for a in actions(one) if "*" not in a}))
def test_every_action_is_one_that_aws_knows(action: str) -> None:
    assert known(action)


@pytest.mark.parametrize(
    ("action", "resource"),
    sorted(
        (action, one["Resource"].split(":", 5)[5].partition("/")[0])
        for name, one in statements()
        for action in actions(one)
        if name.startswith(("apply", "hand-over")) and isinstance(one["Resource"], str) and one["Resource"] != "*"
    ),
)
def test_action_is_allowed_on_a_kind_of_resource_that_it_takes(action: str, resource: str) -> None:
    """An Allow on the wrong kind of resource allows nothing, and AWS accepts the policy all the same."""
    formats = [entry["resource_arn_format"] for entry in known(action)]
    assert any(f":{resource}/" in arn for arn in formats), formats


def test_statements_are_told_apart_by_their_ids() -> None:
    for policy in POLICIES.values():
        ids = [one["Sid"] for one in policy["Statement"]]
        assert len(ids) == len(set(ids)) and all(sid.isalnum() for sid in ids)


def test_service_control_policy_is_short_enough_as_it_is_sent() -> None:
    assert len(json.dumps(POLICIES["scp"], indent=2)) <= LONGEST_SCP


def test_each_worker_of_the_hub_may_assume_its_kind_of_role_and_nothing_else() -> None:
    ours = "arn:aws:iam::*:role/firstline/"
    reading = [f"{ours}FirstlineLook", f"{ours}FirstlineDiscovery"]
    wanted = {"look": reading, "apply": f"{ours}FirstlineApply", "hand-over": f"{ours}FirstlineHandOver"}
    wanted |= {"vend": f"{ours}FirstlineVending"}
    for worker, roles in wanted.items():
        (statement,) = POLICIES[f"hub-{worker}"]["Statement"]
        assert (statement["Action"], statement["Resource"]) == (["sts:AssumeRole"], roles)


def test_discovery_role_can_only_read() -> None:
    (statement,) = POLICIES["discovery"]["Statement"]
    assert all(one.startswith(("organizations:Describe", "organizations:List")) for one in statement["Action"])


def printed(*arguments: str) -> Any:
    out = StringIO()
    call_command("print_permissions", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_command_prints_them_all_or_one() -> None:
    assert list(printed()) == list(POLICIES)
    assert printed("--only", "apply-1", "--account", "111111111111") == POLICIES["apply-1"]
    assert ":aws-cn:" in json.dumps(printed("--partition", "aws-cn")["apply-1"])
    with pytest.raises(CommandError, match="use one of look-1"):
        printed("--only", "everything")


def test_command_takes_the_names_that_the_product_enters_by(settings: Any) -> None:
    names = {"look_role": "a/b/Look", "apply_role": "a/b/Apply", "hand_over_role": "a/b/HandOver"}
    names |= {"discovery_role": "a/b/Discovery"}
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update=names)
    reading = ["arn:aws:iam::*:role/a/b/Look", "arn:aws:iam::*:role/a/b/Discovery"]
    assert printed("--only", "hub-look")["Statement"][0]["Resource"] == reading
    assert "arn:aws:iam::*:policy/a/b/*" in json.dumps(printed("--only", "apply-1"))


@pytest.mark.parametrize("role", ["FirstlineLook", "elsewhere/FirstlineLook"])
def test_roles_without_a_path_of_their_own_are_refused(settings: Any, role: str) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"look_role": role})
    with pytest.raises(CommandError, match="one path of their own"):
        printed()
