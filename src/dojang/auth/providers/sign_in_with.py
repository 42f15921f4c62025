"""Signing in with a provider, from the button to the account."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from urllib.parse import parse_qsl

from dojang.auth.providers.attempt import Attempt, Attempts
from dojang.auth.providers.errors import Declined, NoAttempt, NotYou
from dojang.auth.providers.identity import Identity
from dojang.auth.providers.linking import Linking, Opened
from dojang.auth.providers.provider import Provider
from dojang.auth.providers.relying_party import RelyingParty
from dojang.auth.throttle import Throttle
from dojang.errors import Malformed
from dojang.tokens.issued import Issued

__all__ = ["Begun", "Finished", "SignInWith"]

_FIELDS = 32
_ONCE = ("code", "state", "iss", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Where to send the browser.

    Attributes:
        address: At the provider.
        cookies: Set-Cookie lines that have to come along.
    """

    address: str
    cookies: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Somebody who has come back.

    Attributes:
        identity: Who the provider says they are.
        opened: Whom that opens here.
        target: Where they are sent.
        provider: Its facts.
        linking: Whether they were signed in, and came for a link.
        confirming: Whether they were signed in, and have proved once more who they are.
    """

    identity: Identity
    opened: Opened
    linking: bool
    confirming: bool = False
    target: str
    provider: Provider


class SignInWith:
    """The providers of an application, and its users."""

    def __init__(
        self,
        parties: Iterable[RelyingParty],
        *,
        attempts: Attempts,
        linking: Linking,
        throttle: Throttle | None = None,
    ) -> None:
        """Take the parts.

        Args:
            parties: One for each provider; of two of one name the last counts.
            attempts: What is on its way.
            linking: Whose account an identity opens.
            throttle: Bounds what one source brings back in vain, so that a flood of it costs the
                providers nothing.
        """
        self._throttle = throttle
        self._parties = {party.facts.name: party for party in parties}
        self._attempts = attempts
        self._linking = linking

    @property
    def providers(self) -> tuple[Provider, ...]:
        """What can be offered, in the order given."""
        return tuple(party.facts for party in self._parties.values())

    def provider(self, name: str) -> Provider | None:
        """Return the provider of that name, or None."""
        party = self._parties.get(name)
        return party.facts if party else None

    async def begin(
        self,
        name: str,
        *,
        redirect_uri: str,
        target: str,
        user: str | None = None,
        confirms: bool = False,
        apart: bool = False,
        cookies: str = "",
    ) -> Begun | None:
        """Return where to send the browser; None where there is no such provider.

        Args:
            name: Of the provider.
            redirect_uri: Where it sends the browser back to; never made of what a request says.
            target: A path of our own, where whoever comes back is sent.
            user: Who is signed in and wants to link the provider; None for signing in.
            confirms: Whether that user proves once more who they are, instead: the provider is
                asked not to take their last sign-in there for granted.
            apart: Whether they say that the account with their e-mail address is not theirs, after
                `LinkFirst`; see `Linking.open`.
            cookies: The Cookie header of the browser.

        Raises:
            ProviderUnavailable: It does not say where it answers.
        """
        party = self._parties.get(name)
        if party is None:
            return None
        attempt, lines = self._attempts.begin(
            name,
            redirect_uri=redirect_uri,
            target=target,
            user=user,
            confirms=confirms,
            apart=apart,
            cookies=cookies,
        )
        return Begun(address=await party.address(attempt), cookies=lines)

    async def finish(
        self, name: str, *, query: str, cookies: str, user: str | None = None, address: str = ""
    ) -> Finished | None:
        """Return who has come back; None where there is no such provider.

        Args:
            name: Of the provider that the address is of.
            query: Of the address, as it came; any text is safe to pass.
            cookies: The Cookie header of the browser.
            user: Who is signed in, or None; has to be who wanted to link.
            address: Where the browser is, for the throttle; empty where nobody knows.

        Raises:
            TooManyAttempts: Too much was brought from there in vain; nothing was looked at.
            NoAttempt: It belongs to no attempt of this browser and user.
            Declined: The person said no.
            LinkFirst: Another user has the e-mail address.
            AlreadyLinked: The identity opens another user than who is signed in.
            NotYou: Whoever confirmed is not who is signed in.
            ProviderRefused: The provider answered with an error.
            ProviderUnavailable: It did not answer.
            Unavailable: A store did not answer.
            Rejected: What came is not to be believed; the kind says why.
        """
        party = self._parties.get(name)
        if party is None:
            return None
        guard = self._throttle.callback(address=address) if self._throttle else nullcontext()
        async with guard:
            return await self._finished(party, query=query, cookies=cookies, user=user)

    async def _finished(
        self, party: RelyingParty, *, query: str, cookies: str, user: str | None
    ) -> Finished:
        answer, name = _read(query), party.facts.name
        attempt = await self._attempts.take(name, state=answer.get("state", ""), cookies=cookies)
        if attempt.user is not None and attempt.user != user:
            raise NoAttempt("whoever began to link the provider is not signed in any more")
        confirmed = await party.confirm(attempt, answer)
        identity = confirmed.identity
        if attempt.confirms:
            return await self._same(attempt, party, identity)
        opened = (
            await self._linking.open(identity, apart=attempt.apart)
            if attempt.user is None
            else await self._linking.add(attempt.user, identity)
        )
        if opened is None:
            raise Declined(party.facts.label)
        if confirmed.revocable:
            await self._linking.users.keep(identity, confirmed.issued)
        return Finished(
            identity=identity,
            opened=opened,
            linking=attempt.user is not None,
            target=attempt.target,
            provider=party.facts,
        )

    async def _same(self, attempt: Attempt, party: RelyingParty, identity: Identity) -> Finished:
        """Return who was signed in, whom an identity opens; nothing is linked or made by it."""
        opened = await self._linking.users.find(identity)
        if opened is None or opened != attempt.user:
            raise NotYou(party.facts.label)
        return Finished(
            identity=identity,
            opened=Opened(user=opened),
            linking=False,
            confirming=True,
            target=attempt.target,
            provider=party.facts,
        )

    def dropped(self, query: str) -> str:
        """Return the Set-Cookie line that drops what an answer has used up.

        Args:
            query: As it came; any text is safe to pass.
        """
        try:
            return self._attempts.dropped(_read(query).get("state", ""))
        except Malformed:
            return self._attempts.dropped("")

    async def revoke(self, name: str, issued: Issued) -> bool:
        """End what a person allowed us at a provider; say whether that is known to be done."""
        party = self._parties.get(name)
        return party is not None and await party.revoke(issued)


def _read(query: str) -> Mapping[str, str]:
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise Malformed(f"the answer has more than {_FIELDS} parameters") from None
    names = [name for name, _ in fields]
    if any(names.count(name) > 1 for name in _ONCE):
        raise Malformed("the answer has a parameter twice")  # RFC 6749 section 3.1
    return dict(fields)
