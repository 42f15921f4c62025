"""The data of a session, from what was found to what is to be written."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from dojang.errors import ReadOnly, ResponseStarted, Rotated
from dojang.session.found import Found
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.session.record import Device, Login, Principal, Record
from dojang.session.settle import Draft, settle
from dojang.session.watched_dict import WatchedDict
from dojang.wire import json

__all__ = ["TOO_LATE", "Content", "Keeper"]

TOO_LATE = "the headers have left, so no cookie can be set; change the session before answering"


class Keeper(Protocol):
    """Whoever opened a session, and can write it or read it again."""

    async def save(self, session: "Content") -> None:
        """Write what has changed so far."""
        ...

    async def reload(self, session: "Content") -> None:
        """Replace the session's content by what is stored now."""
        ...


class Content(WatchedDict):
    """A dict that is opened when it is first looked at, and becomes a record when it is settled.

    What was done to it is found by comparing it with what was opened, so there is no flag to set
    after changing something nested. Adapters, visits and strategies ask it; handlers see `Session`.
    """

    __slots__ = (
        "_adopts",
        "_answered",
        "_clock",
        "_device",
        "_found",
        "_keeper",
        "_left",
        "_lifetime",
        "_load",
        "_login",
        "_now",
        "_place",
        "_remember",
        "_renewed",
        "_rotate",
        "_user",
        "_writable",
        "accessed",
    )

    def __init__(
        self,
        load: Callable[[], Found],
        *,
        clock: Callable[[], int],
        keeper: Keeper,
        lifetime: Lifetime,
        principal: Place | None = None,
        adopts: bool = True,
        device: Device = Device(),  # noqa: B008 - frozen
    ) -> None:
        """Stand for a session that `load` will give when it is first looked at.

        Args:
            load: Gives what the request came with.
            clock: Returns unix milliseconds; the request begins now.
            keeper: Writes it and reads it again.
            lifetime: The limits in force.
            principal: Where the application keeps its user in the data.
            adopts: Whether a session whose user was written elsewhere is to be listed, and so
                written.
            device: Where the request comes from.
        """
        super().__init__()
        self._load = load
        self._clock = clock
        self._now = clock()
        self._keeper = keeper
        self._lifetime = lifetime
        self._place = principal
        self._adopts = adopts
        self._device = device
        self._answered: str | None = None
        self._writable = True
        self._found: Found | None = None
        self._user: Principal | None = None
        self._login: Login | None = None
        self._remember = self.begins_remembered
        self._renewed = False
        self._rotate = False
        self._left = False
        self.accessed = False

    @property
    def user(self) -> Principal | None:
        """The principal, or None for nobody."""
        self._look()
        return self._user if self._place is None else self._place.find(self._unwatched())

    def mark_accessed(self) -> None:
        """Open the session; Starlette calls this for `request.session`.

        C code that reads a dict does not ask its methods, so the data have to be there.
        """
        self._look()

    @property
    def left(self) -> bool:
        """Whether somebody logged out, whatever there was to log out of."""
        return self._left

    @property
    def found(self) -> Found | None:
        """What was opened, or None while nobody has looked."""
        return self._found

    @property
    def lifetime(self) -> Lifetime:
        """The limits it was opened under."""
        return self._lifetime

    def adopt(self, found: Found) -> None:
        """Hold what was found, and its data instead of what is there."""
        record = found.current
        data = {} if record is None else self._from_json(record.data)
        self._fill(data)
        if record is not None and self._place is not None:
            found = self._owned(found, record, self._place.find(data))
        self._hold(found)

    def kept(self, found: Found) -> None:
        """Hold what was written, with the very objects that a handler may still have at hand."""
        self._take_over(found.current.data if found.current else "{}")
        self._hold(found)

    def answer(self, *, writable: bool, because: str = TOO_LATE) -> None:
        """Note that no cookie can be set any more.

        Args:
            writable: Whether the data of a session that has its cookie can still be stored.
            because: What is said to whoever needs one.
        """
        self._answered, self._writable = because, writable

    @property
    def changed_late(self) -> bool:
        """Whether the data are others than those that were found or last written."""
        if self._found is None:
            return False
        current = self._found.current
        return json.dumps(self._as_json()) != (current.data if current else "{}")

    def forgo_login(self) -> None:
        """Undo the gain of a principal, and nothing else: the answer was an error."""
        current = self._opened().current
        # A logout in the same request is kept: what comes after it began with nobody.
        before = current.user if current and not self._left else None
        user = self.user
        if user is None or (user == before and self._login is None):
            return
        kept = self._from_json(current.data) if current else {}
        if before not in (None, user):
            self._fill(kept)
        elif self._place is not None:
            data = self._unwatched()
            self._place.restore(data, kept)
            self._fill(data)
        self._user, self._login, self._renewed = before, None, False
        self._remember = current.remember if current else self.begins_remembered

    def settled(self) -> Record | None:
        """Return the record this session has become, or None for no session.

        Raises:
            NotJson: The data hold something that JSON does not have.
            Misuse: The data use the reserved member.
        """
        current = self._opened().current
        draft = Draft(
            data=self._as_json(),
            user=self.user,
            login=self._login,
            renewed=self._renewed,
            remember=self._remember,
            rotate=self._rotate,
            device=self._device,
        )
        return settle(current, draft, self._lifetime, now=self._now)

    #: Whether the cookie of a new session outlives the browser.
    begins_remembered: bool = True

    def _unwatched(self) -> dict[str, Any]:
        return {} if self._found is None else super()._unwatched()

    def _as_json(self) -> dict[str, Any]:
        """Return the data as they are stored; a framework puts its own values into words."""
        return self._unwatched()

    def _from_json(self, data: str) -> dict[str, Any]:
        """Return the data as a handler sees them."""
        return json.loads_object(data)

    def _opened(self) -> Found:
        self.accessed = True
        if self._found is None:
            self.adopt(self._load())
        assert self._found is not None
        return self._found

    def _hold(self, found: Found) -> None:
        record = found.current
        self._found = found
        self._user = record.user if record else None
        self._remember = record.remember if record else self.begins_remembered
        self._login = None
        self._renewed = False
        self._rotate = False

    def _name(self, user: Principal) -> None:
        self._user = user
        if self._place is not None and self._place.find(self._unwatched()) != user:
            data = self._unwatched()
            self._place.put(data, user)
            self._fill(data)

    def _owned(self, found: Found, current: Record, user: Principal | None) -> Found:
        if user == current.user:
            return found
        if current.user is not None:
            # A peer made it somebody else's: who that was, and when, is no fact about this one.
            current = replace(current, handle="", login=None, created=self._now)
        # Written elsewhere: owned, listed and ended like ours from now on.
        current = replace(current, user=user)
        if self._adopts or found.record is None:
            return replace(found, current=current)
        stored = replace(current, expires=found.record.expires, seen=found.record.seen)
        return replace(found, record=stored, current=current)

    def _take_over(self, written: str) -> None:
        ours = self._as_json()
        if json.dumps(ours) == written:
            return
        # Somebody else's members came along; our own objects stay where they say the same.
        theirs, merged, data = (
            json.loads_object(written),
            self._from_json(written),
            self._unwatched(),
        )
        for key in theirs.keys() & ours.keys():
            if json.dumps(theirs[key]) == json.dumps(ours[key]):
                merged[key] = data[key]
        self._fill(merged)

    def _look(self) -> None:
        self._opened()

    def _refuse_if_fixed(self) -> None:
        if self._opened().fixed:
            raise ReadOnly("the session was passed on by another service, and is changed there")

    def _change(self) -> None:
        found = self._opened()
        self._refuse_if_fixed()
        if isinstance(found.rejected, Rotated) and self._login is None:
            raise ReadOnly("the session goes on under a newer id; repeat with the newer cookie")
        if self._answered and not (self._writable and found.record):
            raise ResponseStarted(self._answered)

    def _change_identity(self) -> None:
        self._change()
        if self._answered:
            raise ResponseStarted(self._answered)
