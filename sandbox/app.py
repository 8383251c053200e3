"""The WSGI application: one request at a time against the simulated AWS, with faults and the call log around it."""

from __future__ import annotations

import socket
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from sandbox.account_creation import OPERATIONS as ACCOUNT_CREATION
from sandbox.authorise import authorise
from sandbox.call import Call, Principal, read_call
from sandbox.control import control
from sandbox.errors import AwsError, not_implemented
from sandbox.faults import BEFORE_EFFECT, Fault, fault_error
from sandbox.lookup import authenticate
from sandbox.moto_app import ask_moto
from sandbox.operations import NOT_MOTOS, handler_of
from sandbox.organizations import after_organizations, check_member
from sandbox.protocol import Answer, answer, error_answer
from sandbox.record import entry, target_account
from sandbox.token_errors import invalid_token
from sandbox.validation import check_parameters
from sandbox.world import world

StartResponse = Callable[..., Any]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    path = environ.get("PATH_INFO", "/")
    if path.startswith("/_sandbox"):
        return _send(start_response, control(environ))
    call = read_call(environ)
    return _send(start_response, serve(call))


def _send(start_response: StartResponse, given: Answer) -> list[bytes]:
    headers = [*given.headers, ("Content-Length", str(len(given.body))), ("x-amzn-RequestId", str(uuid4()))]
    start_response(f"{given.status} {'OK' if given.status < 400 else 'Error'}", headers)
    return [given.body]


def serve(call: Call) -> Answer:
    """Numbers, faults, answers and logs one call. A fault that cuts the connection raises ConnectionError."""
    principal = _signer(call)
    account = target_account(call, principal)
    number = world.log.begin(account, principal.session_name if principal else "", call.is_write)
    rule = world.faults.strike(account, call.service, call.operation, call.is_write)
    if rule and rule.kind == "delay":
        time.sleep(rule.seconds)
    given = _answer(call, rule)
    world.log.applied(account, number)
    world.log.record({"n": number, **entry(call, principal, account, given, rule)})
    _after(call, rule)
    return given


def _signer(call: Call) -> Principal | None:
    """Who the call claims to be, for log and faults; whether that holds is checked under the lock."""
    session = world.sessions.get(call.access_key)
    if session:
        return session.principal
    try:
        return authenticate(call)
    except AwsError:
        return None


def _answer(call: Call, rule: Fault | None) -> Answer:
    if rule and rule.kind in BEFORE_EFFECT:
        return error_answer(call.service, fault_error(rule, call.service))
    if rule and rule.kind == "cut":
        return Answer(0, (), b"", "ConnectionCut")
    with world.lock:
        try:
            return _answer_checked(call)
        except AwsError as error:
            return error_answer(call.service, error)
        except Exception:  # noqa: BLE001 - a fault of the sandbox itself: loud here, a plain 500 for the client
            traceback.print_exc()
            return error_answer(call.service, AwsError("InternalFailure", "The sandbox failed; see its output.", 500))


def _answer_checked(call: Call) -> Answer:
    if not call.access_key:
        raise invalid_token(call.service)
    call.principal = authenticate(call)
    check_parameters(call.service, call.operation, call.params)
    authorise(call)
    seconds = world.faults.stale_seconds(call.account)
    if seconds and not call.is_write and (old := world.reads.stale_answer(call, seconds)):
        if isinstance(old, Answer):
            return old
        raise AwsError(old[0], "Not visible yet.", old[1])
    given = _dispatch(call)
    _remember(call, given)
    return given


def _remember(call: Call, given: Answer) -> None:
    if call.service not in ("iam", "budgets"):
        return
    if not call.is_write:
        world.reads.note_read(call, given)
    elif given.status < 400:
        world.reads.note_write(call)


def _dispatch(call: Call) -> Answer:
    handler = handler_of(call) or (ACCOUNT_CREATION.get(call.operation) if call.service == "organizations" else None)
    if handler:
        return answer(call.service, call.operation, handler(call))
    if call.service in NOT_MOTOS:
        raise not_implemented(call.service, call.operation)
    if call.service == "organizations":
        check_member(call)
    given = ask_moto(call)
    if call.service == "organizations" and call.is_write:
        after_organizations(call)
    return given


def _after(call: Call, rule: Fault | None) -> None:
    if rule is None or rule.kind not in ("timeout", "cut", "cut_after"):
        return
    if rule.kind == "timeout":
        time.sleep(rule.seconds)
    connection = call.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("cut by a fault of the sandbox")
