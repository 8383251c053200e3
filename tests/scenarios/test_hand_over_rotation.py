"""An access key is rotated on request: a new one read once, the old one inactive when the new is used, then deleted."""

from typing import Any

import pytest
from django.db.models.functions import Now

from provisioning.models import HandOver
from tests.scenarios.firstline import Firstline
from tests.scenarios.workshop.test_w06_users import USER, handed_over, started
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)


def keys(firstline: Firstline) -> Any:
    return firstline.sandbox.state(DEV)["users"][USER]["access_keys"]


def test_old_key_goes_only_after_the_new_one_is_in_use(firstline: Firstline) -> None:
    rita, sam = firstline.person("rita", "viewer"), firstline.person("sam", "security_admin")
    started(firstline)
    old = firstline.sandbox.client("iam", DEV).create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    row = handed_over(firstline, what="access_key", replaces=old)
    where, new = f"hand-overs/{row['id']}", row["key_id"]
    assert keys(firstline) == {old: "Active", new: "Active"}
    firstline.post(sam, f"{where}/retire-old-key", status=409)
    given = rita.post(f"/api/v1/{where}/read").json()
    assert given["access_key_id"] == new
    firstline.post(sam, f"{where}/retire-old-key")
    firstline.until(lambda: firstline.get(where)["reason_code"] == "new_key_unused", "the answer that it is not used")
    assert keys(firstline)[old] == "Active"
    secret = {"aws_access_key_id": new, "aws_secret_access_key": given["secret_access_key"]}
    firstline.sandbox.client_with("sts", secret).get_caller_identity()
    firstline.post(sam, f"{where}/retire-old-key")
    firstline.until(lambda: keys(firstline)[old] == "Inactive", "the old key to be inactive")
    firstline.until(lambda: firstline.get(where)["delete_old_at"], "the day of its deletion")
    HandOver.objects.filter(pk=row["id"]).update(next_at=Now())
    firstline.until(lambda: firstline.get(where)["old_key"] == "deleted", "the old key to be deleted")
    assert keys(firstline) == {new: "Active"}
    verbs = [verb for _, verb in firstline.history(DEV) if verb.startswith("hand_over.old_key")]
    asked = "hand_over.old_key_asked"
    assert verbs == [
        *(asked, "hand_over.old_key_kept"),
        *(asked, "hand_over.old_key_deactivated", "hand_over.old_key_deleted"),
    ]
