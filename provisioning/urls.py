"""Addresses of accounts and everything Firstline does with them."""

from django.urls import path
from rest_framework.settings import api_settings

from accounts.parsers import CsvParser
from provisioning.views.account_requests import AccountRequestViewSet
from provisioning.views.account_work import AccountWorkViewSet
from provisioning.views.accounts import AccountViewSet
from provisioning.views.adoptions import AdoptionViewSet
from provisioning.views.attestations import AttestationViewSet
from provisioning.views.budget_statuses import BudgetStatusViewSet
from provisioning.views.drift import DriftViewSet
from provisioning.views.fleet import FleetViewSet
from provisioning.views.hand_overs import HandOverReadViewSet, HandOverViewSet
from provisioning.views.organisation import DiscoveryViewSet, UnitTreeViewSet
from provisioning.views.plans import PlanViewSet
from provisioning.views.policy_checks import PolicyCheckViewSet
from provisioning.views.reports import ReportViewSet
from provisioning.views.runs import RunViewSet
from provisioning.views.verifications import CsvRenderer, VerificationViewSet, VerifiedAccountViewSet

accounts, work, runs, plans, fleet = (
    view.as_view for view in (AccountViewSet, AccountWorkViewSet, RunViewSet, PlanViewSet, FleetViewSet)
)

BULK_PARSERS = [*api_settings.DEFAULT_PARSER_CLASSES, CsvParser]

verifications, requests = VerificationViewSet.as_view, AccountRequestViewSet.as_view
hand_overs = HandOverViewSet.as_view
OR_CSV = [*api_settings.DEFAULT_RENDERER_CLASSES, CsvRenderer]
discoveries = DiscoveryViewSet.as_view
reports = ReportViewSet.as_view

urlpatterns = [
    path("accounts", accounts({"get": "list", "post": "create"}), name="accounts"),
    path("accounts/bulk", accounts({"post": "bulk"}, parser_classes=BULK_PARSERS), name="accounts-bulk"),
    path("accounts/<str:account_id>", accounts({"get": "retrieve", "patch": "partial_update"}), name="account"),
    path("accounts/<str:account_id>/pause", accounts({"post": "pause"}), name="account-pause"),
    path("accounts/<str:account_id>/resume", accounts({"post": "resume"}), name="account-resume"),
    path("accounts/<str:account_id>/suspend", accounts({"post": "suspend"}), name="account-suspend"),
    path("accounts/<str:account_id>/leave", accounts({"post": "leave"}), name="account-leave"),
    path("accounts/<str:account_id>/return", accounts({"post": "bring_back"}), name="account-return"),
    path("accounts/<str:account_id>/looks", work({"post": "look"}), name="account-looks"),
    path("accounts/<str:account_id>/access-checks", work({"post": "check"}), name="account-access-checks"),
    path("accounts/<str:account_id>/desired-state", work({"get": "desired"}), name="account-desired-state"),
    path("accounts/<str:account_id>/snapshot", work({"get": "snapshot"}), name="account-snapshot"),
    path("account-requests", requests({"get": "list", "post": "create"}), name="account-requests"),
    path("account-requests/<uuid:pk>", requests({"get": "retrieve"}), name="account-request"),
    *(
        path(f"account-requests/<uuid:pk>/{verb}", requests({"post": verb}), name=f"account-request-{verb}")
        for verb in ("approve", "reject", "cancel", "retry", "resolve")
    ),
    path("accounts/<str:account_id>/hand-overs", hand_overs({"post": "create"}), name="account-hand-overs"),
    path("hand-overs", hand_overs({"get": "list"}), name="hand-overs"),
    path("hand-overs/<uuid:pk>", hand_overs({"get": "retrieve"}), name="hand-over"),
    path("hand-overs/<uuid:pk>/approve", hand_overs({"post": "approve"}), name="hand-over-approve"),
    path("hand-overs/<uuid:pk>/reject", hand_overs({"post": "reject"}), name="hand-over-reject"),
    path("hand-overs/<uuid:pk>/withdraw", hand_overs({"post": "withdraw"}), name="hand-over-withdraw"),
    path("hand-overs/<uuid:pk>/retire-old-key", hand_overs({"post": "retire"}), name="hand-over-retire-old-key"),
    path(
        "hand-overs/<uuid:pk>/read",
        HandOverReadViewSet.as_view({"post": "read"}, renderer_classes=OR_CSV),
        name="hand-over-read",
    ),
    path("accounts/<str:account_id>/access-findings", work({"get": "findings"}), name="account-access-findings"),
    path("access-verifications", verifications({"get": "list", "post": "create"}), name="access-verifications"),
    path("access-verifications/<uuid:pk>", verifications({"get": "retrieve"}), name="access-verification"),
    path(
        "access-verifications/<uuid:pk>/accounts",
        VerifiedAccountViewSet.as_view({"get": "list"}),
        name="access-verification-accounts",
    ),
    path(
        "access-verifications/<uuid:pk>/csv",
        verifications({"get": "table"}, renderer_classes=[CsvRenderer, *api_settings.DEFAULT_RENDERER_CLASSES]),
        name="access-verification-csv",
    ),
    path("discoveries", discoveries({"get": "list", "post": "create"}), name="discoveries"),
    path("discoveries/<uuid:pk>", discoveries({"get": "retrieve"}), name="discovery"),
    path("organisational-units", UnitTreeViewSet.as_view({"get": "retrieve"}), name="organisational-units"),
    path("runs", runs({"get": "list", "post": "create"}), name="runs"),
    path("runs/<uuid:pk>", runs({"get": "retrieve"}), name="run"),
    path("runs/<uuid:pk>/cancel", runs({"post": "cancel"}), name="run-cancel"),
    path("plans", plans({"get": "list"}), name="plans"),
    path("plans/<uuid:pk>", plans({"get": "retrieve"}), name="plan"),
    path("plans/<uuid:pk>/approve", plans({"post": "approve"}), name="plan-approve"),
    path("plans/<uuid:pk>/reject", plans({"post": "reject"}), name="plan-reject"),
    path("adoptions", AdoptionViewSet.as_view({"get": "list", "post": "create"}), name="adoptions"),
    path("policy-checks", PolicyCheckViewSet.as_view({"post": "ask"}), name="policy-checks"),
    path("drift", DriftViewSet.as_view({"get": "list"}), name="drifts"),
    path("drift/<int:pk>", DriftViewSet.as_view({"get": "retrieve"}), name="drift"),
    path("attestations", AttestationViewSet.as_view({"get": "list", "post": "create"}), name="attestations"),
    path("attestations/<uuid:pk>", AttestationViewSet.as_view({"get": "retrieve"}), name="attestation"),
    path(
        "attestations/<uuid:pk>/withdraw", AttestationViewSet.as_view({"post": "withdraw"}), name="attestation-withdraw"
    ),
    path("budget-statuses", BudgetStatusViewSet.as_view({"get": "list"}), name="budget-statuses"),
    path("reports", reports({"get": "list", "post": "create"}), name="reports"),
    path("reports/<uuid:pk>", reports({"get": "retrieve", "patch": "partial_update"}), name="report"),
    path("reports/<uuid:pk>/preview", reports({"get": "preview"}), name="report-preview"),
    path("reports/<uuid:pk>/send", reports({"post": "send"}), name="report-send"),
    path("reports/<uuid:pk>/end", reports({"post": "end"}), name="report-end"),
    path("fleet", fleet({"get": "retrieve"}), name="fleet"),
    path("fleet/pause", fleet({"post": "pause"}), name="fleet-pause"),
    path("fleet/resume", fleet({"post": "resume"}), name="fleet-resume"),
]
