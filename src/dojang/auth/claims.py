"""What somebody typed to have an account, where mail shows whose an address is.

It is a claim, and no account: it stays in the browser that typed it, sealed, until the address is
shown there. So nothing opens, names or keeps an address that nobody has shown to be theirs, whoever
typed it, and whatever they typed beside it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from dojang.auth.identifiers import parse_email
from dojang.auth.one_time import LONGEST
from dojang.errors import Rejected
from dojang.wire import json, sealed_box
from dojang.wire.cookies import Cookie, values
from dojang.wire.keyring import Keyring

__all__ = ["PURPOSE", "Claim", "Claims"]

#: What the key is for; nothing else is sealed with it.
PURPOSE = "sign-up-claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What was typed, once it broke no rule.

    Attributes:
        email: The address, as it is kept.
        username: As it is kept; None for none. It is nobody's yet.
        name: For showing; None for none.
        password_hash: PHC text.
        until: When it is over, in unix milliseconds, exclusive.
    """

    email: str
    username: str | None = None
    name: str | None = None
    password_hash: str = field(repr=False)
    until: int = 0


class Claims:
    """Seals them for one browser, and opens those of its own."""

    def __init__(
        self, secret: Keyring | str | bytes, *, cookie: Cookie, clock: Callable[[], int]
    ) -> None:
        """Take the parts.

        Args:
            secret: Seals them, newest first; a key for this purpose alone is derived.
            cookie: That of the session: theirs is as secure, and of this host alone.
            clock: Returns unix milliseconds.

        Raises:
            WeakSecret: A secret is too short.
        """
        self._cookie = cookie.beside("sign-up", comes_back=True)
        self._keys = Keyring.of(secret).derive(PURPOSE)
        self._clock = clock

    def keep(self, claim: Claim) -> str:
        """Return the Set-Cookie line for the browser that has typed it."""
        lasting = replace(claim, until=self._clock() + LONGEST * 1000)
        plain = json.dumps(asdict(lasting), root="claim").encode("utf-8")
        sealed = sealed_box.seal(plain, name=self._cookie.name, keys=self._keys)
        return self._cookie.set(sealed, max_age=LONGEST)

    def find(self, cookies: str, email: str) -> Claim | None:
        """Return what a browser has claimed an address with; None for nothing, or too long ago.

        Args:
            cookies: The Cookie header; any text is safe to pass.
            email: In any spelling of an address.
        """
        key = parse_email(email).key
        opened = (self._opened(text) for text in values(cookies, self._cookie.name))
        good = (one for one in opened if one is not None and self._clock() < one.until)
        return next((one for one in good if parse_email(one.email).key == key), None)

    def dropped(self) -> str:
        """Return the Set-Cookie line that drops it."""
        return self._cookie.delete()

    def _opened(self, text: str) -> Claim | None:
        try:
            opened = sealed_box.open_box(text, name=self._cookie.name, keys=self._keys)
        except Rejected:
            return None
        return Claim(**json.loads_object(opened))
