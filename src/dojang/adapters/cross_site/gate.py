"""What every framework asks before a request is served: may this page do that?"""

import html
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dojang.adapters.asgi.skip import Skip
from dojang.adapters.headers import bearer
from dojang.errors import Misuse
from dojang.session.content import Content
from dojang.wire import csrf
from dojang.wire.cors import Cors
from dojang.wire.cross_site import CrossSite, UnprovenOrigin, Verdict, judge, normal
from dojang.wire.keyring import Keyring

__all__ = ["GATE", "Asked", "Gate", "Html"]

#: Where in a scope or environ the gate stands, for templates to ask it for a token.
GATE = "dojang.gate"

_LOG = logging.getLogger("dojang")

#: Refusals after which nothing more is logged, inclusive: origins are as many as clients make up.
_ENOUGH = 32


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        method: As it came.
        scheme: `http` or `https`, as browsers see it.
        path: Decoded.
        headers: By lower-case name; of several, one.
    """

    method: str
    scheme: str
    path: str
    headers: Mapping[str, str]

    @property
    def origin(self) -> str | None:
        """Where the page is that sent it, if a browser says so."""
        return self.headers.get("origin")

    @property
    def by_token(self) -> bool:
        """Whether it carries a bearer token and no cookie: no page can make a browser send that."""
        token = bearer(self.headers.get("authorization", ""))
        return token is not None and not self.headers.get("cookie")

    @property
    def own(self) -> str:
        """The origin it came to."""
        return f"{self.scheme}://{self.headers.get('host', '')}"


class Html(str):
    """Text that is HTML already, as MarkupSafe and Django see it."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class Gate:
    """Refuses what another site sends, and tells browsers which fronts may call."""

    def __init__(
        self,
        *,
        fronts: Collection[str] = (),
        secret: Keyring | str | bytes | Sequence[str | bytes] | None = None,
        skip: Collection[str] = (),
        cors: Cors | None = None,
    ) -> None:
        """Stand before an application.

        Args:
            fronts: Origins of other addresses whose pages act for us, such as
                `https://app.example.com`: they may call with the cookie of the session.
            secret: Makes the tokens of forms, newest first. Without one, what no browser vouches
                for and a form could have sent is refused.
            skip: Paths that anybody may send to, each with all that is below it, for what carries
                a proof of its own, such as `/webhooks`.
            cors: The same as `fronts`, with more to say; one of the two is given.

        Raises:
            Misuse: A front is `*` or no origin, both are given, or `skip` is not paths.
            WeakSecret: A secret is too short.
        """
        if cors is not None and fronts:
            raise Misuse("the origins are in cors= already: leave out fronts=")
        self.cors = cors or Cors(fronts)
        self._keys = None if secret is None else Keyring.of(secret)
        self._skip = Skip(skip)
        self._told: set[tuple[str, str]] = set()

    def needs_token(self, asked: Asked) -> bool:
        """Return whether only a token can prove where a request came from.

        Raises:
            CrossSite: It comes from elsewhere.
        """
        if self._skip.holds(asked.path):
            return False
        if asked.by_token:
            return False
        verdict = judge(asked.method, asked.headers, origins=[asked.own], fronts=self.cors.origins)
        if verdict is Verdict.FOREIGN:
            self.turn_away(asked)
        return verdict is Verdict.NEEDS_TOKEN

    def turn_away(self, asked: Asked) -> None:
        """Refuse a request, and say in the log, once, what to do if it was ours.

        Raises:
            CrossSite: Always.
        """
        origin = asked.origin or "another site"
        if (origin, asked.own) not in self._told and len(self._told) < _ENOUGH:
            self._told.add((origin, asked.own))
            _LOG.warning("refused what %s sent to %s: %s", origin, asked.own, _remedy(asked))
        raise CrossSite

    def prove(self, token: str, handle: str | None) -> None:
        """Refuse a form unless `token` was made for the session `handle`.

        Raises:
            CsrfRefused: It was not.
            UnprovenOrigin: There is no session, or no secret to make tokens with.
        """
        if self._keys is None or handle is None:
            raise UnprovenOrigin
        csrf.check(token, handle, self._keys)

    def token(self, session: Content) -> str:
        """Return a token for the forms of a session; empty while nothing of it is stored.

        Raises:
            Misuse: There is no secret.
        """
        if self._keys is None:
            raise Misuse("tokens of forms are made with a secret: pass secret=")
        session.mark_accessed()
        current = session.found.current if session.found else None
        return csrf.make(current.handle, self._keys) if current and current.handle else ""

    def field(self, session: Content) -> Html:
        """Return the hidden field for a form, as HTML."""
        value = html.escape(self.token(session))
        return Html(f'<input type="hidden" name="{csrf.FIELD}" value="{value}">')


def _remedy(asked: Asked) -> str:
    ours, theirs = normal(asked.own), normal(asked.origin or "")
    if ours.partition(":")[0] == "http" and theirs == normal(f"https{asked.own[4:]}"):
        return (
            "it is the same host, so a proxy ends TLS here: let it send X-Forwarded-Proto, and "
            "trust it with Proxies(...)"
        )
    if asked.origin == "null":
        return (
            "that is a page without an origin, such as a file or a sandboxed frame, and cannot be "
            "named: give it an address of yours"
        )
    return "if that is a front of yours, name it in fronts="
