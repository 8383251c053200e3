"""SAML providers: metadata compares by what it says, and changing it is high risk."""

import pytest

from provisioning.core.saml_metadata import MetadataError, check_metadata, metadata_digest, stored_digest
from provisioning.core.snapshot import Snapshot
from provisioning.kinds.iam_saml_provider import SamlProviderKind
from tests.kinds.account_model import assessed, change, paths, snapshot
from tests.kinds.iam_model import ACCOUNT
from tests.kinds.reconcile import refusals

KIND, NAME = SamlProviderKind(), "iam.saml_provider"
METADATA: str = KIND.example["CorporateDirectory"]["metadata"]
ARN = f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"


def provider(metadata: str | None = METADATA, **tags: str) -> Snapshot:
    digest = None if metadata is None else stored_digest(metadata)
    return snapshot(saml_providers={"providers": [{"name": "Okta", "arn": ARN, "metadata": digest, "tags": tags}]})


def test_white_space_comments_and_the_order_of_attributes_are_no_difference() -> None:
    rewritten = METADATA.replace("><", ">\n  <!-- as downloaded -->  <").replace(
        'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/saml/sso"',
        'Location="https://idp.example.com/saml/sso" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"',
    )
    assert rewritten != METADATA and metadata_digest(rewritten) == metadata_digest(METADATA)
    assert paths(assessed(NAME, "Okta", {"metadata": METADATA}, provider(rewritten))) == {}


def test_another_certificate_is_a_difference_of_high_risk_sent_as_it_was_declared() -> None:
    other = METADATA.replace("MIID", "MIIE")
    found = assessed(NAME, "Okta", {"metadata": METADATA}, provider(other), applied={"metadata": other})
    assert change(found) == (
        "update",
        [("UpdateSAMLProvider", {"SAMLProviderArn": ARN, "SAMLMetadataDocument": METADATA})],
        ("identity_provider",),
    )


def test_putting_back_what_was_applied_is_no_risk() -> None:
    wanted = {"metadata": METADATA}
    assert change(assessed(NAME, "Okta", wanted, provider(METADATA.replace("MIID", "MIIE")), applied=wanted))[2] == ()


def test_tag_keys_that_differ_in_case_are_two() -> None:
    declared = {"metadata": METADATA, "tags": {"team": "a"}}
    assert [call for call, _ in change(assessed(NAME, "Okta", declared, provider(Team="a"), owned=True))[1]] == [
        "UntagSAMLProvider",
        "TagSAMLProvider",
    ]


def test_without_its_metadata_none_can_be_made() -> None:
    there = snapshot(saml_providers={"providers": []})
    assert paths(assessed(NAME, "Okta", {"tags": {"team": "a"}}, there)) == {"": "person no_call_repairs_it"}


def test_the_provider_of_identity_center_is_never_touched() -> None:
    there = snapshot(saml_providers={"providers": []})
    assert paths(assessed(NAME, "AWSSSO_1_DO_NOT_DELETE", {"metadata": METADATA}, there)) == {"": "person protected"}


@pytest.mark.parametrize(
    "text", ["no xml", "<a/>", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "<a><b></a>"]
)
def test_what_is_no_saml_metadata_is_refused_with_its_reason(text: str) -> None:
    with pytest.raises(MetadataError):
        check_metadata(text)
    assert set(refusals(KIND, "Okta", {"metadata": text})) == {"/metadata"}


def test_what_aws_holds_is_compared_even_where_it_is_no_xml() -> None:
    assert stored_digest("not <xml") != stored_digest("not <xml either")


def test_names_and_sizes_that_aws_refuses_are_refused() -> None:
    assert set(refusals(KIND, "a b", {"metadata": METADATA})) == {""}
    short = METADATA.replace("MIIDazCCAlOgAwIBAgIUExampleExampleExample", "")
    assert set(refusals(KIND, "Okta", {"metadata": short})) == {"/metadata"}
