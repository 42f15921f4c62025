"""Over https it is the same, with a cookie that goes by https alone."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.e2e.proxied import DOMAIN, LOGIN, Proxied, proxied
from tests.e2e.test_forward_auth import NAVIGATING


@pytest.fixture(scope="module", params=["nginx", "caddy", "caddy of Debian"])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    with proxied(request.param, tmp_path_factory.mktemp("proxied"), scheme="https") as both:
        yield both


def test_a_person_signs_in_on_the_way_and_arrives(both: Proxied) -> None:
    login = f"{LOGIN}:{both.port}"
    both.sign_up("grace")
    away = both.ask("/deep?x=1", *NAVIGATING)
    back = quote(f"{both.app}/deep?x=1", safe="")
    assert (away.status, away.header("location")) == (302, f"{both.login}/onward?rd={back}")
    onward = f"/onward?rd={back}"
    signed_in = both.ask(
        "/sign-in",
        ("Origin", both.login),
        ("Content-Type", "application/x-www-form-urlencoded"),
        host=login,
        method="POST",
        body=f"login=grace&password=correct+horse+battery&next={quote(onward, safe='')}".encode(),
    )
    assert (signed_in.status, signed_in.header("location")) == (303, onward)
    cookie = signed_in.header("set-cookie") or ""
    assert cookie.startswith("__Secure-session=")
    assert f"; Domain={DOMAIN};" in cookie
    own = ("Cookie", f"a=1; {cookie.partition(';')[0]}")
    assert f'url={both.app}/deep?x=1"'.encode() in both.ask(onward, own, host=login).body
    arrived = both.ask("/deep?x=1", own)
    assert (arrived.status, arrived.seen["remote-user"]) == (200, ["grace"])
    assert arrived.seen["x-forwarded-proto"] == ["https"]
    assert "".join(arrived.seen["cookie"]) == "a=1"
