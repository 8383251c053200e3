"""Amounts, percentages and names as reports and pages print them."""

from decimal import Decimal

from django.template import Library

from history.shown import inert
from provisioning.core.cost_report import threshold_text

register = Library()
NOT_TOLD = "–"


@register.filter
def amount(value: Decimal | None, unit: str = "") -> str:
    """`1,234.50 USD`; a dash where AWS told none."""
    if value is None:
        return NOT_TOLD
    digits = f"{value:,.2f}"
    return inert(f"{digits} %" if unit == "percent" else f"{digits} {unit}".strip())


@register.filter
def percent(value: Decimal | None) -> str:
    """`81.5 %`, or `99.99 %`: never rounded over a threshold; a dash where there is none."""
    if value is None:
        return NOT_TOLD
    return f"{value:,.2f}".removesuffix("0") + " %"


@register.filter
def one_line(value: object) -> str:
    """Inert, and unable to begin a line of its own."""
    return inert(value).replace("\n", "⟨U+000A⟩")


register.filter("threshold", threshold_text)
