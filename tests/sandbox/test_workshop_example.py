"""The organisation that the demo shows."""

from __future__ import annotations

from sandbox.client import Sandbox


def test_workshop_organisation_has_three_environments_under_ous(server: Sandbox) -> None:
    built = server.organisation(example="workshop")
    environments = {one["environment"]: one["ou"] for one in built["accounts"] if one["environment"]}
    assert environments == {"dev": "/workloads/dev", "test": "/workloads/test", "prod": "/workloads/prod"}


def test_workshop_accounts_are_already_drifted(server: Sandbox) -> None:
    server.organisation(example="workshop")
    dev, test = server.state("111111111111"), server.state("222222222222")
    assert dev["groups"]["Developers"]["attached_policies"] == ["arn:aws:iam::aws:policy/AdministratorAccess"]
    assert dev["budgets"]["s3-monthly"]["body"]["BudgetLimit"]["Amount"] == "50.0"
    assert len(test["policies"]["MfaGuard"]["versions"]) == 5
    assert test["policies"]["MfaGuard"]["default_version"] == "v3"


def test_workshop_accounts_have_the_same_users_but_for_the_one_who_administers(server: Sandbox) -> None:
    server.organisation(example="workshop")
    users = {account: sorted(server.state(account)["users"]) for account in ("111111111111", "333333333333")}
    assert set(map(tuple, users.values())) == {("ann", "ben", "carla", "dora", "eve")}
    assert sorted(server.state("222222222222")["users"]) == ["ben", "carla", "dora", "eve"]


def test_same_seed_gives_the_same_ids(server: Sandbox) -> None:
    first = server.organisation(example="workshop", seed=7)
    before = server.state("111111111111")
    assert server.organisation(example="workshop", seed=7) == first
    after = server.state("111111111111")
    assert {n: r["id"] for n, r in before["roles"].items()} == {n: r["id"] for n, r in after["roles"].items()}
