"""Passing a session on: one service calls another in the name of whoever is signed in.

The caller makes a token from its session, good for one audience and about a minute; the other side
takes it in the place of a session, which cannot be changed there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from dojang import clock as clocks
from dojang.errors import Malformed, Misuse, Rejected
from dojang.session.content import Content
from dojang.session.found import Found
from dojang.session.principal import Place
from dojang.session.record import Record
from dojang.strategies.facts import pack, unpack
from dojang.wire import json
from dojang.wire.format import Opened, Own
from dojang.wire.jose import header, jwt
from dojang.wire.jose.claims import Expected
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.keyring import Keyring

__all__ = ["TYPE", "OnBehalf", "PassOn", "PassedOn"]

#: The `typ` of such a token, which nothing else of ours accepts.
TYPE = "passed-on+jwt"

_PURPOSE = "passed-on"
_OWN = Own(handle="sid", user="sub")

#: What a token says about itself.
_TOKENS_OWN = {"iss", "aud", "iat", "exp", "nbf", "jti"}

#: Seconds, inclusive: ending a session is noticed on the other side after as many at the latest.
_LONGEST = 600

Secret = Keyring | str | bytes | Sequence[str | bytes]


class _Request(Protocol):
    """A request of httpx2, httpx or requests on its way out."""

    @property
    def headers(self) -> Any:  # noqa: ANN401 - each has a mapping of its own
        ...


R = TypeVar("R", bound=_Request)


class OnBehalf:
    """The `auth=` of a request in the name of a user, for httpx2, httpx and requests alike.

    Attributes:
        token: What is sent; it is of this moment, so make one for each request that is served.
    """

    def __init__(self, token: str) -> None:
        """Hold a token."""
        self.token = token

    def __call__(self, request: R) -> R:
        """Put the token into a request."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def __repr__(self) -> str:
        return "<OnBehalf, with a token>"


class PassOn:
    """The calling side: `httpx2.get(url, auth=pass_on(session, to="billing"))`."""

    def __init__(
        self,
        secret: Secret | Key | KeySet,
        *,
        issuer: str,
        seconds: int = 60,
        clock: Callable[[], int] = clocks.now,
    ) -> None:
        """Prepare to call.

        Args:
            secret: Shared with the other services, newest first, or a key of a pair, of which they
                need the public half alone: then only this service can speak for its users.
            issuer: The name of this service.
            seconds: How long a token is good, from 1 to 600. It never outlives its session.
            clock: Returns unix milliseconds.

        Raises:
            WeakSecret: The secret is too short.
            Misuse: There is no key that signs, `issuer` is no name, or `seconds` is out of bounds.
        """
        if not 1 <= seconds <= _LONGEST:
            raise Misuse(f"seconds is {seconds}; write 1 to {_LONGEST}, and few")
        _check_name("issuer", issuer)
        keys = _keys(secret)
        if keys.signing is None:
            raise Misuse("a token is signed by a key of ours; this set only verifies")
        self._key = keys.signing
        self._issuer = issuer
        self._seconds = seconds
        self._clock = clock

    def __call__(
        self, session: Mapping[str, Any], *, to: str, data: Collection[str] = ()
    ) -> OnBehalf:
        """Return the `auth=` of a request in the name of the user of `session`.

        Args:
            session: Of the request that is being served: `request.session`.
            to: The service that is called, by the name it has for itself.
            data: Members of the session that it should see; none unless named.

        Raises:
            Misuse: It is no session of ours, nobody is signed in, `to` is no name, `data` is one
                text, or a member has a name that is the token's.
            NotJson: The data hold something that JSON does not have.
            Unavailable: The store did not answer.
        """
        if not isinstance(session, Content):
            raise Misuse(
                f"a session of dojang is passed on, and this is a {type(session).__name__}"
            )
        _check_name("to", to)
        if isinstance(data, str):
            raise Misuse(f"data is several members: write data=[{data!r}]")
        came = session.settled()
        if came is None or came.user is None:
            raise Misuse("nobody is signed in, so there is nobody to speak for")
        taken = sorted(_TOKENS_OWN.intersection(data))
        if taken:
            raise Misuse(f"the member {taken[0]} is the token's own; pass it under another name")
        shown = {name: session[name] for name in data if name in session}
        now = self._clock()
        claims = pack(replace(came, data=json.dumps(shown)), own=_OWN) | {
            "iss": self._issuer,
            "aud": to,
            "iat": now // 1000,
            "exp": self._end(came, now) // 1000,
        }
        named = {"alg": self._key.algorithms[0], "typ": TYPE, "kid": self._key.kid}
        head = {name: value for name, value in named.items() if value is not None}
        return OnBehalf(jwt.sign(claims, head, key=self._key))

    def _end(self, came: Record, now: int) -> int:
        end = now + self._seconds * 1000
        return end if came.expires is None else min(end, came.expires)


