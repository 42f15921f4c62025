"""Stopping and restarting under load: whoever came is answered, and nobody is sent away."""

import asyncio
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx2
import pytest

from tests.counts import scaled
from tests.nginx import run
from tests.redis import until

from .kit import Server, free_port, serving

ADA = {"email": "ada@example.org", "password": "correct horse battery"}

#: Requests in a second.
_RATE = 100

#: nginx keeps its connections to the server, and tries once more where one is gone.
_NGINX = """
  upstream dojang {{
    server 127.0.0.1:{behind} max_fails=0;
    server 127.0.0.1:{behind} max_fails=0;
    keepalive 16;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://dojang;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
  }}
"""


def test_a_request_under_way_is_answered_before_it_stops(tmp_path: Path) -> None:
    body = b'{"email":"ada@example.org","password":"correct horse battery"}'
    head = (
        "POST /api/auth/signup HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with serving(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), 30) as under_way:
            under_way.sendall(head.encode())
            assert under_way.recv(1024).startswith(b"HTTP/1.1 100")  # it waits for the body
            server.process.send_signal(signal.SIGTERM)
            until(lambda: not is_open(port))
            under_way.sendall(body)
            assert under_way.recv(65536).startswith(b"HTTP/1.1 201")
        assert server.process.wait(30) == 0


@pytest.mark.parametrize("through_nginx", [False, True], ids=["direct", "nginx"])
def test_processes_are_replaced_one_by_one_and_nobody_is_sent_away(
    tmp_path: Path, *, through_nginx: bool
) -> None:
    with serving(tmp_path, DOJANG_WORKERS="2") as server:
        session = httpx2.post(f"{server.url}/api/auth/signup", json=ADA).cookies["session"]
        port = int(server.url.rpartition(":")[2])
        with nginx(tmp_path / "nginx", port) if through_nginx else nullcontext(port) as front:
            for _ in range(scaled(100) // 10):
                before = server.children()
                answers = asyncio.run(answers_while_restarting(server, front, session))
                assert not before & server.children()
                assert len(server.children()) == 2
                assert set(answers) == {"200"}
                assert answers["200"] >= 5 * _RATE
        assert server.stop() == 0


async def answers_while_restarting(server: Server, port: int, session: str) -> Counter[str]:
    """Return what was answered, counted, from a second before until a second after."""
    answers: Counter[str] = Counter()
    began, sent, ends = time.monotonic(), 0, 0.0
    before = server.children()
    asked = set[asyncio.Task[None]]()
    told = False
    while not ends or time.monotonic() < ends:
        task = asyncio.create_task(ask(port, session, answers))
        asked.add(task)
        task.add_done_callback(asked.discard)
        sent += 1
        await asyncio.sleep(max(0, began + sent / _RATE - time.monotonic()))
        if not told and sent > _RATE:
            os.kill(server.process.pid, signal.SIGHUP)
            told = True
        if told and not ends and not before & server.children():
            ends = time.monotonic() + 1
        assert sent < 120 * _RATE, "the processes are not replaced"
    await asyncio.gather(*asked)
    return answers


async def ask(port: int, session: str, answers: Counter[str]) -> None:
    """Ask once on a connection of its own, and count the status, or what went wrong."""
    request = (
        "GET /api/auth/check HTTP/1.1\r\nHost: localhost\r\n"
        f"Cookie: session={session}\r\nConnection: close\r\n\r\n"
    )
    try:
        async with asyncio.timeout(30):
            reading, writing = await asyncio.open_connection("127.0.0.1", port)
            writing.write(request.encode())
            answer = await reading.read()
            writing.close()
        answers[answer[9:12].decode() or "nothing"] += 1
    except (OSError, TimeoutError) as trouble:
        answers[type(trouble).__name__] += 1


@contextmanager
def nginx(folder: Path, behind: int) -> Iterator[int]:
    """Yield the port on which nginx serves what listens on `behind`."""
    port = free_port()
    with run(folder, _NGINX.format(port=port, behind=behind), port):
        yield port


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
