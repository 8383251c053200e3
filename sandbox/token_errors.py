"""How each protocol names a token that is unknown or has run out."""

from __future__ import annotations

from sandbox.errors import AwsError


def invalid_token(service: str) -> AwsError:
    code = "InvalidClientTokenId" if service in ("iam", "sts") else "UnrecognizedClientException"
    return AwsError(code, "The security token included in the request is invalid.", 403 if "Id" in code else 400)


def expired_token(service: str) -> AwsError:
    query = service in ("iam", "sts")
    code = "ExpiredToken" if query else "ExpiredTokenException"
    return AwsError(code, "The security token included in the request is expired", 403 if query else 400)
