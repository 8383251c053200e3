"""W6: a user is declared, made, given a first password once, and must change it; ARNs are shown everywhere."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.people import person
from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
USER = "dora"
ARN = f"arn:aws:iam::{DEV}:user/people/{USER}"
BASELINE = """
resources:
  iam.group:
    Readers: {attached_policies: [IAMUserChangePassword]}
  iam.user:
    dora: {path: /people/, groups: {include: [Readers]}}
"""


def declared(firstline: Firstline, text: str, mode: str = "enforce") -> None:
    """ann publishes a baseline and olga assigns it."""
    ann, olga = firstline.person("ann", "baseline_author"), firstline.person("olga", "operator")
    firstline.post(ann, "baselines", {"name": "people"}, 201)
    draft = ann.post("/api/v1/baselines/people/versions", text, content_type="application/yaml")
    assert draft.status_code == 201, draft.content
    firstline.post(ann, "baselines/people/versions/1/publish", seen=draft["ETag"])
    wanted = {"baseline": "people", "version": 1, "selector": "account", "value": DEV, "mode": {"default": mode}}
    olga.post("/api/v1/assignments", wanted)


def started(firstline: Firstline) -> None:
    firstline.register(DEV)
    declared(firstline, BASELINE)
    firstline.start()
    firstline.processes.hand_over_worker()
    firstline.until(lambda: USER in firstline.sandbox.state(DEV)["users"], "the user")
    firstline.until_in_sync(DEV)


def handed_over(firstline: Firstline, **body: Any) -> dict[str, Any]:
    """sam asks, and it is made for rita."""
    sam = firstline.person("sam", "security_admin")
    asked = firstline.post(sam, f"accounts/{DEV}/hand-overs", {"user": USER, "for": "rita", **body}, 202)
    where = f"hand-overs/{asked['id']}"
    firstline.until(lambda: firstline.get(where)["state"] in {"made", "failed"}, "the hand-over")
    row: dict[str, Any] = firstline.get(where)
    assert row["state"] == "made", row
    return row


def test_user_is_made_and_a_first_password_is_read_once_and_changed(firstline: Firstline) -> None:
    rita = firstline.person("rita", "viewer")
    started(firstline)
    (item,) = (one for one in firstline.get(f"accounts/{DEV}/desired-state")["items"] if one["kind"] == "iam.user")
    assert item["arn"] == ARN
    row = handed_over(firstline, what="password")
    assert (row["for"], row["requested_by"], row["arn"]) == ("rita", "sam", ARN)
    answer = rita.post(f"/api/v1/hand-overs/{row['id']}/read")
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store" and "ETag" not in answer
    password = answer.json()["password"]
    again = rita.post(f"/api/v1/hand-overs/{row['id']}/read")
    assert again.status_code == 410 and "by rita at" in again.json()["detail"]
    assert firstline.post(firstline.person("sam", "security_admin"), f"hand-overs/{row['id']}/read", status=403)
    sign_in_and_change(firstline, password)
    told = {verb: actor for actor, verb in firstline.history(DEV) if verb.startswith("hand_over.")}
    assert told == {
        "hand_over.requested": "sam",
        "hand_over.intended": "firstline",
        "hand_over.made": "firstline",
        "hand_over.read": "rita",
    }
    assert password not in str(firstline.rows("history", account=DEV))


def sign_in_and_change(firstline: Firstline, password: str) -> None:
    """What the console asks for at the first sign-in; the simulator takes it over the API, by a key of the user."""
    iam = firstline.sandbox.client("iam", DEV)
    assert iam.get_login_profile(UserName=USER)["LoginProfile"]["PasswordResetRequired"] is True
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    own = firstline.sandbox.client_with(
        "iam", {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        own.change_password(OldPassword="not-the-first-1-Password", NewPassword="My-own-long-1-password")
    own.change_password(OldPassword=password, NewPassword="My-own-long-1-password")
    assert iam.get_login_profile(UserName=USER)["LoginProfile"]["PasswordResetRequired"] is False


def test_arns_are_shown_with_drift_over_rest_and_in_the_admin(firstline: Firstline, client: Any) -> None:
    started(firstline)
    firstline.sandbox.client("iam", DEV).remove_user_from_group(UserName=USER, GroupName="Readers")
    firstline.look(DEV)
    rows = firstline.rows("drift", account=DEV, kind="iam.user")
    assert {row["arn"] for row in rows} == {ARN}
    client.force_login(person("ada", "viewer"))
    page = client.get(f"/admin/provisioning/drift/{rows[0]['id']}/change/")
    assert ARN in page.content.decode()


def test_credentials_file_of_the_console_is_offered(firstline: Firstline) -> None:
    rita = firstline.person("rita", "viewer")
    started(firstline)
    row = handed_over(firstline, what="password")
    answer = rita.post(f"/api/v1/hand-overs/{row['id']}/read", headers={"Accept": "text/csv"})
    header, line = answer.content.decode().splitlines()
    assert header == "User name,Password,Console sign-in URL"
    assert line.startswith(f"{USER},") and line.endswith(f",https://{DEV}.signin.aws.amazon.com/console")
    assert answer["Content-Disposition"] == f'attachment; filename="{USER}_credentials.csv"'
    assert answer["Cache-Control"] == "no-store"
