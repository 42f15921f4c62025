from dojang.session.fence import Fence, Revocation
from dojang.session.record import Login, Record

LATE = 10_000


def ada(handle: str, at: int) -> Record:
    return Record(handle=handle, user="ada", created=at, expires=None, login=Login(at))


EVERYTHING = Revocation(user="ada", not_before=100, exempt="h1", expires=LATE)
MOVED = Revocation(handle="h1", exempt="h2", expires=LATE)


def test_a_spared_session_stays_spared_when_it_moves_whatever_comes_twice() -> None:
    fence = Fence([EVERYTHING, MOVED, EVERYTHING])
    assert not fence.stops(ada("h2", 50))
    assert fence.stops(ada("h1", 50))
    assert fence.stops(ada("h3", 50))


def test_a_login_at_the_instant_or_later_is_not_fenced() -> None:
    fence = Fence([EVERYTHING])
    assert fence.stops(ada("h3", 99))
    assert not fence.stops(ada("h3", 100))


def test_everything_before_a_new_log_is_fenced() -> None:
    fence = Fence(everything_before=100)
    assert fence.stops(ada("h1", 99))
    assert not fence.stops(ada("h1", 100))
