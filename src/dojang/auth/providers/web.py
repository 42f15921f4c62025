"""Asking a provider over HTTP: in so many seconds, so many bytes, and from nobody else."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, Literal

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar

from dojang.auth.providers.errors import ProviderUnavailable
from dojang.auth.threads import off_loop
from dojang.errors import Malformed, Misuse
from dojang.extras import extra
from dojang.wire import json

if TYPE_CHECKING:
    from httpx2 import Client

__all__ = ["Answer", "Ask", "Web"]

_LIMIT = 131_072  # bytes of an answer, inclusive: as much as of a set of keys is looked at
_THREADS = 16  # slow providers hold up no more than these
_SILENCE = 5.0  # seconds without a byte
_CHUNK = 16_384

_threads = RunVar[CapacityLimiter]("dojang-providers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request.

    Attributes:
        method: Of HTTP.
        url: Without secrets.
        headers: Beside those of every request.
        form: Sent urlencoded; None for no body.
        document: Sent as JSON; None for no body.
        basic: User and password, or None.
    """

    method: Literal["GET", "POST", "DELETE"] = "GET"
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    document: Mapping[str, str] | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: Of HTTP.
        body: At most as many bytes as are looked at.
    """

    status: int
    body: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status is of those that mean success."""
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110 section 15.3

    def document(self) -> dict[str, Any]:
        """Return the JSON object that came.

        Raises:
            Malformed: It is none.
        """
        return json.loads_object(self.body, exact=True)

    def documents(self) -> list[dict[str, Any]]:
        """Return the objects of the JSON list that came.

        Raises:
            Malformed: It is none.
        """
        listed = json.loads(self.body, exact=True)
        if not isinstance(listed, list):
            raise Malformed("expected a list in JSON")
        return [one for one in listed if isinstance(one, dict)]


class Web:
    """Asks in either colour: in a thread where an event loop runs, else in the calling one.

    No redirect is followed, no connection kept, and nothing that is compressed is read.
    """

    def __init__(self, *, seconds: float = 10, verify: SSLContext | bool = True) -> None:
        """Take the limits.

        Args:
            seconds: For one answer as a whole; above 0.
            verify: What certificates are judged by, where not as the system does.

        Raises:
            Misuse: `seconds` is not above 0.
        """
        if seconds <= 0:
            raise Misuse("a provider needs some time to answer: seconds is above 0")
        self._seconds = seconds
        self._verify = verify
        self._client: tuple[int, Client] | None = None

    async def send(self, ask: Ask, *, seconds: float | None = None) -> Answer:
        """Return what a provider answers, whatever its status.

        Args:
            ask: What it is asked.
            seconds: For this answer as a whole, where it may not take as long as others.

        Raises:
            ProviderUnavailable: It did not answer, not in time, or at too great a length.
            MissingExtra: httpx2 is not installed.
        """
        limit = self._seconds if seconds is None else min(seconds, self._seconds)
        try:
            return await off_loop(
                partial(self._send, ask, limit), limiter=_limiter(), seconds=limit
            )
        except TimeoutError:
            raise ProviderUnavailable("the provider did not answer in time") from None

    def _send(self, ask: Ask, seconds: float) -> Answer:
        with extra("oauth"):
            from httpx2 import HTTPError, InvalidURL  # noqa: PLC0415 - guarded
        end = time.monotonic() + seconds
        try:
            with self._open().stream(
                ask.method,
                ask.url,
                headers=dict(ask.headers),
                data=dict(ask.form) if ask.form is not None else None,
                json=dict(ask.document) if ask.document is not None else None,
                auth=ask.basic,
                timeout=min(seconds, _SILENCE),
            ) as response:
                body = bytearray()
                for chunk in response.iter_raw(_CHUNK):
                    body += chunk
                    _check(len(body), end)
                return Answer(response.status_code, bytes(body))
        except (HTTPError, InvalidURL) as error:
            # The kind alone: what it says may have the address in it, and more.
            raise ProviderUnavailable(
                f"the provider did not answer ({type(error).__name__})"
            ) from None

    def _open(self) -> "Client":
        # One for each process: what a fork shares of a client is not for two.
        pid = os.getpid()
        if self._client is None or self._client[0] != pid:
            from httpx2 import Client, Limits  # noqa: PLC0415 - after `_send` has guarded it

            client = Client(
                verify=self._verify,
                limits=Limits(max_keepalive_connections=0),
                headers={
                    "accept": "application/json",
                    "accept-encoding": "identity",
                    "user-agent": "dojang",
                },
            )
            self._client = pid, client
        return self._client[1]


def _check(length: int, end: float) -> None:
    if length > _LIMIT:
        raise ProviderUnavailable(f"the provider answers with more than {_LIMIT} bytes")
    if time.monotonic() > end:
        raise ProviderUnavailable("the provider did not answer in time")


def _limiter() -> CapacityLimiter | None:
    try:
        return _threads.get()
    except LookupError:
        limiter = CapacityLimiter(_THREADS)
        _threads.set(limiter)
        return limiter
    except RuntimeError:  # no loop runs, so nothing is to be limited
        return None
