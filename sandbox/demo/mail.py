"""`python -m sandbox.demo.mail FILE`: a mail server for the demo, which delivers nothing and writes all to a file."""

from __future__ import annotations

import socketserver
import sys
from email import message_from_bytes, policy
from pathlib import Path


class MailHandler(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client that sends needs."""

    server: MailServer

    def handle(self) -> None:
        self._say("220 ready")
        to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                to.append(line.partition("<")[2].partition(">")[0])
            elif verb == "DATA":
                self._say("354 go on")
                self.server.keep(to, self._data())
                to = []
            self._say("221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _data(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps the text of every mail in one file."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(("127.0.0.1", 0), MailHandler)
        self._path = path

    def keep(self, to: list[str], data: bytes) -> None:
        """Append one mail: to whom, subject and text; HTML is left out."""
        mail = message_from_bytes(data, policy=policy.default)
        body = mail.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"To: {', '.join(to)}\nSubject: {mail['Subject']}\n\n{text}\n\n")


if __name__ == "__main__":
    with MailServer(Path(sys.argv[1])) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
