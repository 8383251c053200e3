"""Which accounts a selector reaches, and what assigning a version to them would run into. Stores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from access.policy import visible
from access.roles import Actor, Permission
from accounts.models import Account
from iam_templates.checks import conflicts, published_version, refuse_wrong_selector, refuse_wrong_words
from iam_templates.models import Assignment
from iam_templates.reach import accounts_reached
from iam_templates.rights import require_reach
from provisioning.core.errors import NotAllowedError, Reason
from provisioning.services.require import require

PAGE = 50
MOST_OUS = 50
SHOWN = 3


@dataclass(frozen=True)
class Candidate:
    """What would be assigned."""

    baseline: str
    version: int
    parameters: Mapping[str, Any]
    mode: Mapping[str, Any]


@dataclass(frozen=True)
class Obstacle:
    """One reason why accounts could not be rendered then: how many, and the first of them."""

    reason: Reason
    accounts: int
    first: Sequence[str]


@dataclass(frozen=True)
class Preview:
    """What the actor sees of a selector's reach. `obstacles` is None where no version was named."""

    accounts: int
    by_environment: Mapping[str, int]
    by_ou: Mapping[str, int]
    by_state: Mapping[str, int]
    page: Sequence[Account]
    after: str
    """Where the next page begins; empty at the end."""
    may_assign: bool
    obstacles: Sequence[Obstacle] | None


def preview_selector(
    *, selector: str, value: str, candidate: Candidate | None = None, after: str = "", limit: int = PAGE, actor: Actor
) -> Preview:
    """Count and list the accounts that the actor may see; with a candidate, say which could not be rendered.

    Raises NotAllowedError, DeclarationError with pointers into the request.
    """
    require(actor, Permission.VIEW)
    refuse_wrong_selector(selector, value)
    reached = visible(accounts_reached(selector, value), actor)
    page = list(reached.filter(account_id__gt=after)[: limit + 1])
    return Preview(
        accounts=reached.count(),
        by_environment=_counts(reached, "environment"),
        by_ou=_counts(reached, "ou_path"),
        by_state=_counts(reached, "state"),
        page=page[:limit],
        after=page[limit - 1].account_id if len(page) > limit else "",
        may_assign=_may_assign(actor, selector, value),
        obstacles=None if candidate is None else _obstacles(selector, value, candidate, reached),
    )


def _counts(reached: QuerySet[Account], field: str) -> dict[str, int]:
    """The most frequent first."""
    rows = reached.order_by().values_list(field).annotate(n=Count("pk")).order_by("-n", field)
    return dict(rows[:MOST_OUS])


def _may_assign(actor: Actor, selector: str, value: str) -> bool:
    try:
        require_reach(actor, selector, value)
    except NotAllowedError:
        return False
    return True


def _obstacles(selector: str, value: str, candidate: Candidate, reached: QuerySet[Account]) -> list[Obstacle]:
    row = Assignment(
        version=published_version(candidate.baseline, candidate.version),
        selector=selector,
        value=value,
        parameters=candidate.parameters,
        mode=candidate.mode,
        created_at=timezone.now(),
    )
    refuse_wrong_words(row)
    found = sorted(conflicts(row, reached).items())
    return [Obstacle(reason, len(ids), ids[:SHOWN]) for reason, ids in found]
