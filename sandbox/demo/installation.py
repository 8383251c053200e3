"""A whole Firstline on this machine: servers, simulated AWS, web, workers, dispatcher. All of it ends with the demo."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from sandbox.client import Sandbox
from sandbox.demo.api import Person
from sandbox.demo.children import Children
from sandbox.demo.errors import DemoError
from sandbox.servers import postgres, redis

PORT = 8000
MAILS = "mails.txt"
START_SECONDS = 60.0
ROLES = {"ann": "baseline_author", "otto": "operator", "paula": "approver", "rosa": "security_admin"}
SIGN_IN = ("otto", "paula", "rosa")
MANAGE = [sys.executable, "manage.py"]
CELERY = [sys.executable, "-m", "celery", "-A", "config", "worker", "--without-mingle", "--loglevel", "WARNING"]
GUNICORN = [sys.executable, "-m", "gunicorn", "config.wsgi", "--workers", "1", "--threads", "8", "--no-control-socket"]

Say = Callable[[str], None]


@dataclass(frozen=True)
class Installation:
    """What runs, and who may use it. `organisation` is the simulated one, with its accounts."""

    url: str
    sandbox: Sandbox
    organisation: dict[str, Any]
    people: dict[str, Person]
    passwords: dict[str, str] = field(repr=False)
    children: Children


@contextmanager
def running(say: Say) -> Iterator[Installation]:
    """Start everything in the order of need, and end it. Raises DemoError, ServerError."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="firstline-demo-")))
        leave_the_machine_out()
        urls = {
            "FIRSTLINE_DATABASE_URL": stack.enter_context(postgres()),
            "FIRSTLINE_REDIS_URL": stack.enter_context(redis()),
        }
        refuse_used(urls["FIRSTLINE_DATABASE_URL"])
        say("PostgreSQL and Redis")
        children = Children(folder)
        stack.callback(children.stop)
        sandbox, organisation = _simulated_aws(children)
        say(f"a simulated AWS organisation ({organisation['org_id']}) with three workload accounts, drifted already")
        product = product_environment(urls, organisation)
        yield _firstline(children, sandbox, organisation, product, say)


def leave_the_machine_out() -> None:
    """Nobody's own AWS profile, keys or proxy may decide anything here: the demo talks to this machine only."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1"


def refuse_used(database_url: str) -> None:
    """Raises DemoError for a database that holds a Firstline already: its accounts are no simulated ones."""
    with psycopg.connect(database_url) as connection:
        (table,) = connection.execute("SELECT to_regclass('accounts_account')").fetchone() or (None,)
    if table is not None:
        raise DemoError("FIRSTLINE_DATABASE_URL names a database in use. Unset it, or name an empty one.")


def product_environment(urls: Mapping[str, str], organisation: Mapping[str, Any]) -> dict[str, str]:
    """What every process of the product is given: settings, and no AWS credentials."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTLINE_")}
    return {
        **kept,
        **urls,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "FIRSTLINE_SECRET_KEY": secrets.token_hex(32),
        "FIRSTLINE_EXTERNAL_ID": organisation["external_id"],
        "FIRSTLINE_ORGANIZATION_ID": organisation["org_id"],
        "FIRSTLINE_HUB_ACCOUNT_ID": organisation["hub_account"],
        "FIRSTLINE_DISCOVERY_ACCOUNT_ID": organisation["management_account"],
        "FIRSTLINE_OU_ENVIRONMENTS": json.dumps(_environments(organisation)),
        "FIRSTLINE_HAND_OVER_KEYS": json.dumps({"demo": secrets.token_hex(32)}),
        "FIRSTLINE_SETTLE_SECONDS": "2",
    }


def _environments(organisation: Mapping[str, Any]) -> dict[str, str]:
    return {one["ou"]: one["environment"] for one in organisation["accounts"] if one["environment"]}


