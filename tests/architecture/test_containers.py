"""The container files name what exists, pin what they pull, and hold no secret. They are built in users' own CI."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from jsonschema import Draft7Validator

from config.environment import Environment
from tests.architecture.sources import PRODUCT, ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|CLI_AUTH|EXTERNAL_ID|ACCESS_KEY|HISTORY_KEYS|PEPPERS")
REQUIRED = re.compile(r"\$\{[A-Z_]+:?\?[^}]+\}")


def environment() -> dict[str, str]:
    return {name: str(value) for each in SERVICES.values() for name, value in each.get("environment", {}).items()}


def commands(program: str) -> dict[str, list[str]]:
    """Arguments of each service's command that starts with this program."""
    words = {name: shlex.split(each.get("command", "")) for name, each in SERVICES.items()}
    return {
        name: rest[len(program.split()) :]
        for name, rest in words.items()
        if rest[: len(program.split())] == program.split()
    }


def instructions(word: str) -> list[str]:
    return [line.partition(" ")[2].strip() for line in DOCKERFILE if line.startswith(f"{word} ")]


def stages() -> dict[str, str]:
    """Name of each build stage and what it starts from, with the defaults of build arguments."""
    given = dict(line.split("=", 1) for line in instructions("ARG"))
    found = (line.partition(" AS ") for line in instructions("FROM"))
    return {name: re.sub(r"\$\{(\w+)\}", lambda used: given[used[1]], source) for source, _, name in found}


def stage_lines(stage: str) -> list[str]:
    start = next(number for number, line in enumerate(DOCKERFILE) if line.endswith(f" AS {stage}"))
    following = (number for number, line in enumerate(DOCKERFILE) if number > start and line.startswith("FROM "))
    return DOCKERFILE[start + 1 : next(following, None)]


def test_compose_file_keeps_the_specification() -> None:
    schema = json.loads((ROOT / "tests/architecture/compose-spec.json").read_text())
    errors = Draft7Validator(schema).iter_errors(COMPOSE)
    assert not [f"{error.json_path}: {error.message}" for error in errors]


def test_our_services_can_write_nowhere_and_gain_nothing() -> None:
    ours = [each for each in SERVICES.values() if each.get("image", "").startswith("firstline:")]
    assert len(ours) == 7
    for service in ours:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not [volume for volume in service.get("volumes", []) if "docker.sock" in volume]


def test_nothing_is_reached_from_outside_but_the_web_server_through_this_machine() -> None:
    assert {name: each["ports"] for name, each in SERVICES.items() if "ports" in each} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_every_part_of_the_product_is_a_service() -> None:
    parts = {
        "web",
        "look-worker",
        "apply-worker",
        "vend-worker",
        "hand-over-worker",
        "dispatcher",
        "migrate",
        "postgres",
        "redis",
        "sandbox",
    }
    assert set(SERVICES) == parts


def test_what_not_everybody_needs_starts_in_a_profile_only() -> None:
    profiles = {name: each["profiles"] for name, each in SERVICES.items() if "profiles" in each}
    assert profiles == {"sandbox": ["demo"], "vend-worker": ["vending"]}


@pytest.mark.parametrize("service", SERVICES)
def test_service_pulls_or_builds_a_named_version(service: str) -> None:
    _, _, tag = SERVICES[service]["image"].partition(":")
    assert tag
    assert "latest" not in tag


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "migrate"])
def test_service_that_stays_is_watched(service: str) -> None:
    assert SERVICES[service]["healthcheck"]["test"]


def test_secrets_come_from_the_environment_or_the_start_is_refused() -> None:
    held = {name: value for name, value in environment().items() if SECRET_NAME.search(name)}
    assert held.pop("FIRSTLINE_SMTP_PASSWORD") == "${FIRSTLINE_SMTP_PASSWORD:-}", "not every mail server asks for one"
    assert all(REQUIRED.fullmatch(value) for value in held.values())
    passwords = [re.search(r"//[^/:]*:(.+)@", value) for value in environment().values()]
    assert all(REQUIRED.fullmatch(found[1]) for found in passwords if found)


def test_every_setting_named_is_one_the_product_reads() -> None:
    known = {f"FIRSTLINE_{name.upper()}" for name in Environment.model_fields}
    assert {name for name in environment() if name.startswith("FIRSTLINE_")} <= known


def test_each_worker_has_an_identity_of_its_own() -> None:
    files = {name: [one["path"] for one in each["env_file"]] for name, each in SERVICES.items() if "env_file" in each}
    assert files == {
        "look-worker": ["look.env"],
        "apply-worker": ["apply.env"],
        "hand-over-worker": ["hand-over.env"],
        "vend-worker": ["vend.env"],
    }


