"""Lucia 3 reads the cookies that we write, and we read its cookies and its hashes."""

import re

import pytest
from hypothesis import given

from dojang import blocking
from dojang.auth.passwords import CHEAPEST, PasswordHasher, Verified
from dojang.errors import Malformed
from dojang.wire import lucia
from tests.node.judge import Judge
from tests.node.payloads import TEXTS, counted

_ID = re.compile(r"[a-z2-7]{40}")


@counted
@given(id=TEXTS.filter(bool))
def test_any_id_goes_both_ways(judge: Judge, id: str) -> None:
    try:
        text = lucia.encode(id)
    except Malformed:  # half a character, over which it breaks as well
        return
    line = judge.ask("lucia.cookie", id=id)
    assert line.partition(";")[0] == f"auth_session={text}"
    assert judge.ask("lucia.read", header=f"auth_session={text}") == id
    if len(text) <= lucia.MAX_LENGTH:
        assert lucia.decode(text) == id


def test_ids_look_like_its_own(judge: Judge) -> None:
    assert _ID.fullmatch(judge.ask("lucia.id"))
    assert _ID.fullmatch(lucia.new_id())
    assert lucia.new_id() != lucia.new_id()


@pytest.mark.parametrize("legacy", [False, True])
def test_its_hashes_open_accounts_here(judge: Judge, legacy: bool) -> None:
    hasher = PasswordHasher(CHEAPEST)
    for password in ("correct horse", "ﬁ① 각도"):
        made = judge.ask("lucia.hash", password=password, legacy=legacy)
        verified = blocking.run(hasher.verify(made, password))
        assert verified == Verified(ok=True, rehash=True)
    assert not blocking.run(hasher.verify(made, "wrong horse")).ok
