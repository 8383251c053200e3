"""What a person asks of somebody's permissions, as the workshop's policy simulator is asked."""

from typing import Any

from django import forms

from accounts.models import Account
from provisioning.core.permissions import words
from provisioning.services.ask_permissions import DESIRED, OBSERVED, Question, holders_of

_LINES = forms.Textarea(attrs={"rows": 4, "class": "code"})
MOST = 50


class PermissionsForm(forms.Form):
    """A principal of the account, actions, resources, and what the request brings."""

    principal = forms.ChoiceField(help_text="As the newest look saw them. A group: any member, by its policies alone.")
    actions = forms.CharField(widget=_LINES, max_length=8000, help_text="One a line, such as s3:PutObject.")
    resources = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, "class": "code"}),
        max_length=100_000,
        initial="*",
        help_text="ARNs, one a line; * is any resource.",
    )
    context = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, "class": "code"}),
        max_length=8000,
        required=False,
        help_text="Condition keys, one a line: aws:MultiFactorAuthPresent=true. One left out is absent.",
    )
    considers = forms.ChoiceField(
        choices=[("identity", "identity policies and boundary"), ("full", "service control policies too")]
    )
    state = forms.ChoiceField(
        choices=[(OBSERVED, "as last seen"), (DESIRED, "as last seen, with everything declared made")]
    )

    def __init__(self, data: Any, *, account: Account) -> None:
        super().__init__(data)
        offered = [(f"{holder}/{name}", f"{holder} {name}") for holder, name in holders_of(account)]
        self.fields["principal"].choices = [("", "Choose…"), *offered]  # type: ignore[attr-defined]

    def clean_actions(self) -> list[str]:
        """One action a line."""
        return _checked(self.cleaned_data["actions"], words.is_action, words.ACTION)

    def clean_resources(self) -> list[str]:
        """One resource a line."""
        return _checked(self.cleaned_data["resources"], words.is_resource, words.RESOURCE)

    def clean_context(self) -> dict[str, tuple[str, ...]]:
        """One key and value a line; a key that stands twice has both values."""
        found: dict[str, tuple[str, ...]] = {}
        for line in _lines(self.cleaned_data["context"]):
            key, sign, value = (part.strip() for part in line.partition("="))
            if not key or not sign:
                raise forms.ValidationError("Write each as key=value.")
            found[key] = (*found.get(key, ()), value)
        return found

    @property
    def holder(self) -> tuple[str, str]:
        """(role, group or user; name)"""
        holder, _, name = self.cleaned_data["principal"].partition("/")
        return holder, name

    @property
    def question(self) -> Question:
        """What the service takes."""
        return Question(**{name: self.cleaned_data[name] for name in Question.__dataclass_fields__})


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _checked(text: str, is_right: Any, what: str) -> list[str]:
    lines = _lines(text)
    if wrong := [line for line in lines if not line.isprintable() or not is_right(line)]:
        raise forms.ValidationError(f"{wrong[0][:100]!r}: {what}.")
    if len(lines) > MOST:
        raise forms.ValidationError(f"{len(lines)} lines; at most {MOST} at once.")
    return lines
