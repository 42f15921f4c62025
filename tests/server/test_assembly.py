import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from dojang.server.assembly import assemble, close, prepare
from dojang.server.errors import BadSettings
from dojang.server.settings import Settings

from .kit import GARBAGE

pytestmark = pytest.mark.usefixtures("bare")


@pytest.mark.parametrize("sessions", [None, "sealed:", "memory:"])
def test_what_is_prepared_has_answered_and_left_nothing_open(sessions: str | None) -> None:
    before = set(threading.enumerate())
    parts = prepare(Settings.load(sessions=sessions))
    # Those of other tests may end meanwhile; what matters is that there is none of ours.
    assert set(threading.enumerate()) <= before
    assert parts.accounts.engine.pool.checkedin() == 0  # type: ignore[attr-defined]
    assert Path("var/accounts.db").exists()


@pytest.mark.parametrize("name", ["accounts.db", "sessions.db"])
def test_a_database_that_is_none_is_found_before_anything_starts(name: str) -> None:
    Path("var").mkdir()
    Path("var", name).write_bytes(GARBAGE)
    with pytest.raises(BadSettings, match="not a database") as caught:
        prepare(Settings.load())
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("home", ["file", "file/below", "link"])
def test_a_home_that_cannot_be_is_refused_in_one_line(home: str) -> None:
    Path("file").touch()
    Path("link").symlink_to("nowhere/at/all")
    with pytest.raises(BadSettings, match="DOJANG_HOME is") as caught:
        assemble(Settings.load(home=home))
    assert len(caught.value.problems) == 1


def test_parts_that_were_closed_open_again_when_used() -> None:
    parts = assemble(Settings.load())

    async def used() -> Any:
        return await parts.sessions.list("nobody"), await parts.accounts.find("nobody")

    for _ in range(2):
        assert asyncio.run(used()) == ([], None)
        close(parts)


def test_lifetimes_are_as_configured() -> None:
    given = {"session_idle": 600, "session_absolute": 3600, "session_renew": 0.1}
    lifetime = assemble(Settings.load(**given)).sessions.lifetime
    assert (lifetime.idle, lifetime.absolute, lifetime.renew) == (600, 3600, 0.1)
