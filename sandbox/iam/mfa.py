"""MFA devices: virtual and hardware ones by IAM's calls; a passkey is registered in the console only, so by control."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import MFADevice, VirtualMfaDevice

from sandbox.call import Call
from sandbox.errors import already_exists, delete_conflict, limit_exceeded, no_such_entity, validation_error
from sandbox.iam import shapes
from sandbox.iam.entities import get
from sandbox.iam.pages import answer
from sandbox.world import world

MOST_DEVICES = 8
_HARDWARE = re.compile(r"[A-Z]{2,6}\d{6,12}")


def create_virtual_mfa_device(call: Call) -> dict[str, Any]:
    backend = world.iam(call.account)
    device = VirtualMfaDevice(call.account, "us-east-1", call.text("Path", "/") + call.text("VirtualMFADeviceName"))
    if device.serial_number in backend.virtual_mfa_devices:
        raise already_exists("MFADevice entity at the same path and name already exists.")
    backend.virtual_mfa_devices[device.serial_number] = device
    return {"VirtualMFADevice": {"SerialNumber": device.serial_number}}


def delete_virtual_mfa_device(call: Call) -> None:
    backend, serial = world.iam(call.account), call.text("SerialNumber")
    if serial not in backend.virtual_mfa_devices:
        raise no_such_entity(f"VirtualMFADevice with serial number {serial} doesn't exist.")
    if backend.virtual_mfa_devices[serial].user is not None:
        raise delete_conflict("Cannot delete entity, must deactivate MFA device first.")
    del backend.virtual_mfa_devices[serial]


def enable_mfa_device(call: Call) -> None:
    """A virtual device must have been created; a hardware one has a plain serial number."""
    user, serial = _named(call), call.text("SerialNumber")
    virtual = world.iam(call.account).virtual_mfa_devices.get(serial)
    if virtual is None and not _HARDWARE.fullmatch(serial):
        raise no_such_entity(f"VirtualMFADevice with serial number {serial} does not exist.")
    if virtual is not None and virtual.user is not None:
        raise already_exists("MFA Device is already in use.")
    if call.text("AuthenticationCode1") == call.text("AuthenticationCode2"):
        raise validation_error("Two consecutive codes are needed.")
    add_device(user, serial)
    if virtual is not None:
        virtual.user, virtual.enable_date = user, datetime.now(UTC)


def deactivate_mfa_device(call: Call) -> None:
    user, serial = _named(call), call.text("SerialNumber")
    if user.mfa_devices.pop(serial, None) is None:
        raise no_such_entity(f"MFA Device with serial number {serial} cannot be found.")
    virtual = world.iam(call.account).virtual_mfa_devices.get(serial)
    if virtual is not None:
        virtual.user, virtual.enable_date = None, None


def list_mfa_devices(call: Call) -> dict[str, Any]:
    """A user's devices of every type; without a name the caller's, who must then be a user."""
    if not call.params.get("UserName") and call.caller.kind != "user":
        raise validation_error("Must specify userName when calling with non-User credentials")
    user = _named(call)
    devices = sorted(user.mfa_devices.values(), key=lambda device: str(device.serial_number))
    return answer(call, "MFADevices", devices, lambda device: _shown(user, device))


def list_virtual_mfa_devices(call: Call) -> dict[str, Any]:
    """Virtual devices only, root's among them."""
    wanted = call.text("AssignmentStatus", "Any")
    found = [_virtual(device) for device in world.iam(call.account).virtual_mfa_devices.values()]
    found += _roots(call.account)
    kept = [one for one in found if wanted == "Any" or ("EnableDate" in one) == (wanted == "Assigned")]
    return answer(call, "VirtualMFADevices", sorted(kept, key=lambda one: str(one["SerialNumber"])), dict)


def add_device(user: Any, serial: str) -> None:
    """Raises LimitExceeded and EntityAlreadyExists."""
    if serial in user.mfa_devices:
        raise already_exists("MFA Device is already in use.")
    if len(user.mfa_devices) >= MOST_DEVICES:
        raise limit_exceeded(f"Cannot exceed quota for MFADevicesPerUser: {MOST_DEVICES}")
    user.mfa_devices[serial] = MFADevice(serial, "", "")


def register_passkey(account: str, name: str) -> str:
    """What a user does in the console; the serial number that AWS then shows. Raises NoSuchEntity."""
    user = get(world.iam(account), "user", name)
    serial = f"arn:aws:iam::{account}:u2f/user/{user.name}/passkey{len(user.mfa_devices) + 1}-EXAMPLE"
    add_device(user, serial)
    return serial


def _named(call: Call) -> Any:
    return get(world.iam(call.account), "user", call.text("UserName") or call.caller.name)


def _shown(user: Any, device: Any) -> dict[str, Any]:
    return {"UserName": user.name, "SerialNumber": device.serial_number, "EnableDate": device.enable_date}


def _virtual(device: Any) -> dict[str, Any]:
    if device.user is None:
        return {"SerialNumber": device.serial_number}
    return {
        "SerialNumber": device.serial_number,
        "EnableDate": device.enable_date,
        "User": shapes.user(device.user),
    }


def _roots(account: str) -> list[dict[str, Any]]:
    known = world.accounts[account]
    if not known.root_mfa or known.root_device != "virtual":
        return []
    serial, made = f"arn:aws:iam::{account}:mfa/root-account-mfa-device", datetime(2026, 1, 1, tzinfo=UTC)
    root = {"UserId": account, "Arn": f"arn:aws:iam::{account}:root", "CreateDate": made}
    return [{"SerialNumber": serial, "EnableDate": made, "User": root}]


OPERATIONS = {
    "CreateVirtualMFADevice": create_virtual_mfa_device,
    "DeleteVirtualMFADevice": delete_virtual_mfa_device,
    "EnableMFADevice": enable_mfa_device,
    "DeactivateMFADevice": deactivate_mfa_device,
    "ListMFADevices": list_mfa_devices,
    "ListVirtualMFADevices": list_virtual_mfa_devices,
}
