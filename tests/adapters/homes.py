"""The homes that every adapter is held to: a line each."""

from collections.abc import Callable
from typing import Any

from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.postgres import PostgresStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.conftest import SECRET

#: Where Django's user is; to the others it is as good as any place.
PRINCIPAL = "_auth_user_id"

#: Gives a fixture by its name.
Given = Callable[[str], Any]

IN_COOKIE: dict[str, Callable[[Given], Any]] = {
    "sealed": lambda _: ClientSide(IronSeal(SECRET)),
    "jwt": lambda _: ClientSide(SignedJwt(Key.from_secret(SECRET))),
    "revocable": lambda _: ClientSide(IronSeal(SECRET), revocations=MemoryStore()),
}
ON_SERVER: dict[str, Callable[[Given], Any]] = {
    "memory": lambda _: ServerSide(MemoryStore()),
    "sqlite": lambda given: ServerSide(given("sqlite_store")),
    "redis": lambda given: ServerSide(given("redis_store")),
    "postgres": lambda given: ServerSide(PostgresStore(given("postgres_url"))),
}
HOMES = IN_COOKIE | ON_SERVER


def made(strategy: Any, clock: Clock, **options: Any) -> Sessions:
    secret = SECRET if strategy.on_server else None
    return Sessions(strategy, secret=secret, principal=PRINCIPAL, clock=clock, **options)
