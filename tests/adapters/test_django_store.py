"""What Django promises of a session engine, in every home; see explanation/django-behaviours."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.adapters import django_project

django_project.prepare()

from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.test import override_settings
from django.utils import timezone

from dojang import blocking
from dojang.adapters.django import SessionStore, sessions
from dojang.errors import NotJson, Unavailable

TWO_WEEKS = 14 * 24 * 3600


@pytest.fixture(params=["sealed", "memory", "sqlite"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each test that takes this runs in all homes."""
    urls = {"sealed": "sealed:", "memory": "memory:", "sqlite": f"sqlite:///{tmp_path}/s.db"}
    with override_settings(DOJANG={"SESSIONS": urls[request.param]}):
        yield str(request.param)
        sessions().close()


@pytest.fixture(params=["memory", "sqlite"])
def on_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    urls = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path}/s.db"}
    with override_settings(DOJANG={"SESSIONS": urls[request.param]}):
        yield str(request.param)
        sessions().close()


@pytest.fixture
def session(home: str) -> SessionStore:
    del home
    return SessionStore()


def saved(**members: Any) -> SessionStore:
    store = SessionStore()
    store.update(members)
    store.save()
    return store


def again(store: SessionStore) -> SessionStore:
    """The session as the next request finds it."""
    return SessionStore(store.session_key)


def stored() -> Any:
    return blocking.run(sessions().strategy.store.count(now=sessions().clock()))  # type: ignore[attr-defined]


def test_a_new_one_is_neither_accessed_nor_modified(session: SessionStore) -> None:
    assert (session.accessed, session.modified, session.session_key) == (False, False, None)
    assert session.is_empty()


READS: dict[str, Callable[[SessionStore], Any]] = {
    "get": lambda s: s.get("x"),
    "in": lambda s: "x" in s,
    "has_key": lambda s: s.has_key("x"),
    "keys": lambda s: list(s.keys()),
    "values": lambda s: list(s.values()),
    "items": lambda s: list(s.items()),
    "pop default": lambda s: s.pop("y", None),
    "setdefault": lambda s: s.setdefault("x", 2),
}


@pytest.mark.parametrize("name", READS)
def test_reading_is_access_and_no_change(session: SessionStore, name: str) -> None:
    session["x"] = 1
    session.modified = session.accessed = False
    READS[name](session)
    assert (session.accessed, session.modified) == (True, False)


