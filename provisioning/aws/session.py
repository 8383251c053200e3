"""One entered account: its reads, its writes, and what they cost in calls."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from typing import Any

from botocore import xform_name

from provisioning.aws.assume import SESSION_SECONDS, AccountEntry, Entrance, another_account, assume
from provisioning.aws.call_context import AccountCredentials, CallContext, CallCounter, current_lease_deadline, making
from provisioning.aws.classify import BOTO_FAILURES, Request, classify
from provisioning.aws.clients import clients_for
from provisioning.aws.errors import SessionClosedError
from provisioning.aws.pages import Page, PagedRead
from provisioning.aws.retry import READ_AGAIN, WRITE_AGAIN, Patience, Pause
from provisioning.aws.send_guard import is_read
from provisioning.aws.settings import AwsSettings
from provisioning.core.change import Call, Read
from provisioning.core.errors import AwsError, ErrorClass
from provisioning.core.plain import plain

_RENEW_BEFORE_END = 300.0


class Sent(StrEnum):
    """How AWS answered a write: done, or it was so already."""

    OK = "ok"
    ALREADY = "already"


class AwsSession:
    """Made by `enter`. Each call carries this session's own credentials, so several may be open at once."""

    def __init__(self, entrance: Entrance, counter: CallCounter, pause: Pause) -> None:
        self.entry = entrance.entry
        self._entrance = entrance
        self._counter = counter
        self._clients = clients_for(entrance.settings)
        self._patience = Patience(pause)
        self._is_open = True
        self._assume()

    @property
    def calls_made(self) -> int:
        """HTTP requests counted so far by the run's counter: pages, retries and AssumeRole included."""
        return self._counter.made

    def close(self) -> None:
        """Refuse every later call."""
        self._is_open = False

    def verify_identity(self) -> str:
        """The ARN that AWS sees. Raises AccessFailedError (`another_account`) when it isn't this account's."""
        answer = self._read_again(partial(self._ask, Request("sts", "GetCallerIdentity"), {}))
        if answer["Account"] != self.entry.account_id:
            raise another_account(self.entry, answer["Arn"])
        return str(answer["Arn"])

    def read(self, read: Read) -> Any | None:
        """The whole answer, pages joined; None for the codes in `read.absent`. Raises AwsError."""
        try:
            answer = self._paged(read).merged(plain_parameters(read.params))
        except AwsError as error:
            if error.aws_code in read.absent:
                return None
            raise
        if read.result_key:
            answer.setdefault(read.result_key, [])
        return answer

    def read_pages(
        self, read: Read, shape: Callable[[Page], Any], on_page: Callable[[], None] | None = None
    ) -> list[Any]:
        """`shape` of each page. `on_page` runs after each request, answered or not: renew the lease there."""
        return self._paged(read, on_page).collect(plain_parameters(read.params), shape)

    def send(self, call: Call) -> Sent:
        """Send one write once. Raises AwsError, or LeaseTooShortError when no `lease_deadline` covers it.

        Sent again only after an answer that proves it had no effect: throttled, or the session had expired.
        """
        try:
            self.answer_to(call)
        except AwsError as error:
            if error.aws_code in call.accepts:
                return Sent.ALREADY
            raise
        return Sent.OK

    def answer_to(self, call: Call) -> Page:
        """As `send`, for who needs what AWS answers to a write. Every refusal is raised."""
        request = Request(call.service, call.operation, writes=True, region=call.region)
        ask = partial(self._ask, request, plain_parameters(call.params), current_lease_deadline())
        return self._with_session(partial(self._patience.call, ask, WRITE_AGAIN))

    def leading_to(self, entry: AccountEntry, session_name: str) -> Entrance:
        """How another role is assumed by this session's role (role chaining)."""
        return Entrance(entry, session_name, None, self._entrance.settings, through=self._credentials)

    def _paged(self, read: Read, on_page: Callable[[], None] | None = None) -> PagedRead:
        if not is_read(read.operation):
            raise ValueError(f"{read.service} {read.operation} is no read: writes go through send()")
        request = Request(read.service, read.operation, region=read.region)

        def ask(parameters: Mapping[str, Any]) -> Page:
            return self._read_again(partial(self._ask, request, parameters, on_page=on_page))

        client = self._clients.account(read.service, read.region)
        return PagedRead(
            ask,
            self._clients.pagination(read.service, read.operation),
            client.meta.service_model.operation_model(read.operation),
        )

    def _read_again(self, ask: Callable[[], Page]) -> Page:
        return self._with_session(partial(self._patience.call, ask, READ_AGAIN))

    def _with_session(self, attempt: Callable[[], Page]) -> Page:
        """Assume the role once more when the session has expired; a second refusal is the caller's."""
        if not self._is_open:
            raise SessionClosedError(f"the session in account {self.entry.account_id} has ended")
        if time.monotonic() > self._renew_at:
            self._assume()
        try:
            return attempt()
        except AwsError as error:
            if error.error_class is not ErrorClass.SESSION:
                raise
        self._assume()
        return attempt()

    def _assume(self) -> None:
        self._renew_at = time.monotonic() + SESSION_SECONDS - _RENEW_BEFORE_END
        self._credentials: AccountCredentials = self._patience.call(
            partial(assume, self._entrance, self._counter), READ_AGAIN
        )

    def _ask(
        self,
        request: Request,
        parameters: Mapping[str, Any],
        deadline: float | None = None,
        on_page: Callable[[], None] | None = None,
    ) -> Page:
        client = self._clients.account(request.service, request.region)
        method = getattr(client, xform_name(request.operation))
        try:
            with making(CallContext(self._credentials, self._counter, deadline)):
                answer: Page = method(**parameters)
        except BOTO_FAILURES as error:
            # Without its cause: botocore's own text may repeat parameters.
            raise self._counter.note(classify(error, request)) from None
        finally:
            if on_page is not None:
                on_page()
        return answer


def plain_parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as botocore takes them: dicts and lists only."""
    made = plain(params)
    return made if isinstance(made, dict) else {}


@contextmanager
def enter(
    entry: AccountEntry,
    *,
    session_name: str,
    session_policy: str | None = None,
    settings: AwsSettings,
    counter: CallCounter | None = None,
    pause: Pause = time.sleep,
) -> Iterator[AwsSession]:
    """Assume the account's role and work as it. `session_policy` (JSON text) narrows it; `counter` is the run's.

    Raises AccessFailedError with its causes, or AwsError where AWS throttled or gave no answer.
    """
    with enter_by(Entrance(entry, session_name, session_policy, settings), counter, pause) as session:
        yield session


@contextmanager
def enter_by(entrance: Entrance, counter: CallCounter | None = None, pause: Pause = time.sleep) -> Iterator[AwsSession]:
    """As `enter`, for an entrance that is known already."""
    session = AwsSession(entrance, counter or CallCounter(), pause)
    try:
        yield session
    finally:
        session.close()
