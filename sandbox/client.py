"""The Python end of the sandbox: starts and stops the server, and speaks to its control interface."""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

_ROOT = Path(__file__).resolve().parent.parent
_PR_SET_PDEATHSIG = 1


class SandboxError(Exception):
    """The control interface refused, in its own words."""


class Sandbox:
    def __init__(self, url: str, process: subprocess.Popen[str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._process = process
        self._tampering: dict[str, dict[str, str]] = {}

    @classmethod
    def start(cls, port: int = 0) -> Sandbox:
        """A server process of its own that dies with this one (Linux). Returns once it answers."""
        command = [sys.executable, "-m", "sandbox", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=_die_with_parent)
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise SandboxError(f"The sandbox did not start (exit status {process.wait()}).")
        return cls(url, process)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            if self._process.stdout is not None:
                self._process.stdout.close()

    def reset(self, seed: int = 0) -> None:
        self._tampering.clear()
        self._ask("POST", "reset", {"seed": seed})

    def organisation(self, description: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Builds anew from a description, or from `example="workshop"`; without either, tells what there is."""
        wanted = {**(description or {}), **more}
        if not wanted:
            return self._object("GET", "organisation")
        self._tampering.clear()
        return self._object("POST", "organisation", wanted)

    @property
    def external_id(self) -> str:
        return str(self.organisation()["external_id"])

    def calls(self, account: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        return self._rows("GET", f"calls?account={account or ''}&since={since}")

    def clear_calls(self) -> None:
        self._ask("DELETE", "calls")

    def fault(self, kind: str, **rule: Any) -> dict[str, Any]:
        """See faults.Fault for the fields of a rule."""
        return self._object("POST", "faults", {"kind": kind, **rule})

    def faults(self) -> list[dict[str, Any]]:
        return self._rows("GET", "faults")

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults")

    def overlaps(self) -> list[dict[str, Any]]:
        return self._rows("GET", "overlaps")

    def state(self, account: str) -> dict[str, Any]:
        return self._object("GET", f"state/{account}")

    def set_status(self, account: str, status: str) -> None:
        self._ask("POST", f"accounts/{account}/status", {"status": status})

    def set_root_mfa(self, account: str, enabled: bool, device: str = "virtual") -> None:
        """`device`: virtual, hardware or passkey; no API tells the last two apart."""
        self._ask("POST", f"accounts/{account}/root", {"mfa": enabled, "device": device})

    def sign_in(self, account: str, user: str, *, password: str | None = None, changes_password: bool = False) -> None:
        """A user signs in to the console, and chooses a password of their own if asked to; a wrong one is refused."""
        given = {"user": user, "password": password, "changes_password": changes_password}
        self._ask("POST", f"accounts/{account}/people/sign-in", given)

    def register_passkey(self, account: str, user: str) -> str:
        """A user registers a passkey in the console; its serial number."""
        return str(self._object("POST", f"accounts/{account}/people/passkey", {"user": user})["serial"])

    def age_key(self, account: str, key_id: str, created_at: str = "", last_used_at: str = "") -> None:
        """Make an access key as old, or as long unused, as ISO 8601 says."""
        given = {"id": key_id, "created_at": created_at, "last_used_at": last_used_at}
        self._ask("POST", f"accounts/{account}/people/key", given)

    def turn_billing_access(self, account: str, error: str = "") -> None:
        """As the account's root user does in the console: CloudTrail tells that, and not which way."""
        event = {"name": "SetIAMAccessPreference", "source": "billingconsole.amazonaws.com", "by": "root"}
        self._ask("POST", f"accounts/{account}/trail", {**event, "error": error})

    def set_root_access_keys(self, account: str, present: bool) -> None:
        self._ask("POST", f"accounts/{account}/root", {"access_keys": present})

    def put_findings(self, account: str, region: str, kind: str, findings: Sequence[Mapping[str, Any]]) -> None:
        """What the analyzer of this type has found there; members as of FindingSummaryV2, most filled in."""
        wanted = {"region": region, "type": kind, "findings": [dict(one) for one in findings]}
        self._ask("POST", f"accounts/{account}/findings", wanted)

    def spend(self, account: str, budget: str, actual: str, forecast: str = "") -> None:
        """What a budget has spent in this period and will have by its end, in its own unit; its alarms follow."""
        self._ask("POST", f"accounts/{account}/spend", {"budget": budget, "actual": actual, "forecast": forecast})

    def limit_pages(self, limit: int) -> None:
        """At most that many items in every page of IAM and Budgets, however many are asked for; 0 ends it."""
        self._ask("POST", "pages", {"limit": limit})

    def account_creation(self, **how: float) -> None:
        """`polls`: how often a new account is seen in progress; `role_after`: seconds until its role is known."""
        self._ask("POST", "creations", how)

    def expire_sessions(self, account: str = "") -> int:
        return int(self._ask("POST", "sessions/expire", {"account": account})["expired"])

    def credentials(self, account: str) -> dict[str, str]:
        """An administrator's, as keyword arguments of boto3.client; the call log calls them `tamper`."""
        if account not in self._tampering:
            self._tampering[account] = self._ask("GET", f"credentials/{account}")
        return self._tampering[account]

    def hub_credentials(self, kind: str) -> dict[str, str]:
        """The identity of the `look`, `apply` or `hand-over` worker, as keyword arguments of boto3.client."""
        known = self._object("GET", "hub")
        if kind not in known:
            raise SandboxError(f"The hub has no role for the {kind} worker: deploy firstline-hub.yaml into it.")
        found: dict[str, str] = known[kind]
        return found

    def deploy(self, template: str, parameters: Mapping[str, str], accounts: Sequence[str] = ()) -> dict[str, Any]:
        """Deploys the text of a template into these accounts, or as a StackSet does; the outputs by account."""
        wanted = {"template": template, "parameters": dict(parameters), "accounts": list(accounts)}
        return self._object("POST", "stacksets", wanted)

    def break_access(self, account: str, how: str) -> None:
        """`no_role`, `wrong_trust`, `wrong_external_id`, `suspended` or `denied_by_scp`."""
        self._ask("POST", f"accounts/{account}/break", {"how": how})

    def client(self, service: str, account: str, region: str = "us-east-1") -> Any:
        """A boto3 client of that account's administrator, which tries each call once."""
        return self.client_with(service, self.credentials(account), region)

    def client_with(
        self, service: str, credentials: Mapping[str, str], region: str = "us-east-1", **config: Any
    ) -> Any:
        settings = Config(**{"retries": {"total_max_attempts": 1}, **config})
        make: Any = boto3.client  # the stubs know each service by its literal name only
        return make(
            service,
            endpoint_url=self.url,
            region_name=region,
            config=settings,
            **credentials,
        )

    def _object(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = self._ask(method, path, body)
        return answer

    def _rows(self, method: str, path: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self._ask(method, path)
        return answer

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise SandboxError(json.loads(error.read() or b"{}").get("error", str(error))) from None


def _die_with_parent() -> None:
    """Linux only; elsewhere stop() has to be called."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
