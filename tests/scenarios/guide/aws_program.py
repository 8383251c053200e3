"""`aws` on the reader's PATH: each command of the guide, checked against AWS's own model and done by the sandbox."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name

from sandbox.client import Sandbox

Options = dict[str, list[str]]
OF_THE_CLI = {"query", "output"}
DEPLOY = {"stack-name", "template-file", "capabilities", "parameter-overrides"}
LOG = Path(os.environ.get("GUIDE_AWS_LOG", "aws.log"))


def main(arguments: list[str]) -> None:
    """Do one command, log it, print what the guide's --query would print."""
    service, command, *rest = arguments
    options = _options(rest)
    _check(service, command, set(options) - OF_THE_CLI)
    answer, told = _DO[command](Sandbox(os.environ["GUIDE_SANDBOX"]), options)
    with LOG.open("a") as log:
        log.write(json.dumps({"command": f"{service} {command}", "options": options, "told": told}) + "\n")
    if answer:
        sys.stdout.write(f"{answer}\n")


def logged(path: Path = LOG) -> list[dict[str, Any]]:
    """What was done so far."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _options(rest: list[str]) -> Options:
    found: Options = {}
    for word in rest:
        if word.startswith("--"):
            found[word[2:]] = values = []
        else:
            values.append(word)
    return found


def _check(service: str, command: str, given: set[str]) -> None:
    """`deploy` is the CLI's own; every other command is an operation, and its options are that one's members."""
    if command == "deploy":
        assert given <= DEPLOY, given
        return
    model = botocore.session.get_session().get_service_model(service)
    (operation,) = (name for name in model.operation_names if xform_name(name, "-") == command)
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    known = {xform_name(member, "-"): member for member in shape.members}
    assert given <= set(known), f"{command} has no {given - set(known)}"
    missing = set(shape.required_members) - {known[name] for name in given}
    assert not missing, f"{command} needs {missing}"


def _file(given: str) -> str:
    return Path(given.removeprefix("file://")).read_text()


def _pairs(words: list[str]) -> dict[str, str]:
    return dict(part.split("=", 1) for word in words for part in word.split(","))


def _deploy(sandbox: Sandbox, options: Options) -> tuple[str, Any]:
    hub = sandbox.organisation()["hub_account"]
    made = sandbox.deploy(_file(options["template-file"][0]), _pairs(options["parameter-overrides"]), [hub])
    return "", made[hub]


def _describe_stacks(_sandbox: Sandbox, _options: Options) -> tuple[str, Any]:
    (outputs,) = (call["told"] for call in logged() if call["command"] == "cloudformation deploy")
    return "\n".join(f"{key}\t{value}" for key, value in outputs.items()), None


def _create_stack_set(_sandbox: Sandbox, options: Options) -> tuple[str, Any]:
    parameters = json.loads(_file(options["parameters"][0]))
    told = {
        "template": _file(options["template-body"][0]),
        "parameters": {one["ParameterKey"]: one["ParameterValue"] for one in parameters},
    }
    return "", told


def _create_stack_instances(sandbox: Sandbox, options: Options) -> tuple[str, Any]:
    """Into every active account of the organisational unit and below."""
    (made,) = (call for call in logged() if call["command"].endswith("create-stack-set"))
    assert made["options"]["stack-set-name"] == options["stack-set-name"]
    unit = _pairs(options["deployment-targets"])["OrganizationalUnitIds"]
    accounts = _below(_organizations(sandbox), unit)
    done = sandbox.deploy(made["told"]["template"], made["told"]["parameters"], accounts)
    return "", sorted(done)


def _organizations(sandbox: Sandbox) -> Any:
    return sandbox.client("organizations", sandbox.organisation()["management_account"])


def _below(client: Any, unit: str) -> list[str]:
    found = client.get_paginator("list_accounts_for_parent").paginate(ParentId=unit)
    accounts = [one["Id"] for page in found for one in page["Accounts"] if one["Status"] == "ACTIVE"]
    units = client.list_organizational_units_for_parent(ParentId=unit)["OrganizationalUnits"]
    return accounts + [one for child in units for one in _below(client, child["Id"])]


def _list_stack_instances(_sandbox: Sandbox, _options: Options) -> tuple[str, Any]:
    return "", None


def _create_policy(sandbox: Sandbox, options: Options) -> tuple[str, Any]:
    made = _organizations(sandbox).create_policy(
        Type=options["type"][0],
        Name=options["name"][0],
        Description=options["description"][0],
        Content=_file(options["content"][0]),
    )
    policy_id = made["Policy"]["PolicySummary"]["Id"]
    return policy_id, policy_id


def _attach_policy(sandbox: Sandbox, options: Options) -> tuple[str, Any]:
    _organizations(sandbox).attach_policy(PolicyId=options["policy-id"][0], TargetId=options["target-id"][0])
    return "", None


_DO: dict[str, Callable[[Sandbox, Options], tuple[str, Any]]] = {
    "deploy": _deploy,
    "describe-stacks": _describe_stacks,
    "create-stack-set": _create_stack_set,
    "create-stack-instances": _create_stack_instances,
    "list-stack-instances": _list_stack_instances,
    "create-policy": _create_policy,
    "attach-policy": _attach_policy,
}

if __name__ == "__main__":
    main(sys.argv[1:])
