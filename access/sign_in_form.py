"""Signing in to the admin, within limits."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from access.addresses import client_address
from access.services.limit_sign_ins import TooManyTriesError, give_back_try, take_try


class LimitedSignInForm(AdminAuthenticationForm):
    """Django's form; a password is looked at only while no limit holds. `retry_after` is seconds, 0 when none does."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "too_many": "There were too many tries. Wait a while, a quarter of an hour at most, and try again.",
    }
    retry_after = 0

    def clean(self) -> dict[str, Any]:
        """The person's name and password. Raises ValidationError alike for whoever exists and who does not."""
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not username or not password or self.request is None:
            return super().clean()
        who = {"username": username, "address": client_address(self.request.META)}
        try:
            take_try(**who)
        except TooManyTriesError as error:
            self.retry_after = error.wait
            raise ValidationError(self.error_messages["too_many"], code="too_many") from None
        cleaned = super().clean()
        give_back_try(**who)
        return cleaned
