"""W4: password policy, alias and alternate contacts are kept; the root user's MFA and keys are watched."""

import pytest

from tests.scenarios.firstline import Firstline
from tests.scenarios.workshop.keeping import approve_all, drift, keep
from tests.services.fleet import DEV, PROD

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE = """
parameters:
  alias: {type: string, required: true}
resources:
  iam.password_policy: {minimum_length: 14, require_symbols: true, max_age_days: 90, remember: 24}
  iam.account_alias: {alias: "{{ alias }}"}
  account.alternate_contacts:
    security: {full_name: Sam Secret, title: On call, email: sam@example.com, phone: "+1 555 0199"}
    operations: null
  iam.root: {mfa: true, access_keys: false}
"""


def test_an_accounts_settings_are_brought_to_the_baseline_and_kept(firstline: Firstline) -> None:
    firstline.register(DEV)
    keep(firstline, "settings", BASELINE, alias="example-corp-dev")
    firstline.start()
    firstline.until_managed(DEV)
    plan = approve_all(firstline, DEV)
    assert plan["reasons"] == ["may_lock_out"], "an age acts at once on old passwords, so a person decides"
    firstline.until_in_sync(DEV)
    shows_in_the_account(firstline)
    puts_back_what_somebody_changed(firstline)
    leaves_the_root_user_to_a_person(firstline)
    assert not [word for word in ("Sam Secret", "sam@", "0199") if word in str(firstline.rows("history"))]


def shows_in_the_account(firstline: Firstline) -> None:
    state = firstline.sandbox.state(DEV)
    policy = state["password_policy"]["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["MaxPasswordAge"], policy["PasswordReusePrevention"]) == (
        14,
        90,
        24,
    )
    assert state["alias"] == "example-corp-dev" and set(state["contacts"]) == {"SECURITY"}
    writes = firstline.writes(DEV)
    assert sorted(writes) == ["CreateAccountAlias", "PutAlternateContact", "UpdateAccountPasswordPolicy"]


def puts_back_what_somebody_changed(firstline: Firstline) -> None:
    iam, account = (firstline.sandbox.client(service, DEV) for service in ("iam", "account"))
    iam.update_account_password_policy(MinimumPasswordLength=8, AllowUsersToChangePassword=True)
    iam.create_account_alias(AccountAlias="somebody-elses-idea")
    account.delete_alternate_contact(AlternateContactType="SECURITY")
    firstline.look(DEV)
    firstline.until_in_sync(DEV)
    shows = firstline.sandbox.state(DEV)
    policy = shows["password_policy"]["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["AllowUsersToChangePassword"]) == (14, True), "undeclared: theirs"
    assert shows["alias"] == "example-corp-dev" and set(shows["contacts"]) == {"SECURITY"}


def leaves_the_root_user_to_a_person(firstline: Firstline) -> None:
    firstline.sandbox.set_root_mfa(DEV, False)
    firstline.sandbox.set_root_access_keys(DEV, True)
    before = firstline.writes(DEV)
    firstline.look(DEV)
    found = {"iam.root mfa": ("person", "root_user"), "iam.root access_keys": ("person", "root_user")}
    assert drift(firstline, DEV) == found
    assert firstline.verdict(DEV)[0] == "attention" and firstline.writes(DEV) == before
    firstline.sandbox.set_root_mfa(DEV, True)
    firstline.sandbox.set_root_access_keys(DEV, False)
    firstline.look(DEV)
    firstline.until_in_sync(DEV)


def test_an_alias_that_another_customer_has_ends_the_apply_with_its_reason(firstline: Firstline) -> None:
    firstline.sandbox.client("iam", PROD).create_account_alias(AccountAlias="taken-by-others")
    firstline.register(DEV)
    text = 'resources:\n  iam.account_alias: {alias: "taken-by-others"}\n'
    keep(firstline, "settings", text)
    firstline.start()
    firstline.until_managed(DEV)
    firstline.until(lambda: firstline.rows("runs", account=DEV, kind="apply"), "an apply by rule")
    run = firstline.ended(firstline.rows("runs", account=DEV, kind="apply")[-1])
    assert (run["state"], run["reason_code"]) == ("failed", "invalid") and "another customer" in run["message"]
    assert [write["outcome"] for write in run["writes"]] == ["error"]
    assert firstline.verdict(DEV)[0] == "drifted" and firstline.writes(DEV) == []
