"""The role kind: its declaration, and the contract put together from its parts."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from provisioning.core.change import Call, Change, Create, ResourceKey
from provisioning.core.diff import Difference
from provisioning.core.fields import UNMANAGED
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, bound_map, bound_set, json_schema, read, undeclared
from provisioning.kinds.iam_attachments import (
    PolicyReference,
    PolicyReferences,
    attached_names,
    check_attachments,
    policy_keys,
)
from provisioning.kinds.iam_documents import ROLE_INLINE_SIZE, InlinePolicies, check_inline
from provisioning.kinds.iam_grants import container_writes, guards_among
from provisioning.kinds.iam_names import SHORT_NAME, Description, IamName, Path, arn, name_faults
from provisioning.kinds.iam_protected import protected_role
from provisioning.kinds.iam_reads import grant_rereads, row_named
from provisioning.kinds.iam_risks import dangerous_grants
from provisioning.kinds.iam_role.changes import Role, create_calls, update_calls
from provisioning.kinds.iam_role.reread import reread_role
from provisioning.kinds.iam_role.spec import RoleSpec, Trust, observed_roles, own_profile
from provisioning.kinds.iam_role.trust import ANYONE, TrustPolicy, newly_trusted, providers
from provisioning.kinds.iam_tags import PrincipalTags

# 10 by default, up to this on request; what this account allows is checked when the plan is made.
MOST_ATTACHED = 25
# PassRole is what AddRoleToInstanceProfile needs on the role.
ROLE_OPERATIONS = (
    *("CreateRole", "UpdateRole", "UpdateAssumeRolePolicy", "TagRole", "UntagRole", "PassRole"),
    *("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"),
)
PROFILE_OPERATIONS = (
    *("CreateInstanceProfile", "AddRoleToInstanceProfile"),
    *("RemoveRoleFromInstanceProfile", "DeleteInstanceProfile"),
)
SHORTEST_SESSION, LONGEST_SESSION = 3600, 43200


class RoleDeclaration(Declaration):
    """The fields of one `iam.role`."""

    trust: TrustPolicy = undeclared()
    path: Path = undeclared(description="Fixed once the role exists; / if left out.")
    description: Description = undeclared(description="What the role is for.")
    max_session_seconds: Annotated[int, Field(ge=SHORTEST_SESSION, le=LONGEST_SESSION)] = undeclared(
        description="How long a session may last, 1 to 12 hours in seconds; a chained one lasts an hour at most."
    )
    attached_policies: Annotated[
        PolicyReferences, AfterValidator(partial(check_attachments, most=MOST_ATTACHED, whose="role"))
    ] = undeclared(description="Managed policies by name or ARN.")
    inline_policies: Annotated[
        InlinePolicies, AfterValidator(partial(check_inline, largest=ROLE_INLINE_SIZE, whose="role"))
    ] = undeclared(description="Policy documents by name.")
    boundary: PolicyReference | None = undeclared(description="Permissions boundary by name or ARN; null for none.")
    tags: PrincipalTags = undeclared(description="Tags by key.")
    instance_profile: bool = undeclared(description="Whether an instance profile of the same name holds the role.")


class RoleKind(Kind[RoleSpec]):
    """`iam.role`."""

    name: ClassVar[str] = "iam.role"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.IAM_DETAILS, Section.IAM_ROLES})
    writes: ClassVar[frozenset[tuple[str, str]]] = container_writes("Role", *ROLE_OPERATIONS) | frozenset(
        (f"iam:{operation}", "instance-profile/*") for operation in PROFILE_OPERATIONS
    )
    rereads: ClassVar[frozenset[str]] = grant_rereads("Role", "GetRole", "ListInstanceProfilesForRole")
    immutable: ClassVar[frozenset[str]] = frozenset({"path"})
    example: ClassVar[Mapping[str, Any]] = {
        "EC2_S3ReadOnlyAccess": {
            "trust": [{"service": "ec2"}],
            "path": "/workloads/",
            "description": "Lets EC2 instances read S3",
            "max_session_seconds": 3600,
            "attached_policies": ["AmazonS3ReadOnlyAccess"],
            "inline_policies": {
                "include": {
                    "ReadParameters": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}],
                    }
                }
            },
            "boundary": "ReadOnlyAccess",
            "tags": {"include": {"team": "platform"}},
            "instance_profile": True,
        }
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> RoleSpec:
        model = read(RoleDeclaration, declared, context, name_faults(name, SHORT_NAME, "a role"))
        return RoleSpec(
            path=model.path,
            trust=model.trust,
            description=model.description,
            max_session_seconds=model.max_session_seconds,
            attached_policies=bound_set(model.attached_policies),
            inline_policies=bound_map(model.inline_policies, IamName.of),
            boundary=model.boundary,
            tags=bound_map(model.tags, IamName.of),
            instance_profile=model.instance_profile,
        )

    def schema(self) -> Mapping[str, Any]:
        return json_schema(RoleDeclaration)

    def identity(self, name: str) -> str:
        return name.lower()

    def observed(self, snapshot: Snapshot) -> Mapping[str, RoleSpec]:
        return observed_roles(snapshot)

    def inventory(self, snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
        rows = snapshot.body(Section.IAM_DETAILS)["roles"]
        return {row["name"]: {"arn": row["arn"], "path": row["path"]} for row in rows}

    def arn(self, name: str, spec: RoleSpec, context: Context | Snapshot) -> str:
        return arn(context, "role", _path(spec), name)

    def references(self, name: str, spec: RoleSpec, context: Context) -> frozenset[ResourceKey]:
        boundary = frozenset({spec.boundary} if isinstance(spec.boundary, IamName) else ())
        named = providers(spec.trust) if isinstance(spec.trust, Trust) else ()
        federated = frozenset(ResourceKey(kind, provider) for kind, provider in named)
        return policy_keys(attached_names(spec.attached_policies) | boundary, context) | federated

    def calls(self, change: Change[RoleSpec], snapshot: Snapshot) -> Sequence[Call]:
        name = change.key.name
        if isinstance(change, Create):
            return create_calls(_role(name, change.desired, None, change.desired, snapshot), change.desired)
        profile = own_profile(row_named(snapshot, "roles", name))
        role = _role(name, change.observed, profile, change.desired, snapshot)
        return update_calls(role, change.observed, change.desired)

    def reread(self, name: str, context: Context) -> Reread:
        return (yield from reread_role(name))

    def protected(self, name: str, spec: RoleSpec, context: Context) -> str | None:
        return protected_role(name, _path(spec), context)

    def risks(self, name: str, desired: RoleSpec, applied: RoleSpec | None, snapshot: Snapshot) -> tuple[str, ...]:
        last = applied or RoleSpec()
        granted = dangerous_grants(desired.attached_policies, desired.inline_policies, snapshot)
        before = dangerous_grants(last.attached_policies, last.inline_policies, snapshot)
        trusted = _newly_trusted(desired, last)
        unbound = applied is not None and desired.boundary is not UNMANAGED and desired.boundary != last.boundary
        federated = frozenset(principal for principal in trusted if principal.startswith("federated:"))
        codes = {
            **{granted[grant]: True for grant in granted.keys() - before.keys()},
            "trusts_other_account": trusted - federated - {ANYONE},
            "trusts_anyone": ANYONE in trusted,
            "trusts_federated": federated,
            "boundary_removed": unbound and last.boundary is not None,
        }
        return tuple(sorted(code for code, found in codes.items() if found))

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        wanted = difference.desired
        undeclared_trust = isinstance(wanted, dict) and wanted.get("trust") == UNMANAGED.value
        return "trust_not_declared" if difference.path == "" and undeclared_trust else None


def _path(spec: RoleSpec) -> str:
    return spec.path if isinstance(spec.path, str) else "/"


def _role(name: str, there: RoleSpec, profile: Mapping[str, Any] | None, desired: RoleSpec, snapshot: Snapshot) -> Role:
    path = _path(there)
    at, called = (profile["path"], profile["name"]) if profile else (path, name)
    changing = attached_names(there.attached_policies) | attached_names(desired.attached_policies)
    return Role(
        name=name,
        arn=arn(snapshot, "role", path, name),
        path=path,
        profile_arn=arn(snapshot, "instance-profile", at, called),
        guards=guards_among(changing, snapshot),
    )


def _newly_trusted(desired: RoleSpec, last: RoleSpec) -> frozenset[str]:
    if not isinstance(desired.trust, Trust):
        return frozenset()
    return newly_trusted(desired.trust, last.trust if isinstance(last.trust, Trust) else None)
