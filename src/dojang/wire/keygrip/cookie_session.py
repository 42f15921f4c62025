"""The sessions of cookie-session, for Express and connect: JSON, signed, and good for ever."""

from collections.abc import Mapping, Sequence

from dojang.errors import Misuse
from dojang.wire.format import Opened, Own
from dojang.wire.keygrip import body
from dojang.wire.keygrip.pair import MAX_LENGTH, SignedPair
from dojang.wire.keygrip.signature import Algorithm, Encoding
from dojang.wire.keyring import Keyring

__all__ = ["CookieSession"]

#: What a session of it has already: members of these names do not come back over there.
_TAKEN = frozenset(("isChanged", "isNew", "isPopulated", "_ctx"))


class CookieSession:
    """Writes and reads the sessions of cookie-session 2.

    Its text is `<value>.<signature>`; a `Cookie(chunks=Pair())` carries it in the peer's two
    cookies. Nothing in it says when it was made or ends, so that a stolen one is good for ever.
    """

    limit = MAX_LENGTH
    own = Own()

    def __init__(
        self,
        keys: Keyring | str | bytes | Sequence[str | bytes],
        *,
        name: str = "session",
        algorithm: Algorithm = "sha1",
        encoding: Encoding = "base64",
    ) -> None:
        """Take its keys.

        Args:
            keys: Its `keys` or `secret`, newest first.
            name: Of its cookie, which is signed too.
            algorithm: What its Keygrip was made with, if it was given one.
            encoding: Likewise.

        Raises:
            WeakSecret: There is no key, or one is empty.
        """
        self._pair = SignedPair(keys, name=name, algorithm=algorithm, encoding=encoding)

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as the two cookies hold them.

        Args:
            claims: A JSON object.
            expires: Not written: only the browser ends such a session.
            now: Not used.

        Raises:
            NotJson: Something in `claims` is not JSON.
            Misuse: `claims` have a member that the peer's sessions have themselves.

        Source: cookie-session 2.1.1.
        """
        del expires, now
        if taken := sorted(_TAKEN & claims.keys()):
            raise Misuse(f"the member {taken[0]} is the session's own over there; choose another")
        return self._pair.sign(body.encode(claims))

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a session, once the signature holds.

        Args:
            text: Any text is safe to pass.
            now: Not used.

        Raises:
            Oversized: Longer than `limit`.
            BadSignature: No key made it, or it was made for a cookie of another name.
            Malformed: Not over a JSON object.

        Source: cookie-session 2.1.1.
        """
        del now
        value, newest = self._pair.unsign(text)
        return Opened(body.decode(value), None, newest)
