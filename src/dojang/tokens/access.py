"""Access tokens: short-lived signed claims about who is asking (RFC 9068)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dojang.errors import Malformed
from dojang.session.family import Family
from dojang.session.record import Login, Principal, Record
from dojang.tokens.keys import Keys
from dojang.wire import entropy
from dojang.wire.jose import jwt
from dojang.wire.jose.claims import Expected

__all__ = ["TYPE", "AccessToken", "AccessTokens", "fenced"]

#: The `typ` of an access token, and of nothing else here.
TYPE = "at+jwt"

_CLAIMS = ("iss", "aud", "sub", "sid", "family", "iat", "exp", "jti", "auth_time", "since")
_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What an access token says, once it is known to be good.

    Attributes:
        user: The principal, as text.
        sid: The session that it belongs to; the family where there is none.
        family: The family of refresh tokens that it came with.
        id: Its own name.
        since: What "log out everything before" is compared with, in unix milliseconds.
        issued: Unix milliseconds, whole seconds.
        expires: Unix milliseconds, whole seconds, exclusive.
        claims: All it says.
    """

    user: str
    sid: str
    family: str
    id: str
    since: int
    issued: int
    expires: int
    claims: dict[str, Any]

    @property
    def records(self) -> Sequence[Record]:
        """What a fence looks at: the session and its login, and the family."""
        return fenced(self.user, self.sid, self.family, self.since)


def fenced(user: Principal, sid: str, family: str, since: int) -> Sequence[Record]:
    """Return what a fence looks at for tokens of a session and a family."""
    session = Record(handle=sid, user=user, created=since, expires=None, login=Login(since))
    if sid == family:
        return (session,)
    return (session, Record(handle=family, created=since, expires=None))


class AccessTokens:
    """Signs and reads them; whether one was revoked is for `Tokens` to say."""

    def __init__(
        self, keys: Keys, *, issuer: str, audience: str | Sequence[str], life: int
    ) -> None:
        """Take the keys, and what a token says of itself.

        Args:
            keys: The newest signs.
            issuer: Written as `iss`, and asked for.
            audience: Written as `aud`; one of several is asked for.
            life: Seconds.
        """
        self._keys = keys
        self._issuer = issuer
        self._audience = audience if isinstance(audience, str) else list(audience)
        self._life = life
        self._expected = Expected(audience=audience, issuer=issuer, type=TYPE, required=_CLAIMS)

    async def make(self, family: Family, *, now: int) -> tuple[str, int]:
        """Return a token, and when it is over in unix milliseconds: never after its family.

        Args:
            family: Whose user, session and login it speaks of.
            now: Unix milliseconds.

        Raises:
            Unavailable: The keys cannot be read.

        Source: RFC 9068 section 2.
        """
        key = (await self._keys.current(now=now)).signing
        assert key is not None
        expires = min(now // 1000 + self._life, family.expires // 1000)
        claims: dict[str, object] = {
            "iss": self._issuer,
            "sub": str(family.user),
            "aud": self._audience,
            "iat": now // 1000,
            "exp": expires,
            "jti": entropy.token(_ID_BYTES),
            "sid": family.sid,
            "family": family.handle,
            "auth_time": family.login.at // 1000,
            "amr": list(family.login.methods),
            "since": family.fenced,
        }
        header = {"alg": key.algorithms[0], "typ": TYPE}
        header |= {} if key.kid is None else {"kid": key.kid}
        return jwt.sign(claims, header, key=key), expires * 1000

    async def read(self, text: str, *, now: int) -> AccessToken:
        """Return what a token says, once signature, purpose and times hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds.

        Raises:
            Rejected: It is not good; the code says why.
            Unavailable: The keys cannot be read.

        Source: RFC 9068 section 4.
        """
        keys = await self._keys.current(now=now)
        claims = jwt.verify(text, keys.find, now=now, expected=self._expected).claims
        texts = [claims[name] for name in ("sub", "sid", "family", "jti")]
        instants = [claims[name] for name in ("since", "iat", "exp")]
        if not all(isinstance(one, str) and one for one in texts):
            raise Malformed("sub, sid, family and jti of an access token are text")
        if not all(isinstance(one, int) and not isinstance(one, bool) for one in instants):
            raise Malformed("since, iat and exp of an access token are whole numbers")
        return AccessToken(
            user=texts[0],
            sid=texts[1],
            family=texts[2],
            id=texts[3],
            since=instants[0],
            issued=instants[1] * 1000,
            expires=instants[2] * 1000,
            claims=claims,
        )
