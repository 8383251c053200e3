"""A report as mail: text and HTML from one template each. Everything that others wrote is escaped and inert."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from provisioning.core.cost_report import CostReport


@dataclass(frozen=True)
class RenderedReport:
    """A report as it is sent."""

    subject: str
    text: str
    html: str


def render_report(report: CostReport) -> RenderedReport:
    """Text and HTML. The chart is a table of bars, which mail clients show and our own pages allow."""
    shown = {"report": report}
    return RenderedReport(
        subject=subject_of(report),
        text=render_to_string("provisioning/report_mail.txt", shown),
        html=render_to_string("provisioning/report_mail.html", shown),
    )


def subject_of(report: CostReport) -> str:
    """One line that says whether it must be read now."""
    crossed = f"{report.crossed_count} threshold{'' if report.crossed_count == 1 else 's'} crossed"
    parts = [f"{report.over_accounts} over 80 %", crossed, f"{report.without_count} without a budget"]
    return f"{report.name}: {', '.join(parts)}"
