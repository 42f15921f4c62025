"""The settings of providers: who may say who somebody is."""

from collections.abc import Iterator

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from dojang.server import addresses

__all__ = ["NAMES", "ProviderSettings", "contradictions"]

#: What is written before `_CLIENT_ID`, in the order of the buttons.
NAMES = ("google", "github", "kakao", "naver", "oidc")

_ID = "what the console of the provider shows; {} is not offered without"
_SECRET = "what the console of the provider shows"  # noqa: S105 - how to write one
_URL = "another address of the same provider, for tests"


class ProviderSettings(BaseSettings):
    """A client at each provider that is offered."""

    google_client_id: str | None = Field(default=None, description=_ID.format("Google"))
    google_client_secret: SecretStr | None = Field(default=None, description=_SECRET)
    google_domain: str | None = Field(
        default=None, description="the one organisation that may sign in, such as example.org"
    )
    google_url: str | None = Field(default=None, description=_URL)
    github_client_id: str | None = Field(default=None, description=_ID.format("GitHub"))
    github_client_secret: SecretStr | None = Field(default=None, description=_SECRET)
    github_url: str | None = Field(default=None, description=_URL)
    kakao_client_id: str | None = Field(default=None, description=_ID.format("Kakao"))
    kakao_client_secret: SecretStr | None = Field(default=None, description=_SECRET)
    kakao_url: str | None = Field(default=None, description=_URL)
    naver_client_id: str | None = Field(default=None, description=_ID.format("Naver"))
    naver_client_secret: SecretStr | None = Field(default=None, description=_SECRET)
    naver_openid: bool = Field(
        default=False, description="true for Naver's OpenID Connect instead of its OAuth 2.0"
    )
    naver_url: str | None = Field(default=None, description=_URL)
    oidc_issuer: str | None = Field(
        default=None, description="the address of an OpenID issuer, to the letter as it writes it"
    )
    oidc_client_id: str | None = Field(default=None, description=_ID.format("the issuer"))
    oidc_client_secret: SecretStr | None = Field(default=None, description=_SECRET)
    oidc_label: str | None = Field(default=None, description="what people call the issuer")


def contradictions(settings: ProviderSettings) -> Iterator[str]:
    """Yield a line for whatever does not fit together."""
    for name in NAMES:
        known = f"DOJANG_{name.upper()}"
        id = getattr(settings, f"{name}_client_id")
        secret = getattr(settings, f"{name}_client_secret")
        if secret is not None and id is None:
            yield f"{known}_CLIENT_SECRET is set, and {known}_CLIENT_ID is not: write both"
        if id is not None and secret is None and name in {"google", "github", "naver"}:
            yield f"{known}_CLIENT_ID is set, and {known}_CLIENT_SECRET is not: write both"
    if (settings.oidc_issuer is None) != (settings.oidc_client_id is None):
        yield (
            "DOJANG_OIDC_ISSUER and DOJANG_OIDC_CLIENT_ID belong together: write both, or neither"
        )
    yield from _in_the_clear(settings)


def _in_the_clear(settings: ProviderSettings) -> Iterator[str]:
    for name in ("google_url", "github_url", "kakao_url", "naver_url", "oidc_issuer"):
        address = getattr(settings, name)
        if address and not address.startswith("https://") and not addresses.is_loopback(address):
            yield (
                f"DOJANG_{name.upper()} is {address}, and whoever listens could sign in as "
                "anybody: write an https:// address"
            )
