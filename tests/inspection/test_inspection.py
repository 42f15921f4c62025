"""Which format a text is in, what can be read of it, and which secret made it."""

from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.inspection import Opening, identify, open_with, token_in, weaknesses
from dojang.wire import signed_id
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.django.cookie import DjangoCookie
from dojang.wire.format import Format
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.itsdangerous.flask import FlaskCookie
from dojang.wire.itsdangerous.starlette import StarletteCookie
from dojang.wire.jose import jsonwebtoken
from dojang.wire.keyring import Keyring

NOW = 1_790_000_000_000
HOUR = 3_600_000
RIGHT = "a secret that made these tokens, long enough"
WRONG = "a secret that made none of them, long enough"
CLAIMS = {"user": {"id": 7}}
NAME = "__Secure-authjs.session-token"

MAKERS: dict[str, Callable[[int], str]] = {
    "iron-session": lambda end: IronSeal(RIGHT).encode(CLAIMS, expires=end, now=NOW),
    "auth-js": lambda end: AuthJsToken(RIGHT, salt=NAME).encode(CLAIMS, expires=end, now=NOW),
    "next-auth": lambda end: NextAuthToken(RIGHT).encode(CLAIMS, expires=end, now=NOW),
    "jwt": lambda end: jsonwebtoken.sign(
        {**CLAIMS, "exp": end // 1000}, jsonwebtoken.key(RIGHT), now=NOW
    ),
}


def inspected(text: str, *secrets: str, now: int = NOW) -> Opening:
    token = token_in(text)
    guess = identify(token.text)
    assert guess is not None
    return open_with(token, guess, secrets, now=now)


@pytest.mark.parametrize(
    ("kind", "format", "maker"),
    [
        ("itsdangerous", FlaskCookie(RIGHT), "Flask"),
        ("itsdangerous", StarletteCookie(RIGHT), "Starlette"),
        ("django", DjangoCookie(RIGHT), "Django"),
    ],
)
def test_what_python_signed_is_opened_at_any_age_and_says_who_made_it_when(
    kind: str, format: Format, maker: str
) -> None:
    text = format.encode(CLAIMS, expires=None, now=NOW)
    guess = identify(text)
    assert guess is not None
    assert guess.kind == kind
    for now in (NOW - HOUR, NOW, NOW + 10_000 * HOUR):
        found = inspected(text, WRONG, RIGHT, now=now)
        assert (found.secret, found.payload, found.refused) == (2, CLAIMS, None)
        assert found.note == f"signed as {maker} does, at 2026-09-21T14:13:20.000Z"


@pytest.mark.parametrize("kind", MAKERS)
def test_each_format_is_known_and_opened_by_the_secret_that_made_it(kind: str) -> None:
    text = MAKERS[kind](NOW + HOUR)
    guess = identify(text)
    assert guess is not None
    assert guess.kind == kind
    found = inspected(text, WRONG, RIGHT)
    assert (found.secret, found.refused) == (2, None)
    assert isinstance(found.payload, dict)
    assert found.payload["user"] == {"id": 7}


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_over_is_opened_all_the_same_and_not_accepted(kind: str) -> None:
    found = inspected(MAKERS[kind](NOW + HOUR), RIGHT, now=NOW + 3 * HOUR)
    assert found.secret == 1
    assert found.refused
    assert found.refused.code == "expired"
    assert isinstance(found.payload, dict)


@pytest.mark.parametrize("kind", MAKERS)
def test_no_other_secret_opens_it(kind: str) -> None:
    found = inspected(MAKERS[kind](NOW + HOUR), WRONG)
    assert (found.secret, found.payload) == (None, None)
    assert found.refused
    assert found.refused.code in {"bad-signature", "unknown-key"}


def test_a_seal_of_dojang_itself_is_opened_with_its_secret() -> None:
    seal = IronSeal(list(Keyring(RIGHT).derive("sealed-session")))
    found = inspected(seal.encode(CLAIMS, expires=None, now=NOW), RIGHT)
    assert (found.secret, found.payload) == (1, CLAIMS)


@pytest.mark.parametrize(
    ("key", "note"),
    [
        (RIGHT.encode(), "signed as express-session does"),
        (Keyring(RIGHT).derive("session-id").newest, "signed as dojang does"),
    ],
)
def test_a_signed_id_is_known_and_never_shown(key: bytes, note: str) -> None:
    text = signed_id.to_cookie("the-id-itself-which-is-a-secret", key=key)
    found = inspected(f"Cookie: connect.sid={text}; theme=dark", WRONG, RIGHT)
    assert (found.secret, found.note, found.payload) == (2, note, None)
    assert "the-id-itself" not in repr((found, identify(token_in(text).text)))


def test_the_end_of_a_seal_and_of_a_jwt_can_be_read_without_a_key() -> None:
    for kind in ("iron-session", "jwt"):
        guess = identify(MAKERS[kind](NOW + HOUR))
        assert guess is not None
        assert guess.expires == NOW + HOUR


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        ("Set-Cookie: app={}; Path=/; Secure", "app"),
        ("cookie: theme=dark; app={}", "app"),
        ("app={}", "app"),
        ("Authorization: Bearer {}", ""),
        ("  {}\n", ""),
        ('"{}"', ""),
    ],
)
def test_a_token_is_found_in_what_was_pasted(pasted: str, name: str) -> None:
    text = MAKERS["iron-session"](NOW + HOUR)
    token = token_in(pasted.format(text))
    assert (token.text, token.name) == (text, name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("eyJhIjoxfQ.aRqzsA.5R0pQ9cXx5rKZ0lQ3o8n0b5o9xE", "itsdangerous"),
        (".eJxVjEEOwiAQRe_C2hAGGApu:1vLxyz:" + "a" * 43, "django"),
    ],
)
def test_cookies_that_are_not_read_here_are_named(text: str, kind: str) -> None:
    guess = identify(text)
    assert guess is not None
    assert guess.kind == kind
    assert inspected(text, RIGHT).secret is None


