"""What all visits to one application share."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dojang.passed_on import PassedOn
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.session.session import Session
from dojang.strategies.circulation import Circulation
from dojang.strategies.strategy import Strategy
from dojang.visits.formers import Formers
from dojang.wire.cookies import Cookie

__all__ = ["House", "Renewing", "is_token"]

#: One token: of the characters of RFC 6750 section 2.1 those that ours have, and `*` and `%`, which
#: seals and signed ids have besides. `~` stands once, before the version of a seal.
_TOKEN = re.compile(r"[A-Za-z0-9._+/*%-]+(~[0-9]+)?=*")

#: Asked before a session is renewed: may bring its data up to date, or refuse with False.
Renewing = Callable[[Session], Awaitable[bool | None] | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The choices of `Sessions`, as a visit needs them."""

    strategy: Strategy
    lifetime: Lifetime
    cookie: Cookie
    principal: Place | None
    bearer: bool
    passed_on: PassedOn | None
    renewing: Renewing | None
    formers: Formers
    circulation: Circulation
    clock: Callable[[], int]

    @property
    def suspends(self) -> bool:
        """Whether opening a session of our own may wait for an event loop."""
        return self.strategy.suspends

    @property
    def takes_tokens(self) -> bool:
        """Whether an Authorization header is looked at."""
        return self.bearer or self.passed_on is not None

    def token(self, bearer: str | None) -> str | None:
        """Return the token of a request if it is one that is looked at."""
        if bearer is None or self.bearer:
            return bearer
        return bearer if self.passed_on is not None and self.passed_on.is_meant(bearer) else None


def is_token(text: str) -> bool:
    """Return whether `text` is spelled as one token, and as nothing around it or beside it.

    Source: RFC 6750 section 2.1 (b64token).
    """
    return _TOKEN.fullmatch(text) is not None
