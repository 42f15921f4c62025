from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request as StarletteRequest

from dojang import auth_js, next_auth
from dojang.errors import (
    BadSignature,
    Expired,
    InvalidCookie,
    Malformed,
    Missing,
    Oversized,
    Rejected,
    UnknownKey,
)
from tests.wire.auth_js_kit import ADA, NOW, OTHER, SALT, SECRET, Request

NAME = "__Secure-next-auth.session-token"


@dataclass(frozen=True)
class Version:
    """One version of the library: its face, the name of its cookie, how it salts its tokens."""

    face: Any
    name: str
    salted: dict[str, str]

    def get(self, headers: dict[str, str], **options: Any) -> dict[str, Any]:
        token: dict[str, Any] = self.face.get_token(Request(headers), SECRET, now=NOW, **options)
        return token

    def encode(self, token: dict[str, Any], *, now: int = NOW) -> str:
        text: str = self.face.encode(token, SECRET, now=now, **self.salted)
        return text

    @cached_property
    def text(self) -> str:
        return self.encode(ADA)


OLD = Version(next_auth, NAME, {})
NEW = Version(auth_js, SALT, {"salt": SALT})
EITHER = pytest.mark.parametrize("version", [OLD, NEW], ids=["next-auth 4", "Auth.js"])


