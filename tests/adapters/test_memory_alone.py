"""`memory:` is of one process: with several, each would know other sessions, so it is refused."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dojang import new_secret
from dojang.adapters import wsgi
from dojang.errors import Misuse
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.strategies.spill import Spill
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.adapters.gunicorn import ROOT, Browser, gunicorn
from tests.conftest import SECRET

FORKED = """
import os, sys
from dojang import Sessions
from dojang.errors import Misuse
from dojang.testing import cookies_for
sessions = Sessions.from_url("memory:", secret="x" * 40)
if sys.argv[1:] == ["used"]:
    cookies_for(sessions, "ada")
pid = os.fork()
if pid == 0:
    try:
        cookies_for(sessions, "eve")
    except Misuse as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""


def test_gunicorn_with_two_workers_answers_nothing(tmp_path: Path) -> None:
    with gunicorn(
        "examples.flask_app:app", tmp_path, SESSIONS="memory:", SESSION_SECRET=new_secret()
    ) as url:
        assert {Browser(url).ask("/")[0] for _ in range(4)} == {500}
    assert (
        "sqlite:///sessions.db, or serve with one process"
        in (tmp_path / "gunicorn.log").read_text()
    )


@pytest.mark.parametrize(("used", "said"), [("used", "used before a fork"), ("", "")])
def test_a_store_that_was_used_before_a_fork_takes_nothing_in_after_it(
    used: str, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED, used],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (said in done.stdout, bool(done.stdout)) == (True, bool(said))


def asked(sessions: Sessions, *, multiprocess: bool) -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        wsgi.session_of(environ)["n"] = 1
        start_response("200 OK", [])
        return [b"served"]

    environ = {"REQUEST_METHOD": "GET", "wsgi.multiprocess": multiprocess}
    served = wsgi.SessionMiddleware(app, sessions)(environ, lambda *_: lambda _: None)
    return list(served)


def test_what_is_in_one_process_is_refused_by_a_server_with_several(
    clock: Clock, sqlite_store: SqliteStore
) -> None:
    def seals(**options: Any) -> ClientSide:
        return ClientSide(IronSeal(SECRET), **options)

    alone = [
        Sessions(ServerSide(MemoryStore()), secret=SECRET, clock=clock),
        Sessions(Spill(seals(), ServerSide(MemoryStore())), secret=SECRET, clock=clock),
        Sessions(seals(revocations=MemoryStore()), clock=clock),
    ]
    shared = [
        Sessions(ServerSide(sqlite_store), secret=SECRET, clock=clock),
        Sessions(seals(revocations=sqlite_store), clock=clock),
        Sessions(seals(), clock=clock),
    ]
    for sessions in alone:
        assert asked(sessions, multiprocess=False) == [b"served"]
        with pytest.raises(Misuse, match="has several"):
            asked(sessions, multiprocess=True)
    for sessions in shared:
        assert asked(sessions, multiprocess=True) == [b"served"]
