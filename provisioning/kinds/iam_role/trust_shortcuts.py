"""Typed shortcuts of a trust, each expanded to exactly the statement that AWS documents for the case. Pure.

IAM user guide: "Creating IAM roles" (services, accounts, SAML, OpenID Connect), "How to use external ID", "Configuring
MFA-protected API access"; IAM Roles Anywhere user guide: "Role trusting".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.core.errors import Reason
from provisioning.kinds.iam_role.trust_federation import ROLES_ANYWHERE, names_nobody

ASSUME = "sts:AssumeRole"
Item = Mapping[str, Any]
Statement = dict[str, Any]

# In the China regions EC2 goes by the name of its own DNS suffix; other services keep the global one.
_OTHER_SUFFIX = {("aws-cn", "ec2"): "amazonaws.com.cn"}
_SIGN_IN = {"aws-cn": "https://signin.amazonaws.cn/saml", "aws-us-gov": "https://signin.amazonaws-us-gov.com/saml"}
_TEXTS = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]}
_ANCHOR = r"(arn:aws[a-z-]*:rolesanywhere:[a-z0-9-]+:[0-9]{12}:trust-anchor/|[a-z]{2}[a-z0-9-]*-[0-9]:)[0-9a-f-]{36}"


@dataclass(frozen=True)
class Place:
    """The account the role is in."""

    account_id: str
    partition: str

    def arn(self, resource: str) -> str:
        """An IAM resource of this account."""
        return f"arn:{self.partition}:iam::{self.account_id}:{resource}"


@dataclass(frozen=True)
class Field:
    """One field of a shortcut: its JSON Schema and what must hold beside it ('' when it does)."""

    schema: Mapping[str, Any]
    fault: Callable[[Any], str]


@dataclass(frozen=True)
class Shortcut:
    """How one shortcut is written and what it stands for."""

    fields: Mapping[str, Field]
    required: tuple[str, ...]
    statement: Callable[[Item, Place], Statement]


def fault_reasons(item: Any, index: int) -> Iterator[Reason]:
    """Everything wrong with one entry of the list, pointers relative to the list."""
    named = [name for name in SHORTCUTS if isinstance(item, Mapping) and name in item]
    if len(named) != 1:
        yield Reason(f"/{index}", _no_shortcut(item, named))
        return
    shortcut = SHORTCUTS[named[0]]
    for name in shortcut.required:
        if name not in item:
            yield Reason(f"/{index}/{name}", f"The shortcut {named[0]} needs {name}: {_MISSING[name]}")
    for name, value in item.items():
        if name not in shortcut.fields:
            known = ", ".join(shortcut.fields)
            yield Reason(f"/{index}/{name}", f"The shortcut {named[0]} has no such field; it takes {known}.")
        elif fault := shortcut.fields[name].fault(value):
            yield Reason(f"/{index}/{name}", fault)


def statements_of(items: Iterable[Item], place: Place) -> list[Statement]:
    """What these entries, which have no faults, stand for: services share one statement, equal ones are one."""
    listed = list(items)
    services = sorted({_service(item["service"], place.partition) for item in listed if "service" in item})
    found = [_allow({"Service": services}, ASSUME)] if services else []
    for item in listed:
        statement = next(SHORTCUTS[name].statement(item, place) for name in SHORTCUTS if name in item)
        if "service" not in item and statement not in found:
            found.append(statement)
    return found


def item_schema() -> dict[str, Any]:
    """JSON Schema of one entry."""
    return {"oneOf": [_schema(name, shortcut) for name, shortcut in SHORTCUTS.items()]}


def _schema(name: str, shortcut: Shortcut) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: dict(field.schema) for name, field in shortcut.fields.items()},
        "required": [name, *shortcut.required],
        "additionalProperties": False,
    }


def _no_shortcut(item: Any, named: list[str]) -> str:
    if isinstance(item, Mapping) and "document" in item:
        return "A whole document can't stand beside other entries. Put everything into trust: {document: {...}}."
    if len(named) > 1:
        return f"Give one shortcut per entry: this is {' and '.join(named)}."
    return (
        f"Give one shortcut per entry: {', '.join(SHORTCUTS)}, e.g. {{service: ec2}}; or trust: {{document: {{...}}}}."
    )


def _allow(principal: Mapping[str, Any], action: Any, condition: Mapping[str, Any] | None = None) -> Statement:
    statement: Statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return statement | ({"Condition": condition} if condition else {})


def _service(named: str, partition: str) -> str:
    return named if "." in named else f"{named}.{_OTHER_SUFFIX.get((partition, named), 'amazonaws.com')}"


def _of_service(item: Item, place: Place) -> Statement:
    return _allow({"Service": _service(item["service"], place.partition)}, ASSUME)


def _of_account(item: Item, place: Place) -> Statement:
    condition: dict[str, Any] = {}
    if "external_id" in item:
        condition["StringEquals"] = {"sts:ExternalId": item["external_id"]}
    if item.get("require_mfa"):
        condition["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    return _allow({"AWS": f"arn:{place.partition}:iam::{item['account']}:root"}, ASSUME, condition)


def _of_saml(item: Item, place: Place) -> Statement:
    given = item["saml"]
    provider = given if given.startswith("arn:") else place.arn(f"saml-provider/{given}")
    audience = item.get("audience", _SIGN_IN.get(place.partition, "https://signin.aws.amazon.com/saml"))
    return _allow({"Federated": provider}, "sts:AssumeRoleWithSAML", {"StringEquals": {"SAML:aud": audience}})


def _of_oidc(item: Item, place: Place) -> Statement:
    given = item["oidc"].removeprefix("https://")
    issuer = given.partition(":oidc-provider/")[2] if given.startswith("arn:") else given
    provider = given if given.startswith("arn:") else place.arn(f"oidc-provider/{issuer}")
    subjects = _listed(item["subject"])
    equals: dict[str, Any] = {f"{issuer}:aud": item.get("audience", "sts.amazonaws.com")}
    condition: dict[str, Any] = {"StringEquals": equals}
    if any(mark in subject for subject in subjects for mark in "*?"):
        condition["StringLike"] = {f"{issuer}:sub": _short(subjects)}
    else:
        equals[f"{issuer}:sub"] = _short(subjects)
    return _allow({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", condition)


def _of_roles_anywhere(item: Item, place: Place) -> Statement:
    condition: dict[str, Any] = {
        "ArnEquals": {"aws:SourceArn": _short([_anchor(one, place) for one in _listed(item["roles_anywhere"])])}
    }
    if certificate := item.get("certificate"):
        tags = {f"aws:PrincipalTag/{name}": _short(_listed(value)) for name, value in sorted(certificate.items())}
        condition["StringEquals"] = tags
    actions = [ASSUME, "sts:TagSession", "sts:SetSourceIdentity"]
    return _allow({"Service": ROLES_ANYWHERE}, actions, condition)


def _anchor(given: str, place: Place) -> str:
    if given.startswith("arn:"):
        return given
    region, _, identifier = given.partition(":")
    return f"arn:{place.partition}:rolesanywhere:{region}:{place.account_id}:trust-anchor/{identifier}"


def _listed(value: Any) -> list[str]:
    return sorted(set(value)) if isinstance(value, list) else [value]


def _short(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values


def _text(pattern: str, advice: str, **about: Any) -> Field:
    def fault(value: Any) -> str:
        return "" if isinstance(value, str) and re.fullmatch(pattern, value) else advice

    return Field({"type": "string", "pattern": f"^{pattern}$", **about}, fault)


def _subject_fault(value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(one, str) and one for one in listed):
        return "Give the subject of the tokens, or a list of them, e.g. repo:our-org/our-app:*."
    if bad := next((one for one in listed if names_nobody(one)), None):
        return (
            f"{bad} leaves open whose tokens they are: begin with whom you trust, e.g. repo:our-org/our-app:*. "
            "To trust everybody the provider serves, write it as {document: {...}}."
        )
    return ""


def _anchors_fault(value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    if listed and all(isinstance(one, str) and re.fullmatch(_ANCHOR, one) for one in listed):
        return ""
    return "Give trust anchors, each by its ARN or as region:id, e.g. eu-central-1:0123abcd-… (36 characters)."


def _certificate_fault(value: Any) -> str:
    if not isinstance(value, Mapping) or not value:
        return "Give a map of certificate fields to values, e.g. {x509Subject/OU: Backup}."
    for name, wanted in value.items():
        if not re.fullmatch(r"x509(Subject|Issuer|SAN)/[A-Za-z0-9./-]+", str(name)):
            return f"{name} is no field of a certificate; write x509Subject/…, x509Issuer/… or x509SAN/…."
        listed = wanted if isinstance(wanted, list) else [wanted]
        if not listed or not all(isinstance(one, str) and one for one in listed):
            return f"{name} takes text, or a list of texts."
    return ""


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "Give true or false."


_MISSING = {"subject": "whose tokens are trusted, e.g. repo:our-org/our-app:*."}
_SERVICE = _text(
    r"[a-z0-9][a-z0-9.-]*",
    "Name an AWS service, e.g. ec2 or ecs-tasks.amazonaws.com.",
    description="An AWS service, e.g. ec2.",
)
_ACCOUNT = _text(r"[0-9]{12}", "Give an account id: 12 digits in quotes.", description="Another account, by its id.")
_EXTERNAL_ID = _text(
    r"[A-Za-z0-9_+=,.@:/-]{2,1224}",
    "An external id has 2 to 1,224 letters, digits and _+=,.@:/-.",
    description="What the other account must name; AWS: sts:ExternalId.",
)
_SAML = _text(
    r"(arn:aws[a-z-]*:iam::[0-9]{12}:saml-provider/)?[A-Za-z0-9._-]{1,128}",
    "Name a SAML provider of the account, or give its ARN.",
    description="A SAML provider of the account by name, or by ARN.",
)
_OIDC = _text(
    r"((https://|arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/)?[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?)",
    "Give the issuer of the tokens, e.g. token.actions.githubusercontent.com, or the provider's ARN.",
    description="An OpenID Connect provider of the account by its issuer, or by ARN.",
)
_AUDIENCE = _text(r"\S{1,255}", "Give the audience of the tokens.", description="AWS: the condition on aud.")
_CERTIFICATE = {
    "type": "object",
    "minProperties": 1,
    "description": "What the certificate must say, e.g. x509Subject/OU.",
    "propertyNames": {"pattern": r"^x509(Subject|Issuer|SAN)/[A-Za-z0-9./-]+$"},
    "additionalProperties": _TEXTS,
}

SHORTCUTS: Mapping[str, Shortcut] = {
    "service": Shortcut({"service": _SERVICE}, (), _of_service),
    "account": Shortcut(
        {
            "account": _ACCOUNT,
            "external_id": _EXTERNAL_ID,
            "require_mfa": Field(
                {"type": "boolean", "description": "Only sessions of people who signed in with MFA; no chained role."},
                _flag,
            ),
        },
        (),
        _of_account,
    ),
    "saml": Shortcut({"saml": _SAML, "audience": _AUDIENCE}, (), _of_saml),
    "oidc": Shortcut(
        {
            "oidc": _OIDC,
            "audience": _AUDIENCE,
            "subject": Field({**_TEXTS, "description": "Whose tokens: subjects, * and ? stand open."}, _subject_fault),
        },
        ("subject",),
        _of_oidc,
    ),
    "roles_anywhere": Shortcut(
        {
            "roles_anywhere": Field(
                {**_TEXTS, "description": "IAM Roles Anywhere: trust anchors by ARN or region:id."}, _anchors_fault
            ),
            "certificate": Field(_CERTIFICATE, _certificate_fault),
        },
        (),
        _of_roles_anywhere,
    ),
}
