"""better-auth as a whole knows the tokens that we sign, and we read its cookies and its hashes."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dojang import blocking
from dojang.auth.passwords import CHEAPEST, PasswordHasher, Verified
from dojang.errors import BadSignature, Expired, Misuse
from dojang.wire import chunks, json
from dojang.wire.better_auth import signed_cookie
from dojang.wire.better_auth.cache import CHUNKING, BetterAuthCache, Strategy
from tests.counts import scaled
from tests.node.judge import Judge
from tests.node.payloads import written

SECRET = "the secret that is in use now, and long"
STRATEGIES = pytest.mark.parametrize("strategy", ["compact", "jwt", "jwe"])
TOKEN, DATA = "better-auth.session_token", "better-auth.session_data"

few = settings(max_examples=scaled(250), deadline=None)

#: Names that people have, long ones too, for which the cache takes several cookies.
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).map(
    lambda text: text.strip() or "Ada"
) | st.integers(1000, 4000).map(lambda count: "가" * count)


def now() -> int:
    return time.time_ns() // 1_000_000


def header(lines: list[str]) -> str:
    return "; ".join(line.partition(";")[0] for line in lines)


def signed_up(judge: Judge, strategy: str | None, **given: str) -> Any:
    person: dict[str, Any] = {
        "name": "Ada",
        "email": "ada@example.com",
        "password": "correct horse",
    }
    return judge.ask("better_auth.signUp", secret=SECRET, strategy=strategy, **person | given)


def cached(lines: list[str]) -> str:
    (text,) = chunks.candidates(header(lines), DATA, CHUNKING)
    return text


def test_a_session_of_it_is_known_by_its_token_on_both_sides(judge: Judge) -> None:
    made = signed_up(judge, None)
    session = json.loads_object(made["session"])
    (text,) = chunks.candidates(header(made["lines"]), TOKEN)
    assert signed_cookie.decode(text, keys=[SECRET.encode()]) == (session["token"], 0)
    ours = signed_cookie.encode(session["token"], key=SECRET.encode())
    assert ours == text
    kept = {"session": made["session"], "user": made["user"]}
    known = judge.ask("better_auth.getSession", secret=SECRET, header=f"{TOKEN}={ours}", **kept)
    assert known == session["token"]
    foreign = signed_cookie.encode(session["token"], key=b"another")
    sent = f"{TOKEN}={foreign}"
    assert judge.ask("better_auth.getSession", secret=SECRET, header=sent, **kept) is None
    with pytest.raises(BadSignature):
        signed_cookie.decode(foreign, keys=[SECRET.encode()])


@STRATEGIES
@few
@given(name=NAMES)
def test_its_cache_is_read_as_it_reads_it(judge: Judge, strategy: Strategy, name: str) -> None:
    made = signed_up(judge, strategy, name=name)
    ours = BetterAuthCache(SECRET, strategy=strategy)
    theirs = judge.ask(
        "better_auth.cookieCache", secret=SECRET, header=header(made["lines"]), strategy=strategy
    )
    text = cached(made["lines"])
    assert written(ours.read(text, now=now())) == theirs
    opened = ours.decode(text, now=now())
    assert opened.claims["user"]["name"] == name
    assert opened.claims["user"]["id"] == json.loads_object(made["user"])["id"]


@STRATEGIES
def test_a_cache_that_is_over_or_of_another_secret_is_refused(
    judge: Judge, strategy: Strategy
) -> None:
    text = cached(signed_up(judge, strategy)["lines"])
    with pytest.raises(Expired):
        BetterAuthCache(SECRET, strategy=strategy).decode(text, now=now() + 400_000)
    older = BetterAuthCache(["a newer secret than that", SECRET], strategy=strategy)
    assert older.decode(text, now=now()).newest is False
    with pytest.raises(Misuse, match="read and not written"):
        older.encode({}, expires=None, now=now())


def test_its_hashes_open_accounts_here(judge: Judge) -> None:
    hasher = PasswordHasher(CHEAPEST)
    for password in ("correct horse", "ﬁ① 각도"):
        made = judge.ask("better_auth.hash", password=password)
        assert judge.ask("better_auth.verify", password=password, hash=made)
        verified = blocking.run(hasher.verify(made, password))
        assert verified == Verified(ok=True, rehash=True)
    assert not blocking.run(hasher.verify(made, "wrong horse")).ok
