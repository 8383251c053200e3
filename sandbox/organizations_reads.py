"""What Organizations tells of its tree, tags and policies, as AWS does and moto does not: pages of at most 20, some of
them empty, only for the management account and delegated administrators, with `State` beside the old `Status`.

moto gives everything at once, answers members with an organisation of their own, and does not page tags or targets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from moto.core.exceptions import ServiceException
from moto.organizations.models import OrganizationsBackend, organizations_backends

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.scp import backend_of
from sandbox.world import PARTITION, world

PAGE = 20
_OLD_STATUSES = ("ACTIVE", "SUSPENDED", "PENDING_CLOSURE")
Read = Callable[[OrganizationsBackend, Call], Sequence[Any]]


def reading_backend(call: Call) -> OrganizationsBackend:
    """moto's organisation that the caller may read. Raises AccessDeniedException, or that there is none."""
    own = backend_of(call.account)
    if own.org is not None:
        return own
    found = organizations_backends.master_accounts.get(call.account)
    if found is None:
        raise AwsError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    backend = organizations_backends[found[0]][PARTITION]
    if call.account not in {admin.account.id for admin in backend.admins}:
        raise AwsError("AccessDeniedException", "You don't have permissions to access this resource.")
    return backend


def _paged(key: str, read: Read) -> Callable[[Call], dict[str, Any]]:
    def handle(call: Call) -> dict[str, Any]:
        items = _asked(read, reading_backend(call), call)
        start, empty = _start(call)
        size = world.page_size(min(int(call.params.get("MaxResults") or PAGE), PAGE))
        end = start if empty else start + size
        # AWS may give an empty page that is not the last; here every second one is.
        more = end < len(items)
        token = {"NextToken": f"page-{end}-{0 if empty else 1}"} if more else {}
        return {key: list(items[start:end]), **token}

    return handle


def _asked(read: Callable[[OrganizationsBackend, Call], Any], backend: OrganizationsBackend, call: Call) -> Any:
    """What moto answers, and its refusals as ours."""
    try:
        return read(backend, call)
    except ServiceException as error:
        raise AwsError(error.code, error.message) from None


def _start(call: Call) -> tuple[int, bool]:
    token = call.text("NextToken")
    if not token:
        return 0, False
    parts = token.split("-")
    if len(parts) != 3 or not (parts[1].isdigit() and parts[2] in ("0", "1")):
        raise AwsError("InvalidInputException", "You provided an invalid NextToken.")
    return int(parts[1]), parts[2] == "1"


def _roots(backend: OrganizationsBackend, call: Call) -> Sequence[Any]:
    return list(backend.list_roots()["Roots"])


def _units(backend: OrganizationsBackend, call: Call) -> Sequence[Any]:
    parent = backend.validate_parent_id(call.text("ParentId"))
    return [unit.describe()["OrganizationalUnit"] for unit in backend.ou if unit.parent_id == parent]


def _accounts(backend: OrganizationsBackend, call: Call) -> Sequence[Any]:
    parent = backend.validate_parent_id(call.text("ParentId"))
    return [described(one) for one in backend.accounts if one.parent_id == parent]


def _all_accounts(backend: OrganizationsBackend, call: Call) -> Sequence[Any]:
    return [described(one) for one in backend.accounts]


def described(account: Any) -> dict[str, Any]:
    """`Status` knows fewer words than `State`, and is left out where it has none."""
    found: dict[str, Any] = account.describe()
    if found["State"] not in _OLD_STATUSES:
        del found["Status"]
    return found


def _tags(backend: OrganizationsBackend, call: Call) -> Sequence[Any]:
    return list(backend.list_tags_for_resource(ResourceId=call.text("ResourceId"))["Tags"])


def _policies(backend: OrganizationsBackend, call: Call) -> Sequence[Any]:
    wanted = call.text("Filter")
    return [_summary(one) for one in backend.policies if one.type == wanted]


def _summary(policy: Any) -> dict[str, Any]:
    found: dict[str, Any] = policy.describe()["Policy"]["PolicySummary"]
    return found


def _targets(backend: OrganizationsBackend, call: Call) -> Sequence[Any]:
    return list(backend.list_targets_for_policy(PolicyId=call.text("PolicyId"))["Targets"])


def _policies_of_target(backend: OrganizationsBackend, call: Call) -> Sequence[Any]:
    policies, wanted = _attached(backend, call.text("TargetId")), call.text("Filter")
    return [_summary(one) for one in policies if one.type == wanted]


def _attached(backend: OrganizationsBackend, target: str) -> Sequence[Any]:
    for place in (*backend.ou, *backend.accounts):
        if place.id == target:
            return list(place.attached_policies)
    raise AwsError("TargetNotFoundException", "You specified a target that doesn't exist.")


def _alone(read: Callable[[OrganizationsBackend, Call], dict[str, Any]]) -> Callable[[Call], dict[str, Any]]:
    def handle(call: Call) -> dict[str, Any]:
        found: dict[str, Any] = _asked(read, reading_backend(call), call)
        return found

    return handle


def _policy(backend: OrganizationsBackend, call: Call) -> dict[str, Any]:
    return backend.describe_policy(PolicyId=call.text("PolicyId"))


def _account(backend: OrganizationsBackend, call: Call) -> dict[str, Any]:
    return {"Account": described(backend.get_account_by_id(call.text("AccountId")))}


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    "ListRoots": _paged("Roots", _roots),
    "ListOrganizationalUnitsForParent": _paged("OrganizationalUnits", _units),
    "ListAccountsForParent": _paged("Accounts", _accounts),
    "ListAccounts": _paged("Accounts", _all_accounts),
    "ListTagsForResource": _paged("Tags", _tags),
    "ListPolicies": _paged("Policies", _policies),
    "ListTargetsForPolicy": _paged("Targets", _targets),
    "ListPoliciesForTarget": _paged("Policies", _policies_of_target),
    "DescribePolicy": _alone(_policy),
    "DescribeAccount": _alone(_account),
}
