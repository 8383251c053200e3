"""Secrets between the worker that makes them and the person who reads them: encrypted, and bound to one hand-over.

Fernet (AES-128-CBC with HMAC-SHA256, and the time of making) under a key that HKDF derives from
FIRSTLINE_HAND_OVER_KEYS and the hand-over's id: the database alone, or Redis alone, reveals nothing, and a ciphertext
moved to another row can't be read there.
"""

import base64
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from pydantic import SecretStr

from provisioning.core.errors import ConflictError
from provisioning.core.secret import Secret

DEVELOPMENT = {"development": SecretStr("known-to-everybody-who-reads-this-line")}
"""Stands in where only this machine is served and no key is set."""
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
"""Bits. 2048 take 190 bytes by OAEP with SHA-256 (RFC 8017, 7.1.1): longer than any password or key."""
SLACK_SECONDS = 60


class NoKeyError(ConflictError):
    """The key that this needs is not in FIRSTLINE_HAND_OVER_KEYS of this process."""

    code = "hand_over_key_missing"


def encrypted(secret: Secret, hand_over_id: UUID, public_key: str) -> bytes:
    """`<key id>:<token>`, under the last key. Raises NoKeyError."""
    key_id = next(reversed(keys()))
    text = _for_reader(secret, public_key) if public_key else secret.reveal()
    return f"{key_id}:".encode() + _fernet(key_id, hand_over_id).encrypt(text.encode())


def keys() -> dict[str, SecretStr]:
    """The keys by id, the newest last. Raises NoKeyError where there is none of the installation's own."""
    ring: dict[str, SecretStr] = settings.FIRSTLINE.hand_over_keys
    if not ring and not settings.FIRSTLINE.is_local:
        raise NoKeyError("Set FIRSTLINE_HAND_OVER_KEYS, to the same for the web server and the hand-over worker.")
    return ring or DEVELOPMENT


def decrypted(stored: bytes, hand_over_id: UUID) -> Secret:
    """The secret, or, where the reader gave a public key, what only they decrypt. Raises NoKeyError."""
    key_id, _, token = bytes(stored).partition(b":")
    lifetime = round(settings.FIRSTLINE.hand_over_minutes * 60) + SLACK_SECONDS
    try:
        return Secret(_fernet(key_id.decode(), hand_over_id).decrypt(token, ttl=lifetime).decode())
    except (KeyError, InvalidToken):
        raise NoKeyError(
            "It can't be decrypted here: FIRSTLINE_HAND_OVER_KEYS of the web server lacks the worker's key. "
            "Set it alike for both; what is not read in time is taken back, and can be asked for again."
        ) from None


def why_not_public_key(pem: str) -> str:
    """What is wrong with a reader's public key; '' when nothing is."""
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "Give an RSA public key as PEM, as `openssl rsa -in key.pem -pubout` prints it."
    if not isinstance(key, rsa.RSAPublicKey) or not SMALLEST_RSA <= key.key_size <= LARGEST_RSA:
        return f"Give an RSA public key of {SMALLEST_RSA} to {LARGEST_RSA} bits."
    return ""


def _for_reader(secret: Secret, public_key: str) -> str:
    key = serialization.load_pem_public_key(public_key.encode())
    assert isinstance(key, rsa.RSAPublicKey), "checked when it was asked for"
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return base64.b64encode(key.encrypt(secret.reveal().encode(), oaep)).decode()


def _fernet(key_id: str, hand_over_id: UUID) -> Fernet:
    about = b"firstline hand-over " + hand_over_id.bytes
    derived = HKDF(hashes.SHA256(), 32, None, about).derive(keys()[key_id].get_secret_value().encode())
    return Fernet(base64.urlsafe_b64encode(derived))
