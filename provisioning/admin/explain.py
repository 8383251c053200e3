"""The codes of the core in plain words: what a risk means, and what a person is to do."""

from collections.abc import Iterable

from history.shown import words

RISKS = {
    "admin_grant": "It grants administrator rights, or the right to change IAM, to whoever holds it.",
    "not_owned": "It exists already and Firstline did not make it: approving takes it over.",
    "production": "This is a production account, and a baseline version behind it is not approved for production.",
    "trusts_other_account": "Another AWS account may then take the role.",
    "trusts_federated": "Whoever an identity provider vouches for may then take the role.",
    "trusts_anyone": "Anyone may then take the role.",
    "unknown_policy": "It attaches an AWS managed policy that Firstline's table does not know: read it first.",
    "apply_role_denied": "Nothing can be written to the account: its apply role can't be entered, or does not ask for "
    "the external id. See the newest check of it on the account's page.",
    "check_fails": "A check that holds now would fail afterwards: see the checks below the changes.",
    "may_lock_out": "Passwords that are older than the new age expire at once, and under hard expiry only an "
    "administrator can give their users new ones: somebody may be locked out.",
    "weaker_passwords": "Passwords may then be shorter, or follow AWS's default alone.",
    "sign_in_address_dies": "The account's present sign-in address stops working, and anybody may take its alias.",
    "identity_provider": "The account then believes what this identity provider says of who signs in: whoever holds "
    "its keys enters by the roles that trust it.",
    "environment_undecided": "Nobody has decided the account's environment yet: edit the account, then look again.",
    "removes_password": "It deletes the user's console password: the user can't sign in to the console any more. The "
    "password can't be put back, only a new one handed over.",
    "deactivates_access_key": "It switches access keys off, and whatever works with them stops. The user, or an "
    "administrator, can switch them on again.",
    "deletes_access_key": "It deletes access keys that have been inactive for the grace time. That can't be undone.",
    "boundary_removed": "It takes away or swaps the permissions boundary that holds the role or user back.",
    "arn_changes": "The user moves, so its ARN changes. Policies elsewhere (of buckets, keys, organisations) that name "
    "the old ARN or path, to allow or to deny, no longer mean it: look for them first.",
}

PERSON = {
    "immutable_field": "AWS can't change this field once the resource exists. Make a new resource of another name and "
    "declare that, or declare the value that is there.",
    "user_does_not_exist": "There is no IAM user of this name in the account, and no baseline declares one. Declare it "
    "as an iam.user, make it by hand, or take the name out of the declaration.",
    "group_does_not_exist": "There is no IAM group of this name in the account, and no baseline declares one. Declare "
    "it as an iam.group, make it by hand, or take the name out of the declaration.",
    "root_user": "Only the account's root user can change this, and no call of Firstline acts as it: follow "
    "docs/runbooks/root.md.",
    "access_finding": "Access Analyzer found access that nobody declared: take it away where it is granted, or archive "
    "the finding if it is meant (docs/runbooks/access-findings.md).",
    "first_password": "A console password is expected and there is none. A first password must be handed over to the "
    "user by a person: no plan makes one.",
    "first_password_in_force": "The password that was handed over is still in force: nobody must change it at the next "
    "sign-in, and it was never used. Hand over a new one, or have the user change it.",
    "mfa_not_enrolled": "The user can sign in to the console and has no MFA device. Only the user can enrol one.",
    "mfa_wrong_type": "The user has MFA, but no device of a required type. Only the user can enrol one.",
    "root_without_mfa": "The account's root user has no MFA. Only whoever holds the root user can enrol a device.",
    "root_mfa_wrong_type": "Root has MFA, and no API shows that it is of a required type (virtual devices are listed, "
    "others only counted). Look in the console as root, and enrol one of a required type.",
    "not_attested": "No API reads this, and nobody's word for it is in force. Look, change it if need be, and attest "
    "it with evidence and a date to look again.",
    "attested_otherwise": "Somebody attested that it is not as declared. Change it as the account's root user and "
    "attest anew, or declare what is there.",
    "turned_after_attested": "Somebody turned the switch after it was attested; AWS tells that, and not which way. "
    "Look as the account's root user, and attest anew.",
    "protected": "Firstline never touches this resource (service-linked, Identity Center, Control Tower, break glass, "
    "or how Firstline itself enters). Take it out of the declaration, or change it by hand.",
    "no_change_cures_it": "Each text may be as declared, yet what it comes to is not as the check expects, and no "
    "change of Firstline's cures it. The answer names the statement that decides: change it, or the check.",
    "simulator_disagrees": "IAM's own policy simulator answers otherwise than Firstline. See both answers; the "
    "simulator knows no SCP with conditions and no resource policy, Firstline not what its answer calls missing.",
    "removal_not_supported_yet": "Nobody declared it, inside a scope that a baseline closed. Firstline does not remove "
    "whole resources yet: remove it by hand, or declare it.",
    "trust_not_declared": "A role can't be created without saying who may take it: declare its trust.",
    "no_call_repairs_it": "No call that Firstline makes repairs the resource as it is: change it by hand.",
    "not_read": "Firstline could not read this part, so it changes nothing here. See the last look for the reason.",
    "other_dialect": "The budget is written with filter expressions or metrics, which a declaration can't hold. "
    "Writing over it would lose them: change it by hand, or delete it and let Firstline create it.",
    "auto_adjusted": "The budget's limit adjusts itself. Turn auto-adjustment off by hand, or leave the limit "
    "undeclared.",
    "planned_limits": "The budget has planned limits per period. Remove them by hand, or leave the limit undeclared.",
}

