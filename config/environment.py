"""What the environment sets: read once, typed, refused with a clear message when wrong."""

from datetime import timedelta
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """Each field is the variable FIRSTLINE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="FIRSTLINE_", extra="ignore")

    secret_key: str = Field(min_length=32, description="Signs sessions; keep it out of the repository.")
    debug: bool = False
    log_format: Literal["json", "text"] = Field("json", description="One JSON object a line, or lines for reading.")
    allowed_hosts: list[str] = ["localhost", "127.0.0.1"]
    history_keys: dict[str, str] = Field(
        {"development": "development-only-history-key"},
        description="Keys of the history's chain, {id: key}; the last seals, all verify. Keep old ones.",
    )
    history_anchor_file: str = Field("", description="Where the dispatcher appends the chain's end every hour.")
    database_url: str = "postgresql://firstline@localhost:5432/firstline"
    redis_url: str = "redis://localhost:6379/0"
    hub_account_id: str = "999988887777"
    organization_id: str = ""
    external_id: str = Field("", description="The organisation's external id; an account may override it.")
    look_role: str = "firstline/FirstlineLook"
    apply_role: str = "firstline/FirstlineApply"
    hand_over_role: str = "firstline/FirstlineHandOver"
    break_glass: list[str] = []
    lease_seconds: float = Field(60, gt=0)
    connect_timeout_seconds: float = Field(3, gt=0)
    read_timeout_seconds: float = Field(10, gt=0)
    lease_margin_seconds: float = Field(5, gt=0)
    look_interval_minutes: float = Field(60, gt=0)
    check_interval_minutes: float = Field(60, gt=0, description="Between access checks of an account not yet proven.")
    late_check_interval_minutes: float = Field(1440, gt=0, description="The same, after a day of checks in vain.")
    look_threads: int = Field(32, ge=1)
    settle_seconds: float = Field(120, ge=0)
    plan_expiry_hours: float = Field(24, gt=0)
    hint_again_seconds: float = Field(30, gt=0)
    token_peppers: dict[str, SecretStr] = Field(
        default={}, description='{"id": "32 or more characters"}, new tokens use the last; out of the database.'
    )
    proxies: int = Field(0, ge=0, description="Proxies of ours in front of the web that add to X-Forwarded-For.")

    @field_validator("token_peppers")
    @classmethod
    def _are_long(cls, peppers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if any(not 1 <= len(one) <= 16 or len(pepper.get_secret_value()) < 32 for one, pepper in peppers.items()):
            raise ValueError("each id has 1 to 16 characters, each pepper 32 or more")
        return peppers

    @property
    def look_interval(self) -> timedelta:
        """How often an account is looked at."""
        return timedelta(minutes=self.look_interval_minutes)


def load() -> Environment:
    """Read the environment. Raises ImproperlyConfigured that names each wrong variable, never its value."""
    try:
        return Environment()  # type: ignore[call-arg]
    except ValidationError as error:
        lines = [f"FIRSTLINE_{'_'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in error.errors()]
        raise ImproperlyConfigured("Set these environment variables:\n" + "\n".join(lines)) from None


def database(url: str) -> dict[str, object]:
    """Django's database setting for a PostgreSQL URL; `?host=/socket/folder&port=` is understood."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"FIRSTLINE_DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "firstline",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or (str(parts.port) if parts.port else ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c statement_timeout=30000 -c lock_timeout=5000"},
    }
