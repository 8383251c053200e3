"""Writes what is printed from the kinds into deploy/: policies for Terraform, the SCP, the CloudFormation resources.

Run from the root of the repository: python -m tools.deployment
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from provisioning.core.access_path import AccessPath, Document, protecting_scp
from provisioning.services.print_permissions import (
    HubFacts,
    hub_policies,
    management_policies,
    organisation_policies,
    role_policies,
    trusts,
)
from tools.cloudformation import (
    Resources,
    account_resources,
    as_yaml,
    discovery_resources,
    hub_resources,
    payer_resources,
    vending_resources,
)

ROOT = Path(__file__).resolve().parent.parent
POLICIES = Path("deploy/policies")
PLACE = AccessPath(partition="${partition}", account_id="${account_id}", role_path="${role_path}")
FACTS = HubFacts(
    role_arn="${role_arn}",
    external_id="${external_id}",
    organization_id="${organization_id}",
    account_id="${account_id}",
    oidc_provider_arn="${oidc_provider_arn}",
    oidc_issuer="${oidc_issuer}",
    oidc_subject="${oidc_subject}",
)
"""As Terraform's templatefile() fills them in."""


def files() -> Mapping[Path, str]:
    """Every file that is written, by its path from the root, and what it must hold."""
    policies = {
        **role_policies(PLACE),
        **organisation_policies(),
        **hub_policies(PLACE),
        **management_policies(PLACE),
        **trusts(FACTS),
    }
    return {
        **{POLICIES / f"{name}.json": _json(policy) for name, policy in policies.items()},
        Path("deploy/scp/protect-firstline.json"): _json(protecting_scp(AccessPath())),
        **dict(_templates()),
    }


def _templates() -> Iterator[tuple[Path, str]]:
    templates = {
        "firstline-roles": account_resources(),
        "firstline-hub": hub_resources(),
        "firstline-vending": vending_resources(),
        "firstline-discovery": discovery_resources(),
        "firstline-payer": payer_resources(),
    }
    for name, resources in templates.items():
        path = Path(f"deploy/cloudformation/{name}.yaml")
        yield path, _with_resources((ROOT / path).read_text(encoding="utf-8"), resources)


def _with_resources(template: str, resources: Resources) -> str:
    before, heading, rest = template.partition("\nResources:\n")
    outputs = rest.index("Outputs:\n")
    return f"{before}{heading}{as_yaml(resources)}\n{rest[outputs:]}"


def _json(policy: Document) -> str:
    return json.dumps(policy, indent=2) + "\n"


def main() -> None:
    """Writes every file, removes policies that are printed no more, and says what changed."""
    wanted = files()
    for old in (ROOT / POLICIES).glob("*.json"):
        if old.relative_to(ROOT) not in wanted:
            old.unlink()
            sys.stdout.write(f"removed {old.relative_to(ROOT)}\n")
    for path, text in wanted.items():
        full = ROOT / path
        if not full.is_file() or full.read_text(encoding="utf-8") != text:
            full.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path}\n")


if __name__ == "__main__":
    main()
