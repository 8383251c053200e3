"""botocore clients: one per service per process, shared by all accounts; and the hub's own, which is kept apart."""

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import botocore
from botocore.client import BaseClient
from botocore.config import Config
from botocore.session import Session

from provisioning.aws.credentials import account_credential_resolver
from provisioning.aws.send_guard import SendGuard
from provisioning.aws.settings import AwsSettings
from provisioning.aws.timestamps import parse_aws_timestamp

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


class Clients:
    """Makes each client once, under a lock: one client costs more CPU than a whole look."""

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._made: dict[str, BaseClient] = {}
        self._pagination: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._session: Session | None = None

    def account(self, service: str, region: str = "") -> BaseClient:
        """The client that signs with the credentials of the call being made, whichever account's they are.

        Services with one address for all regions are asked without `region`.
        """
        where = region or self._settings.region
        return self._once(f"{service}@{region}", lambda: self._create(self._account_session(), service, where))

    def hub_sts(self) -> "STSClient":
        """STS as the hub itself, by boto3's default credential chain: for AssumeRole only."""
        return cast("STSClient", self._once("hub", self._create_hub))

    def pagination(self, service: str, operation: str) -> dict[str, Any] | None:
        """How botocore pages this operation, None when it comes in one piece."""
        key = (service, operation)
        if key not in self._pagination:
            self._pagination[key] = self._find_pagination(service, operation)
        return self._pagination[key]

    def _find_pagination(self, service: str, operation: str) -> dict[str, Any] | None:
        try:
            return dict(self._account_session().get_paginator_model(service).get_paginator(operation))
        except ValueError:
            return None

    def _once(self, name: str, create: Callable[[], BaseClient]) -> BaseClient:
        client = self._made.get(name)
        if client is None:
            with self._lock:
                client = self._made.get(name) or create()
                self._made[name] = client
        return client

    def _account_session(self) -> Session:
        with self._lock:
            if self._session is None:
                self._session = Session()
                self._session.register_component("credential_provider", account_credential_resolver())
                self._prepare(self._session)
            return self._session

    def _create_hub(self) -> BaseClient:
        session = Session()
        self._prepare(session)
        configured = session.get_config_variable("region")
        return self._create(session, "sts", self._settings.sts_region or configured or self._settings.region)

    def _prepare(self, session: Session) -> None:
        factory = session.get_component("response_parser_factory")
        factory.set_parser_defaults(timestamp_parser=parse_aws_timestamp)
        session.register("before-send", SendGuard(self._settings))

    def _create(self, session: Session, service: str, region: str) -> BaseClient:
        return session.create_client(service, region_name=region, config=self._config())

    def _config(self) -> Config:
        # One attempt: botocore's retry quota belongs to the client, so one throttled account would drain all others'.
        return Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=self._settings.connect_timeout,
            read_timeout=self._settings.read_timeout,
            max_pool_connections=self._settings.max_connections,
            # Given, so that botocore need not put it together anew, twice for every call.
            user_agent=f"Botocore/{botocore.__version__}",
            user_agent_extra="firstline",
        )


class _Registry:
    """The clients of this process. A forked child starts empty: connections and locks do not survive a fork."""

    def __init__(self) -> None:
        self.forget()
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        self._lock = threading.Lock()
        self._by_settings: dict[AwsSettings, Clients] = {}

    def get(self, settings: AwsSettings) -> Clients:
        with self._lock:
            if settings not in self._by_settings:
                self._by_settings[settings] = Clients(settings)
            return self._by_settings[settings]


_registry = _Registry()


def clients_for(settings: AwsSettings) -> Clients:
    """This process's clients for these settings, made when first needed."""
    return _registry.get(settings)


def forget_clients() -> None:
    """Make all clients anew: after the environment that boto3 reads (credentials, endpoint) has changed."""
    _registry.forget()
