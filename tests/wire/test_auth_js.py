import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import (
    BadSignature,
    Expired,
    Malformed,
    NotJson,
    NotYetValid,
    Oversized,
    Rejected,
    UnknownKey,
    WeakSecret,
    WrongAlgorithm,
)
from dojang.wire import base64url, json
from dojang.wire.authjs import claims as stamps
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.encrypted_token import EncryptedToken
from dojang.wire.authjs.keys import auth_js_key, next_auth_key
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.jose import jwe
from tests.interop.auth_js import tokens_of
from tests.interop.values import plain
from tests.wire.auth_js_kit import (
    ADA,
    CLAIMS,
    NOW,
    OTHER,
    PUBLISHED_AUTH_JS,
    PUBLISHED_NEXT_AUTH,
    SALT,
    SECRET,
    both,
    cases,
)
from tests.wire.test_json import VALUES

REFERENCE = Path(__file__).parent.parent.parent / "docs" / "reference" / "wire"

EITHER = pytest.mark.parametrize("tokens", both(), ids=["next-auth 4", "Auth.js"])


def sealed(
    tokens: EncryptedToken, plaintext: bytes, header: dict[str, object] | None = None
) -> str:
    """Return an authentic token over any bytes."""
    keys = tokens._keys
    return jwe.encrypt(plaintext, header or keys.header, key=keys.writer.secret)


def test_the_keys_are_those_of_the_libraries() -> None:
    assert next_auth_key("secret").secret.hex() == (
        "9ab5058ebf5be88f82f4aee99d22cf8be7a34a4af1836299d0668f4d83020f5a"
    )
    assert next_auth_key("secret", "next-auth.state").secret.hex() == (
        "c01f89640026c3c617ec6a68dc377509d2c405289c116743082c17c9874371a7"
    )
    key = auth_js_key("secret", "authjs.session-token")
    assert key.secret.hex() == (
        "b1ef6cdd915c44c0a71232574a6a70546a5e16d12bb38df4638e3b96bdd32025"
        "131e90695ff072a9d148f1511c7a4981a85b63a628311da1fa7ccfc49c47c2bb"
    )
    assert key.id == (
        "7x9DUMVaEU6giab0l0OWDt4e4SsRH_cbwMof2EzEyy6onK5o8xSPPB799RVoqm2v6z674kQCv9jom2T8S-a1dQ"
    )
    assert auth_js_key("secret", SALT).secret.hex().startswith("0d8bf2d720367891")


def test_the_published_tokens_are_read_and_made_to_the_byte() -> None:
    old, new = NextAuthToken("secret"), AuthJsToken("secret", salt="authjs.session-token")
    assert old.read(PUBLISHED_NEXT_AUTH, now=NOW) == CLAIMS
    assert new.read(PUBLISHED_AUTH_JS, now=NOW) == CLAIMS
    for tokens, published, size in ((old, PUBLISHED_NEXT_AUTH, 12), (new, PUBLISHED_AUTH_JS, 16)):
        keys = tokens._keys
        text = json.dumps(CLAIMS).encode()
        made = jwe.encrypt(text, keys.header, key=keys.writer.secret, iv=bytes(size))
        assert made == published


@pytest.mark.parametrize(
    ("page", "published"),
    [("next-auth.md", PUBLISHED_NEXT_AUTH), ("auth-js.md", PUBLISHED_AUTH_JS)],
)
def test_the_reference_explains_the_published_token_to_the_byte(page: str, published: str) -> None:
    text = (REFERENCE / page).read_text()
    assert f"\n{published}\n" in text
    counts = [int(count) for count in re.findall(r"^\| .* \| (\d+) \| .* \|$", text, re.MULTILINE)]
    assert counts == [len(base64url.decode(part)) for part in published.split(".")]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["id"])
        for case in cases("decode", "read_cookie", "auth_session")
        if case["expect"] in {"ok", "expired"} and case["version"] != "0.18.6" and "result" in case
    ],
)
def test_a_token_of_the_real_library_is_written_to_the_byte(case: dict[str, Any]) -> None:
    tokens, parts = tokens_of(case), case["wire"].split(".")
    opened = jwe.decrypt(case["wire"], tokens._keys.choose)
    issued = case["written_at"]
    claims = stamps.stamped(
        plain(case["payload"]),
        issued=issued,
        expires=issued + case["options"].get("maxAge", stamps.DEFAULT_MAX_AGE),
        id=json.loads_object(opened.plaintext)["jti"],
    )
    # Of several secrets the one that wrote it may no longer be the first.
    header = tokens._keys.header if opened.key == tokens._keys.writer.secret else opened.header
    text, iv = json.dumps(claims).encode(), base64url.decode(parts[2])
    assert jwe.encrypt(text, header, key=opened.key, iv=iv) == case["wire"]


