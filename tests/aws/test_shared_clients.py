"""One client for all accounts: a call under another account's credentials is the worst bug there is."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from provisioning.aws.call_context import AccountCredentials, CallContext, CallCounter, making
from provisioning.aws.clients import clients_for, forget_clients
from provisioning.aws.errors import NoAccountCredentialsError, SessionClosedError
from provisioning.core.change import Read
from tests.aws.conftest import ACCOUNT, OTHER, QUICK, Enter
from tests.aws.thin_aws import Answer, Asked, ThinAws, assumed, xml

WHO = Read("iam", "ListAccountAliases", {}, frozenset(), result_key="AccountAliases")
CALLS = 150


def alias(asked: Asked) -> Answer:
    return xml(asked.operation, f"<AccountAliases><member>{asked.access_key}</member></AccountAliases>")


def call_as(name: str) -> CallContext:
    return CallContext(AccountCredentials(f"ASIA{name}", f"secret{name}", f"token{name}"), CallCounter())


def whose(account_id: str) -> list[str]:
    """Many calls in one account, on this thread; the access key that AWS saw for each."""
    client: Any = clients_for(QUICK).account("iam")
    seen = []
    for _ in range(CALLS):
        with making(call_as(account_id)):
            seen.append(client.list_account_aliases()["AccountAliases"][0])
    return seen


def test_two_accounts_on_sixteen_threads_never_mix(thin: ThinAws) -> None:
    thin.answer = alias
    accounts = [ACCOUNT, OTHER] * 8
    with ThreadPoolExecutor(16) as pool:
        seen = list(pool.map(whose, accounts))
    assert [set(keys) for keys in seen] == [{f"ASIA{account}"} for account in accounts]
    signed = Counter(asked.access_key for asked in thin.asked)
    assert signed == {f"ASIA{ACCOUNT}": 8 * CALLS, f"ASIA{OTHER}": 8 * CALLS}


def test_two_open_sessions_keep_to_their_own_accounts(look: Enter) -> None:
    with look(ACCOUNT) as first, look(OTHER) as second:
        arns = [session.verify_identity() for session in (first, second, first, second)]
    assert [arn.split(":")[4] for arn in arns] == [ACCOUNT, OTHER, ACCOUNT, OTHER]


def test_client_is_made_once_however_many_threads_ask(thin: ThinAws) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: clients_for(QUICK).account("iam"), range(32)))
    assert len({id(client) for client in made}) == 1


def test_call_outside_an_account_is_refused_unsent(thin: ThinAws) -> None:
    client: Any = clients_for(QUICK).account("iam")
    with pytest.raises(NoAccountCredentialsError):
        client.list_account_aliases()
    assert thin.asked == []


def test_hub_credentials_never_sign_for_an_account(thin: ThinAws) -> None:
    client: Any = clients_for(QUICK).account("iam")
    with making(CallContext(None, CallCounter())), pytest.raises(NoAccountCredentialsError):
        client.list_account_aliases()
    assert thin.asked == []


def test_thread_started_inside_a_call_has_no_account(thin: ThinAws) -> None:
    client: Any = clients_for(QUICK).account("iam")
    failures: list[BaseException] = []

    def work() -> None:
        try:
            client.list_account_aliases()
        except NoAccountCredentialsError as error:
            failures.append(error)

    with making(call_as(ACCOUNT)):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(failures) == 1
    assert thin.asked == []


def test_pager_consumed_after_its_call_is_refused(thin: ThinAws) -> None:
    thin.answer = lambda asked: xml(asked.operation, "<Roles/><IsTruncated>true</IsTruncated><Marker>m</Marker>")
    client: Any = clients_for(QUICK).account("iam")
    with making(call_as(ACCOUNT)):
        pages: Iterator[Any] = iter(client.get_paginator("list_roles").paginate())
        next(pages)
    with pytest.raises(NoAccountCredentialsError):
        next(pages)
    assert thin.operations() == ["ListRoles"]


def test_session_is_refused_after_it_ended(look: Enter) -> None:
    with look() as session:
        pass
    with pytest.raises(SessionClosedError):
        session.read(WHO)


def test_keys_are_never_printed() -> None:
    assert "secret" not in repr(call_as("1")) and "token1" not in repr(call_as("1"))


def test_shared_clients_try_each_call_once_whatever_the_environment_says(
    thin: ThinAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    forget_clients()
    thin.answer = lambda asked: Answer("<ErrorResponse/>", 503)
    client: Any = clients_for(QUICK).account("iam")
    with making(call_as(ACCOUNT)), pytest.raises(ClientError, match="max retries: 0"):
        client.list_account_aliases()
    assert len(thin.asked) == 1


def test_calls_say_that_they_are_firstlines(thin: ThinAws, thin_session: Enter) -> None:
    thin.answer = lambda asked: assumed(ACCOUNT) if asked.operation == "AssumeRole" else alias(asked)
    with thin_session() as session:
        session.read(WHO)
    assert all("firstline" in asked.user_agent for asked in thin.asked)


def test_forked_child_makes_its_own_clients(thin: ThinAws) -> None:
    mine = clients_for(QUICK)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"own" if clients_for(QUICK) is not mine else b"shared")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"own"
    assert clients_for(QUICK) is mine
