"""Mail that a request brings about is sent once the request was answered."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dojang.auth.mail import Mail, Write
from dojang.auth.mails import sign_in_code
from dojang.errors import Unavailable
from dojang.server.post import language_for, post
from tests.cli.kit import free_port
from tests.server.kit import app_in, browser
from tests.smtp import Box, serving

TO = "ada@example.org"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def mail(box: Box) -> Iterator[dict[str, Any]]:
    with serving(box) as port:
        yield settings(port)


def settings(port: int) -> dict[str, Any]:
    return {
        "mail_host": "127.0.0.1",
        "mail_port": port,
        "mail_security": "none",
        "mail_sender": "no-reply@login.example.org",
    }


def posting(bare: Path, write: Callable[[Request], Write], **settings: Any) -> tuple[Any, Any]:
    """Return a server with an address that sends a mail, and its log."""
    log = io.StringIO()
    app: Starlette = app_in(bare / "var", log=log, **settings)

    async def handler(request: Request) -> Response:
        post(request, "sign-in-code", write(request), to=TO)
        return PlainTextResponse("sent, if there is such an account")

    app.router.routes.insert(0, Route("/post", handler))
    return browser(app), log


def code(request: Request) -> Write:
    async def written() -> Mail:
        url = "https://login.example.org"
        language = language_for(request)
        return sign_in_code(language=language, to=TO, url=url, code="123456", minutes=10)

    return written


@pytest.mark.parametrize(
    ("accepted", "said"), [("ko-KR,ko;q=0.9,en;q=0.8", "로그인 인증 코드"), ("en", "Your code for")]
)
def test_a_mail_is_in_the_language_of_the_browser(
    bare: Path, box: Box, mail: dict[str, Any], accepted: str, said: str
) -> None:
    client, _ = posting(bare, code, **mail)
    assert client.get("/post", headers={"accept-language": accepted}).status_code == 200
    assert said in box.last()["Subject"]
    assert (box.last()["To"], box.last()["From"]) == (TO, "no-reply@login.example.org")


def test_nobody_waits_for_it_and_nobody_learns_of_trouble(bare: Path) -> None:
    client, log = posting(bare, code, **settings(free_port()))
    answer = client.get("/post")
    assert (answer.status_code, answer.text) == (200, "sent, if there is such an account")
    assert "mail-not-sent" in log.getvalue()
    assert TO not in log.getvalue()
    assert "123456" not in log.getvalue()


def test_what_breaks_afterwards_is_in_the_log_alone(
    bare: Path, box: Box, mail: dict[str, Any]
) -> None:
    def broken(request: Request) -> Write:
        del request

        async def written() -> Mail:
            raise RuntimeError("planted")

        return written

    client, log = posting(bare, broken, **mail)
    assert client.get("/post").status_code == 200
    assert "failed afterwards" in log.getvalue()
    assert box.envelopes == []


@pytest.mark.parametrize("trouble", [None, Unavailable("no database")])
def test_whoever_writes_may_send_none(
    bare: Path, box: Box, mail: dict[str, Any], trouble: Unavailable | None
) -> None:
    def nothing(request: Request) -> Write:
        del request

        async def written() -> Mail | None:
            if trouble:
                raise trouble
            return None

        return written

    client, log = posting(bare, nothing, **mail)
    assert client.get("/post").status_code == 200
    assert box.envelopes == []
    assert ("mail-not-sent" in log.getvalue()) == bool(trouble)


def test_without_a_mail_server_nothing_is_written(bare: Path) -> None:
    def never(request: Request) -> Write:
        del request

        async def written() -> Mail | None:
            raise AssertionError("nobody may ask for it")

        return written

    client, log = posting(bare, never)
    assert client.get("/post").status_code == 200
    assert "failed" not in log.getvalue()


def test_nobody_gets_more_than_six_of_a_kind_in_an_hour(
    bare: Path, box: Box, mail: dict[str, Any]
) -> None:
    client, log = posting(bare, code, **mail)
    for _ in range(8):
        assert client.get("/post").status_code == 200
    assert len(box.envelopes) == 6
    assert log.getvalue().count("mail-not-sent") == 2


def test_a_mail_is_written_some_time_after_the_answer(
    bare: Path, box: Box, mail: dict[str, Any]
) -> None:
    client, log = posting(bare, code, **mail, mail_spread=0.01)
    assert client.get("/post").status_code == 200
    lines = [line for line in log.getvalue().splitlines() if "answered" in line or "mail-" in line]
    assert ["answered" in line for line in lines] == [True, False]
    assert box.last()["To"] == TO
