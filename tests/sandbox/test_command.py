"""`python -m sandbox`: an organisation that never heard of Firstline is prepared by commands alone."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from sandbox.client import Sandbox
from tests.sandbox.refusals import refused

ROOT = Path(__file__).resolve().parents[2]
HUB = "999988887777"
BROKEN = {
    "100000000001": "no_role",
    "100000000002": "wrong_trust",
    "100000000003": "wrong_external_id",
    "100000000004": "suspended",
    "100000000005": "denied_by_scp",
}


def command(server: Sandbox, *arguments: str, succeeds: bool = True) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments, "--url", server.url], cwd=ROOT, capture_output=True, text=True
    )
    assert (told.returncode == 0) is succeeds, told.stderr
    return told.stdout if succeeds else told.stderr


def exported(text: str) -> dict[str, str]:
    return dict(shlex.split(line)[1].split("=", 1) for line in text.splitlines())


def test_fifty_accounts_are_prepared_and_some_broken(server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    built = json.loads(command(server, "build", "--example", "untouched"))
    assert len([one for one in built["accounts"] if one["environment"]]) == 50
    hub = ["deploy", "--template", "deploy/cloudformation/firstline-hub.yaml", "--account", HUB]
    arns = json.loads(command(server, *hub, "--parameter", "Platform=ecs"))[HUB]
    facts = {"ExternalId": "an-external-id-of-ours", "OrganizationId": built["org_id"]}
    given = {**facts, **{f"Hub{name}": arn for name, arn in arns.items()}}
    options = [part for name, value in given.items() for part in ("--parameter", f"{name}={value}")]
    made = json.loads(command(server, "deploy", "--template", "deploy/cloudformation/firstline-roles.yaml", *options))
    assert len(made) == 50 - 2 + 1 and HUB in made
    for account, how in BROKEN.items():
        command(server, "break", "--account", account, "--how", how)
    for name, value in exported(command(server, "identity", "--worker", "look")).items():
        monkeypatch.setenv(name, value)
    _enter("100000000006")
    for account in BROKEN:
        with refused("AccessDenied"):
            _enter(account)


def _enter(account: str) -> None:
    boto3.Session().client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/firstline/FirstlineLook",
        RoleSessionName="run-1.1",
        ExternalId="an-external-id-of-ours",
    )


def test_refusals_are_told_without_a_traceback(server: Sandbox) -> None:
    server.organisation(hub_roles=False, accounts=[], firstline_roles=False)
    assert "deploy firstline-hub.yaml" in command(server, "identity", "--worker", "look", succeeds=False)
    assert "Traceback" not in command(server, "build", "--example", "nothing", succeeds=False)


def test_administrator_of_an_account_is_at_hand(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in exported(command(sandbox, "identity", "--account", "111111111111")).items():
        monkeypatch.setenv(name, value)
    assert boto3.Session().client("sts").get_caller_identity()["Account"] == "111111111111"


def test_one_call_is_made_as_an_administrator_and_its_refusal_told_in_a_line(sandbox: Sandbox) -> None:
    made = json.loads(command(sandbox, "call", "111111111111", "iam", "create_user", '{"UserName": "gina"}'))
    assert made["User"]["Arn"] == "arn:aws:iam::111111111111:user/gina" and "ResponseMetadata" not in made
    for operation, parameters, told in (
        ("get_user", '{"UserName": "nobody"}', "NoSuchEntity"),
        ("get_user", '{"Name": "gina"}', "Unknown parameter"),
        ("get_user", "{", "Expecting property name"),
        ("get_usr", "{}", "iam has no operation get_usr"),
    ):
        error = command(sandbox, "call", "111111111111", "iam", operation, parameters, succeeds=False)
        assert told in error and "Traceback" not in error
