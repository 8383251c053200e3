"""The simulated AWS and a tester's hands in it. `serve` runs it; every other command speaks to a running one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from sandbox.client import Sandbox, SandboxError


def main() -> None:
    given = _arguments()
    if given.command == "serve":
        _serve(given.host, given.port, given.example)
        return
    try:
        print(_COMMANDS[given.command](Sandbox(given.url), given))
    except (SandboxError, ClientError, ParamValidationError, ValueError) as error:
        sys.exit(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("serve", help="serve a simulated AWS on 127.0.0.1")
    run.add_argument("--host", default="127.0.0.1", help="another one only inside a container")
    run.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    run.add_argument("--example", default="", help="an organisation to build at the start")
    fill = commands.add_parser("build", help="build an organisation anew: `workshop`, or `untouched` of 50 accounts")
    fill.add_argument("--example", default="workshop")
    deploy = commands.add_parser(
        "deploy", help="deploy a CloudFormation template, as a StackSet or into named accounts"
    )
    deploy.add_argument("--template", type=Path, required=True)
    deploy.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    deploy.add_argument("--account", action="append", default=[], help="without any: every active member account")
    damage = commands.add_parser("break", help="break the way into an account")
    damage.add_argument("--account", required=True)
    damage.add_argument(
        "--how", required=True, help="no_role, wrong_trust, wrong_external_id, suspended, denied_by_scp"
    )
    identity = commands.add_parser("identity", help="print the environment of an identity, for `eval`")
    who = identity.add_mutually_exclusive_group(required=True)
    who.add_argument("--worker", help="the hub's look, apply or hand-over identity")
    who.add_argument("--account", help="the administrator of this account")
    call = commands.add_parser("call", help="make one AWS call as the administrator of an account, past Firstline")
    call.add_argument("account")
    call.add_argument("service", help="as boto3 calls it: iam, budgets, organizations ...")
    call.add_argument("operation", help="as boto3 calls it: create_access_key")
    call.add_argument("parameters", nargs="?", default="{}", help="a JSON object")
    for command in (fill, deploy, damage, identity, call):
        command.add_argument("--url", required=True, help="the address that `serve` printed")
    return parser.parse_args()


def _serve(host: str, port: int, example: str) -> None:
    from sandbox.organisation.build import build
    from sandbox.serve import serve

    if example:
        build({"example": example})
    serve(port, host)


def _build(sandbox: Sandbox, given: argparse.Namespace) -> str:
    return json.dumps(sandbox.organisation({"example": given.example}), indent=2)


def _deploy(sandbox: Sandbox, given: argparse.Namespace) -> str:
    parameters = dict(one.split("=", 1) for one in given.parameter)
    return json.dumps(sandbox.deploy(given.template.read_text(), parameters, given.account), indent=2)


def _break(sandbox: Sandbox, given: argparse.Namespace) -> str:
    sandbox.break_access(given.account, given.how)
    return f"{given.account}: {given.how}"


def _identity(sandbox: Sandbox, given: argparse.Namespace) -> str:
    keys = sandbox.hub_credentials(given.worker) if given.worker else sandbox.credentials(given.account)
    environment = {"AWS_ENDPOINT_URL": sandbox.url, "AWS_DEFAULT_REGION": "us-east-1"}
    environment |= {name.upper(): value for name, value in keys.items()}
    return "\n".join(f"export {name}={value}" for name, value in environment.items())


def _call(sandbox: Sandbox, given: argparse.Namespace) -> str:
    client = sandbox.client(given.service, given.account)
    if not hasattr(client, given.operation):
        raise ValueError(f"{given.service} has no operation {given.operation}; write it as boto3 does, e.g. get_user")
    answer: dict[str, Any] = getattr(client, given.operation)(**json.loads(given.parameters))
    answer.pop("ResponseMetadata", None)
    return json.dumps(answer, indent=2, default=str)


_COMMANDS = {"build": _build, "deploy": _deploy, "break": _break, "identity": _identity, "call": _call}


if __name__ == "__main__":
    main()
