"""Google.

Source: https://accounts.google.com/.well-known/openid-configuration; Google's "OpenID Connect".
"""

from dataclasses import replace

from dojang.auth.providers.identity import Identity, email_address, picture, subject, text
from dojang.auth.providers.provider import Addresses, Answers, Credentials, Provider
from dojang.auth.providers.web import Ask
from dojang.errors import WrongIssuer

__all__ = ["google"]


def google(*, domain: str | None = None) -> Provider:
    """Return the facts of Google.

    Args:
        domain: The one organisation whose people may sign in, as `example.org`; None for everybody.
    """
    if domain is None:
        return _GOOGLE

    def of_domain(provider: Provider, answers: Answers) -> Identity:
        # What the address of the sign-in asks for is only a wish: anybody can change it.
        if answers.claims.get("hd") != domain:
            raise WrongIssuer(f"only accounts of {domain} are taken")
        return _read(provider, answers)

    return replace(_GOOGLE, parameters={**_GOOGLE.parameters, "hd": domain}, read=of_domain)


def _read(provider: Provider, answers: Answers) -> Identity:
    claims = answers.claims
    email = email_address(claims.get("email"))
    # An address elsewhere was once shown to be theirs, and may have gone to somebody else since.
    held = bool(claims.get("hd")) or (email or "").lower().endswith("@gmail.com")
    return Identity(
        provider=provider.name,
        issuer=provider.issuer,
        subject=subject(claims, "sub"),
        email=email,
        email_verified=email is not None and claims.get("email_verified") is True and held,
        name=text(claims.get("name")),
        picture=picture(claims.get("picture")),
    )


def _revoke(provider: Provider, credentials: Credentials, token: str) -> Ask:
    del credentials
    assert provider.addresses is not None
    return Ask(method="POST", url=provider.addresses.revoke or "", form={"token": token})


_GOOGLE = Provider(
    name="google",
    label="Google",
    issuer="https://accounts.google.com",
    aliases=("accounts.google.com",),
    addresses=Addresses(
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        jwks="https://www.googleapis.com/oauth2/v3/certs",
        revoke="https://oauth2.googleapis.com/revoke",
    ),
    scopes=("openid", "email", "profile"),
    # A refresh token is what ends it all, long after the access token has expired.
    parameters={"prompt": "select_account", "access_type": "offline"},
    read=_read,
    revoke=_revoke,
)
