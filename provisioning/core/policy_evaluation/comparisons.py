"""How one value of a condition compares with one value of the request, operator by operator
(IAM user guide, "Condition operators")."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from ipaddress import ip_address, ip_network

from provisioning.core.policy_document.operators import Family, Operator
from provisioning.core.policy_document.values import fold_date, fold_number, number_of
from provisioning.core.policy_document.wildcard import Flavour
from provisioning.core.policy_evaluation.context import Context
from provisioning.core.policy_evaluation.patterns import matcher
from provisioning.core.policy_evaluation.truth import Truth, known, unknown

# (a value of the request, the request) -> whether it matches the value of the policy.
Comparison = Callable[[str, Context], Truth]
_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_PARTS_OF_ARN = 6


def comparison(operator: Operator, value: str, variables: bool) -> Comparison:
    """Compiles one value of a condition. For negated operators it still says whether the value *matches*."""
    if operator.family in _FLAVOURS:
        return _text_comparison(operator, value, variables)
    if operator.family in (Family.NUMBER, Family.DATE):
        return _ordered_comparison(operator, value)
    return _network_comparison(value) if operator.family is Family.NETWORK else _binary_comparison(value)


_FLAVOURS = {
    Family.EXACT: Flavour.EXACT,
    Family.CASELESS: Flavour.EXACT,
    Family.LIKE: Flavour.TEXT,
    Family.ARN: Flavour.ARN,
    Family.BOOLEAN: Flavour.EXACT,
}


def _text_comparison(operator: Operator, value: str, variables: bool) -> Comparison:
    if operator.family is Family.ARN and value.count(":") < _PARTS_OF_ARN - 1:
        # Each of the six parts is compared on its own; what fewer parts mean is not documented.
        return lambda text, context: unknown(f"how {value} compares, which is no whole ARN")
    caseless = operator.family in (Family.CASELESS, Family.BOOLEAN)
    compiled = matcher(value, _FLAVOURS[operator.family], variables, caseless)
    return lambda text, context: compiled.matches(text, context, operator.is_negated)


def _ordered_comparison(operator: Operator, value: str) -> Comparison:
    read = _instant if operator.family is Family.DATE else _number
    wanted = read(value)
    if wanted is None:
        return _unreadable(value)
    order = _ORDERS[operator.base.removeprefix("Numeric").removeprefix("Date").replace("Not", "")]

    def compare(text: str, context: Context) -> Truth:
        given = read(text)
        return known(order(given, wanted)) if given is not None else unknown(f"what {text!r} is, for {operator.base}")

    return compare


_ORDERS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "Equals": lambda given, wanted: given == wanted,
    "LessThan": lambda given, wanted: given < wanted,
    "LessThanEquals": lambda given, wanted: given <= wanted,
    "GreaterThan": lambda given, wanted: given > wanted,
    "GreaterThanEquals": lambda given, wanted: given >= wanted,
}


def _number(text: str) -> Fraction | None:
    return number_of(fold_number(text.strip()))


def _instant(text: str) -> Fraction | None:
    """An instant or epoch seconds; a day or month stands for its first moment in UTC. A bare year could be either."""
    folded = fold_date(text)
    if folded.startswith("@"):
        return number_of(folded)
    day = _DAY.fullmatch(text)
    try:
        first = datetime(int(day[1]), int(day[2]), int(day[3] or 1), tzinfo=UTC) if day else None
    except ValueError:
        return None
    return Fraction(int(first.timestamp())) if first else None


def _network_comparison(value: str) -> Comparison:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return _unreadable(value)

    def compare(text: str, context: Context) -> Truth:
        try:
            address = ip_address(text)
        except ValueError:
            return unknown(f"what address {text!r} is")
        return known(address.version == network.version and address in network)

    return compare


def _binary_comparison(value: str) -> Comparison:
    wanted = _bytes(value)
    return lambda text, context: known(text == value or (wanted is not None and _bytes(text) == wanted))


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _unreadable(value: str) -> Comparison:
    return lambda text, context: unknown(f"what {value!r} in a condition means")