CHANGES: dict[str, Callable[[SessionStore], Any]] = {
    "set": lambda s: s.__setitem__("y", 1),
    "del": lambda s: s.__delitem__("x"),
    "pop": lambda s: s.pop("x"),
    "update": lambda s: s.update({"y": 1}),
    "setdefault": lambda s: s.setdefault("y", 1),
    "clear": lambda s: s.clear(),
    "flush": lambda s: s.flush(),
    "cycle_key": lambda s: s.cycle_key(),
    "set_expiry": lambda s: s.set_expiry(10),
    "deep inside": lambda s: s["deep"].append(1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_access_and_a_change(session: SessionStore, name: str) -> None:
    session.update({"x": 1, "deep": []})
    session.modified = session.accessed = False
    CHANGES[name](session)
    assert (session.accessed, session.modified) == (True, True)


def test_what_is_saved_is_there_again(home: str) -> None:
    del home
    store = saved(cart=["pear"])
    assert store.exists(store.session_key)
    assert again(store)["cart"] == ["pear"]
    assert again(store).load() == {"cart": ["pear"]}


def test_an_empty_one_can_be_saved_and_has_a_key(home: str) -> None:
    del home
    store = SessionStore()
    store.save()
    assert store.exists(store.session_key)
    assert list(again(store).items()) == []


def test_create_makes_a_session_at_once_and_is_a_change(home: str) -> None:
    del home
    store = SessionStore()
    store.create()
    assert store.modified
    first = store.session_key
    store["x"] = 1
    store.create()
    assert store.session_key != first
    assert again(store)["x"] == 1


def test_a_deleted_one_is_gone(on_server: str) -> None:
    del on_server
    store = saved(x=1)
    store.delete(store.session_key)
    assert not store.exists(store.session_key)
    other = saved(x=1)
    store.delete(other.session_key)
    assert again(other).load() == {}
    other.delete()
    other.delete("never was")
    SessionStore().delete()


def test_flush_ends_it_at_once_and_what_follows_is_another(on_server: str) -> None:
    del on_server
    store = saved(x=1)
    key = store.session_key
    store.flush()
    assert (store.session_key, list(store.items()), stored()) == (None, [], 0)
    assert not store.exists(key)
    store["y"] = 1
    store.save()
    assert store.session_key != key
    assert dict(again(store).items()) == {"y": 1}


def test_flushing_nothing_stores_nothing(on_server: str) -> None:
    """Django CVE-2015-5963, CVE-2015-5964: anonymous logouts filled the store."""
    del on_server
    for _ in range(50):
        SessionStore().flush()
        SessionStore("a" * 32).flush()
    assert stored() == 0


def test_cycle_key_keeps_the_data_and_ends_the_old_key(on_server: str) -> None:
    del on_server
    store = again(saved(a="c", b="d"))
    old = store.session_key
    store.cycle_key()
    assert store.session_key != old
    assert not store.exists(old)
    assert dict(store.items()) == {"a": "c", "b": "d"}
    assert dict(again(store).items()) == {"a": "c", "b": "d"}
    assert stored() == 1


def test_after_cycle_key_the_old_key_is_gone_for_whoever_asks(on_server: str) -> None:
    del on_server
    old = saved(a=1).session_key
    store = SessionStore(old)
    store.cycle_key()
    assert not store.exists(old)


def test_cycle_key_of_a_session_nobody_looked_at_keeps_its_data(home: str) -> None:
    del home
    store = again(saved(a="c"))
    store.cycle_key()
    store.save()
    assert again(store)["a"] == "c"


@pytest.mark.parametrize(
    "key", ["1", "", "unknown-key-of-some-length", "x" * 10_000, "a;b=c", "\x00"]
)
def test_a_key_that_was_never_issued_is_never_adopted(home: str, key: str) -> None:
    """Django CVE-2015-5143, CVE-2015-3982: unknown and empty keys made sessions."""
    store = SessionStore(key)
    assert store.load() == {}
    assert store.session_key is None
    assert not store.exists(key)
    if home != "sealed":
        assert stored() == 0
    store = SessionStore(key)
    store["x"] = 1
    store.save()
    assert store.session_key != key
    store.delete()


def test_the_key_is_read_only(session: SessionStore) -> None:
    with pytest.raises(AttributeError):
        session.session_key = "mine"


def test_an_over_long_key_set_from_within_loads_nothing(session: SessionStore) -> None:
    session._session_key = "abc" * 4_000
    assert session.load() == {}
    session._session_key = "short"
    assert session.session_key is None


def test_must_create_refuses_one_that_is_there(home: str) -> None:
    del home
    store = saved(x=1)
    with pytest.raises(CreateError):
        store.save(must_create=True)
    new = SessionStore()
    new["x"] = 1
    new.save(must_create=True)
    assert again(new)["x"] == 1


def test_saving_does_not_resurrect_a_session_that_was_ended_elsewhere(on_server: str) -> None:
    del on_server
    one = saved(x=1)
    two = again(one)
    two["y"] = 1
    one.delete()
    with pytest.raises(UpdateError):
        two.save()
    assert one.load() == {}
    assert stored() == 0


def test_two_at_once_that_change_different_members_both_win(on_server: str) -> None:
    del on_server
    one = saved(x=1)
    two, three = again(one), again(one)
    two["y"], three["z"] = 1, 1
    two.save()
    three.save()
    assert dict(again(one).items()) == {"x": 1, "y": 1, "z": 1}


def test_clear_empties_it_under_the_same_roof(home: str) -> None:
    del home
    store = again(saved(x=1))
    store.clear()
    assert not store.is_empty()
    store.save()
    assert dict(again(store).items()) == {}


def test_clear_ends_the_user_and_the_key_that_was_theirs(on_server: str) -> None:
    del on_server
    store = again(saved(_auth_user_id="7"))
    old = store.session_key
    store.clear()
    store.save()
    assert not store.exists(old)
    assert store.exists(store.session_key)
    assert blocking.run(sessions().list("7")) == []


# -- expiry --------------------------------------------------------------------------------------


def test_the_age_is_that_of_the_settings_until_told_otherwise(session: SessionStore) -> None:
    assert session.get_expiry_age() == TWO_WEEKS
    session.set_expiry(0)
    assert session.get_expiry_age() == TWO_WEEKS
    session.set_expiry(10)
    session.set_expiry(None)
    session.set_expiry(None)
    assert session.get_expiry_age() == TWO_WEEKS


@pytest.mark.parametrize("value", [10, timedelta(seconds=10)])
def test_a_custom_age_is_a_number_or_a_timedelta(session: SessionStore, value: Any) -> None:
    session.set_expiry(value)
    assert 9 <= session.get_expiry_age() <= 10
    modification = timezone.now()
    assert session.get_expiry_date(modification=modification) - modification <= timedelta(
        seconds=10
    )


def test_a_custom_end_is_an_instant(session: SessionStore) -> None:
    end = timezone.now() + timedelta(hours=1)
    session.set_expiry(end)
    assert session.get_expiry_date() == end


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, TWO_WEEKS), (0, TWO_WEEKS), (60, 60), (timedelta(seconds=60), 60)],
)
def test_the_end_is_stored_and_kept_to_in_every_home(home: str, value: Any, seconds: int) -> None:
    """Django ticket 19201: signed cookies ignored the end of one session."""
    del home
    store = SessionStore()
    store["x"] = 1
    store.set_expiry(value)
    store.save()
    expires = again(store).data.expires
    assert expires is not None
    left = (expires - datetime.now(UTC)).total_seconds()
    assert seconds - 5 < left <= seconds


