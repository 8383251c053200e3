"""Where the secret of a hand-over is not: the database, Redis, logs, messages, traces, printed values."""

import base64
import io
import logging
import pickle
import subprocess
import traceback
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import LazySettings
from django.db import connection
from pydantic import SecretStr

from provisioning.core.errors import ConflictError
from provisioning.core.secret import Secret
from provisioning.models import HandOver
from provisioning.services import hand_over_steps
from tests.services.fleet import DEV, Fleet
from tests.services.handing import ask, fresh, made, prepare, read, work

KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def whole_database() -> str:
    """Every value of every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [text for (text,) in cursor.fetchall()]
    words = [word[2:] for text in found for word in text.split('"') if word.startswith(r"\x")]
    hexed = [bytes.fromhex(word).decode(errors="ignore") for word in words]
    return "\n".join([*found, *hexed])


def whole_redis(url: str) -> str:
    server = redis.Redis.from_url(url)
    dumped = []
    for key in server.scan_iter():
        dumped.append(str(key))
        dumped.append(str(server.lrange(key, 0, -1) if server.type(key) == b"list" else server.dump(key)))
    return "\n".join(dumped)


@pytest.mark.parametrize("what", ["password", "access_key"])
def test_secret_is_nowhere_but_in_the_one_answer(fleet: Fleet, settings: LazySettings, what: str) -> None:
    prepare(fleet)
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logging.getLogger().addHandler(handler)
    try:
        row = made(fleet, what)
        before = whole_database()
        secret = read(row).secret.reveal()
        kept = "\n".join([before, whole_database(), whole_redis(settings.FIRSTLINE.redis_url), heard.getvalue()])
    finally:
        logging.getLogger().removeHandler(handler)
    assert str(row.pk) in kept and "hand_over.made" in kept
    for form in (secret, base64.b64encode(secret.encode()).decode(), secret.encode().hex()):
        assert form not in kept


def test_failure_of_the_call_carries_no_password_in_its_frames(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(fleet)
    seen: list[BaseException] = []
    sent: list[str] = []
    real, make = hand_over_steps.set_password, hand_over_steps.new_password

    def remembered(rules: Any) -> Secret:
        found = make(rules)
        sent.append(found.reveal())
        return found

    def noted(*given: Any, **more: Any) -> None:
        try:
            real(*given, **more)
        except Exception as error:
            seen.append(error)
            raise

    monkeypatch.setattr(hand_over_steps, "new_password", remembered)
    monkeypatch.setattr(hand_over_steps, "set_password", noted)
    fleet.sandbox.fault("error", operation="CreateLoginProfile", code="PasswordPolicyViolation", status=400)
    row = made(fleet)
    assert row.reason_code == "PasswordPolicyViolation"
    shown = traceback.TracebackException.from_exception(seen[0], capture_locals=True)
    assert sent[0] not in "".join(shown.format())


def test_secret_is_printed_and_pickled_by_nobody() -> None:
    secret = Secret("Zx9!very-secret")
    assert "very" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_reader_s_public_key_makes_it_theirs_alone(fleet: Fleet, tmp_path: Path) -> None:
    prepare(fleet)
    shown = read(made(fleet, public_key=PUBLIC.decode())).secret.reveal()
    password = KEY.decrypt(base64.b64decode(shown), padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    assert len(password) == 24
    pem = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    command = "openssl pkeyutl -decrypt -inkey key.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256"
    done = subprocess.run(command.split(), input=base64.b64decode(shown), capture_output=True, cwd=tmp_path, check=True)
    assert done.stdout == password


def test_ciphertext_of_one_is_not_read_as_another(fleet: Fleet) -> None:
    prepare(fleet)
    password, key = made(fleet), made(fleet, "access_key")
    HandOver.objects.filter(pk=key.pk).update(secret=password.secret)
    with pytest.raises(ConflictError, match="FIRSTLINE_HAND_OVER_KEYS"):
        read(key)
    assert fresh(key).state == "made"


def test_keys_are_rotated_by_adding_one(fleet: Fleet, settings: LazySettings) -> None:
    old, new = {"2026": SecretStr("a" * 32)}, {"2027": SecretStr("b" * 32)}
    prepare(fleet)

    def use(ring: dict[str, SecretStr]) -> None:
        settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"hand_over_keys": ring})

    use(old)
    row = made(fleet)
    use(new)
    with pytest.raises(ConflictError):
        read(row)
    use(old | new)
    assert read(row)
    assert bytes(made(fleet, "access_key").secret or b"").startswith(b"2027:")


def test_installation_without_a_key_hands_nothing_over(fleet: Fleet, settings: LazySettings) -> None:
    prepare(fleet)
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"allowed_hosts": ["firstline.example.org"]})
    with pytest.raises(ConflictError, match="FIRSTLINE_HAND_OVER_KEYS"):
        ask()
    work(fleet)
    assert fleet.writes(DEV) == []
