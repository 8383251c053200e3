"""What is checked before an assignment holds: its words, its parameters, and every account that it would reach."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from accounts.models import Account
from iam_templates.declaration import parse_declaration
from iam_templates.mode import mode_reasons
from iam_templates.models import Assignment, BaselineVersion
from iam_templates.parameters import given_reasons
from iam_templates.reach import LiveAssignments, accounts_reached, in_order
from iam_templates.reading import check_plain
from iam_templates.rendering import Renderer
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.merge import MergeConflictError
from provisioning.kinds import all_kinds

_OU = re.compile(r"/|(/[^/\x00-\x1f\x7f]{1,128})+")
_TAG = re.compile(r"[^=]{1,128}(=.{0,256})?")
_SHOWN = 3


def published_version(baseline: str, number: int) -> BaselineVersion:
    """The version an assignment names. Raises DeclarationError with a pointer to what is wrong."""
    version = BaselineVersion.objects.filter(baseline_id=baseline, number=number).first()
    if version is None:
        raise DeclarationError([Reason("/version", f"there is no version {number} of a baseline {baseline}")])
    if version.published_at is None:
        raise DeclarationError([Reason("/version", f"{version} is a draft; publish it first")])
    return version


def refuse_wrong_selector(selector: str, value: str) -> None:
    """Raise DeclarationError when this selects nothing that could be."""
    if reasons := _selector_reasons(selector, value):
        raise DeclarationError(reasons)


def refuse_wrong_words(row: Assignment) -> None:
    """Raise DeclarationError with everything wrong in selector, value, parameters and mode."""
    unclean = (*check_plain(row.parameters, "parameters"), *check_plain(row.mode, "mode"))
    if reasons := [*unclean, *_selector_reasons(row.selector, row.value)]:
        raise DeclarationError(reasons)
    kinds = all_kinds()
    declaration = parse_declaration(row.version.content, kinds)
    if not isinstance(row.parameters, dict):
        raise DeclarationError([Reason("/parameters", "must be a map from name to value")])
    given = given_reasons(declaration.parameters, row.parameters)
    if reasons := [*given, *mode_reasons(row.mode, declaration.resources, kinds)]:
        raise DeclarationError(reasons)


def refuse_conflicts(after: Assignment, before: Assignment | None = None) -> None:
    """Raise MergeConflictError when an account reached can't be rendered with `after` (instead of `before`)."""
    if found := conflicts(after, accounts_reached(after.selector, after.value), before):
        raise MergeConflictError(_with_accounts(reason, ids) for reason, ids in found.items())


def conflicts(
    after: Assignment, accounts: QuerySet[Account], before: Assignment | None = None
) -> dict[Reason, list[str]]:
    """Why which of these accounts can't be rendered with `after` (instead of `before`).

    An account that could not be rendered anyway, for the same reasons, does not stand in the way.
    """
    renderer, live = Renderer(sampled=True), LiveAssignments()
    found: dict[Reason, list[str]] = defaultdict(list)
    for account in accounts.iterator():
        others = [row for row in live.of(account) if row.id != after.id]
        for reason in _new_reasons(renderer, account, others, after, before):
            found[reason].append(account.account_id)
    return dict(found)


def _new_reasons(
    renderer: Renderer, account: Account, others: Sequence[Assignment], after: Assignment, before: Assignment | None
) -> Iterable[Reason]:
    outcome = renderer.outcome(account, in_order([*others, after]))
    if not isinstance(outcome, tuple):
        return ()
    earlier = renderer.outcome(account, in_order([*others, *([before] if before else [])]))
    return set(outcome) - set(earlier if isinstance(earlier, tuple) else ())


def _with_accounts(reason: Reason, ids: Sequence[str]) -> Reason:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return Reason(reason.pointer, f"{reason.message} (account {', '.join(ids[:_SHOWN])}{more})")


def _selector_reasons(selector: str, value: str) -> list[Reason]:
    match selector:
        case Assignment.Selector.ACCOUNT if not Account.objects.filter(pk=value).exists():
            return [Reason("/value", f"no account {value} is registered; register it first")]
        case Assignment.Selector.ENVIRONMENT if value not in Account.Environment.values:
            return [Reason("/value", f"must be one of: {', '.join(Account.Environment.values)}")]
        case Assignment.Selector.OU if not _OU.fullmatch(value):
            return [Reason("/value", "must be an OU path such as /workloads/dev, without a slash at its end")]
        case Assignment.Selector.TAG if not _TAG.fullmatch(value) or not value.isprintable():
            return [Reason("/value", "must be key=value, or key alone: at most 128 and 256 characters")]
        case _ if selector not in Assignment.Selector.values:
            return [Reason("/selector", f"must be one of: {', '.join(Assignment.Selector.values)}")]
    return []
