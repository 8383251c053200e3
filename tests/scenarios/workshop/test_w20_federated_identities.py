"""W20: SAML and OIDC providers are made before the roles that trust them, and kept in place."""

import pytest

from provisioning.kinds.iam_saml_provider import SamlProviderKind
from tests.scenarios.firstline import Firstline
from tests.scenarios.workshop.keeping import approve_all, keep
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
METADATA: str = SamlProviderKind.example["CorporateDirectory"]["metadata"]
HOST = "token.actions.githubusercontent.com"
BASELINE = f"""
resources:
  iam.saml_provider:
    CorporateDirectory:
      metadata: '{METADATA}'
  iam.oidc_provider:
    {HOST}:
      client_ids: [sts.amazonaws.com]
      tags: {{team: platform}}
  iam.role:
    Deploy:
      trust:
        document:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {{Federated: "arn:aws:iam::{DEV}:oidc-provider/{HOST}"}}
              Action: "sts:AssumeRoleWithWebIdentity"
              Condition:
                StringEquals: {{"{HOST}:aud": sts.amazonaws.com, "{HOST}:sub": "repo:example/shop:ref:refs/heads/main"}}
    Staff:
      trust:
        document:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {{Federated: "arn:aws:iam::{DEV}:saml-provider/CorporateDirectory"}}
              Action: "sts:AssumeRoleWithSAML"
              Condition: {{StringEquals: {{"SAML:aud": "https://signin.aws.amazon.com/saml"}}}}
"""
OIDC, SAML = f"arn:aws:iam::{DEV}:oidc-provider/{HOST}", f"arn:aws:iam::{DEV}:saml-provider/CorporateDirectory"


def test_providers_come_before_the_roles_that_trust_them_and_are_kept(firstline: Firstline) -> None:
    firstline.register(DEV)
    keep(firstline, "federation", BASELINE)
    firstline.start()
    firstline.until_managed(DEV)
    plan = approve_all(firstline, DEV)
    assert set(plan["reasons"]) == {"identity_provider", "trusts_federated"}
    firstline.until_in_sync(DEV)
    writes = firstline.writes(DEV)
    assert sorted(writes) == ["CreateOpenIDConnectProvider", "CreateRole", "CreateRole", "CreateSAMLProvider"]
    assert writes[-1] == "CreateRole" and writes.index("CreateOpenIDConnectProvider") < writes.index("CreateRole")
    puts_back_what_was_approved_once(firstline)
    counts_a_reformatted_document_as_the_same(firstline)


def puts_back_what_was_approved_once(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=OIDC, ClientID="somebody-elses")
    iam.update_saml_provider(SAMLProviderArn=SAML, SAMLMetadataDocument=METADATA.replace("MIID", "MIIE"))
    firstline.look(DEV)
    firstline.until_in_sync(DEV)
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=OIDC)["ClientIDList"] == ["sts.amazonaws.com"]
    assert iam.get_saml_provider(SAMLProviderArn=SAML)["SAMLMetadataDocument"] == METADATA


def counts_a_reformatted_document_as_the_same(firstline: Firstline) -> None:
    iam, before = firstline.sandbox.client("iam", DEV), firstline.writes(DEV)
    iam.update_saml_provider(SAMLProviderArn=SAML, SAMLMetadataDocument=METADATA.replace("><", ">\n  <"))
    firstline.look(DEV)
    assert firstline.verdict(DEV) == ("in_sync", "") and firstline.writes(DEV) == before
