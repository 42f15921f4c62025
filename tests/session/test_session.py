"""The dict a handler sees."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from dojang import blocking
from dojang.session.session import Session
from dojang.sessions import Sessions
from tests.browser import Browser, put

LOOKS: dict[str, Callable[[Any], Any]] = {
    "item": lambda session: session["n"],
    "in": lambda session: "n" in session,
    "not in": lambda session: "x" not in session,
    "len": len,
    "bool": bool,
    "iter": list,
    "reversed": lambda session: list(reversed(session)),
    "get": lambda session: session.get("n"),
    "keys": lambda session: session.keys(),
    "values": lambda session: session.values(),
    "items": lambda session: session.items(),
    "==": lambda session: session == {},
    "!=": lambda session: session != {},
    "|": lambda session: session | {},
    "reflected |": lambda session: {} | session,
    "copy": lambda session: session.copy(),
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
    "dict": dict,
    "unpacking": lambda session: {**session},
    "user": lambda session: session.user,
    "new": lambda session: session.new,
    "handle": lambda session: session.handle,
    "created": lambda session: session.created,
    "expires": lambda session: session.expires,
    "authenticated": lambda session: session.authenticated,
    "rejected": lambda session: session.rejected,
    "remember": lambda session: session.remember,
}

CHANGES: dict[str, tuple[Callable[[Any], Any], dict[str, Any]]] = {
    "setitem": (lambda session: session.__setitem__("m", 2), {"n": 1, "m": 2}),
    "delitem": (lambda session: session.__delitem__("n"), {}),
    "update": (lambda session: session.update(m=2), {"n": 1, "m": 2}),
    "|=": (lambda session: session.__ior__({"m": 2}), {"n": 1, "m": 2}),
    "setdefault": (lambda session: session.setdefault("m", 2), {"n": 1, "m": 2}),
    "pop": (lambda session: session.pop("n"), {}),
    "pop default": (lambda session: session.pop("x", None), {"n": 1}),
    "popitem": (lambda session: session.popitem(), {}),
    "clear": (lambda session: session.clear(), {}),
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_way_to_look_marks_the_session_as_looked_at(sessions: Sessions, look: str) -> None:
    """Flask CVE-2023-30861, CVE-2026-27205: `in` and `len` left no `Vary: Cookie`."""
    browser = Browser(sessions)
    browser.visit(put(n=1))
    visit = browser.open()
    assert visit.session.accessed is False
    LOOKS[look](visit.session)
    assert visit.session.accessed is True


@pytest.mark.parametrize("change", CHANGES)
def test_every_way_to_change_is_kept(sessions: Sessions, change: str) -> None:
    browser = Browser(sessions)
    browser.visit(put(n=1))
    work, expected = CHANGES[change]
    browser.visit(work)
    assert browser.visit(dict) == expected


def test_all_of_it_is_there_for_code_that_reads_dicts_in_c(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(put(n=1))
    visit = browser.open()
    visit.session.mark_accessed()
    assert json.dumps(visit.session) == '{"n": 1}'


def test_a_new_session_says_so_until_it_comes_back(sessions: Sessions) -> None:
    browser = Browser(sessions)
    assert browser.visit(lambda session: (session.new, session.handle, session.created)) == (
        True, None, None,
    )  # fmt: skip
    browser.visit(put(n=1))
    assert browser.visit(lambda session: (session.new, session.rejected)) == (False, None)


def test_it_knows_when_somebody_proved_who_they_are(sessions: Sessions, clock: Any) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada", methods=("pwd", "otp")))
    at = browser.visit(lambda session: session.authenticated)
    clock.tick(4 * 24 * 3600)
    browser.visit(put(n=1))
    assert browser.visit(lambda session: session.authenticated) == at


def test_a_copy_or_a_pickle_is_a_plain_dict_of_its_own(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(put(cart=["book"]))

    def copies(session: Session) -> list[dict[str, Any]]:
        made = [copy.deepcopy(session), pickle.loads(pickle.dumps(session))]
        session["cart"].append("pen")
        return made

    for one in browser.visit(copies):
        assert (type(one), one) == (dict, {"cart": ["book"]})


def test_its_text_shows_no_data(sessions: Sessions) -> None:
    browser = Browser(sessions)
    visit = browser.open()
    assert repr(visit.session) == "<Session, not looked at>"
    visit.session["token"] = "hush"
    assert repr(visit.session) == "<Session of None with 1 members>"


def test_it_cannot_be_hashed_like_any_dict(sessions: Sessions) -> None:
    with pytest.raises(TypeError):
        hash(Browser(sessions).open().session)


def test_a_handler_may_log_out_and_in_again_in_one_request(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))

    def change_seats(session: Any) -> None:
        session.logout()
        session.login("eve")
        session["n"] = 1

    browser.visit(change_seats)
    assert browser.visit(lambda session: (session.user, dict(session))) == ("eve", {"n": 1})


def test_a_login_undone_in_the_same_request_leaves_nothing(sessions: Sessions) -> None:
    browser = Browser(sessions)

    def hesitate(session: Any) -> None:
        session.login("ada")
        session.logout()

    browser.visit(hesitate)
    assert browser.sent == []


def test_what_a_handler_holds_is_still_the_sessions_own_after_a_save(
    sessions: Sessions,
) -> None:
    browser = Browser(sessions)
    visit = browser.open()
    cart = visit.session["cart"] = ["book"]
    blocking.run(visit.session.save())
    cart.append("lamp")
    browser.close(visit)
    assert browser.visit(dict) == {"cart": ["book", "lamp"]}
