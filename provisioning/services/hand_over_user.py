"""Which users credentials are made for: declared in the account, owned by us, and never protected."""

from collections.abc import Mapping
from typing import Any

from provisioning.core.change import ResourceKey
from provisioning.core.desired import DesiredItem
from provisioning.kinds import all_kinds
from provisioning.models import HandOver
from provisioning.services.work import Work, load_work

KIND = "iam.user"


def why_not_handed_over(account_id: str, user: str, what: str) -> str:
    """Why no credential of this user is made; '' when it may be."""
    return why_not_user(load_work(account_id), user, what)


def why_not_user(work: Work, user: str, what: str, path: str | None = None) -> str:
    """The same of an account that is loaded; `path` is where AWS says the user lies."""
    if not (item := _declared(work, user)):
        return f"No baseline declares the user {user} in this account; credentials are made for declared users only."
    if ResourceKey(KIND, all_kinds()[KIND].identity(user)) not in work.owned:
        return f"The user {user} is declared and not yet ours: let a plan create it, or adopt it."
    if item.name != user:
        return f"The user is declared as {item.name}: write it so."
    declared = {**item.declared, **({} if path is None else {"path": path})}
    if why := _protected(work, user, declared):
        return f"The user {user} is never touched: {why}."
    if what == HandOver.What.PASSWORD and item.declared.get("console_access") == "forbidden":
        return f"{user} is declared with console_access: forbidden; declare it expected first."
    if what == HandOver.What.ACCESS_KEY and _keys_are_forbidden(work, user):
        return f"{user} is declared to have no access keys (iam.access_keys, allowed: false); change that first."
    return ""


def _keys_are_forbidden(work: Work, user: str) -> bool:
    rules = (item for item in work.desired.items if item.kind == "iam.access_keys" and item.name == user)
    return any(item.declared.get("allowed") is False for item in rules)


def _declared(work: Work, user: str) -> DesiredItem | None:
    identity = all_kinds()[KIND].identity
    items = (item for item in work.desired.items if item.kind == KIND)
    return next((item for item in items if identity(item.name) == identity(user)), None)


def _protected(work: Work, user: str, declared: Mapping[str, Any]) -> str | None:
    kind = all_kinds()[KIND]
    return kind.protected(user, kind.parse(user, declared, work.context), work.context)
