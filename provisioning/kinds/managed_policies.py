"""AWS managed policies by short name. The table is generated and dated: `python -m tools.managed_policies`."""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("aws_managed_policies.json")
# AWS refuses to attach these (PolicyNotAttachable): they belong to service-linked roles and to root sessions.
_NOT_ATTACHABLE = ("/aws-service-role/", "/root-task/")


class UnknownManagedPolicyError(LookupError):
    """A short name that names no AWS managed policy, or more than one, or one that can't be attached."""


@dataclass(frozen=True, slots=True)
class ManagedPolicyTable:
    """Short name -> the paths it has; `source` and `data_date` (ISO date of its newest policy) say how fresh it is.

    `administrators`: names of those whose document leads to administrator rights.
    """

    source: str
    data_date: str
    paths: dict[str, tuple[str, ...]]
    administrators: frozenset[str]

    def arn(self, name: str, partition: str) -> str:
        """The ARN of one policy. Raises UnknownManagedPolicyError, which says what to write instead."""
        paths = self.paths.get(name)
        if not paths:
            raise UnknownManagedPolicyError(self._unknown(name))
        if len(paths) > 1:
            arns = " or ".join(_arn(partition, path, name) for path in paths)
            raise UnknownManagedPolicyError(f"{name} names several AWS managed policies. Give the full ARN: {arns}.")
        if paths[0] in _NOT_ATTACHABLE:
            raise UnknownManagedPolicyError(
                f"AWS attaches {name} itself and refuses it elsewhere. Choose another policy."
            )
        return _arn(partition, paths[0], name)

    def _unknown(self, name: str) -> str:
        near = [other for other in self.paths if other.lower() == name.lower()] or get_close_matches(name, self.paths)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        return (
            f"{name} is no AWS managed policy known here (data of {self.data_date}).{meant} "
            f"Else give the full ARN, e.g. arn:aws:iam::aws:policy/{name}."
        )


def managed_policy_arn(name: str, partition: str) -> str:
    """The ARN of the AWS managed policy with this short name (`Billing` is `job-function/Billing`).

    Raises UnknownManagedPolicyError for an unknown or ambiguous name.
    """
    return managed_policies().arn(name, partition)


def known_names() -> frozenset[str]:
    """Every short name of the table."""
    return frozenset(managed_policies().paths)


@cache
def managed_policies() -> ManagedPolicyTable:
    """The shipped table, read when it is first needed."""
    written = json.loads(_TABLE.read_text(encoding="utf-8"))
    paths: dict[str, tuple[str, ...]] = {}
    for path, names in written["paths"].items():
        for name in names:
            paths[name] = (*paths.get(name, ()), path)
    return ManagedPolicyTable(written["source"], written["data_date"], paths, frozenset(written["administrators"]))


def _arn(partition: str, path: str, name: str) -> str:
    return f"arn:{partition}:iam::aws:policy{path}{name}"
