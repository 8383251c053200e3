"""The admin's preview of a selector: the accounts it reaches, and what a version would run into there."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from access.roles import Permission
from iam_templates.models import Assignment
from iam_templates.services.preview_selector import Candidate, Preview, preview_selector
from provisioning.core.errors import DeclarationError, FirstlineError


class PreviewForm(forms.Form):
    """As over REST; parameters and mode are left to REST."""

    selector = forms.ChoiceField(choices=Assignment.Selector.choices)
    value = forms.CharField(max_length=512, help_text="12 digits, an environment, an OU path, or key=value")
    baseline = forms.CharField(max_length=100, required=False, help_text="to see what it would conflict with")
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    after = forms.RegexField(r"\A[0-9]{12}\Z", required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for half a candidate."""
        if bool(self.cleaned_data.get("baseline")) != bool(self.cleaned_data.get("version")):
            raise forms.ValidationError("Give a baseline and a version together, or neither.")
        return self.cleaned_data


def selector_preview_page(request: HttpRequest) -> HttpResponse:
    """The form, and below it what the selector reaches of what the reader may see."""
    site: Any = admin.site
    if not site.may(request, Permission.VIEW):
        raise Http404
    form = PreviewForm(request.GET) if "selector" in request.GET else PreviewForm()
    found, refusals = _found(form, site.actor(request)) if form.is_bound and form.is_valid() else (None, [])
    following = request.GET.copy()
    following["after"] = found.after if found else ""
    context = {
        **site.each_context(request),
        "opts": Assignment._meta,
        "list_title": "Assignments",
        "title": "Preview a selector",
        "form": form,
        "found": found,
        "refusals": refusals,
        "next_page": following.urlencode(),
    }
    return TemplateResponse(request, "iam_templates/selector_preview.html", context)


def _found(form: PreviewForm, actor: Any) -> tuple[Preview | None, list[str]]:
    given = form.cleaned_data
    candidate = Candidate(given["baseline"], given["version"], {}, {}) if given["baseline"] else None
    asked = {"selector": given["selector"], "value": given["value"], "after": given["after"]}
    try:
        return preview_selector(**asked, candidate=candidate, actor=actor), []
    except DeclarationError as error:
        return None, [f"{one.pointer}: {one.message}" for one in error.reasons]
    except FirstlineError as error:
        return None, [error.message]
