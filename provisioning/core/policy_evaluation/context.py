"""The context of a request: what each condition key holds, with the keys that follow from who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from provisioning.core.policy_evaluation.asker import Asker, AskerKind, asker_of
from provisioning.core.policy_evaluation.request import Request

NEVER_ASSUMED_ABSENT = frozenset(
    {
        *("aws:currenttime", "aws:epochtime", "aws:securetransport", "aws:sourceip", "aws:requestedregion"),
        *("aws:useragent", "aws:userid", "aws:principalarn", "aws:principalaccount", "aws:principaltype"),
        *("aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:resourceorgpaths"),
    }
)
"""AWS puts them into every signed request, or what they hold is a fact of the organisation (IAM user guide, "AWS global
condition context keys"): not given, they aren't known; given without values, they are absent."""
# Of AWS as a whole and of single services, e.g. iam:ResourceTag/team.
_TAGS_OF_RESOURCE = (":resourcetag/", "s3:existingobjecttag/")
_TYPES = {
    AskerKind.USER: "User",
    AskerKind.GROUP: "User",
    AskerKind.ROLE: "AssumedRole",
    AskerKind.SESSION: "AssumedRole",
    AskerKind.FEDERATED_USER: "FederatedUser",
    AskerKind.ROOT: "Account",
}
# What differs from member to member of a group; of a caller that isn't known at all, nothing is known.
_OF_A_MEMBER = ("aws:principaltag/", "aws:username")
_OF_A_CALLER = ("aws:principal", "aws:username")


class Held(Enum):
    """What a key holds when it is not values."""

    ABSENT = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class Context:
    """A request's keys, compared without regard to case. What is given goes before what follows from who asks."""

    request: Request

    @cached_property
    def asker(self) -> Asker:
        """Who asks, read from the ARN."""
        return asker_of(self.request.principal_arn, self.request.principal_account)

    def held(self, key: str) -> tuple[str, ...] | Held:
        """The values of a key. A key without values counts as absent."""
        name = key.lower()
        values = self._values.get(name)
        if values is not None:
            return values or Held.ABSENT
        return Held.UNKNOWN if self._is_unknown(name) else Held.ABSENT

    @cached_property
    def _values(self) -> Mapping[str, tuple[str, ...]]:
        given = {key.lower(): tuple(values) for key, values in self.request.context.items()}
        derived = _derived(self.request, self.asker)
        likely = {key: values for key, values in derived.items() if not _begins(key, self._unknown_beginnings)}
        return {key: values for key, values in (likely | given).items() if key not in self._named_unknown}

    @cached_property
    def _named_unknown(self) -> frozenset[str]:
        return frozenset(key.lower() for key in self.request.unknown if not key.endswith("*"))

    @cached_property
    def _unknown_beginnings(self) -> tuple[str, ...]:
        return tuple(key.lower().removesuffix("*") for key in self.request.unknown if key.endswith("*"))

    def _is_unknown(self, name: str) -> bool:
        if name in self._named_unknown or _begins(name, self._unknown_beginnings):
            return True
        if name in NEVER_ASSUMED_ABSENT or any(tags in name for tags in _TAGS_OF_RESOURCE):
            return True
        if self.asker.kind is AskerKind.UNKNOWN:
            return name.startswith(_OF_A_CALLER)
        return self.asker.kind is AskerKind.GROUP and name.startswith(_OF_A_MEMBER)


def _begins(name: str, beginnings: tuple[str, ...]) -> bool:
    return bool(beginnings) and name.startswith(beginnings)


def _derived(request: Request, asker: Asker) -> dict[str, tuple[str, ...]]:
    account = request.principal_account
    found: dict[str, tuple[str, ...]] = {
        "aws:resourceaccount": (request.resource_account or _account_of(request.resource) or account,),
        "aws:viaawsservice": ("false",),
    }
    if asker.kind is not AskerKind.UNKNOWN:
        found["aws:principalisawsservice"] = ("true" if asker.kind is AskerKind.SERVICE else "false",)
    if asker.kind in _TYPES:
        found["aws:principaltype"] = (_TYPES[asker.kind],)
        found["aws:principalaccount"] = (account,)
    if asker.kind is AskerKind.SERVICE:
        found["aws:principalservicename"] = (asker.arn,)
    if asker.kind is AskerKind.USER:
        found["aws:username"] = (asker.name,)
    # The ARN of a session leaves the path of its role out, so the role's own ARN isn't known from it.
    if asker.kind in (AskerKind.USER, AskerKind.ROLE, AskerKind.ROOT, AskerKind.FEDERATED_USER):
        found["aws:principalarn"] = (asker.arn,)
    return found


def _account_of(resource: str) -> str | None:
    parts = resource.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4].isdigit() else None
