"""A mail server of its own on a free port: keeps what it takes, and refuses, hangs up or sleeps as a test says."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class MailServer:
    """`refused`: addresses it answers 550 to; `drops_after`: hangs up after so many mails; `greeting` as it says it."""

    port: int = 0
    refused: set[str] = field(default_factory=set)
    drops_after: int | None = None
    greeting: str = "220 ready"
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    connections: int = 0

    def sent_to(self) -> list[str]:
        return sorted(address for address, _ in self.mails)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(text: str) -> None:
            writer.write(f"{text}\r\n".encode())

        say(self.greeting)
        to = ""
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            match verb:
                case "RCPT":
                    to = line.partition("<")[2].partition(">")[0]
                    say(f"550 no such mailbox {to}" if to in self.refused else "250 ok")
                case "DATA":
                    say("354 go on")
                    data = await reader.readuntil(b"\r\n.\r\n")
                    if self.drops_after is not None and len(self.mails) >= self.drops_after:
                        return
                    self.mails.append((to, _read(data)))
                    say("250 taken")
                case "QUIT":
                    say("221 bye")
                    return
                case _:
                    say("250 ok")


def _read(data: bytes) -> EmailMessage:
    text = data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    found: Any = message_from_bytes(text, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    """Text and HTML."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and html is not None
    return str(text.get_content()), str(html.get_content())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Listening until the block ends."""
    found, ready, loop = MailServer(), threading.Event(), asyncio.new_event_loop()

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(found.serve, "127.0.0.1", 0))
        found.port = server.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
