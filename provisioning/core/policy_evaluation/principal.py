"""Whom the Principal of a resource policy reaches, and how (IAM user guide, "Principal", "NotPrincipal")."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from provisioning.core.policy_document.meaning import PRINCIPAL_TYPES
from provisioning.core.policy_evaluation.asker import Asker, AskerKind
from provisioning.core.policy_evaluation.context import Context, Held
from provisioning.core.policy_evaluation.truth import NO, YES, Truth, any_of, known, unknown

_ACCOUNT = re.compile(r"(\d{12})|arn:[a-z0-9-]+:iam::(\d{12}):root")
_ROLE = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):role/(?:.*/)?([^/]+)")
_USER = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):user/.+")
_SESSION = re.compile(r"arn:[a-z0-9-]+:sts::(\d{12}):assumed-role/([^/]+)/[^/]+")
_UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,127}")
_MANY = (AskerKind.GROUP, AskerKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Reach:
    """How a statement reaches the one who asks."""

    direct: Truth = NO
    """As the user, session, service or everyone: in its own account no other layer limits what that allows."""
    limited: Truth = NO
    """As the role of a session, or the user of a federated one: boundary and session policy limit it."""
    account: Truth = NO
    """As the account as a whole: its own policies decide."""

    @property
    def any(self) -> Truth:
        """Whether it reaches at all."""
        return any_of((self.direct, self.limited, self.account))


EVERYWHERE = Reach(direct=YES)


@dataclass(frozen=True)
class Principals:
    """The value of Principal or NotPrincipal, as (type, text) pairs."""

    named: tuple[tuple[str, str], ...]
    negated: bool
    effect: str

    def reach(self, context: Context) -> Reach:
        """How it reaches the one who asks."""
        reached = _united([_reach_of(kind, text, context) for kind, text in self.named])
        if not self.negated:
            return reached
        return Reach(direct=self._beyond(reached, context.asker))

    def _beyond(self, named: Reach, asker: Asker) -> Truth:
        """Whether the one who asks is none of those named. AWS may check account, role and session one after the
        other, so that a Deny spares only who is named with their account."""
        if named.any.is_no:
            return YES
        own = any_of((named.direct, named.limited)) if self.effect == "Allow" else _spared(named, asker)
        if own.is_yes:
            return NO
        missing = own.missing | named.any.missing
        return Truth(None, missing) if missing else unknown("how AWS reads a NotPrincipal that names only a part")


def _spared(named: Reach, asker: Asker) -> Truth:
    if asker.kind in (AskerKind.ROOT, AskerKind.SERVICE, AskerKind.PROVIDER):
        return named.direct
    own = named.limited if asker.is_session else named.direct
    if own.is_no or named.account.is_no:
        return NO
    return YES if own.is_yes and named.account.is_yes else Truth(None, own.missing | named.account.missing)


def read_principals(value: Any, negated: bool, effect: str) -> Principals | None:
    """Compiles Principal or NotPrincipal; None when it isn't understood."""
    if value == "*":
        return Principals((("AWS", "*"),), negated, effect)
    if not isinstance(value, dict) or not value or set(value) - set(PRINCIPAL_TYPES):
        return None
    pairs = [(kind, one) for kind, names in value.items() for one in (names if isinstance(names, list) else [names])]
    if not pairs or not all(isinstance(one, str) for _, one in pairs):
        return None
    return Principals(tuple(pairs), negated, effect)


def _united(reaches: Iterable[Reach]) -> Reach:
    listed = tuple(reaches)
    return Reach(
        any_of(one.direct for one in listed),
        any_of(one.limited for one in listed),
        any_of(one.account for one in listed),
    )


def _reach_of(kind: str, text: str, context: Context) -> Reach:
    asker = context.asker
    if kind == "AWS":
        return _reach_of_aws(text, asker, context)
    if kind == "CanonicalUser":
        return Reach(direct=unknown(f"whose canonical user id {text} is")) if asker.is_identity else Reach()
    wanted = AskerKind.SERVICE if kind == "Service" else AskerKind.PROVIDER
    if asker.kind is AskerKind.UNKNOWN:
        return Reach(direct=unknown("the principal"))
    same = asker.kind is wanted and (text.lower() == asker.arn if kind == "Service" else text == asker.arn)
    return Reach(direct=known(same))


def _reach_of_aws(text: str, asker: Asker, context: Context) -> Reach:
    if asker.kind in (AskerKind.SERVICE, AskerKind.PROVIDER):
        # Whether `*` takes in services and federated principals is not documented.
        return Reach(direct=unknown("whether * reaches services and identity providers")) if text == "*" else Reach()
    if text == "*":
        return EVERYWHERE
    if account := _ACCOUNT.fullmatch(text):
        same = known((account[1] or account[2]) == asker.account)
        return Reach(direct=same) if asker.kind is AskerKind.ROOT else Reach(account=same)
    if _UNIQUE_ID.fullmatch(text):
        return _reach_of_id(text, asker, context)
    return _reach_of_arn(text, asker)


def _reach_of_arn(text: str, asker: Asker) -> Reach:
    if asker.kind in _MANY:
        return _reach_of_one_of_many(text, asker)
    if text == asker.arn:
        return Reach(limited=YES) if asker.kind is AskerKind.ROLE else Reach(direct=YES)
    role = _ROLE.fullmatch(text)
    if role and asker.kind is AskerKind.SESSION:
        # The ARN of a session leaves the path of its role out; names of roles are unique in an account.
        return Reach(limited=known(role.groups() == (asker.account, asker.name)))
    session = _SESSION.fullmatch(text)
    if session and asker.kind is AskerKind.ROLE and session.groups() == (asker.account, asker.name):
        return Reach(direct=unknown(f"the session of role {asker.name}"))
    user = _USER.fullmatch(text)
    if user and asker.kind is AskerKind.FEDERATED_USER and user[1] == asker.account:
        return Reach(limited=unknown("the user who federated"))
    return Reach()


def _reach_of_one_of_many(text: str, asker: Asker) -> Reach:
    one = _USER.fullmatch(text) if asker.kind is AskerKind.GROUP else re.search(r"::(\d{12}):", text)
    if not one or one[1] != asker.account:
        return Reach()
    return Reach(direct=unknown("the principal" if asker.kind is AskerKind.UNKNOWN else "which member of the group"))


def _reach_of_id(text: str, asker: Asker, context: Context) -> Reach:
    """AWS shows a unique id where the user or role it stood for is gone."""
    held = context.held("aws:userid")
    if asker.kind is AskerKind.ROOT or held is Held.ABSENT:
        return Reach()
    if held is Held.UNKNOWN:
        return Reach(direct=unknown("aws:userid"))
    same = known(any(one.partition(":")[0] == text for one in held))
    return Reach(limited=same) if asker.is_session else Reach(direct=same)
