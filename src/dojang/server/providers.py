"""The providers that the settings name."""

from collections.abc import Callable, Iterator

from dojang.auth.links import Links
from dojang.auth.providers import (
    Attempts,
    Credentials,
    Linking,
    Provider,
    RelyingParty,
    SignInWith,
    Web,
    github,
    google,
    kakao,
    naver,
    naver_openid,
    oidc,
)
from dojang.auth.throttle import Throttle
from dojang.errors import Misuse
from dojang.server.errors import BadSettings
from dojang.server.provider_settings import NAMES
from dojang.server.settings import Settings
from dojang.stores.documents import Documents
from dojang.wire.cookies import Cookie
from dojang.wire.keyring import Keyring

__all__ = ["redirect_uri", "sign_in_with"]


def sign_in_with(
    settings: Settings,
    links: Links,
    *,
    store: Documents,
    keyring: Keyring,
    cookie: Cookie,
    clock: Callable[[], int],
    throttle: Throttle,
) -> SignInWith:
    """Return what signs in with the providers that the settings name; they may be none.

    Raises:
        BadSettings: One of them cannot be as configured.
    """
    web = Web()
    try:
        parties = [
            RelyingParty(provider, _credentials(settings, provider.name), web=web, clock=clock)
            for provider in _offered(settings)
        ]
    except Misuse as error:
        raise BadSettings(f"a provider cannot be as configured: {error}") from None
    attempts = Attempts(store, secret=keyring, cookie=cookie, clock=clock)
    return SignInWith(parties, attempts=attempts, linking=Linking(users=links), throttle=throttle)


def redirect_uri(settings: Settings, name: str) -> str:
    """Return where a provider sends people back to, which its console has to know."""
    return f"{settings.url}/sign-in/with/{name}/callback"


def _offered(settings: Settings) -> Iterator[Provider]:
    makers: dict[str, Callable[[], Provider]] = {
        "google": lambda: google(domain=settings.google_domain),
        "github": github,
        "kakao": kakao,
        "naver": naver_openid if settings.naver_openid else naver,
        "oidc": lambda: oidc(settings.oidc_issuer or "", label=settings.oidc_label),
    }
    for name in NAMES:
        if getattr(settings, f"{name}_client_id") is not None:
            provider = makers[name]()
            base = getattr(settings, f"{name}_url", None)
            yield provider.at(base) if base else provider


def _credentials(settings: Settings, name: str) -> Credentials:
    secret = getattr(settings, f"{name}_client_secret")
    return Credentials(
        id=getattr(settings, f"{name}_client_id"),
        secret=None if secret is None else secret.get_secret_value(),
    )
