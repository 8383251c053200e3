"""Each setting that would make Firstline unsafe, on its own, keeps it from starting, and is named without its value."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from config.checks import process
from config.checks.process import Process
from config.start import REFUSED, refuse_unsafe_start
from tests.running.production import production_settings

GUESSABLE = "a-secret-that-somebody-changed-once-and-then-forgot-about-it"
WEB, WORKER, DISPATCHER = Process.WEB, Process.WORKER, Process.DISPATCHER
ELSEWHERE = "https://aws.attacker.example"

BAD_SETTINGS = {
    "no host": (WEB, {"allowed_hosts": []}, "FIRSTLINE_ALLOWED_HOSTS"),
    "any host": (WEB, {"allowed_hosts": ["*"]}, "FIRSTLINE_ALLOWED_HOSTS"),
    "debug": (WEB, {"debug": True}, "FIRSTLINE_DEBUG"),
    "plain http": (WEB, {"https": False}, "FIRSTLINE_HTTPS"),
    "short key": (WEB, {"secret_key": "x8Kd-Qm2vLw0ZpR7uTn5yBc1Ge3Hj6-kQ"}, "FIRSTLINE_SECRET_KEY"),
    "even key": (WEB, {"secret_key": "ab" * 40}, "FIRSTLINE_SECRET_KEY"),
    "placeholder as key": (WEB, {"secret_key": GUESSABLE}, "FIRSTLINE_SECRET_KEY"),
    "short metrics token": (WEB, {"metrics_token": "hunter2"}, "FIRSTLINE_METRICS_TOKEN"),
    "key of the history as it comes": (
        DISPATCHER,
        {"history_keys": {"development": "development-only-history-key"}},
        "FIRSTLINE_HISTORY_KEYS",
    ),
    "no pepper of tokens": (WEB, {"token_peppers": {}}, "FIRSTLINE_TOKEN_PEPPERS"),
    "no key of the history": (DISPATCHER, {"history_keys": {}}, "FIRSTLINE_HISTORY_KEYS"),
    "open redis": (DISPATCHER, {"redis_url": "redis://cache.internal:6379/0"}, "FIRSTLINE_REDIS_URL"),
    "mail in the clear": (
        WEB,
        {"smtp_host": "mail.example.org", "smtp_tls": "none", "smtp_from": "x@example.org"},
        "FIRSTLINE_SMTP_TLS",
    ),
    "mail without a sender": (DISPATCHER, {"smtp_host": "mail.example.org"}, "FIRSTLINE_SMTP_FROM"),
    "mail user without a password": (DISPATCHER, {"smtp_user": "postmaster"}, "FIRSTLINE_SMTP_PASSWORD"),
    "no external id": (WORKER, {"external_id": ""}, "FIRSTLINE_EXTERNAL_ID"),
    "short external id": (WORKER, {"external_id": "acme"}, "FIRSTLINE_EXTERNAL_ID"),
    "lease shorter than a call": (WORKER, {"lease_seconds": 10}, "FIRSTLINE_LEASE_SECONDS"),
}
BAD_VARIABLES = {
    "static keys": (WORKER, {"AWS_ACCESS_KEY_ID": "AKIASTATIC", "AWS_SECRET_ACCESS_KEY": "s"}, "AWS_ACCESS_KEY_ID"),
    "web as a role": (WEB, {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}, "AWS_WEB_IDENTITY_TOKEN_FILE"),
    "web as a task role": (
        WEB,
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"},
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    ),
    "dispatcher as a profile": (DISPATCHER, {"AWS_PROFILE": "hub"}, "AWS_PROFILE"),
    "another AWS": (WORKER, {"AWS_ENDPOINT_URL": ELSEWHERE}, "AWS_ENDPOINT_URL"),
    "another STS": (WORKER, {"AWS_ENDPOINT_URL_STS": ELSEWHERE}, "AWS_ENDPOINT_URL_STS"),
    "simulated AWS but real STS": (
        WORKER,
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ENDPOINT_URL_STS": ELSEWHERE},
        "AWS_ENDPOINT_URL_STS",
    ),
}
BAD_FILES = {
    "static keys of a profile": ("[default]\naws_access_key_id = AKIASTATIC\naws_secret_access_key = s\n", "default"),
    "static keys of a source profile": (
        "[default]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = keys\n"
        "[profile keys]\naws_access_key_id = AKIASTATIC\naws_secret_access_key = s\n",
        "keys",
    ),
    "another AWS": (f"[default]\nendpoint_url = {ELSEWHERE}\n", "profile default"),
    "another STS": (f"[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = {ELSEWHERE}\n", "sts"),
}


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    yield
    process.become(Process.COMMAND)


def refusal(capsys: pytest.CaptureFixture[str], which: Process) -> str:
    with pytest.raises(SystemExit) as ended:
        refuse_unsafe_start(which)
    assert ended.value.code == REFUSED
    said = capsys.readouterr().err
    assert f"Firstline's {which} does not start" in said
    return said


@pytest.mark.parametrize("which", [WEB, WORKER, DISPATCHER])
def test_documented_production_environment_starts(settings: LazySettings, which: Process) -> None:
    settings.FIRSTLINE = production_settings()
    refuse_unsafe_start(which)


@pytest.mark.parametrize("name", BAD_SETTINGS)
def test_bad_setting_alone_is_refused(settings: LazySettings, capsys: pytest.CaptureFixture[str], name: str) -> None:
    which, changed, variable = BAD_SETTINGS[name]
    settings.FIRSTLINE = production_settings(**changed)
    said = refusal(capsys, which)
    assert variable in said
    assert not [value for value in changed.values() if len(str(value)) > 5 and str(value) in said]


@pytest.mark.parametrize("name", BAD_VARIABLES)
def test_bad_aws_variable_alone_is_refused(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    which, variables, named = BAD_VARIABLES[name]
    settings.FIRSTLINE = production_settings()
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    said = refusal(capsys, which)
    assert named in said
    assert not [value for value in variables.values() if len(value) > 5 and value in said]


@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_bad_in_the_aws_files_is_refused(
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
) -> None:
    text, named = BAD_FILES[name]
    settings.FIRSTLINE = production_settings()
    (tmp_path / "config").write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    said = refusal(capsys, WORKER)
    assert named in said
    assert "AKIASTATIC" not in said and ELSEWHERE not in said


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ACCESS_KEY_ID": "ASIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"},
        {"AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/look", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"},
        {"AWS_ENDPOINT_URL": ELSEWHERE, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ACCESS_KEY_ID": "AKIASIM", "AWS_SECRET_ACCESS_KEY": "s"},
    ],
)
def test_worker_with_keys_that_expire_or_a_simulated_aws_starts(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    settings.FIRSTLINE = production_settings()
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    refuse_unsafe_start(WORKER)


def test_endpoint_that_is_meant_is_allowed_by_its_own_name(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://vpce-1.sts.eu-central-1.vpce.amazonaws.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
    settings.FIRSTLINE = production_settings(allow_aws_endpoint=[url])
    refuse_unsafe_start(WORKER)
    # It is AWS, so a key that never expires is as bad as without it.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASTATIC")
    assert "AWS_ACCESS_KEY_ID" in refusal(capsys, WORKER)


@pytest.mark.parametrize("which", [WEB, WORKER])
def test_only_the_dispatcher_needs_the_key_of_the_history(settings: LazySettings, which: Process) -> None:
    settings.FIRSTLINE = production_settings(history_keys={"development": "development-only-history-key"})
    refuse_unsafe_start(which)


def test_all_that_is_wrong_is_said_at_once(settings: LazySettings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.FIRSTLINE = production_settings(debug=True, https=False, secret_key=GUESSABLE)
    said = refusal(capsys, WEB)
    assert all(name in said for name in ("FIRSTLINE_DEBUG", "FIRSTLINE_HTTPS", "FIRSTLINE_SECRET_KEY"))


def test_on_one_machine_nothing_but_safety_towards_aws_is_asked_for(settings: LazySettings) -> None:
    relaxed: dict[str, Any] = {"debug": True, "secret_key": GUESSABLE, "https": None, "proxy_https_header": ""}
    settings.FIRSTLINE = production_settings(allowed_hosts=["localhost", "127.0.0.1", "[::1]"], **relaxed)
    refuse_unsafe_start(WEB)


@pytest.mark.parametrize(
    ("changed", "variable"),
    [
        ({"proxy_https_header": ""}, "FIRSTLINE_PROXY_HTTPS_HEADER"),
        ({"proxies": 0}, "FIRSTLINE_PROXIES"),
        ({"database_url": "postgresql://firstline:p@db.internal/firstline"}, "FIRSTLINE_DATABASE_URL"),
        ({"database_url": "postgresql://firstline:p@db.internal/firstline?sslmode=prefer"}, "FIRSTLINE_DATABASE_URL"),
        ({"redis_url": "redis://:p@cache.internal:6379/0"}, "FIRSTLINE_REDIS_URL"),
    ],
)
def test_what_is_doubtful_is_logged_and_starts(
    settings: LazySettings, caplog: pytest.LogCaptureFixture, changed: dict[str, str], variable: str
) -> None:
    settings.FIRSTLINE = production_settings(**changed)
    refuse_unsafe_start(WEB)
    assert variable in caplog.text


def test_plain_servers_on_a_closed_network_are_fine_when_that_is_said(
    settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    urls = {"database_url": "postgresql://f:p@postgres:5432/f", "redis_url": "redis://:p@redis:6379/0"}
    settings.FIRSTLINE = production_settings(plain_servers=True, **urls)
    refuse_unsafe_start(WEB)
    assert not caplog.records


def test_mail_server_on_this_machine_needs_no_tls_and_only_the_dispatcher_its_password(settings: LazySettings) -> None:
    mail = {"smtp_host": "127.0.0.1", "smtp_tls": "none", "smtp_from": "Firstline <firstline@example.org>"}
    settings.FIRSTLINE = production_settings(**mail, smtp_user="firstline")
    refuse_unsafe_start(WEB)
    settings.FIRSTLINE = production_settings(**mail, smtp_user="firstline", smtp_password="a pass phrase")
    refuse_unsafe_start(DISPATCHER)
