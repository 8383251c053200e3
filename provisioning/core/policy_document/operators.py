"""Condition operators: their one name, how their values are read, and which value contains which."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from provisioning.core.policy_document.values import fold_date, fold_network, fold_number, network_of, number_of
from provisioning.core.policy_document.wildcard import Flavour, contains, read_pattern


class Family(StrEnum):
    """How an operator reads and orders its values."""

    EXACT = "exact"
    CASELESS = "caseless"
    LIKE = "like"
    ARN = "arn"
    NUMBER = "number"
    DATE = "date"
    NETWORK = "network"
    BOOLEAN = "boolean"
    BINARY = "binary"


# Name as printed -> family. `ArnEquals` and `ArnLike` behave the same (IAM user guide), so they share a name below.
_FAMILIES = {
    "StringEquals": Family.EXACT,
    "StringNotEquals": Family.EXACT,
    "StringEqualsIgnoreCase": Family.CASELESS,
    "StringNotEqualsIgnoreCase": Family.CASELESS,
    "StringLike": Family.LIKE,
    "StringNotLike": Family.LIKE,
    "ArnLike": Family.ARN,
    "ArnNotLike": Family.ARN,
    **{f"Numeric{order}": Family.NUMBER for order in ("Equals", "NotEquals")},
    **{f"Date{order}": Family.DATE for order in ("Equals", "NotEquals")},
    **{f"Numeric{side}Than{equal}": Family.NUMBER for side in ("Less", "Greater") for equal in ("", "Equals")},
    **{f"Date{side}Than{equal}": Family.DATE for side in ("Less", "Greater") for equal in ("", "Equals")},
    "Bool": Family.BOOLEAN,
    "Null": Family.BOOLEAN,
    "BinaryEquals": Family.BINARY,
    "IpAddress": Family.NETWORK,
    "NotIpAddress": Family.NETWORK,
}
_SAME = {"arnequals": "ArnLike", "arnnotequals": "ArnNotLike"}
_NAMES = {name.lower(): name for name in _FAMILIES} | _SAME
_SETS = {"forallvalues:": "ForAllValues:", "foranyvalue:": "ForAnyValue:"}
_SPELT = re.compile(r"(forallvalues:|foranyvalue:)?([a-z]+?)(ifexists)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Operator:
    """A known condition operator, e.g. `ForAnyValue:StringLikeIfExists`."""

    over: str
    base: str
    if_exists: bool

    @property
    def name(self) -> str:
        return f"{self.over}{self.base}{'IfExists' if self.if_exists else ''}"

    @property
    def is_or_missing(self) -> bool:
        """Whether it means "the key is missing, or else …", as two statements would. Negated and for-all ones hold for
        a missing key anyway; they are kept as they are written."""
        return self.if_exists and self.is_splittable

    @property
    def demand(self) -> str:
        """The name of what it demands of a key that is there."""
        return f"{self.over}{self.base}" if self.is_or_missing else self.name

    @property
    def family(self) -> Family:
        return _FAMILIES[self.base]

    @property
    def is_negated(self) -> bool:
        return "Not" in self.base

    @property
    def is_splittable(self) -> bool:
        """Whether `[a, b]` means "a, or else b" as two statements would (not so for negated and for-all)."""
        return not self.is_negated and self.over != "ForAllValues:"

    def fold(self, text: str, variables: bool) -> str:
        """The one spelling of a value under this operator."""
        return _FOLDS[self.family](text, variables)

    def value_contains(self, wide: str, narrow: str, variables: bool) -> bool:
        """Whether whatever matches `narrow` (both folded) surely matches `wide`."""
        if wide == narrow:
            return True
        if self.family in (Family.LIKE, Family.ARN):
            flavour = _FLAVOURS[self.family]
            return contains(read_pattern(wide, flavour, variables), read_pattern(narrow, flavour, variables))
        if self.family is Family.NETWORK:
            return _network_contains(wide, narrow)
        if "Than" in self.base:
            return _bound_contains(wide, narrow, below="Less" in self.base)
        return False

    @property
    def may_contain(self) -> bool:
        """Whether two different values of this operator can contain one another at all."""
        return self.family in (Family.LIKE, Family.ARN, Family.NETWORK) or "Than" in self.base


def read_operator(text: str) -> Operator | None:
    """The operator a text names, whatever its case; None when AWS has no such operator."""
    found = _SPELT.fullmatch(text)
    base = _NAMES.get(found.group(2).lower()) if found else None
    if found is None or base is None or (base == "Null" and found.group(3)):
        return None
    return Operator(_SETS.get((found.group(1) or "").lower(), ""), base, bool(found.group(3)))


def _fold_pattern(flavour: Flavour) -> Callable[[str, bool], str]:
    return lambda text, variables: read_pattern(text, flavour, variables).text


_FLAVOURS = {Family.LIKE: Flavour.TEXT, Family.ARN: Flavour.ARN}
_FOLDS: dict[Family, Callable[[str, bool], str]] = {
    Family.EXACT: _fold_pattern(Flavour.EXACT),
    Family.CASELESS: lambda text, variables: read_pattern(text, Flavour.EXACT, variables).text.lower(),
    Family.LIKE: _fold_pattern(Flavour.TEXT),
    Family.ARN: _fold_pattern(Flavour.ARN),
    Family.NUMBER: lambda text, _: fold_number(text),
    Family.DATE: lambda text, _: fold_date(text),
    Family.NETWORK: lambda text, _: fold_network(text),
    Family.BOOLEAN: lambda text, _: text.lower(),
    Family.BINARY: lambda text, _: text,
}


def _network_contains(wide: str, narrow: str) -> bool:
    outer, inner = network_of(wide), network_of(narrow)
    if outer is None or inner is None or outer.version != inner.version:
        return False
    return inner.subnet_of(outer)  # type: ignore[arg-type]


def _bound_contains(wide: str, narrow: str, *, below: bool) -> bool:
    outer, inner = number_of(wide), number_of(narrow)
    if outer is None or inner is None or wide.startswith("@") != narrow.startswith("@"):
        return False
    return inner <= outer if below else inner >= outer