class PassedOn:
    """The side that is called: `Sessions(..., passed_on=PassedOn(secret, ...))`."""

    def __init__(
        self, secret: Secret | Key | KeySet, *, audience: str, issuers: Collection[str]
    ) -> None:
        """Say who may call.

        Args:
            secret: As the calling side has it, or the public half of its key.
            audience: The name of this service, which a token must be for.
            issuers: The names of the services that may speak for their users.

        Raises:
            WeakSecret: The secret is too short.
            Misuse: There is no key, `audience` or one of `issuers` is no name, or there are none.
        """
        if isinstance(issuers, str) or not issuers:
            raise Misuse('name the services that may call: issuers=["web"]')
        for name in issuers:
            _check_name("an issuer", name)
        _check_name("audience", audience)
        self._keys = _keys(secret)
        self._expected = Expected(
            audience=audience,
            issuer=list(issuers),
            type=TYPE,
            required=("exp", "iat", "sub"),
        )

    def is_meant(self, token: str) -> bool:
        """Return whether a bearer token says that it was passed on."""
        try:
            said: object = header.read(token.partition(".")[0]).get("typ")
        except Rejected:
            return False
        return said == TYPE

    def read(self, token: str, *, place: Place | None, now: int) -> Found:
        """Return what a token stands for: a session that cannot be changed, or why not.

        Args:
            token: Any text is safe to pass.
            place: Where the application keeps its user in the data.
            now: Unix milliseconds.
        """
        try:
            record = self._record(token, now)
        except Rejected as rejected:
            return Found(rejected=rejected)
        if place is not None and record.user is not None:
            data = json.loads_object(record.data)
            place.put(data, record.user)
            record = replace(record, data=json.dumps(data))
        return Found(record=record, current=record, credential=token, fixed=True)

    def _record(self, token: str, now: int) -> Record:
        verified = jwt.verify(token, self._keys.find, now=now, expected=self._expected)
        claims = dict(verified.claims)
        expires = int(claims.pop("exp") * 1000)
        issued = int(claims.pop("iat") * 1000)
        for name in ("iss", "aud"):
            claims.pop(name)
        opened = Opened(claims, expires, newest=True, issued=issued)
        record = unpack(opened, now=now, own=_OWN)
        if record.user is None:
            raise Malformed("the token speaks for nobody")
        return record


def _check_name(what: str, name: object) -> None:
    if not isinstance(name, str) or not name:
        shown = "an empty one" if name == "" else f"a {type(name).__name__}"
        raise Misuse(f"{what} is the name of one service, as text, and not {shown}")


def _keys(secret: Secret | Key | KeySet) -> KeySet:
    if isinstance(secret, Key) and not secret.private:
        return KeySet(None, past=(secret,))
    if isinstance(secret, Key | KeySet):
        return KeySet.of(secret)
    derived = Keyring.of(secret).derive(_PURPOSE)
    return KeySet.of([Key.from_secret(one) for one in derived])
