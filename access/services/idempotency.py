"""Answers kept by Idempotency-Key: the same request sent twice takes effect once."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from access.models import KeptAnswer, Token

SHAPE = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
KEPT_HOURS = 24
NOT_KEPT = frozenset({401, 403, 405, 412, 428, 429})
"""Statuses that are about the moment or the person, not about the request; nor is any 5xx kept."""


@dataclass(frozen=True)
class Asked:
    """One request under a key. `limit` stands for what its token is limited to: another limit, other answers."""

    user_id: int
    limit: str
    key: str
    path: str
    body_digest: str

    @property
    def owner(self) -> dict[str, Any]:
        """Whose key it is."""
        return {"user_id": self.user_id, "limit": self.limit, "key": self.key}


@dataclass(frozen=True)
class Answer:
    """What was answered; `body` is None for one that showed a secret."""

    status: int
    body: str | None = field(repr=False)
    media_type: str
    headers: dict[str, str]


def asked(*, user_id: int, token: Token | None, key: str, method: str, path: str, body: bytes) -> Asked:
    """What binds an answer to a request: person, token's grants, key, method, path with its query, and body."""
    limit = _digest("\n".join(sorted(map(str, token.limit))).encode()) if token else ""
    return Asked(user_id, limit, key, f"{method} {path}", _digest(body))


def lock_key(given: Asked) -> bool:
    """Take the key until the transaction ends; False when another request holds it. Never waits."""
    name = "\0".join(("idempotency", str(given.user_id), given.limit, given.key))
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def kept_answer(given: Asked) -> KeptAnswer | None:
    """What is kept under the key, whatever it was asked with, unless it is too old."""
    return KeptAnswer.objects.filter(**given.owner, at__gt=_oldest()).first()


def is_same(kept: KeptAnswer, given: Asked) -> bool:
    """Whether the answer belongs to this very request."""
    return (kept.path_digest, kept.body_digest) == (_digest(given.path.encode()), given.body_digest)


def is_kept(status: int) -> bool:
    """Whether such an answer is worth replaying."""
    return status < 500 and status not in NOT_KEPT


def keep(given: Asked, answer: Answer) -> None:
    """Store the answer in the present transaction. What is kept already stays, unless it is too old."""
    KeptAnswer.objects.filter(**given.owner, at__lte=_oldest()).delete()
    row = KeptAnswer(
        **given.owner,
        path_digest=_digest(given.path.encode()),
        body_digest=given.body_digest,
        status=answer.status,
        body=answer.body,
        media_type=answer.media_type,
        headers=answer.headers,
    )
    KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)


def drop_old_answers() -> int:
    """Forget answers older than 24 hours; returns how many."""
    return KeptAnswer.objects.filter(at__lte=_oldest()).delete()[0]


def _oldest() -> Any:
    return timezone.now() - timedelta(hours=KEPT_HOURS)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
