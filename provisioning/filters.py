"""Which rows lists of provisioning show."""

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from accounts.account_request import AccountRequest
from accounts.core.creation_failures import WayOn
from accounts.filters import AccountFilter, TrueOrFalse
from accounts.models import Account
from provisioning.core.plan import Risk
from provisioning.core.verdict import Verdict
from provisioning.models import Attestation, BudgetStatus, Drift, HandOver, PlanRecord, Report, Run
from provisioning.models.attestation import AttestationQuerySet
from provisioning.services.budget_figures import current, over_percent, without_budget
from provisioning.services.verdicts import verdicts_of


class AccountOverviewFilter(AccountFilter):
    """The verdict comes last: it is computed for the accounts that the other filters left."""

    budget = filters.ChoiceFilter(
        choices=[("none", "none")], method="without", label="`none`: managed accounts without a budget."
    )
    verdict = filters.ChoiceFilter(choices=[(verdict.value, verdict.value) for verdict in Verdict], method="judged")

    def without(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """Managed accounts that have no budget, as far as anybody looked; `budget` of each says how far."""
        return without_budget(queryset)

    def judged(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """Accounts of this verdict."""
        verdicts = verdicts_of(queryset.values_list("pk", flat=True))
        return queryset.filter(pk__in=[pk for pk, found in verdicts.items() if found.overall.verdict == value])


class RunFilter(filters.FilterSet):  # type: ignore[misc]
    """By account, kind and state."""

    account = filters.CharFilter(field_name="account_id")
    kind = filters.ChoiceFilter(choices=Run.Kind.choices)
    state = filters.ChoiceFilter(choices=Run.State.choices)
    plan = filters.UUIDFilter(field_name="plan_id")

    class Meta:
        model = Run
        fields: list[str] = []


class AccountRequestFilter(filters.FilterSet):  # type: ignore[misc]
    """By state, what can be done, where it is to stand, and whose it will be."""

    state = filters.ChoiceFilter(choices=AccountRequest.State.choices)
    way_on = filters.ChoiceFilter(choices=[(one.value, one.value) for one in WayOn])
    environment = filters.ChoiceFilter(choices=Account.Environment.choices)
    owner_team = filters.CharFilter()
    requested_by = filters.CharFilter()
    account = filters.CharFilter(field_name="account_id")

    class Meta:
        model = AccountRequest
        fields: list[str] = []


class PlanFilter(filters.FilterSet):  # type: ignore[misc]
    """By account, state, lane and risk."""

    account = filters.CharFilter(field_name="account_id")
    state = filters.ChoiceFilter(choices=PlanRecord.State.choices)
    lane = filters.ChoiceFilter(choices=PlanRecord.Lane.choices)
    risk = filters.ChoiceFilter(choices=[(risk.value, risk.value) for risk in Risk])

    class Meta:
        model = PlanRecord
        fields: list[str] = []


class DriftFilter(filters.FilterSet):  # type: ignore[misc]
    """By where the drift is, what it is and who can repair it."""

    account = filters.CharFilter(field_name="account_id")
    environment = filters.ChoiceFilter(field_name="account__environment", choices=Account.Environment.choices)
    kind = filters.CharFilter()
    state = filters.ChoiceFilter(choices=Drift.State.choices)
    type = filters.ChoiceFilter(choices=Drift.Type.choices)
    remedy = filters.ChoiceFilter(choices=Drift.Remedy.choices)

    class Meta:
        model = Drift
        fields: list[str] = []


class AttestationFilter(filters.FilterSet):  # type: ignore[misc]
    """By account, kind and state, and what must be looked at again before a day."""

    account = filters.CharFilter(field_name="account_id")
    kind = filters.CharFilter()
    state = filters.ChoiceFilter(choices=Attestation.State.choices, method="standing_as")
    due_before = filters.DateFilter(method="due", label="Not ended, with a review date before this day.")

    class Meta:
        model = Attestation
        fields: list[str] = []

    def standing_as(self, queryset: AttestationQuerySet, name: str, value: str) -> QuerySet[Attestation]:
        """Attestations that stand like this today."""
        match value:
            case Attestation.State.IN_FORCE:
                return queryset.in_force()
            case Attestation.State.LAPSED:
                return queryset.lapsed()
        return queryset.filter(ended_how=value)

    def due(self, queryset: AttestationQuerySet, name: str, value: date) -> QuerySet[Attestation]:
        """Lapsed ones among them."""
        return queryset.standing().filter(review_on__lt=value)


class HandOverFilter(filters.FilterSet):  # type: ignore[misc]
    """By account, user, what is handed over, how it stands and the people of it."""

    account = filters.CharFilter(field_name="account_id")
    user = filters.CharFilter(field_name="user_name")
    what = filters.ChoiceFilter(choices=HandOver.What.choices)
    state = filters.ChoiceFilter(choices=HandOver.State.choices)
    reader = filters.CharFilter()
    requested_by = filters.CharFilter()

    class Meta:
        model = HandOver
        fields: list[str] = []


class BudgetStatusFilter(filters.FilterSet):  # type: ignore[misc]
    """By where budgets are, what they are, and how full. Of suspended accounts and such that left only when named."""

    account = filters.CharFilter(field_name="account_id")
    environment = filters.ChoiceFilter(field_name="account__environment", choices=Account.Environment.choices)
    type = filters.CharFilter(label="E.g. cost or usage.")
    over = filters.NumberFilter(method="used", min_value=0, label="More than so many percent of the limit are used.")
    crossed = TrueOrFalse(method="ringing", label="Whether a threshold is crossed.")

    class Meta:
        model = BudgetStatus
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[BudgetStatus]) -> QuerySet[BudgetStatus]:
        """Those of working accounts, unless one is asked for."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("account") else current(found)

    def used(self, queryset: QuerySet[BudgetStatus], name: str, value: Decimal) -> QuerySet[BudgetStatus]:
        """Budgets that are fuller than this."""
        return over_percent(queryset, value)

    def ringing(self, queryset: QuerySet[BudgetStatus], name: str, value: bool) -> QuerySet[BudgetStatus]:
        """Those with a notification in alarm, or those without."""
        return queryset.filter(thresholds_crossed__gt=0) if value else queryset.filter(thresholds_crossed=0)


class ReportFilter(filters.FilterSet):  # type: ignore[misc]
    """By who made them and whether they have ended."""

    created_by = filters.CharFilter()
    live = TrueOrFalse(method="standing", label="Whether it is still sent.")

    class Meta:
        model = Report
        fields: list[str] = []

    def standing(self, queryset: QuerySet[Report], name: str, value: bool) -> QuerySet[Report]:
        """Those that have not ended, or those that have."""
        return queryset.filter(ended_at__isnull=value)
