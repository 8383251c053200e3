"""A change is data, down to the API calls it will make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from provisioning.core.plain import Json, canonical, plain

Spec = TypeVar("Spec")


@dataclass(frozen=True, order=True)
class ResourceKey:
    """One resource of one account: kind, name as AWS stores it (as declared where it does not exist), region."""

    kind: str
    name: str
    region: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}" + (f"@{self.region}" if self.region else "")


@dataclass(frozen=True)
class Call:
    """One AWS API call: what is sent, the (IAM action, ARN) pairs it needs, and error codes that mean 'already so'.

    `region` is '' for the services that have one address for all regions.
    """

    service: str
    operation: str
    params: Mapping[str, Any] = field(hash=False)
    actions: frozenset[tuple[str, str]]
    accepts: frozenset[str] = frozenset()
    region: str = ""

    def __hash__(self) -> int:
        return hash(canonical(self))

    def to_plain(self) -> Json:
        """Without a region that is none: plans made before regions were known keep their digests."""
        told = {"service": self.service, "operation": self.operation, "params": self.params, "actions": self.actions}
        return plain({**told, "accepts": self.accepts, **({"region": self.region} if self.region else {})})

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "Call":
        """Rebuild a stored call."""
        return cls(
            service=data["service"],
            operation=data["operation"],
            params=data["params"],
            actions=frozenset((action, arn) for action, arn in data["actions"]),
            accepts=frozenset(data["accepts"]),
            region=data.get("region", ""),
        )


@dataclass(frozen=True)
class Read:
    """One AWS read that a kind asks for while it re-reads a single resource.

    The answer is the parsed botocore response (pages merged when `result_key` names the list to collect), or None
    when AWS answered with one of the `absent` codes.
    """

    service: str
    operation: str
    params: Mapping[str, Any] = field(hash=False)
    actions: frozenset[tuple[str, str]]
    result_key: str = ""
    absent: frozenset[str] = frozenset({"NoSuchEntity", "NotFoundException", "ResourceNotFoundException"})
    region: str = ""


class Action(StrEnum):
    """What a planned change does to its resource."""

    CREATE = "create"
    UPDATE = "update"
    ADOPT = "adopt"


@dataclass(frozen=True)
class Create(Generic[Spec]):
    """The resource does not exist and must."""

    key: ResourceKey
    desired: Spec
    action = Action.CREATE


@dataclass(frozen=True)
class Update(Generic[Spec]):
    """The resource exists, is owned, and differs in `fields`. `observed` is unprojected: all that is there."""

    key: ResourceKey
    observed: Spec
    desired: Spec
    fields: frozenset[str]
    action = Action.UPDATE


@dataclass(frozen=True)
class Adopt(Generic[Spec]):
    """The resource exists with a declared name and is not owned: taking it over always needs approval."""

    key: ResourceKey
    observed: Spec
    desired: Spec
    fields: frozenset[str]
    action = Action.ADOPT


Change = Create[Spec] | Update[Spec] | Adopt[Spec]
