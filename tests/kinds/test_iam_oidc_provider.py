"""OIDC providers: named by their address, changed in place, narrowed before widened."""

from typing import Any

import pytest

from provisioning.core.snapshot import Snapshot
from provisioning.kinds import all_kinds
from provisioning.kinds.iam_oidc_provider import OidcProviderKind
from tests.kinds.account_model import assessed, change, paths, snapshot
from tests.kinds.iam_model import ACCOUNT
from tests.kinds.reconcile import CONTEXT, refusals

KIND, NAME, HOST = OidcProviderKind(), "iam.oidc_provider", "token.actions.githubusercontent.com"
ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
A, B, C = ("a" * 40, "b" * 40, "c" * 40)


def provider(*client_ids: str, thumbprints: tuple[str, ...] = (A,), name: str = HOST) -> Snapshot:
    row = {"name": name, "arn": ARN, "client_ids": [*client_ids], "thumbprints": [*thumbprints], "tags": {}}
    return snapshot(oidc_providers={"providers": [row]})


def calls(declared: dict[str, Any], there: Snapshot) -> list[tuple[str, Any]]:
    return [
        (operation, {key: value for key, value in params.items() if key != "OpenIDConnectProviderArn"})
        for operation, params in change(assessed(NAME, HOST, declared, there, owned=True))[1]
    ]


def test_an_exclusive_list_goes_before_it_comes() -> None:
    assert calls({"client_ids": ["new"]}, provider("old")) == [
        ("RemoveClientIDFromOpenIDConnectProvider", {"ClientID": "old"}),
        ("AddClientIDToOpenIDConnectProvider", {"ClientID": "new"}),
    ]


def test_a_shared_list_leaves_others_client_ids_alone() -> None:
    assert calls({"client_ids": {"include": ["new"]}}, provider("old")) == [
        ("AddClientIDToOpenIDConnectProvider", {"ClientID": "new"})
    ]


@pytest.mark.parametrize(
    ("declared", "sent"), [([B], [B]), ({"include": [B]}, [A, B]), ({"include": [B.upper()]}, [A, B])]
)
def test_thumbprints_are_sent_whole_with_others_where_ours_are_shared(declared: Any, sent: list[str]) -> None:
    assert calls({"thumbprints": declared}, provider()) == [
        ("UpdateOpenIDConnectProviderThumbprint", {"ThumbprintList": sent})
    ]


def test_undeclared_thumbprints_are_left_to_aws() -> None:
    there = snapshot(oidc_providers={"providers": []})
    action, ((operation, sent),), reasons = change(assessed(NAME, HOST, {"client_ids": ["x"]}, there))
    assert (action, operation, reasons) == ("create", "CreateOpenIDConnectProvider", ("identity_provider",))
    assert sent == {"Url": f"https://{HOST}", "ClientIDList": ["x"]}


def test_a_new_audience_or_certificate_is_high_risk_and_fewer_are_not() -> None:
    had = {"client_ids": ["a", "b"], "thumbprints": [A]}
    for wanted, reasons in (({"client_ids": ["a"]}, ()), ({"client_ids": ["c"]}, ("identity_provider",))):
        assert change(assessed(NAME, HOST, wanted, provider("a", "b", "d"), applied=had))[2] == reasons


def test_the_host_ignores_case_and_the_path_does_not() -> None:
    assert KIND.identity("Oidc.Example.com/id/AbC") == "oidc.example.com/id/AbC"
    found = assessed(NAME, HOST.upper(), {"client_ids": ["a"]}, provider("a"))
    assert paths(found) == {}


@pytest.mark.parametrize("name", ["https://example.com", "example.com:8443", "example.com?x=1", "x" * 248, ""])
def test_names_that_aws_refuses_are_refused(name: str) -> None:
    assert set(refusals(KIND, name, {"client_ids": ["a"]})) == {""}


def test_what_aws_refuses_is_refused() -> None:
    wrong = {"client_ids": [""], "thumbprints": ["xyz"]}
    assert set(refusals(KIND, HOST, wrong)) == {"/client_ids/0", "/thumbprints/0"}
    assert set(refusals(KIND, HOST, {"thumbprints": [A] * 6})) == {"/thumbprints"}


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        (f"arn:aws:iam::{CONTEXT.account_id}:oidc-provider/{HOST}", "iam.oidc_provider", HOST),
        (f"arn:aws:iam::{CONTEXT.account_id}:saml-provider/Okta", "iam.saml_provider", "Okta"),
    ],
)
def test_a_role_comes_after_the_provider_that_its_trust_names(arn: str, kind: str, name: str) -> None:
    role = all_kinds()["iam.role"]
    action = "sts:AssumeRoleWithSAML" if "saml" in kind else "sts:AssumeRoleWithWebIdentity"
    statement = {"Effect": "Allow", "Principal": {"Federated": arn}, "Action": action}
    trust = {"document": {"Version": "2012-10-17", "Statement": [statement]}}
    spec = role.parse("Deploy", {"trust": trust}, CONTEXT)
    assert {(key.kind, key.name) for key in role.references("Deploy", spec, CONTEXT)} == {(kind, name)}
