"""What a person says of a report: the fields of REST, recipients one a line."""

from typing import Any

from django import forms

from access.scopes import Scope, parse_scope
from provisioning.admin.acting import one_line
from provisioning.models import Report
from provisioning.services.keep_reports import CHANGEABLE, MOST_RECIPIENTS

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ReportForm(forms.Form):
    """Name, schedule and recipients."""

    name = forms.CharField(max_length=100, help_text="The subject of its mails begins with it.")
    every = forms.ChoiceField(choices=Report.Every.choices)
    day = forms.IntegerField(
        required=False, min_value=1, max_value=28, help_text="Weekly: 1 Monday to 7 Sunday. Monthly: 1 to 28."
    )
    hour = forms.IntegerField(min_value=0, max_value=23, initial=7, help_text="Of the day, UTC.")
    recipients = forms.CharField(
        max_length=MOST_RECIPIENTS * 256,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"E-mail addresses, one a line, at most {MOST_RECIPIENTS}.",
    )

    @staticmethod
    def values_of(report: Report) -> dict[str, Any]:
        """What the form starts with."""
        found = {name: getattr(report, name) for name in CHANGEABLE}
        return {**found, "recipients": "\n".join(report.recipients)}

    def clean_name(self) -> str:
        """One line that can be printed."""
        return one_line(self.cleaned_data["name"])

    def clean_recipients(self) -> list[str]:
        """One each."""
        return [one.strip() for one in self.cleaned_data["recipients"].splitlines() if one.strip()]

    def given(self) -> dict[str, Any]:
        """What the services take."""
        return dict(self.cleaned_data)


class NewReportForm(ReportForm):
    """And what it is about."""

    scope = forms.CharField(
        max_length=600,
        initial="fleet",
        strip=False,
        help_text="fleet, ou:/path, environment:name, team:name or account:12 digits; it stays.",
    )
    field_order = ("name", "scope")

    def clean_scope(self) -> Scope:
        """The scope. Raises ValidationError that says what to write."""
        try:
            return parse_scope(self.cleaned_data["scope"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


def schedule_text(report: Report) -> str:
    """When it is sent, in words."""
    day = {
        Report.Every.WEEKLY.value: f" on {DAYS[(report.day or 1) - 1]}",
        Report.Every.MONTHLY.value: f" on day {report.day}",
    }
    return f"{report.every}{day.get(report.every, '')} at {report.hour:02d}:00 UTC"
