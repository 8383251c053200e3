"""Reading: one statement returns the ciphertext and wipes it, so that two readers can't both get it."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.views.decorators.debug import sensitive_variables

from access.roles import Actor, Permission
from accounts.csv_rows import FORMULA
from accounts.csv_text import csv_text
from provisioning.core.errors import ConflictError, GoneError, NotAllowedError
from provisioning.core.secret import Secret
from provisioning.models import HandOver
from provisioning.services.hand_over_events import tell
from provisioning.services.require import require_row
from provisioning.services.secret_box import decrypted

SIGN_IN = {"aws": "signin.aws.amazon.com", "aws-cn": "signin.amazonaws.cn", "aws-us-gov": "signin.amazonaws-us-gov.com"}
TAKE = """
UPDATE provisioning_handover AS one
SET state = 'read', secret = NULL, ended_at = clock_timestamp(), ended_by = %(reader)s, next_at = NULL
FROM (SELECT id, secret FROM provisioning_handover WHERE id = %(id)s FOR UPDATE) AS before
WHERE one.id = before.id AND one.state = 'made' AND one.reader = %(reader)s AND one.expires_at > clock_timestamp()
RETURNING before.secret
"""


@dataclass(frozen=True)
class HandedOver:
    """What the reader is shown this once; `secret` is what only they decrypt where they gave a public key."""

    row: HandOver
    secret: Secret = field(repr=False)

    @property
    def sign_in_url(self) -> str:
        """Where the user signs in to the console."""
        host = SIGN_IN.get(self.row.account.partition, SIGN_IN["aws"])
        return f"https://{self.row.account_id}.{host}/console"

    def csv(self) -> str:
        """The file that the AWS console offers, header and columns alike. Raises ConflictError, see `_safe_cell`."""
        secret = _safe_cell(self.row, self.secret)
        if self.row.what == HandOver.What.ACCESS_KEY:
            return csv_text([("Access key ID", "Secret access key"), (self.row.key_id, secret)])
        columns = ("User name", "Password", "Console sign-in URL")
        return csv_text([columns, (self.row.user_name, secret, self.sign_in_url)])

    @property
    def csv_name(self) -> str:
        """As the console names it."""
        end = "accessKeys" if self.row.what == HandOver.What.ACCESS_KEY else "credentials"
        return f"{self.row.user_name}_{end}.csv"


@sensitive_variables()
@transaction.atomic
def read_hand_over(*, hand_over_id: UUID, actor: Actor, as_csv: bool = False) -> HandedOver:
    """The secret, for its reader, once; wiped in the same statement.

    Raises NotFoundError, NotAllowedError for everybody else, GoneError (who read it and when), ConflictError while it
    is not made or can't be CSV; then it stays unread.
    """
    row = require_row(actor, Permission.VIEW, _row(hand_over_id), f"There is no hand-over {hand_over_id}.")
    if actor.name != row.reader:
        raise NotAllowedError(f"This hand-over is for {row.reader}; nobody else reads it.")
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"id": hand_over_id, "reader": actor.name})
        taken = cursor.fetchone()
    row.refresh_from_db()
    if taken is None:
        raise _why_not(row)
    found = HandedOver(row, decrypted(taken[0], row.pk))
    if as_csv:
        found.csv()
    tell(row, "read", actor.name)
    return found


def _row(hand_over_id: UUID) -> HandOver | None:
    found: HandOver | None = HandOver.objects.select_related("account").filter(pk=hand_over_id).first()
    return found


def _why_not(row: HandOver) -> GoneError | ConflictError:
    if row.state == HandOver.State.READ and row.ended_at:
        return GoneError(
            f"It was read once, by {row.ended_by} at {row.ended_at:%Y-%m-%d %H:%M:%S} UTC.", "already_read"
        )
    if row.state in {HandOver.State.MADE, HandOver.State.EXPIRED}:
        return GoneError("It was not read in time, and is taken back: ask for a new hand-over.", "not_read_in_time")
    why = f": {row.message}" if row.message else ""
    return ConflictError(f"There is nothing to read: the hand-over is {row.state}{why}")


def _safe_cell(row: HandOver, secret: Secret) -> str:
    """A secret can't be given an apostrophe as other cells are, so one that a spreadsheet would run is not put there.

    Our passwords begin with a letter; one in 32 keys of AWS begins with a plus or another such sign.
    """
    if row.public_key:
        raise ConflictError("It is encrypted for the reader's key: read it as JSON. It is still unread.", "no_csv")
    text = secret.reveal()
    if text.startswith(FORMULA):
        told = "A spreadsheet would take this secret for a formula and spoil it: read it as JSON. It is still unread."
        raise ConflictError(told, "no_csv")
    return text
