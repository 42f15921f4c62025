"""GitHub: OAuth without OpenID Connect, and errors with the status 200.

Source: GitHub's "Authorizing OAuth apps" and "REST API endpoints for OAuth authorizations".
"""

from typing import Any

from dojang.auth.providers.identity import Identity, email_address, picture, subject, text
from dojang.auth.providers.provider import Addresses, Answers, Credentials, Provider
from dojang.auth.providers.web import Ask

__all__ = ["github"]


def github() -> Provider:
    """Return the facts of GitHub."""
    return _GITHUB


def _read(provider: Provider, answers: Answers) -> Identity:
    person = answers.userinfo
    primary = _primary(answers.emails)
    return Identity(
        provider=provider.name,
        issuer=provider.issuer,
        subject=subject(person, "id"),
        # The address in the profile is whatever they typed there.
        email=primary,
        email_verified=primary is not None,
        name=text(person.get("name")) or text(person.get("login")),
        picture=picture(person.get("avatar_url")),
    )


def _primary(emails: tuple[Any, ...]) -> str | None:
    """Return the address that is both primary and verified; the first one may be neither."""
    for one in emails:
        if one.get("primary") is True and one.get("verified") is True:
            return email_address(one.get("email"))
    return None


def _revoke(provider: Provider, credentials: Credentials, token: str) -> Ask:
    assert provider.addresses is not None
    address = (provider.addresses.revoke or "").format(client_id=credentials.id)
    return Ask(
        method="DELETE",
        url=address,
        headers=provider.headers,
        basic=(credentials.id, credentials.secret or ""),
        document={"access_token": token},
    )


_GITHUB = Provider(
    name="github",
    label="GitHub",
    issuer="https://github.com",
    aliases=("https://github.com/login/oauth",),
    addresses=Addresses(
        authorize="https://github.com/login/oauth/authorize",
        token="https://github.com/login/oauth/access_token",  # noqa: S106 - an address
        userinfo="https://api.github.com/user",
        emails="https://api.github.com/user/emails",
        revoke="https://api.github.com/applications/{client_id}/grant",
    ),
    scopes=("read:user", "user:email"),
    headers={"accept": "application/json", "x-github-api-version": "2022-11-28"},
    read=_read,
    revoke=_revoke,
    revokes_by="access",
)