@given(st.text() | st.text(alphabet="s:.*~=Fe26.2abc123 %;", max_size=80))
def test_any_text_is_some_format_or_none(text: str) -> None:
    token = token_in(text)
    guess = identify(token.text)
    if guess is not None:
        open_with(token, guess, [RIGHT, "short", "", "-----BEGIN x"], now=NOW)


@pytest.mark.parametrize(
    "secret",
    [
        "complex_password_at_least_32_characters_long",
        "keyboard cat",
        "my-secret-key-in-a-tutorial",
        "change_me_please_change_me_please",
        "a" * 40,
        "a-string-secret-at-least-256-bits-long",
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
        "your-256-bit-secret",
        "your-384-bit-secret",
        "your-512-bit-secret",
        "top-secret-and-long-enough-for-hs256",
        "insecure-session-secret-for-development",
        "DO NOT USE IN PRODUCTION 8c1f0a7e4b",
    ],
)
def test_a_secret_of_a_tutorial_is_well_known(secret: str) -> None:
    (problem,) = weaknesses([secret])
    assert problem
    assert "well known" in problem
    assert secret not in problem


def test_a_good_secret_has_nothing_wrong_and_a_short_one_has() -> None:
    assert weaknesses(["f6Rk0V1nq3XeWz8sYp2Lt7Ub9Cd4Ha5Jg"]) == [None]
    assert weaknesses(["f6Rk0V1nq3XeWz", ""]) == [
        "short: 14 characters, at least 32 are needed",
        "empty",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("p7Qh2mKc9TzR4vXb8NwJ5sLd1GfY6aUe." + "A" * 43 + "=", "better-auth"),
        ("eyJ1c2VyIjp7ImlkIjo3fX0=", "cookie-session"),
        ("7v1kq0w5m2z8x4c6b9n3a1s5d7f2g4h6", "opaque"),
        ("Authorization: Bearer gho_16C7e42F292c6912E7710c838347Ae178B4a", "opaque"),
    ],
)
def test_what_other_systems_write_is_named(text: str, kind: str) -> None:
    guess = identify(token_in(text).text)
    assert guess is not None
    assert guess.kind == kind


def test_a_token_of_better_auth_is_opened_by_its_secret() -> None:
    token = signed_id.to_cookie("p7Qh2mKc9TzR4vXb8NwJ5sLd1GfY6aUe", key=RIGHT.encode())
    found = inspected(
        f"better-auth.session_token={quote(unquote(token)[2:] + '=', safe='')}", WRONG, RIGHT
    )
    assert (found.secret, found.note) == (2, "signed as better-auth does")


def test_a_cookie_in_pieces_is_one_token() -> None:
    text = MAKERS["auth-js"](NOW + HOUR)
    cut = len(text) // 2
    pieces = f"{NAME}.1={text[cut:]}; theme=dark; {NAME}.0={text[:cut]}"
    token = token_in(f"Cookie: {pieces}")
    assert (token.text, token.name) == (text, NAME)
    assert inspected(f"Cookie: {pieces}", RIGHT).payload is not None


def test_a_guard_of_the_sign_in_is_not_taken_for_the_session() -> None:
    text = MAKERS["auth-js"](NOW + HOUR)
    header = f"Cookie: __Host-authjs.csrf-token={'a' * 64}%7C{'b' * 64}; {NAME}={text}"
    assert token_in(header).name == NAME
