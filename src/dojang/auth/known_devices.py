"""Whether somebody signed in to an account with this browser before: the browser itself remembers.

In a cookie that outlives the session, and nowhere else: nothing is kept of anybody here, and
whoever deletes their cookies is new again. It lets nobody in, and tells nobody whose it is.
"""

import hmac
import re
from collections.abc import Iterator
from hashlib import sha256

from dojang.wire import base64url, entropy
from dojang.wire.cookies import MAX_AGE, Cookie, values
from dojang.wire.keyring import Keyring

__all__ = ["PURPOSE", "KnownDevices"]

#: What the key is for.
PURPOSE = "known-devices"

_RANDOM_BYTES = 16  # of a browser, so that nobody finds two browsers of one person
_MARK_BYTES = 16  # of an account in it
_MOST = 8  # accounts of one browser; the oldest is forgotten first
_TEXT = re.compile(rf"[\w-]{{22}}(?:\.[\w-]{{22}}){{1,{_MOST}}}", re.ASCII)


class KnownDevices:
    """Reads and writes the cookie."""

    def __init__(self, *, secret: Keyring | str | bytes, cookie: Cookie) -> None:
        """Take the parts.

        Args:
            secret: Marks are made with a key that is derived for this alone.
            cookie: That of the session: this one is as secure, and of this host alone.

        Raises:
            WeakSecret: A secret is too short.
        """
        self._keys = Keyring.of(secret).derive(PURPOSE)
        self._cookie = cookie.beside("known-device")

    def knows(self, user: str, cookies: str) -> bool:
        """Return whether somebody signed in to an account with this browser before.

        Args:
            user: As in `User.id`.
            cookies: The Cookie header; any text is safe to pass.
        """
        return any(
            hmac.compare_digest(mark, own)
            for random, *marks in self._found(cookies)
            for mark in marks
            for own in self._marks(random, user)
        )

    def noted(self, user: str, cookies: str, *, remember: bool = True) -> str:
        """Return the Set-Cookie line by which the browser knows an account, and those it knew.

        Args:
            user: As in `User.id`.
            cookies: The Cookie header; any text is safe to pass.
            remember: Whether it outlives the browser even where it knew nobody before: not for
                who borrows a browser.
        """
        random, *marks = next(self._found(cookies), [entropy.token(_RANDOM_BYTES)])
        own = self._marks(random, user)
        others = [mark for mark in marks if mark not in own]
        text = ".".join([random, *others[1 - _MOST :], own[0]])
        return self._cookie.set(text, max_age=MAX_AGE if remember or marks else None)

    def _found(self, cookies: str) -> Iterator[list[str]]:
        for text in values(cookies, self._cookie.name):
            if _TEXT.fullmatch(text):
                yield text.split(".")

    def _marks(self, random: str, user: str) -> list[str]:
        # With the newest secret, and with those that are still good.
        text = f"{random}.{user}".encode()
        return [
            base64url.encode(hmac.digest(key, text, sha256)[:_MARK_BYTES]) for key in self._keys
        ]
