"""Each of the naughty strings goes through everything that writes and reads."""

import pytest

from dojang.errors import InvalidCookie, Rejected
from dojang.wire import cookies, signed_id
from dojang.wire.cookies import Cookie
from dojang.wire.express import cookie_parser, express_session
from dojang.wire.express.express_session import StoredCookie
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.iron.seal_data import seal_data, unseal_data
from dojang.wire.js import percent
from tests.wire.naughty import NAUGHTY

SECRET = "complex_password_at_least_32_characters_long"
KEY = b"keyboard cat"
NOW = 1_767_225_600_000


def test_the_whole_list_is_there() -> None:
    assert len(NAUGHTY) == 515


def test_they_are_sealed_as_values_and_as_names() -> None:
    seals = IronSeal(SECRET)
    for text in NAUGHTY:
        claims = {text: text, "list": [text]}
        sealed = seals.encode(claims, expires=None, now=NOW)
        assert seals.decode(sealed, now=NOW).claims == claims
        assert unseal_data(seal_data(text, SECRET, now=NOW), SECRET, now=NOW) == text


def test_they_are_signed_and_set_and_read_from_the_header_they_come_back_in() -> None:
    for text in NAUGHTY:
        line = Cookie().set(signed_id.to_cookie(text, key=KEY))
        (value,) = cookies.values(line.partition(";")[0], "__Host-session")
        assert signed_id.from_cookie(value, keys=[KEY]) == (text, 0)


def test_they_are_values_of_cookies_that_express_reads() -> None:
    for text in NAUGHTY:
        cookie = Cookie(name="text").set(cookie_parser.encode(text)).partition(";")[0]
        assert cookie_parser.read(cookie).plain == {"text": text}
        signed = cookie_parser.encode([text], key=KEY)
        assert cookie_parser.decode(signed, keys=[KEY]) == [text]


def test_they_are_stored_as_express_session_stores_them() -> None:
    for text in NAUGHTY:
        stored = express_session.encode({"text": text}, StoredCookie())
        assert express_session.decode(stored) == ({"text": text}, StoredCookie())


def test_as_they_are_they_are_values_of_cookies_or_refused() -> None:
    for text in NAUGHTY:
        try:
            line = Cookie(name="text").set(text)
        except InvalidCookie:
            assert percent.encode(text) != text
        else:
            assert cookies.values(line.partition(";")[0], "text") == [text]


def test_none_of_them_is_a_token_of_ours() -> None:
    for text in NAUGHTY:
        with pytest.raises(Rejected):
            IronSeal(SECRET).decode(text, now=NOW)
        with pytest.raises(Rejected):
            signed_id.from_cookie(text, keys=[KEY])
        with pytest.raises(Rejected):
            cookie_parser.decode(text, keys=[KEY])
