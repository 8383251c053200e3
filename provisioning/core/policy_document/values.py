"""Values of conditions in their one spelling: numbers, dates, networks, booleans.

What is not surely one of these is left as it stands, and then equals only itself.
"""

import ipaddress
import re
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
# A bare "2020" may be a year or an epoch: only longer numbers are surely epoch seconds.
_EPOCH = re.compile(r"[1-9]\d{4,15}")
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
_NETWORK = re.compile(r"[0-9A-Fa-f:.]+(/(0|[1-9]\d{0,2}))?")


def text_of(value: object) -> str | None:
    """The text AWS compares for a JSON scalar (`true` and `"true"` are one); None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return value if isinstance(value, str) else None


def fold_number(text: str) -> str:
    """`5`, `5.0` and `+05` are one number; digits are never lost."""
    if not _DECIMAL.fullmatch(text):
        return text
    whole, _, fraction = text.lstrip("+-").partition(".")
    digits = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    sign = "-" if text.startswith("-") and (digits != "0" or fraction) else ""
    return f"{sign}{digits}.{fraction}" if fraction else f"{sign}{digits}"


def fold_date(text: str) -> str:
    """An instant as `@` and epoch seconds, whether it was written so or in ISO 8601 with a time zone."""
    if _EPOCH.fullmatch(text):
        return f"@{text}"
    if not _INSTANT.fullmatch(text):
        return text
    try:
        since = datetime.fromisoformat(text) - _EPOCH_START
    except ValueError:
        return text
    seconds = Decimal(since.days * 86_400 + since.seconds) + Decimal(since.microseconds) / 1_000_000
    return f"@{fold_number(format(seconds, 'f'))}"


def fold_network(text: str) -> str:
    """A network in one spelling; a bare address is a network of one."""
    network = network_of(text)
    return str(network) if network else text


def network_of(text: str) -> Network | None:
    """The network a text surely stands for; host bits, masks and zones leave it unknown."""
    if not _NETWORK.fullmatch(text):
        return None
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def number_of(text: str) -> Fraction | None:
    """The exact number of a folded number or instant, to order them; None when it is neither."""
    return Fraction(text.removeprefix("@")) if _DECIMAL.fullmatch(text.removeprefix("@")) else None
