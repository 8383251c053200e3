"""What people sign in with, read directly and user by user: passwords, access keys, MFA devices.

Not from the credential report, which AWS makes anew every four hours at most: see docs/people-credentials.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from provisioning.aws.pages import Page
from provisioning.core.change import Read
from provisioning.core.errors import AwsError

Plain = dict[str, Any]
EVERYBODY = "*"
_ROOT_DEVICE = ":mfa/root-account-mfa-device"

_ROOT_COUNTS = {"enabled": "AccountMFAEnabled", "has_password": "AccountPasswordPresent"}


@dataclass
class CredentialReader:
    """Reads of one look. `pages(read, shape)` gives the shape of each page; `users`: the account's, by stored name."""

    pages: Callable[[Read, Callable[[Page], Any]], list[Any]]
    users: tuple[str, ...] = ()
    _profiles: dict[str, Plain | None] = field(default_factory=dict)

    def login_profiles(self, asked: frozenset[str]) -> Plain:
        """Whether each user asked for has a console password."""
        return {"login_profiles": [profile_row(name, self._profile(name)) for name in self._those(asked)]}

    def password_use(self, asked: frozenset[str]) -> tuple[Plain, Plain]:
        """When each password was last used, of those that nobody is made to change at the next sign-in."""
        kept = [name for name in self._those(asked) if (profile := self._profile(name)) and not _must_reset(profile)]
        used = {name: _when(user.get("PasswordLastUsed")) for name in kept if (user := self._user(name)) is not None}
        return {"password_use": [{"name": name} for name in used]}, used

    def access_keys(self, asked: frozenset[str]) -> Plain:
        """The access keys of each user asked for."""
        shown = {name: self._rows("ListAccessKeys", "AccessKeyMetadata", name) for name in self._those(asked)}
        return {"access_keys": [keys_row(name, keys) for name, keys in shown.items() if keys is not None]}

    def access_key_use(self, asked: frozenset[str], rows: Iterable[Mapping[str, Any]]) -> tuple[Plain, Plain]:
        """When each key of these rows of `access_keys` was last used."""
        mine = [row for row in rows if row["name"].lower() in asked]
        used = {key["id"]: self._key_use(key["id"]) for row in mine for key in row["keys"]}
        return {"access_key_use": [{"name": row["name"]} for row in mine]}, used

    def user_mfa(self, asked: frozenset[str]) -> Plain:
        """The MFA devices of each user asked for who has a console password."""
        return {"user_mfa": [self._mfa_row(name) for name in self._those(asked)]}

    def root_mfa(self, summary: Mapping[str, Any]) -> Plain:
        """Whether root has MFA, and which virtual devices: no API lists root's other ones."""
        read = _iam("ListVirtualMFADevices", AssignmentStatus="Assigned", MaxItems=1000)
        devices = [device for page in self.pages(read, _items("VirtualMFADevices")) for device in page]
        virtual = sorted(device["SerialNumber"] for device in devices if _is_roots(device))
        counts = summary["counts"]
        seen = {name: bool(counts.get(count)) for name, count in _ROOT_COUNTS.items()}
        return {"root_mfa": {**seen, "virtual": virtual}}

    def _those(self, asked: frozenset[str]) -> list[str]:
        return [name for name in self.users if EVERYBODY in asked or name.lower() in asked]

    def _mfa_row(self, name: str) -> Plain:
        devices = self._rows("ListMFADevices", "MFADevices", name) if self._profile(name) else None
        return mfa_row(name, self._profile(name) is not None, devices or [])

    def _profile(self, name: str) -> Plain | None:
        if name not in self._profiles:
            shown = self._one(_iam("GetLoginProfile", UserName=name))
            self._profiles[name] = None if shown is None else shown["LoginProfile"]
        return self._profiles[name]

    def _user(self, name: str) -> Plain | None:
        shown = self._one(_iam("GetUser", UserName=name))
        return None if shown is None else shown["User"]

    def _key_use(self, key_id: str) -> str:
        shown = self._one(_iam("GetAccessKeyLastUsed", AccessKeyId=key_id)) or {}
        return _when(shown.get("AccessKeyLastUsed", {}).get("LastUsedDate"))

    def _one(self, read: Read) -> Plain | None:
        found = self._unless_gone(read, dict)
        return found[0] if found else None

    def _rows(self, operation: str, member: str, name: str) -> list[Plain] | None:
        """All of one user's; None where the user vanished since the account was read."""
        found = self._unless_gone(_iam(operation, UserName=name), _items(member))
        return None if found is None else [item for page in found for item in page]

    def _unless_gone(self, read: Read, shape: Callable[[Page], Any]) -> list[Any] | None:
        try:
            return self.pages(read, shape)
        except AwsError as error:
            if error.aws_code in read.absent:
                return None
            raise


def profile_row(name: str, profile: Mapping[str, Any] | None) -> Plain:
    """A user's row of `login_profiles`; None: no console password."""
    return {
        "name": name,
        "has_password": profile is not None,
        "reset_required": bool(profile and _must_reset(profile)),
        "created_at": _when(profile["CreateDate"]) if profile else None,
    }


def keys_row(name: str, keys: Iterable[Mapping[str, Any]]) -> Plain:
    """A user's row of `access_keys`, oldest first."""
    shown = [
        {"id": key["AccessKeyId"], "status": key["Status"], "created_at": _when(key.get("CreateDate"))} for key in keys
    ]
    return {"name": name, "keys": sorted(shown, key=lambda key: (key["created_at"], key["id"]))}


def mfa_row(name: str, has_password: bool, devices: Iterable[Mapping[str, Any]]) -> Plain:
    """A user's row of `user_mfa`."""
    return {"name": name, "has_password": has_password, "devices": sorted(one["SerialNumber"] for one in devices)}


def _must_reset(profile: Mapping[str, Any]) -> bool:
    return bool(profile.get("PasswordResetRequired"))


def _is_roots(device: Mapping[str, Any]) -> bool:
    """Root's device may bear any name since there can be several; its holder's ARN then tells (IAM user guide)."""
    holder = str(device.get("User", {}).get("Arn", ""))
    return holder.endswith(":root") or str(device["SerialNumber"]).endswith(_ROOT_DEVICE)


def _items(member: str) -> Callable[[Page], list[Plain]]:
    return lambda page: list(page.get(member, []))


def _when(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _iam(operation: str, **params: Any) -> Read:
    return Read("iam", operation, params, frozenset())
