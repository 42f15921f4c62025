"""express-session reads the cookies and stored sessions we write, and we read its own."""

from dataclasses import asdict, dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Malformed
from dojang.wire import cookies, json, signed_id
from dojang.wire.cookies import Cookie
from dojang.wire.express import express_session
from dojang.wire.express.express_session import StoredCookie
from dojang.wire.js.date import http_date
from dojang.wire.js.text import utf8
from tests.node.judge import Judge, Thrown
from tests.node.payloads import INHERITED, counted, objects, written

SECRET = "keyboard cat"
ID = "an-id-of-32-characters-or-so-----"
NOW = 1_767_225_600_000

#: Members that it keeps for itself, or that any JavaScript object has: it does not see ours.
ITS_OWN = INHERITED | {
    "cookie", "id", "req", "touch", "resetMaxAge", "save", "reload", "destroy", "regenerate",
}  # fmt: skip
DATA = objects(without=ITS_OWN)

#: The option `cookie` of express-session, and nothing that an insecure connection would refuse.
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "maxAge": st.none() | st.integers(1000, 400 * 24 * 3_600_000),
        "path": st.just("/"),
        "httpOnly": st.booleans(),
        "domain": st.just("example.org"),
        "sameSite": st.sampled_from(["strict", "lax"]),
        "partitioned": st.booleans(),
        "priority": st.sampled_from(["low", "medium", "high"]),
    },
)


@dataclass(frozen=True)
class Visited:
    """What express-session made of one request."""

    id: str
    data: str
    lines: list[str]
    stored: dict[str, str]

    @property
    def cookie(self) -> str:
        return self.lines[0].partition(";")[0]


def visit(judge: Judge, **given: Any) -> Visited:
    given.setdefault("secret", SECRET)
    return Visited(**judge.ask("express.visitSession", at=NOW, **given))


def stored_cookie(options: dict[str, Any]) -> StoredCookie:
    max_age = options.get("maxAge")
    return StoredCookie(
        original_max_age=max_age,
        partitioned=options.get("partitioned"),
        priority=options.get("priority"),
        expires=None if max_age is None else NOW + max_age,
        http_only=options.get("httpOnly", True),
        domain=options.get("domain"),
        same_site=options.get("sameSite"),
    )


@counted
@given(data=DATA)
def test_it_reads_the_cookie_and_the_session_that_we_write(
    judge: Judge, data: dict[str, Any]
) -> None:
    text = express_session.encode(data, StoredCookie(expires=NOW + 1, original_max_age=1))
    cookie = f"connect.sid={signed_id.to_cookie(ID, key=utf8(SECRET))}"
    visited = visit(judge, header=cookie, stored={ID: text})
    assert (visited.id, visited.data) == (ID, written(data))


@counted
@given(data=DATA.filter(bool), options=OPTIONS)
def test_we_write_what_it_writes_and_read_it(
    judge: Judge, data: dict[str, Any], options: dict[str, Any]
) -> None:
    visited = visit(judge, set=written(data), options={"cookie": options})
    ((id, text),) = visited.stored.items()
    expected = stored_cookie(options)
    assert express_session.encode(data, expected) == text
    read, cookie = express_session.decode(text)
    assert (written(read), cookie) == (written(data), expected)
    (value,) = cookies.values(visited.cookie, "connect.sid")
    assert signed_id.from_cookie(value, keys=[utf8(SECRET)]) == (id, 0)
    assert signed_id.to_cookie(id, key=utf8(SECRET)) == value


@pytest.mark.parametrize(
    "cookie",
    [
        Cookie(name="connect.sid", secure=False, same_site=None),
        Cookie(name="sid", secure=False, same_site="strict", domain="example.org"),
        Cookie(name="sid", secure=False, same_site="lax", http_only=False, priority="high"),
    ],
    ids=["plain", "domain", "priority"],
)
def test_the_line_that_sets_its_cookie_is_the_one_we_write(judge: Judge, cookie: Cookie) -> None:
    facts = asdict(cookie)
    options = {
        "maxAge": 60_000,
        "httpOnly": facts["http_only"],
        "domain": facts["domain"],
        "sameSite": facts["same_site"] or False,
        "priority": facts["priority"],
    }
    given = {name: value for name, value in options.items() if value is not None}
    visited = visit(judge, set='{"a":1}', options={"name": cookie.name, "cookie": given})
    value = signed_id.to_cookie(visited.id, key=utf8(SECRET))
    assert visited.lines == [cookie.set(value, expires=http_date(NOW + 60_000))]


