"""Rules about who this process is to AWS, and where it thinks AWS is."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

from config.checks.process import Process, current
from config.environment import Environment, is_loopback
from provisioning.aws.environment import ENDPOINT, credential_variables, endpoint_overrides, static_keys

EXTERNAL_ID_LENGTH = 16
AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".on.aws")


def external_id_is_there(**_: Any) -> Iterator[CheckMessage]:
    """Without one, whoever may use the hub's roles for something else enters every account (IAM guide, external id)."""
    given: Environment = settings.FIRSTLINE
    if current() in {Process.WORKER, Process.COMMAND} and len(given.external_id) < EXTERNAL_ID_LENGTH:
        yield Error(
            f"FIRSTLINE_EXTERNAL_ID is missing or shorter than {EXTERNAL_ID_LENGTH} characters.",
            hint="Make one: python -c \"import secrets; print('fl-' + secrets.token_hex(16))\", "
            "and give it to the roles in the accounts.",
            id="firstline.E131",
        )


def only_workers_are_known_to_aws(**_: Any) -> Iterator[CheckMessage]:
    """Whoever breaks into the web server must not find a way into the accounts."""
    if current() not in {Process.WEB, Process.DISPATCHER} or _is_simulated():
        return
    if held := credential_variables():
        yield Error(
            f"{', '.join(held)}: this process must hold no AWS identity.",
            hint="Give these variables to the workers only.",
            id="firstline.E132",
        )


def keys_expire(**_: Any) -> Iterator[CheckMessage]:
    """A key that never expires is stolen once and used for years."""
    if current() not in {Process.WORKER, Process.COMMAND} or _is_simulated():
        return
    if held := static_keys():
        yield Error(
            f"{', '.join(held)}: an access key that never expires.",
            hint="Run the worker as an instance, task or pod role, or by a profile that fetches temporary keys.",
            id="firstline.E133",
        )


def aws_is_where_it_should_be(**_: Any) -> Iterator[CheckMessage]:
    """Whoever sets the endpoint is AWS for us: it is told what to do, and believed."""
    allowed: list[str] = settings.FIRSTLINE.allow_aws_endpoint
    strange = [where for where, url in endpoint_overrides().items() if not _is_here(url) and url not in allowed]
    if strange:
        yield Error(
            f"{', '.join(sorted(strange))}: AWS is looked for somewhere else.",
            hint="Take it away, or name the same URL in FIRSTLINE_ALLOW_AWS_ENDPOINT when it is meant.",
            id="firstline.E134",
        )


def _is_simulated() -> bool:
    """Whether whatever this process is to AWS, it is so to a simulated one: then its keys open nothing."""
    overrides = endpoint_overrides()
    return ENDPOINT in overrides and not any(_may_be_aws(url) for url in overrides.values())


def _may_be_aws(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    allowed: list[str] = settings.FIRSTLINE.allow_aws_endpoint
    return not _is_here(url) and (url not in allowed or host.endswith(AWS_DOMAINS))


def _is_here(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


RULES = (external_id_is_there, only_workers_are_known_to_aws, keys_expire, aws_is_where_it_should_be)
