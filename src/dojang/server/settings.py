"""The settings of the server: `DOJANG_*` in the environment or in `.env`, or a TOML file.

The environment wins over `.env`, and that over the TOML file. `HOST` and `PORT` are read too, as
hosting platforms set them; in the same place `DOJANG_HOST` and `DOJANG_PORT` win over them, being
meant for us alone.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource
from pydantic_settings import SettingsConfigDict as Config

from dojang.auth.identifiers import USERNAME_PATTERN
from dojang.errors import InvalidCookie, MissingExtra, Misuse
from dojang.server import addresses, environment, toml_file
from dojang.server.errors import BadSettings
from dojang.server.listening_settings import ListeningSettings
from dojang.server.listening_settings import contradictions as of_listening
from dojang.server.mail_settings import MailSettings
from dojang.server.mail_settings import contradictions as of_mail
from dojang.server.other_hosts import contradictions as of_other_hosts
from dojang.server.provider_settings import ProviderSettings
from dojang.server.provider_settings import contradictions as of_providers
from dojang.server.strength import weakness
from dojang.stores import urls
from dojang.wire.cookies import Cookie
from dojang.wire.forwarded import Proxies
from dojang.wire.keyring import MIN_SECRET

__all__ = ["Settings"]

_DAY = 24 * 3600

Seconds = Annotated[int, Field(ge=1, le=400 * _DAY)]


class Settings(MailSettings, ProviderSettings, ListeningSettings):
    """How one server runs. Each description says what to write."""

    model_config = Config(
        env_prefix=environment.PREFIX,
        env_file=environment.FILE,
        env_ignore_empty=True,
        extra="ignore",  # what is unknown is named by `load`
        frozen=True,
        hide_input_in_errors=True,
    )

    env: Literal["development", "production"] = Field(
        default="development", description="development or production"
    )
    home: Path = Field(default=Path("var"), description="a directory that can be written")
    secret: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="what `dojang keys new` prints; several, newest first, with commas between",
    )
    sessions: str = Field(
        default_factory=lambda known: f"sqlite:///{quote(str(known['home'] / 'sessions.db'))}",
        description="sqlite:///path/of/a/file.db, postgresql://..., sealed: or memory:",
    )
    proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default_factory=lambda known: ("unix",) if known["unix_socket"] else (),
        description="addresses or networks of proxies in front, such as 127.0.0.1, 10.0.0.0/8",
    )
    proxy_hops: int = Field(
        default=1, ge=1, le=16, description="how many proxies stand in a row, from 1 to 16"
    )
    forward_auth: Path | None = Field(
        default=None, description="a file of rules, for proxies in front of other applications"
    )
    cookie_domain: str | None = Field(
        default=None,
        description="a domain that DOJANG_URL is in, whose hosts share the session: example.org",
    )
    metrics_key: Annotated[SecretStr, Field(min_length=MIN_SECRET)] | None = Field(
        default=None,
        description="what scrapers of /metrics send as a bearer token: `dojang keys new` prints "
        "one, 32 characters or more",
    )
    workers: int = Field(default=1, ge=1, le=256, description="a number of processes from 1 to 256")
    session_idle: Seconds = Field(
        default=7 * _DAY, description="seconds from 1 to 34560000 (400 days)"
    )
    session_absolute: Seconds = Field(
        default=30 * _DAY, description="seconds from 1 to 34560000 (400 days)"
    )
    session_renew: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="the share of the idle time before a session is extended, from 0 to 1",
    )
    sessions_per_account: int | None = Field(
        default=None, ge=1, description="a number from 1, or nothing for no limit"
    )
    when_full: Literal["oldest-out", "refuse"] = Field(
        default="oldest-out", description="oldest-out or refuse"
    )
    access_life: int = Field(
        default=600, ge=10, le=_DAY, description="seconds of an access token, from 10 to 86400"
    )
    refresh_absolute: Seconds = Field(
        default=30 * _DAY, description="seconds from 1 to 34560000 (400 days)"
    )
    refresh_grace: int = Field(
        default=30,
        ge=0,
        le=600,
        description="seconds for which a used refresh token leads to its successor, from 0 to 600",
    )
    access_algorithm: Literal["ES256", "EdDSA", "RS256", "HS256"] = Field(
        default="ES256",
        description="what access tokens are signed with: ES256, EdDSA, RS256, HS256",
    )
    access_audience: str | None = Field(
        default=None, description="whom access tokens are for; DOJANG_URL where nothing is written"
    )
    event_days: int = Field(
        default=365, ge=1, le=36_500, description="days for which events are kept, from 1 to 36500"
    )
    event_addresses: Literal["whole", "network", "none"] = Field(
        default="whole",
        description="how much of an address events and the log keep: whole, network (/24, /48) or "
        "none",
    )
    fresh_login: int = Field(
        default=600,
        ge=10,
        le=_DAY,
        description="seconds for which a login is fresh enough to change what opens an account, "
        "from 10 to 86400",
    )
    password_minimum: int = Field(default=8, ge=1, le=1024, description="a number from 1 to 1024")
    password_pattern: str | None = Field(default=None, description="a regular expression")
    username_pattern: str = Field(default=USERNAME_PATTERN, description="a regular expression")

    @classmethod
    def load(cls, **given: object) -> Self:
        """Return the settings of the environment, with those of `given` that are not None.

        Raises:
            BadSettings: With one line for everything that is wrong.
        """
        problems = environment.unknown(cls.model_fields) + toml_file.unknown(cls.model_fields)
        try:
            settings = cls(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            problems += environment.problems(error, cls.model_fields)
            raise BadSettings(problems) from None
        if problems:
            raise BadSettings(problems)
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the places that are read, the first one winning."""
        del file_secret_settings
        return (
            init_settings,
            env_settings,
            environment.Plain(settings_cls, environment.process()),
            dotenv_settings,
            environment.Plain(settings_cls, environment.file()),
            toml_file.TomlFile(settings_cls),
        )

    @field_validator("secret", "proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:  # noqa: ANN401 - as it was given
        return [part for part in re.split(r"[\s,]+", value) if part] if _is_text(value) else value

    @field_validator("url")
    @classmethod
    def _origin(cls, value: str) -> str:
        return addresses.origin(value)

    @field_validator("sessions")
    @classmethod
    def _place(cls, value: str) -> str:
        try:
            urls.check(value)
        except MissingExtra:
            raise
        except Misuse as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            if value:
                Proxies(value)
        except Misuse as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("cookie_domain")
    @classmethod
    def _domain(cls, value: str | None) -> str | None:
        try:
            return value and Cookie(name="session", domain=value).domain
        except InvalidCookie as error:
            raise ValueError(str(error)) from None

    @field_validator("password_pattern", "username_pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(str(error)) from None
        return value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if lines := list(_contradictions(self)):
            raise ValueError("\n".join(lines))
        return self

    @property
    def secrets(self) -> list[str]:
        """The secrets themselves, newest first."""
        return [secret.get_secret_value() for secret in self.secret]

    @property
    def https(self) -> bool:
        """Whether browsers come over https; decides Secure and `__Host-`."""
        return self.url.startswith("https://")

    @property
    def production(self) -> bool:
        """Whether nothing may be made easy."""
        return self.env == "production"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _contradictions(settings: Settings) -> Iterator[str]:
    if weak := weakness(settings.secrets, production=settings.production):
        yield weak
    if urls.scheme_of(settings.sessions) == "memory" and settings.workers > 1:
        yield (
            f"DOJANG_WORKERS is {settings.workers} and DOJANG_SESSIONS is memory:, which each "
            "process has of its own: write DOJANG_WORKERS=1, or keep sessions in sqlite:///..."
        )
    yield from of_listening(settings)
    yield from of_providers(settings)
    yield from of_mail(settings)
    if settings.production and settings.mail_host and "url" not in settings.model_fields_set:
        yield (
            f"DOJANG_URL is missing, and the links in mails would lead to {settings.url}: "
            "write the https:// address that browsers use"
        )
    yield from of_other_hosts(
        url=settings.url,
        cookie_domain=settings.cookie_domain,
        forward_auth=settings.forward_auth,
        proxies=settings.proxies,
    )
    if settings.production and not settings.https:
        yield from _in_the_clear(settings)


def _in_the_clear(settings: Settings) -> Iterator[str]:
    remedy = "write the https:// address that browsers use, which a proxy may serve"
    if not addresses.is_loopback(settings.url):
        yield f"DOJANG_URL is {settings.url}, and production sends no cookie in the clear: {remedy}"
    elif "url" not in settings.model_fields_set and settings.host in addresses.ANYWHERE:
        yield f"DOJANG_URL is missing, and others can reach {settings.host}: {remedy}"
