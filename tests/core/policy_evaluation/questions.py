"""Short ways to ask the evaluator something."""

import json
from collections.abc import Iterable
from typing import Any

from provisioning.core.policy_evaluation import Answer, NamedDocument, Policies, Request, evaluate

Json = dict[str, Any]
OURS, THEIRS = "111122223333", "444455556666"
ANN = f"arn:aws:iam::{OURS}:user/ann"
ROLE = f"arn:aws:iam::{OURS}:role/app/Reader"
SESSION = f"arn:aws:sts::{OURS}:assumed-role/Reader/today"
BUCKET = "arn:aws:s3:::reports"
FILE = f"{BUCKET}/2030/january.csv"


def document(*statements: Json, version: str = "2012-10-17") -> str:
    """The JSON text of a policy."""
    return json.dumps({"Version": version, "Statement": list(statements)})


def named(source: str, *statements: Json, version: str = "2012-10-17") -> NamedDocument:
    """A policy with a name."""
    return NamedDocument(source, document(*statements, version=version))


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> Json:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> Json:
    """A Deny statement."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def ask(
    action: str,
    resource: str = "*",
    *,
    who: str = ANN,
    identity: Iterable[Json] = (),
    boundary: Iterable[Json] | None = None,
    session: Iterable[Json] | None = None,
    scps: Iterable[Iterable[Json]] | None = None,
    resource_policy: Iterable[Json] | None = None,
    owner: str | None = None,
    context: dict[str, Any] | None = None,
    unknown: Iterable[str] = (),
    missing: tuple[str, ...] = (),
) -> Answer:
    """Asks with one policy per layer, each given by its statements."""
    policies = Policies(
        identity=(named("policy Own", *identity),) if identity else (),
        boundary=None if boundary is None else named("boundary Bound", *boundary),
        session=None if session is None else (named("the session policy", *session),),
        scps=None if scps is None else tuple((named(f"SCP {level}", *one),) for level, one in enumerate(scps)),
        resource=None if resource_policy is None else named("the resource's policy", *resource_policy),
        missing=missing,
    )
    values = {key: (one,) if isinstance(one, str) else tuple(one) for key, one in (context or {}).items()}
    return evaluate(Request(who, action, resource, values, OURS, owner, frozenset(unknown)), policies)


def decide(action: str, resource: str = "*", **more: Any) -> str:
    """Only the decision."""
    return ask(action, resource, **more).decision.value


def meets(operator: str, key: str, wanted: Any, given: Any = None, **more: Any) -> str:
    """Whether a condition holds for a key's value: yes, no or unknown. No value: the key is absent."""
    context = {} if given is None else {key: given}
    statement = allow("s3:GetObject", Condition={operator: {key: wanted}})
    decision = decide("s3:GetObject", identity=[statement], context=more.pop("context", context), **more)
    return {"allowed": "yes", "denied": "no", "cannot_tell": "unknown"}[decision]
