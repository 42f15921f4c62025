"""What providers publish, kept for a while: where they answer, and their keys."""

from collections.abc import Callable
from typing import TypeVar

from dojang.auth.providers.errors import ProviderUnavailable
from dojang.auth.providers.oidc import discovered, document_of
from dojang.auth.providers.provider import Provider
from dojang.auth.providers.web import Ask, Web
from dojang.errors import BadSignature, Rejected, UnknownKey
from dojang.wire.jose.jwks import KeySet

__all__ = ["Published"]

T = TypeVar("T")

_FRESH = 3_600_000  # milliseconds
_STALE = 24 * _FRESH  # ... for which what is known is used on while the provider does not answer
_AGAIN = 10_000  # milliseconds between two looks for a key that nobody knows


class Published:
    """What one provider publishes."""

    def __init__(self, provider: Provider, web: Web, *, clock: Callable[[], int]) -> None:
        """Ask for nothing yet.

        Args:
            provider: Its addresses may be missing.
            web: How it is asked.
            clock: Returns unix milliseconds.
        """
        self._provider = provider
        self._web = web
        self._clock = clock
        self._facts: tuple[int, Provider] | None = None
        self._keys: tuple[int, KeySet] | None = None
        self._looked_again: int | None = None

    async def provider(self) -> Provider:
        """Return the facts with all addresses.

        Raises:
            ProviderUnavailable: The issuer does not answer, or not as one.
            WrongIssuer: It publishes the document of another one.
        """
        if self._provider.addresses is not None:
            return self._provider
        now, held = self._clock(), self._facts
        if held is None or now - held[0] >= _FRESH:
            try:
                held = self._facts = now, await self._discover()
            except ProviderUnavailable:
                if held is None or now - held[0] >= _STALE:
                    raise
        return held[1]

    async def verified(self, check: Callable[[KeySet], T]) -> T:
        """Return what `check` makes of the keys; of newer ones where it misses one in these.

        A key that signs before anybody has seen it is fetched when its first token comes: without
        an end of these tokens, at most once in ten seconds.

        Raises:
            ProviderUnavailable: The provider does not publish its keys just now.
            Rejected: As `check` does.
        """
        try:
            return check(await self._held_keys())
        except (UnknownKey, BadSignature):
            now = self._clock()
            if self._looked_again is not None and now - self._looked_again < _AGAIN:
                raise
            self._looked_again = now
        self._keys = self._clock(), await self._fetch_keys()
        return check(self._keys[1])

    async def _held_keys(self) -> KeySet:
        now, held = self._clock(), self._keys
        if held is None or now - held[0] >= _FRESH:
            try:
                held = self._keys = now, await self._fetch_keys()
            except ProviderUnavailable:
                if held is None or now - held[0] >= _STALE:
                    raise
        return held[1]

    async def _discover(self) -> Provider:
        answer = await self._web.send(Ask(url=document_of(self._provider)))
        if not answer.ok:
            raise ProviderUnavailable(f"the issuer answers {answer.status} instead of its document")
        try:
            document = answer.document()
        except Rejected:
            raise ProviderUnavailable("what the issuer publishes is no document") from None
        return discovered(self._provider, document)

    async def _fetch_keys(self) -> KeySet:
        addresses = (await self.provider()).addresses
        if addresses is None or addresses.jwks is None:
            raise ProviderUnavailable("this provider has no keys")
        answer = await self._web.send(Ask(url=addresses.jwks))
        if not answer.ok:
            raise ProviderUnavailable(f"the provider answers {answer.status} instead of its keys")
        try:
            return KeySet.parse(answer.body)
        except Rejected:
            raise ProviderUnavailable("what the provider publishes are no keys") from None
