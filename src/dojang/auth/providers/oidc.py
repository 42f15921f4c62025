"""Any issuer of OpenID Connect, by discovery.

Source: OpenID Connect Core 1.0, Discovery 1.0, RFC 7009, RFC 8414, RFC 9207.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from dojang.auth.providers.identity import Identity, email_address, picture, subject, text
from dojang.auth.providers.provider import SIGNING, Addresses, Answers, Credentials, Provider
from dojang.auth.providers.web import Ask
from dojang.errors import Malformed, Misuse, WrongIssuer

__all__ = ["discovered", "document_of", "oidc"]

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SCOPES = ("openid", "email", "profile")


def oidc(
    issuer: str,
    *,
    name: str = "oidc",
    label: str | None = None,
    scopes: tuple[str, ...] = _SCOPES,
) -> Provider:
    """Return the facts of an issuer, which is asked for the rest.

    Args:
        issuer: To the letter as the issuer writes it; `https:`, or on this machine.
        name: In addresses and settings.
        label: For people; the issuer's host by default.
        scopes: `openid` among them.

    Raises:
        Misuse: The issuer has no good address, or `openid` is missing.
    """
    parts = urlsplit(issuer)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.scheme == "https" or local) or not parts.hostname or parts.query:
        raise Misuse(f"an issuer has an https: address without a query, not {issuer!r}")
    if "openid" not in scopes:
        raise Misuse("write openid among the scopes: without it no ID token comes")
    return Provider(
        name=name,
        label=label or parts.netloc,
        issuer=issuer,
        scopes=scopes,
        client_auth="basic",
        # Core 3.1.2.1: the first asks for it, the second has the ID token say that it was done.
        again={"prompt": "login", "max_age": "0"},
        read=_read,
        needs_secret=False,
    )


def document_of(provider: Provider) -> str:
    """Return where an issuer publishes the rest.

    Source: OpenID Connect Discovery 1.0 section 4.
    """
    return provider.issuer.rstrip("/") + "/.well-known/openid-configuration"


def discovered(provider: Provider, document: Mapping[str, Any]) -> Provider:
    """Return the facts with what the issuer says of itself.

    Args:
        provider: As `oidc` returned it.
        document: As it was published; anything at all may stand in it.

    Raises:
        WrongIssuer: It is another issuer's.
        Malformed: An address is missing or could be read by others on the way.

    Source: OpenID Connect Discovery 1.0 sections 3 and 4.3.
    """
    if document.get("issuer") != provider.issuer:
        raise WrongIssuer("the issuer publishes the document of another issuer")
    revoke = _address(provider, document, "revocation_endpoint")
    return replace(
        provider,
        addresses=Addresses(
            authorize=_needed(provider, document, "authorization_endpoint"),
            token=_needed(provider, document, "token_endpoint"),
            userinfo=_address(provider, document, "userinfo_endpoint"),
            jwks=_needed(provider, document, "jwks_uri"),
            revoke=revoke,
        ),
        client_auth=_client_auth(document),
        announces_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        algorithms=_algorithms(document),
        revoke=_revoke if revoke else None,
    )


def _needed(provider: Provider, document: Mapping[str, Any], member: str) -> str:
    address = _address(provider, document, member)
    if address is None:
        raise Malformed(f"the issuer does not say its {member}")
    return address


def _address(provider: Provider, document: Mapping[str, Any], member: str) -> str | None:
    value = document.get(member)
    if value is None:
        return None
    secure = provider.issuer.startswith("https:")
    if not isinstance(value, str) or not value.startswith(
        "https://" if secure else ("https://", "http://")
    ):
        raise Malformed(f"the {member} of the issuer is not an address that nobody listens to")
    return value


def _client_auth(document: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of two texts
    known = document.get("token_endpoint_auth_methods_supported")
    listed = known if isinstance(known, list) else ["client_secret_basic"]
    return "basic" if "client_secret_basic" in listed else "post"


def _algorithms(document: Mapping[str, Any]) -> tuple[str, ...]:
    known = document.get("id_token_signing_alg_values_supported")
    listed = known if isinstance(known, list) else []
    return tuple(one for one in SIGNING if one in listed) or ("RS256",)


def _read(provider: Provider, answers: Answers) -> Identity:
    facts = {**answers.userinfo, **answers.claims}
    email = email_address(facts.get("email"))
    # Both from one source, or the word of one would vouch for the address of the other.
    source = answers.claims if "email" in answers.claims else answers.userinfo
    return Identity(
        provider=provider.name,
        issuer=provider.issuer,
        subject=subject(answers.claims, "sub"),
        email=email,
        email_verified=email is not None and source.get("email_verified") is True,
        name=text(facts.get("name")) or text(facts.get("preferred_username")),
        picture=picture(facts.get("picture")),
    )


def _revoke(provider: Provider, credentials: Credentials, token: str) -> Ask:
    assert provider.addresses is not None
    url, form = provider.addresses.revoke or "", {"token": token}
    if provider.client_auth == "basic" and credentials.secret is not None:
        return Ask(method="POST", url=url, form=form, basic=(credentials.id, credentials.secret))
    secret = {} if credentials.secret is None else {"client_secret": credentials.secret}
    return Ask(method="POST", url=url, form={**form, "client_id": credentials.id, **secret})
