"""What a role or group may do (attached and inline policies), and the safe order to change it in.

Denials come before grants and go after them, grants are added before others are removed, so that at no prefix anyone
holds more than before and after together, and nobody is left without. Only where all slots are full does a removal
come first, right before the addition that needs its room.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from provisioning.core.change import Call
from provisioning.core.fields import Exclusive, FrozenMap, Shared, Unmanaged
from provisioning.core.policy_document import PolicyDocument, covers
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.iam_attachments import Attachments, attached_names, is_own
from provisioning.kinds.iam_names import IamName
from provisioning.kinds.iam_reads import read_stored

DEFAULT_ATTACHED = 10
MOST_GROUPS = 10

Inline = FrozenMap[IamName, PolicyDocument]
InlineField = Exclusive[Inline] | Shared[Inline]
_DENYING_AWS_POLICIES = ("awsdenyall", "awscompromisedkeyquarantine")


class Phase(IntEnum):
    """When a step is taken; the order of taking them is the order of these."""

    BIND = 0
    GUARD = 1
    WIDEN = 2
    NARROW = 3
    UNGUARD = 4
    UNBIND = 5


SWAPPED_BOUNDARY = (Phase.GUARD, Phase.NARROW, Phase.BIND, Phase.WIDEN, Phase.UNGUARD)
"""The order when one boundary replaces another: what is added must never be seen under the old one."""


@dataclass(frozen=True)
class Step:
    """One call, when it may come, and how many slots or characters it takes (negative: gives back)."""

    phase: Phase
    call: Call
    slot: str = ""
    takes: int = 0
    may_widen: bool = False
    removes: bool = False


@dataclass(frozen=True)
class Container:
    """The role or group that holds the policies. `noun` is AWS's word for it in operation names; `guards` are the
    customer's own policies that are known to deny something."""

    noun: str
    name: str
    arn: str
    inline_size: int
    guards: frozenset[IamName] = frozenset()

    def call(self, operation: str, accepts: Iterable[str] = (), **params: Any) -> Call:
        """A call on this container alone, e.g. operation `Attach{}Policy`."""
        named = operation.format(self.noun)
        return Call(
            service="iam",
            operation=named,
            params={f"{self.noun}Name": self.name, **params},
            actions=frozenset({(f"iam:{named}", self.arn)}),
            accepts=frozenset(accepts),
        )


def container_writes(noun: str, *others: str) -> frozenset[tuple[str, str]]:
    """(IAM action, resource) of every call of `grant_steps`, and of these other operations on the container."""
    operations = [f"{verb}{noun}Policy" for verb in ("Attach", "Detach", "Put", "Delete")]
    return frozenset((f"iam:{operation}", f"{noun.lower()}/*") for operation in (*operations, *others))


@dataclass(frozen=True)
class Grants:
    """What a container holds, or what is declared for it."""

    attached: Attachments | Unmanaged = field(default_factory=lambda: Exclusive(frozenset()))
    inline: InlineField | Unmanaged = field(default_factory=lambda: Exclusive(FrozenMap()))


def observed_grants(row: Mapping[str, Any]) -> tuple[Exclusive[frozenset[IamName]], Exclusive[Inline]]:
    """The attached and inline policies of a row of the snapshot."""
    attached = frozenset(IamName.of_policy(policy) for policy in row["attached"])
    inline = {IamName.of(name): read_stored(document) for name, document in row["inline"].items()}
    return Exclusive(attached), Exclusive(FrozenMap(inline))


def grant_steps(container: Container, held: Grants, desired: Grants, *, swaps_boundary: bool = False) -> list[Step]:
    """Every step from what is held to what is desired, in a steady order; phases are for the caller to order.

    Where the boundary is swapped meanwhile, a document that gives something up for something else goes away first:
    under either boundary, either of the two may allow what neither allows under its own.
    """
    inline = _inline_steps(container, held, desired, swaps_boundary=swaps_boundary)
    return [*_attachment_steps(container, held, desired), *inline]


def boundary_steps(
    container: Container, held: IamName | Unmanaged | None, desired: IamName | Unmanaged | None
) -> list[Step]:
    """From one permissions boundary, or none, to another."""
    if isinstance(desired, Unmanaged) or desired == held:
        return []
    if desired is None:
        removal = container.call("Delete{}PermissionsBoundary", ("NoSuchEntity",))
        return [Step(Phase.UNBIND, removal, may_widen=True)]
    binding = container.call("Put{}PermissionsBoundary", PermissionsBoundary=desired.text)
    return [Step(Phase.BIND, binding, may_widen=held is not None)]


def phases_between(held: IamName | Unmanaged | None, desired: IamName | Unmanaged | None) -> Sequence[Phase]:
    """The order of phases when the boundary goes from one to the other."""
    return SWAPPED_BOUNDARY if swaps(held, desired) else tuple(Phase)


def swaps(held: IamName | Unmanaged | None, desired: IamName | Unmanaged | None) -> bool:
    """Whether one boundary takes the place of another."""
    return isinstance(held, IamName) and isinstance(desired, IamName) and held != desired


def in_order(
    steps: Sequence[Step],
    container: Container,
    held: Grants,
    phases: Sequence[Phase] = tuple(Phase),
    groups_held: int = 0,
) -> list[Call]:
    """The calls by phase; where slots are full, removals are drawn forward to right before what needs the room."""
    pending = sorted(steps, key=lambda step: phases.index(step.phase))
    limits = {"attached": DEFAULT_ATTACHED, "inline": container.inline_size, "groups": MOST_GROUPS}
    used = {
        "groups": groups_held,
        "attached": len(attached_names(held.attached)),
        "inline": sum(doc.size for doc in _documents(held).values()),
    }
    calls = []
    while pending:
        step = _relief(pending, used, limits) or pending[0]
        pending.remove(step)
        if step.slot:
            used[step.slot] += step.takes
        calls.append(step.call)
    return calls