@EITHER
def test_the_token_comes_from_the_cookie_with_its_times(version: Version) -> None:
    token = version.get({"Cookie": f"theme=dark; {version.name}={version.text}"})
    assert {key: token[key] for key in ADA} == ADA
    assert (token["iat"], token["exp"]) == (NOW // 1000, NOW // 1000 + 30 * 24 * 3600)


@EITHER
@pytest.mark.parametrize("spelled", ['"{}"', "%65{}"])
def test_a_cookie_that_neither_library_nor_browser_writes_is_malformed(
    version: Version, spelled: str
) -> None:
    """Next.js unquotes and decodes before the library looks: a second spelling, declared."""
    text = version.text[1:] if spelled.startswith("%") else version.text
    with pytest.raises(Malformed):
        version.get({"Cookie": f"{version.name}={spelled.format(text)}"})


@EITHER
def test_the_token_comes_from_pieces_in_any_order(version: Version) -> None:
    pieces = [f"{version.name}.{index}={version.text[index * 40 :][:40]}" for index in range(12)]
    pieces[-1] += version.text[480:]
    assert version.get({"cookie": "; ".join(reversed(pieces))})["sub"] == "1"


@EITHER
def test_cookies_may_come_in_several_headers(version: Version) -> None:
    """HTTP/2 lets a browser send each cookie in a header of its own (RFC 9113 8.2.3)."""
    pairs = [(b"cookie", b"a=b"), (b"cookie", f"{version.name}={version.text}".encode())]
    request = StarletteRequest({"type": "http", "headers": pairs})
    assert version.face.get_token(request, SECRET, now=NOW)["sub"] == "1"


@EITHER
def test_without_a_cookie_a_bearer_token_counts_and_may_be_percent_encoded(
    version: Version,
) -> None:
    bearer = {"authorization": f"Bearer {version.text}"}
    spelled = {"authorization": f"Bearer {version.text.replace('.', '%2E')}"}
    for headers in (bearer, spelled, {**bearer, "cookie": f"{version.name}="}):
        assert version.get(headers)["sub"] == "1"
    with pytest.raises(Rejected):
        version.get({**bearer, "cookie": f"{version.name}=broken"})


@EITHER
def test_without_either_the_reason_is_that_it_is_missing(version: Version) -> None:
    for headers in ({}, {"cookie": "a=b"}, {"authorization": f"Basic {version.text}"}):
        with pytest.raises(Missing, match=f"neither a cookie {version.name} nor a bearer token"):
            version.get(headers)


@EITHER
def test_a_cookie_under_the_name_without_https_is_missing_and_the_error_says_what_to_write(
    version: Version,
) -> None:
    plain = version.name.removeprefix("__Secure-")
    with pytest.raises(Missing, match=r"came, but .*: write secure_cookie=False"):
        version.get({"cookie": f"{plain}.0={version.text}"})
    with pytest.raises(Missing, match=r"came, but .*: write secure_cookie=True"):
        version.get({"cookie": f"{version.name}={version.text}"}, secure_cookie=False)


def test_without_https_the_names_have_no_prefix() -> None:
    assert OLD.get({"cookie": f"next-auth.session-token={OLD.text}"}, secure_cookie=False)
    salted = auth_js.encode(ADA, SECRET, salt="authjs.session-token", now=NOW)
    assert NEW.get({"cookie": f"authjs.session-token={salted}"}, secure_cookie=False)


def test_a_front_may_have_a_name_of_its_own_which_is_a_salt_in_auth_js() -> None:
    assert OLD.get({"cookie": f"login={OLD.text}"}, cookie_name="login")
    with pytest.raises(UnknownKey):
        NEW.get({"cookie": f"login={NEW.text}"}, cookie_name="login")
    assert NEW.get({"cookie": f"login={NEW.text}"}, cookie_name="login", salt=SALT)
    own = auth_js.encode(ADA, SECRET, salt="login", now=NOW)
    assert NEW.get({"cookie": f"login={own}"}, cookie_name="login")
    with pytest.raises(InvalidCookie):
        NEW.get({}, cookie_name="no name")


def test_of_several_secrets_of_auth_js_the_kid_chooses() -> None:
    request = Request({"cookie": f"{SALT}={NEW.text}"})
    assert auth_js.get_token(request, [OTHER, SECRET], now=NOW)["sub"] == "1"
    with pytest.raises(UnknownKey):
        auth_js.get_token(request, OTHER, now=NOW)
    with pytest.raises(BadSignature):
        next_auth.get_token(Request({"cookie": f"{NAME}={OLD.text}"}), OTHER, now=NOW)


@EITHER
def test_the_reason_is_told(version: Version) -> None:
    changed = version.text[:-2] + ("AA" if version.text[-2:] != "AA" else "QA")
    for value, reason in ((changed, BadSignature), ("x", Malformed), ("x" * 63_000, Oversized)):
        with pytest.raises(reason):
            version.get({"cookie": f"{version.name}={value}"})
    ended = version.encode(ADA, now=0)
    with pytest.raises(Expired):
        version.face.get_token(Request({"cookie": f"{version.name}={ended}"}), SECRET)


@EITHER
def test_of_two_cookies_the_good_one_counts_and_of_two_good_ones_the_newest(
    version: Version,
) -> None:
    name, text, older = version.name, version.text, version.encode({"sub": "2"}, now=NOW - 9_000)
    for first, second in ((text, older), (older, text), ("x", text), (text, "x")):
        assert version.get({"cookie": f"{name}={first}; {name}={second}"})["sub"] == "1"
    assert version.get(
        {"cookie": f"{name}=W; {name}-x=Z; {name}.1={text[9:]}; {name}.0={text[:9]}"}
    )


@EITHER
def test_no_more_than_eight_cookies_of_one_name_are_looked_at(version: Version) -> None:
    assert version.get({"cookie": f"{version.name}=x; " * 7 + f"{version.name}={version.text}"})
    with pytest.raises(Malformed):
        version.get({"cookie": f"{version.name}=x; " * 8 + f"{version.name}={version.text}"})


@EITHER
@pytest.mark.parametrize(
    "value",
    ["Bearer", "Bearer ", "Bearer  x", "Bearer %", "Bearer %zz", "Bearer %ff", "Bearer %E0%A4%A"],
)
def test_a_malformed_authorization_is_a_reason_and_never_a_crash(
    version: Version, value: str
) -> None:
    """GHSA-xmf8-cvqr-rfgj (next-auth): getToken threw on a malformed Authorization."""
    with pytest.raises((Malformed, Missing)):
        version.get({"authorization": value})


@EITHER
@given(value=st.text())
def test_any_header_is_a_reason_and_never_a_crash(version: Version, value: str) -> None:
    headers: list[dict[str, str]] = [
        {"authorization": value},
        {"authorization": f"Bearer {value}"},
        {"authorization": f"Bearer {version.text[:50]}{value}"},
        {"cookie": value},
        {"cookie": f"{version.name}={value}; {version.name}.0={value}; {version.name}.2={value}"},
    ]
    for each in headers:
        with pytest.raises(Rejected):
            version.get(each)


@EITHER
def test_a_long_authorization_is_not_decoded(version: Version) -> None:
    with pytest.raises(Oversized):
        version.get({"authorization": "Bearer " + "%41" * 40_000})


def test_encode_and_decode_are_inverse_and_know_the_time() -> None:
    old = next_auth.encode(ADA, SECRET, max_age=60)
    new = auth_js.encode(ADA, [SECRET, OTHER], salt="login", max_age=60)
    for token in (next_auth.decode(old, SECRET), auth_js.decode(new, SECRET, salt="login")):
        assert {key: token[key] for key in ADA} == ADA
        assert token["exp"] - token["iat"] == 60
    salted = next_auth.encode(ADA, SECRET, salt="next-auth.state")
    assert next_auth.decode(salted, SECRET, salt="next-auth.state")["sub"] == "1"
    with pytest.raises(BadSignature):
        next_auth.decode(salted, SECRET)
