"""Somebody who follows the guide from its first line: nothing is done but what it says."""

import json
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from sandbox.client import Sandbox
from sandbox.demo.children import Children
from sandbox.demo.installation import worker_environment
from sandbox.servers import embedded_postgres, embedded_redis
from tests.architecture.sources import ROOT
from tests.chaos.waiting import wait_until
from tests.scenarios.guide.document import blocks, filled, for_the_shell, process_commands
from tests.scenarios.guide.proxy import tls_proxy
from tests.scenarios.guide.shell import Done, Shell

HOST = "firstline.example.org"
PASSWORD = "a hub for every account"
LISTENING = re.compile(r"Listening at: (http://[\d.:]+)")
SAMPLE_ROWS = re.compile(r"(?:^\d{12},.*\n)+", re.MULTILINE)


@dataclass
class Reader:
    """What the reader has on the screen and in the secret store."""

    sandbox: Sandbox
    shell: Shell
    children: Children
    stack: ExitStack
    database: str
    redis: str
    values: dict[str, str] = field(default_factory=dict)

    def run(self, step: int, which: int = 0, *, typed: str = "", status: int = 0) -> Done:
        """One block of a step, its placeholders filled."""
        return self.shell.run(filled(for_the_shell(step)[which], self.values), typed=typed, status=status)

    def makes_the_hub_and_secrets(self) -> None:
        """Steps 1 and 2: the hub's account is read off the ARNs, the organisation off the console."""
        arns = re.findall(r"arn:aws:iam::(\d{12}):role/", self.run(1).stdout)
        known = self.sandbox.organisation()
        assert arns == [known["hub_account"]] * 3
        named = re.findall(r"# .*?([A-Z_]+)$", for_the_shell(2)[0], re.MULTILINE)
        self.values = dict(zip(named, self.run(2).stdout.split(), strict=True))
        self.values |= {
            "EXTERNAL_ID": self.values["FIRSTLINE_EXTERNAL_ID"],
            "HUB_ACCOUNT": known["hub_account"],
            "ORGANIZATION_ID": known["org_id"],
            "OU_ID": self._unit("workloads"),
        }

    def makes_the_roles(self) -> None:
        """Step 3, with its protection."""
        self.run(3)
        lines = for_the_shell(3)[1].partition("\naws organizations attach-policy")
        self.values["POLICY_ID"] = self.shell.run(filled(lines[0], self.values)).stdout.strip()
        self.shell.run(filled(lines[1].strip() + lines[2], self.values))

    def makes_the_database(self) -> None:
        """Step 4, as PostgreSQL's administrator."""
        self.values |= {f"{name}_PASSWORD": secrets.token_hex(16) for name in ("OWNER", "APP")}
        (text,) = (block.text for block in blocks() if block.step == 4)
        at_first, then = filled(text, self.values).split("\\connect firstline\n")
        server = urlunsplit(urlsplit(self.database)._replace(path="/postgres"))
        with psycopg.connect(server, autocommit=True) as connection:
            for statement in ["DROP DATABASE firstline", *at_first.strip().split(";\n")]:
                connection.execute(statement)
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(then)

    def fills_the_environment(self) -> None:
        """Step 5: only the addresses of the two servers are this machine's instead of the example's."""
        keys = re.findall(r"FIRSTLINE_(?:HISTORY_KEYS|TOKEN_PEPPERS|HAND_OVER_KEYS)", for_the_shell(2)[0])
        given = self.values | {
            "HISTORY_KEY": self.values[keys[0]],
            "TOKEN_PEPPER": self.values[keys[1]],
            "HAND_OVER_KEY": self.values[keys[2]],
        }
        lines = (ROOT / "docs/production.env").read_text().splitlines()
        kept = [self._line(line, given) for line in lines if not line.startswith("#")]
        (self.shell.folder / "firstline.env").write_text("# mine\n" + "\n".join(kept) + "\n")
        self.run(5)

    def _line(self, line: str, given: dict[str, str]) -> str:
        name, _, value = line.partition("=")
        if name == "FIRSTLINE_REDIS_URL":
            return f"{name}={self.redis}"
        if name == "FIRSTLINE_DATABASE_URL":
            place = urlsplit(self.database)
            value = value.partition("@")[0] + f"@/firstline?{place.query}"
        return f"{name}={filled(value, given) or given[name]}"

    def starts_the_processes(self) -> None:
        """Step 6: the commands of the table, each with its own environment, and the proxy in front of the web."""
        commands = process_commands()
        web, dispatcher = self._file("web.env"), self._file("dispatcher.env")
        worker = self._file("worker.env")
        for kind, environment in (("look", worker), ("apply", worker), ("hand-over", web)):
            identity = worker_environment(environment, self.sandbox, kind)
            self.children.start(f"{kind} worker", commands[f"{kind} worker"].split(), identity)
        self.children.start("dispatcher", commands["dispatcher"].split(), dispatcher)
        bound = commands["web"].replace("0.0.0.0:8000", "127.0.0.1:0")
        server = self.children.start("web", bound.split(), web | {"GUNICORN_CMD_ARGS": "--no-control-socket"})
        wait_until(lambda: LISTENING.search(server.log.read_text()), "the web server")
        (url,) = LISTENING.findall(server.log.read_text())
        port = self.stack.enter_context(tls_proxy(url, HOST, self.shell.folder))
        resolved = f'connect-to = "{HOST}:443:127.0.0.1:{port}"\ncacert = "{self.shell.folder}/tls.pem"\n'
        (self.shell.folder / ".curlrc").write_text(resolved)

    def _file(self, name: str) -> dict[str, str]:
        """What a container gets of an env file."""
        lines = (self.shell.folder / name).read_text().splitlines()
        kept = {name: self.shell.environment[name] for name in ("PATH", "HOME")}
        return kept | {key: value for key, _, value in (line.partition("=") for line in lines)}

    def becomes_the_first_person(self) -> Any:
        """Step 7; what readyz answers."""
        return last_json(self.run(7, typed=PASSWORD).stdout)

    def registers(self, rows: list[str]) -> Done:
        """Step 8 with the reader's own accounts in the file; the verification says that some can't be entered."""
        text = SAMPLE_ROWS.sub("".join(f"{row}\n" for row in rows), for_the_shell(8)[0])
        return self.shell.run(text, status=1)

    def ask(self, path: str, body: Any = None) -> Any:
        """REST with the reader's token."""
        given = ["-X", "POST", "-H", "Content-Type: application/json", "-d", f"'{json.dumps(body)}'"] if body else []
        quoted = [word if word.startswith(("-", "'")) else f'"{word}"' for word in given]
        asked = f'curl -sS --fail-with-body "$FIRSTLINE/{path}" -H "Authorization: Bearer $TOKEN" {" ".join(quoted)}'
        return json.loads(self.shell.run(asked).stdout)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """A list that fits on one page."""
        page = self.ask(path)
        assert page["next"] is None
        found: list[dict[str, Any]] = page["results"]
        return found

    def _unit(self, name: str) -> str:
        client = self.sandbox.client("organizations", self.sandbox.organisation()["management_account"])
        root = client.list_roots()["Roots"][0]["Id"]
        units = client.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
        return next(str(unit["Id"]) for unit in units if unit["Name"] == name)


def last_json(text: str) -> Any:
    """The object at the end of what was printed."""
    return json.loads(text[text.index("{") :])


@contextmanager
def reader(sandbox: Sandbox, folder: Path) -> Iterator[Reader]:
    """A reader in a checkout of the repository, with PostgreSQL and Redis as the guide asks for."""
    for name in ("deploy", "docs", "manage.py"):
        (folder / name).symlink_to(ROOT / name)
    programs = folder / "programs"
    programs.mkdir()
    program = f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tests.scenarios.guide.aws_program "$@"\n'
    (programs / "aws").write_text(program)
    (programs / "aws").chmod(0o755)
    environment = {
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "GUIDE_SANDBOX": sandbox.url,
        "GUIDE_AWS_LOG": str(folder / "aws.log"),
    }
    with ExitStack() as stack:
        database, redis = stack.enter_context(embedded_postgres()), stack.enter_context(embedded_redis())
        children = Children(folder)
        stack.callback(children.stop)
        yield Reader(sandbox, Shell(folder, environment), children, stack, database.url, redis.url)
