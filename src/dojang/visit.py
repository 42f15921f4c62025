"""One request's use of a session: opened when looked at, compared and written when it ends."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from dojang import blocking
from dojang.errors import DojangError, Missing, ReadOnly, ResponseStarted, Unavailable, Unknown
from dojang.formers import Formers
from dojang.passed_on import PassedOn
from dojang.session.agree import agree
from dojang.session.content import Content
from dojang.session.found import Found
from dojang.session.lifetime import Lifetime
from dojang.session.plan import Touch, Write, plan
from dojang.session.principal import Place
from dojang.session.record import Device, Record
from dojang.session.session import Session
from dojang.strategies.circulation import RETIRED, Circulation
from dojang.strategies.strategy import Kept, Strategy
from dojang.wire import chunks
from dojang.wire.cookies import Cookie

__all__ = ["House", "Kind", "Renewing", "Visit"]

_CLIENT_ERROR, _UNAUTHORIZED, _SERVER_ERROR = 400, 401, 500

#: Makes the session: `Session`, or what a framework promises beyond it.
Kind = Callable[..., Session]

#: Asked before a session is renewed: may bring its data up to date, or refuse with False.
Renewing = Callable[[Session], Awaitable[bool | None] | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all visits to one application share."""

    strategy: Strategy
    lifetime: Lifetime
    cookie: Cookie
    principal: Place | None
    bearer: bool
    passed_on: PassedOn | None
    renewing: Renewing | None
    formers: Formers
    circulation: Circulation
    clock: Callable[[], int]

    @property
    def suspends(self) -> bool:
        """Whether opening a session may wait for an event loop."""
        return self.strategy.suspends or self.formers.suspends

    @property
    def takes_tokens(self) -> bool:
        """Whether an Authorization header is looked at."""
        return self.bearer or self.passed_on is not None

    def token(self, bearer: str | None) -> str | None:
        """Return the token of a request if it is one that is looked at."""
        if bearer is None or self.bearer:
            return bearer
        return bearer if self.passed_on is not None and self.passed_on.is_meant(bearer) else None


