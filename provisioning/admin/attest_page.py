"""Attesting on an account's page: what only people can tell of it, and the form to tell it."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from access.roles import Permission
from accounts.models import Account
from history.shown import inert, json_text
from provisioning.admin.acting import actor_of_request
from provisioning.admin.attest_form import AttestForm
from provisioning.kinds import all_kinds, attested_kinds
from provisioning.models import Attestation, DesiredHead
from provisioning.services.attest import attest


def told_of(account: Account, head: DesiredHead | None) -> list[dict[str, Any]]:
    """What is declared of the account that only people can tell, with what they said of it."""
    standing = {row.kind: row for row in Attestation.objects.standing().filter(account=account)}
    items = head.current.data["items"] if head and head.current else []
    return [
        {"kind": item["kind"], "declared": json_text(item["declared"]), "said": standing.get(item["kind"])}
        for item in items
        if item["kind"] in attested_kinds()
    ]


def attest_page(
    site: Any, opts: Any, request: HttpRequest, account: Account, kind: str, do: Callable[..., HttpResponse]
) -> HttpResponse:
    """The form, or what came of it. Raises Http404 for a kind that looks can see."""
    if kind not in attested_kinds() or not actor_of_request(request).may(Permission.ATTEST, account):
        raise Http404
    form = AttestForm(
        request.POST if request.method == "POST" else None, kind=all_kinds()[kind], declared=_declared(account, kind)
    )
    if form.is_valid():
        return do(lambda: _attest(request, account, kind, form))
    shown = {"record": account, "form": form, "kind": kind, "runbook": all_kinds()[kind].runbook}
    title = f"Attest {kind} of {inert(account)}"
    context = {**site.each_context(request), "opts": opts, "list_title": "Accounts", "title": title, **shown}
    return TemplateResponse(request, "provisioning/account_attest.html", context)


def _attest(request: HttpRequest, account: Account, kind: str, form: AttestForm) -> str:
    attest(account_id=account.pk, kind=kind, actor=actor_of_request(request), **form.given())
    return "Attested. A look is due now and compares it with what is declared."


def _declared(account: Account, kind: str) -> dict[str, Any]:
    head = DesiredHead.objects.select_related("current").filter(pk=account.pk).first()
    items = head.current.data["items"] if head and head.current else []
    return next((dict(item["declared"]) for item in items if item["kind"] == kind), {})
