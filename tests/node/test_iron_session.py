"""iron-session 6, 8 and 9 read the seals we write, and we read theirs."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Expired, Malformed, NotJson, Rejected, UnknownKey
from dojang.wire import chunks
from dojang.wire.chunking import Chunking
from dojang.wire.iron.fe26 import SKEW_MS
from dojang.wire.iron.iron_session import IronSeal
from tests.node.judge import Judge, Thrown
from tests.node.payloads import OBJECTS, TEXTS, altered, counted, objects, written

PASSWORD = "correct horse battery staple, and more"
OLDER = "the password that was in use before it"
NOW = 1_767_225_600_000
VERSIONS = pytest.mark.parametrize("version", [6, 8, 9])

#: Counted in UTF-16 units by all of them.
PASSWORDS = TEXTS.filter(bool).map(lambda text: text * 32)


def seal(judge: Judge, version: int, data: object, *, ttl: int = 3600, **given: Any) -> str:
    given.setdefault("password", PASSWORD)
    sealed: str = judge.ask(
        "iron.sealData", at=NOW, version=version, data=written(data), ttl=ttl, **given
    )
    return sealed


def unseal(
    judge: Judge, version: int, text: str, *, at: int = NOW, password: Any = PASSWORD
) -> tuple[str, str | None]:
    """Return the JSON text of the data, and why version 9 refused."""
    read = judge.ask("iron.unsealData", at=at, version=version, seal=text, password=password)
    return read["data"], read["refused"]


def session_of(header: str) -> dict[str, Any]:
    """Return what we read in a Cookie header."""
    for text in chunks.candidates(header, "app", Chunking()):
        with suppress(Rejected):
            return IronSeal(PASSWORD).decode(text, now=NOW).claims
    return {}


@VERSIONS
@counted
@given(data=OBJECTS)
def test_it_reads_what_we_write(judge: Judge, version: int, data: dict[str, Any]) -> None:
    text = IronSeal(PASSWORD).encode(data, expires=NOW + 1, now=NOW)
    assert unseal(judge, version, text) == (written(data), None)


@VERSIONS
@counted
@given(data=OBJECTS)
def test_we_read_what_it_writes(judge: Judge, version: int, data: dict[str, Any]) -> None:
    opened = IronSeal(PASSWORD).decode(seal(judge, version, data), now=NOW)
    assert written(opened.claims) == written(data)
    assert opened.expires == NOW + 3_600_000
    assert opened.newest


@counted
@given(password=PASSWORDS)
def test_any_text_is_the_same_password_to_both(judge: Judge, password: str) -> None:
    seals = IronSeal(password)
    ours = seals.encode({"a": 1}, expires=None, now=NOW)
    assert unseal(judge, 9, ours, password=password) == ('{"a":1}', None)
    assert seals.decode(seal(judge, 9, {"a": 1}, password=password), now=NOW).claims == {"a": 1}


@VERSIONS
@pytest.mark.parametrize("ours", [{1: OLDER, 2: PASSWORD}, [PASSWORD, OLDER]])
def test_after_a_change_of_password_the_older_seals_are_read(
    judge: Judge, version: int, ours: Any
) -> None:
    seals, both = IronSeal(ours), {"1": OLDER, "2": PASSWORD}
    newer = seals.decode(seal(judge, version, {"a": 1}, password=both), now=NOW)
    older = seals.decode(seal(judge, version, {"a": 1}, password=OLDER), now=NOW)
    assert (newer.claims, newer.newest) == ({"a": 1}, True)
    assert (older.claims, older.newest) == ({"a": 1}, False)


@VERSIONS
def test_under_a_map_of_passwords_we_write_with_the_one_that_it_would(
    judge: Judge, version: int
) -> None:
    both = {"1": OLDER, "2": PASSWORD}
    text = IronSeal(both).encode({"a": 1}, expires=None, now=NOW)
    assert unseal(judge, version, text, password=both) == ('{"a":1}', None)
    assert unseal(judge, version, text, password={"2": PASSWORD}) == ('{"a":1}', None)
    assert unseal(judge, version, text, password={"1": OLDER})[0] == "{}"


def test_a_password_that_is_not_in_use_is_unknown_to_both(judge: Judge) -> None:
    text = seal(judge, 9, {"a": 1}, password={"3": OLDER})
    assert unseal(judge, 9, text) == ("{}", "unknown-password")
    with pytest.raises(UnknownKey):
        IronSeal(PASSWORD).decode(text, now=NOW)


@VERSIONS
def test_a_seal_ends_at_the_same_millisecond_for_both(judge: Judge, version: int) -> None:
    ours = IronSeal(PASSWORD).encode({"a": 1}, expires=NOW, now=NOW - 1)
    last = NOW + SKEW_MS - 1
    assert unseal(judge, version, ours, at=last)[0] == '{"a":1}'
    assert unseal(judge, version, ours, at=last + 1)[0] == "{}"
    theirs = seal(judge, version, {"a": 1}, ttl=1)
    assert IronSeal(PASSWORD).decode(theirs, now=last + 1000).claims == {"a": 1}
    with pytest.raises(Expired):
        IronSeal(PASSWORD).decode(theirs, now=last + 1001)


@VERSIONS
def test_a_seal_without_an_end_has_none_for_either(judge: Judge, version: int) -> None:
    far = NOW + 100 * 365 * 24 * 3_600_000
    ours = IronSeal(PASSWORD).encode({"a": 1}, expires=None, now=NOW)
    assert unseal(judge, version, ours, at=far)[0] == '{"a":1}'
    theirs = IronSeal(PASSWORD).decode(seal(judge, version, {"a": 1}, ttl=0), now=far)
    assert theirs.expires is None


@counted
@given(data=st.data())
def test_a_changed_seal_is_refused_by_both(judge: Judge, data: st.DataObject) -> None:
    text = IronSeal(PASSWORD).encode({"user": {"id": 1}}, expires=NOW + 1, now=NOW)
    # The last character of the MAC has bits that say nothing: version 9 does not look at them.
    changed = altered(data, text, range(len(text) - len("~2") - 1), "AQz09_-*~.")
    assert unseal(judge, 9, changed)[0] == "{}"
    with pytest.raises(Rejected):
        IronSeal(PASSWORD).decode(changed, now=NOW)


@pytest.mark.parametrize("version", [8, 9])
def test_a_proto_member_that_it_would_write_is_refused_when_read_and_not_written(
    judge: Judge, version: int
) -> None:
    data: dict[str, Any] = {"__proto__": {"admin": True}}
    with pytest.raises(Malformed, match="__proto__"):
        IronSeal(PASSWORD).decode(seal(judge, version, data), now=NOW)
    with pytest.raises(NotJson, match="__proto__"):
        IronSeal(PASSWORD).encode(data, expires=None, now=NOW)


@VERSIONS
@pytest.mark.parametrize("name", ["save", "destroy"])
def test_a_member_named_as_one_of_its_methods_is_not_seen_by_it(
    judge: Judge, version: int, name: str
) -> None:
    text = IronSeal(PASSWORD).encode({name: "ours", "a": 1}, expires=None, now=NOW)
    given = {"version": version, "seal": text, "password": PASSWORD}
    if version == 9:
        with pytest.raises(Thrown, match=f"session.{name} is a function"):
            judge.ask("iron.savedSession", at=NOW, **given)
    else:
        assert judge.ask("iron.savedSession", at=NOW, **given) == '{"a":1}'


@VERSIONS
@counted
@given(data=objects(without=frozenset({"save", "destroy", "updateConfig", "__proto__"})))
def test_any_other_member_goes_through_its_sessions(
    judge: Judge, version: int, data: dict[str, Any]
) -> None:
    text = IronSeal(PASSWORD).encode(data, expires=None, now=NOW)
    read = judge.ask("iron.savedSession", at=NOW, version=version, seal=text, password=PASSWORD)
    assert read == written(data)


@pytest.mark.parametrize(
    "around",
    ["app={}", "app.0={}", "app=; app.0={}", "app.0={}; app=; app.1=", "app={}; app.0=x",
     "app=", "app=; app=; app.0={}"],
)  # fmt: skip
def test_the_same_cookies_of_a_request_are_the_session_for_both(judge: Judge, around: str) -> None:
    header = around.format(IronSeal(PASSWORD).encode({"a": 1}, expires=None, now=NOW))
    theirs = judge.ask("iron.readSession", at=NOW, version=9, cookie=header, password=PASSWORD)
    assert written(session_of(header)) == theirs
