from itertools import permutations

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


def test_what_was_made_from_a_session_goes_on_with_it_and_ends_with_it() -> None:
    fence = Fence([MOVED])
    assert [fence.latest(one) for one in ("h1", "h2", "h3")] == ["h2", "h2", "h3"]
    fence.add(Revocation(handle="h2", expires=LATE))
    assert fence.stops(ada(fence.latest("h1"), 50))


def test_a_session_that_moved_while_it_was_ended_is_ended_in_whatever_order_that_is_learned() -> (
    None
):
    moves = [MOVED, Revocation(handle="h2", exempt="h3", expires=LATE)]
    ended = Revocation(handle="h1", expires=LATE)
    for learned in permutations([*moves, ended, EVERYTHING]):
        fence = Fence([*learned, *learned[:2]])
        assert all(fence.stops(ada(one, 500)) for one in ("h1", "h2", "h3"))
        assert fence.stops(ada(fence.latest("h1"), 500))
        assert not fence.stops(ada("h4", 500))


def test_what_is_spared_goes_along_in_whatever_order_that_is_learned() -> None:
    moves = [MOVED, Revocation(handle="h2", exempt="h3", expires=LATE)]
    for learned in permutations([*moves, EVERYTHING]):
        fence = Fence(learned)
        assert [fence.stops(ada(one, 50)) for one in ("h1", "h2", "h3")] == [True, True, False]


def test_sessions_that_move_in_a_circle_are_followed_to_an_end() -> None:
    fence = Fence([MOVED, Revocation(handle="h2", exempt="h1", expires=LATE), EVERYTHING])
    assert fence.latest("h1") in {"h1", "h2"}


def test_of_a_session_that_two_requests_moved_the_end_of_either_is_the_end_of_its_tokens() -> None:
    fence = Fence([MOVED, Revocation(handle="h1", exempt="h3", expires=LATE)])
    assert fence.latest("h1") == "h3"
    fence.add(Revocation(handle="h2", expires=LATE))
    assert fence.stops(ada(fence.latest("h1"), 50))
    assert not fence.stops(ada("h3", 50))


def test_a_session_of_another_kind_is_as_old_as_its_beginning() -> None:
    fence = Fence([EVERYTHING], everything_before=1_000)
    before, after = (Record(handle="h3", user="ada", created=at, expires=None) for at in (99, 100))
    assert (fence.outdates(before), fence.stops(before)) == (True, False)
    assert not fence.outdates(after)
    assert not fence.outdates(Record(handle="h3", created=0, expires=None))
