from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Malformed, Misuse, NotJson, Oversized, Rejected, Unknown
from dojang.wire import json
from dojang.wire.express import connect_redis, express_session
from dojang.wire.express.connect_redis import Delete, Expire, Layout, Put, Serializer
from dojang.wire.express.express_session import StoredCookie

NOW = 1_767_225_600_000
STORED = '{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"n":1}'


def session(expires: int | None = None) -> dict[str, object]:
    return express_session.join({"n": 1}, StoredCookie(expires=expires))


def test_the_example_of_the_reference_is_what_is_put() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "wire" / "connect-redis.md"
    put = Layout().put("abc", session(NOW + 1501), now=NOW)
    assert isinstance(put, Put)
    assert f"SET {put.key} {put.value} EX {put.ttl}\n" in page.read_text()


def test_a_session_is_put_under_prefix_and_id_for_a_day() -> None:
    assert Layout().put("abc", session(), now=NOW) == Put("sess:abc", STORED, 86_400)


@pytest.mark.parametrize(("left", "ttl"), [(1, 1), (999, 1), (1000, 1), (1001, 2), (60_000, 60)])
def test_what_is_left_of_the_cookie_counts_rounded_up(left: int, ttl: int) -> None:
    put = Layout(ttl=5).put("abc", session(NOW + left), now=NOW)
    assert isinstance(put, Put)
    assert put.ttl == ttl


@pytest.mark.parametrize("left", [0, -1, -999, -1000, -60_000])
def test_a_session_that_is_past_is_deleted_when_put_and_when_touched(left: int) -> None:
    assert Layout().put("abc", session(NOW + left), now=NOW) == Delete("sess:abc")
    assert Layout().touch("abc", session(NOW + left), now=NOW) == Delete("sess:abc")
    assert Layout(disable_ttl=True).put("abc", session(NOW + left), now=NOW) == Delete("sess:abc")


def test_a_touch_changes_the_life_and_never_the_value() -> None:
    """tj/connect-redis PR 285: a touch that wrote data lost what others had written."""
    assert Layout().touch("abc", session(NOW + 600_000), now=NOW) == Expire("sess:abc", 600)
    assert Layout(ttl=1234).touch("abc", session(), now=NOW) == Expire("sess:abc", 1234)


def test_a_touch_that_is_disabled_is_none() -> None:
    """tj/connect-redis#154: with disableTTL a touch gave the key an end."""
    for layout in (Layout(disable_touch=True), Layout(disable_ttl=True)):
        assert layout.touch("abc", session(NOW + 600_000), now=NOW) is None


def test_without_ttl_a_key_has_no_end() -> None:
    put = Layout(disable_ttl=True).put("abc", session(NOW + 600_000), now=NOW)
    assert put == Put("sess:abc", Layout().serializer.stringify(session(NOW + 600_000)), None)


def test_a_ttl_that_is_a_function_goes_before_the_cookie() -> None:
    layout = Layout(ttl=lambda found: 10 if found["n"] == 1 else 20)
    put = layout.put("abc", session(NOW + 600_000), now=NOW)
    assert isinstance(put, Put)
    assert put.ttl == 10
    assert Layout(ttl=lambda _: 0).put("abc", session(), now=NOW) == Delete("sess:abc")


def test_expires_may_be_unix_milliseconds() -> None:
    put = Layout().put("abc", {"cookie": {"expires": NOW + 50_000}}, now=NOW)
    assert isinstance(put, Put)
    assert put.ttl == 50


@pytest.mark.parametrize("expires", ["tomorrow", True, [], {}, 9e15, "2026-01-31"])
def test_an_expires_that_is_no_date_is_refused(expires: object) -> None:
    with pytest.raises(Malformed):
        Layout().put("abc", {"cookie": {"expires": expires}}, now=NOW)


@pytest.mark.parametrize("cookie", [{}, {"cookie": None}, {"cookie": {"expires": None}}])
def test_without_an_end_of_its_own_a_session_lives_for_the_ttl(cookie: dict[str, object]) -> None:
    put = Layout(ttl=7).put("abc", cookie, now=NOW)
    assert isinstance(put, Put)
    assert put.ttl == 7


def test_what_was_put_is_read_whatever_its_cookie_says() -> None:
    put = Layout().put("abc", session(NOW + 1), now=NOW)
    assert isinstance(put, Put)
    assert Layout().read(put.value) == session(NOW + 1)


