"""What a look means: desired beside observed, as differences and as the changes that would close them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from provisioning.core.assessment import Assessment, Finding, Inputs, ItemAssessment
from provisioning.core.change import Adopt, Change, Create, ResourceKey, Update
from provisioning.core.desired import ClosedScope, DesiredItem
from provisioning.core.diff import Difference, DriftType, differences
from provisioning.core.errors import DeclarationError
from provisioning.core.kind import Context, Kind
from provisioning.core.plain import plain
from provisioning.core.plan import PlannedChange, Risk
from provisioning.core.project import project
from provisioning.core.snapshot import Section
from provisioning.core.verdict import Remedy


def needed_sections(
    items: Iterable[DesiredItem],
    closed: Iterable[ClosedScope],
    kinds: Mapping[str, Kind[Any]],
    kept: Iterable[str] = (),
) -> frozenset[Section]:
    """The sections a look must read for what is declared or kept for others, and no more."""
    named = {item.kind for item in items} | {scope.kind for scope in closed} | {*kept}
    return frozenset(section for name in named for section in kinds[name].sections)


def asked_names(
    items: Iterable[DesiredItem], context: Context, kinds: Mapping[str, Kind[Any]]
) -> Mapping[Section, frozenset[str]]:
    """The sections that are read name by name for what is declared, each with those names."""
    found: dict[Section, frozenset[str]] = {}
    for item in items:
        for section, names in kinds[item.kind].asks(item.name, item.declared, context).items():
            found[section] = found.get(section, frozenset()) | names
    return found


def _located(inputs: Inputs) -> Context:
    """The context with own policies where they really lie: a path is not always declared, and can't be changed."""
    if inputs.snapshot.unread([Section.IAM_DETAILS]):
        return inputs.context
    known = inputs.context.customer_policies
    rows = inputs.snapshot.body(Section.IAM_DETAILS).get("policies", ())
    there = {row["name"].lower(): row["path"] for row in rows if row["name"].lower() in known}
    return replace(inputs.context, customer_policies={**known, **there})


@dataclass(frozen=True)
class _Observed:
    """What is there, by kind: specs by stored name, and stored names by identity. Readable declared kinds only."""

    specs: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, Mapping[str, str]]

    def stored_name(self, kind: Kind[Any], name: str) -> str | None:
        return self.names.get(kind.name, {}).get(kind.identity(name))


def assess(inputs: Inputs) -> Assessment:
    """Compare everything desired of one account with one snapshot of it."""
    inputs = replace(inputs, context=_located(inputs))
    declared_kinds = {item.kind for item in inputs.items} | {scope.kind for scope in inputs.closed} | inputs.kept
    unread = {
        name: next(iter(reasons.values()))
        for name in sorted(declared_kinds)
        if (reasons := inputs.snapshot.unread(_sections(name, inputs)))
    }
    observed = _observe(sorted(declared_kinds - unread.keys()), inputs)
    items = tuple(_item(item, observed, inputs) for item in inputs.items if item.kind not in unread)
    extras = tuple(
        extra for scope in inputs.closed if scope.kind not in unread for extra in _extras(scope, observed.specs, inputs)
    )
    scopes = {scope.kind for scope in inputs.closed}
    for kind in sorted(inputs.kept - unread.keys() - scopes):
        extras += tuple(_orphans(inputs.kinds[kind], observed.specs, inputs))
    return Assessment(items, extras, unread, _unmanaged(observed.specs, inputs, extras))


def _sections(kind: str, inputs: Inputs) -> frozenset[Section]:
    asked = asked_names((item for item in inputs.items if item.kind == kind), inputs.context, inputs.kinds)
    return inputs.kinds[kind].sections | asked.keys()


def _observe(readable: Iterable[str], inputs: Inputs) -> _Observed:
    specs = {name: inputs.kinds[name].observed(inputs.snapshot) for name in readable}
    names = {name: {inputs.kinds[name].identity(stored): stored for stored in found} for name, found in specs.items()}
    return _Observed(specs, names)


def _item(item: DesiredItem, observed: _Observed, inputs: Inputs) -> ItemAssessment:
    kind = inputs.kinds[item.kind]
    desired = kind.parse(item.name, item.declared, inputs.context)
    stored_name = observed.stored_name(kind, item.name)
    key = ResourceKey(item.kind, stored_name or item.name)
    seen = observed.specs[item.kind][stored_name] if stored_name is not None else None
    protected = kind.protected(key.name, seen if seen is not None else desired, inputs.context)
    change = None if protected or kind.is_attested or kind.watched else _change(kind, key, desired, seen, inputs)
    planned = None if change is None else _planned(kind, change, inputs)
    findings = [_finding(kind, key, difference, inputs, protected) for difference in differences(desired, seen)]
    repairs = planned is not None and bool(planned.calls)
    return ItemAssessment(
        item=item,
        key=key,
        findings=tuple(
            found if repairs or _settles(kind, found, inputs) else _for_a_person(found) for found in findings
        ),
        change=planned,
        references=frozenset(
            _key_of(reference, observed, inputs) for reference in kind.references(item.name, desired, inputs.context)
        ),
        protected=protected,
        arn=kind.arn(key.name, seen if seen is not None else desired, inputs.context),
    )


def _key_of(reference: ResourceKey, observed: _Observed, inputs: Inputs) -> ResourceKey:
    kind = inputs.kinds.get(reference.kind)
    if kind is None:
        return reference
    identity = kind.identity(reference.name)
    declared = (item.name for item in inputs.items if item.kind == kind.name and kind.identity(item.name) == identity)
    return replace(reference, name=observed.stored_name(kind, reference.name) or next(declared, reference.name))


