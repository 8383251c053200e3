"""Runs: one look or one apply over one account, and the writes an apply made."""

import uuid

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from history.context import request_id
from provisioning.models.plan_record import PlanRecord


class Run(models.Model):
    """One look, apply, access check or pass over hand-overs.

    look   queued → looking → done | failed | unreachable
    check, check_apply  (can it be entered by the look role, by the apply role?)
           queued → looking → done | unreachable | failed
    apply  queued → looking → applying → verifying → done | stale | refused | blocked | failed | cancelled | quarantined
           any of the three middle states → retry_wait → looking
    hand_over  (makes what is asked for of one account, takes back what nobody read)
           queued → looking → done | blocked | failed | retry_wait
    Every change of state is one conditional UPDATE; final states never reopen.
    """

    class Kind(models.TextChoices):
        LOOK = "look"
        APPLY = "apply"
        CHECK = "check"
        CHECK_APPLY = "check_apply"
        HAND_OVER = "hand_over"

    class State(models.TextChoices):
        QUEUED = "queued"
        LOOKING = "looking"
        APPLYING = "applying"
        VERIFYING = "verifying"
        RETRY_WAIT = "retry_wait"
        DONE = "done"
        FAILED = "failed"
        UNREACHABLE = "unreachable"
        STALE = "stale"
        REFUSED = "refused"
        BLOCKED = "blocked"
        CANCELLED = "cancelled"
        QUARANTINED = "quarantined"

    WAITING = (State.QUEUED, State.RETRY_WAIT)
    WORKING = (State.LOOKING, State.APPLYING, State.VERIFYING)
    OPEN = WAITING + WORKING

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    fence = models.BigIntegerField(default=0)
    plan = models.ForeignKey(PlanRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="applies")
    requested_by = models.CharField(max_length=150)
    cause = models.CharField(max_length=32, help_text="request, schedule, approval or policy")
    next_at = models.DateTimeField(db_default=Now())
    hinted_at = models.DateTimeField(null=True, blank=True)
    request_id = models.CharField(
        max_length=64, blank=True, default=request_id, db_default="", help_text="The request behind it."
    )
    cancel_requested = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=64, blank=True, default="")
    message = models.TextField(blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    aws_calls = models.PositiveIntegerField(default=0)
    aws_throttles = models.PositiveIntegerField(db_default=0, help_text="Calls that AWS answered with: too fast.")
    generation = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.JSONField(
        default=dict, blank=True, help_text="kinds looked at, unread {kind: reason}, unmanaged {kind: n}, violations"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(state__in=["queued", "looking", "applying", "verifying", "retry_wait"]),
                name="one_open_run_per_account_and_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(state__in=["queued", "retry_wait"]), name="run_waiting"
            ),
            models.Index(fields=["account", "kind", "-finished_at"], name="run_last_of_account"),
            models.Index(
                fields=["finished_at"], condition=models.Q(finished_at__isnull=False), name="run_ended_lately"
            ),
            models.Index(
                fields=["account", "finished_at"],
                condition=models.Q(kind="look", state="unreachable"),
                name="run_unreachable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}: {self.state}"


class Write(models.Model):
    """One AWS write of an apply: the intent is committed before it is sent, the outcome before the next."""

    class Outcome(models.TextChoices):
        INTENT = "intent"
        OK = "ok"
        ALREADY = "already"
        UNKNOWN = "unknown"
        ERROR = "error"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="writes")
    fence = models.BigIntegerField()
    n = models.PositiveIntegerField()
    kind = models.CharField(max_length=64)
    name = models.CharField(max_length=128)
    service = models.CharField(max_length=32)
    operation = models.CharField(max_length=64)
    creates = models.BooleanField(default=False, help_text="Belongs to a change that creates its resource.")
    params = models.JSONField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.INTENT)
    aws_code = models.CharField(max_length=64, blank=True, default="")
    intended_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["run", "fence", "n"]
        constraints = [models.UniqueConstraint(fields=["run", "fence", "n"], name="one_write_per_number")]

    def __str__(self) -> str:
        return f"{self.operation} {self.name}: {self.outcome}"