def test_no_key_and_an_empty_value_are_no_session() -> None:
    for value in (None, ""):
        with pytest.raises(Unknown):
            Layout().read(value)


@given(st.text() | st.just("{}"))
def test_any_value_yields_a_session_or_a_rejection(value: str) -> None:
    try:
        session = Layout().read(value)
    except Rejected:
        return
    assert isinstance(session, dict)
    assert json.loads(value) == session


def test_a_serializer_of_ones_own_is_used_both_ways() -> None:
    turned = Serializer(
        lambda value: connect_redis.JSON.stringify(value)[::-1],
        lambda text: connect_redis.JSON.parse(text[::-1]),
    )
    layout = Layout(serializer=turned, prefix="p:")
    put = layout.put("abc", session(), now=NOW)
    assert put == Put("p:abc", STORED[::-1], 86_400)
    assert layout.read(STORED[::-1]) == session()
    with pytest.raises(Malformed):
        layout.read(STORED)


def test_a_serializer_that_fails_is_a_malformed_value() -> None:
    layout = Layout(serializer=Serializer(str, int))
    with pytest.raises(Malformed):
        layout.read("seven")


def test_data_that_are_no_json_are_refused() -> None:
    bad: dict[str, Any] = {"n": object()}
    with pytest.raises(NotJson):
        Layout().put("abc", bad, now=NOW)


@pytest.mark.parametrize("ttl", [0, -1])
def test_a_ttl_that_would_store_nothing_is_refused(ttl: int) -> None:
    with pytest.raises(Misuse, match="at least 1"):
        Layout(ttl=ttl)


@pytest.mark.parametrize("value", ['{"cookie":', "not json", "5", "null", "[]", '"text"'])
def test_a_corrupt_row_is_a_rejection_and_no_crash(value: str) -> None:
    """express-session: an error from bad session data was thrown where nobody caught it."""
    with pytest.raises(Malformed):
        Layout().read(value)


def test_an_id_of_any_text_stays_behind_the_prefix() -> None:
    """Django CVE-2011-4136: ids shared the key space of the application's own data."""
    for sid in ("", "app:config", "../x", "sess:abc", "\r\nDEL x"):
        assert Layout().key(sid) == "sess:" + sid


def test_ending_a_session_deletes_its_key() -> None:
    assert Layout(prefix="").delete("abc") == Delete("abc")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"cookie":1}', '{"cookie":{"expires":"soon"}}',
     '{"cookie":{"originalMaxAge":"x"}}', '{"cookie":{"originalMaxAge":9000000000000000}}',
     '{"cookie":{"path":7}}', '{"cookie":{"domain":[]}}', '{"cookie":{"sameSite":7}}',
     '{"cookie":{"priority":true}}'],
)  # fmt: skip
def test_a_stored_text_without_a_cookie_of_its_form_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        express_session.decode(text)


def test_what_was_decoded_is_encoded_again() -> None:
    odd = '{"cookie":{"originalMaxAge":1.5,"expires":1.5,"secure":5,"httpOnly":[]},"a":1}'
    data, cookie = express_session.decode(odd)
    assert (data, cookie.secure, cookie.http_only) == ({"a": 1}, True, True)
    assert express_session.encode(data, cookie) == (
        '{"cookie":{"originalMaxAge":1,"expires":"1970-01-01T00:00:00.001Z","secure":true,'
        '"httpOnly":true},"a":1}'
    )


def test_the_member_cookie_belongs_to_express_session() -> None:
    with pytest.raises(Malformed):
        express_session.encode({"cookie": 1}, StoredCookie())


@pytest.mark.parametrize("expires", [None, False, 0, ""])
def test_what_javascript_takes_for_false_is_no_end(expires: object) -> None:
    assert express_session.instant({"expires": expires}) is None


@pytest.mark.parametrize("expires", [True, [], "soon", 9_000_000_000_000_000, -9e15, 1e300])
def test_what_is_no_date_is_malformed(expires: object) -> None:
    with pytest.raises(Malformed):
        express_session.instant({"expires": expires})


@pytest.mark.parametrize("read", [express_session.decode, Layout().read])
def test_a_stored_text_longer_than_any_session_is_not_looked_at(
    read: Callable[[str], object],
) -> None:
    longest = '{"cookie":{}}'.ljust(express_session.MAX_STORED)
    read(longest)
    with pytest.raises(Oversized, match="at most 16777216 are looked at"):
        read(longest + " ")
