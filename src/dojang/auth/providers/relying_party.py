"""We, at one provider: sending people there, and learning from it who they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from dojang import clock as clocks
from dojang.auth.providers import id_token as id_tokens
from dojang.auth.providers.attempt import Attempt, challenge
from dojang.auth.providers.errors import (
    Declined,
    NotAskedAgain,
    ProviderRefused,
    ProviderUnavailable,
    UntrustedAnswer,
)
from dojang.auth.providers.exchange import (
    code_form,
    document_of,
    issued_of,
    refused_through_browser,
    token_request,
)
from dojang.auth.providers.identity import Identity
from dojang.auth.providers.provider import Addresses, Answers, Credentials, Provider
from dojang.auth.providers.published import Published
from dojang.auth.providers.web import Ask, Web
from dojang.errors import Malformed, MissingClaim, Misuse, Rejected, WrongIssuer
from dojang.tokens.issued import Issued

__all__ = ["Confirmed", "RelyingParty"]

_LONGEST_CODE = 4096  # characters, inclusive
_TOLERANCE = 60  # seconds that the provider's clock may be off
_PATIENCE = 2.0  # seconds for each of the two requests that end a link, which nobody waits for

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Somebody whom a provider vouches for.

    Attributes:
        identity: Who they are.
        issued: Tokens for the provider's own services.
        revocable: Whether they end what was allowed.
    """

    identity: Identity
    issued: Issued
    revocable: bool


class RelyingParty:
    """One client of one provider."""

    def __init__(
        self,
        provider: Provider,
        credentials: Credentials,
        *,
        web: Web | None = None,
        clock: Callable[[], int] = clocks.now,
    ) -> None:
        """Ask for nothing yet.

        Args:
            provider: Its facts.
            credentials: Who we are there.
            web: How it is asked; ten seconds for each answer by default.
            clock: Returns unix milliseconds.

        Raises:
            Misuse: The provider wants a secret, and there is none.
        """
        if provider.needs_secret and not credentials.secret:
            raise Misuse(f"{provider.label} wants a client secret; its console shows it")
        self.facts = provider
        self._credentials = credentials
        self._web = web or Web()
        self._clock = clock
        self._published = Published(provider, self._web, clock=clock)

    async def address(self, attempt: Attempt) -> str:
        """Return where the browser goes.

        Raises:
            ProviderUnavailable: The issuer does not say where it answers.

        Source: RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core section 3.1.2.1.
        """
        provider, addresses = await self._known()
        query = {
            "response_type": "code",
            "client_id": self._credentials.id,
            "redirect_uri": attempt.redirect_uri,
            "state": attempt.state,
            **provider.parameters,
            **(provider.again if attempt.confirms else {}),
        }
        if provider.scopes:
            query["scope"] = " ".join(provider.scopes)
        if provider.pkce:
            query |= {
                "code_challenge": challenge(attempt.verifier),
                "code_challenge_method": "S256",
            }
        if addresses.jwks:
            query["nonce"] = attempt.nonce
        joint = "&" if "?" in addresses.authorize else "?"
        return f"{addresses.authorize}{joint}{urlencode(query, quote_via=quote)}"

    async def confirm(self, attempt: Attempt, answer: Mapping[str, str]) -> Confirmed:
        """Return who came back.

        Args:
            attempt: The one that the answer belongs to.
            answer: The parameters of the address that the provider sent the browser to.

        Raises:
            Declined: The person said no.
            ProviderRefused: The provider answered with an error.
            ProviderUnavailable: It did not answer.
            Rejected: What it answered is not to be believed; the kind says why.

        Source: RFC 6749 section 4.1.2, RFC 9207 section 2.4.
        """
        provider, addresses = await self._known()
        _check_issuer(provider, answer)
        if "error" in answer:
            if answer["error"] == "access_denied":
                raise Declined(provider.label)
            raise refused_through_browser(provider, answer)
        code = answer.get("code", "")
        if not 0 < len(code) <= _LONGEST_CODE:
            raise Malformed("the answer has neither a code nor an error")
        form = code_form(provider, attempt, code)
        request = token_request(provider, self._credentials, form, url=addresses.token)
        document = document_of(await self._web.send(request), provider, code, *_secrets(attempt))
        issued = issued_of(document, now=self._clock())
        claims = await self._claims(provider, document, attempt, code=code, issued=issued)
        if attempt.confirms and "max_age" in provider.again:
            _check_asked_again(provider, claims, attempt)
        return Confirmed(
            identity=await self._identity(provider, claims, issued),
            issued=issued,
            revocable=provider.revoke is not None,
        )

    async def revoke(self, issued: Issued) -> bool:
        """End what the person allowed us; say whether the provider says that it did.

        It takes a few seconds at most, and trouble is no error: nothing here depends on it.
        """
        try:
            provider, _ = await self._known()
            if provider.revoke is None:
                return False
            token = await self._good_for_revoking(provider, issued)
            ask = provider.revoke(provider, self._credentials, token)
            return (await self._web.send(ask, seconds=_PATIENCE)).ok
        except (ProviderUnavailable, ProviderRefused, Rejected):
            return False

    async def _known(self) -> tuple[Provider, Addresses]:
        provider = await self._published.provider()
        assert provider.addresses is not None
        return provider, provider.addresses

    async def _claims(
        self,
        provider: Provider,
        document: Mapping[str, Any],
        attempt: Attempt,
        *,
        code: str,
        issued: Issued,
    ) -> Claims:
        """Return what the ID token says, if one came or had to."""
        assert provider.addresses is not None
        text = document.get("id_token")
        if text is None and not provider.openid:
            return {}
        if provider.addresses.jwks is None:
            return {}
        if not isinstance(text, str):
            raise MissingClaim(f"{provider.label} was asked for an ID token, and sent none")
        return await self._published.verified(
            lambda keys: id_tokens.verify(
                text,
                keys,
                provider=provider,
                client_id=self._credentials.id,
                nonce=attempt.nonce,
                access=issued.access,
                code=code,
                now=self._clock(),
            )
        )

    async def _identity(self, provider: Provider, claims: Claims, issued: Issued) -> Identity:
        assert provider.addresses is not None
        bearer = {**provider.headers, "authorization": f"Bearer {issued.access}"}
        userinfo: Claims = {}
        emails: tuple[Claims, ...] = ()
        if provider.addresses.userinfo:
            ask = Ask(url=provider.addresses.userinfo, headers=bearer)
            userinfo = _unwrapped(provider, await self._document(ask, provider))
            _check_userinfo(provider, userinfo, claims)
        if provider.addresses.emails:
            emails = await self._emails(Ask(url=provider.addresses.emails, headers=bearer))
        identity = provider.read(provider, Answers(claims=claims, userinfo=userinfo, emails=emails))
        if claims and identity.subject != claims["sub"]:
            raise UntrustedAnswer("the ID token and the profile are of two people")
        return identity

    async def _emails(self, ask: Ask) -> tuple[Claims, ...]:
        """Return the listed addresses; none where the person keeps them to themselves."""
        answer = await self._web.send(ask)
        try:
            return tuple(answer.documents()) if answer.ok else ()
        except Malformed:
            return ()

    async def _document(self, ask: Ask, provider: Provider) -> dict[str, Any]:
        return document_of(await self._web.send(ask), provider)

    async def _good_for_revoking(self, provider: Provider, issued: Issued) -> str:
        if provider.revokes_by == "any":
            return issued.refresh or issued.access
        over = issued.expires is not None and self._clock() >= issued.expires
        if not over or issued.refresh is None:
            return issued.access
        assert provider.addresses is not None
        form = {"grant_type": "refresh_token", "refresh_token": issued.refresh}
        request = token_request(provider, self._credentials, form, url=provider.addresses.token)
        answer = await self._web.send(request, seconds=_PATIENCE)
        return issued_of(document_of(answer, provider), now=self._clock()).access


