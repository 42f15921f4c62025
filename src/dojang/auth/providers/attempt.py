"""One sign-in on its way through a provider: in a sealed cookie of its own, and used once."""

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from dojang import clock as clocks
from dojang.auth.providers.errors import NoAttempt
from dojang.errors import Rejected
from dojang.stores.documents import Document, Documents
from dojang.wire import base64url, entropy, json, sealed_box
from dojang.wire.cookies import Cookie, parse, values
from dojang.wire.keyring import Keyring

__all__ = ["LIFE", "MOST", "PURPOSE", "Attempt", "Attempts", "challenge"]

#: Seconds, exclusive: as long as somebody may take at a provider.
LIFE = 600

#: Attempts in one browser, inclusive; the oldest are dropped, so that no cookies are crowded out
#: and the header with all of them stays below the 8 KiB that servers in front take.
MOST = 4

_RANDOM = 32  # bytes: 43 characters, as RFC 7636 section 4.1 asks of a verifier at least
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_ID = 16  # characters of the hash of a state, in the name of its cookie

#: What the key is for; no other token is sealed with it.
PURPOSE = "oauth-state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What has to come back as it went.

    Attributes:
        provider: The name of the one it went to.
        redirect_uri: Where it comes back to.
        target: Where whoever signs in is sent then: a path of our own.
        user: Who was signed in and links the provider; None for somebody who signs in.
        confirms: Whether that user proves once more who they are, instead of linking.
        apart: Whether whoever signs in is another than who has their e-mail address here.
        began: Unix milliseconds.
        state: Random; known to this browser and the provider.
        nonce: Random; comes back in the ID token.
        verifier: Random; only its hash goes through the browser (RFC 7636).
    """

    provider: str
    redirect_uri: str
    target: str
    user: str | None = None
    confirms: bool = False
    apart: bool = False
    began: int
    state: str = field(default_factory=lambda: entropy.token(_RANDOM), repr=False)
    nonce: str = field(default_factory=lambda: entropy.token(_RANDOM), repr=False)
    verifier: str = field(default_factory=lambda: entropy.token(_RANDOM), repr=False)


def challenge(verifier: str) -> str:
    """Return what goes through the browser in the place of a verifier.

    Source: RFC 7636 section 4.2 (S256).
    """
    return base64url.encode(sha256(verifier.encode("ascii")).digest())


class Attempts:
    """Begins attempts, and takes each back once."""

    def __init__(
        self,
        store: Documents,
        *,
        secret: Keyring | str | bytes | Sequence[str | bytes],
        cookie: Cookie,
        clock: Callable[[], int] = clocks.now,
    ) -> None:
        """Take the parts.

        Args:
            store: Remembers which were used; shared by all processes.
            secret: Seals them, newest first; a key for this purpose alone is derived.
            cookie: That of the session: theirs is as secure, and of this host alone.
            clock: Returns unix milliseconds.

        Raises:
            WeakSecret: A secret is too short.
        """
        self._cookie = cookie.beside("sign-in", comes_back=True)
        self._store = store
        self._keys = Keyring.of(secret).derive(PURPOSE)
        self._clock = clock

    def begin(
        self,
        provider: str,
        *,
        redirect_uri: str,
        target: str,
        user: str | None = None,
        confirms: bool = False,
        apart: bool = False,
        cookies: str = "",
    ) -> tuple[Attempt, list[str]]:
        """Return a new attempt, and the Set-Cookie lines that it needs.

        Args:
            provider: As in `Attempt`, and so are the next five.
            redirect_uri: See there.
            target: See there.
            user: See there.
            confirms: See there.
            apart: See there.
            cookies: The Cookie header of the browser, whose attempts before this stay good.
        """
        attempt = Attempt(
            provider=provider,
            redirect_uri=redirect_uri,
            target=target,
            user=user,
            confirms=confirms,
            apart=apart,
            began=self._clock(),
        )
        cookie = self._cookie.renamed(self._name(attempt.state))
        line = cookie.set(self._sealed(attempt), max_age=LIFE)
        return attempt, [line, *self._crowded_out(cookies)]

    async def take(self, provider: str, *, state: str, cookies: str) -> Attempt:
        """Return the attempt that an answer belongs to, which no other answer can have then.

        Args:
            provider: The name of the one it came from.
            state: As it came; any text is safe to pass.
            cookies: The Cookie header of the browser it came through.

        Raises:
            NoAttempt: There is none in this browser, it went elsewhere, it is over, or was used.
            Unavailable: The store did not answer.
        """
        name = self._name(state)
        found = [self._opened(text, name=name) for text in values(cookies, name)]
        attempt = next((one for one in found if one is not None), None)
        if attempt is None or not _equal(attempt.state, state):
            raise NoAttempt("this browser has not begun to sign in here, or too long ago")
        if attempt.provider != provider:
            raise NoAttempt("this sign-in began at another provider")
        used = Document(name=f"attempt:{name}", text="used", expires=self._end(attempt))
        if not await self._store.put(None, used, now=self._clock()):
            raise NoAttempt("this sign-in was answered before")
        return attempt

    def dropped(self, state: str) -> str:
        """Return the Set-Cookie line that drops the cookie of an attempt.

        Args:
            state: As it came; any text is safe to pass.
        """
        return self._cookie.renamed(self._name(state)).delete()

    def _sealed(self, attempt: Attempt) -> str:
        plain = json.dumps(asdict(attempt), root="attempt").encode("utf-8")
        return sealed_box.seal(plain, name=self._name(attempt.state), keys=self._keys)

    def _opened(self, text: str, *, name: str) -> Attempt | None:
        try:
            opened = sealed_box.open_box(text, name=name, keys=self._keys)
            attempt = Attempt(**json.loads_object(opened))
        except (Rejected, TypeError):
            return None
        return attempt if self._clock() < self._end(attempt) else None

    def _crowded_out(self, cookies: str) -> list[str]:
        """Return what drops attempts that are over, or are too many beside a new one."""
        prefix = f"{self._cookie.name}-"
        names = {name: text for name, text in parse(cookies) if name.startswith(prefix)}
        opened = {name: self._opened(text, name=name) for name, text in names.items()}
        alive = sorted((one.began, name) for name, one in opened.items() if one is not None)
        over = [name for name, one in opened.items() if one is None]
        over += [name for _, name in alive[: max(0, len(alive) - MOST + 1)]]
        return [self._cookie.renamed(name).delete() for name in over]

    def _name(self, state: str) -> str:
        if not _TOKEN.fullmatch(state):
            state = ""  # one name for whatever is none: nothing is kept under it
        digest = base64url.encode(sha256(state.encode("ascii")).digest())
        return f"{self._cookie.name}-{digest[:_ID]}"

    @staticmethod
    def _end(attempt: Attempt) -> int:
        return attempt.began + LIFE * 1000


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )
