"""What is shipped in deploy/ is what the kinds print, is valid, and says the same in CloudFormation and Terraform."""

import json
import re
from pathlib import Path
from typing import Any

import hcl2
import pytest
from cfnlint.api import lint_all

from provisioning.core.access_path import AccessPath
from provisioning.services.print_permissions import HubFacts, hub_policies, management_policies, role_policies, trusts
from sandbox.client import Sandbox
from sandbox.cloudformation.deploy import shipped
from tools.deployment import POLICIES, ROOT, files

ACCOUNT, HUB = "111111111111", "999988887777"
TEMPLATES = ["firstline-roles", "firstline-payer", "firstline-hub", "firstline-vending", "firstline-discovery"]
MODULES = ["roles", "payer", "hub", "vending", "discovery"]
PLACE = AccessPath(account_id=ACCOUNT, role_path="/access/firstline/")
WORKERS = {
    "look": "firstline-look-worker",
    "apply": "firstline-apply-worker",
    "hand-over": "firstline-hand-over",
    "vend": "firstline-vend-worker",
}
ROLES = {"look": "FirstlineLook", "apply": "FirstlineApply", "hand-over": "FirstlineHandOver"}


@pytest.mark.parametrize(("path", "text"), files().items(), ids=[path.name for path in files()])
def test_file_is_what_the_kinds_print(path: Path, text: str) -> None:
    assert (ROOT / path).read_text() == text, "run: make permissions WRITE=1"


def test_no_policy_is_left_that_is_printed_no_more() -> None:
    assert {path.name for path in (ROOT / POLICIES).iterdir()} == {
        path.name for path in files() if path.parent == POLICIES
    }


def faults(template: str) -> list[str]:
    """Errors and warnings; what the linter merely remarks is left out."""
    return [str(match) for match in lint_all(template) if not match.rule.id.startswith("I")]


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_is_valid_by_awss_own_schemas(name: str) -> None:
    assert faults(shipped(name)) == []


def test_linter_would_see_a_wrong_template() -> None:
    wrong = shipped("firstline-roles").replace("MaxSessionDuration: 3600", "MaxSessionDuration: an hour")
    assert faults(wrong)


def test_template_fits_into_a_request() -> None:
    assert all(len(shipped(name).encode()) <= 51_200 for name in TEMPLATES)


@pytest.fixture
def deployed(sandbox_server: Sandbox) -> Sandbox:
    """The hub on ECS and one account, both from the templates, below another path than the usual one."""
    sandbox_server.organisation(hub_roles=False, firstline_roles=False, accounts=[{"id": ACCOUNT}])
    path = {"RolePath": PLACE.role_path}
    arns = sandbox_server.deploy(shipped("firstline-hub"), {"Platform": "ecs", **path}, [HUB])[HUB]
    facts = {"ExternalId": "an-external-id-of-ours", "OrganizationId": sandbox_server.organisation()["org_id"]}
    hub = {f"Hub{name}": arn for name, arn in arns.items()}
    sandbox_server.deploy(shipped("firstline-roles"), {**hub, **facts, **path}, [ACCOUNT])
    return sandbox_server


def test_roles_of_an_account_hold_the_printed_policies(deployed: Sandbox) -> None:
    state, wanted = deployed.state(ACCOUNT), role_policies(PLACE)
    held = {name: one["versions"]["v1"] for name, one in state["policies"].items()}
    for role, name in ROLES.items():
        attached = [arn.rpartition("/")[2] for arn in state["roles"][name]["attached_policies"]]
        assert [held[one] for one in attached] == [one for file, one in wanted.items() if file.startswith(f"{role}-")]
        boundary = held[state["roles"][name]["boundary"].rpartition("/")[2]]
        assert boundary == wanted["boundary-apply" if role == "apply" else f"{role}-1"]
        assert state["roles"][name]["path"] == PLACE.role_path


def test_roles_of_an_account_trust_exactly_their_worker(deployed: Sandbox) -> None:
    for role, name in ROLES.items():
        arn = f"arn:aws:iam::{HUB}:role{PLACE.role_path}{WORKERS[role]}"
        facts = HubFacts(arn, "an-external-id-of-ours", deployed.organisation()["org_id"])
        assert deployed.state(ACCOUNT)["roles"][name]["trust"] == trusts(facts)["trust"]


def test_roles_of_the_hub_hold_the_printed_policies(deployed: Sandbox) -> None:
    state = deployed.state(HUB)
    for worker, name in WORKERS.items():
        assert state["roles"][name]["inline_policies"] == {"assume": hub_policies(PLACE)[f"hub-{worker}"]}
        assert state["roles"][name]["trust"] == trusts(HubFacts(account_id=HUB))["hub-trust-ecs"]


def test_vending_role_of_the_management_account_holds_the_printed_policy(deployed: Sandbox) -> None:
    management = deployed.organisation()["management_account"]
    worker = f"arn:aws:iam::{HUB}:role{PLACE.role_path}{WORKERS['vend']}"
    facts = {"ExternalId": "an-external-id-of-ours", "OrganizationId": deployed.organisation()["org_id"]}
    given = {"HubVendingRoleArn": worker, "RolePath": PLACE.role_path, **facts}
    deployed.deploy(shipped("firstline-vending"), given, [management])
    state = deployed.state(management)
    (policy,) = (one["versions"]["v1"] for one in state["policies"].values() if one["path"] == PLACE.role_path)
    assert policy == management_policies(PLACE)["vending-1"]
    role = state["roles"]["FirstlineVending"]
    assert role["attached_policies"] == [role["boundary"]]
    assert role["trust"] == trusts(HubFacts(worker, facts["ExternalId"], facts["OrganizationId"]))["trust"]


