"""The part of the story that no worker can do: a first password, MFA devices, and a word about what no API shows."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from sandbox.demo.api import RefusedError
from sandbox.demo.errors import DemoError
from sandbox.demo.expected import ADMIN_USER
from sandbox.demo.installation import Installation
from sandbox.demo.reconcile import PATIENCE_SECONDS, POLL_SECONDS, now
from sandbox.demo.screen import Screen

REVIEW_AFTER = timedelta(days=365)
ASKED = ["ec2:RunInstances", "iam:ChangePassword"]
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
GONE = 410


class ByPeople:
    """What people do for one account."""

    def __init__(self, installation: Installation, screen: Screen, account_id: str, name: str) -> None:
        self._installation, self._screen = installation, screen
        self._account_id, self._name = account_id, name
        self._people, self._sandbox = installation.people, installation.sandbox

    def attest(self) -> None:
        """rosa says what no look can see; the other accounts go on waiting for somebody's word."""
        said = {
            "account_id": self._account_id,
            "kind": "billing_access",
            "value": {"activated": True},
            "statement": "Signed in as root; the Account page says activated",
            "evidence": "https://wiki.example.com/root-sign-ins",
            "review_on": (now() + REVIEW_AFTER).date().isoformat(),
        }
        made = self._people["rosa"].post("attestations", said)
        self._screen.say(
            f"no API reads the billing switch of {self._name}: rosa (security admin) attests it, until "
            f"{made['review_on']}"
        )
        self._screen.aside(f"statement: {made['statement']}; evidence: {made['evidence']}")

    def hand_over(self) -> None:
        """The admin user's first password, from rosa's wish to a password that only ann knows."""
        wanted = {"user": ADMIN_USER, "what": "password", "for": "ann"}
        asked = self._people["rosa"].post(f"accounts/{self._account_id}/hand-overs", wanted)
        self._screen.say(f"rosa asks for a first password for {ADMIN_USER} in {self._name}, to be read by ann alone")
        self._until_made(f"hand-overs/{asked['id']}")
        password = self._people["ann"].post(f"hand-overs/{asked['id']}/read")["password"]
        self._screen.say("ann reads it, once; for whoever asks again it is gone")
        self._screen.aside(self._read_again(f"hand-overs/{asked['id']}/read"))
        self._sandbox.sign_in(self._account_id, ADMIN_USER, password=password, changes_password=True)
        self._screen.say("ann signs in to the console with it, and has to choose another one")

    def ask(self) -> dict[str, str]:
        """May the admin user do this without MFA? The decision by action."""
        question = {
            "account_id": self._account_id,
            "as": {"user": ADMIN_USER},
            "actions": ASKED,
            "context": {"aws:MultiFactorAuthPresent": False},
        }
        answers = self._people["otto"].post("policy-checks", question)["answers"]
        self._screen.say(f"what may {ADMIN_USER} do without MFA? otto asks:")
        for one in answers:
            self._screen.aside(one["sentence"])
        return {one["action"]: one["decision"] for one in answers}

    def enrol(self) -> None:
        """Whoever signs in to the console enrols an MFA device."""
        users = self._sandbox.state(self._account_id)["users"]
        without = [name for name, user in users.items() if user["console"] and not user["mfa_devices"]]
        iam: Any = self._sandbox.client("iam", self._account_id)
        for name in without:
            device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
            iam.enable_mfa_device(UserName=name, SerialNumber=device["SerialNumber"], **CODES)
        self._screen.say(f"{' and '.join(sorted(without))} can enrol an MFA device all the same, and do")

    def _until_made(self, path: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (row := self._people["rosa"].get(path))["state"] != "made":
            self._installation.children.check()
            if row["state"] == "failed" or time.monotonic() > deadline:
                raise DemoError(f"hand-over: {row['state']} {row['message']}\n{self._installation.children.tails()}")
            time.sleep(POLL_SECONDS)

    def _read_again(self, path: str) -> str:
        try:
            self._people["ann"].post(path)
        except RefusedError as error:
            if error.status == GONE:
                return error.detail
            raise
        raise DemoError("hand-over: the password was read twice")
