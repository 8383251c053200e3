"""Account-wide IAM: the summary with its live quotas."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.protocol import MapOf
from sandbox.world import world


def get_account_summary(call: Call) -> dict[str, Any]:
    summary = MapOf(world.iam(call.account).account_summary.summary_map)
    summary["AccountMFAEnabled"] = int(world.accounts[call.account].root_mfa)
    summary["AccountPasswordPresent"] = 1
    return {"SummaryMap": summary}


OPERATIONS = {"GetAccountSummary": get_account_summary}
