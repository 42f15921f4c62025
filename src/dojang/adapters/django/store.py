"""Django's session engine over `Sessions`: every method of `SessionBase`, in both colours."""

from collections.abc import Sequence
from typing import Any, cast

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from dojang import blocking
from dojang.adapters.django.conf import sessions
from dojang.adapters.django.data import DjangoSession
from dojang.errors import Missing
from dojang.session.found import Found
from dojang.session.plan import Remove
from dojang.session.record import Device
from dojang.stores.drivers.waiting import running_loop
from dojang.visits.visit import Visit
from dojang.wire import json

__all__ = ["SessionStore"]

#: Sessions that are deleted at once when old ones are swept.
_AT_ONCE = 500


class SessionStore(SessionBase):
    """`request.session`. Its key is what the cookie holds: a signed id, or the sealed session.

    A new key after `cycle_key` is made when the session is saved, or when somebody asks for it. Who
    asks synchronously gets the key of a session that is stored; in an event loop it is stored when
    the session is saved.
    """

    def __init__(
        self,
        session_key: str | None = None,
        *,
        cookies: str | None = None,
        bearer: str | None = None,
        device: Device | None = None,
    ) -> None:
        """Stand for the session of that key; it is looked up when it is looked at.

        Args:
            session_key: What the cookie holds; any text is safe to pass.
            cookies: The whole Cookie header, from a middleware that knows it.
            bearer: The token of an Authorization header.
            device: Where the request comes from.
        """
        self._bearer, self._device = bearer, device
        self._marked = False
        self._baseline: str | None = None
        super().__init__(session_key)
        if cookies is not None:
            self._reopen(session_key, cookies)

    # -- what it holds ---------------------------------------------------------------------------

    @property
    def visit(self) -> Visit:
        """The visit behind it."""
        return self._visit

    @property
    def data(self) -> DjangoSession:
        """The session behind it."""
        return cast("DjangoSession", self._visit.session)

    @property
    def rejected(self) -> str | None:
        """Why what came with the request was not accepted; None when it was. See `errors`."""
        return self.data.rejected

    @property
    def handle(self) -> str | None:
        """The public name of the session in device lists; None until it has been stored."""
        return self.data.handle

    @property
    def modified(self) -> bool:
        """Whether the data have changed, at any depth; setting it to False counts from now on."""
        if self._marked or self.data.found is None:
            return self._marked
        return self.data.text != self._before()

    @modified.setter
    def modified(self, value: bool) -> None:
        self._marked = bool(value)
        if not value:
            self._baseline = self.data.text if self.data.found is not None else None

    def is_empty(self) -> bool:
        """Return whether there is neither a session nor anything to put into one."""
        found = self.data.found
        if found is None:
            return not self._given
        if found.current is not None or len(self.data) > 0 or self.data.keeps:
            return False
        # The stock middleware deletes the cookie of what is empty. One that a login elsewhere has
        # just replaced is left alone: the browser may hold its successor by now.
        rejected = found.rejected
        left_alone = rejected is not None and not (rejected.forget or isinstance(rejected, Missing))
        asked = self.data.left or self._marked or settings.SESSION_SAVE_EVERY_REQUEST
        return not left_alone or asked

    # -- the key ---------------------------------------------------------------------------------

    def _get_session_key(self) -> str | None:
        if self.data.found is None:
            return self._given
        if self.data.rotating:
            if running_loop() is not None:
                self.data.keeps = True
                return self._visit.foretell()
            self.save()
        found = self.data.found
        return found.credential if found.current is not None else None

    def _set_session_key(self, value: str | None) -> None:
        self._reopen(value if self._validate_session_key(value) else None, None)

    session_key = property(_get_session_key)
    _session_key = property(_get_session_key, _set_session_key)

    def cycle_key(self) -> None:
        """Go on under a new key, with the same data; the old one dies in the same step."""
        self.data.rotate()
        self.accessed = self.modified = True

    async def acycle_key(self) -> None:
        """See `cycle_key`."""
        await self._aget_session()
        self.cycle_key()

    # -- reading ---------------------------------------------------------------------------------

    def _get_session(self, no_load: bool = False) -> DjangoSession:
        self.accessed = True
        if not no_load:
            self.data.mark_accessed()
        return self.data

    async def _aget_session(self, no_load: bool = False) -> DjangoSession:
        await self.aprefetch()
        return self._get_session(no_load)

    _session = property(_get_session)
    _session_cache = property(_get_session)

    async def aprefetch(self) -> None:
        """Load now what only an event loop could wait for later."""
        if self.data.found is None:
            await self._visit.prefetch()

    async def aload(self) -> dict[str, Any]:
        """Return what is stored under the key; without it, the key is forgotten."""
        found = await self._stored(self._key)
        if found.current is not None:
            return json.loads_object(found.current.data)
        if self.data.found is None:
            self.data.adopt(found)
        return {}

    def load(self) -> dict[str, Any]:
        """See `aload`."""
        return blocking.run(self.aload())

    async def aexists(self, session_key: str | None) -> bool:
        """Return whether the key is that of a session."""
        if self.data.rotating:
            await self.asave()
        return (await self._stored(session_key)).current is not None

    def exists(self, session_key: str | None) -> bool:
        """See `aexists`."""
        return blocking.run(self.aexists(session_key))

    # -- writing ---------------------------------------------------------------------------------

    async def asave(self, must_create: bool = False) -> None:
        """Write the session, and move its end.

        Raises:
            CreateError: It should be a new one, and is not.
            UpdateError: It was ended meanwhile; nothing was written.
            NotJson: The data hold something that JSON does not have.
            TooLarge: The session does not fit its cookie.
            Unavailable: The store did not answer.
        """
        data = await self._aget_session()
        if must_create and data.found and data.found.current is not None:
            raise CreateError
        data.keeps = data.anew = True
        try:
            await self._visit.save(data)
        finally:
            data.anew = False
        if data.found is None or data.found.current is None:
            raise UpdateError
        self._baseline, self._marked = None, True

    def save(self, must_create: bool = False) -> None:
        """See `asave`."""
        blocking.run(self.asave(must_create))

    async def acreate(self) -> None:
        """Go on as another session, stored at once; the one before stays what it was."""
        data = {} if self.data.found is None else self.data.copy()
        self._reopen(None, None)
        self.data.update(data)
        await self.asave()

    def create(self) -> None:
        """See `acreate`."""
        blocking.run(self.acreate())

    async def adelete(self, session_key: str | None = None) -> None:
        """End the session of a key, or this one; not an error when it is gone already."""
        found = await self._stored(self._key if session_key is None else session_key)
        if found.record is None:
            return
        here = sessions()
        await here.strategy.commit(
            Remove(found.record), found, here.lifetime, now=here.clock(), fits=_fits
        )

    def delete(self, session_key: str | None = None) -> None:
        """See `adelete`."""
        blocking.run(self.adelete(session_key))

    def clear(self) -> None:
        """Remove all data, the user among them."""
        self.accessed = True
        self.data.clear()
        self.modified = True

    async def aflush(self) -> None:
        """End the session at once, with all its data; what is stored after this is a new one."""
        data = await self._aget_session()
        data.clear()
        await self._visit.save(data)
        self.modified = True

    def flush(self) -> None:
        """See `aflush`."""
        blocking.run(self.aflush())

    async def aclose(self, status: int) -> Sequence[str]:
        """Write what the request made of the session, and return the Set-Cookie lines.

        Args:
            status: Of the answer; see `Visit.close`.
        """
        every = settings.SESSION_SAVE_EVERY_REQUEST
        if every and self._given:
            await self._aget_session()
        found = self.data.found
        self.data.anew = bool(found and found.current and (every or self._marked))
        return await self._visit.close(status)

    @classmethod
    async def aclear_expired(cls) -> None:
        """Delete sessions that are over; those in cookies end by themselves."""
        here = sessions()
        store = getattr(here.strategy, "store", None)
        while store and await store.sweep(now=here.clock(), limit=_AT_ONCE) == _AT_ONCE:
            pass

    @classmethod
    def clear_expired(cls) -> None:
        """See `aclear_expired`."""
        blocking.run(cls.aclear_expired())

    # -- private ---------------------------------------------------------------------------------

    @property
    def _key(self) -> str | None:
        found = self.data.found
        return self._given if found is None else found.credential

    def _reopen(self, session_key: str | None, cookies: str | None) -> None:
        here = sessions()
        if cookies is None:
            cookies = f"{here.cookie.name}={session_key}" if session_key else ""
        self._given = session_key
        self._visit = here.visit(
            cookies, bearer=self._bearer, device=self._device, kind=DjangoSession
        )

    def _before(self) -> str:
        found = self.data.found
        current = found.current if found else None
        return self._baseline or (current.data if current else "{}")

    async def _stored(self, session_key: str | None) -> Found:
        here = sessions()
        if not session_key:
            return Found(rejected=Missing("there is no key"))
        return await here.strategy.load([session_key], here.lifetime, now=here.clock())


def _fits(*_: object) -> None:
    """Whatever it is, it goes."""
