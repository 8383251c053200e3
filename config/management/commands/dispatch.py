"""`manage.py dispatch`: run a dispatcher until it is told to stop."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from config.checks.process import Process
from config.dispatcher import dispatch_until
from config.start import refuse_unsafe_start


class Command(BaseCommand):
    help = "Ring workers for what is due, until SIGTERM or SIGINT. Any number of dispatchers may run."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run rounds in the main thread; a signal ends the one under way first."""
        refuse_unsafe_start(Process.DISPATCHER)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        dispatch_until(stop)
