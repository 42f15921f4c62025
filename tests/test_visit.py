"""One request over a store that can only be waited for, as one across a network is."""

import asyncio
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, Unavailable
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.conftest import SECRET


class Remote(MemoryStore):
    """A memory store that lets the event loop turn before it answers, and can be taken down."""

    suspends = True
    down = False
    asked = 0

    async def find(self, handle: str, **options: Any) -> Any:
        self.asked += 1
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable("taken down by the test")
        return await super().find(handle, **options)

    async def revocations(self, **options: Any) -> Any:
        await asyncio.sleep(0)
        return await super().revocations(**options)


@pytest.fixture
def store() -> Remote:
    return Remote()


@pytest.fixture
def remote(store: Remote, clock: Clock) -> Sessions:
    return Sessions(ServerSide(store), secret=SECRET, clock=clock)


async def sign_in(sessions: Sessions) -> str:
    visit = await sessions.open()
    visit.session.login("ada")
    (line,) = await visit.close(200)
    return line.partition(";")[0]


def test_it_is_loaded_before_the_handler_runs_and_looked_at_without_waiting(
    remote: Sessions,
) -> None:
    async def main() -> object:
        visit = await remote.open(await sign_in(remote))
        return visit.session.user

    assert asyncio.run(main()) == "ada"


def test_without_a_cookie_it_is_not_asked(remote: Sessions, store: Remote) -> None:
    async def main() -> None:
        visit = await remote.open("other=1")
        assert visit.session.user is None
        await visit.close(200)

    asyncio.run(main())
    assert store.asked == 0


def test_its_trouble_shows_at_the_first_look_and_not_before(
    remote: Sessions, store: Remote
) -> None:
    async def main() -> None:
        cookie = await sign_in(remote)
        store.down = True
        visit = await remote.open(cookie)
        assert list(await visit.close(200)) == []
        with pytest.raises(Unavailable):
            _ = visit.session.user

    asyncio.run(main())


def test_synchronous_code_is_told_that_it_cannot_wait(remote: Sessions) -> None:
    cookie = asyncio.run(sign_in(remote))
    with pytest.raises(Misuse, match="blocking driver"):
        blocking.run(remote.open(cookie))


def test_a_sealed_session_waits_for_revocations_only_when_they_are_due(
    store: Remote, clock: Clock
) -> None:
    sessions = Sessions(ClientSide(IronSeal(SECRET), revocations=store), clock=clock)

    async def main() -> object:
        cookie = await sign_in(sessions)
        visit = await sessions.open(cookie)
        return visit.session.user, (await sessions.list("ada"))[0].handle == visit.session.handle

    assert asyncio.run(main()) == ("ada", True)


def test_a_reload_forgets_what_was_not_saved(sessions: Sessions) -> None:
    async def main() -> object:
        visit = await sessions.open(await sign_in(sessions))
        visit.session["unsaved"] = True
        await visit.session.reload()
        new = await sessions.open()
        new.session["unsaved"] = True
        await new.session.reload()
        return visit.session.user, dict(visit.session), dict(new.session)

    assert asyncio.run(main()) == ("ada", {}, {})


def test_saving_what_nobody_looked_at_does_nothing(sessions: Sessions) -> None:
    async def main() -> object:
        visit = await sessions.open(await sign_in(sessions))
        await visit.session.save()
        return list(await visit.close(200))

    assert asyncio.run(main()) == []


def test_a_logout_saved_in_the_middle_is_a_logout(sessions: Sessions) -> None:
    async def main() -> object:
        cookie = await sign_in(sessions)
        visit = await sessions.open(cookie)
        visit.session.logout()
        await visit.session.save()
        visit.session["flash"] = "goodbye"
        lines = list(await visit.close(200))
        last = lines[-1].partition(";")[0]
        again = await sessions.open(last)
        return again.session.user, dict(again.session)

    assert asyncio.run(main()) == (None, {"flash": "goodbye"})
