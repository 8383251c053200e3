"""The account-level sections: what is asked for, and what of the answers is kept."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from provisioning.aws import access_sections, account_sections, provider_sections
from provisioning.core.change import Read

ACCOUNT = "arn:aws:iam::111111111111"
SEEN = datetime(2026, 3, 1, tzinfo=UTC)


class Aws:
    """Answers by operation, and by the one parameter that matters; None is "no such thing"."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def ask(self, read: Read) -> Any:
        value = "/".join([read.operation, *(str(one) for one in read.params.values() if isinstance(one, str))])
        self.asked.append(f"{read.region} {value}".strip())
        return self.answers.get(value)

    def pages(self, read: Read, shape: Callable[[Any], Any]) -> list[Any]:
        answer = self.ask(read)
        return [shape(page) for page in (answer if isinstance(answer, list) else [answer or {}])]


def test_no_password_policy_is_an_empty_list_and_expire_passwords_is_left_out() -> None:
    assert account_sections.password_policy(Aws({}).ask) == {"policies": []}
    answer = {"PasswordPolicy": {"MinimumPasswordLength": 8, "ExpirePasswords": True, "NewMember": 1}}
    aws = Aws({"GetAccountPasswordPolicy": answer})
    row = {"name": "account", "MinimumPasswordLength": 8, "NewMember": 1}
    assert account_sections.password_policy(aws.ask) == {"policies": [row]}


def test_each_contact_is_asked_for_without_an_account_id() -> None:
    contact = {"Name": "Ann", "Title": "Lead", "EmailAddress": "a@example.com", "PhoneNumber": "1"}
    aws = Aws({"GetAlternateContact/SECURITY": {"AlternateContact": contact}})
    (row,) = account_sections.alternate_contacts(aws.ask)["contacts"]
    assert row == {"name": "security", "full_name": "Ann", "title": "Lead", "email": "a@example.com", "phone": "1"}
    assert aws.asked == [f"GetAlternateContact/{kind}" for kind in ("BILLING", "OPERATIONS", "SECURITY")]


def test_only_declared_providers_are_read_and_others_are_listed() -> None:
    mine, other = f"{ACCOUNT}:saml-provider/Mine", f"{ACCOUNT}:saml-provider/Other"
    aws = Aws(
        {
            "ListSAMLProviders": {"SAMLProviderList": [{"Arn": other}, {"Arn": mine}]},
            f"GetSAMLProvider/{mine}": {"SAMLMetadataDocument": "<a/>", "Tags": [{"Key": "k", "Value": "v"}]},
        }
    )
    rows = provider_sections.saml_providers(aws.ask, frozenset({"Mine"}))["providers"]
    assert [(row["name"], row["metadata"] is None, row["tags"]) for row in rows] == [
        ("Mine", False, {"k": "v"}),
        ("Other", True, {}),
    ]
    assert aws.asked == ["ListSAMLProviders", f"GetSAMLProvider/{mine}"]


def test_an_oidc_provider_is_found_whatever_the_case_of_its_host() -> None:
    arn = f"{ACCOUNT}:oidc-provider/Example.com/id"
    shown = {"ClientIDList": ["b", "a"], "ThumbprintList": ["AB"]}
    listed = {"OpenIDConnectProviderList": [{"Arn": arn}]}
    aws = Aws({"ListOpenIDConnectProviders": listed, f"GetOpenIDConnectProvider/{arn}": shown})
    (row,) = provider_sections.oidc_providers(aws.ask, frozenset({"example.com/id"}))["providers"]
    assert (row["name"], row["client_ids"], row["thumbprints"]) == ("Example.com/id", ["a", "b"], ["ab"])


ANALYZER = {"name": "x", "arn": "arn:x", "type": "ACCOUNT", "status": "ACTIVE", "lastResourceAnalyzed": "y"}


def test_each_region_is_asked_and_analyzers_of_the_organisation_are_left_out() -> None:
    theirs = {**ANALYZER, "name": "a", "type": "ORGANIZATION"}
    aws = Aws({"ListAnalyzers": [{"analyzers": [theirs, ANALYZER]}, {"analyzers": [{**ANALYZER, "name": "z"}]}]})
    rows = access_sections.analyzers(aws.pages, frozenset({"us-east-1", "eu-west-1"}))["analyzers"]
    assert [(row["name"], row["arn"]) for row in rows] == [
        ("eu-west-1/external_access", "arn:x"),
        ("us-east-1/external_access", "arn:x"),
    ]
    assert aws.asked == ["eu-west-1 ListAnalyzers", "us-east-1 ListAnalyzers"]


def test_times_of_findings_are_facts_and_not_in_the_section() -> None:
    analyzer = {"name": "eu-west-1/external_access", "region": "eu-west-1", "arn": "arn:x"}
    found = {"id": "1", "findingType": "ExternalAccess", "resource": "r", "resourceType": "t", "createdAt": SEEN}
    body, facts = access_sections.findings(Aws({"ListFindingsV2/arn:x": {"findings": [found]}}).pages, [analyzer])
    (row,) = body["findings"]
    assert row["name"] == "eu-west-1/external_access/1" and "found_at" not in row
    assert facts == {"findings": [row | {"found_at": SEEN.isoformat()}]}
