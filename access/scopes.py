"""Where a role holds: the whole fleet, an OU and everything below it, an environment, a team, one account."""

import re
from dataclasses import dataclass
from typing import Protocol

from django.db import models

ENVIRONMENTS = ("sandbox", "dev", "test", "staging", "prod")
TEAM_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?")
_ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)
_OU_PATH = re.compile(r"/|(/[^/ ]([^/]*[^/ ])?)+")
_OU_LENGTH = 512


class ScopeKind(models.TextChoices):
    """What a scope names."""

    FLEET = "fleet"
    OU = "ou"
    ENVIRONMENT = "environment"
    TEAM = "team"
    ACCOUNT = "account"


class Place(Protocol):
    """Where an account stands: the fields that scopes ask for, whatever holds them."""

    @property
    def account_id(self) -> str: ...
    @property
    def ou_path(self) -> str: ...
    @property
    def environment(self) -> str: ...
    @property
    def owner_team(self) -> str: ...


@dataclass(frozen=True, order=True)
class Scope:
    """A part of the fleet, written `fleet`, `ou:/workloads`, `environment:dev`, `team:payments` or `account:<id>`."""

    kind: ScopeKind
    value: str = ""

    def covers(self, account: Place) -> bool:
        """Whether the account lies in it. OU paths match by whole segments."""
        match self.kind:
            case ScopeKind.FLEET:
                return True
            case ScopeKind.OU:
                return is_below(account.ou_path, self.value)
            case ScopeKind.ENVIRONMENT:
                return account.environment == self.value
            case ScopeKind.TEAM:
                return account.owner_team == self.value
            case ScopeKind.ACCOUNT:
                return account.account_id == self.value

    def contains(self, other: "Scope") -> bool:
        """Whether every account that can ever lie in the other lies in this one, by the two alone."""
        if self.kind == ScopeKind.FLEET or self == other:
            return True
        return self.kind == other.kind == ScopeKind.OU and is_below(other.value, self.value)

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.value else str(self.kind)


FLEET = Scope(ScopeKind.FLEET)


def team(name: str) -> Scope:
    """The accounts of a team; the whole fleet for ''."""
    return Scope(ScopeKind.TEAM, name) if name else FLEET


def parse_scope(text: str) -> Scope:
    """The scope that a text names. Raises ValueError that says what to write."""
    kind, _, value = text.partition(":")
    if kind not in ScopeKind.values:
        raise ValueError("write fleet, ou:/path, environment:name, team:name or account:12 digits")
    return checked_scope(ScopeKind(kind), value)


def checked_scope(kind: ScopeKind, value: str) -> Scope:
    """The scope. Raises ValueError for a value that can name nothing."""
    if why := _why_wrong(kind, value):
        raise ValueError(why)
    return Scope(kind, value)


def _why_wrong(kind: ScopeKind, value: str) -> str:
    match kind:
        case ScopeKind.FLEET:
            return "the fleet takes no value" if value else ""
        case ScopeKind.OU:
            right = _OU_PATH.fullmatch(value) and value.isprintable() and len(value) <= _OU_LENGTH
            return "" if right else "write the OU path from the root, e.g. ou:/workloads/dev"
        case ScopeKind.ENVIRONMENT:
            return "" if value in ENVIRONMENTS else f"use one of {', '.join(ENVIRONMENTS)}"
        case ScopeKind.TEAM:
            return "" if TEAM_NAME.fullmatch(value) else "a team's name is lower-case letters, digits and hyphens"
        case ScopeKind.ACCOUNT:
            return "" if _ACCOUNT_ID.fullmatch(value) else "an AWS account id is 12 digits"


def is_below(path: str, top: str) -> bool:
    """Whether an OU path is this one or lies below it, by whole segments."""
    return top == "/" or path == top or path.startswith(f"{top}/")