def _check_issuer(provider: Provider, answer: Mapping[str, str]) -> None:
    if "iss" not in answer and not provider.announces_issuer:
        return
    if answer.get("iss") not in provider.issuers:
        raise WrongIssuer("the answer is of another issuer than the one that was asked")


def _check_asked_again(provider: Provider, claims: Claims, attempt: Attempt) -> None:
    at = claims.get("auth_time")
    if isinstance(at, bool) or not isinstance(at, int):
        raise NotAskedAgain(f"{provider.label} does not say when you signed in there")
    if at < attempt.began // 1000 - _TOLERANCE:
        raise NotAskedAgain(f"{provider.label} took a sign-in from before for granted")


def _check_userinfo(provider: Provider, userinfo: Claims, claims: Claims) -> None:
    # Core 5.3.2: without this, an access token of somebody else brings their profile along.
    if not (claims and provider.envelope is None and provider.openid):
        return
    found, wanted = userinfo.get("sub"), str(claims["sub"])
    if not isinstance(found, str) or not id_tokens.equal(found, wanted):
        raise UntrustedAnswer("the ID token and the profile are of two people")


def _unwrapped(provider: Provider, document: Claims) -> Claims:
    if provider.envelope is None:
        return document
    found = document.get(provider.envelope)
    if not isinstance(found, dict):
        raise Malformed(f"{provider.label} answers without a profile")
    return found


def _secrets(attempt: Attempt) -> tuple[str, ...]:
    return attempt.state, attempt.nonce, attempt.verifier