def test_web_holds_no_aws_identity() -> None:
    assert "env_file" not in SERVICES["web"] and "env_file" not in SERVICES["dispatcher"]
    assert not [name for name in environment() if name.startswith("AWS_")]


def test_workers_serve_every_queue_with_options_that_celery_knows() -> None:
    from celery.bin.worker import worker

    from config.celery import app

    served = set()
    for arguments in commands("celery -A config worker").values():
        context = worker.make_context("worker", [], resilient_parsing=True)
        given, _, _ = worker.make_parser(context).parse_args(arguments)
        served.add(given["queues"])
    assert served == {route["queue"] for route in app.conf.task_routes.values()}


def test_management_commands_exist() -> None:
    named = {arguments[0] for arguments in commands("python manage.py").values()}
    assert named == {"dispatch", "migrate"}
    assert named <= set(get_commands())


def test_web_server_starts_the_products_application(monkeypatch: pytest.MonkeyPatch) -> None:
    from gunicorn.config import Config

    # The web server refuses to start with an AWS identity, and whoever runs the tests may have one.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    from config import wsgi

    (arguments,) = commands("gunicorn").values()
    given = Config().parser().parse_args(arguments)
    assert given.args == [f"{wsgi.__name__}"]
    assert callable(wsgi.application)


def test_sandbox_command_has_options_that_it_knows() -> None:
    (line,) = (line for line in stage_lines("sandbox") if line.startswith("CMD "))
    python, *arguments = json.loads(line.removeprefix("CMD "))
    assert (python, arguments[:3]) == ("python", ["-m", "sandbox", "serve"])
    shown = subprocess.run(
        [sys.executable, *arguments[:3], "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert all(option in shown for option in arguments if option.startswith("--")), shown


def test_services_build_stages_that_exist() -> None:
    assert {each["build"]["target"] for each in SERVICES.values() if "build" in each} <= set(stages())


def test_images_start_from_a_named_version() -> None:
    pulled = {source for source in stages().values() if source not in stages()}
    assert pulled
    assert all(re.fullmatch(r"[a-z]+:\d[\w.-]+", source) for source in pulled)


@pytest.mark.parametrize("stage", ["product", "sandbox"])
def test_image_does_not_run_as_root(stage: str) -> None:
    # By number: Kubernetes can't tell who a name is, and refuses it under runAsNonRoot.
    assert [line for line in stage_lines(stage) if line.startswith("USER")][-1:] == ["USER 10001:10001"]
    assert "--uid 10001" in " ".join(stage_lines("runtime"))


@pytest.mark.parametrize("stage", ["product", "sandbox"])
def test_image_is_stopped_in_good_order_and_watched(stage: str) -> None:
    assert [line for line in stage_lines("runtime") if line.startswith("STOPSIGNAL")] == ["STOPSIGNAL SIGTERM"]
    assert len([line for line in stage_lines(stage) if line.startswith("HEALTHCHECK ")]) == 1


@pytest.mark.parametrize("stage", ["runtime", "product", "sandbox"])
def test_image_that_runs_has_nothing_to_build_or_install_with(stage: str) -> None:
    run = " ".join(line for line in stage_lines(stage) if line.startswith("RUN "))
    assert not re.search(r"apt-get|apk |pip install|gcc|build-essential", run)
    assert "pip uninstall" in " ".join(stage_lines("runtime"))
    assert "--without-pip" in " ".join(stage_lines("packages"))


def test_static_files_are_collected_when_the_image_is_built() -> None:
    (run,) = (line for line in stage_lines("product") if line.startswith("RUN "))
    assert "collectstatic" in run


@pytest.mark.parametrize("stage", ["runtime", "product", "sandbox"])
def test_no_secret_is_left_in_the_image(stage: str) -> None:
    # An ENV or ARG stays in the image's history; a variable of one RUN does not reach what runs.
    kept = [line for line in stage_lines(stage) if line.startswith(("ENV ", "ARG ", "ADD "))]
    assert not [line for line in kept if SECRET_NAME.search(line) or line.startswith("ADD ")]


def test_image_holds_the_whole_product() -> None:
    copied = {line.split()[1].rstrip("/") for line in stage_lines("product") if line.startswith("COPY ")}
    assert {*PRODUCT, "manage.py"} <= copied


def test_what_images_copy_exists_and_reaches_the_builder() -> None:
    copied = {line.split()[0].rstrip("/") for line in instructions("COPY") if not line.startswith("--from")}
    allowed = {line[1:].rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)


def test_packages_are_installed_by_hash() -> None:
    installs = [line for line in instructions("RUN") if re.search(r"pip .*\binstall\b", line)]
    assert installs
    assert all("--require-hashes" in line and "--only-binary :all:" in line for line in installs)