def _relief(pending: Sequence[Step], used: Mapping[str, int], limits: Mapping[str, int]) -> Step | None:
    needing = pending[0]
    if needing.takes <= 0 or used[needing.slot] + needing.takes <= limits[needing.slot]:
        return None
    return next((step for step in pending if step.removes and step.slot == needing.slot), None)


def _attachment_steps(container: Container, held: Grants, desired: Grants) -> Iterator[Step]:
    held_now, wanted = attached_names(held.attached), attached_names(desired.attached)
    for policy in sorted(wanted - held_now, key=_by_owner):
        call = container.call("Attach{}Policy", PolicyArn=policy.text)
        denies = _surely_denies(policy, container)
        yield Step(Phase.GUARD if denies else Phase.WIDEN, call, "attached", 1, may_widen=not denies)
    gone = held_now - wanted if isinstance(desired.attached, Exclusive) else frozenset()
    for policy in sorted(gone, key=_by_owner, reverse=True):
        call = container.call("Detach{}Policy", ("NoSuchEntity",), PolicyArn=policy.text)
        denies = _surely_denies(policy, container)
        widens = denies or is_own(policy)
        yield Step(Phase.UNGUARD if denies else Phase.NARROW, call, "attached", -1, may_widen=widens, removes=True)


def _inline_steps(container: Container, held: Grants, desired: Grants, *, swaps_boundary: bool) -> Iterator[Step]:
    held_now, wanted = _documents(held), _documents(desired)
    changed = {name: document for name, document in wanted.items() if held_now.get(name) != document}
    growth = {name: document.size - _size(held_now.get(name)) for name, document in changed.items()}
    # What one document gives up, another may give from now on: that one comes first.
    loses = {name: name in held_now and not covers(document, held_now[name]) for name, document in changed.items()}
    for name in sorted(changed, key=lambda name: (loses[name], growth[name], name.key)):
        spelt = next((stored.text for stored in held_now if stored == name), name.text)
        call = container.call("Put{}Policy", PolicyName=spelt, PolicyDocument=changed[name].json)
        phase = _put_phase(held_now.get(name), changed[name])
        widens = phase is Phase.UNGUARD or (phase is not Phase.NARROW and _allows_something(changed[name]))
        takes = growth[name]
        if swaps_boundary and loses[name] and phase is Phase.WIDEN:
            removal = container.call("Delete{}Policy", ("NoSuchEntity",), PolicyName=spelt)
            yield Step(Phase.NARROW, removal, "inline", -held_now[name].size, removes=True)
            takes = changed[name].size
        yield Step(phase, call, "inline", takes, may_widen=widens)
    gone = [name for name in held_now if name not in wanted] if isinstance(desired.inline, Exclusive) else []
    for name in sorted(gone, key=str):
        call = container.call("Delete{}Policy", ("NoSuchEntity",), PolicyName=name.text)
        guard = denies_something(held_now[name])
        phase = Phase.UNGUARD if guard else Phase.NARROW
        yield Step(phase, call, "inline", -held_now[name].size, may_widen=guard, removes=True)


def _put_phase(held: PolicyDocument | None, desired: PolicyDocument) -> Phase:
    if held is not None and covers(held, desired):
        return Phase.NARROW
    if denies_something(desired):
        return Phase.GUARD
    return Phase.UNGUARD if held is not None and denies_something(held) else Phase.WIDEN


def denies_something(document: PolicyDocument) -> bool:
    """Whether taking the document away could widen what its holder may do."""
    return bool(document.meaning.opaque or document.meaning.of_effect("Deny"))


def _allows_something(document: PolicyDocument) -> bool:
    return bool(document.meaning.opaque or document.meaning.of_effect("Allow"))


def guards_among(policies: Iterable[IamName], snapshot: Snapshot) -> frozenset[IamName]:
    """The customer's own policies among these that deny something, as far as the snapshot holds them.

    Only the order of calls depends on it; one that isn't there yet is taken for either.
    """
    own = {policy for policy in policies if is_own(policy)}
    rows = snapshot.body(Section.IAM_DETAILS).get("policies", ()) if own else ()
    defaults = {
        IamName.of_policy(row["arn"]): version["document"]
        for row in rows
        for version in row["versions"]
        if version["id"] == row["default_version"]
    }
    return frozenset(one for one in own if one in defaults and denies_something(read_stored(defaults[one])))


def _surely_denies(policy: IamName, container: Container) -> bool:
    return policy in container.guards or aws_denies(policy)


def aws_denies(policy: IamName) -> bool:
    """Whether it is one of the few AWS managed policies that deny."""
    return not is_own(policy) and policy.text.rpartition("/")[2].lower().startswith(_DENYING_AWS_POLICIES)


def _by_owner(policy: IamName) -> tuple[bool, str]:
    # An own policy that isn't known may be a guard that denies; AWS's (but for a few, see above) only allow.
    return not is_own(policy), policy.key


def _size(document: PolicyDocument | None) -> int:
    return document.size if document is not None else 0


def _documents(grants: Grants) -> Mapping[IamName, PolicyDocument]:
    return grants.inline.items if isinstance(grants.inline, Exclusive | Shared) else {}
