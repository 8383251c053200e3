"""AWS managed policies from one table shared by all accounts; an account holds only those it has touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend

from sandbox.errors import no_such_entity

_PREFIX = "arn:aws:iam::aws:policy"


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, dict[str, Any]]]:
    """ARN -> (name, moto's data). Read at first use: it is some megabytes."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    loaded = json.loads(aws_managed_policies_data)
    return {f"{_PREFIX}{data['Path']}{name}": (name, data) for name, data in loaded.items()}


@lru_cache(maxsize=64)
def _document(arn: str) -> str:
    return json.dumps(_table()[arn][1]["Document"])


def ensure(backend: IAMBackend, arn: str) -> Any:
    """The policy of that ARN, AWS managed ones made at first use. Raises NoSuchEntity."""
    if arn in backend.managed_policies:
        return backend.managed_policies[arn]
    if arn not in _table():
        raise no_such_entity(f"Policy {arn} does not exist or is not attachable.")
    policy = _make(backend, arn)
    policy.versions[0].document = _document(arn)
    backend.managed_policies[arn] = policy
    backend.aws_managed_policies.append(policy)
    return policy


def _make(backend: IAMBackend, arn: str) -> AWSManagedPolicy:
    name, data = _table()[arn]
    shared = {**data, "Document": None}
    policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, shared)
    policy.id = "ANPA" + hashlib.sha256(arn.encode()).hexdigest()[:17].upper()
    return policy


def every_aws_policy(backend: IAMBackend) -> Iterator[Any]:
    """All of them as this account sees them; the untouched ones are not kept and hold no document."""
    for arn in _table():
        yield backend.managed_policies.get(arn) or _make(backend, arn)


def default_document(policy: Any) -> str:
    version = next((v for v in policy.versions if v.version_id == policy.default_version_id), None)
    return version.document if version else "{}"
