"""What a kind declares that its calls and re-reads need is what they need: the roles are printed from it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from provisioning.aws.reread import drive
from provisioning.core.change import Read
from provisioning.core.errors import DeclarationError
from provisioning.core.kind import Context, Kind
from provisioning.core.session_policy import session_policy
from provisioning.kinds.iam_saml_provider import SamlProviderKind
from tests.kinds.conftest import Account
from tests.kinds.reconcile import document
from tests.kinds.test_every_kind import every_kind, example

Declared = dict[str, Any]

# Fields whose other values nobody can make up without knowing them.
OTHER_VALUES: dict[str, list[Declared]] = {
    "iam.policy": [{"document": document(f"s3:{verb}")} for verb in ("Get*", "List*", "Get*", "Put*", "Abort*")],
    "iam.role": [{"trust": [{"service": "lambda"}]}],
    "iam.saml_provider": [
        {"metadata": SamlProviderKind.example["CorporateDirectory"]["metadata"].replace("sso", "in")}
    ],
    "iam.oidc_provider": [{"thumbprints": {"include": ["a" * 40]}}],
}
# Declarations that share no field with the example.
OTHER_ITEMS: dict[str, list[Declared]] = {"iam.password_policy": [{"absent": True}]}


def gets_a_password(account: Account) -> None:
    """Dora is given a console password by hand."""
    with suppress(ClientError):
        account.sandbox.client("iam", account.account_id).create_login_profile(UserName="dora", Password="Sandbox-1!")


def has_neglected_keys(account: Account) -> None:
    """Ann has a key that is too old, and one that has been inactive for long."""
    iam = account.sandbox.client("iam", account.account_id)
    for _ in range(2 - len(iam.list_access_keys(UserName="ann")["AccessKeyMetadata"])):
        iam.create_access_key(UserName="ann")
    active, inactive = (key["AccessKeyId"] for key in iam.list_access_keys(UserName="ann")["AccessKeyMetadata"])
    account.sandbox.age_key(account.account_id, active, created_at=LONG_AGO)
    iam.update_access_key(UserName="ann", AccessKeyId=active, Status="Active")
    iam.update_access_key(UserName="ann", AccessKeyId=inactive, Status="Inactive")
    account.inactive_since[inactive] = LONG_AGO


LONG_AGO = "2020-01-01T00:00:00+00:00"
PEOPLE_DO: dict[str, Callable[[Account], None]] = {"iam.user": gets_a_password, "iam.access_keys": has_neglected_keys}
"""What people do by hand before each look, where only that gives a kind something to repair."""


def nothing(account: Account) -> None:
    """People leave it as it is."""


def moves(kind: Kind[Any], context: Context) -> Iterator[Declared]:
    """The example, then each of its fields with other values of its type, and the example again after each."""
    name, declared = example(kind)
    changes = [{field: other} for field, value in declared.items() for other in _others(value)]
    wholes = [{**declared, **change} for change in [{}, *changes, *OTHER_VALUES.get(kind.name, [])]]
    for wanted in [*wholes, *OTHER_ITEMS.get(kind.name, [])]:
        try:
            kind.parse(name, wanted, context)
        except DeclarationError:
            continue
        yield wanted
        yield declared


def _others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        return [f"{value}more/" if value.startswith("/") else f"{value} more", None]
    return [[], {}, None]


def resource(arn: str) -> str:
    return arn if arn == "*" else arn.split(":", 5)[5].partition("/")[0] + "/*"


@every_kind
def test_writes_of_a_kind_are_the_actions_of_its_calls_and_no_more(kind: Kind[Any], account: Account) -> None:
    name, _ = example(kind)
    used = set()
    for wanted in moves(kind, account.context):
        PEOPLE_DO.get(kind.name, nothing)(account)
        calls = account.plan(kind, name, kind.parse(name, wanted, account.context))
        used |= {(action, resource(arn)) for call in calls for action, arn in call.actions}
        account.send(calls)
    assert used == kind.writes


@every_kind
def test_rereads_of_a_kind_are_the_actions_of_its_reads_and_no_more(kind: Kind[Any], account: Account) -> None:
    name, declared = example(kind)
    reader = _Reader(account)
    for _absent_then_there in range(2):
        PEOPLE_DO.get(kind.name, nothing)(account)
        drive(reader, kind.reread(name, account.context), account.account_id, "aws")  # type: ignore[arg-type]
        account.apply(kind, name, declared)
    assert {action for read in reader.reads for action, _ in read.actions} == kind.rereads


@dataclass
class _Reader:
    account: Account
    reads: list[Read] = field(default_factory=list)

    def read(self, read: Read) -> Any:
        self.reads.append(read)
        with self.account.entered(session_policy(read.actions)) as session:
            return session.read(read)
