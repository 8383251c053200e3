"""Asking on an account's page what somebody may do there, and the answers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.models import Account
from history.shown import inert, json_text
from provisioning.admin.acting import actor_of_request
from provisioning.admin.permissions_form import PermissionsForm
from provisioning.core.errors import DeclarationError, FirstlineError
from provisioning.core.permissions.answers import Answered
from provisioning.services.ask_permissions import Asked, ask_of_account


def permissions_page(site: Any, opts: Any, request: HttpRequest, account: Account) -> HttpResponse:
    """The form, with the answers below it once something was asked. Nothing is stored."""
    form = PermissionsForm(request.POST if request.method == "POST" else None, account=account)
    asked, refused = _ask(request, account, form) if form.is_valid() else (None, "")
    shown = {
        "record": account,
        "form": form,
        "asked": asked,
        "refused": refused,
        "age": timezone.now() - asked.observed_at if asked and asked.observed_at else None,
        "answers": [answer_view(one) for one in asked.answers] if asked else [],
    }
    title = f"What somebody may do in {inert(account)}"
    context = {**site.each_context(request), "opts": opts, "list_title": "Accounts", "title": title, **shown}
    return TemplateResponse(request, "provisioning/account_permissions.html", context)


def answer_view(answered: Answered) -> dict[str, Any]:
    """One answer with the deciding statement as text."""
    told = answered.to_plain()
    return {**told, "statement": json_text(told["deciding"]["statement"]) if told["deciding"] else ""}


def _ask(request: HttpRequest, account: Account, form: PermissionsForm) -> tuple[Asked | None, str]:
    holder, principal = form.holder
    actor = actor_of_request(request)
    try:
        asked = ask_of_account(
            account_id=account.pk, holder=holder, principal=principal, question=form.question, actor=actor
        )
    except DeclarationError as error:
        return None, "; ".join(reason.message for reason in error.reasons)
    except FirstlineError as error:
        return None, error.message
    return asked, ""