class Visit:
    """Opened by `Sessions.open`, and closed once the status of the answer is known."""

    def __init__(
        self,
        house: House,
        cookies: str,
        *,
        bearer: str | None = None,
        device: Device | None = None,
        kind: Kind = Session,
    ) -> None:
        """Come with what the request carries."""
        self._house = house
        self._cookies = cookies
        self._bearer = house.token(bearer)
        self._now = house.clock()
        self._failure: DojangError | None = None
        self._prefetched: Found | None = None
        self._lines: dict[Sequence[str], str] = {}
        self._started = False
        self._written = False
        self.session = kind(
            self._open,
            clock=house.clock,
            keeper=self,
            lifetime=house.lifetime,
            principal=house.principal,
            adopts=house.strategy.revocable,
            device=device or Device(),
        )

    async def prefetch(self) -> None:
        """Load now what the strategy could only wait for later; trouble shows at the first look.

        Without a cookie or token nothing is asked.
        """
        if not self._house.suspends or not self._came:
            return
        try:
            self._prefetched = await self._load()
        except DojangError as failure:
            self._failure = failure

    async def save(self, session: Content) -> None:
        """Write what has changed so far; see `Session.save`."""
        before = session.found
        if before is None:
            return
        if before.fixed:
            if session.changed_late:
                raise ReadOnly("the session was passed on by another service, and is changed there")
            return
        write = self._write(session, before)
        if write is None:
            return
        house = self._house
        kept = await house.strategy.commit(
            write, before, house.lifetime, now=house.clock(), fits=self._cookies_for
        )
        if kept.lost:
            if session.left:
                self._queue(chunks.delete(house.cookie, present=self._present()))
            # What was changed is dropped; whoever signs in from here on begins anew.
            session.adopt(Found(rejected=Unknown("the session was ended meanwhile")))
            return
        self._queue(self._announce(before, kept))
        self._count(before)
        session.kept(
            Found(record=kept.record, current=kept.record, credential=kept.credential)
            if kept.record
            else Found(rejected=Missing("the session was ended by this request"))
        )

    async def reload(self, session: Content) -> None:
        """Replace the content by what is stored now; see `Session.reload`."""
        self._now = self._house.clock()
        credential = session.found.credential if session.found else None
        if credential is None or (session.found and session.found.fixed):
            session.adopt(await self._load())
            return
        strategy = self._house.strategy
        session.adopt(await strategy.load([credential], self._house.lifetime, now=self._now))

    async def close(self, status: int) -> Sequence[str]:
        """Write what the request made of its session, and return the Set-Cookie lines to send.

        Args:
            status: Of the answer. From 500 on nothing is written; from 400 on a principal that was
                gained is dropped, and the rest is written.

        Raises:
            NotJson: The data hold something that JSON does not have.
            Conflict: Somebody else changed the session, and the policy is `error`.
            TooManySessions: The user has as many as they may.
            TooLarge: The session does not fit its cookie.
            Unavailable: The store did not answer.
        """
        self._written = status < _SERVER_ERROR
        if self._written:
            self._roll()
            await self._ask_before_renewal()
            if status >= _CLIENT_ERROR and self.session.found is not None:
                self.session.forgo_login()
            await self.save(self.session)
            self._forget_bad_cookie()
            self._forget_formers()
        return self.leave()

    def leave(self) -> Sequence[str]:
        """Return the Set-Cookie lines of what was saved, and write nothing more."""
        lines, self._lines = self._lines, {}
        return list(lines.values())

    def start(self) -> None:
        """Note that the headers have left: from now on no cookie can be set."""
        self._started = True
        self.session.answer(writable=self._house.strategy.on_server)

    async def finish(self) -> None:
        """Write what was changed after the headers had left, where that is possible.

        Raises:
            ResponseStarted: It is not: a session in a cookie, or one that has none yet.
        """
        if self._written and self.session.changed_late:
            await self.save(self.session)

    @property
    def depends_on(self) -> Sequence[str]:
        """The request headers that what a session shows depends on."""
        return ("Cookie", "Authorization") if self._house.takes_tokens else ("Cookie",)

    def challenge(self, status: int) -> str | None:
        """Return the WWW-Authenticate of an answer; None unless it is 401 and tokens may come.

        Args:
            status: Of the answer.

        Source: RFC 6750 section 3, RFC 9470 section 3.
        """
        if status != _UNAUTHORIZED or not self._house.takes_tokens:
            return None
        if self._bearer is None:
            return "Bearer"
        found = self.session.found
        good = found is not None and found.rejected is None
        return f'Bearer error="{"insufficient_user_authentication" if good else "invalid_token"}"'

    @property
    def _came(self) -> bool:
        return self._bearer is not None or bool(self._candidates()) or self._former_came

    @property
    def _former_came(self) -> bool:
        return self._bearer is None and self._house.formers.came(self._cookies)

    def _open(self) -> Found:
        if self._failure is not None:
            raise self._failure
        if self._prefetched is not None:
            return self._prefetched
        return blocking.run(self._load())

    async def _load(self) -> Found:
        strategy, lifetime = self._house.strategy, self._house.lifetime
        cookies = self._candidates()
        if self._bearer is None:
            found = (
                await strategy.load(cookies, lifetime, now=self._now)
                if cookies
                else Found(rejected=Missing("no session cookie came"))
            )
            return await self._house.formers.instead_of(found, self._cookies, now=self._now)
        bearer = await self._load_token(self._bearer)
        if not cookies:
            return bearer
        return agree(await strategy.load(cookies, lifetime, now=self._now), bearer)

    async def _load_token(self, token: str) -> Found:
        house = self._house
        if house.passed_on is not None and house.passed_on.is_meant(token):
            return house.passed_on.read(token, place=house.principal, now=self._now)
        return await house.strategy.load([token], house.lifetime, now=self._now)

    def _candidates(self) -> Sequence[str]:
        cookie = self._house.cookie
        return chunks.candidates(self._cookies, cookie.name, cookie.chunks)

    def _stale(self) -> Sequence[str]:
        cookie = self._house.cookie
        return chunks.stale(self._cookies, cookie.name, cookie.chunks)

    def _write(self, session: Content, found: Found) -> Write | None:
        after = session.settled()
        write = plan(found.record, after)
        if write is None and after is not None and not found.newest:
            return Touch(after)
        return write

    async def _ask_before_renewal(self) -> None:
        found, renewing = self.session.found, self._house.renewing
        if renewing is None or found is None or found.record is None or found.current is None:
            return
        if found.current.expires == found.record.expires:
            return
        answer = renewing(self.session)
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer is False:
            self.session.logout()

    def _roll(self) -> None:
        # Renewal on every request means just that, whether or not a handler looked; and what is of
        # another kind is made anew with the next answer.
        due = self._former_came or (self._house.lifetime.renew == 0 and self._came)
        if due and self.session.found is None:
            # A page that does not look stays up when the store is down.
            with suppress(Unavailable):
                self.session.adopt(self._open())

    def _announce(self, before: Found, kept: Kept) -> Sequence[str]:
        if kept.record is None or kept.credential is None:
            return chunks.delete(self._house.cookie, present=self._present())
        same = kept.credential == before.credential and not before.former
        if same and not self._life_moved(before, kept.record):
            return []
        return self._cookies_for(kept.record, kept.credential)

    def _cookies_for(self, record: Record, credential: str) -> Sequence[str]:
        cookie = self._house.cookie
        # As of now, and not of the request: a cookie does not outlive its session.
        now = self._house.clock()
        seconds = self._house.lifetime.max_age(record, now=now)
        max_age, expires = cookie.life(seconds, now=now)
        return chunks.set_chunks(
            cookie, credential, max_age=max_age, expires=expires, present=self._present()
        )

    def _queue(self, lines: Sequence[str]) -> None:
        if lines and self._started:
            raise ResponseStarted("a new cookie is due, but the headers have left; save() earlier")
        # One line for a cookie: the last one says what the browser should hold.
        self._lines |= {_slot(line): line for line in lines}

    def _present(self) -> Sequence[str]:
        return list(dict.fromkeys([*self._stale(), *(name for name, *_ in self._lines)]))

    def _life_moved(self, before: Found, after: Record) -> bool:
        if before.record is None or before.record.remember != after.remember:
            return True
        return self._house.lifetime.follows_idle and before.record.expires != after.expires

    def _forget_bad_cookie(self) -> None:
        found = self.session.found
        if self._lines or found is None or found.rejected is None:
            return
        came = self._stale()
        if came and (found.rejected.forget or self.session.left):
            self._queue(chunks.delete(self._house.cookie, present=came))

    def _forget_formers(self) -> None:
        found = self.session.found
        if found is None:
            return
        useless = found.rejected is not None and found.rejected.forget
        if found.current is not None or self.session.left or useless:
            lines = {_slot(line): line for line in self._house.formers.farewells(self._cookies)}
            self._lines = lines | self._lines

    def _count(self, before: Found) -> None:
        kind = before.former or ("" if before.newest else RETIRED)
        if kind:
            self._house.circulation.count(kind, now=self._house.clock())


def _slot(line: str) -> Sequence[str]:
    # By these a browser tells cookies apart.
    pair, *attributes = line.split("; ")
    where = (each for each in attributes if each.startswith(("Domain=", "Path=")))
    return pair.partition("=")[0], *where
