"""Which pages of other origins may call with the cookie of the session, in headers."""

from collections.abc import Collection, Mapping, Sequence

from dojang.errors import Misuse
from dojang.wire.cross_site import normal

__all__ = ["Cors"]

#: What an answer says about other origins, all of which is ours to say.
_OURS = "access-control-"

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_HEADERS = ("Accept", "Authorization", "Content-Type", "X-CSRF-Token", "X-Requested-With")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Cors:
    """The answers that let a few origins, named one by one, call with credentials."""

    def __init__(
        self,
        origins: Collection[str],
        *,
        headers: Collection[str] = (),
        expose: Collection[str] = (),
        max_age: int = 600,
    ) -> None:
        """Name the origins.

        Args:
            origins: As browsers write them: `https://app.example.com`, `http://localhost:3000`.
            headers: Request headers that their scripts may set beside Accept, Authorization,
                Content-Type, X-CSRF-Token and X-Requested-With.
            expose: Response headers that their scripts may read.
            max_age: Seconds for which a browser need not ask again before a request.

        Raises:
            Misuse: One of them is `*` or no origin; the error says what to write.
        """
        if isinstance(origins, str):
            raise Misuse(f"several origins are a list: write [{origins!r}]")
        for origin in origins:
            _check(origin)
        self.origins = frozenset(origins)
        self._headers = ", ".join([*_HEADERS, *headers])
        self._expose = ", ".join(expose)
        self._max_age = max_age

    def allows(self, origin: str | None) -> bool:
        """Return whether it is one of them, compared whole."""
        return origin in self.origins

    def is_preflight(self, method: str, headers: Mapping[str, str]) -> bool:
        """Return whether a browser asks what it may send; nothing else of the request matters.

        Source: Fetch standard, section 3.3.2.
        """
        asks = "access-control-request-method" in headers and "origin" in headers
        return bool(self.origins) and method == "OPTIONS" and asks

    def preflight(self, origin: str) -> Sequence[tuple[str, str]]:
        """Return the headers that answer such a question, for one of the origins."""
        return [
            *self._granted(origin),
            ("access-control-allow-methods", ", ".join(_METHODS)),
            ("access-control-allow-headers", self._headers),
            ("access-control-max-age", str(self._max_age)),
            ("vary", "Origin"),
        ]

    def answered(
        self, given: Collection[tuple[str, str]], origin: str | None
    ) -> Sequence[tuple[str, str]]:
        """Return the headers of an answer with what they say about other origins.

        Args:
            given: What the application says; what it says of this itself is left out.
            origin: Of the request, or None.
        """
        if not self.origins:
            return list(given)
        kept = [(name, value) for name, value in given if not name.lower().startswith(_OURS)]
        # A cache that kept the answer to one of them must not give it to another.
        if not any("origin" in _names(value) for name, value in kept if name.lower() == "vary"):
            kept.append(("vary", "Origin"))
        if origin is None or not self.allows(origin):
            return kept
        exposed = [("access-control-expose-headers", self._expose)] if self._expose else []
        return [*kept, *self._granted(origin), *exposed]

    def _granted(self, origin: str) -> Sequence[tuple[str, str]]:
        return [
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true"),
        ]


def _names(value: str) -> Collection[str]:
    return {name.strip().lower() for name in value.split(",")}


def _check(origin: str) -> None:
    if "*" in origin:
        raise Misuse(
            f"{origin!r} would let other people's pages act for your users, and browsers refuse * "
            "with credentials: name each origin, as https://app.example.com"
        )
    known = normal(origin)
    scheme = known.partition(":")[0]
    shown = known.removesuffix(_DEFAULT_PORTS.get(scheme, "\0"))
    if not known or scheme not in _DEFAULT_PORTS:
        raise Misuse(f"{origin!r} is no origin of http or https: write https://app.example.com")
    if origin != shown:
        raise Misuse(f"browsers write {shown!r} and not {origin!r}: an origin is compared whole")
