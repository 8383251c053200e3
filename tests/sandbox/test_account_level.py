"""Identity providers, contacts and analyzers are refused as AWS refuses them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from provisioning.kinds.iam_saml_provider import SamlProviderKind
from sandbox.client import Sandbox
from tests.sandbox.conftest import ACCOUNT, OTHER

METADATA: str = SamlProviderKind.example["CorporateDirectory"]["metadata"]


def refused(call: Any, **params: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as error:
        call(**params)
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_a_saml_provider_is_parsed_taken_once_and_gone_when_deleted(iam: Any) -> None:
    arn = iam.create_saml_provider(Name="Okta", SAMLMetadataDocument=METADATA)["SAMLProviderArn"]
    again = {"Name": "Okta", "SAMLMetadataDocument": METADATA}
    assert refused(iam.create_saml_provider, **again) == ("EntityAlreadyExists", 409)
    assert refused(iam.update_saml_provider, SAMLProviderArn=arn, SAMLMetadataDocument="x" * 1000)[0] == "InvalidInput"
    iam.delete_saml_provider(SAMLProviderArn=arn)
    assert refused(iam.get_saml_provider, SAMLProviderArn=arn) == ("NoSuchEntity", 404)


def test_an_oidc_provider_without_thumbprints_gets_them_and_keeps_client_ids_apart(iam: Any) -> None:
    made = iam.create_open_id_connect_provider(Url="https://example.com", ClientIDList=["a"])
    named = {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
    iam.add_client_id_to_open_id_connect_provider(ClientID="b", **named)
    iam.remove_client_id_from_open_id_connect_provider(ClientID="never-there", **named)
    shown = iam.get_open_id_connect_provider(**named)
    assert shown["ClientIDList"] == ["a", "b"] and len(shown["ThumbprintList"]) == 1 and shown["Url"] == "example.com"
    assert refused(iam.create_open_id_connect_provider, Url="http://example.com")[0] == "InvalidInput"


def test_contacts_are_an_accounts_own(sandbox: Sandbox) -> None:
    account = sandbox.client("account", ACCOUNT)
    kind = {"AlternateContactType": "BILLING"}
    assert refused(account.get_alternate_contact, **kind) == ("ResourceNotFoundException", 404)
    given = {"Name": "A", "Title": "B", "EmailAddress": "a@example.com", "PhoneNumber": "1"}
    assert refused(account.put_alternate_contact, **kind, **given | {"PhoneNumber": "x"})[0] == "ValidationException"
    account.put_alternate_contact(**kind, **given)
    assert account.get_alternate_contact(**kind)["AlternateContact"] == kind | given
    assert refused(sandbox.client("account", OTHER).delete_alternate_contact, **kind)[0] == "ResourceNotFoundException"


def test_one_analyzer_of_a_type_per_region(sandbox: Sandbox) -> None:
    ireland = sandbox.client("accessanalyzer", ACCOUNT, "eu-west-1")
    arn = ireland.create_analyzer(analyzerName="one", type="ACCOUNT", tags={"k": "v"})["arn"]
    assert refused(ireland.create_analyzer, analyzerName="one", type="ACCOUNT") == ("ConflictException", 409)
    assert refused(ireland.create_analyzer, analyzerName="two", type="ACCOUNT") == (
        "ServiceQuotaExceededException",
        402,
    )
    ireland.untag_resource(resourceArn=arn, tagKeys=["k"])
    assert ireland.list_tags_for_resource(resourceArn=arn)["tags"] == {}
    virginia = sandbox.client("accessanalyzer", ACCOUNT)
    assert virginia.list_analyzers()["analyzers"] == []
    assert refused(virginia.list_findings_v2, analyzerArn=arn) == ("ResourceNotFoundException", 404)


def test_findings_come_in_pages(sandbox: Sandbox) -> None:
    client = sandbox.client("accessanalyzer", ACCOUNT)
    arn = client.create_analyzer(analyzerName="one", type="ACCOUNT")["arn"]
    sandbox.put_findings(ACCOUNT, "us-east-1", "ACCOUNT", [{"resourceType": "AWS::S3::Bucket"} for _ in range(3)])
    sandbox.limit_pages(2)
    pages = client.get_paginator("list_findings_v2").paginate(analyzerArn=arn)
    assert [len(page["findings"]) for page in pages] == [2, 1]
