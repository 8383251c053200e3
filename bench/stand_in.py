"""A thin stand-in for AWS: a process of its own that gives prepared answers over connections kept open.

    python -m bench.stand_in ACCOUNTS LATENCY

Prints its port; GET /calls tells how often each operation was asked; ends with its standard input.
"""

import asyncio
import json
import re
import sys
from collections import Counter
from urllib.parse import parse_qs

from bench.account import account_ids, bench_account
from bench.answers import Key, answers_of

_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)", re.IGNORECASE)
_SIGNED_BY = re.compile(rb"Credential=ASIA(\d{12})")
_TARGET = re.compile(rb"\r\nX-Amz-Target: *\w+\.(\w+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


class StandIn:
    """Finds the answer to each request. `latency` in seconds."""

    def __init__(self, accounts: int, latency: float) -> None:
        self.latency = latency
        self.calls: Counter[str] = Counter()
        self._answers: dict[Key, bytes] = {}
        for account_id in account_ids(accounts):
            self._answers.update(answers_of(bench_account(account_id)))

    def answer(self, head: bytes, body: bytes) -> bytes:
        """The prepared bytes; KeyError for a call that no quiet look makes."""
        if head.startswith(b"GET /calls "):
            return self._told()
        key = _key(head, body)
        self.calls[key[1]] += 1
        return self._answers[key]

    def _told(self) -> bytes:
        body = json.dumps(self.calls).encode()
        self.calls.clear()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def _key(head: bytes, body: bytes) -> Key:
    signed_by = _SIGNED_BY.search(head)
    account = signed_by[1].decode() if signed_by else ""
    if target := _TARGET.search(head):
        return _budgets_key(account, target[1].decode(), body)
    form = parse_qs(body.decode())
    if form["Action"] == ["AssumeRole"]:
        return form["RoleArn"][0].split(":")[4], "AssumeRole"
    return account, form["Action"][0]


def _budgets_key(account: str, operation: str, body: bytes) -> Key:
    if operation != "DescribeSubscribersForNotification":
        return account, operation
    asked = json.loads(body)
    return account, operation, asked["BudgetName"], str(float(asked["Notification"]["Threshold"]))


class Connection(asyncio.Protocol):
    """One kept connection: a request at a time."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, end, body = self._seen.partition(_HEAD_END)
        if not end:
            return
        length = _LENGTH.search(head)
        if len(body) < (int(length[1]) if length else 0):
            return
        self._seen = b""
        answer = self._stand_in.answer(head, body)
        asyncio.get_running_loop().call_later(self._stand_in.latency, self._send, answer)

    def _send(self, answer: bytes) -> None:
        assert isinstance(self._transport, asyncio.WriteTransport)
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve(accounts: int, latency: float) -> None:
    """Answer until standard input ends."""
    stand_in = StandIn(accounts, latency)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(stand_in), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