def _finding(
    kind: Kind[Any], key: ResourceKey, difference: Difference, inputs: Inputs, protected: str | None
) -> Finding:
    if protected:
        return Finding(key, difference, Remedy.PERSON, "protected")
    if difference.field in kind.immutable and difference.path:
        return Finding(key, difference, Remedy.PERSON, "immutable_field")
    if _settling(kind, key, difference, inputs):
        return Finding(key, difference, Remedy.AUTO)
    if reason := kind.person(key.name, difference, inputs.snapshot):
        return Finding(key, difference, Remedy.PERSON, reason)
    return Finding(key, difference, Remedy.AUTO)


def _settles(kind: Kind[Any], finding: Finding, inputs: Inputs) -> bool:
    """Whether another item's change repairs it, so that this one needs no call of its own."""
    return finding.remedy is Remedy.AUTO and _settling(kind, finding.key, finding.difference, inputs) is not None


def _settling(kind: Kind[Any], key: ResourceKey, difference: Difference, inputs: Inputs) -> ResourceKey | None:
    subject = kind.subject(key.name, inputs.context) if difference.path == "" else None
    return subject or kind.settled_by(difference, inputs.context)


def _for_a_person(finding: Finding) -> Finding:
    """No call of ours repairs the resource as it is, so no difference of it is ours to repair."""
    return replace(finding, remedy=Remedy.PERSON, reason=finding.reason or "no_call_repairs_it")


def _change(kind: Kind[Any], key: ResourceKey, desired: Any, seen: Any | None, inputs: Inputs) -> Change[Any] | None:
    is_ours = kind.is_rule or _ledger_key(kind, key) in inputs.owned
    if seen is None or not (is_ours or kind.is_there(seen)):
        return None if kind.is_rule else Create(key, desired)
    fields = frozenset(difference.field for difference in differences(desired, seen)) - kind.immutable
    if not is_ours:
        return Adopt(key, seen, desired, fields)
    return Update(key, seen, desired, fields) if fields else None


def _ledger_key(kind: Kind[Any], key: ResourceKey) -> ResourceKey:
    return replace(key, name=kind.identity(key.name))


def _planned(kind: Kind[Any], change: Change[Any], inputs: Inputs) -> PlannedChange | None:
    calls = tuple(kind.calls(change, inputs.snapshot))
    if not calls and not isinstance(change, Adopt):
        return None
    reasons = _reasons(kind, change, inputs)
    return PlannedChange(
        action=change.action,
        key=change.key,
        fields=() if isinstance(change, Create) else tuple(sorted(change.fields)),
        before=None if isinstance(change, Create) else plain(project(change.observed, change.desired)),
        after=plain(change.desired),
        calls=calls,
        risk=Risk.HIGH if reasons else Risk.LOW,
        reasons=reasons,
    )


def _reasons(kind: Kind[Any], change: Change[Any], inputs: Inputs) -> tuple[str, ...]:
    last = _last_applied(kind, change.key, inputs)
    own = kind.risks(change.key.name, change.desired, last, inputs.snapshot)
    return (*own, "not_owned") if isinstance(change, Adopt) else own


def _last_applied(kind: Kind[Any], key: ResourceKey, inputs: Inputs) -> Any | None:
    applied = inputs.owned.get(_ledger_key(kind, key))
    if applied is None or applied.declared is None:
        return None
    try:
        # What other items say today has no say in what was applied then.
        return kind.parse(key.name, applied.declared, replace(inputs.context, users=frozenset(), groups={}))
    except DeclarationError:
        # It names what is declared no longer (an own policy, say), so all of today's declaration counts as new.
        return None


def _extras(scope: ClosedScope, observed: Mapping[str, Mapping[str, Any]], inputs: Inputs) -> Iterable[Finding]:
    kind = inputs.kinds[scope.kind]
    declared = {kind.identity(item.name) for item in inputs.items if item.kind == scope.kind}
    inventory = kind.inventory(inputs.snapshot)
    outside = (name for name in sorted(observed[scope.kind]) if kind.identity(name) not in declared)
    for name in outside:
        if not str(inventory[name]["path"]).startswith(scope.path):
            continue
        spec = observed[scope.kind][name]
        if not kind.protected(name, spec, inputs.context):
            difference = Difference("", DriftType.EXTRA, None, plain(spec))
            key, arn = ResourceKey(scope.kind, name), str(inventory[name]["arn"])
            yield Finding(key, difference, Remedy.PERSON, "removal_not_supported_yet", arn)


def _orphans(kind: Kind[Any], observed: Mapping[str, Mapping[str, Any]], inputs: Inputs) -> Iterable[Finding]:
    """What is ours, is there, and is declared by nobody any more: whose member left, or ended its assignment."""
    declared = {kind.identity(item.name) for item in inputs.items if item.kind == kind.name}
    for name, spec in sorted(observed[kind.name].items()):
        key = ResourceKey(kind.name, name)
        if kind.identity(name) not in declared and _ledger_key(kind, key) in inputs.owned:
            difference = Difference("", DriftType.EXTRA, None, plain(spec))
            yield Finding(key, difference, Remedy.PERSON, "removal_not_supported_yet")


def _unmanaged(
    observed: Mapping[str, Mapping[str, Any]], inputs: Inputs, extras: Iterable[Finding]
) -> Mapping[str, int]:
    shown = {(extra.key.kind, extra.key.name) for extra in extras}
    counts = {}
    for name, specs in observed.items():
        kind = inputs.kinds[name]
        if kind.is_rule:
            counts[name] = 0
            continue
        declared = {kind.identity(item.name) for item in inputs.items if item.kind == name}
        counts[name] = sum(kind.identity(stored) not in declared and (name, stored) not in shown for stored in specs)
    return counts
