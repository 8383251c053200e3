"""The form that asks for a hand-over, on a page of its own below the account's."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import Account
from history.shown import inert
from provisioning.admin.acting import actor_of_request, tell_refusal
from provisioning.core.errors import FirstlineError
from provisioning.models import HandOver
from provisioning.services.request_hand_over import request_hand_over


class HandOverForm(forms.Form):
    """As over REST; a reader's public key is left to REST."""

    user = forms.CharField(max_length=64, help_text="an IAM user that a baseline declares for this account")
    what = forms.ChoiceField(choices=HandOver.What.choices)
    reader = forms.CharField(max_length=150, label="For", help_text="who reads it, once, within its hour")
    replaces = forms.CharField(max_length=128, required=False, help_text="the access key id that the new key replaces")


def hand_over_page(site: Any, opts: Any, request: HttpRequest, account: Account) -> HttpResponse:
    """Show the form until the service takes what is in it; then the hand-over's own page."""
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            given = form.cleaned_data
            row = request_hand_over(account_id=account.pk, actor=actor_of_request(request), **given)
            return HttpResponseRedirect(reverse("admin:provisioning_handover_change", args=[row.pk]))
        except FirstlineError as error:
            tell_refusal(request, form, error, {"for": "reader"})
    shown = {"record": account, "form": form, "title": f"Hand over in {inert(account.name)}", "go": "Ask for it"}
    context = {**site.each_context(request), "opts": opts, "list_title": "Accounts", **shown}
    return TemplateResponse(request, "provisioning/account_form.html", context)
