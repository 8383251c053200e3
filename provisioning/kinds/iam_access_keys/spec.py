"""The access keys of a snapshot, and the rules they are held against.

AWS shows neither an age nor since when a key is inactive, so time alone breaks a rule: keys are judged at the moment
they were read, and what is stored of them (made at, last used at) stays the same.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from provisioning.core.fields import UNMANAGED, Rule, Unmanaged
from provisioning.core.snapshot import Complete, Section, Snapshot

EVERY_USER = "*"
"""The item that holds for every declared user that has no item of its own."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Key:
    """One access key. `last_used_at`: NEVER, or None where it was not read; `inactive_since`: None when not known."""

    user: str
    user_arn: str
    id: str
    is_active: bool
    created_at: datetime
    last_used_at: datetime | None
    inactive_since: datetime | None

    @property
    def place(self) -> str:
        """Where it stands among a rule's keys."""
        return f"{self.user}/{self.id}"


@dataclass(frozen=True)
class Keys:
    """Keys of one user, or of all that were read, at the moment they were read."""

    keys: tuple[Key, ...]
    at: datetime

    def to_plain(self) -> Any:
        return [{"user": key.user, "id": key.id, "status": _status(key)} for key in self.keys]


@dataclass(frozen=True)
class KeyRule(Rule):
    """`apart`: users (lower case) that have an item of their own. `kept`: break-glass users, whom no call may name."""

    value: int
    apart: frozenset[str] = field(default=frozenset(), compare=False)
    kept: frozenset[str] = field(default=frozenset(), compare=False)

    def to_plain(self) -> Any:
        return self.value

    def broken_by(self, observed: Any) -> Mapping[str, Any]:
        return {key.place: self._shown(key) for key in self.breaking(observed)}

    def breaking(self, observed: Any) -> tuple[Key, ...]:
        """The keys that break it; none where keys were not read."""
        if not isinstance(observed, Keys):
            return ()
        mine = sorted((key for key in observed.keys if key.user.lower() not in self.apart), key=_of_user)
        return tuple(key for _, keys in groupby(mine, _of_user) for key in self._breaking([*keys], observed.at))

    def repairable(self, observed: Any) -> tuple[Key, ...]:
        """Those among them that a call may name."""
        return tuple(key for key in self.breaking(observed) if key.user.lower() not in self.kept)

    @abstractmethod
    def _breaking(self, keys: list[Key], at: datetime) -> Iterable[Key]:
        """Which keys of one user break it."""

    def _seen(self, key: Key) -> dict[str, Any]:
        """What else tells why, and stays as it is while the key breaks the rule."""
        return {}

    def _shown(self, key: Key) -> dict[str, Any]:
        shown = {"user": key.user, "status": _status(key), "created_at": key.created_at.isoformat(), **self._seen(key)}
        return {**shown, "protected": True} if key.user.lower() in self.kept else shown


class Allowed(KeyRule):
    """Whether a user may have a key that works."""

    def to_plain(self) -> Any:
        return bool(self.value)

    def _breaking(self, keys: list[Key], at: datetime) -> Iterable[Key]:
        return () if self.value else _active(keys)


class AtMost(KeyRule):
    """How many keys that work a user may have. The oldest are too many: the newest is what was rotated to."""

    def _breaking(self, keys: list[Key], at: datetime) -> Iterable[Key]:
        newest_first = sorted(_active(keys), key=lambda key: (key.created_at, key.id), reverse=True)
        return newest_first[self.value :]


class MaxAge(KeyRule):
    """How many days a key may work."""

    def _breaking(self, keys: list[Key], at: datetime) -> Iterable[Key]:
        return (key for key in _active(keys) if at - key.created_at > timedelta(days=self.value))


class MaxUnused(KeyRule):
    """How many days a key may work and not be used. A key that was never used counts from when it was made."""

    def _breaking(self, keys: list[Key], at: datetime) -> Iterable[Key]:
        read = ((key, key.last_used_at) for key in _active(keys))
        limit = timedelta(days=self.value)
        return (key for key, used in read if used is not None and at - max(used, key.created_at) > limit)

    def _seen(self, key: Key) -> dict[str, Any]:
        used = key.last_used_at
        return {"last_used_at": "never" if used in (None, NEVER) else used.isoformat()}


class Grace(KeyRule):
    """How many days an inactive key is kept, so that it can be switched on again; then it is deleted."""

    def _breaking(self, keys: list[Key], at: datetime) -> Iterable[Key]:
        known = ((key, key.inactive_since) for key in keys if not key.is_active)
        return (key for key, since in known if since is not None and at - since > timedelta(days=self.value))

    def _seen(self, key: Key) -> dict[str, Any]:
        return {"inactive_since": key.inactive_since.isoformat() if key.inactive_since else ""}


@dataclass(frozen=True)
class AccessKeysSpec:
    """Rules on one side, the keys under each of them on the other."""

    allowed: KeyRule | Keys | Unmanaged = UNMANAGED
    at_most: KeyRule | Keys | Unmanaged = UNMANAGED
    max_age_days: KeyRule | Keys | Unmanaged = UNMANAGED
    max_unused_days: KeyRule | Keys | Unmanaged = UNMANAGED
    grace_days: KeyRule | Keys | Unmanaged = UNMANAGED


def observed_keys(snapshot: Snapshot) -> Mapping[str, AccessKeysSpec]:
    """By stored name of the user, and all of them under EVERY_USER."""
    section = snapshot.sections[Section.ACCESS_KEYS]
    if not isinstance(section, Complete):
        raise KeyError(f"{Section.ACCESS_KEYS} is unreadable: {section.reason}")
    by_user = {row["name"]: tuple(_keys(row, section, snapshot)) for row in section.body["access_keys"]}
    all_of_them = {**by_user, EVERY_USER: tuple(key for keys in by_user.values() for key in keys)}
    return {name: _spec(Keys(keys, section.observed_at)) for name, keys in all_of_them.items()}


def _spec(keys: Keys) -> AccessKeysSpec:
    return AccessKeysSpec(keys, keys, keys, keys, keys)


def _keys(row: Mapping[str, Any], section: Complete, snapshot: Snapshot) -> Iterator[Key]:
    use = snapshot.sections.get(Section.ACCESS_KEY_USE)
    used = use.facts if isinstance(use, Complete) else {}
    since = section.facts.get("inactive_since", {})
    for key in row["keys"]:
        yield Key(
            user=row["name"],
            user_arn=_arn(row["name"], snapshot),
            id=key["id"],
            is_active=key["status"] == "Active",
            created_at=_moment(key["created_at"]) or NEVER,
            last_used_at=(_moment(used[key["id"]]) or NEVER) if key["id"] in used else None,
            inactive_since=_moment(since.get(key["id"], "")),
        )


def _arn(user: str, snapshot: Snapshot) -> str:
    rows = snapshot.body(Section.IAM_DETAILS)["users"]
    return next((str(row["arn"]) for row in rows if row["name"] == user and "arn" in row), "*")


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _active(keys: Iterable[Key]) -> Iterable[Key]:
    return (key for key in keys if key.is_active)


def _of_user(key: Key) -> str:
    return key.user


def _status(key: Key) -> str:
    return "Active" if key.is_active else "Inactive"