def worker_environment(product: Mapping[str, str], sandbox: Sandbox, kind: str) -> dict[str, str]:
    """A worker's: the standard AWS variables, with the hub's look or apply identity and the simulated endpoint."""
    identity = {name.upper(): value for name, value in sandbox.hub_credentials(kind).items()}
    return {
        **product,
        **identity,
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _simulated_aws(children: Children) -> tuple[Sandbox, dict[str, Any]]:
    child = children.start("simulated AWS", [sys.executable, "-m", "sandbox", "serve"], os.environ, answers=True)
    assert child.process.stdout is not None
    url = child.process.stdout.readline().strip()
    if not url:
        child.process.wait()
        children.check()
    sandbox = Sandbox(url)
    return sandbox, sandbox.organisation(example="workshop")


def _mail_server(children: Children) -> dict[str, str]:
    """Reports go to a server that only writes them to a file; the settings that say so."""
    command = [sys.executable, "-m", "sandbox.demo.mail", str(children.folder / MAILS)]
    child = children.start("mail server", command, os.environ, answers=True)
    assert child.process.stdout is not None
    port = child.process.stdout.readline().strip()
    return {
        "FIRSTLINE_SMTP_HOST": "127.0.0.1",
        "FIRSTLINE_SMTP_PORT": port,
        "FIRSTLINE_SMTP_TLS": "none",
        "FIRSTLINE_SMTP_FROM": "Firstline <firstline@example.com>",
    }


def _firstline(
    children: Children, sandbox: Sandbox, organisation: dict[str, Any], product: dict[str, str], say: Say
) -> Installation:
    product = product | _mail_server(children)
    product["FIRSTLINE_MANAGEMENT_ACCOUNT_ID"] = organisation["management_account"]
    # Workers take seconds to start and touch nothing before they are rung, so they start beside the migration.
    identities = ("look", "apply", "hand-over", "vend")
    look, apply, hand_over, vend = (worker_environment(product, sandbox, kind) for kind in identities)
    children.start("look worker", [*CELERY, "-Q", "look", "-c", "1", "-n", "look@%h"], look)
    children.start("apply worker", [*CELERY, "-Q", "apply", "-c", "2", "-O", "fair", "-n", "apply@%h"], apply)
    children.start("hand-over worker", [*CELERY, "-Q", "hand_over", "-c", "1", "-n", "hand_over@%h"], hand_over)
    children.start("vending worker", [*CELERY, "-Q", "vend", "-c", "1", "-n", "vend@%h"], vend)
    children.run("migrate", [*MANAGE, "migrate", "--no-input", "--verbosity", "0"], product)
    url = _web(children, product)
    passwords = {name: secrets.token_urlsafe(12) for name in SIGN_IN}
    people = _people(children, product, url, passwords)
    children.start("dispatcher", [*MANAGE, "dispatch"], product)
    _wait_until_ready(children, url)
    say("Firstline: web server, look, apply, hand-over and vending workers, dispatcher")
    return Installation(url, sandbox, organisation, people, passwords, children)


def _web(children: Children, product: Mapping[str, str]) -> str:
    """The socket is opened here and handed on, so that nobody can take the port in between."""
    with _listening() as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        bind = ["--bind", f"fd://{listener.fileno()}"]
        children.start("web server", [*GUNICORN, *bind], product, files=[listener.fileno()])
    return address


def _listening() -> socket.socket:
    for port in (PORT, 0):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(64)
        except OSError:
            listener.close()
        else:
            return listener
    raise DemoError("No port of 127.0.0.1 can be listened on.")


def _people(
    children: Children, product: Mapping[str, str], url: str, passwords: Mapping[str, str]
) -> dict[str, Person]:
    wanted = {name: {"role": role, "password": passwords.get(name)} for name, role in ROLES.items()}
    made = children.run("people", [sys.executable, "-m", "sandbox.demo.people"], product, json.dumps(wanted))
    return {name: Person(name, ROLES[name], url, token) for name, token in json.loads(made).items()}


def _wait_until_ready(children: Children, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(f"{url}/readyz"):
        children.check()
        if time.monotonic() > deadline:
            raise DemoError(f"{url}/readyz is not ready after {START_SECONDS:.0f} s.\n{children.tails()}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False
    return True