def module(name: str) -> dict[str, Any]:
    """Every block of a module, by kind."""
    blocks: dict[str, Any] = {}
    for path in sorted((ROOT / "deploy/terraform" / name).glob("*.tf")):
        for kind, found in hcl2.loads(path.read_text()).items():
            blocks.setdefault(kind, []).extend(found)
    return blocks


def names(blocks: list[dict[str, Any]]) -> set[str]:
    return {name.strip('"') for block in blocks for name in block}


def text_of(name: str) -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / "deploy/terraform" / name).glob("*.tf")))


RENDERED = re.compile(r'\$\{(?:.+? : )?templatefile\("\$\{local\.folder\}/(.+?)\.json", (.+)\)\}', re.DOTALL)


def rendered_files(name: str) -> dict[str, set[str]]:
    """Each file that templatefile() renders, and the variables it is given."""
    resources = [found for block in module(name)["resource"] for each in block.values() for found in each.values()]
    matches = [match for one in resources for value in one.values() if (match := RENDERED.fullmatch(str(value)))]
    place = {"partition", "account_id", "role_path"}
    return {
        file: place if given == "local.place" else set(re.findall(r"(\w+) =", given))
        for file, given in (match.groups() for match in matches)
    }


@pytest.mark.parametrize("name", MODULES)
def test_module_uses_each_variable_it_declares_and_no_other(name: str) -> None:
    declared = names(module(name)["variable"])
    assert set(re.findall(r"\bvar\.([a-z_]+)", text_of(name))) == declared


@pytest.mark.parametrize("name", MODULES)
def test_module_names_its_provider_and_versions(name: str) -> None:
    (block,) = module(name)["terraform"]
    assert block["required_version"].strip('"').startswith(">=")
    assert "aws" in block["required_providers"][0]


@pytest.mark.parametrize(
    ("name", "file", "wanted"),
    [
        ("roles", "${each.key}", ["look-1", "apply-1", "hand-over-1"]),
        ("roles", "boundary-apply", ["boundary-apply"]),
        ("roles", "trust", ["trust"]),
        ("hub", "hub-${each.key}", ["hub-look", "hub-apply", "hub-hand-over", "hub-vend"]),
        ("vending", "vending-1", ["vending-1"]),
        ("vending", "trust", ["trust"]),
        ("payer", "${each.key}", ["look-1", "payer-apply-1"]),
        ("payer", "trust", ["trust"]),
        ("discovery", "trust", ["trust"]),
        (
            "hub",
            "hub-trust-${var.platform}",
            ["hub-trust-ecs", "hub-trust-ec2", "hub-trust-eks-pod-identity", "hub-trust-eks-irsa"],
        ),
    ],
)
def test_module_renders_the_printed_files_with_all_that_they_ask_for(name: str, file: str, wanted: list[str]) -> None:
    given = rendered_files(name)[file]
    for one in wanted:
        asked = set(re.findall(r"\$\{(\w+)\}", (ROOT / POLICIES / f"{one}.json").read_text()))
        assert asked <= given


def test_every_printed_file_is_used_by_a_module() -> None:
    used = {
        "look-1",
        "apply-1",
        "hand-over-1",
        "boundary-apply",
        "payer-apply-1",
        "simulator",
        "trust",
        "vending-1",
        "discovery",
        *(f"hub-{worker}" for worker in WORKERS),
    }
    used |= {f"hub-trust-{one}" for one in ("ecs", "ec2", "eks-pod-identity", "eks-irsa")}
    assert {path.stem for path in (ROOT / POLICIES).glob("*.json")} - used <= {
        path.stem for path in (ROOT / POLICIES).glob("*-[2-9].json")
    }


def test_both_ways_make_the_same_roles() -> None:
    """Names, paths, boundaries and session length: what is not in the policy files."""
    terraform = {name: text_of(name) for name in MODULES}
    assert all(f'"{role}"' in terraform["roles"] for role in ROLES.values())
    assert all(f'"{ROLES[role]}"' in terraform["payer"] for role in ("look", "apply"))
    assert all(f'"{role}"' in terraform["hub"] for role in WORKERS.values())
    for text in terraform.values():
        assert "max_session_duration = 3600" in text and "path                 = var.role_path" in text
    assert "permissions_boundary = local.boundaries[each.key]" in terraform["roles"]
    assert "permissions_boundary = aws_iam_policy.discovery.arn" in terraform["discovery"]
    assert 'file("${local.folder}/discovery.json")' in terraform["discovery"]
    for purpose in ("Reads what a look compares; it can write nothing.", "The most that apply can do."):
        assert purpose in terraform["roles"] and purpose in shipped("firstline-roles")


def test_placeholders_are_filled_by_terraform_as_json() -> None:
    """Whatever stands in a placeholder can't break out of its string: variables are checked by pattern."""
    for path in (ROOT / POLICIES).glob("*.json"):
        json.loads(re.sub(r"\$\{\w+\}", "value", path.read_text()))