def test_a_naive_end_is_in_the_time_zone_of_the_project(home: str) -> None:
    del home
    with override_settings(USE_TZ=False, TIME_ZONE="Asia/Seoul"):
        store = SessionStore()
        store.set_expiry(datetime.now() + timedelta(seconds=60))  # noqa: DTZ005 - the point
        store.save()
        expires = again(store).data.expires
    assert expires is not None
    assert 50 < (expires - datetime.now(UTC)).total_seconds() <= 60


def test_an_end_in_the_past_is_the_end(home: str) -> None:
    del home
    store = SessionStore()
    store["foo"] = "bar"
    store.set_expiry(-3600)
    store.save()
    key = store.session_key
    assert "foo" not in SessionStore(key)


def test_saving_again_moves_the_end_and_a_shorter_one_counts(on_server: str) -> None:
    del on_server
    store = SessionStore()
    store.set_expiry(3600)
    store.save()
    later = again(store)
    later.set_expiry(60)
    later.save()
    expires = again(later).data.expires
    assert expires is not None
    assert (expires - datetime.now(UTC)).total_seconds() <= 60


@pytest.mark.parametrize("setting", [True, False])
def test_whether_the_cookie_ends_with_the_browser(session: SessionStore, setting: bool) -> None:
    with override_settings(SESSION_EXPIRE_AT_BROWSER_CLOSE=setting):
        for value, closes in ((10, False), (0, True), (None, setting)):
            session.set_expiry(value)
            assert session.get_expire_at_browser_close() is closes


def test_an_absolute_end_is_never_passed(tmp_path: Path) -> None:
    with override_settings(
        DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db", "ABSOLUTE": 60}, SESSION_COOKIE_AGE=30
    ):
        store = SessionStore()
        store.set_expiry(3600)
        store.save()
        expires = again(store).data.expires
        sessions().close()
    assert expires is not None
    assert (expires - datetime.now(UTC)).total_seconds() <= 60


def test_clear_expired_deletes_what_is_over(on_server: str) -> None:
    del on_server
    saved(x=1)
    over = SessionStore()
    over.set_expiry(-3600)
    over.save()
    SessionStore.clear_expired()
    asyncio.run(SessionStore.aclear_expired())
    assert stored() == 1
    assert blocking.run(sessions().strategy.store.find(over.data.handle)) is None  # type: ignore[attr-defined]


def test_clearing_expired_sealed_sessions_is_nothing_to_do() -> None:
    with override_settings(DOJANG={"SESSIONS": "sealed:"}):
        SessionStore.clear_expired()


# -- what JSON is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "x is a datetime"),
        ({1: 2}, "x"),
        ((1, {2}), "x"),
        (b"bytes", "x is a bytes"),
    ],
)
def test_what_json_lacks_raises_and_says_where(
    session: SessionStore, value: Any, words: str
) -> None:
    session["x"] = value
    assert session.modified
    with pytest.raises(NotJson, match=words):
        session.save()


def test_what_json_lacks_deep_inside_is_a_change_too(home: str) -> None:
    del home
    store = again(saved(deep=[]))
    store["deep"].append({1})
    assert store.modified
    with pytest.raises(NotJson, match=r"deep\[0\] is a set"):
        store.save()


def test_a_lazy_translation_is_no_json(session: SessionStore) -> None:
    from django.utils.translation import gettext_lazy

    session["x"] = gettext_lazy("hello")
    with pytest.raises(NotJson):
        session.save()


def test_the_test_cookie_works(session: SessionStore) -> None:
    session.set_test_cookie()
    assert session.test_cookie_worked()
    session.delete_test_cookie()
    assert not session.test_cookie_worked()


def test_encode_and_decode_are_djangos_own(session: SessionStore) -> None:
    assert session.decode(session.encode({"a": 1})) == {"a": 1}


# -- in an event loop ------------------------------------------------------------------------------


def test_every_method_has_its_native_twin(home: str) -> None:
    async def main() -> None:
        store = SessionStore()
        await store.aset("x", 1)
        await store.asave()
        key = store.session_key
        assert await store.aexists(key)
        twin = SessionStore(key)
        assert await twin.aload() == {"x": 1}
        assert await twin.aget("x") == 1
        await twin.acycle_key()
        await twin.asave()
        if home != "sealed":
            assert not await twin.aexists(key)
        created = SessionStore()
        await created.acreate()
        await created.adelete()
        await twin.aflush()
        assert twin.session_key is None
        assert await SessionStore().aload() == {}

    asyncio.run(main())


def test_a_store_that_is_down_is_said_so_and_nobody_is_logged_out(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    with override_settings(DOJANG={"SESSIONS": url}):
        store = saved(x=1)
        sessions().close()
        key = store.session_key
        (tmp_path / "s.db").write_bytes(b"no database" * 100)
        with pytest.raises(Unavailable):
            SessionStore(key).get("x")
        sessions().close()


def test_why_a_key_was_not_accepted_can_be_asked(home: str) -> None:
    del home
    assert SessionStore().rejected == "missing"
    assert SessionStore("no such key at all").rejected in {"malformed", "bad-signature"}
    assert saved(x=1).handle
