"""Customer managed policies: one document in up to five versions, of which one is the default."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from provisioning.core.change import Call, Change, Create, ResourceKey
from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.lazy import LazyMap
from provisioning.core.policy_document import PolicyDocument, grants_admin
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read, undeclared
from provisioning.kinds.iam_documents import ManagedDocument
from provisioning.kinds.iam_names import LONG_NAME, Description, PolicyPath, arn, name_faults
from provisioning.kinds.iam_protected import protected_resource
from provisioning.kinds.iam_reads import ANYWHERE, iam_read, is_named, read_stored, row_named, stored_document

MOST_VERSIONS = 5


@dataclass(frozen=True, eq=False)
class CreateOnly:
    """Sent when the policy is created and never compared: no bulk read shows it, and nothing can change it."""

    text: str | Unmanaged = UNMANAGED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CreateOnly)

    def __hash__(self) -> int:
        return hash(CreateOnly)

    def to_plain(self) -> str:
        return self.text if isinstance(self.text, str) else self.text.value


@dataclass(frozen=True, eq=False)
class Versions:
    """How many versions there are, or may be: fewer than allowed is no difference."""

    count: int
    is_limit: bool = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Versions):
            return NotImplemented
        if self.is_limit == other.is_limit:
            return self.count == other.count
        limit, there = (self, other) if self.is_limit else (other, self)
        return there.count <= limit.count

    def __hash__(self) -> int:
        return hash(Versions)

    def to_plain(self) -> int:
        return self.count


@dataclass(frozen=True)
class PolicySpec:
    """One customer managed policy. `document` is that of the default version."""

    document: PolicyDocument | Unmanaged
    path: str | Unmanaged = UNMANAGED
    description: CreateOnly | Unmanaged = UNMANAGED
    keep_versions: Versions | Unmanaged = UNMANAGED


class PolicyDeclaration(Declaration):
    """The fields of one `iam.policy`."""

    document: ManagedDocument
    path: PolicyPath = undeclared(description="Fixed once the policy exists; / if left out.")
    description: Description = undeclared(description="Sent when the policy is created; AWS can't change it later.")
    keep_versions: Annotated[int, Field(ge=1, le=MOST_VERSIONS)] = undeclared(
        description="Most versions to keep, the default one among them; older spare ones are removed."
    )


class PolicyKind(Kind[PolicySpec]):
    """`iam.policy`."""

    name: ClassVar[str] = "iam.policy"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.IAM_DETAILS})
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        (f"iam:{operation}", "policy/*")
        for operation in ("CreatePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion")
    )
    rereads: ClassVar[frozenset[str]] = frozenset(
        {"iam:GetPolicy", "iam:ListPolicies", "iam:ListPolicyVersions", "iam:GetPolicyVersion"}
    )
    immutable: ClassVar[frozenset[str]] = frozenset({"path"})
    example: ClassVar[Mapping[str, Any]] = {
        "MfaGuard": {
            "path": "/guards/",
            "description": "Denies everything but MFA self-service until MFA is present",
            "document": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "DenyWithoutMfa",
                        "Effect": "Deny",
                        "NotAction": ["iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"],
                        "Resource": "*",
                        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
                    }
                ],
            },
            "keep_versions": 3,
        }
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> PolicySpec:
        model = read(PolicyDeclaration, declared, context, name_faults(name, LONG_NAME, "a policy"))
        described, keep = model.description, model.keep_versions
        return PolicySpec(
            document=model.document,
            path=model.path,
            description=CreateOnly(described) if isinstance(described, str) else UNMANAGED,
            keep_versions=Versions(keep, is_limit=True) if isinstance(keep, int) else UNMANAGED,
        )

    def schema(self) -> Mapping[str, Any]:
        return json_schema(PolicyDeclaration)

    def identity(self, name: str) -> str:
        return name.lower()

    def observed(self, snapshot: Snapshot) -> Mapping[str, PolicySpec]:
        return LazyMap({row["name"]: row for row in snapshot.body(Section.IAM_DETAILS)["policies"]}, _spec)

    def inventory(self, snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
        rows = snapshot.body(Section.IAM_DETAILS)["policies"]
        return {row["name"]: {"arn": row["arn"], "path": row["path"]} for row in rows}

    def arn(self, name: str, spec: PolicySpec, context: Context | Snapshot) -> str:
        return arn(context, "policy", spec.path if isinstance(spec.path, str) else "/", name)

    def references(self, name: str, spec: PolicySpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[PolicySpec], snapshot: Snapshot) -> Sequence[Call]:
        if not isinstance(change.desired.document, PolicyDocument):
            return ()
        if isinstance(change, Create):
            return (_create(change.key.name, change.desired, self.arn(change.key.name, change.desired, snapshot)),)
        row = row_named(snapshot, "policies", change.key.name)
        moving, kept, default = _move_default(row, change.desired.document)
        return (*moving, *_trim(row["arn"], kept, default, change.desired.keep_versions))

    def reread(self, name: str, context: Context) -> Reread:
        found = yield from _found(name, context)
        if found is None:
            return {Section.IAM_DETAILS: {"policies": [], "absent": {"policies": [name]}}}
        policy_arn = found["Arn"]
        listed = yield iam_read("ListPolicyVersions", policy_arn, "Versions", PolicyArn=policy_arn)
        versions = []
        for version in sorted((listed or {}).get("Versions", []), key=lambda one: _number(one["VersionId"])):
            shown = yield iam_read("GetPolicyVersion", policy_arn, PolicyArn=policy_arn, VersionId=version["VersionId"])
            document = shown["PolicyVersion"].get("Document") if shown else None
            versions.append(
                {
                    "id": version["VersionId"],
                    "document": stored_document(document),
                    "created_at": version["CreateDate"].isoformat(),
                }
            )
        return {
            Section.IAM_DETAILS: {
                "policies": [
                    {
                        "name": found["PolicyName"],
                        "path": found["Path"],
                        "arn": policy_arn,
                        "id": found["PolicyId"],
                        "default_version": found["DefaultVersionId"],
                        "versions": versions,
                    }
                ]
            }
        }

    def protected(self, name: str, spec: PolicySpec, context: Context) -> str | None:
        return protected_resource(name, spec.path if isinstance(spec.path, str) else "/", context)

    def risks(self, name: str, desired: PolicySpec, applied: PolicySpec | None, snapshot: Snapshot) -> tuple[str, ...]:
        before = applied.document if applied else UNMANAGED
        was = isinstance(before, PolicyDocument) and grants_admin(before)
        now = isinstance(desired.document, PolicyDocument) and grants_admin(desired.document)
        return ("admin_grant",) if now and not was else ()


def _spec(row: Mapping[str, Any]) -> PolicySpec:
    default = next((one["document"] for one in row["versions"] if one["id"] == row["default_version"]), "")
    return PolicySpec(
        document=read_stored(default),
        path=row["path"],
        description=CreateOnly(),
        keep_versions=Versions(len(row["versions"])),
    )


def _create(name: str, desired: PolicySpec, policy_arn: str) -> Call:
    params: dict[str, Any] = {
        "PolicyName": name,
        "Path": desired.path if isinstance(desired.path, str) else "/",
        "PolicyDocument": str(desired.document),
    }
    if isinstance(desired.description, CreateOnly) and isinstance(desired.description.text, str):
        params["Description"] = desired.description.text
    return Call("iam", "CreatePolicy", params, frozenset({("iam:CreatePolicy", policy_arn)}))


def _call(operation: str, policy_arn: str, accepts: Sequence[str] = (), **params: Any) -> Call:
    action = frozenset({(f"iam:{operation}", policy_arn)})
    return Call("iam", operation, {"PolicyArn": policy_arn, **params}, action, frozenset(accepts))


def _move_default(row: Mapping[str, Any], desired: PolicyDocument) -> tuple[list[Call], list[str], str]:
    """The calls that make `desired` the default, the version ids there are then (oldest first; '' a new one), and
    which of them is the default."""
    documents = {one["id"]: read_stored(one["document"]) for one in row["versions"]}
    ids, default = sorted(documents, key=_number), row["default_version"]
    if documents.get(default) == desired:
        return [], ids, default
    if same := [one for one in ids if documents[one] == desired]:
        return [_call("SetDefaultPolicyVersion", row["arn"], VersionId=same[-1])], ids, same[-1]
    spare = [one for one in ids if one != default]
    room = spare[: max(len(ids) - MOST_VERSIONS + 1, 0)]
    new = _call("CreatePolicyVersion", row["arn"], PolicyDocument=desired.json, SetAsDefault=True)
    return [*(_delete(row["arn"], one) for one in room), new], [*(one for one in ids if one not in room), ""], ""


def _trim(policy_arn: str, ids: Sequence[str], default: str, keep: Versions | Unmanaged) -> Iterator[Call]:
    if isinstance(keep, Versions):
        spare = [one for one in ids if one != default]
        yield from (_delete(policy_arn, one) for one in spare[: max(len(ids) - keep.count, 0)])


def _delete(policy_arn: str, version: str) -> Call:
    return _call("DeletePolicyVersion", policy_arn, ("NoSuchEntity",), VersionId=version)


def _number(version: str) -> int:
    return int(version.lstrip("v"))


def _found(name: str, context: Context) -> Any:
    """The policy where it is declared to be, else wherever it is: names are unique whatever the path."""
    expected = arn(context, "policy", context.customer_policies.get(name.lower(), "/"), name)
    answer = yield iam_read("GetPolicy", expected, PolicyArn=expected)
    if answer:
        return answer["Policy"]
    listed = yield iam_read("ListPolicies", ANYWHERE, "Policies", Scope="Local")
    return next((one for one in (listed or {}).get("Policies", []) if is_named(one["PolicyName"], name)), None)
