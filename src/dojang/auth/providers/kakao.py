"""Kakao: nearly everything about a person may be missing, and so may the e-mail address.

Source: Kakao Developers, "Kakao Login > REST API".
"""

from collections.abc import Mapping
from typing import Any

from dojang.auth.providers.identity import Identity, email_address, picture, subject, text
from dojang.auth.providers.provider import Addresses, Answers, Credentials, Provider
from dojang.auth.providers.web import Ask

__all__ = ["kakao"]


def kakao() -> Provider:
    """Return the facts of Kakao.

    No scope is asked for: one that is not enabled in the console makes an error of everything
    (KOE205), and what is enabled is asked for without.
    """
    return _KAKAO


def _read(provider: Provider, answers: Answers) -> Identity:
    account = _part(answers.userinfo, "kakao_account")
    profile = _part(account, "profile")
    email = email_address(account.get("email"))
    # Valid: not taken over by another Kakao account. Verified: once shown to be theirs.
    verified = account.get("is_email_valid") is True and account.get("is_email_verified") is True
    return Identity(
        provider=provider.name,
        issuer=provider.issuer,
        subject=subject(answers.userinfo, "id"),
        email=email,
        email_verified=email is not None and verified,
        name=text(account.get("name")) or text(profile.get("nickname")),
        picture=picture(profile.get("thumbnail_image_url")),
    )


def _part(facts: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    found = facts.get(member)
    return found if isinstance(found, dict) else {}


def _unlink(provider: Provider, credentials: Credentials, token: str) -> Ask:
    del credentials
    assert provider.addresses is not None
    headers = {"authorization": f"Bearer {token}"}
    return Ask(method="POST", url=provider.addresses.revoke or "", headers=headers, form={})


_KAKAO = Provider(
    name="kakao",
    label="Kakao",
    issuer="https://kauth.kakao.com",
    addresses=Addresses(
        authorize="https://kauth.kakao.com/oauth/authorize",
        token="https://kauth.kakao.com/oauth/token",  # noqa: S106 - an address
        userinfo="https://kapi.kakao.com/v2/user/me",
        jwks="https://kauth.kakao.com/.well-known/jwks.json",
        revoke="https://kapi.kakao.com/v1/user/unlink",
    ),
    again={"prompt": "login"},
    read=_read,
    revoke=_unlink,
    revokes_by="access",
    needs_secret=False,
)
