"""What a person attests of an account, field by field, under the same rules as over REST."""

from datetime import timedelta
from typing import Any

from django import forms

from provisioning.admin.acting import one_line
from provisioning.core.kind import Kind
from provisioning.models.attestation import today

USUAL_DAYS = 365


class AttestForm(forms.Form):
    """The fields of the kind, then the statement, the evidence and the day to look again."""

    statement = forms.CharField(max_length=500, help_text="What you attest, in a sentence.")
    evidence = forms.CharField(max_length=2000, help_text="What you saw and where, or a link to it.")
    review_on = forms.DateField(
        help_text="The last day it holds; at most 400 days ahead.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, data: Any, *, kind: Kind[Any], declared: dict[str, Any]) -> None:
        super().__init__(data, initial={"review_on": today() + timedelta(days=USUAL_DAYS)})
        self._named = {f"value.{name}": name for name in kind.schema()["properties"]}
        for field, name in self._named.items():
            self.fields[field] = _field(name, kind.schema()["properties"][name], declared)
        self.order_fields([*self._named, "statement", "evidence", "review_on"])

    def clean_statement(self) -> str:
        """One line that can be printed."""
        return one_line(self.cleaned_data["statement"])

    def clean_evidence(self) -> str:
        """One line that can be printed."""
        return one_line(self.cleaned_data["evidence"])

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        found = self.cleaned_data
        value = {name: found[field] for field, name in self._named.items()}
        return {"value": value, **{name: found[name] for name in ("statement", "evidence", "review_on")}}


def _field(name: str, about: dict[str, Any], declared: dict[str, Any]) -> forms.Field:
    """Nothing is chosen beforehand: what is declared is no hint of how it stands."""
    wanted = f" Declared: {str(declared[name]).lower()}." if name in declared else ""
    told = {"label": name.replace("_", " ").capitalize(), "help_text": about.get("description", "") + wanted}
    if about.get("type") == "boolean":
        choices = [("", "Choose…"), ("true", "true"), ("false", "false")]
        return forms.TypedChoiceField(choices=choices, coerce=lambda chosen: chosen == "true", **told)
    return forms.JSONField(**told)
