"""Forms that ask a service for something: what it refuses is shown where it was asked."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from access.errors import ConflictError
from access.refused import record_refused_request
from history.admin import RecordAdmin
from history.shown import inert


def act(request: HttpRequest, back: str, do: Callable[[], str]) -> HttpResponse:
    """Run a service and go back; what it answers, or why it refuses, is shown there as a message."""
    try:
        messages.success(request, inert(do()))
    except PermissionDenied as error:
        record_refused_request(request, str(error))
        messages.error(request, inert(error))
    except ConflictError as error:
        messages.error(request, inert(error))
    except ValidationError as error:
        messages.error(request, inert(" ".join(error.messages)))
    return HttpResponseRedirect(back)


def ask(
    shown: RecordAdmin, request: HttpRequest, form: forms.Form, title: str, do: Callable[[dict[str, Any]], HttpResponse]
) -> HttpResponse:
    """Show a form until a service takes what is in it; then what the service's answer leads to."""
    if request.method == "POST" and form.is_valid():
        try:
            return do(form.cleaned_data)
        except PermissionDenied as error:
            record_refused_request(request, str(error))
            form.add_error(None, inert(error))
        except ConflictError as error:
            form.add_error(None, inert(error))
        except ValidationError as error:
            for field, reasons in _reasons(error).items():
                form.add_error(field if field in form.fields else None, reasons)
    context = {**shown.admin_site.each_context(request), "opts": shown.opts, "list_title": shown.list_title}
    return TemplateResponse(request, "admin/ask.html", {**context, "form": form, "title": title})


def _reasons(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
