"""How a user signs in to the console, as rules: what a password is, nobody reads, and no plan makes one.

A first password is handed over on an explicit request (docs/people-credentials.md); a plan only ever takes one away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from provisioning.core.change import Call
from provisioning.core.fields import Rule, Unmanaged
from provisioning.core.snapshot import Complete, Section, Snapshot

ConsoleAccess = Literal["expected", "forbidden"]


@dataclass(frozen=True)
class Login:
    """The login profile of a user. `last_used_at`: '' for never, None where that was not read."""

    has_password: bool
    reset_required: bool
    created_at: str
    last_used_at: str | None = field(compare=False)

    def to_plain(self) -> Any:
        return {"login_profile": self.has_password, "reset_required": self.reset_required}


@dataclass(frozen=True)
class ConsoleRule(Rule):
    """A console password is expected, or forbidden."""

    value: ConsoleAccess

    def broken_by(self, observed: Any) -> Mapping[str, Any]:
        if not isinstance(observed, Login) or observed.has_password == (self.value == "expected"):
            return {}
        return {"": {"login_profile": observed.has_password}}

    def to_plain(self) -> Any:
        return self.value


@dataclass(frozen=True)
class ResetRule(Rule):
    """A password that was handed over must be changed at the first sign-in, so that nobody else knows it.

    Broken by a password that nobody must change and that was never used: the one that was handed over is in force.
    """

    value: bool

    def broken_by(self, observed: Any) -> Mapping[str, Any]:
        if not self.value or not isinstance(observed, Login) or not observed.has_password:
            return {}
        # A use before the password was made was of another one. Both are UTC in one spelling, so text tells.
        unused = observed.last_used_at is not None and observed.last_used_at < observed.created_at
        if observed.reset_required or not unused:
            return {}
        return {"": {"reset_required": False, "password_made_at": observed.created_at, "used_since": False}}

    def to_plain(self) -> Any:
        return self.value


def logins(snapshot: Snapshot) -> Mapping[str, Login]:
    """The login profiles that were read, by the user's name in lower case."""
    read = snapshot.sections.get(Section.LOGIN_PROFILES)
    if not isinstance(read, Complete):
        return {}
    use = snapshot.sections.get(Section.PASSWORD_USE)
    used = use.facts if isinstance(use, Complete) else {}
    return {
        row["name"].lower(): Login(
            row["has_password"], row["reset_required"], row["created_at"] or "", used.get(row["name"])
        )
        for row in read.body["login_profiles"]
    }


def asked_sections(name: str, declared: Mapping[str, Any]) -> Mapping[Section, frozenset[str]]:
    """What must be read of a user of these declared fields."""
    found: dict[Section, frozenset[str]] = {}
    if "console_access" in declared or "password_reset_required" in declared:
        found[Section.LOGIN_PROFILES] = frozenset({name.lower()})
    if declared.get("password_reset_required"):
        found[Section.PASSWORD_USE] = frozenset({name.lower()})
    return found


def loses_password(observed: Login | Rule | Unmanaged, desired: Login | Rule | Unmanaged) -> bool:
    """Whether the user has a password and must not."""
    forbidden = isinstance(desired, ConsoleRule) and desired.value == "forbidden"
    return forbidden and isinstance(observed, Login) and observed.has_password


def login_calls(
    name: str, arn: str, observed: Login | Rule | Unmanaged, desired: Login | Rule | Unmanaged
) -> Iterator[Call]:
    """Take away a password that must not be; sessions that are open end by themselves, at most 12 hours later."""
    if loses_password(observed, desired):
        actions = frozenset({("iam:DeleteLoginProfile", arn)})
        yield Call("iam", "DeleteLoginProfile", {"UserName": name}, actions, frozenset({"NoSuchEntity"}))
