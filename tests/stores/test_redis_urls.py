import pytest

from dojang import blocking
from dojang.errors import Misuse
from dojang.sessions import Sessions
from dojang.stores import urls
from dojang.stores.drivers.redis_places import Place
from dojang.stores.redis import RedisStore
from dojang.testing.store_contract import NOW, a_record
from tests.conftest import COOKIE, SECRET
from tests.redis import RedisServer


def place(url: str) -> Place:
    store = urls.open_store(url)
    assert isinstance(store, RedisStore)
    return store._driver.place


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://", Place()),
        ("redis://h", Place(addresses=(("h", 6379),))),
        ("redis://[::1]:7000/3", Place(addresses=(("::1", 7000),), database=3)),
        (
            "rediss://me:p%40ss@h/?ca=/etc/ca.pem&timeout=0.5",
            Place(
                addresses=(("h", 6379),),
                username="me",
                password="p@ss",
                tls=True,
                ca="/etc/ca.pem",
                seconds=0.5,
            ),
        ),
        ("redis://:pw@h", Place(addresses=(("h", 6379),), password="pw")),
        (
            "redis+sentinel://h,i:7/my%20name/2?sentinel_password=x",
            Place(
                kind="sentinel",
                addresses=(("h", 26379), ("i", 7)),
                master="my name",
                database=2,
                sentinel_password="x",
            ),
        ),
        (
            "rediss+cluster://h,i:7",
            Place(kind="cluster", addresses=(("h", 6379), ("i", 7)), tls=True),
        ),
    ],
)
def test_a_url_says_which_redis(url: str, expected: Place) -> None:
    assert place(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "redis://a,b",
        "redis://h:0",
        "redis://h:99999",
        "redis://h:hunter2",
        "redis://h/sessions",
        "redis://me:ab@hunter2@h",
        "redis+sentinel://h",
        "redis+sentinel://h/master/x",
        "redis+cluster://h/1",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Misuse) as caught:
        urls.open_store(url)
    assert "hunter2" not in str(caught.value)


def test_an_option_that_redis_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(
        Misuse, match="no option 'prefx'; it has ca, layout, prefix, timeout, wait, wait_timeout"
    ):
        urls.open_store("redis://h?prefx=a")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("wait=x", "wait is 'x'; write a whole number from 0"),
        ("wait=1&wait_timeout=2", "write a wait_timeout above 0 and below timeout"),
        ("wait=1&timeout=0.5", "replicas have 1 s, and the whole answer 0.5 s"),
    ],
)
def test_what_cannot_be_waited_for_is_refused(options: str, complaint: str) -> None:
    with pytest.raises(Misuse, match=complaint):
        urls.open_store(f"redis://h?{options}")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("redis://h?ca=/etc/ca.pem", "ca is for an encrypted connection; write rediss://"),
        ("redis+cluster://h?ca=a", "ca is for an encrypted connection; write rediss[+]cluster://"),
        ("redis+sentinel://h/m?ca=a", "write rediss[+]sentinel://"),
        ("redis://h?wait_timeout=0.5", "wait_timeout is how long replicas have, and wait is 0"),
        ("redis://h?wait=0&wait_timeout=0.5", "wait is 0; write wait=1 or more"),
    ],
)
def test_an_option_that_cannot_apply_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(Misuse, match=complaint):
        urls.open_store(url)


def test_an_argument_that_cannot_apply_is_refused() -> None:
    with pytest.raises(Misuse, match=r"are for redis\+sentinel://"):
        RedisStore("redis://h", sentinel_password="hunter2")
    with pytest.raises(Misuse, match="cookie is what express-session stores"):
        RedisStore("redis://h", cookie=COOKIE)


def test_two_applications_share_a_redis_by_their_prefixes(redis: RedisServer) -> None:
    redis.ask("FLUSHALL")
    one, other = (urls.open_store(f"{redis.url}?prefix={name}%3A") for name in "ab")
    blocking.run(one.insert(a_record(), now=NOW))
    assert blocking.run(other.find("h1")) is None
    assert blocking.run(other.clear()) == 0
    assert blocking.run(one.clear()) == 1
    one.close()
    other.close()


def test_sessions_are_kept_where_the_url_says(redis: RedisServer) -> None:
    redis.ask("FLUSHALL")
    sessions = Sessions.from_url(redis.url, secret=SECRET)
    visit = blocking.run(sessions.open())
    visit.session["theme"] = "dark"
    (line,) = blocking.run(visit.close(200))
    again = blocking.run(sessions.open(line.partition(";")[0]))
    assert again.session["theme"] == "dark"
    sessions.close()
