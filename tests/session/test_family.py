"""What becomes of a family of refresh tokens, as a table without a store or a clock."""

from dojang.session.family import Family, Step
from dojang.session.record import Login

NOW = 1_767_225_600_000
GRACE = 30_000


def family(*turns: tuple[str, int]) -> Family:
    """A family whose first token is `t0`, after turns to each token at an instant."""
    made = Family(
        handle="f", user="ada", login=Login(NOW), fenced=NOW, created=NOW, expires=NOW + 10**9,
        seen=NOW, current="t0",
    )  # fmt: skip
    for token, at in turns:
        made = made.turned(f"salt-{token}", token, grace=GRACE, now=NOW + at)
    return made


def way(made: Family, token: str, at: int) -> object:
    return made.way(token, grace=GRACE, now=NOW + at)


def test_the_live_token_is_no_steps_away() -> None:
    assert way(family(), "t0", 0) == []
    assert way(family(("t1", 0)), "t1", 10**8) == []


def test_a_used_token_leads_to_its_successor_until_the_grace_is_over() -> None:
    turned = family(("t1", 1_000))
    assert way(turned, "t0", 1_000 + GRACE - 1) == [Step("salt-t1", "t1")]
    assert way(turned, "t0", 1_000 + GRACE) is None


def test_a_used_token_whose_successor_was_used_too_leads_to_the_live_one() -> None:
    turned = family(("t1", 0), ("t2", 10_000), ("t3", 20_000))
    assert way(turned, "t0", 25_000) == [
        Step("salt-t1", "t1"), Step("salt-t2", "t2"), Step("salt-t3", "t3"),
    ]  # fmt: skip
    assert way(turned, "t0", 30_000) is None
    assert way(turned, "t1", 30_000) == [Step("salt-t2", "t2"), Step("salt-t3", "t3")]


def test_a_clock_that_is_behind_the_others_is_within_the_grace() -> None:
    assert way(family(("t1", 1_000)), "t0", 0) == [Step("salt-t1", "t1")]


def test_without_a_grace_a_used_token_leads_nowhere() -> None:
    assert family(("t1", 0)).way("t0", grace=0, now=NOW) is None


def test_a_token_that_was_never_one_leads_nowhere() -> None:
    assert way(family(("t1", 0)), "x", 0) is None
    assert way(family().caught(now=NOW), "t0", 0) is None


def test_the_end_and_the_login_stay_however_often_it_turns() -> None:
    turned = family(*((f"t{n}", n * 60_000) for n in range(1, 500)))
    assert (turned.expires, turned.login, turned.created) == (NOW + 10**9, Login(NOW), NOW)
    assert turned.seen == NOW + 499 * 60_000
    assert [used.token for used in turned.used] == ["t498"]


def test_a_caller_that_refreshes_in_a_loop_leaves_a_bounded_trail() -> None:
    turned = family(*((f"t{n}", n) for n in range(1, 500)))
    assert len(turned.used) == 64
    assert way(turned, "t498", 600) == [Step("salt-t499", "t499")]


def test_a_caught_one_is_over_and_says_when() -> None:
    caught = family(("t1", 0)).caught(now=NOW + 5)
    assert (caught.current, caught.used, caught.reused) == ("", (), NOW + 5)
