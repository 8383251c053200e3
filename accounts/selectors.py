"""Which accounts are meant: by where they stand, whose they are, how they are, or by id."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import StrIndex, Substr
from django.db.models.lookups import Exact

from accounts.models import Account

MOST_IDS = 5000
CHOICES = {"environment": Account.Environment.values, "state": Account.State.values}
LINES = {"ou": 512, "tag": 400, "owner_team": 100, "environment": 10, "state": 16}
"""The conditions that are one line of text, with the most characters of each."""


class SelectorError(ValueError):
    """A selector says nothing, or something that can't be. `reasons`: field → what to do, all at once."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in self.reasons.items()))


@dataclass(frozen=True)
class AccountSelector:
    """Conditions that all must hold; `all` stands alone. `tag` is `key=value`, or `key` for any value."""

    all: bool = False
    environment: str = ""
    ou: str = ""
    tag: str = ""
    owner_team: str = ""
    state: str = ""
    account_ids: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """The conditions that are set, as JSON holds them; `parse` reads them again."""
        plain = {name: value for name, value in asdict(self).items() if value}
        return plain | ({"account_ids": list(self.account_ids)} if self.account_ids else {})


def parse(given: Mapping[str, Any]) -> AccountSelector:
    """Read a selector. Raises SelectorError with every reason: nothing selected is never everything selected."""
    reasons = {name: f"Unknown; a selector takes {', '.join(_NAMES)}." for name in given if name not in _NAMES}
    lines = {name: given[name] for name in LINES if name in given}
    reasons |= {name: reason for name, value in lines.items() if (reason := _wrong_line(name, value))}
    ids = given.get("account_ids", [])
    everything = given.get("all", False)
    reasons |= {"account_ids": _IDS_HINT} if "account_ids" in given and not _are_ids(ids) else {}
    reasons |= {"all": "Write true, or leave it out."} if "all" in given and everything is not True else {}
    if not reasons:
        reasons |= _wrong_together(everything=everything is True, others=bool(lines or ids))
    if reasons:
        raise SelectorError(reasons)
    if "ou" in lines:
        lines["ou"] = lines["ou"].rstrip("/") or "/"
    return AccountSelector(all=everything is True, account_ids=tuple(dict.fromkeys(ids)), **lines)


def accounts_of(selector: AccountSelector, among: QuerySet[Account] | None = None) -> QuerySet[Account]:
    """The accounts of a selector, by id. Accounts that left are among them only when `state` asks for them.

    `among`: what to choose from, e.g. what the asker may see.
    """
    chosen = Account.objects.all() if among is None else among
    exact = {name: getattr(selector, name) for name in ("environment", "owner_team", "state")}
    chosen = chosen.filter(**{name: value for name, value in exact.items() if value})
    if not selector.state:
        chosen = chosen.exclude(state=Account.State.LEFT)
    if selector.ou:
        chosen = chosen.filter(in_ou(selector.ou))
    if selector.tag:
        chosen = chosen.filter(with_tag(selector.tag))
    if selector.account_ids:
        chosen = chosen.filter(pk__in=selector.account_ids)
    return chosen.order_by("account_id")


def in_ou(path: str) -> Q:
    """In this OU or below it; whole segments only, so /work does not reach /workloads."""
    path = path.rstrip("/")
    return Q(ou_path=path) | Q(ou_path__startswith=f"{path}/") if path else Q()


def with_tag(tag: str) -> Q:
    """With this tag: `key=value`, or `key` for any value."""
    key, separator, value = tag.partition("=")
    return Q(tags__contains={key: value}) if separator else Q(tags__has_key=key)


def with_tag_in(text: Any) -> Q:
    """`with_tag` where the tag is a column, e.g. `OuterRef("value")`."""
    key = Func(text, Value("="), Value(1), function="split_part", output_field=TextField())
    cut = StrIndex(text, Value("="))
    there = Func(F("tags"), key, function="jsonb_exists", output_field=BooleanField())
    found = Func(F("tags"), key, function="jsonb_extract_path_text", output_field=TextField())
    return Q(there) & (Q(Exact(cut, 0)) | Q(Exact(found, Substr(text, cut + 1))))


def tags_as_selected(tags: Mapping[str, str]) -> list[str]:
    """Every value of `tag` that `with_tag` finds these tags by: the same rule, read the other way round.

    A key that itself holds = can't be selected: a selector is cut at its first =.
    """
    return [text for key, value in tags.items() if "=" not in key for text in (key, f"{key}={value}")]


_NAMES = tuple(AccountSelector.__dataclass_fields__)
_IDS_HINT = f"Give a list of 1 to {MOST_IDS:,} account ids, each 12 digits as text."
_SELECT = "Select something: all (true), environment, ou, tag, owner_team, state or account_ids."


def _wrong_line(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > LINES[name]:
        return f"Give one line of 1 to {LINES[name]} printable characters, or leave it out."
    if name in CHOICES and value not in CHOICES[name]:
        return f"Use one of {', '.join(CHOICES[name])}."
    if name == "ou" and not value.startswith("/"):
        return "Write the OU path from the root, e.g. /workloads/dev, or / for everything."
    if name == "tag" and value.startswith("="):
        return "Write key=value, or key alone for any value."
    return ""


def _wrong_together(*, everything: bool, others: bool) -> dict[str, str]:
    if everything and others:
        return {"all": "Leave it out where other conditions stand: they narrow the fleet."}
    return {} if everything or others else {"": _SELECT}


def _are_ids(ids: Any) -> bool:
    return isinstance(ids, list | tuple) and 1 <= len(ids) <= MOST_IDS and all(_is_id(one) for one in ids)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 12 and value.isascii() and value.isdigit()
