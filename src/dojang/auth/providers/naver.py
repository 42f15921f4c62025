"""Naver, in both of its generations.

Its e-mail address is one for contact that people type themselves: it is nobody's proof.

Source: Naver Developers, "네이버 로그인 개발가이드".
"""

from dataclasses import replace

from dojang.auth.providers.identity import Identity, email_address, picture, subject, text
from dojang.auth.providers.provider import Addresses, Answers, Credentials, Provider
from dojang.auth.providers.web import Ask

__all__ = ["naver", "naver_openid"]


def naver() -> Provider:
    """Return the facts of Naver's OAuth 2.0, which every application can use."""
    return _NAVER


def naver_openid() -> Provider:
    """Return the facts of Naver's OpenID Connect; the people are those of `naver`."""
    return _NAVER_OPENID


def _read(provider: Provider, answers: Answers) -> Identity:
    person = answers.userinfo
    return Identity(
        provider=provider.name,
        issuer=provider.issuer,
        subject=subject(person, "id"),
        email=email_address(person.get("email")),
        email_verified=False,
        name=text(person.get("name")) or text(person.get("nickname")),
        picture=picture(person.get("profile_image")),
    )


def _revoke(provider: Provider, credentials: Credentials, token: str) -> Ask:
    assert provider.addresses is not None
    form = {"client_id": credentials.id, "client_secret": credentials.secret or "", "token": token}
    return Ask(method="POST", url=provider.addresses.revoke or "", form=form)


_NAVER = Provider(
    name="naver",
    label="Naver",
    issuer="https://nid.naver.com",
    addresses=Addresses(
        authorize="https://nid.naver.com/oauth2.0/authorize",
        token="https://nid.naver.com/oauth2.0/token",  # noqa: S106 - an address
        userinfo="https://openapi.naver.com/v1/nid/me",
        revoke="https://nid.naver.com/oauth2.0/revoke",
    ),
    pkce=False,
    again={"auth_type": "reauthenticate"},
    state_at_token=True,
    envelope="response",
    read=_read,
    revoke=_revoke,
)

_NAVER_OPENID = replace(
    _NAVER,
    addresses=Addresses(
        authorize="https://nid.naver.com/oauth2/authorize",
        token="https://nid.naver.com/oauth2/token",  # noqa: S106 - an address
        userinfo="https://openapi.naver.com/v1/nid/me",
        jwks="https://nid.naver.com/oauth2/jwks",
        revoke="https://nid.naver.com/oauth2.0/revoke",
    ),
    scopes=("openid", "profile"),
    pkce=True,
    echoes_nonce=False,
)
