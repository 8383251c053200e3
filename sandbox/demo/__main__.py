"""`python -m sandbox.demo`: show Firstline at work, then serve until Ctrl-C. With ONCE=1, end after the result."""

from __future__ import annotations

import os
import signal
import sys
import time

from sandbox.binaries import ServerError
from sandbox.demo.errors import DemoError
from sandbox.demo.hands import write_hands
from sandbox.demo.installation import ROLES, Installation, running
from sandbox.demo.outcome import Evidence, Told
from sandbox.demo.screen import Screen
from sandbox.demo.story import Story

INTERRUPTED = 130


def main() -> int:
    """Exit status 0 only if everything came out as expected."""
    # A shell that starts it in the background has it ignore Ctrl-C; then `kill -INT` would do nothing.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: sys.exit(128 + received))
    screen = Screen()
    try:
        return _show(screen, once=bool(os.environ.get("ONCE")))
    except (DemoError, ServerError) as error:
        screen.say(f"The demo stopped. {error}")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _show(screen: Screen, *, once: bool) -> int:
    screen.heading("Firstline keeps every AWS account on its baseline. Starting, for this demo only:")
    with running(screen.started) as installation:
        right = tell(installation, screen)
        if not once:
            serve(installation, screen)
    return 0 if right else 1


def tell(installation: Installation, screen: Screen) -> bool:
    """The whole story, and whether it came out right."""
    story = Story(installation, screen)
    evidence = Evidence(installation.sandbox, story.names)
    story.discover()
    story.publish()
    story.look_first()
    story.enforce()
    evidence.note("reconciled")
    story.by_people()
    evidence.note("completed")
    since = story.tamper()
    evidence.note("tampered")
    story.find_and_repair(since)
    evidence.note("repaired")
    screen.heading("9. Did it come out right?")
    told = Told(story.found, story.calls_used(), story.answers, story.completed, story.tampered)
    right = evidence.judge(screen, told)
    screen.say(f"{'All as expected' if right else 'NOT as expected'}, {screen.seconds:.0f} s in all.")
    return right


def serve(installation: Installation, screen: Screen) -> None:
    """Say where to go and how to sign in; return on Ctrl-C. Raises DemoError when a process ends."""
    screen.heading("Firstline goes on running until Ctrl-C")
    screen.say(f"admin  {installation.url}/admin/provisioning/drift/")
    for name, password in installation.passwords.items():
        screen.aside(f"{ROLES[name]:14}  {name:6} password {password}")
    screen.say(f"API    {installation.url}/api/v1/docs, once signed in to the admin; or with a token:")
    token = installation.people["otto"].token
    screen.aside(f'curl -H "Authorization: Bearer {token}" {installation.url}/api/v1/drift')
    screen.say("docs/workshop.md leads through the workshop; in a second terminal, in this folder, begin with")
    screen.aside(f". {write_hands(installation)}")
    try:
        while True:
            installation.children.check()
            time.sleep(1)
    except KeyboardInterrupt:
        screen.say("Stopping.")


if __name__ == "__main__":
    sys.exit(main())