def test_it_ends_a_session_at_the_instant_we_wrote(judge: Judge) -> None:
    cookie = f"connect.sid={signed_id.to_cookie(ID, key=utf8(SECRET))}"
    for expires, alive in ((NOW + 1, True), (NOW, False)):
        stored = express_session.encode({"a": 1}, StoredCookie(expires=expires))
        visited = visit(judge, header=cookie, stored={ID: stored})
        assert (visited.id == ID) is alive


def test_after_a_change_of_secret_an_older_cookie_is_read_by_both(judge: Judge) -> None:
    stored = {ID: express_session.encode({"a": 1}, StoredCookie())}
    older = signed_id.to_cookie(ID, key=b"the older secret")
    visited = visit(
        judge, secret=[SECRET, "the older secret"], header=f"connect.sid={older}", stored=stored
    )
    assert visited.data == '{"a":1}'
    keys = [utf8(SECRET), b"the older secret"]
    assert signed_id.from_cookie(older, keys=keys) == (ID, 1)


#: Members of a stored cookie that express-session never writes, and whether it serves the session.
ODD: list[tuple[dict[str, Any], bool]] = [
    ({"originalMaxAge": 1.5, "expires": None}, True),
    ({"originalMaxAge": False}, True),
    ({"originalMaxAge": ""}, True),
    ({"originalMaxAge": "86400000", "expires": "2030-11-22T01:32:12.342Z"}, False),
    ({"originalMaxAge": True}, False),
    ({"originalMaxAge": [1]}, False),
    ({"secure": 5}, True),
    ({"httpOnly": [1], "partitioned": {}}, True),
    ({"expires": NOW + 1000}, True),
    ({"expires": NOW + 1000.5}, True),
]


@pytest.mark.parametrize(("members", "served"), ODD, ids=[str(members) for members, _ in ODD])
def test_a_stored_cookie_of_an_odd_form_is_read_by_both_or_by_neither(
    judge: Judge, members: dict[str, Any], served: bool
) -> None:
    text = written({"cookie": {"originalMaxAge": None, "expires": None, **members}, "a": 1})
    cookie = f"connect.sid={signed_id.to_cookie(ID, key=utf8(SECRET))}"
    if served:
        assert visit(judge, header=cookie, stored={ID: text}).data == '{"a":1}'
        data, known = express_session.decode(text)
        assert data == {"a": 1}
        assert express_session.decode(express_session.encode(data, known)) == (data, known)
    else:
        with pytest.raises(Thrown, match="maxAge must be a number"):
            visit(judge, header=cookie, stored={ID: text})
        with pytest.raises(Malformed, match="originalMaxAge"):
            express_session.decode(text)


@pytest.mark.parametrize("change", ["another id", "another secret", "no signature"])
def test_an_id_that_nobody_signed_is_never_taken_over(judge: Judge, change: str) -> None:
    value = {
        "another id": signed_id.to_cookie("x", key=utf8(SECRET)).replace("s%3Ax", f"s%3A{ID}"),
        "another secret": signed_id.to_cookie(ID, key=b"not the secret"),
        "no signature": f"s%3A{ID}",
    }[change]
    stored = {ID: express_session.encode({"a": 1}, StoredCookie())}
    visited = visit(judge, header=f"connect.sid={value}", stored=stored)
    assert visited.id != ID
    assert visited.data == "{}"


@pytest.mark.parametrize("name", sorted(ITS_OWN - {"cookie"}))
def test_a_member_of_this_name_is_not_seen_by_it(judge: Judge, name: str) -> None:
    stored = {ID: express_session.encode({name: "ours", "a": 1}, StoredCookie())}
    cookie = f"connect.sid={signed_id.to_cookie(ID, key=utf8(SECRET))}"
    assert json.loads(visit(judge, header=cookie, stored=stored).data) == {"a": 1}
