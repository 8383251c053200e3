"""Names, paths and ARNs of IAM as AWS takes and compares them (IAM API reference; IAM and STS quotas)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator, PlainValidator, ValidationInfo, WithJsonSchema

from provisioning.core.errors import Reason
from provisioning.core.kind import Context
from provisioning.kinds.declaration import BINDING, EXCLUSIVE, SHARED, Include, refuse

SHORT_NAME, LONG_NAME = 64, 128
LONGEST_PATH = 512
LONGEST_DESCRIPTION = 1000

_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)
_PATH = re.compile(r"/|/[\x21-\x7e]+/")
_POLICY_PATH = re.compile(r"(/[A-Za-z0-9.,+@=_-]+)*/")
_TEXT = re.compile(r"[\t\n\r\x20-\x7e\xa1-\xff]*")


class Account(Protocol):
    """Whose resource it is: a Context or a Snapshot."""

    @property
    def account_id(self) -> str: ...

    @property
    def partition(self) -> str: ...


@dataclass(frozen=True)
class IamName:
    """A name or policy ARN that compares as AWS does, ignoring case; the spelling is kept to send and to show.

    `declared`: what it names is declared for the account too, so it will be there when it is needed.
    """

    text: str = field(compare=False)
    key: str
    declared: bool = field(default=False, compare=False)

    @classmethod
    def of(cls, text: str) -> "IamName":
        """A user's, inline policy's or tag key's name."""
        return cls(text, text.lower())

    @classmethod
    def of_policy(cls, arn: str) -> "IamName":
        """A policy's ARN: its name ignores case, its path does not."""
        before, slash, name = arn.rpartition("/")
        return cls(arn, f"{before}{slash}{name.lower()}")

    def __str__(self) -> str:
        return self.text

    def to_plain(self) -> str:
        return self.text


def arn(account: Account, resource: str, path: str, name: str) -> str:
    """The ARN of an IAM resource, e.g. resource `role`."""
    return f"arn:{account.partition}:iam::{account.account_id}:{resource}{path}{name}"


def name_faults(name: str, longest: int, what: str, pointer: str = "") -> Iterator[Reason]:
    """Why AWS would refuse this name."""
    if not _NAME.fullmatch(name):
        yield Reason(pointer, f"The name of {what} holds letters, digits and + = , . @ _ - only; AWS refuses {name!r}.")
    if len(name) > longest:
        yield Reason(pointer, f"The name of {what} has {len(name)} characters; AWS takes {longest} at most.")


def _path(value: str) -> str:
    if not _PATH.fullmatch(value) or len(value) > LONGEST_PATH:
        raise refuse(f"A path is / or begins and ends with / (e.g. /teams/data/), at most {LONGEST_PATH} characters.")
    return value


def _policy_path(value: str) -> str:
    if not _POLICY_PATH.fullmatch(value) or len(value) > LONGEST_PATH:
        raise refuse(
            "The path of a policy is / or begins and ends with / and holds letters, digits and . , + @ = _ - only, "
            f"at most {LONGEST_PATH} characters."
        )
    return value


def _description(value: str) -> str:
    if len(value) > LONGEST_DESCRIPTION:
        raise refuse(f"{len(value)} characters; AWS takes {LONGEST_DESCRIPTION} at most.")
    if not _TEXT.fullmatch(value):
        raise refuse("AWS takes Latin-1 characters only (no emoji, no typographic quotes).")
    return value


def _user(value: Any, info: ValidationInfo) -> IamName:
    if not isinstance(value, str):
        raise refuse("Give the name of a user; in YAML put numbers, dates, yes and no in quotes.")
    if faults := [*name_faults(value, SHORT_NAME, "a user")]:
        raise refuse(*faults)
    context: Context = info.context  # type: ignore[assignment]
    key = value.lower()
    will_be_there = key in context.users and key not in {name.lower() for name in context.break_glass}
    return IamName(value, key, will_be_there)


UserName = Annotated[IamName, PlainValidator(_user), WithJsonSchema({"type": "string", "maxLength": SHORT_NAME})]
UserNames = Annotated[Annotated[list[UserName], EXCLUSIVE] | Annotated[Include[list[UserName]], SHARED], BINDING]
Path = Annotated[str, AfterValidator(_path)]
PolicyPath = Annotated[str, AfterValidator(_policy_path)]
Description = Annotated[str, AfterValidator(_description)]
