"""Child processes that end when we end, and a command whose signals we pass on."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

PASSED_ON = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT}
SI_KERNEL = 0x80  # siginfo(7): sent by the terminal, which has already told the whole process group
PR_SET_PDEATHSIG = 1  # prctl(2)
NOT_FOUND, NOT_EXECUTABLE = 127, 126  # as a shell reports them


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends this signal to the child when the thread that started it ends."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def prepare() -> None:
        for passed_on in PASSED_ON:
            signal.signal(passed_on, signal.SIG_DFL)  # a job started in the background of a script ignores some
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON | {signal.SIGCHLD})
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, number)

    return prepare


def supervise(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command, pass on the signals we get, and return its exit status as a shell would name it.

    Signals stay blocked afterwards, so that the clean-up which follows is not cut short.
    """
    watched = PASSED_ON | {signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    try:
        child = subprocess.Popen(command, env=environment, preexec_fn=die_with_parent(signal.SIGTERM))
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    while child.poll() is None:
        received = signal.sigwaitinfo(watched)
        if received.si_signo != signal.SIGCHLD and received.si_code != SI_KERNEL:
            child.send_signal(received.si_signo)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode
