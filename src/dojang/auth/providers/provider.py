"""The facts of one provider, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from dojang.auth.providers.identity import Identity
from dojang.auth.providers.web import Ask
from dojang.errors import Misuse

__all__ = ["SIGNING", "Addresses", "Answers", "Credentials", "Provider"]

#: What ID tokens may be signed with: never a secret that we have too, never nothing.
SIGNING = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a provider answers; None where it does not, or need not be asked."""

    authorize: str
    token: str
    userinfo: str | None = None
    emails: str | None = None
    jwks: str | None = None
    revoke: str | None = None

    def at(self, base: str) -> "Addresses":
        """Return the same paths at another origin.

        Args:
            base: Scheme, host and port, with the path below which they are, if there is one.
        """
        known = {one.name: getattr(self, one.name) for one in fields(self)}
        moved = {name: base.rstrip("/") + urlsplit(url).path for name, url in known.items() if url}
        return Addresses(**moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a provider said about a person.

    Attributes:
        claims: Of the ID token, which was verified; empty where there is none.
        userinfo: What the access token opens; empty where nothing was asked.
        emails: All addresses, where they are listed apart.
    """

    claims: Mapping[str, Any] = field(default_factory=dict[str, Any])
    userinfo: Mapping[str, Any] = field(default_factory=dict[str, Any])
    emails: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who we are at a provider.

    Attributes:
        id: As the provider's console shows it.
        secret: The same; None for a client without one.
    """

    id: str
    secret: str | None = field(default=None, repr=False)


#: Makes of the facts and the answers who it is.
Read = Callable[["Provider", Answers], Identity]

#: Makes the request that ends what the person allowed: who we are, the provider, a token.
Revoke = Callable[["Provider", Credentials, str], Ask]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """How one provider does it.

    Attributes:
        name: In addresses and settings; lower-case letters, digits and hyphens.
        label: For people.
        issuer: The first half of every identity, and the `iss` of its tokens.
        aliases: What else its tokens may have as `iss`.
        addresses: None where the issuer is asked for them.
        scopes: What is asked for; none where the provider's console decides.
        client_auth: How the secret goes to the token address.
        pkce: Whether it knows RFC 7636.
        echoes_nonce: Whether its ID tokens have to carry the nonce; one that is there is compared
            in any case.
        state_at_token: Whether the token address wants the state once more.
        announces_issuer: Whether its answers have to carry `iss` (RFC 9207); one that is there is
            compared in any case.
        algorithms: What its ID tokens are signed with.
        parameters: More of the authorization request.
        again: What makes it ask for a proof once more, beside what `parameters` has.
        headers: More of what it is asked with.
        envelope: The member of its userinfo that has the person in it; None where that is all.
        read: Who it is, after all that was answered.
        revoke: How to end it all; None where that is not possible.
        revokes_by: Which token that takes: `any` is the refresh token where there is one.
        needs_secret: Whether it knows no clients without a secret.

    Raises:
        Misuse: The name would not stand in an address, or an algorithm is not among `SIGNING`.
    """

    name: str
    label: str
    issuer: str
    read: Read
    addresses: Addresses | None = None
    aliases: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    client_auth: Literal["post", "basic"] = "post"
    pkce: bool = True
    echoes_nonce: bool = True
    state_at_token: bool = False
    announces_issuer: bool = False
    algorithms: tuple[str, ...] = ("RS256",)
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    again: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    envelope: str | None = None
    revoke: Revoke | None = None
    revokes_by: Literal["access", "any"] = "any"
    needs_secret: bool = True

    def __post_init__(self) -> None:
        if not self.name.replace("-", "").isalnum() or not self.name.islower():
            raise Misuse(f"{self.name!r} names a provider in addresses: write a-z, 0-9 and -")
        if strangers := set(self.algorithms) - set(SIGNING):
            raise Misuse(f"no ID token is signed with {', '.join(sorted(strangers))}")

    @property
    def issuers(self) -> tuple[str, ...]:
        """Every `iss` that is this provider's."""
        return (self.issuer, *self.aliases)

    @property
    def openid(self) -> bool:
        """Whether an ID token has to come, having been asked for."""
        return "openid" in self.scopes

    def at(self, base: str) -> "Provider":
        """Return the same provider at another origin, whose identities are others.

        Args:
            base: Scheme, host and port, with the path below which it answers, if there is one.

        Raises:
            Misuse: Where it answers is not known here, but discovered.
        """
        if self.addresses is None:
            raise Misuse("an issuer that is discovered has one address; name it when it is made")
        return replace(self, issuer=base.rstrip("/"), aliases=(), addresses=self.addresses.at(base))
