"""The install guide followed to the letter, over 50 accounts of which eleven are broken: its own blocks are run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.client import Sandbox
from sandbox.cloudformation.deploy import shipped
from tests.chaos.waiting import wait_until
from tests.entrances import change_trust
from tests.scenarios.guide.aws_program import logged
from tests.scenarios.guide.document import blocks, for_the_shell
from tests.scenarios.guide.reader import Reader, last_json, reader

Row = dict[str, Any]
ALL = ["111111111111", "222222222222", *(f"3{number:011d}" for number in range(48))]
WAYS = ("no_role", "wrong_trust", "wrong_external_id", "suspended", "denied_by_scp")
BROKEN = {account: WAYS[place // 2] for place, account in enumerate(ALL[20:30])}
CARELESS = ALL[30]
FINE = [one for one in ALL if one not in BROKEN and one != CARELESS]
CAUSES = {
    "The role does not exist": "aws iam get-role --role-name Firstline",
    "identity": "aws sts get-caller-identity",
    "organization": "aws organizations describe-organization",
    "external id": "Condition",
    "suspended or closed": "aws organizations describe-account",
    "may not call sts:AssumeRole": "aws iam simulate-principal-policy",
}
SCP = "service control policy"


@dataclass
class Followed:
    """What the reader saw on the way."""

    reader: Reader
    aws: list[Row]
    ready: Row
    registered: Row
    table: str
    told: str
    verified: dict[str, Row] = field(default_factory=dict)
    published: str = ""
    looked: str = ""


def organisation(sandbox: Sandbox) -> None:
    """50 accounts below /workloads that nobody has prepared: neither they nor the hub have any role of ours."""
    accounts = [
        {"id": one, "name": name_of(one), "ou": f"/workloads/{environment_of(one)}", "users": ["ann"]} for one in ALL
    ]
    sandbox.organisation(hub_roles=False, firstline_roles=False, accounts=accounts)


def environment_of(account: str) -> str:
    return ("dev", "test")[ALL.index(account) % 2]


def name_of(account: str) -> str:
    return f"workloads-{ALL.index(account)}"


def csv_row(account: str) -> str:
    environment = environment_of(account)
    return f"{account},{name_of(account)},{environment},/workloads/{environment},payments,4711"


def breaks_accounts(sandbox: Sandbox) -> None:
    """What had happened to them before anybody asked."""
    for account, how in BROKEN.items():
        sandbox.break_access(account, how)
    for role in ("FirstlineLook", "FirstlineApply"):
        change_trust(sandbox, CARELESS, role, Condition=None)


@pytest.fixture(scope="module")
def followed(sandbox_server: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    """Every step of the guide, once."""
    organisation(sandbox_server)
    with reader(sandbox_server, tmp_path_factory.mktemp("checkout")) as somebody:
        somebody.makes_the_hub_and_secrets()
        somebody.makes_the_roles()
        breaks_accounts(sandbox_server)
        somebody.makes_the_database()
        somebody.fills_the_environment()
        somebody.starts_the_processes()
        ready = somebody.becomes_the_first_person()
        shown = somebody.registers([csv_row(one) for one in ALL])
        found = Followed(
            somebody, logged(somebody.shell.folder / "aws.log"), ready, *answers(shown.stdout), shown.stderr
        )
        found.verified = verifies_over_rest(somebody)
        found.published = somebody.run(9).stdout
        found.looked = somebody.run(10).stdout
        wait_until(lambda: is_seen(somebody), "drift of every account that can be entered", every=1)
        yield found


def answers(printed: str) -> tuple[Row, str]:
    """What the bulk registration answered, and the table below it."""
    answer, _, table = printed.partition("ACCOUNT ")
    return last_json(answer), table


def verifies_over_rest(somebody: Reader) -> dict[str, Row]:
    asked = somebody.ask("access-verifications", {"selector": {"all": True}})
    address = f"access-verifications/{asked['id']}"
    wait_until(lambda: somebody.ask(address)["is_done"], "every check to end", every=1)
    return {row["account_id"]: row for row in somebody.rows(f"{address}/accounts?limit=200")}


def is_seen(somebody: Reader) -> bool:
    return {row["account_id"] for row in somebody.rows("drift?limit=200&state=open")} == set(FINE)


def test_every_block_is_followed_but_those_of_container_platforms() -> None:
    left = [block.text.split()[0] for block in blocks() if block.language != "sql"]
    left = [word for word in left if word in {"docker", "securityContext:"}]
    ours = [text for step in range(1, 11) for text in for_the_shell(step)]
    assert left == ["docker", "securityContext:"]
    assert len(ours) + len(left) + 1 == len(blocks())


def test_roles_come_from_the_shipped_templates_with_the_hubs_own_arns(followed: Followed) -> None:
    hub, _, roles, instances, *_ = followed.aws
    assert hub["options"]["template-file"] == ["deploy/cloudformation/firstline-hub.yaml"]
    assert hub["options"]["capabilities"] == roles["options"]["capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert roles["told"]["template"] == shipped("firstline-roles")
    assert roles["told"]["parameters"] == {
        **{f"Hub{name}": arn for name, arn in hub["told"].items()},
        "ExternalId": followed.reader.values["EXTERNAL_ID"],
        "OrganizationId": followed.reader.sandbox.organisation()["org_id"],
    }
    assert roles["options"]["permission-model"] == ["SERVICE_MANAGED"]
    assert instances["told"] == sorted(ALL)
    assert [call["command"] for call in followed.aws[-2:]] == [
        "organizations create-policy",
        "organizations attach-policy",
    ]


def test_external_id_is_left_in_no_file_of_the_accounts_roles(followed: Followed) -> None:
    assert not (followed.reader.shell.folder / "firstline-roles.json").exists()


def test_web_server_is_ready_and_workers_and_dispatcher_give_signs_of_life(followed: Followed) -> None:
    assert followed.ready["status"] == "ok"
    notices = followed.reader.ask("../../readyz")["notices"]
    assert {notices[name] for name in notices if name != "history"} == {"ok"}, notices


def test_file_registers_all_fifty(followed: Followed) -> None:
    assert (followed.registered["created"], followed.registered["refused"]) == (50, 0)


def test_command_names_for_each_broken_account_the_causes_with_their_tests(followed: Followed) -> None:
    assert "11 of 50 accounts can't be entered by both roles." in followed.told
    lines = {line.split()[0]: line.split() for line in followed.table.splitlines()[1:51]}
    assert all(lines[one][-2:] == ["entered", "entered"] for one in FINE)
    assert all(lines[one][-2:] == ["refused", "refused"] for one in BROKEN)
    assert lines[CARELESS][-2:] == ["external_id_not_required"] * 2
    for one in BROKEN:
        for role in ("look", "apply"):
            _, _, told = followed.table.partition(f"\n{one}, {role} role: ")
            names_every_cause(told.partition("\n\n")[0], is_named=BROKEN[one] == "denied_by_scp")


def names_every_cause(told: str, *, is_named: bool) -> None:
    """AWS answers alike for all but the SCP, which its own text names."""
    for cause, test in CAUSES.items():
        assert any(cause in line and test in line for line in told.splitlines()), (cause, told)
    assert (SCP in told.lower()) == is_named, told


def test_rest_tells_the_same_as_the_command(followed: Followed) -> None:
    table = followed.verified
    assert set(table) == set(ALL)
    for one, row in table.items():
        for role in ("look_role", "apply_role"):
            wanted = "refused" if one in BROKEN else "external_id_not_required" if one == CARELESS else "entered"
            assert row[role]["outcome"] == wanted, (one, row)
            if one in BROKEN:
                names_every_cause("\n".join(row[role]["causes"]), is_named=BROKEN[one] == "denied_by_scp")
    assert "Condition on sts:ExternalId" in " ".join(table[CARELESS]["look_role"]["causes"])


def test_good_accounts_are_managed_after_their_first_look_and_the_others_wait(followed: Followed) -> None:
    accounts = {row["account_id"]: row for row in followed.reader.rows("accounts?limit=200")}
    states = {one: (row["state"], row["apply_role"]) for one, row in accounts.items()}
    assert all(states[one] == ("managed", "proven") for one in FINE), states
    assert all(states[one] == ("awaiting_role", "denied") for one in BROKEN), states
    assert states[CARELESS] == ("awaiting_role", "external_id_not_required")
    assert '"state":"published"' in followed.published.replace(" ", "")


def test_drift_of_the_first_look_is_seen_and_its_plans_can_only_be_read(followed: Followed) -> None:
    drift = followed.reader.rows("drift?limit=200&state=open")
    assert {(row["kind"], row["name"], row["type"]) for row in drift} == {("iam.group", "Developers", "missing")}
    plans = followed.reader.rows("plans?limit=200&state=proposed")
    assert {plan["account_id"] for plan in plans} == set(FINE)
    assert {plan["lane"] for plan in plans} == {"observe"}


def test_nothing_was_written_to_any_account(followed: Followed) -> None:
    calls = followed.reader.sandbox.calls()
    ours = [call for call in calls if call["caller"] != "tamper" and call["service"] != "sts"]
    assert {call["account"] for call in ours} == set(FINE)
    assert [call for call in ours if call["is_write"]] == []
    assert not any("Developers" in followed.reader.sandbox.state(one)["groups"] for one in FINE)


def test_external_id_is_in_no_answer_and_no_log(followed: Followed) -> None:
    logs = "".join(path.read_text(errors="replace") for path in followed.reader.shell.folder.glob("*.log"))
    logs = logs.replace((followed.reader.shell.folder / "aws.log").read_text(), "")
    told = [logs, followed.table, followed.told, str(followed.verified), str(followed.registered), followed.looked]
    assert not any(followed.reader.values["EXTERNAL_ID"] in text for text in told)
