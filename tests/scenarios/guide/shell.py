"""The reader's Bash: what one block exports is there in the next, and questions at the terminal are answered."""

import fcntl
import os
import pty
import subprocess
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Done = subprocess.CompletedProcess[str]


class Shell:
    """Commands run in `folder`; a command that fails ends its block."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def run(self, text: str, *, typed: str = "", status: int = 0) -> Done:
        """Run a block. `typed` answers each question for a password."""
        kept = self.folder / ".environment"
        script = f"set -e -o pipefail\ntrap 'env -0 > {kept}' EXIT\n{text}"
        with _terminal(typed) as terminal:
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=self.folder,
                env=self.environment,
                stdin=terminal,
                capture_output=True,
                text=True,
                timeout=240,
                check=False,
                start_new_session=True,
                preexec_fn=lambda: _control(terminal),
            )
        assert done.returncode == status, f"{text}\n{done.stdout}\n{done.stderr}"
        pairs = (line.partition("=") for line in kept.read_text().split("\0") if line)
        self.environment = {name: value for name, _, value in pairs}
        return done


def _control(terminal: int) -> None:
    """Passwords are read from the controlling terminal, whatever standard input is."""
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


@contextmanager
def _terminal(typed: str) -> Iterator[int]:
    ours, theirs = pty.openpty()
    answering = threading.Thread(target=_answer, args=(ours, typed), daemon=True)
    answering.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        answering.join()
        os.close(ours)


def _answer(ours: int, typed: str) -> None:
    asked = b""
    with suppress(OSError):  # EIO: nobody has the terminal open any more
        while read := os.read(ours, 4096):
            asked += read
            if b"Password" in asked and asked.endswith(b": "):
                asked = b""
                os.write(ours, f"{typed}\n".encode())
