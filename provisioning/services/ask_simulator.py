"""Asking IAM's own simulator what our checks found, on a live look where the setting and the look role allow it."""

from dataclasses import replace

from provisioning.aws.session import AwsSession
from provisioning.core.errors import AwsError
from provisioning.core.permissions.drift import Checked, disagreement
from provisioning.core.permissions.simulator import disagreements, question
from provisioning.core.snapshot import Snapshot

ASKED = "asked"


def ask_simulator(session: AwsSession, checked: Checked, snapshot: Snapshot) -> Checked:
    """The checks with a finding for each that the simulator answers otherwise. One call per check.

    A refusal ends the asking: `simulator` then holds its reason code, and earlier disagreements stay as they are.
    """
    findings = list(checked.findings)
    for outcome in checked.outcomes:
        read = question(outcome, snapshot)
        if read is None:
            continue
        try:
            answer = session.read(read) or {}
        except AwsError as error:
            return replace(checked, simulator=error.code)
        if theirs := disagreements(outcome, answer.get("EvaluationResults", ())):
            findings.append(disagreement(outcome, theirs))
    return replace(checked, findings=tuple(findings), simulator=ASKED)
