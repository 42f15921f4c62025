"""How often a password may be tried: by one source, against one account.

Nobody is locked out of an account by somebody else: whoever guesses is made to wait by where they
guess from, and while very many guess at one account, each source has a few tries at it.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256

from dojang.auth.errors import TooManyAttempts
from dojang.auth.sources import networks
from dojang.errors import Unavailable
from dojang.sessions import Sessions
from dojang.stores.counters import Counters, Hit
from dojang.stores.memory import MemoryStore
from dojang.wire import base64url

__all__ = ["Limits", "Rate", "Throttle"]

_DIGEST = 16  # bytes: no two keys meet, and a name of any length is short


@dataclass(frozen=True, slots=True)
class Rate:
    """So many attempts in so long.

    Attributes:
        attempts: Inclusive; at least 1.
        seconds: The window, which slides along with time.
    """

    attempts: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many attempts that failed are too many.

    Attributes:
        guesses: By one source at one account; each is kept, so that waiting grows.
        source: By one source at all accounts.
        site: By all sources of one organisation, which is known for IPv6 alone (/48).
        account: By all sources at one account.
        spared: By one source at one account that is beyond it: so that whoever comes to it from a
            place where nobody guessed gets in, a typo or two included.
        sign_ups: Accounts that one source asks for, made or not.
        callbacks: Answers of providers that one source brings and that let nobody in.
        mails: Mails of one kind to one person, whoever asks for them.
        asked: Mails that one source asks for, of one kind to one account, there or not.
        asked_from: Mails that one source asks for, to all accounts.
        asked_for: Mails that all sources ask for, of one kind to one account; beyond it each source
            has one, but for mails with something short enough to be guessed.
        codes: Of six digits, by all sources at one account: who tries them has its password, and a
            million is few. Thirty a day find one of three good ones in 30 years.
    """

    guesses: tuple[Rate, ...] = (Rate(5, 60), Rate(10, 900), Rate(30, 86_400))
    source: Rate = Rate(100, 600)
    site: Rate = Rate(1_000, 600)
    account: Rate = Rate(100, 3_600)
    spared: Rate = Rate(3, 86_400)
    sign_ups: Rate = Rate(30, 3_600)
    callbacks: Rate = Rate(60, 600)
    mails: Rate = Rate(6, 3_600)
    asked: tuple[Rate, ...] = (Rate(3, 600), Rate(10, 86_400))
    asked_from: Rate = Rate(30, 3_600)
    asked_for: Rate = Rate(20, 86_400)
    codes: tuple[Rate, ...] = (Rate(5, 60), Rate(10, 900), Rate(30, 86_400))


