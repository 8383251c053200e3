"""What the demo shows: a live progress bar and colours in a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

PLAIN_WIDTH = 132
WORTH_A_LINE = {"waits for paula", "settled"}


class Bars:
    """One bar per account; without a terminal, a line whenever more was written or a person must act."""

    def __init__(self, console: Console, accounts: Sequence[str]) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("  {task.description:16}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("writes  [dim]{task.fields[doing]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {
            name: self._progress.add_task(name, total=None, doing="") for name in accounts
        }
        self._told: dict[str, tuple[int, str]] = {}

    def show(self, account: str, done: int, total: int, doing: str) -> None:
        """How far an account is."""
        self._progress.update(self._tasks[account], completed=done, total=max(total, done), doing=doing)
        if not self._console.is_terminal:
            self._line(account, done, max(total, done), doing)

    def _line(self, account: str, done: int, total: int, doing: str) -> None:
        told = self._told.get(account, (0, ""))
        news = (done, doing if doing in WORTH_A_LINE else told[1])
        if news != told:
            self._told[account] = news
            self._console.print(f"  {account:16} {done:3} of {total} writes  {doing}", markup=False)

    @contextmanager
    def live(self) -> Iterator[Bars]:
        """The bars move while this is open, and lines that are printed meanwhile go above them."""
        with self._progress:
            yield self


class Screen:
    """Everything that is printed goes through here."""

    def __init__(self, console: Console | None = None) -> None:
        plain = None if sys.stdout.isatty() else PLAIN_WIDTH
        self.console = console or Console(width=plain, highlight=False, soft_wrap=False)
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the demo began."""
        return time.monotonic() - self._began

    def heading(self, text: str) -> None:
        """The start of a part of the story."""
        self.console.print(f"\n[bold]{escape(text)}[/]  [dim]{self.seconds:.0f} s[/]")

    def say(self, text: str) -> None:
        """One line of the story."""
        self.console.print(f"  {escape(text)}")

    def aside(self, text: str) -> None:
        """What belongs to the line above."""
        self.console.print(f"    [dim]{escape(text)}[/]")

    def started(self, text: str) -> None:
        """Something is up."""
        self.console.print(f"  [green]✓[/] {escape(text)}")

    def check(self, text: str, wrong: Sequence[str]) -> None:
        """A check and, when it failed, every reason."""
        self.console.print(f"  {mark(not wrong)} {escape(text)}")
        for reason in wrong:
            self.console.print(f"      [red]{escape(reason)}[/]")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows under their columns; a cell may have several lines."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=any("\n" in cell for row in rows for cell in row))
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*row)
        self.console.print(table)

    def bars(self, accounts: Sequence[str]) -> Bars:
        """Progress of these accounts."""
        return Bars(self.console, accounts)


def mark(right: bool) -> str:
    """✓ or ✗."""
    return "[green]✓[/]" if right else "[red]✗[/]"
