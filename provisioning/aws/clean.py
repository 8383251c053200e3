"""Takes out of AWS's messages what must not be logged: addresses, keys, sent values, documents."""

import re

_LONGEST = 1000
_MASKS = (
    # IAM and STS quote what was sent: "Value 'x' at 'userName' failed to satisfy constraint".
    (re.compile(r"Value '.*?' at '", re.DOTALL), "Value '…' at '"),
    (re.compile(r"\{.*\}", re.DOTALL), "{…}"),
    (re.compile(r"[^\s<>\"',:;()]+@[^\s<>\"',:;()]+\.[^\s<>\"',:;()]+"), "…@…"),
    # Topics are subscribers' addresses too.
    (re.compile(r"arn:[\w-]+:(sns|chatbot):[^\s\"',]*"), r"arn:…:\1:…"),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}\b"), "…"),
    # Session tokens and secret keys: long runs without the separators of ARNs.
    (re.compile(r"(?<![\w:/.-])[A-Za-z0-9+/=]{40,}"), "…"),
    (re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+"), " "),
)


def cleaned(message: str) -> str:
    """The message in one line, without secrets, at most 1,000 characters."""
    message = message[: 4 * _LONGEST]
    for pattern, replacement in _MASKS:
        message = pattern.sub(replacement, message)
    return message.strip()[:_LONGEST]
