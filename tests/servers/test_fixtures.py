"""What conftest promises to other tests."""

import os
import subprocess
import sys

import pytest
import redis
from django.contrib.auth.models import User
from django.db import connection

from tests.architecture.sources import ROOT


def test_processes_of_a_test_see_its_database(process_environment: dict[str, str]) -> None:
    User.objects.create_user("ada")
    script = "from django.contrib.auth.models import User; import sys; sys.stdout.write(User.objects.get().username)"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=process_environment, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("ada", 0), done.stderr


@pytest.mark.django_db
def test_database_is_a_recent_postgresql() -> None:
    assert connection.vendor == "postgresql"
    assert connection.cursor().connection.info.server_version >= 150_000


def test_each_worker_has_a_redis_database_of_its_own() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    client = redis.Redis.from_url(os.environ["FIRSTLINE_REDIS_URL"])
    client.set("who", worker or "alone")
    assert client.get("who") == (worker or "alone").encode()
    assert not worker or client.connection_pool.connection_kwargs["db"] == int(worker.removeprefix("gw")) + 1
