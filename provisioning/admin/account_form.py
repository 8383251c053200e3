"""What an operator may say about an account, under the same rules as over REST."""

from typing import Any

from django import forms

from accounts.models import LONGEST, SHORTEST, Account
from accounts.serializers import AccountChangeSerializer

FIELDS = ("name", "environment", "ou_path", "owner_team", "look_interval_minutes")


class AccountForm(forms.Form):
    """Descriptive fields. The external id is set over REST only: a page would show it."""

    name = forms.CharField(max_length=100)
    environment = forms.ChoiceField(
        choices=Account.Environment.choices, help_text="In prod, plans wait unless a version is approved for it."
    )
    ou_path = forms.CharField(max_length=512, label="OU path", help_text="e.g. /workloads/dev, or / for the root")
    owner_team = forms.CharField(max_length=100, required=False)
    look_interval_minutes = forms.IntegerField(
        required=False,
        label="Look every (minutes)",
        help_text=f"{SHORTEST} to {LONGEST}; empty: as its environment.",
    )

    def __init__(self, data: Any, *, account: Account) -> None:
        super().__init__(data, initial={name: getattr(account, name) for name in FIELDS})

    def clean(self) -> dict[str, Any]:
        """The fields as REST would read them."""
        given = {name: value for name, value in self.cleaned_data.items() if name in FIELDS}
        serializer = AccountChangeSerializer(data=given, partial=True)
        if serializer.is_valid():
            return dict(serializer.validated_data)
        for name, reasons in serializer.errors.items():
            self.add_error(name, [str(reason) for reason in reasons])
        return given