VERDICTS = {
    "in_sync": "As declared",
    "drifted": "Differs; Firstline can repair",
    "attention": "Differs; a person must act",
    "unknown": "Not known for sure",
    "unassigned": "Nothing declared",
}

REASONS = {
    "no_assignment": "no baseline reaches it",
    "not_renderable": "its desired state can't be rendered",
    "registered": "not entered yet",
    "awaiting_role": "it waits for a role that lets Firstline in",
    "suspended": "suspended: nothing is read or written",
    "left": "it left the organisation",
    "external_id_not_required": "a role lets in who does not give the external id",
    "apply_role_denied": "its apply role can't be used: observed only",
    "aws_suspended": "AWS Organizations says that it is suspended",
    "aws_pending_closure": "AWS Organizations says that it is being closed",
    "aws_closed": "AWS Organizations says that it is closed",
    "aws_pending_activation": "AWS Organizations says that it is not activated yet",
    "left_organisation": "two discoveries in a row did not find it in the organisation",
    "environment_undecided": "its environment is not decided",
    "not_in_organisation": "no discovery found it in the organisation",
    "missing": "the last discovery did not find it; it has left if the next does not either",
    "held_back": "too many are gone at once: nobody is said to have left without a person's word",
    "set_aside_by_a_person": "set aside by a person, and active at AWS",
    "set_aside": "the account was suspended or left",
    "never_looked": "never looked at",
    "desired_changed": "what is declared changed since the last look",
    "too_old": "the last look is too old to trust",
    "cannot_tell": "a check can't be told",
    "open_drift": "open drift",
    "needs_a_person": "a person must act",
    "not_attested": "nobody's word for it is in force",
    "cannot_enter": "it can't be entered",
    "no_hub_credentials": "the worker has no AWS credentials",
    "region_disabled": "STS is off in this region",
    "no_account_credentials": "AWS gave no credentials for it",
    "another_account": "another account answered",
    "throttled": "AWS throttles",
    "transient": "AWS did not answer",
    "denied": "AWS denies reading",
    "gone": "AWS no longer lets anyone in",
    "not_read": "a part could not be read",
    "bug": "a worker died on it again and again",
    "not_approved": "its plan is not approved",
    "rights_withdrawn": "who approved it may no longer do so",
    "seal_broken": "its plan is not the one that was approved",
    "paused": "writes are paused",
    "stale": "the account or its desired state moved since the plan was made",
}

LANES = {
    "auto": "Goes ahead by itself: nothing in it needs a person.",
    "approval": "Waits for a person.",
    "observe": "Shown only: its items are in mode observe, so nobody can approve it.",
}


def risk_reasons(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Each code with what it means."""
    return [(code, RISKS.get(code, words(code))) for code in codes]


def person_reason(code: str) -> str:
    """What a person is to do about a drift that Firstline can't repair."""
    return PERSON.get(code, words(code) or "A person must repair this.")


def reason(code: str) -> str:
    """Why a verdict or a run is as it is, in a few words."""
    return REASONS.get(code, words(code))
