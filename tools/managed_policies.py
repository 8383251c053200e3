"""Writes provisioning/kinds/aws_managed_policies.json: AWS managed policies by short name, from moto's data set.

Run from the root of the repository: python -m tools.managed_policies
"""

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from provisioning.core.policy_document import grants_admin, read_document

TABLE = Path(__file__).resolve().parent.parent / "provisioning" / "kinds" / "aws_managed_policies.json"


def managed_policy_table(policies: Mapping[str, Mapping[str, Any]], source: str) -> dict[str, Any]:
    """The table: path -> names, which make an administrator, where it is from, the date of the newest policy in it."""
    paths: dict[str, list[str]] = {}
    for name, policy in policies.items():
        paths.setdefault(policy["Path"], []).append(name)
    newest = max(str(policy.get("UpdateDate") or policy["CreateDate"]) for policy in policies.values())
    return {
        "source": source,
        "data_date": newest[:10],
        "administrators": sorted(
            name for name, policy in policies.items() if grants_admin(read_document(policy["Document"]))
        ),
        "paths": {path: sorted(names) for path, names in sorted(paths.items())},
    }


def main() -> None:
    """Writes the table and says what it holds."""
    table = managed_policy_table(json.loads(aws_managed_policies_data), f"moto {version('moto')}")
    TABLE.write_text(json.dumps(table, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    count = sum(len(names) for names in table["paths"].values())
    sys.stdout.write(f"{TABLE.name}: {count} policies, {table['source']}, data of {table['data_date']}\n")


if __name__ == "__main__":
    main()
