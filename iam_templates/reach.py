"""Which accounts an assignment reaches, and the other way round.

What a place or a tag means is said in accounts/selectors.py; this is the same asked from the account's side.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import Account
from accounts.selectors import in_ou, tags_as_selected, with_tag
from iam_templates.models import Assignment

Selector = Assignment.Selector


def accounts_reached(selector: str, value: str) -> QuerySet[Account]:
    """The accounts of a selector, by id; accounts that left the organisation are reached by nothing."""
    present = Account.objects.exclude(state=Account.State.LEFT).order_by("account_id")
    if selector == Selector.ACCOUNT:
        return present.filter(account_id=value)
    if selector == Selector.ENVIRONMENT:
        return present.filter(environment=value)
    return present.filter(with_tag(value) if selector == Selector.TAG else in_ou(value))


def assignments_reaching(account: Account) -> list[Assignment]:
    """The live assignments of an account, oldest first."""
    if account.state == Account.State.LEFT:
        return []
    by_selector = (
        Q(selector=Selector.ACCOUNT, value=account.account_id)
        | Q(selector=Selector.ENVIRONMENT, value=account.environment)
        | Q(selector=Selector.OU, value__in=ou_prefixes(account.ou_path))
        | Q(selector=Selector.TAG, value__in=tags_as_selected(account.tags))
    )
    return list(in_order(Assignment.objects.live().filter(by_selector).select_related("version")))


class LiveAssignments:
    """All live assignments, read once, for questions about many accounts."""

    def __init__(self) -> None:
        self._by_selector: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
        for row in Assignment.objects.live().select_related("version"):
            self._by_selector[row.selector, row.value].append(row)

    def of(self, account: Account) -> list[Assignment]:
        """Those that reach the account."""
        keys = [
            (Selector.ACCOUNT, account.account_id),
            (Selector.ENVIRONMENT, account.environment),
            *((Selector.OU, prefix) for prefix in ou_prefixes(account.ou_path)),
            *((Selector.TAG, text) for text in tags_as_selected(account.tags)),
        ]
        return [row for key in keys for row in self._by_selector.get(key, ())]


def in_order(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Oldest first, always the same way."""
    return sorted(assignments, key=lambda assignment: (assignment.created_at, str(assignment.id)))


def ou_prefixes(path: str) -> list[str]:
    """The OU itself and everything above it: /a/b gives /, /a and /a/b."""
    parts = [part for part in path.split("/") if part]
    return ["/", *("/" + "/".join(parts[: end + 1]) for end in range(len(parts)))]
