"""Writes what the product knows of AWS managed policies, from moto's data set: provisioning/kinds/

aws_managed_policies.json (names, paths, which make an administrator) and aws_managed_documents.json.xz (their texts).
Run from the root of the repository: python -m tools.managed_policies
"""

import json
import lzma
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from provisioning.core.policy_document import grants_admin, read_document

_KINDS = Path(__file__).resolve().parent.parent / "provisioning" / "kinds"
TABLE = _KINDS / "aws_managed_policies.json"
DOCUMENTS = _KINDS / "aws_managed_documents.json.xz"


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


def managed_documents(policies: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Path and name -> text of the default version, in one order and compressed, so that equal data gives one file."""
    texts = {
        f"{policy['Path']}{name}": json.dumps(policy["Document"], separators=(",", ":"), ensure_ascii=False)
        for name, policy in sorted(policies.items())
    }
    return lzma.compress(json.dumps(texts, ensure_ascii=False).encode(), preset=9)


def main() -> None:
    """Writes both files and says what they hold."""
    DOCUMENTS.write_bytes(managed_documents(json.loads(aws_managed_policies_data)))
    table = managed_policy_table(json.loads(aws_managed_policies_data), f"moto {version('moto')}")
    TABLE.write_text(json.dumps(table, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    count = sum(len(names) for names in table["paths"].values())
    sys.stdout.write(f"{TABLE.name}: {count} policies, {table['source']}, data of {table['data_date']}\n")


if __name__ == "__main__":
    main()
