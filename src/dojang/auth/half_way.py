"""Between the two factors: somebody who has shown the first one, and is not signed in.

It is in a sealed cookie of its own, which is no session and opens none: whoever asks for the
session of a request finds nobody.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from dojang.errors import Rejected
from dojang.wire import json, sealed_box
from dojang.wire.cookies import Cookie, values
from dojang.wire.keyring import Keyring

__all__ = ["LIFE", "PURPOSE", "HalfWay", "HalfWays"]

#: Seconds, exclusive: as long as somebody may look for a phone.
LIFE = 300

#: What the key is for; nothing else is sealed with it.
PURPOSE = "second-factor-half-way"


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfWay:
    """The first factor, shown.

    Attributes:
        user: Whose.
        at: When they began to show it, in unix milliseconds: for `Session.login(at=)`, so that what
            was ended in between stays ended. None for now.
        methods: How, as in `Login.methods`.
        remember: Whether the session outlives the browser.
        event: What the record of events says of it.
        facts: What else it says.
        until: When it is over, in unix milliseconds, exclusive.
    """

    user: str
    at: int | None = None
    methods: tuple[str, ...] = ("pwd",)
    remember: bool | None = None
    event: str = "logged-in"
    facts: dict[str, str] = field(default_factory=dict[str, str])
    until: int = 0


class HalfWays:
    """Seals them for one browser, and opens those of its own."""

    def __init__(self, secret: Keyring, *, cookie: Cookie, clock: Callable[[], int]) -> None:
        """Take the parts.

        Args:
            secret: Seals them, newest first; a key for this purpose alone is derived.
            cookie: That of the session: theirs is as secure, and of this host alone.
            clock: Returns unix milliseconds.
        """
        self._cookie = cookie.beside("half-way", comes_back=True)
        self._keys = secret.derive(PURPOSE)
        self._clock = clock

    def begin(self, half_way: HalfWay) -> str:
        """Return the Set-Cookie line for somebody who has shown the first factor."""
        now = self._clock()
        facts = {"at": now, **_known(half_way), "until": now + LIFE * 1000}
        plain = json.dumps(facts, root="half way").encode("utf-8")
        return self._cookie.set(
            sealed_box.seal(plain, name=self._cookie.name, keys=self._keys), max_age=LIFE
        )

    def find(self, cookies: str) -> HalfWay | None:
        """Return what a browser has shown; None for nothing, or too long ago.

        Args:
            cookies: The Cookie header; any text is safe to pass.
        """
        opened = (self._opened(text) for text in values(cookies, self._cookie.name))
        alive = [one for one in opened if one is not None and self._clock() < one.until]
        return max(alive, key=lambda one: one.until, default=None)

    def dropped(self) -> str:
        """Return the Set-Cookie line that drops it."""
        return self._cookie.delete()

    def _opened(self, text: str) -> HalfWay | None:
        try:
            plain = sealed_box.open_box(text, name=self._cookie.name, keys=self._keys)
        except Rejected:
            return None
        facts = json.loads_object(plain)
        return HalfWay(**{**facts, "methods": tuple(facts["methods"])})


def _known(half_way: HalfWay) -> dict[str, object]:
    return {name: value for name, value in asdict(half_way).items() if value is not None}
