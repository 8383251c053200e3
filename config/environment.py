"""What the environment sets: read once, typed, refused with a clear message when wrong."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

EnvironmentName = Literal["sandbox", "dev", "test", "staging", "prod"]


class Environment(BaseSettings):
    """Each field is the variable FIRSTLINE_<NAME>; docs/settings.md is printed from here."""

    model_config = SettingsConfigDict(env_prefix="FIRSTLINE_", extra="ignore")

    secret_key: str = Field(
        min_length=32,
        repr=False,
        description="Signs sessions and forms. Random; 50 characters or more unless only this machine is served.",
    )
    debug: bool = Field(False, description="Shows errors with their causes: for development on one machine only.")
    log_format: Literal["json", "text"] = Field("json", description="One JSON object a line, or lines for reading.")
    allowed_hosts: list[str] = Field(
        ["localhost", "127.0.0.1"], description="JSON list of the names this installation answers to; no `*`."
    )
    history_keys: dict[str, str] = Field(
        {"development": "development-only-history-key"},
        description="Keys of the history's chain, {id: key}; the last seals, all verify. Keep old ones.",
    )
    history_anchor_file: str = Field("", description="Where the dispatcher appends the chain's end every hour.")
    database_url: str = Field(
        "postgresql://firstline@localhost:5432/firstline",
        repr=False,
        description="PostgreSQL. Over a network add `?sslmode=verify-full&sslrootcert=/path`; libpq's options hold.",
    )
    redis_url: str = Field(
        "redis://localhost:6379/0",
        repr=False,
        description="Redis, with its password; `rediss://` over a network.",
    )
    plain_servers: bool = Field(
        False,
        description="PostgreSQL and Redis stand on a network that nobody else can listen on: TLS isn't asked for.",
    )
    https: bool | None = Field(
        None, description="People and programs come by HTTPS. Unset: yes, unless every allowed host is this machine."
    )
    proxy_https_header: str = Field(
        "",
        description="Header by which the proxy says `https`, e.g. `X-Forwarded-Proto`; it must replace what came in.",
    )
    proxies: int = Field(0, ge=0, description="Proxies of ours in front of the web that add to X-Forwarded-For.")
    session_hours: float = Field(8, gt=0, le=24, description="How long a person stays signed in.")
    metrics_token: str = Field(
        "", repr=False, description="What Prometheus sends as bearer token; `/metrics` is closed while it is empty."
    )
    hub_account_id: str = Field("999988887777", description="Account whose roles the workers run as.")
    organization_id: str = Field("", description="The AWS organisation, o-…")
    external_id: str = Field(
        "",
        repr=False,
        description="The organisation's external id: random, at least 16 characters; an account may override it.",
    )
    allow_aws_endpoint: list[str] = Field(
        [],
        description="JSON list of AWS endpoint overrides that are meant, e.g. of a VPC endpoint; others are refused.",
    )
    look_role: str = Field(
        "firstline/FirstlineLook", description="Path and name of the role that looks, in each account."
    )
    apply_role: str = Field("firstline/FirstlineApply", description="Path and name of the role that applies.")
    hand_over_role: str = Field("firstline/FirstlineHandOver", description="Path and name of the role that hands over.")
    vending_role: str = Field(
        "firstline/FirstlineVending",
        description="Path and name of the role that makes accounts, in the management one.",
    )
    management_account_id: str = Field(
        "", pattern=r"^([0-9]{12})?$", description="The organisation's management account; account requests need it."
    )
    account_request_approval: bool = Field(
        True, description="Requests for accounts wait for an approver who did not ask for them."
    )
    vending_settle_seconds: float = Field(
        300, ge=0, description="How long AWS may take to show an account creation whose answer was lost."
    )
    vending_bootstrap: Literal["roles", "stackset"] = Field(
        "roles", description="Our roles in a new account: made by the vending worker, or awaited from a StackSet."
    )
    discovery_account_id: str = Field(
        "",
        pattern=r"^([0-9]{12})?$",
        description="The management account, or a delegated administrator of Organizations; empty: no discovery.",
    )
    discovery_role: str = Field(
        "firstline/FirstlineDiscovery", description="Path and name of the role that reads the organisation, there."
    )
    discovery_interval_minutes: float = Field(60, ge=5, description="Between two discoveries of the organisation.")
    ou_environments: dict[str, EnvironmentName] = Field(
        {},
        description='Environments of new and moved accounts by OU path, as JSON: `{"/workloads/dev": "dev"}`; the '
        "nearest unit counts. Where none is named, a person decides.",
    )
    break_glass: list[str] = Field([], description="JSON list of role and user names that no plan may touch.")
    lease_seconds: float = Field(60, gt=0, description="How long a worker holds an account without a sign of life.")
    connect_timeout_seconds: float = Field(3, gt=0, description="For a connection to AWS.")
    read_timeout_seconds: float = Field(10, gt=0, description="For an answer of AWS.")
    lease_margin_seconds: float = Field(5, gt=0, description="Kept of every lease beyond both; the three fit in it.")
    look_interval_minutes: float = Field(60, gt=0, description="Between two looks at an account.")
    check_interval_minutes: float = Field(60, gt=0, description="Between access checks of an account not yet proven.")
    late_check_interval_minutes: float = Field(1440, gt=0, description="The same, after a day of checks in vain.")
    look_intervals: dict[EnvironmentName, Annotated[float, Field(ge=5, le=10080)]] = Field(
        {}, description='Minutes for accounts of an environment, as JSON: `{"prod": 15, "sandbox": 240}`.'
    )
    looks_per_second: float = Field(20, gt=0, description="How fast many looks that come due together are begun.")
    look_threads: int = Field(32, ge=1, description="Accounts that one look worker reads at once.")
    ask_simulator: bool = Field(
        False, description="Ask IAM's own simulator about checks too; the look role needs its optional permission."
    )
    settle_seconds: float = Field(120, ge=0, description="How long AWS may go on showing what was just repaired.")
    plan_expiry_hours: float = Field(24, gt=0, description="How long a proposed plan can be decided.")
    hint_again_seconds: float = Field(30, gt=0, description="When work that nobody took is rung for again.")
    hand_over_keys: dict[str, SecretStr] = Field(
        default={},
        description='{"id": "32 or more characters"} for web and hand-over worker; the last encrypts, all decrypt.',
    )
    hand_over_minutes: float = Field(60, gt=0, le=60, description="How long a hand-over can be read.")
    hand_over_approval: list[EnvironmentName] = Field(
        ["prod"], description="JSON list of environments where somebody else approves a hand-over first."
    )
    key_grace_days: float = Field(7, ge=0, description="How long a replaced access key stays inactive before it goes.")
    smtp_host: str = Field("", description="Mail server that reports are sent through; empty: none are.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_user: str = Field("", description="Who signs in to it; empty: nobody.")
    smtp_password: str = Field("", repr=False, description="The password of that user.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`none` only where the mail server is this machine."
    )
    smtp_from: str = Field("", description="Sender of reports, e.g. `Firstline <firstline@example.org>`.")
    report_domains: list[str] = Field(
        [], description='JSON list of the mail domains reports may go to, `["example.org"]`; empty: any.'
    )
    token_peppers: dict[str, SecretStr] = Field(
        default={}, description='{"id": "32 or more characters"}, new tokens use the last; out of the database.'
    )

    @field_validator("token_peppers", "hand_over_keys")
    @classmethod
    def _are_long(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if any(not 1 <= len(one) <= 16 or len(key.get_secret_value()) < 32 for one, key in keys.items()):
            raise ValueError("each id has 1 to 16 characters, each key or pepper 32 or more")
        return keys

    @field_validator("ou_environments")
    @classmethod
    def _are_paths(cls, given: dict[str, EnvironmentName]) -> dict[str, EnvironmentName]:
        if wrong := [path for path in given if not path.startswith("/") or (path != "/" and path.endswith("/"))]:
            raise ValueError(f"write OU paths from the root, e.g. /workloads/dev, not {', '.join(sorted(wrong))}")
        return given

    @property
    def look_interval(self) -> timedelta:
        """How often an account is looked at where neither it nor its environment says so."""
        return timedelta(minutes=self.look_interval_minutes)

    @property
    def is_local(self) -> bool:
        """Whether only this machine is served: every allowed host is a loopback name or address."""
        return bool(self.allowed_hosts) and all(is_loopback(host) for host in self.allowed_hosts)

    @property
    def uses_https(self) -> bool:
        """Whether cookies, redirects and HSTS ask for HTTPS."""
        return not self.is_local if self.https is None else self.https


def load() -> Environment:
    """Read the environment. Raises ImproperlyConfigured that names each wrong variable, never its value."""
    try:
        return Environment()  # type: ignore[call-arg]
    except ValidationError as error:
        lines = [f"{variable(str(item['loc'][0]))}: {item['msg']}" for item in error.errors()]
        raise ImproperlyConfigured("Set these environment variables:\n" + "\n".join(lines)) from None
    except SettingsError as error:
        field = str(error).partition('"')[2].partition('"')[0]
        raise ImproperlyConfigured(f'{variable(field)}: write JSON, e.g. ["one", "two"]') from None


def variable(field: str) -> str:
    """The environment variable of a field."""
    return f"FIRSTLINE_{field.upper()}"


def is_loopback(host: str) -> bool:
    """Whether this host name or address, as in a URL or a Host header, is this machine itself."""
    bare = host.strip("[]").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def proxy_header(name: str) -> tuple[str, str] | None:
    """Django's SECURE_PROXY_SSL_HEADER for a header of this name; None without one."""
    return (f"HTTP_{name.upper().replace('-', '_')}", "https") if name else None


def trusted_origins(given: Environment) -> list[str]:
    """Origins whose forms are ours although the proxy speaks plain HTTP to us."""
    names = [f"*{host}" if host.startswith(".") else host for host in given.allowed_hosts if host not in {"", "*"}]
    return [f"https://{name}" for name in names] if given.uses_https else []


def database(url: str) -> dict[str, object]:
    """Django's database setting for a PostgreSQL URL; `?host=/socket/folder&port=` and libpq's options hold."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"FIRSTLINE_DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    host, port = query.pop("host", ""), query.pop("port", "")
    options = f"-c statement_timeout=30000 -c lock_timeout=5000 {query.pop('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "firstline",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host or parts.hostname or "",
        "PORT": port or (str(parts.port) if parts.port else ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, "options": options},
    }
