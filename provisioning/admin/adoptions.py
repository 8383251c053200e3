"""Adoption of many accounts at once: groups of equal plans with their difference, approved as they are shown."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from access.roles import Permission
from accounts.models import Account
from accounts.selectors import AccountSelector, SelectorError, parse
from history.shown import inert
from provisioning.admin.acting import DecisionForm, actor_of_request, one_line
from provisioning.admin.plan_page import change_views, why_not
from provisioning.core.errors import FirstlineError
from provisioning.models import PlanRecord
from provisioning.services.adoptions import AdoptionGroup, Seen, adoption_plans, approve_adoptions, groups_of

SHOWN_GROUPS = 25
EVERYTHING = AccountSelector(all=True)


class SelectorForm(forms.Form):
    """Which accounts; nothing filled in is every account."""

    environment = forms.ChoiceField(choices=[("", "any"), *Account.Environment.choices], required=False)
    ou = forms.CharField(max_length=512, required=False, label="OU", help_text="and below it")
    tag = forms.CharField(max_length=400, required=False, help_text="key=value")
    owner_team = forms.CharField(max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """As a selector, in `selector`."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        try:
            self.selector = parse(given) if given else EVERYTHING
        except SelectorError as error:
            for name, reason in error.reasons.items():
                self.add_error(name if name in self.fields else None, reason)
        return self.cleaned_data


def adoptions_page(request: HttpRequest) -> HttpResponse:
    """The largest groups first; a POST approves those that were chosen."""
    site: Any = admin.site
    if not site.may(request, Permission.VIEW):
        raise Http404
    form = SelectorForm(request.GET)
    selector = form.selector if form.is_valid() else EVERYTHING
    if request.method == "POST":
        if not site.may(request, Permission.APPROVE):
            raise Http404
        _approve(request, selector)
        return HttpResponseRedirect(f"{reverse('admin:adoptions')}?{request.GET.urlencode()}")
    plans = adoption_plans(selector, actor_of_request(request))
    counted = plans.order_by().values_list("fingerprint").annotate(n=Count("pk")).order_by("-n", "fingerprint")
    groups = groups_of(plans, [fingerprint for fingerprint, _ in counted[:SHOWN_GROUPS]])
    context = {
        **site.each_context(request),
        "opts": PlanRecord._meta,
        "list_title": "Plans",
        "title": "Adopt what exists already",
        "form": form,
        "groups": [_shown(group, request) for group in groups],
        "group_count": counted.count(),
    }
    return TemplateResponse(request, "provisioning/adoptions.html", context)


def _shown(group: AdoptionGroup, request: HttpRequest) -> dict[str, Any]:
    actor = actor_of_request(request)
    refusals = Counter(why_not(plan, actor) for plan in group.plans)
    return {
        "group": group,
        "changes": change_views({"changes": group.changes}),
        "can": refusals.pop("", 0),
        "refusals": sorted(refusals.items()),
    }


def _approve(request: HttpRequest, selector: AccountSelector) -> None:
    chosen = [one.partition(":") for one in request.POST.getlist("group")]
    seen = Seen(groups=tuple((fingerprint, shown) for fingerprint, _, shown in chosen))
    if not chosen:
        messages.error(request, "Choose a group first.")
        return
    try:
        comment = one_line(request.POST.get("comment", "")[: DecisionForm.base_fields["comment"].max_length])
        decided = approve_adoptions(seen=seen, selector=selector, actor=actor_of_request(request), comment=comment)
    except (FirstlineError, forms.ValidationError) as error:
        messages.error(request, inert(getattr(error, "message", error)))
        return
    if approved := sum(one.approved for one in decided):
        messages.success(request, f"Approved in {approved} account{'' if approved == 1 else 's'}: applies are queued.")
    for why, count in Counter(one.detail for one in decided if not one.approved).items():
        messages.error(request, inert(f"{count} refused: {why}"))
