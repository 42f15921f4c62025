"""What an end has not got to, as where a process dies in it, is finished when it is tried again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.session.fence import Revocation
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.documents import Document
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.tokens import Pair, Tokens
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser
from tests.conftest import SECRET
from tests.tokens.kit import GRACE, begin, process, refresh, why, why_access

End = Callable[[Tokens, Pair], Any]


class Died(BaseException):
    """What kill -9 leaves: nothing after it is done."""


class Dying(SqliteStore):
    """Dies before or after it writes to the log, or before anything else is written."""

    at = ""

    async def revoke(self, revocation: Revocation, *, now: int) -> None:
        if self.at == "log":
            raise Died
        await super().revoke(revocation, now=now)

    async def put(self, *values: Any, **named: Any) -> bool:
        if self.at == "document":
            raise Died
        return await super().put(*values, **named)

    async def discard(self, before: Document) -> bool:
        if self.at == "document":
            raise Died
        return await super().discard(before)


ENDS: dict[str, End] = {
    "a used token comes back": lambda tokens, pair: why(tokens, pair.refresh),
    "a refresh token is revoked": lambda tokens, pair: blocking.run(tokens.revoke(pair.refresh)),
    "an access token is revoked": lambda tokens, pair: blocking.run(tokens.revoke(pair.access)),
    "a device is signed out": lambda tokens, pair: blocking.run(tokens.end(pair.handle)),
}


@pytest.mark.parametrize("at", ["log", "document"])
@pytest.mark.parametrize("name", ENDS)
def test_an_end_that_was_cut_short_is_finished_by_the_next_try(
    tmp_path: Path, clock: Clock, name: str, at: str
) -> None:
    store = Dying(tmp_path / "tokens.db")
    tokens, end = process(store, clock), ENDS[name]
    first = begin(tokens)
    live = refresh(tokens, first.refresh)
    clock.tick(GRACE + 1)
    store.at = at
    with pytest.raises(Died):
        end(tokens, first)
    store.close()
    tokens = process(SqliteStore(tmp_path / "tokens.db"), clock)
    end(tokens, first)
    assert why_access(tokens, live.access) == why_access(tokens, first.access) == "revoked"
    assert why(tokens, live.refresh) in {"revoked", "unknown"}
    devices = blocking.run(tokens.list("ada"))
    assert [device.reused is not None for device in devices] == [True] * ("comes back" in name)


def test_ending_again_what_is_over_writes_no_more(tmp_path: Path, clock: Clock) -> None:
    store = SqliteStore(tmp_path / "tokens.db")
    tokens = process(store, clock)
    pair = begin(tokens)
    for _ in range(5):
        blocking.run(tokens.revoke(pair.refresh))
    assert blocking.run(store.revocations(after=0, now=clock())).live == 1


@pytest.mark.parametrize("home", ["cookie", "server"])
def test_sign_out_everywhere_ends_what_a_host_began_whose_clock_is_ahead(
    tmp_path: Path, clock: Clock, home: str
) -> None:
    def host(time: Callable[[], int]) -> tuple[Sessions, Tokens]:
        store = SqliteStore(tmp_path / "log.db")
        if home == "cookie":
            sessions = Sessions(ClientSide(IronSeal(SECRET), revocations=store), clock=time)
        else:
            sessions = Sessions(ServerSide(store), secret=SECRET, clock=time)
        named = {"secret": SECRET, "issuer": "https://i", "audience": "a"}
        return sessions, Tokens(store, sessions=sessions, clock=time, **named)  # type: ignore[arg-type]  # all are text

    (there, far), (here, near) = host(lambda: clock() + 2000), host(clock)
    browser = Browser(there)
    pairs: list[Pair] = []

    def sign_in(session: Session) -> None:
        session.login("ada")
        pairs.append(blocking.run(far.of_session(session)))

    browser.visit(sign_in)
    pairs.append(blocking.run(far.begin("ada", at=far.clock())))
    clock.tick(1)
    assert blocking.run(near.end_all("ada")) > 0
    clock.tick(2)
    for sessions in (here, there):
        browser.sessions = sessions
        assert browser.twin().visit(lambda session: session.user) is None
    for tokens in (near, far):
        assert [why_access(tokens, pair.access) for pair in pairs] == ["revoked"] * 2
        assert all(why(tokens, pair.refresh) != "refreshed" for pair in pairs)
