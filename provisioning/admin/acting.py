"""Doing something for the person who is signed in: the same services as REST, their refusals as messages."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from access.refused import record_refused_request
from access.roles import Actor
from history.shown import inert
from provisioning.core.errors import DeclarationError, FirstlineError, NotAllowedError


def actor_of_request(request: HttpRequest) -> Actor:
    """The signed-in person in the roles of their groups."""
    found: Actor = admin.site.actor(request)  # type: ignore[attr-defined]
    return found


def act(request: HttpRequest, back: str, do: Callable[[], str]) -> HttpResponse:
    """Run a service and go back; what it answers, or why it refuses, is shown there as a message."""
    try:
        messages.success(request, inert(do()))
    except NotAllowedError as error:
        _refused(request, error.message)
    except FirstlineError as error:
        messages.error(request, inert(error.message))
    except PermissionDenied as error:
        _refused(request, str(error))
    except ValidationError as error:
        messages.error(request, inert(" ".join(error.messages)))
    return HttpResponseRedirect(back)


def tell_refusal(
    request: HttpRequest, form: forms.Form, error: FirstlineError, called: Mapping[str, str] | None = None
) -> None:
    """What a service refuses, on the form that asked: each reason at its field, as far as it has one.

    A reason about one element of a list names its line. `called`: a service's word for a field -> the form's.
    """
    if isinstance(error, NotAllowedError):
        record_refused_request(request, error.message)
    if not isinstance(error, DeclarationError):
        form.add_error(None, inert(error.message))
        return
    for reason in error.reasons:
        word, _, number = reason.pointer.strip("/").partition("/")
        field = (called or {}).get(word, word)
        line = f"Line {int(number) + 1}: " if number.isdigit() else ""
        form.add_error(field if field in form.fields else None, inert(f"{line}{reason.message}"))


def _refused(request: HttpRequest, why: str) -> None:
    messages.error(request, inert(why))
    record_refused_request(request, why)


class ReasonForm(forms.Form):
    """Why something is paused."""

    reason = forms.CharField(max_length=200, error_messages={"required": "Say why: others will read it."})

    def clean_reason(self) -> str:
        """One line that can be printed."""
        return one_line(self.cleaned_data["reason"])


class DecisionForm(forms.Form):
    """The digest that was seen, and a comment."""

    digest = forms.CharField(max_length=64)
    comment = forms.CharField(max_length=500, required=False)

    def clean_comment(self) -> str:
        """One line that can be printed."""
        return one_line(self.cleaned_data["comment"])


def one_line(text: str) -> str:
    """The text. Raises ValidationError when it could forge a line of a log or a page."""
    if not text.isprintable():
        raise ValidationError("Use printable characters only, on one line.")
    return text


def read(form: forms.Form) -> dict[str, Any]:
    """The form's fields. Raises ValidationError with every reason, each with its field."""
    if not form.is_valid():
        raise ValidationError([f"{name}: {reason}" for name, reasons in form.errors.items() for reason in reasons])
    return form.cleaned_data
