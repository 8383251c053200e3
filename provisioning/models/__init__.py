"""Rows of provisioning. Core and models never share a name: core has Plan, the database has PlanRecord."""

from provisioning.models.access_verification import AccessVerification, VerifiedAccount
from provisioning.models.attestation import Attestation
from provisioning.models.budget_status import BudgetStatus
from provisioning.models.desired_state import DesiredHead, DesiredState
from provisioning.models.drift import Drift
from provisioning.models.hand_over import HandOver
from provisioning.models.heartbeat import Heartbeat
from provisioning.models.inactive_key import InactiveKey
from provisioning.models.lease import FleetPause, Lease
from provisioning.models.ownership import Ownership
from provisioning.models.payer_item import PayerItem
from provisioning.models.plan_record import Decision, PlanRecord
from provisioning.models.report import Report
from provisioning.models.run import Run, Write
from provisioning.models.snapshot_record import AccountFacts, SectionBody, SnapshotRecord

__all__ = [
    "AccessVerification",
    "AccountFacts",
    "Attestation",
    "BudgetStatus",
    "Decision",
    "DesiredHead",
    "DesiredState",
    "Drift",
    "FleetPause",
    "HandOver",
    "Heartbeat",
    "InactiveKey",
    "Lease",
    "Ownership",
    "PayerItem",
    "PlanRecord",
    "Report",
    "Run",
    "SectionBody",
    "SnapshotRecord",
    "VerifiedAccount",
    "Write",
]
