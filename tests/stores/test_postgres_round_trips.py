"""Every verb is one round trip, counted on the wire: how often the client speaks again."""

import asyncio
import select
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from dojang import blocking
from dojang.session.fence import Revocation
from dojang.session.limit import Limit
from dojang.stores.postgres import PostgresStore
from dojang.testing.store_contract import HOUR, NOW, a_record, of_user
from tests.postgres import Server

Verb = Callable[[PostgresStore], Coroutine[Any, Any, object]]

FEW = Limit(2)

VERBS: dict[str, Verb] = {
    "find": lambda store: store.find("h1"),
    "insert": lambda store: store.insert(a_record("new"), now=NOW),
    "insert within a limit": lambda store: store.insert(of_user("new"), now=NOW, limit=FEW),
    "replace": lambda store: store.replace(of_user("h1"), of_user("h1", age=1), now=NOW),
    "move": lambda store: store.replace(of_user("h1"), of_user("h2"), now=NOW),
    "move within a limit": lambda store: store.replace(
        of_user("h1"), of_user("h2"), now=NOW, limit=FEW, retire_until=NOW + 9
    ),
    "touch": lambda store: store.touch(of_user("h1"), now=NOW),
    "remove": lambda store: store.remove("h1"),
    "list": lambda store: store.list("ada", now=NOW),
    "end all of a user": lambda store: store.remove_all("ada", now=NOW),
    "sweep": lambda store: store.sweep(now=NOW),
    "scan": lambda store: store.scan(now=NOW),
    "count": lambda store: store.count(now=NOW),
    "revoke": lambda store: store.revoke(Revocation(handle="h", expires=NOW + HOUR), now=NOW),
    "pull": lambda store: store.revocations(after=0, now=NOW),
    "lease": lambda store: store.acquire("a", "b", until=NOW + 1, now=NOW),
    "count an event": lambda store: store.hit("a", limit=1, window=1, now=NOW),
}


class Wire:
    """Passes on what client and server say, and counts how often the client begins to speak."""

    def __init__(self, port: int) -> None:
        self.turns = 0
        self._target = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        server = socket.create_connection(self._target)
        spoke = server
        with client, server:
            while True:
                for one in select.select([client, server], [], [])[0]:
                    data = one.recv(65536)
                    if not data:
                        return
                    self.turns += one is client and spoke is server
                    spoke = one
                    (server if one is client else client).sendall(data)


@pytest.fixture
def wire(postgres: Server, postgres_url: str) -> Iterator[Wire]:
    assert postgres_url == postgres.url
    wire = Wire(postgres.port)
    yield wire
    wire.close()


@pytest.mark.parametrize("colour", ["blocking", "asynchronous"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_one_round_trip(wire: Wire, postgres: Server, verb: str, colour: str) -> None:
    store = PostgresStore(postgres.url.replace(str(postgres.port), str(wire.port)))

    async def ask() -> int:
        await store.insert(of_user("h1"), now=NOW)
        # What a connection has never been asked is prepared first, once.
        await VERBS[verb](store)
        await store.clear()
        await store.insert(of_user("h1"), now=NOW)
        before = wire.turns
        await VERBS[verb](store)
        return wire.turns - before

    turns = blocking.run(ask()) if colour == "blocking" else asyncio.run(ask())
    store.close()
    assert turns == 1
