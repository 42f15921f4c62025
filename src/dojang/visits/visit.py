"""One request's use of a session: opened when looked at, compared and written when it ends."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from dojang import blocking
from dojang.errors import (
    DojangError,
    Malformed,
    Missing,
    Misuse,
    ReadOnly,
    Unavailable,
    Unknown,
)
from dojang.session.agree import agree
from dojang.session.content import Content
from dojang.session.found import Found
from dojang.session.plan import Touch, Write, plan
from dojang.session.record import Device, Record
from dojang.session.session import Session
from dojang.strategies.circulation import RETIRED
from dojang.strategies.strategy import Choice
from dojang.visits.cookies import CookieExchange
from dojang.visits.former_cookies import FormerCookies
from dojang.visits.house import House, is_token

__all__ = ["Kind", "Visit"]

_CLIENT_ERROR, _UNAUTHORIZED, _SERVER_ERROR = 400, 401, 500

#: Makes the session: `Session`, or what a framework promises beyond it.
Kind = Callable[..., Session]


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
        self._cookies = CookieExchange(cookies, house.cookie, house.lifetime)
        self._formers = FormerCookies(house.formers, cookies)
        self._bearer = house.token(bearer)
        self._strange = bearer is not None and house.takes_tokens and self._bearer is None
        self._now = house.clock()
        self._failure: DojangError | None = None
        self._prefetched: Found | None = None
        self._choice: Choice | None = None
        self._written = False
        self._renewing = house.renewing
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
        # A session of another kind is stored when it is loaded, and stores write in their own time.
        if not self._former_came and not (self._house.suspends and self._came):
            return
        try:
            self._prefetched = await self._load()
        except DojangError as failure:
            self._failure = failure

    async def save(self, session: Content) -> None:
        """Write what has changed so far; see `Session.save`."""
        if session.found is not None:
            await self._ask_before_renewal()
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
        try:
            kept = await house.strategy.commit(
                write, before, house.lifetime, now=house.clock(), fits=self._fits
            )
        except Misuse as misfit:
            # What nobody changed can stay where it is, and be read there the next time, too.
            if not before.former or not isinstance(write, Touch):
                raise
            self._formers.stay(before.former, misfit)
            return
        if kept.lost:
            if session.left:
                self._cookies.delete()
            # What was changed is dropped; whoever signs in from here on begins anew.
            session.adopt(Found(rejected=Unknown("the session was ended meanwhile")))
            return
        self._cookies.announce(before, kept, now=house.clock())
        await self._count(before)
        session.kept(
            Found(record=kept.record, current=kept.record, credential=kept.credential)
            if kept.record
            else Found(rejected=Missing("the session was ended by this request"))
        )

    def foretell(self) -> str | None:
        """Return the credential that the session will have when it is saved; None for no session.

        Nothing is written, and nothing waited for. Somebody else who changes the session before it
        is saved may still give it another id.

        Raises:
            NotJson: The data hold something that JSON does not have.
            Unavailable: The store did not answer.
        """
        after, found = self.session.settled(), self.session.found
        if after is None or found is None:
            return None
        if after.handle:
            return found.credential
        if self._choice is None:
            self._choice = self._house.strategy.choose(after, found, now=self._house.clock())
        return self._choice.credential

    async def reload(self, session: Content) -> None:
        """Replace the content by what is stored now; see `Session.reload`."""
        self._now = self._house.clock()
        credential = session.found.credential if session.found else None
        if credential is None or (session.found and session.found.fixed):
            session.adopt(await self._load())
            return
        found = await self._house.strategy.load([credential], self._house.lifetime, now=self._now)
        if session.found and session.found.former:
            # The browser has not been told yet.
            found = replace(found, newest=False, former=session.found.former)
        session.adopt(found)

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
            if status >= _CLIENT_ERROR and self.session.found is not None:
                self.session.forgo_login()
            await self.save(self.session)
            served = self._cookies.answered
            self._forget_bad_cookie()
            self._forget_formers(served=served)
        return self.leave()

    def leave(self) -> Sequence[str]:
        """Return the Set-Cookie lines of what was saved, and write nothing more."""
        return self._cookies.leave()

    def start(self) -> None:
        """Note that the headers have left: from now on no cookie can be set."""
        self._cookies.start()
        self.session.answer(writable=self._house.strategy.on_server)

    def forgo_cookies(self, because: str) -> None:
        """Note, before anything is answered, that no cookie will reach the client."""
        self.session.answer(writable=self._house.strategy.on_server, because=because)

    async def close_without_cookies(self) -> Sequence[str]:
        """Write what changed, leave renewals to a request whose answer has headers; return no line.

        Raises:
            NotJson, Conflict, Unavailable: As for `close`.
        """
        self._written = True
        if self.session.changed_late:
            await self.save(self.session)
            self.leave()
        return ()

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
        if self._bearer is None and not self._strange:
            return "Bearer"
        found = self.session.found
        good = found is not None and found.rejected is None
        return f'Bearer error="{"insufficient_user_authentication" if good else "invalid_token"}"'

    @property
    def _came(self) -> bool:
        return self._bearer is not None or bool(self._cookies.candidates) or self._former_came

    @property
    def _former_came(self) -> bool:
        return self._bearer is None and self._formers.came

    def _open(self) -> Found:
        if self._failure is not None:
            raise self._failure
        if self._prefetched is not None:
            return self._prefetched
        return blocking.run(self._load())

    async def _load(self) -> Found:
        strategy, lifetime = self._house.strategy, self._house.lifetime
        cookies = self._cookies.candidates
        if self._bearer is None:
            found = (
                await strategy.load(cookies, lifetime, now=self._now)
                if cookies
                else Found(rejected=self._nothing())
            )
            return await self._formers.instead_of(found, now=self._now)
        bearer = await self._load_token(self._bearer)
        if not cookies:
            return bearer
        return agree(await strategy.load(cookies, lifetime, now=self._now), bearer)

    def _nothing(self) -> Missing | Malformed:
        if self._strange:
            return Malformed("the bearer token is not of the kind that is taken here")
        return Missing("no session cookie came")

    async def _load_token(self, token: str) -> Found:
        house = self._house
        if not is_token(token):
            return Found(rejected=Malformed("expected one bearer token, and nothing beside it"))
        if house.passed_on is not None and house.passed_on.is_meant(token):
            return house.passed_on.read(token, place=house.principal, now=self._now)
        return await house.strategy.load([token], house.lifetime, now=self._now)

    def _write(self, session: Content, found: Found) -> Write | None:
        after = session.settled()
        # A choice is for one try: what became of a write that failed is not known.
        choice, self._choice = self._choice, None
        write = plan(found.record, after, chosen=choice.id if choice else "")
        if write is None and after is not None and not found.newest:
            return Touch(after)
        return write

    async def _ask_before_renewal(self) -> None:
        found, renewing = self.session.found, self._renewing
        if renewing is None or found is None or found.record is None or found.current is None:
            return
        if found.current.expires == found.record.expires:
            return
        self._renewing = None  # what is asked may save the session itself
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

    def _fits(self, record: Record, credential: str) -> object:
        return self._cookies.lines_for(record, credential, now=self._house.clock())

    def _forget_bad_cookie(self) -> None:
        found = self.session.found
        if self._cookies.answered or found is None or found.rejected is None:
            return
        # What was of another kind, and is over, may have a newer one in its place by now.
        useless = found.rejected.forget and not found.former
        if self._cookies.came and (useless or self.session.left):
            self._cookies.delete()

    def _forget_formers(self, *, served: bool) -> None:
        found = self.session.found
        if found is not None:
            served = served or found.current is not None
            lines = self._formers.farewells(served=served, left=self.session.left)
            self._cookies.part_with(lines)

    async def _count(self, before: Found) -> None:
        kind = before.former or ("" if before.newest else RETIRED)
        if kind and before.record is not None:
            await self._house.circulation.count(kind, now=self._house.clock())
