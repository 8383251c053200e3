"""The credentials the sandbox has issued itself: assumed roles and the tester's administrators."""

from __future__ import annotations

import time
from dataclasses import dataclass

from moto.iam.utils import generate_access_key_id_from_account_id, random_alphanumeric

from sandbox.call import Principal


@dataclass
class Session:
    principal: Principal
    access_key: str
    secret_key: str
    token: str
    expires_at: float

    @property
    def expired(self) -> bool:
        return time.time() >= self.expires_at

    def credentials(self) -> dict[str, str]:
        """As keyword arguments of boto3.client."""
        return {
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "aws_session_token": self.token,
        }


def new_session(principal: Principal, seconds: float) -> Session:
    """Unregistered. As at AWS, the key id tells its account."""
    return Session(
        principal=principal,
        access_key=generate_access_key_id_from_account_id(principal.account, prefix="ASIA"),
        secret_key=random_alphanumeric(40),
        token="IQoJ" + random_alphanumeric(120),
        expires_at=time.time() + seconds,
    )
