"""Registering accounts from a CSV file: the same rows and answers as over REST."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from access.roles import Permission
from accounts.bulk import MOST_ROWS, register_rows
from accounts.csv_rows import FIELDS, CsvError, CsvRow, read_rows
from accounts.models import Account
from provisioning.admin.acting import actor_of_request

SHOWN_ROWS = 500


class CsvForm(forms.Form):
    """A file, and whether to try only."""

    file = forms.FileField(label="CSV file", help_text="UTF-8, with a header; tags are columns tag:<key>.")
    dry_run = forms.BooleanField(label="Try only: store nothing", required=False, initial=True)

    def clean_file(self) -> list[CsvRow]:
        """Its rows. Raises ValidationError with every reason."""
        given = self.cleaned_data["file"]
        if given.size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise ValidationError(f"The file is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes: split it.")
        try:
            return read_rows(given.read(), MOST_ROWS)
        except CsvError as error:
            raise ValidationError(list(error.reasons)) from None


def register_page(request: HttpRequest) -> HttpResponse:
    """The form, and below it what became of every row of the file that was sent."""
    site: Any = admin.site
    if not site.may(request, Permission.OPERATE):
        raise Http404
    form = CsvForm(request.POST, request.FILES) if request.method == "POST" else CsvForm()
    result = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        result = register_rows(given["file"], actor_of_request(request), dry_run=given["dry_run"])
    context = {
        **site.each_context(request),
        "opts": Account._meta,
        "list_title": "Accounts",
        "title": "Register accounts from a CSV file",
        "form": form,
        "fields": FIELDS,
        "result": result,
        "shown": _troubled_first(result["results"])[:SHOWN_ROWS] if result else [],
    }
    return TemplateResponse(request, "provisioning/register.html", context)


def _troubled_first(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(results, key=lambda row: (row["outcome"] == "created", row["index"]))
