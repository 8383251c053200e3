"""Policy documents that the tests write."""

from __future__ import annotations

import json
from typing import Any

EC2 = {"Service": "ec2.amazonaws.com"}


def trust(principal: Any = None, **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal or EC2, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy_of_size(size: int) -> str:
    """A valid document of exactly that many characters, none of them whitespace."""
    document = json.dumps(json.loads(policy(resource="arn:aws:s3:::")), separators=(",", ":"))
    return document.replace("arn:aws:s3:::", "arn:aws:s3:::" + "b" * (size - len(document)))
