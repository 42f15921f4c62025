"""What a handler sees: a dict of the application's data with an owner and a life."""

from datetime import datetime

from dojang.errors import Misuse, ResponseStarted
from dojang.session import principal as principals
from dojang.session.content import Content, Keeper
from dojang.session.instants import instant
from dojang.session.methods import anew
from dojang.session.record import Login, Principal

__all__ = ["Keeper", "Session"]


class Session(Content):
    """The session of one request. Read and change it as the dict it is.

    It is opened when it is first looked at; looking raises `Unavailable` when its store does not
    answer, and `Disagreeing` when cookie and bearer token are two sessions. What a handler did to
    it is found by comparing it with what was opened, so there is no flag to set after changing
    something nested.
    """

    __slots__ = ()

    # -- who and how long ------------------------------------------------------------------------

    def login(
        self,
        user: Principal,
        *,
        remember: bool | None = None,
        methods: tuple[str, ...] = ("pwd",),
        at: int | None = None,
    ) -> None:
        """Make `user` the principal; the session goes on under a new id and the old one dies.

        The data stay, unless they belonged to somebody else.

        Args:
            user: Non-empty text or an integer, in the application's own terms.
            remember: Whether the cookie outlives the browser; as it was unless given, and yes for
                a new session.
            methods: What the user showed, as in RFC 8176.
            at: When they began to, in unix milliseconds: before their password was looked at, so
                that a change of it that came in between ends this login too. Now unless given.

        Raises:
            Misuse: `user` is empty or neither text nor integer, or `at` is still to come.
            ReadOnly: The session cannot be changed any more.
            ResponseStarted: The headers have left.
        """
        principals.check(user)
        instant = self._begun(at)
        self._refuse_if_fixed()
        previous = self.user
        if self._answered:
            raise ResponseStarted(self._answered)
        if previous not in (None, user):
            self._fill({})
        self._name(user)
        # The instant of the login, not of the request: what was ended in between stays apart.
        self._login = Login(instant, methods)
        self._renewed = False
        if remember is not None:
            self._remember = remember

    def confirm(self, *, methods: tuple[str, ...] = ("pwd",), at: int | None = None) -> None:
        """Note that the principal has proved once more who they are; the login is fresh again.

        The session goes on under a new id, with its data and what belongs to it, and ends when it
        would have ended. First factors that were shown before still count among its `methods`; a
        second one counts where it is shown now, since `authenticated` says when.

        Args:
            methods: What they showed, as in RFC 8176.
            at: When they began to, in unix milliseconds; as for `login`.

        Raises:
            Misuse: Nobody is signed in, or `at` is still to come.
            ReadOnly: The session cannot be changed any more.
            ResponseStarted: The headers have left.
        """
        if self.user is None:
            raise Misuse("nobody is signed in who could confirm it: write session.login(user)")
        shown = Login(self._begun(at), anew(self.methods, *methods))
        self._change_identity()
        self._login, self._renewed = shown, True

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
        return None if current is None else instant(current.created)

    @property
    def expires(self) -> datetime | None:
        """When it is over unless it is renewed; None for a new one or one without limits."""
        current = self._opened().current
        return instant(current.expires) if current and current.expires is not None else None

    @property
    def authenticated(self) -> datetime | None:
        """When the principal last proved who they are; None for nobody."""
        at = self._proven()
        return None if at is None else instant(at)

    @property
    def methods(self) -> tuple[str, ...]:
        """What the principal showed, as in RFC 8176; empty for nobody, or where nothing says."""
        login = self._latest_login()
        return () if login is None else login.methods

    def fresh(self, *, within: int) -> bool:
        """Return whether the principal proved who they are no longer ago than that.

        A session that does not say when, as one that began in Node may be, is not fresh.

        Args:
            within: Seconds, inclusive.
        """
        at = self._proven()
        return at is not None and self._clock() - at <= within * 1000

    @property
    def token(self) -> str | None:
        """What a client without cookies sends as `Authorization: Bearer`; None until it is stored.

        It is as secret as the cookie, whose text it is: after a login `save` the session first, and
        give it to nobody but who has just signed in. It changes when the session gets another id,
        and with every change of a session that lives in its cookie.
        """
        return self._opened().credential

    @property
    def rejected(self) -> str | None:
        """Why what came with the request was not accepted; None when it was. See `errors`."""
        rejected = self._opened().rejected
        return rejected.code if rejected else None

    def _begun(self, at: int | None) -> int:
        now = self._clock()
        if at is not None and at > now:
            raise Misuse(f"a login began {at - now} ms from now; at= is unix milliseconds")
        return now if at is None else at

    def _latest_login(self) -> Login | None:
        current = self._opened().current
        return self._login or (current.login if current else None)

    def _proven(self) -> int | None:
        login = self._latest_login()
        return None if login is None else login.at

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