class Throttle:
    """Counts attempts before they are made, in a store that all processes share."""

    def __init__(
        self, counters: Counters, *, clock: Callable[[], int], limits: Limits | None = None
    ) -> None:
        """Take the parts.

        Args:
            counters: A store; one in memory counts for its process alone.
            clock: Returns unix milliseconds.
            limits: Five guesses a minute, ten a quarter of an hour, thirty a day by default.
        """
        self._counters = counters
        self._clock = clock
        self._limits = limits or Limits()

    @classmethod
    def beside(cls, sessions: Sessions) -> "Throttle":
        """Return one that counts in the store of `sessions`; in memory where they have none.

        Args:
            sessions: On the server, or in cookies that can be revoked.
        """
        store = sessions.strategy.shared
        counters = store if isinstance(store, Counters) else MemoryStore()
        return cls(counters, clock=sessions.clock)

    @asynccontextmanager
    async def attempt(self, account: str, *, address: str) -> AsyncIterator[None]:
        """Count one attempt while the password is looked at.

        If the block ends well, it was no guess, and those before it are forgotten; if it ends with
        `Unavailable`, nothing was compared and nothing is counted.

        Args:
            account: What is guessed at: `one_spelling` of the login that was typed, whether or
                not anybody has it. Never what was found by it: two logins that count together are
                of one account, and whoever guesses at both would learn that there is one.
            address: Of whoever tries; without one, sources are not told apart.

        Raises:
            TooManyAttempts: It must wait; the block is not entered.
            Unavailable: The store did not answer.
        """
        sources = networks(address)
        shared, own = await self._count(account, sources)
        try:
            yield
        except Unavailable:
            await self._forgive([*shared, *own])
            raise
        await self._forgive(shared)
        for key in own:
            await self._counters.forget(key)

    @asynccontextmanager
    async def code(self, account: str) -> AsyncIterator[None]:
        """Count one try at a code of few digits while it is looked at, wherever it comes from.

        One that was right, or was not looked at, is not counted; those before it still are.

        Args:
            account: As for `attempt`.

        Raises:
            TooManyAttempts: It must wait; the block is not entered.
            Unavailable: The store did not answer.
        """
        keys = {_key(f"code:{rate.seconds}", account): rate for rate in self._limits.codes}
        for key, rate in keys.items():
            _pass(await self._hit(key, rate))
        try:
            yield
        except Unavailable:
            await self._forgive(list(keys))
            raise
        await self._forgive(list(keys))

    @asynccontextmanager
    async def callback(self, *, address: str) -> AsyncIterator[None]:
        """Count one answer of a provider while it is looked at, which asks the provider back.

        One that let somebody in is not counted, nor one that nobody could look at.

        Args:
            address: Of whoever brings it; without one, nothing is counted.

        Raises:
            TooManyAttempts: It must wait; the block is not entered.
            Unavailable: The store did not answer.
        """
        keys = [_key("callback", source) for source in networks(address)[:1]]
        for key in keys:
            _pass(await self._hit(key, self._limits.callbacks))
        try:
            yield
        except Unavailable:
            await self._forgive(keys)
            raise
        await self._forgive(keys)

    async def _forgive(self, keys: Sequence[str]) -> None:
        for key in keys:
            await self._counters.take_back(key)

    async def sign_up(self, *, address: str) -> None:
        """Count one sign-up, which says who has an account already.

        Args:
            address: Of whoever signs up; without one, nothing is counted.

        Raises:
            TooManyAttempts: It must wait; nothing was looked at.
            Unavailable: The store did not answer.
        """
        for source in networks(address)[:1]:
            _pass(await self._hit(_key("sign-up", source), self._limits.sign_ups))

    async def mail(self, kind: str, to: str) -> None:
        """Count one mail, before it is written.

        Args:
            kind: What it is, as `reset-password`.
            to: Whom it is for, in one spelling.

        Raises:
            TooManyAttempts: They got as many; write none.
            Unavailable: The store did not answer.
        """
        _pass(await self._hit(_key("mail", kind, to), self._limits.mails))

    async def ask(self, kind: str, account: str, *, address: str, guessable: bool = False) -> None:
        """Count one mail that a stranger asks for, whether or not anybody gets it.

        Nobody's box is filled by strangers, nor is its owner kept from a link by them. A code of
        six digits is something else: each that is mailed may be guessed at, so that so many a day
        are mailed and no more, whoever asks.

        Args:
            kind: What it is for, as `reset-password`.
            account: One spelling for each account, unknown ones too.
            address: Of whoever asks; without one, sources are not told apart.
            guessable: Whether there is a short code in it.

        Raises:
            TooManyAttempts: It must wait; nothing was looked at.
            Unavailable: The store did not answer.
        """
        sources = networks(address)[:1]
        for source in sources:
            _pass(await self._hit(_key("asked-from", source), self._limits.asked_from))
        asked = [
            _pass(await self._hit(_key(f"asked:{rate.seconds}", kind, account, *sources), rate))
            for rate in self._limits.asked
        ]
        hit = await self._hit(_key("asked-for", kind, account), self._limits.asked_for)
        if guessable or not (sources and asked[-1].count == 1):
            _pass(hit)

    async def _count(self, account: str, sources: Sequence[str]) -> tuple[list[str], list[str]]:
        """Count a try; return under which keys: those that others share, and those of this one."""
        shared, own = dict(self._of_source(sources)), dict(self._guesses(account, sources))
        for key, rate in (shared | own).items():
            _pass(await self._hit(key, rate))
        everybody, spared = _key("account", account), _key("spared", account, *sources[:1])
        hit = await self._hit(everybody, self._limits.account)
        if hit.allowed:
            return [*shared, everybody], [*own]
        if sources and (await self._hit(spared, self._limits.spared)).allowed:
            return [*shared], [*own, spared]
        raise TooManyAttempts(retry_after=_seconds(hit), crowded=True)

    def _of_source(self, sources: Sequence[str]) -> Iterator[tuple[str, Rate]]:
        rates = (self._limits.source, self._limits.site)
        for source, rate in zip(sources, rates, strict=False):
            yield _key("source", source), rate

    def _guesses(self, account: str, sources: Sequence[str]) -> Iterator[tuple[str, Rate]]:
        for rate in self._limits.guesses:
            yield _key(f"guess:{rate.seconds}", account, *sources[:1]), rate

    async def _hit(self, key: str, rate: Rate) -> Hit:
        window = rate.seconds * 1000
        return await self._counters.hit(key, limit=rate.attempts, window=window, now=self._clock())


def _pass(hit: Hit) -> Hit:
    if not hit.allowed:
        raise TooManyAttempts(retry_after=_seconds(hit))
    return hit


def _seconds(hit: Hit) -> int:
    return -(-hit.retry_after // 1000)


def _key(kind: str, *what: str) -> str:
    text = "\0".join(what).encode("utf-8", "surrogatepass")
    return f"throttle:{kind}:{base64url.encode(sha256(text).digest()[:_DIGEST])}"
