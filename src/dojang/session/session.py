"""What a handler sees: a dict of the application's data with an owner and a life."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol

from dojang.errors import ReadOnly, ResponseStarted, Rotated
from dojang.session import principal as principals
from dojang.session.found import Found
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.session.record import Device, Login, Principal, Record
from dojang.session.settle import Draft, settle
from dojang.session.watched_dict import WatchedDict
from dojang.wire import json

__all__ = ["Keeper", "Session"]

_TOO_LATE = "the headers have left, so no cookie can be set; change the session before answering"


class Keeper(Protocol):
    """Whoever opened a session, and can write it or read it again."""

    async def save(self, session: "Session") -> None:
        """Write what has changed so far."""
        ...

    async def reload(self, session: "Session") -> None:
        """Replace the session's content by what is stored now."""
        ...


class Session(WatchedDict):
    """The session of one request. Read and change it as the dict it is.

    It is opened when it is first looked at; looking raises `Unavailable` when its store does not
    answer, and `Disagreeing` when cookie and bearer token are two sessions. What a handler did to
    it is found by comparing it with what was opened, so there is no flag to set after changing
    something nested.
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
        self._answered = False
        self._writable = True
        self._found: Found | None = None
        self._user: Principal | None = None
        self._login: Login | None = None
        self._remember = self.begins_remembered
        self._rotate = False
        self._left = False
        self.accessed = False

    # -- who and how long ------------------------------------------------------------------------

    @property
    def user(self) -> Principal | None:
        """The principal, or None for nobody."""
        self._look()
        return self._user if self._place is None else self._place.find(self._unwatched())

    def login(
        self,
        user: Principal,
        *,
        remember: bool | None = None,
        methods: tuple[str, ...] = ("pwd",),
    ) -> None:
        """Make `user` the principal; the session goes on under a new id and the old one dies.

        The data stay, unless they belonged to somebody else.

        Args:
            user: Non-empty text or an integer, in the application's own terms.
            remember: Whether the cookie outlives the browser; as it was unless given, and yes for
                a new session.
            methods: What the user showed, as in RFC 8176.

        Raises:
            Misuse: `user` is empty or neither text nor integer.
            ReadOnly: The session cannot be changed any more.
            ResponseStarted: The headers have left.
        """
        principals.check(user)
        previous = self.user
        if self._answered:
            raise ResponseStarted(_TOO_LATE)
        if previous not in (None, user):
            self._fill({})
        self._name(user)
        # The instant of the login, not of the request: what was ended in between stays apart.
        self._login = Login(self._clock(), methods)
        if remember is not None:
            self._remember = remember

    def logout(self) -> None:
        """End the session: no principal, no data. What is stored after this starts a new one.

        Raises:
            ReadOnly: The session cannot be changed any more.
            ResponseStarted: The headers have left.
        """
        self.clear()

    def clear(self) -> None:
        """Remove all data and end the principal, which is how Starlette and Flask log out.

        Raises:
            ReadOnly: The session cannot be changed any more.
            ResponseStarted: The headers have left.
        """
        self._change_identity()
        self._fill({})
        self._user = None
        self._login = None
        self._left = True

    def rotate(self) -> None:
        """Go on under a new id, with the same data and principal.

        Raises:
            ReadOnly: The session cannot be changed any more.
            ResponseStarted: The headers have left.
        """
        self._change_identity()
        self._rotate = True

    @property
    def remember(self) -> bool:
        """Whether the cookie outlives the browser; may be set."""
        self._look()
        return self._remember

    @remember.setter
    def remember(self, remember: bool) -> None:
        self._change_identity()
        self._remember = remember

    # -- facts -----------------------------------------------------------------------------------

    @property
    def new(self) -> bool:
        """Whether the request came without a session that could be used."""
        return self._opened().current is None

    @property
    def handle(self) -> str | None:
        """The public name of the session in device lists; None until it has been stored."""
        current = self._opened().current
        return current.handle if current and current.handle else None

    @property
    def created(self) -> datetime | None:
        """When the session, or its login, began; None for a new one."""
        current = self._opened().current
        return None if current is None else _instant(current.created)

    @property
    def expires(self) -> datetime | None:
        """When it is over unless it is renewed; None for a new one or one without limits."""
        current = self._opened().current
        return _instant(current.expires) if current and current.expires is not None else None

    @property
    def authenticated(self) -> datetime | None:
        """When the principal last proved who they are; None for nobody."""
        if self._login is not None:
            return _instant(self._login.at)
        current = self._opened().current
        return _instant(current.login.at) if current and current.login else None

    @property
    def rejected(self) -> str | None:
        """Why what came with the request was not accepted; None when it was. See `errors`."""
        rejected = self._opened().rejected
        return rejected.code if rejected else None

    # -- what adapters and strategies ask --------------------------------------------------------

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
        if record is not None and record.user is None and self._place is not None:
            # Written elsewhere: owned, listed and ended like ours from now on.
            user = self._place.find(data)
            found = replace(found, current=replace(record, user=user))
            if found.record is not None and not self._adopts:
                found = replace(found, record=replace(found.record, user=user))
        self._hold(found)

    def kept(self, found: Found) -> None:
        """Hold what was written, with the very objects that a handler may still have at hand."""
        self._take_over(found.current.data if found.current else "{}")
        self._hold(found)

    def answer(self, *, writable: bool) -> None:
        """Note that the headers have left: no cookie can be set any more.

        Args:
            writable: Whether the data of a session that has its cookie can still be stored.
        """
        self._answered, self._writable = True, writable

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
        self._user, self._login = before, None
        self._remember = current.remember if current else self.begins_remembered

    def settled(self) -> Record | None:
        """Return the record this session has become, or None for no session.

        Raises:
            NotJson: The data hold something that JSON does not have.
            Misuse: The data use the reserved member.
        """
        draft = Draft(
            data=self._as_json(),
            user=self.user,
            login=self._login,
            remember=self._remember,
            rotate=self._rotate,
            device=self._device,
        )
        return settle(self._opened().current, draft, self._lifetime, now=self._now)

    async def save(self) -> None:
        """Write what has changed so far; the cookie, if one is due, goes with the response.

        What was saved stays saved, whatever the answer turns out to be.

        Raises:
            NotJson: The data hold something that JSON does not have.
            ResponseStarted: A cookie is due and the headers have left.
            Conflict: Somebody else changed the session, and the policy is `error`.
            Unavailable: The store did not answer.
        """
        await self._keeper.save(self)

    async def reload(self) -> None:
        """Replace the content by what is stored now, dropping unsaved changes.

        Raises:
            Unavailable: The store did not answer.
        """
        await self._keeper.reload(self)

    def __repr__(self) -> str:
        if self._found is None:
            return "<Session, not looked at>"
        return f"<Session of {self._user!r} with {len(self._unwatched())} members>"

    # -- where a framework has values beyond JSON ------------------------------------------------

    #: Whether the cookie of a new session outlives the browser.
    begins_remembered: ClassVar[bool] = True

    def _as_json(self) -> dict[str, Any]:
        """Return the data as they are stored; a framework puts its own values into words."""
        return self._unwatched()

    def _from_json(self, data: str) -> dict[str, Any]:
        """Return the data as a handler sees them."""
        return json.loads_object(data)

    # -- private ---------------------------------------------------------------------------------

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
        self._rotate = False

    def _name(self, user: Principal) -> None:
        self._user = user
        if self._place is not None and self._place.find(self._unwatched()) != user:
            data = self._unwatched()
            self._place.put(data, user)
            self._fill(data)

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

    def _change(self) -> None:
        found = self._opened()
        if isinstance(found.rejected, Rotated) and self._login is None:
            raise ReadOnly("the session goes on under a newer id; repeat with the newer cookie")
        if self._answered and not (self._writable and found.record):
            raise ResponseStarted(_TOO_LATE)

    def _change_identity(self) -> None:
        self._change()
        if self._answered:
            raise ResponseStarted(_TOO_LATE)


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