@EITHER
def test_a_format_keeps_time_beside_the_claims_and_writes_it_behind_them(
    tokens: EncryptedToken,
) -> None:
    text = tokens.encode(ADA, expires=NOW + 60_999, now=NOW + 1)
    opened = tokens.decode(text, now=NOW)
    assert (opened.claims, opened.expires, opened.newest) == (ADA, NOW + 60_000, True)
    token = tokens.read(text, now=NOW)
    assert [*token] == ["name", "email", "picture", "sub", "iat", "exp", "jti"]
    assert (token["iat"], token["exp"]) == (NOW // 1000, NOW // 1000 + 60)
    again = tokens.read(tokens.encode(opened.claims, expires=None, now=NOW), now=NOW)
    assert [*again] == ["name", "email", "picture", "sub", "iat", "jti"]


@EITHER
def test_a_token_keeps_the_places_of_its_times_when_it_is_written_again(
    tokens: EncryptedToken,
) -> None:
    first = {"sub": "1", "iat": 1, "exp": 2, "jti": "mine", "role": "admin", "nbf": 1}
    token = tokens.read(tokens.write(first, max_age=60, now=NOW), now=NOW)
    assert [*token] == [*first]
    assert (token["iat"], token["exp"]) == (NOW // 1000, NOW // 1000 + 60)
    assert (token["role"], token["nbf"]) == ("admin", 1)
    assert tokens.decode(tokens.write(token, now=NOW), now=NOW).claims == {
        "sub": "1", "role": "admin", "nbf": 1,
    }  # fmt: skip


@EITHER
def test_every_token_has_a_name_and_an_iv_of_its_own(tokens: EncryptedToken) -> None:
    """Beaker CVE-2012-3458: encryption without an IV."""
    texts = [tokens.write(ADA, now=NOW) for _ in range(100)]
    names = {tokens.read(text, now=NOW)["jti"] for text in texts}
    assert len(names) == len({text.split(".")[2] for text in texts}) == 100
    version_4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(version_4, name) for name in names)


@EITHER
@given(claims=st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_was_written_comes_back(tokens: EncryptedToken, claims: dict[str, Any]) -> None:
    try:
        text = tokens.encode(claims, expires=NOW + 1_000, now=NOW)
    except NotJson:
        return
    own = {name: claims[name] for name in claims if name not in {"iat", "exp", "jti"}}
    if own.get("nbf", 0) > NOW // 1000:
        return
    opened = tokens.decode(text, now=NOW)
    assert json.dumps(opened.claims) == json.dumps(own)


@EITHER
@pytest.mark.parametrize("value", [None, "1", True, [], {}])
def test_a_beginning_that_is_no_number_is_not_written(tokens: EncryptedToken, value: Any) -> None:
    with pytest.raises(NotJson, match="nbf is the time from which a token is good"):
        tokens.encode({"nbf": value}, expires=None, now=NOW)


@EITHER
@given(text=st.text())
def test_any_text_yields_a_rejection(tokens: EncryptedToken, text: str) -> None:
    with pytest.raises(Rejected):
        tokens.decode(text, now=NOW)


@EITHER
@given(parts=st.lists(st.text(alphabet="AZaz09-_=+/ é"), min_size=4, max_size=5))
def test_text_that_looks_like_a_token_yields_a_rejection(
    tokens: EncryptedToken, parts: list[str]
) -> None:
    good = tokens.write(ADA, now=NOW).split(".")
    for text in (".".join(parts), ".".join([good[0], "", *parts[-3:]])):
        with pytest.raises(Rejected):
            tokens.decode(text, now=NOW)


HEADERS = st.fixed_dictionaries(
    {"alg": st.sampled_from(["dir", "none", "A256KW", "RSA1_5", "", None, 1])},
    optional={
        "enc": st.sampled_from(["A256GCM", "A256CBC-HS512", "A128CBC-HS256", "", None, 1, []]),
        "kid": st.one_of(st.text(), st.none(), st.integers(0, 9), st.lists(st.none())),
        "zip": st.just("DEF"),
        "crit": st.just(["exp"]),
    },
)


@EITHER
@given(header=HEADERS)
def test_any_header_yields_a_rejection(tokens: EncryptedToken, header: dict[str, Any]) -> None:
    written, _, *rest = tokens.write(ADA, now=NOW).split(".")
    head = base64url.encode(json.dumps(header).encode())
    if head == written:
        return
    with pytest.raises(Rejected):
        tokens.decode(".".join([head, "", *rest]), now=NOW)


@EITHER
def test_no_single_changed_character_is_accepted(tokens: EncryptedToken) -> None:
    good = tokens.write({"sub": "1"}, now=NOW)
    for place in range(len(good)):
        for other in "AQgw0-_.=":
            changed = good[:place] + other + good[place + 1 :]
            if changed != good:
                with pytest.raises(Rejected):
                    tokens.read(changed, now=NOW)


@EITHER
def test_no_shortened_or_lengthened_token_is_accepted(tokens: EncryptedToken) -> None:
    good = tokens.write({"sub": "1"}, now=NOW)
    for size in range(len(good)):
        with pytest.raises(Rejected):
            tokens.read(good[:size], now=NOW)
    for more in (".", "A", "=", " ", "\n", "."):
        for text in (good + more, more + good):
            with pytest.raises(Rejected):
                tokens.read(text, now=NOW)


@EITHER
def test_no_parts_change_places_within_a_token_or_between_two(tokens: EncryptedToken) -> None:
    good = tokens.write({"sub": "1"}, now=NOW).split(".")
    other = tokens.write({"sub": "2"}, now=NOW).split(".")
    for order in itertools.permutations(good):
        if [*order] != good:
            with pytest.raises(Rejected):
                tokens.read(".".join(order), now=NOW)
    for place in (2, 3, 4):
        with pytest.raises(BadSignature):
            tokens.read(".".join([*good[:place], other[place], *good[place + 1 :]]), now=NOW)


@EITHER
@pytest.mark.parametrize(
    "plaintext", [b"", b"[]", b"1", b"null", b"{", b"\xff", b'{"a":1,"a":2}', b"[" * 100_000]
)
def test_an_authentic_token_over_something_else_is_malformed(
    tokens: EncryptedToken, plaintext: bytes
) -> None:
    with pytest.raises((Malformed, Oversized)):
        tokens.decode(sealed(tokens, plaintext), now=NOW)


@EITHER
@pytest.mark.parametrize("name", ["iat", "nbf", "exp"])
@pytest.mark.parametrize("value", ['"1"', "null", "true", "[]", "{}"])
def test_a_time_that_is_no_number_is_malformed(
    tokens: EncryptedToken, name: str, value: str
) -> None:
    text = sealed(tokens, f'{{"{name}":{value}}}'.encode())
    with pytest.raises(Malformed, match=name):
        tokens.read(text, now=NOW)


@EITHER
def test_an_end_beyond_any_date_is_malformed(tokens: EncryptedToken) -> None:
    text = sealed(tokens, b'{"exp":1e300}')
    with pytest.raises(Malformed, match="exp"):
        tokens.decode(text, now=NOW)


@EITHER
def test_a_token_is_good_until_15_seconds_after_its_end(tokens: EncryptedToken) -> None:
    """aiohttp-session CVE-2018-1000814: an encrypted cookie without an end."""
    text = tokens.write({}, max_age=60, now=NOW)
    tokens.read(text, now=NOW + 74_999)
    with pytest.raises(Expired):
        tokens.read(text, now=NOW + 75_000)


@EITHER
def test_a_token_is_good_from_15_seconds_before_its_time(tokens: EncryptedToken) -> None:
    text = tokens.write({"nbf": NOW // 1000 + 60}, now=NOW)
    tokens.read(text, now=NOW + 45_000)
    with pytest.raises(NotYetValid):
        tokens.read(text, now=NOW + 44_999)


@EITHER
def test_an_oversized_token_is_refused_before_anything_is_decoded(tokens: EncryptedToken) -> None:
    """Authlib CVE-2025-61920: segments of any size."""
    with pytest.raises(Oversized):
        tokens.decode("x" * (tokens.limit + 1), now=NOW)
    with pytest.raises(Malformed):
        tokens.decode("x" * tokens.limit, now=NOW)


@pytest.mark.parametrize("salt", ["next-auth.state", "__Secure-next-auth.pkce.code_verifier"])
def test_the_token_of_a_sign_in_under_way_is_no_session_in_next_auth(salt: str) -> None:
    """next-auth CVE-2023-48309: the cookies of state, PKCE and nonce were taken for sessions."""
    under_way = NextAuthToken(SECRET, salt=salt).write({"value": "x", "sub": "1"}, now=NOW)
    with pytest.raises(BadSignature):
        NextAuthToken(SECRET).read(under_way, now=NOW)


@pytest.mark.parametrize("salt", ["__Secure-authjs.state", "encodedState", "authjs.session-token"])
def test_the_token_of_another_cookie_is_no_session_in_auth_js(salt: str) -> None:
    """next-auth CVE-2023-48309, in the next version: the name of the cookie is in the key."""
    under_way = AuthJsToken(SECRET, salt=salt).write({"value": "x", "sub": "1"}, now=NOW)
    with pytest.raises(UnknownKey):
        AuthJsToken(SECRET, salt=SALT).read(under_way, now=NOW)


def test_neither_version_reads_the_other() -> None:
    old, new = both()
    with pytest.raises(WrongAlgorithm):
        old.read(new.write(ADA, now=NOW), now=NOW)
    with pytest.raises(BadSignature):
        new.read(old.write(ADA, now=NOW), now=NOW)


def test_of_several_secrets_the_first_encrypts_and_the_kid_chooses() -> None:
    old = AuthJsToken(OTHER, salt=SALT)
    rotated = AuthJsToken([SECRET, OTHER], salt=SALT)
    opened = rotated.decode(old.encode(ADA, expires=None, now=NOW), now=NOW)
    assert (opened.claims, opened.newest) == (ADA, False)
    fresh = rotated.encode(ADA, expires=None, now=NOW)
    assert rotated.decode(fresh, now=NOW).newest
    assert AuthJsToken(SECRET, salt=SALT).decode(fresh, now=NOW).claims == ADA
    with pytest.raises(UnknownKey):
        old.decode(fresh, now=NOW)


def test_without_a_kid_only_the_first_secret_is_tried_and_a_new_token_is_due() -> None:
    key = auth_js_key(SECRET, SALT, "A256GCM")
    text = jwe.encrypt(b'{"sub":"1"}', {"alg": "dir", "enc": "A256GCM"}, key=key.secret)
    opened = AuthJsToken([SECRET, OTHER], salt=SALT).decode(text, now=NOW)
    assert (opened.claims, opened.newest) == ({"sub": "1"}, False)
    with pytest.raises(BadSignature):
        AuthJsToken([OTHER, SECRET], salt=SALT).decode(text, now=NOW)


@given(header=HEADERS)
def test_one_text_meets_one_key_at_most(header: dict[str, Any]) -> None:
    """AES-GCM does not commit to its key: one text may be good under two, and an oracle."""
    several = AuthJsToken([SECRET, OTHER, SECRET], salt=SALT)
    own = several._keys.writer.id
    for asked in (header, {**header, "kid": own}):
        for tokens in (NextAuthToken(SECRET), several):
            try:
                assert len(tokens._keys.choose(asked)) <= 1
            except WrongAlgorithm:
                continue


@pytest.mark.parametrize("secret", ["", [], ["", SECRET], [SECRET, ""]])
def test_an_empty_secret_is_refused(secret: Any) -> None:
    with pytest.raises(WeakSecret):
        AuthJsToken(secret, salt=SALT)
    if isinstance(secret, str):
        with pytest.raises(WeakSecret):
            NextAuthToken(secret)


@EITHER
def test_no_error_and_no_repr_shows_the_secret_or_the_token(tokens: EncryptedToken) -> None:
    foreign = [NextAuthToken(OTHER), AuthJsToken(OTHER, salt=SALT)]
    for made in (theirs.write({"token": "hush"}, now=NOW) for theirs in foreign):
        with pytest.raises(Rejected) as caught:
            tokens.read(made, now=NOW)
        assert not any(part and part in str(caught.value) for part in made.split("."))
    key = tokens._keys.writer
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)
