"""What the tests of tokens share."""

from typing import Any

from dojang import blocking
from dojang.errors import Rejected
from dojang.testing import Clock
from dojang.tokens import Pair, Tokens
from tests.conftest import SECRET

ISSUER = "https://login.example.org"
GRACE = 30


def process(store: Any, clock: Clock, **options: Any) -> Tokens:
    """A process of its own: nothing in common with another but the store."""
    named = {"secret": SECRET, "issuer": ISSUER, "audience": ISSUER, **options}
    return Tokens(store, clock=clock, **named)


def begin(tokens: Tokens, user: str = "ada") -> Pair:
    return blocking.run(tokens.begin(user, at=tokens.clock()))


def refresh(tokens: Tokens, token: str) -> Pair:
    return blocking.run(tokens.refresh(token))


def why(tokens: Tokens, token: str) -> str:
    """The code of the refusal of a refresh, or that it went well."""
    try:
        refresh(tokens, token)
    except Rejected as rejected:
        return rejected.code
    return "refreshed"


def why_access(tokens: Tokens, token: str) -> str:
    """The code of the refusal of an access token, or whose it is."""
    try:
        return blocking.run(tokens.verify(token)).user
    except Rejected as rejected:
        return rejected.code
