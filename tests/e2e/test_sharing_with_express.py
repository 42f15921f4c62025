"""The cookie of an Express front, over HTTP: read, written, and never believed unsigned."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from dojang.errors import BadSignature
from dojang.wire import cookies, signed_id
from tests.e2e.running import node_server

OLDER, NEWER = "the secret that was in use before", "the secret that is in use now"
NAME = "connect.sid"


@pytest.fixture(scope="module", params=[4, 5])
def express(request: pytest.FixtureRequest) -> Iterator[str]:
    options = {"express": request.param, "name": NAME}
    with node_server("express_server", secret=[NEWER, OLDER], **options) as url:
        yield url


def sign_in(url: str) -> tuple[str, dict[str, Any]]:
    """Return the value of the cookie, and what the front says."""
    answer = httpx2.post(f"{url}/login", json={"id": 7})
    line = answer.headers["set-cookie"]
    (value,) = cookies.values(line.partition(";")[0], NAME)
    return value, answer.json()


def look(url: str, value: str) -> Any:
    return httpx2.get(url, headers={"cookie": f"{NAME}={value}"}).json()


def test_its_cookie_is_read_and_written_to_the_letter(express: str) -> None:
    value, said = sign_in(express)
    keys = [NEWER.encode(), OLDER.encode()]
    assert signed_id.from_cookie(value, keys=keys) == (said["id"], 0)
    assert signed_id.to_cookie(said["id"], key=NEWER.encode()) == value
    with pytest.raises(BadSignature):
        signed_id.from_cookie(value, keys=[b"the secret of somebody else"])


@pytest.mark.parametrize("secret", [NEWER, OLDER])
def test_an_id_that_we_sign_is_signed_in_there(express: str, secret: str) -> None:
    _, said = sign_in(express)
    value = signed_id.to_cookie(said["id"], key=secret.encode())
    assert look(express, value) == {"id": said["id"], "user": 7}


def test_an_id_that_somebody_else_signed_is_nobody_there_too(express: str) -> None:
    _, said = sign_in(express)
    shown = look(express, signed_id.to_cookie(said["id"], key=b"the secret of somebody else"))
    assert shown["id"] != said["id"]
    assert shown["user"] is None
